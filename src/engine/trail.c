// Marks by chunk, and lines counted from the nearest mark on.
// SPDX-License-Identifier: Apache-2.0
#include "engine/trail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/worker.h"
#include "source/scan.h"

#define PIECE ((size_t)1 << 15)

void trail_done(struct trail *trail)
{
    free(trail->stamps);
    free(trail->marks);
    *trail = (struct trail){0};
}

void trail_add_path(struct trail *trail, struct str path)
{
    struct file_stamp stamp = {0};
    if (!str_is(path, "-"))
        stamp = file_content_stamp(path.at);
    ARRAY_GROW(trail->stamps, trail->stamp_count, trail->stamp_capacity);
    trail->stamps[trail->stamp_count++] = stamp;
}

bool trail_is_same(const struct trail *trail, size_t place, struct str path)
{
    return place < trail->stamp_count && trail->stamps[place].exists &&
           file_content_is_same(path.at, &trail->stamps[place]);
}

void trail_add_chunk(struct trail *trail, uint32_t input, const struct chunk *chunk)
{
    ARRAY_GROW(trail->marks, trail->mark_count, trail->mark_capacity);
    trail->marks[trail->mark_count++] =
        (struct trail_mark){(uint64_t)input << WORKER_POSITION_BITS | chunk->offset, chunk->line};
}

// ---- lines ------------------------------------------------------------------------------------

// The last mark at or before a position, or NULL.
static const struct trail_mark *find_mark(const struct trail *trail, uint64_t position)
{
    size_t from = 0, to = trail->mark_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (trail->marks[middle].position <= position)
            from = middle + 1;
        else
            to = middle;
    }
    return from ? &trail->marks[from - 1] : NULL;
}

void line_counter_open(struct line_counter *counter, const struct trail *trail, struct str path)
{
    *counter = (struct line_counter){.trail = trail};
    counter->file = open(path.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

void line_counter_close(struct line_counter *counter)
{
    if (counter->file >= 0)
        close(counter->file);
    counter->file = -1;
}

static bool count_to(struct line_counter *counter, uint64_t position)
{
    char piece[PIECE];
    while (counter->position < position) {
        uint64_t left = position - counter->position;
        off_t offset = (off_t)(counter->position & WORKER_OFFSET_MASK);
        ssize_t got =
            pread(counter->file, piece, left < sizeof piece ? (size_t)left : sizeof piece, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        counter->line += count_line_feeds(piece, (size_t)got);
        counter->position += (uint64_t)got;
    }
    return true;
}

uint64_t line_counter_at(struct line_counter *counter, uint64_t position)
{
    const struct trail_mark *mark = find_mark(counter->trail, position);
    bool is_same_input =
        mark && mark->position >> WORKER_POSITION_BITS == position >> WORKER_POSITION_BITS;
    if (counter->file < 0 || !is_same_input)
        return 0;
    if (!counter->line || mark->position > counter->position || counter->position > position) {
        counter->position = mark->position;
        counter->line = mark->line;
    }
    if (count_to(counter, position))
        return counter->line;
    counter->line = 0; // from the mark again, should there be more
    return 0;
}
