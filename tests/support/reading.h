// Reads bytes through framer and reader as the engine does, and keeps what came out as text.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_SUPPORT_READING_H
#define STORMGLASS_TESTS_SUPPORT_READING_H

#include "source/container.h"

struct reading {
    enum container_id id;
    enum framing framing;
    struct buf records;    // as compact JSON, one a line
    struct buf outers;     // the wrappers' members, one a line; "-" for none
    struct buf categories; // one a line; "-" for none
    struct buf unread;     // "offset+bytes line: why", one a line
    struct buf chunks;     // "offset+size", one a line
    struct buf places;     // "offset+size" of each record, one a line
    struct buf lost;       // lost columns, one a line
    bool is_day_first;
    size_t record_count, unread_count, chunk_count;
    uint64_t unread_bytes;
};

// Feeds the bytes in pieces of `piece` bytes (0: all at once), after a first piece of `first` bytes
// when that is not 0.
void reading_init(struct reading *reading, struct str bytes, size_t first, size_t piece);
void reading_done(struct reading *reading);

#endif
