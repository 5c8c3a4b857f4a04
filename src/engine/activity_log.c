// Rows in blocks; full logs become sorted runs in a file; runs and memory are merged through a heap.
// SPDX-License-Identifier: Apache-2.0
#include "engine/activity_log.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "system/spill.h"

#define BLOCK_ROWS ((size_t)1024)
#define BUFFER_ROWS ((size_t)256) // of one run while it is merged
#define TIE_LIMIT 32              // rows of one time that are put in order one by one

struct entry {
    uint64_t time; // shifted so that it sorts without sign
    uint32_t row;
};

struct run {
    off_t offset;
    uint64_t rows;
};

struct activity_log {
    size_t limit; // rows in memory
    struct activity **blocks;
    size_t block_count, block_capacity;
    size_t count;
    bool is_sorted;  // the rows in memory
    bool is_renamed; // they carry the common symbols
    struct spill spill;
    struct run *runs;
    size_t run_count, run_capacity;
    uint64_t total;
    bool is_failed;
};

struct activity_log *activity_log_new(size_t memory_limit)
{
    struct activity_log *log = memory_new(sizeof *log);
    size_t row = sizeof(struct activity) + 2 * sizeof(struct entry);
    log->limit = memory_limit / row > UINT32_MAX ? UINT32_MAX : memory_limit / row;
    if (log->limit < 1)
        log->limit = 1;
    spill_init(&log->spill, "activities");
    return log;
}

void activity_log_free(struct activity_log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < log->block_count; i++)
        free(log->blocks[i]);
    free(log->blocks);
    free(log->runs);
    spill_done(&log->spill);
    free(log);
}

uint64_t activity_log_count(const struct activity_log *log)
{
    return log->total;
}

static struct activity *row_at(const struct activity_log *log, size_t row)
{
    return &log->blocks[row / BLOCK_ROWS][row % BLOCK_ROWS];
}

// ---- sorting ----------------------------------------------------------------------------------

static int compare_rows(const struct activity *a, const struct activity *b)
{
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    if (a->source != b->source) // the unified log last: it tells the least of a sign-in
        return a->source > b->source ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

static int compare_entries(const void *left, const void *right, void *context)
{
    const struct entry *a = left, *b = right;
    return compare_rows(row_at(context, a->row), row_at(context, b->row));
}

// By time, eight bits a pass, passes that would change nothing left out.
static struct entry *sort_by_time(struct entry *entries, struct entry *spare, size_t count)
{
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t places[256] = {0}, place = 0;
        for (size_t i = 0; i < count; i++)
            places[entries[i].time >> shift & 255]++;
        if (places[entries[0].time >> shift & 255] == count)
            continue;
        for (size_t i = 0; i < 256; i++) {
            size_t here = places[i];
            places[i] = place;
            place += here;
        }
        for (size_t i = 0; i < count; i++)
            spare[places[entries[i].time >> shift & 255]++] = entries[i];
        struct entry *other = entries;
        entries = spare;
        spare = other;
    }
    return entries;
}

static void sort_ties(struct activity_log *log, struct entry *entries, size_t count)
{
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && entries[to].time == entries[from].time;)
            to++;
        if (to - from > TIE_LIMIT) {
            qsort_r(entries + from, to - from, sizeof *entries, compare_entries, log);
            continue;
        }
        for (size_t i = from + 1; i < to; i++)
            for (size_t k = i; k > from && compare_entries(&entries[k - 1], &entries[k], log) > 0;
                 k--) {
                struct entry moved = entries[k];
                entries[k] = entries[k - 1];
                entries[k - 1] = moved;
            }
    }
}

// Puts the rows themselves in order, along the cycles of the permutation, so that every walk meets them one
// behind the other in memory.
static void permute(struct activity_log *log, struct entry *sorted, size_t count)
{
    for (size_t start = 0; start < count; start++) {
        if (sorted[start].row == start)
            continue;
        struct activity first = *row_at(log, start);
        size_t at = start;
        for (size_t from; (from = sorted[at].row) != start; at = from) {
            *row_at(log, at) = *row_at(log, from);
            sorted[at].row = (uint32_t)at;
        }
        *row_at(log, at) = first;
        sorted[at].row = (uint32_t)at;
    }
}

// Logs are mostly written in order.
static bool is_in_order(const struct activity_log *log)
{
    for (size_t i = 1; i < log->count; i++)
        if (compare_rows(row_at(log, i - 1), row_at(log, i)) > 0)
            return false;
    return true;
}

void activity_log_sort(struct activity_log *log)
{
    if (log->is_sorted || !log->count)
        return;
    log->is_sorted = is_in_order(log);
    if (log->is_sorted)
        return;
    size_t count = log->count;
    struct entry *entries = memory_grow(NULL, 2 * count * sizeof *entries);
    for (size_t i = 0; i < count; i++)
        entries[i] =
            (struct entry){(uint64_t)row_at(log, i)->time ^ UINT64_C(1) << 63, (uint32_t)i};
    struct entry *sorted = sort_by_time(entries, entries + count, count);
    sort_ties(log, sorted, count);
    permute(log, sorted, count);
    free(entries);
    log->is_sorted = true;
}

