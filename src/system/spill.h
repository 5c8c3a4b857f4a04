// Spill files: what does not fit into memory for a while. A file without a name in $TMPDIR, else in /tmp, that lives no
// longer than the process.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SYSTEM_SPILL_H
#define STORMGLASS_SYSTEM_SPILL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct spill {
    const char *what; // is written, for errors: "activities"
    int file;         // -1: nothing was written yet
    off_t size;
};

void spill_init(struct spill *spill, const char *what);
void spill_done(struct spill *spill);

// Appends the bytes; the file is made with the first of them. False and `error` when it cannot be written (disk full).
bool spill_write(struct spill *spill, const void *bytes, size_t size, struct error *error);

// Reads bytes that were written. Any thread may, while nobody writes.
bool spill_read(const struct spill *spill, off_t offset, void *to, size_t size,
                struct error *error);

#endif
