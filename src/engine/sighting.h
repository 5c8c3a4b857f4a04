// Sightings: which record was met in which input. Copies of a record are counted when all is read, for each input in
// the same way whatever the order of reading; until then sightings are only written down, sorted by their identities'
// first bits into parts that are small enough to be looked through one by one.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_SIGHTING_H
#define STORMGLASS_ENGINE_SIGHTING_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define SIGHTING_PARTS ((size_t)64)
#define SIGHTING_MEMORY_LIMIT                                                                      \
    ((size_t)16 << 20) // of all logs together, then blocks are written to a file

// One per thread.
struct sighting_log;
struct sighting_log *sighting_log_new(size_t memory_limit);
void sighting_log_free(struct sighting_log *log);

// `identity` as event.identity. False and `error` when the temporary file cannot be written: nothing more is taken then.
bool sighting_log_add(struct sighting_log *log, uint64_t identity, uint32_t input,
                      struct error *error);

// Tells of the copies among the sightings of one part, in any number of logs: of all copies of a record the one in the
// input with the lowest number is the original, and `duplicate` is called for each other with the number of its input.
// Parts can be counted side by side. False and `error` when a temporary file cannot be read.
typedef void sighting_duplicate(uint32_t input, void *context);
bool sighting_count(struct sighting_log *const *logs, size_t log_count, size_t part,
                    sighting_duplicate *duplicate, void *context, struct error *error);

#endif
