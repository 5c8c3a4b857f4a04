// Merges all sorted runs, in memory and in files, through a heap.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "engine/observation_log.h"

#define LINES ((size_t)3)  // of a row: numbers and values
#define AHEAD ((size_t)16) // rows lie in the order they came in, so the next are asked for early

// A walk through one sorted run: of a file, or of what is still in memory.
struct cursor {
    const struct prospects *prospects; // by which rows are left out; NULL: none are
    bool is_memory;
    const struct observation_entry *entries; // when in memory
    struct observation_entry *own;           // the same where they are the cursor's
    size_t next, count;                      // of them
    struct str *values;
    size_t value_capacity;
    struct observation_reader reader; // when in a file
    struct observation current;
};

static void reserve_values(struct cursor *cursor, size_t count)
{
    if (count <= cursor->value_capacity)
        return;
    cursor->value_capacity = count;
    cursor->values = memory_grow(cursor->values, count * sizeof *cursor->values);
}

static void load_row(struct cursor *cursor)
{
    const struct observation_row *row = cursor->entries[cursor->next++].row;
    if (cursor->next + AHEAD < cursor->count) {
        const char *ahead = (const char *)cursor->entries[cursor->next + AHEAD].row;
        for (size_t line = 0; line < LINES; line++)
            __builtin_prefetch(ahead + line * 64);
    }
    reserve_values(cursor, row->value_count);
    observation_row_read(row, cursor->values, &cursor->current);
    cursor->current.is_lasting = true;
}

// On to the next observation; *is_end when there is none.
static bool advance(struct cursor *cursor, bool *is_end, struct error *error)
{
    bool is_read = true;
    if (cursor->is_memory) {
        *is_end = cursor->next == cursor->count;
        if (!*is_end)
            load_row(cursor);
        return true;
    }
    do
        is_read = observation_reader_next(&cursor->reader, &cursor->current, is_end, error);
    while (is_read && !*is_end && cursor->prospects &&
           !prospects_matter(cursor->prospects, &cursor->current));
    return is_read;
}

static void sink(struct cursor **heap, size_t count, size_t at)
{
    struct cursor *moved = heap[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count &&
            observation_compare(&heap[child + 1]->current, &heap[child]->current) < 0)
            child++;
        if (observation_compare(&moved->current, &heap[child]->current) <= 0)
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

static struct cursor open_memory(struct observation_log *log, const struct prospects *prospects)
{
    struct cursor cursor = {.is_memory = true};
    if (prospects) {
        cursor.entries = cursor.own = observation_log_choose(log, prospects, &cursor.count);
    } else {
        observation_log_sort(log);
        cursor.entries = log->entries;
        cursor.count = log->count;
    }
    return cursor;
}

static struct cursor *open_cursors(struct observation_log **logs, size_t count,
                                   const struct prospects *prospects, size_t *cursor_count)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        used += logs[i]->run_count + 1;
    struct cursor *cursors = memory_new(used * sizeof *cursors);
    *cursor_count = used;
    used = 0;
    for (size_t i = 0; i < count; i++) {
        cursors[used++] = open_memory(logs[i], prospects);
        for (size_t r = 0; r < logs[i]->run_count; r++) {
            cursors[used].prospects = prospects;
            observation_reader_init(&cursors[used++].reader, logs[i], &logs[i]->runs[r]);
        }
    }
    return cursors;
}

static void close_cursors(struct cursor *cursors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        observation_reader_done(&cursors[i].reader);
        free(cursors[i].values);
        free(cursors[i].own);
    }
    free(cursors);
}

static bool visit_all(struct observation_log **logs, size_t count,
                      const struct prospects *prospects, observation_visit *visit, void *context,
                      struct error *error)
{
    size_t cursor_count, open = 0;
    struct cursor *cursors = open_cursors(logs, count, prospects, &cursor_count);
    struct cursor **heap = memory_new(cursor_count * sizeof *heap);
    bool is_end, is_done = true;
    for (size_t i = 0; i < cursor_count && is_done; i++) {
        is_done = advance(&cursors[i], &is_end, error);
        if (is_done && !is_end)
            heap[open++] = &cursors[i];
    }
    for (size_t i = open / 2; i-- > 0;)
        sink(heap, open, i);
    while (open && is_done) {
        visit(&heap[0]->current, context);
        is_done = advance(heap[0], &is_end, error);
        if (is_end)
            heap[0] = heap[--open];
        if (open)
            sink(heap, open, 0);
    }
    close_cursors(cursors, cursor_count);
    free(heap);
    return is_done;
}

bool observation_each(struct observation_log **logs, size_t count, observation_visit *visit,
                      void *context, struct error *error)
{
    return visit_all(logs, count, NULL, visit, context, error);
}

static void feed(const struct observation *observation, void *context)
{
    correlation_feed(context, observation);
}

bool observation_replay(struct observation_log **logs, size_t count,
                        const struct prospects *prospects, struct correlation_engine *engine,
                        struct error *error)
{
    bool is_done = visit_all(logs, count, prospects, feed, engine, error);
    correlation_end(engine);
    return is_done;
}