// ---- spilling ---------------------------------------------------------------------------------

// Writes what is in memory as one sorted run and begins anew.
static bool spill(struct activity_log *log, struct error *error)
{
    activity_log_sort(log);
    struct run run = {.offset = log->spill.size, .rows = log->count};
    for (size_t i = 0; i < log->count; i += BLOCK_ROWS) {
        size_t left = log->count - i, rows = left < BLOCK_ROWS ? left : BLOCK_ROWS;
        if (!spill_write(&log->spill, row_at(log, i), rows * sizeof(struct activity), error))
            return false;
    }
    ARRAY_GROW(log->runs, log->run_count, log->run_capacity);
    log->runs[log->run_count++] = run;
    log->count = 0;
    log->is_sorted = false;
    return true;
}

bool activity_log_add(struct activity_log *log, const struct activity *activity,
                      struct error *error)
{
    assert(!log->is_renamed);
    if (log->is_failed)
        return error_set(error,
                         "activities are incomplete: the temporary file could not be written");
    if (log->count == log->limit && !spill(log, error)) {
        log->is_failed = true;
        return false;
    }
    if (log->count == log->block_count * BLOCK_ROWS) {
        ARRAY_GROW(log->blocks, log->block_count, log->block_capacity);
        log->blocks[log->block_count++] = memory_grow(NULL, BLOCK_ROWS * sizeof(struct activity));
    }
    *row_at(log, log->count++) = *activity;
    log->is_sorted = false;
    log->total++;
    return true;
}

// ---- merging ----------------------------------------------------------------------------------

// A walk through one sorted run: of the file, or of what is still in memory.
struct cursor {
    const struct activity_part *part;
    bool is_memory;
    uint64_t next, rows; // of the run
    off_t offset;
    struct activity *buffer; // of a run in the file: rows [held_from, held_from + held)
    size_t held, at;
    const struct activity *current;
};

static void rename_symbols(struct activity *activity, const uint32_t *symbols)
{
    uint32_t *const members[] = {
        &activity->id_text,   &activity->operation, &activity->user,       &activity->object,
        &activity->mailbox,   &activity->app,       &activity->client_app, &activity->resource,
        &activity->session,   &activity->address,   &activity->client,     &activity->agent,
        &activity->device,    &activity->country,   &activity->city,       &activity->tenant,
        &activity->home,      &activity->target,    &activity->target_app, &activity->detail,
        &activity->token_text};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        *members[i] = symbols[*members[i]];
}

// The rows in memory, once for all walks.
static void rename_rows(const struct activity_part *part)
{
    struct activity_log *log = part->log;
    if (!part->symbols || log->is_renamed)
        return;
    for (size_t i = 0; i < log->count; i++)
        rename_symbols(row_at(log, i), part->symbols);
    log->is_renamed = true;
}

static bool refill(struct cursor *cursor, struct error *error)
{
    uint64_t left = cursor->rows - cursor->next;
    size_t wanted = left < BUFFER_ROWS ? (size_t)left : BUFFER_ROWS;
    size_t size = wanted * sizeof(struct activity);
    if (!spill_read(&cursor->part->log->spill, cursor->offset, cursor->buffer, size, error))
        return false;
    cursor->offset += (off_t)size;
    for (size_t i = 0; cursor->part->symbols && i < wanted; i++)
        rename_symbols(&cursor->buffer[i], cursor->part->symbols);
    cursor->held = wanted;
    cursor->at = 0;
    return true;
}

// On to the next row; *is_end when there is none.
static bool advance(struct cursor *cursor, bool *is_end, struct error *error)
{
    const struct activity_log *log = cursor->part->log;
    *is_end = cursor->next == cursor->rows;
    if (*is_end)
        return true;
    if (cursor->is_memory) {
        cursor->current = row_at(log, cursor->next);
    } else {
        if (cursor->at == cursor->held && !refill(cursor, error))
            return false;
        cursor->current = &cursor->buffer[cursor->at++];
    }
    cursor->next++;
    return true;
}

static void sink(struct cursor **heap, size_t count, size_t at)
{
    struct cursor *moved = heap[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && compare_rows(heap[child + 1]->current, heap[child]->current) < 0)
            child++;
        if (compare_rows(moved->current, heap[child]->current) <= 0)
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

static struct cursor *open_cursors(const struct activity_part *parts, size_t count, size_t *opened)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        used += parts[i].log->run_count + 1;
    struct cursor *cursors = memory_new(used * sizeof *cursors);
    *opened = used;
    used = 0;
    for (size_t i = 0; i < count; i++) {
        struct activity_log *log = parts[i].log;
        activity_log_sort(log);
        rename_rows(&parts[i]);
        cursors[used++] = (struct cursor){.part = &parts[i], .is_memory = true, .rows = log->count};
        for (size_t r = 0; r < log->run_count; r++)
            cursors[used++] = (struct cursor){
                .part = &parts[i],
                .rows = log->runs[r].rows,
                .offset = log->runs[r].offset,
                .buffer = memory_grow(NULL, BUFFER_ROWS * sizeof(struct activity)),
            };
    }
    return cursors;
}

