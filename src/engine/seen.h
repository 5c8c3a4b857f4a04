// Which records have been seen: a set of identities shared by all threads, that counts duplicates for
// each input the same way whatever the order of reading.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_SEEN_H
#define STORMGLASS_ENGINE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// 12 bytes a place, at most 80 % full: about 24 bytes a distinct record at worst. Beyond the limit
// nothing new is remembered and duplicates of what came later go uncounted (seen_is_full tells).
#define SEEN_LIMIT ((uint64_t)64 << 20)

struct seen;
struct seen *seen_new(bool is_shared);
void seen_free(struct seen *seen);
bool seen_is_full(const struct seen *seen);

// Adds a record. True when it is the first with this identity. Otherwise *duplicate_of is the number
// of the input whose record counts as the duplicate: of all copies the one in the input with the
// lowest number is the original, so that counts do not depend on the order of reading.
bool seen_add(struct seen *seen, uint64_t identity, uint32_t input, uint32_t *duplicate_of);

// Adds the records of a chunk, which is cheaper than one by one; puts the identities in another order. `duplicate` is
// told of each that is not the first with its identity.
typedef void seen_duplicate(uint32_t duplicate_of, void *context);
void seen_add_all(struct seen *seen, uint64_t *identities, size_t count, uint32_t input,
                  seen_duplicate *duplicate, void *context);

#endif
