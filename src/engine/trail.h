// What is noted while inputs are read so that single records can be read again and be told by line: which files they
// were, and where chunks begin. 16 bytes for each chunk of 256 KiB, 40 for each path.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_TRAIL_H
#define STORMGLASS_ENGINE_TRAIL_H

#include "base/str.h"
#include "source/container.h"
#include "system/file_content.h"

struct trail_mark {
    uint64_t position; // as event.position, of the chunk's first byte
    uint64_t line;     // 1-based, of that byte
};

// A zeroed struct is an empty trail.
struct trail {
    struct file_stamp *stamps; // of the paths, in the order of the list
    size_t stamp_count, stamp_capacity;
    struct trail_mark *marks; // ascending
    size_t mark_count, mark_capacity;
};

void trail_done(struct trail *trail);

// The next path of the list, before it is read.
void trail_add_path(struct trail *trail, struct str path);
// The next chunk of the input of that number.
void trail_add_chunk(struct trail *trail, uint32_t input, const struct chunk *chunk);

// Whether the path, which has that place in the list, leads to the same content as before.
bool trail_is_same(const struct trail *trail, size_t place, struct str path);

// Counts the lines of one file that is neither packed nor UTF-16: positions of it in ascending order.
struct line_counter {
    const struct trail *trail;
    int file;          // -1: cannot be opened
    uint64_t position; // up to here is counted
    uint64_t line;
};
void line_counter_open(struct line_counter *counter, const struct trail *trail, struct str path);
void line_counter_close(struct line_counter *counter);
// The line of the position; 0 when it cannot be counted.
uint64_t line_counter_at(struct line_counter *counter, uint64_t position);

#endif