static bool merge(struct cursor **heap, size_t open, bool has_copies,
                  bool (*visit)(const struct activity *activity, void *context), void *context,
                  struct error *error)
{
    int64_t time = 0;
    uint64_t identity = 0;
    bool is_first = true, is_end;
    while (open) {
        const struct activity *next = heap[0]->current;
        bool is_copy = !has_copies && !is_first && next->time == time && next->identity == identity;
        is_first = false;
        time = next->time;
        identity = next->identity;
        if (!is_copy && !visit(next, context))
            return true;
        if (!advance(heap[0], &is_end, error))
            return false;
        if (is_end)
            heap[0] = heap[--open];
        if (open)
            sink(heap, open, 0);
    }
    return true;
}

static bool each(const struct activity_part *parts, size_t count, bool has_copies,
                 bool (*visit)(const struct activity *activity, void *context), void *context,
                 struct error *error)
{
    size_t cursor_count, open = 0;
    struct cursor *cursors = open_cursors(parts, count, &cursor_count);
    struct cursor **heap = memory_new(cursor_count * sizeof *heap);
    bool is_end, is_done = true;
    for (size_t i = 0; i < cursor_count && is_done; i++) {
        is_done = advance(&cursors[i], &is_end, error);
        if (is_done && !is_end)
            heap[open++] = &cursors[i];
    }
    for (size_t i = open / 2; i-- > 0;)
        sink(heap, open, i);
    is_done = is_done && merge(heap, open, has_copies, visit, context, error);
    for (size_t i = 0; i < cursor_count; i++)
        free(cursors[i].buffer);
    free(cursors);
    free(heap);
    return is_done;
}

bool activity_log_each(const struct activity_part *parts, size_t count,
                       bool (*visit)(const struct activity *activity, void *context), void *context,
                       struct error *error)
{
    return each(parts, count, false, visit, context, error);
}

// ---- joining ------------------------------------------------------------------------------------

struct joining {
    struct activity_log *log;
    struct activity *rows;
    size_t count;
    struct error error;
    bool is_failed;
};

static bool write_joined(struct joining *joining)
{
    size_t size = joining->count * sizeof *joining->rows;
    joining->log->total += joining->count;
    joining->count = 0;
    joining->is_failed = !spill_write(&joining->log->spill, joining->rows, size, &joining->error);
    return !joining->is_failed;
}

static bool join_row(const struct activity *activity, void *context)
{
    struct joining *joining = context;
    joining->rows[joining->count++] = *activity;
    return joining->count < BLOCK_ROWS || write_joined(joining);
}

struct activity_log *activity_log_join(const struct activity_part *parts, size_t count)
{
    struct joining joining = {.log = NULL};
    bool is_worth_it = false;
    for (size_t i = 0; i < count; i++)
        is_worth_it = is_worth_it || parts[i].log->run_count > 0;
    if (!is_worth_it)
        return NULL;
    joining.log = activity_log_new(0);
    joining.rows = memory_grow(NULL, BLOCK_ROWS * sizeof *joining.rows);
    bool is_done = each(parts, count, true, join_row, &joining, &joining.error) &&
                   !joining.is_failed && (!joining.count || write_joined(&joining));
    free(joining.rows);
    if (!is_done) {
        activity_log_free(joining.log);
        return NULL;
    }
    struct activity_log *log = joining.log;
    ARRAY_GROW_FROM(log->runs, log->run_count, log->run_capacity, 1);
    log->runs[log->run_count++] = (struct run){.rows = log->total};
    return log;
}

// ---- rows as they are stored --------------------------------------------------------------------

bool activity_log_each_row(const struct activity_log *log,
                           void (*visit)(const struct activity *activity, void *context),
                           void *context, struct error *error)
{
    struct activity *buffer = memory_grow(NULL, BLOCK_ROWS * sizeof *buffer);
    bool is_done = true;
    for (size_t i = 0; i < log->count; i++)
        visit(row_at(log, i), context);
    // Runs stand one behind the other in the file.
    for (off_t at = 0; at < log->spill.size && is_done;) {
        off_t left = log->spill.size - at, most = (off_t)(BLOCK_ROWS * sizeof *buffer);
        size_t size = (size_t)(left < most ? left : most);
        is_done = spill_read(&log->spill, at, buffer, size, error);
        for (size_t i = 0; is_done && i < size / sizeof *buffer; i++)
            visit(&buffer[i], context);
        at += (off_t)size;
    }
    free(buffer);
    return is_done;
}
