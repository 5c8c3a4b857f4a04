// Observations packed one behind the other; full logs are sorted and written to an unlinked file, and
// all sorted runs are merged through a heap at the end.
// SPDX-License-Identifier: Apache-2.0
//
// A record in memory and in the file (both live no longer than the process):
//   struct header │ uint32_t length of each value (ABSENT: none) │ values, id, where, entities │ padding
#include "engine/observation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"

#define ABSENT UINT32_MAX
#define ALIGNMENT ((size_t)8)
#define RECORD_LIMIT ((size_t)1 << 30)
#define BUFFER_SIZE ((size_t)64 << 10)
#define TEMPLATE_SIZE 4096

struct header {
    int64_t time;
    uint64_t identity, position;
    uint32_t size; // of the whole record
    uint32_t rule, value_count, id_len, where_len, entities_len;
};

// What sorting looks at first; the rest is in the record.
struct entry {
    int64_t time;
    uint64_t identity;
    size_t offset;
};

struct run {
    off_t offset;
    uint64_t length;
};

struct observation_log {
    size_t limit;
    char *bytes;
    size_t used, capacity;
    struct entry *entries;
    size_t count, entry_capacity;
    int file; // -1: nothing spilled yet
    off_t file_size;
    struct run *runs;
    size_t run_count, run_capacity;
    bool is_failed; // a spill failed: nothing more is taken
};

struct observation_log *observation_log_new(size_t memory_limit)
{
    struct observation_log *log = memory_new(sizeof *log);
    log->limit = memory_limit;
    log->file = -1;
    return log;
}

static void forget_records(struct observation_log *log)
{
    free(log->bytes);
    free(log->entries);
    log->bytes = NULL;
    log->entries = NULL;
    log->used = log->capacity = log->count = log->entry_capacity = 0;
}

void observation_log_free(struct observation_log *log)
{
    if (!log)
        return;
    forget_records(log);
    free(log->runs);
    if (log->file >= 0)
        close(log->file);
    free(log);
}

// ---- records ----------------------------------------------------------------------------------

static char *put(char *at, struct str text)
{
    if (text.at && text.len)
        memcpy(at, text.at, text.len);
    return at + text.len;
}

static size_t record_size(const struct observation *observation, size_t value_count)
{
    size_t size = sizeof(struct header) + value_count * sizeof(uint32_t) + observation->id.len +
                  observation->where.len + observation->entities.len;
    for (size_t i = 0; i < value_count; i++)
        size += observation->values[i].at ? observation->values[i].len : 0;
    return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

static void write_record(char *at, size_t size, const struct observation *observation,
                         size_t value_count)
{
    struct header header = {
        .time = observation->time,
        .identity = observation->identity,
        .position = observation->position,
        .size = (uint32_t)size,
        .rule = observation->rule,
        .value_count = (uint32_t)value_count,
        .id_len = (uint32_t)observation->id.len,
        .where_len = (uint32_t)observation->where.len,
        .entities_len = (uint32_t)observation->entities.len,
    };
    char *end = at + size;
    memcpy(at, &header, sizeof header);
    at += sizeof header;
    for (size_t i = 0; i < value_count; i++) {
        struct str value = observation->values[i];
        uint32_t len = value.at ? (uint32_t)value.len : ABSENT;
        memcpy(at, &len, sizeof len);
        at += sizeof len;
    }
    for (size_t i = 0; i < value_count; i++)
        if (observation->values[i].at)
            at = put(at, observation->values[i]);
    at = put(at, observation->id);
    at = put(at, observation->where);
    at = put(at, observation->entities);
    memset(at, 0, (size_t)(end - at));
}

static uint32_t record_size_at(const char *at)
{
    struct header header;
    memcpy(&header, at, sizeof header);
    return header.size;
}

static struct str take(const char **at, size_t len)
{
    struct str text = str_of(*at, len);
    *at += len;
    return text;
}

// Reads the record; texts are borrowed from it, `values` has room for header.value_count.
static void read_record(const char *at, struct str *values, struct observation *out)
{
    struct header header;
    memcpy(&header, at, sizeof header);
    const char *lens = at + sizeof header;
    at = lens + header.value_count * sizeof(uint32_t);
    for (uint32_t i = 0; values && i < header.value_count; i++) {
        uint32_t len;
        memcpy(&len, lens + i * sizeof len, sizeof len);
        values[i] = len == ABSENT ? str_of(NULL, 0) : take(&at, len);
    }
    *out = (struct observation){.rule = header.rule,
                                .time = header.time,
                                .identity = header.identity,
                                .position = header.position,
                                .values = values};
    out->id = take(&at, header.id_len);
    out->where = take(&at, header.where_len);
    out->entities = take(&at, header.entities_len);
}

// ---- sorting and spilling ---------------------------------------------------------------------

static int compare_entries(const void *left, const void *right, void *context)
{
    const struct entry *a = left, *b = right;
    const char *bytes = context;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->time != INSTANT_NONE && a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    struct header first, second;
    memcpy(&first, bytes + a->offset, sizeof first);
    memcpy(&second, bytes + b->offset, sizeof second);
    struct observation x = {.time = first.time,
                            .identity = first.identity,
                            .position = first.position,
                            .rule = first.rule};
    struct observation y = {.time = second.time,
                            .identity = second.identity,
                            .position = second.position,
                            .rule = second.rule};
    return observation_compare(&x, &y);
}

static void sort_entries(struct observation_log *log)
{
    if (log->count)
        qsort_r(log->entries, log->count, sizeof *log->entries, compare_entries, log->bytes);
}

static bool open_file(struct observation_log *log, struct error *error)
{
    const char *folder = getenv("TMPDIR");
    char path[TEMPLATE_SIZE];
    if (!folder || !*folder)
        folder = "/tmp";
    int len = snprintf(path, sizeof path, "%s/stormglass-XXXXXX", folder);
    if (len < 0 || (size_t)len >= sizeof path)
        return error_set(error, "TMPDIR is too long");
    log->file = mkostemp(path, O_CLOEXEC);
    if (log->file < 0)
        return error_set(error, "cannot make a temporary file in %s: %s", folder, strerror(errno));
    unlink(path);
    return true;
}

static bool write_all(struct observation_log *log, const char *at, size_t len, struct error *error)
{
    while (len) {
        ssize_t written = pwrite(log->file, at, len, log->file_size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return error_set(error, "cannot write matches to the temporary file: %s",
                             strerror(written < 0 ? errno : ENOSPC));
        at += written;
        len -= (size_t)written;
        log->file_size += written;
    }
    return true;
}

// Writes what is in memory as one sorted run and begins anew.
static bool spill(struct observation_log *log, struct error *error)
{
    if (log->file < 0 && !open_file(log, error))
        return false;
    sort_entries(log);
    struct run run = {.offset = log->file_size, .length = log->used};
    char *buffer = memory_grow(NULL, BUFFER_SIZE);
    size_t held = 0;
    bool is_done = true;
    for (size_t i = 0; i < log->count && is_done; i++) {
        const char *record = log->bytes + log->entries[i].offset;
        size_t size = record_size_at(record);
        if (held && held + size > BUFFER_SIZE) {
            is_done = write_all(log, buffer, held, error);
            held = 0;
        }
        if (size > BUFFER_SIZE) {
            is_done = is_done && write_all(log, record, size, error);
        } else {
            memcpy(buffer + held, record, size);
            held += size;
        }
    }
    is_done = is_done && write_all(log, buffer, held, error);
    free(buffer);
    if (!is_done)
        return false;
    ARRAY_GROW(log->runs, log->run_count, log->run_capacity);
    log->runs[log->run_count++] = run;
    log->used = log->count = 0;
    return true;
}

// Room for a record: doubled, but not past the limit unless a single record needs it.
static void reserve(struct observation_log *log, size_t size)
{
    if (log->used + size <= log->capacity)
        return;
    size_t capacity = log->capacity ? log->capacity * 2 : BUFFER_SIZE;
    if (capacity > log->limit)
        capacity = log->limit;
    if (capacity < log->used + size)
        capacity = log->used + size;
    log->bytes = memory_grow(log->bytes, capacity);
    log->capacity = capacity;
}

bool observation_log_add(struct observation_log *log, const struct observation *observation,
                         size_t value_count, struct error *error)
{
    if (log->is_failed)
        return error_set(error, "matches are incomplete: the temporary file could not be written");
    size_t size = record_size(observation, value_count);
    if (size > RECORD_LIMIT)
        return error_set(error, "a match of %zu bytes is too large to be correlated", size);
    size_t memory = log->used + log->count * sizeof *log->entries;
    if (log->count && memory + size > log->limit && !spill(log, error)) {
        log->is_failed = true;
        return false;
    }
    reserve(log, size);
    ARRAY_GROW(log->entries, log->count, log->entry_capacity);
    log->entries[log->count++] =
        (struct entry){observation->time, observation->identity, log->used};
    write_record(log->bytes + log->used, size, observation, value_count);
    log->used += size;
    return true;
}

// ---- merging ----------------------------------------------------------------------------------

// A walk through one sorted run: of the file, or of what is still in memory.
struct cursor {
    const struct observation_log *log;
    bool is_memory;
    size_t next;  // entry, when in memory
    off_t offset; // in the file, of what is not in the buffer yet
    uint64_t left;
    char *buffer;
    size_t at, filled, capacity;
    struct str *values;
    size_t value_capacity;
    struct observation current;
};

// Makes `need` bytes stand at buffer + at.
static bool fill(struct cursor *cursor, size_t need, struct error *error)
{
    if (cursor->filled - cursor->at >= need)
        return true;
    memmove(cursor->buffer, cursor->buffer + cursor->at, cursor->filled - cursor->at);
    cursor->filled -= cursor->at;
    cursor->at = 0;
    if (need > cursor->capacity) {
        cursor->capacity = need;
        cursor->buffer = memory_grow(cursor->buffer, need);
    }
    while (cursor->filled < need) {
        size_t room = cursor->capacity - cursor->filled;
        size_t wanted = room < cursor->left ? room : (size_t)cursor->left;
        ssize_t got =
            pread(cursor->log->file, cursor->buffer + cursor->filled, wanted, cursor->offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return error_set(error, "cannot read matches back from the temporary file: %s",
                             got < 0 ? strerror(errno) : "it is too short");
        cursor->filled += (size_t)got;
        cursor->offset += got;
        cursor->left -= (uint64_t)got;
    }
    return true;
}

static void load(struct cursor *cursor, const char *record)
{
    struct header header;
    memcpy(&header, record, sizeof header);
    if (header.value_count > cursor->value_capacity) {
        cursor->value_capacity = header.value_count;
        cursor->values =
            memory_grow(cursor->values, cursor->value_capacity * sizeof *cursor->values);
    }
    read_record(record, cursor->values, &cursor->current);
}

// On to the next record; *is_end when there is none.
static bool advance(struct cursor *cursor, bool *is_end, struct error *error)
{
    if (cursor->is_memory) {
        *is_end = cursor->next == cursor->log->count;
        if (!*is_end)
            load(cursor, cursor->log->bytes + cursor->log->entries[cursor->next++].offset);
        return true;
    }
    *is_end = cursor->left == 0 && cursor->at == cursor->filled;
    if (*is_end)
        return true;
    if (!fill(cursor, sizeof(struct header), error))
        return false;
    uint32_t size = record_size_at(cursor->buffer + cursor->at);
    if (!fill(cursor, size, error))
        return false;
    load(cursor, cursor->buffer + cursor->at);
    cursor->at += size;
    return true;
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

static struct cursor *open_cursors(struct observation_log **logs, size_t count,
                                   size_t *cursor_count)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        used += logs[i]->run_count + 1;
    struct cursor *cursors = memory_new(used * sizeof *cursors);
    *cursor_count = used;
    used = 0;
    for (size_t i = 0; i < count; i++) {
        sort_entries(logs[i]);
        cursors[used++] = (struct cursor){.log = logs[i], .is_memory = true};
        size_t capacity = logs[i]->limit < BUFFER_SIZE ? logs[i]->limit : BUFFER_SIZE;
        for (size_t r = 0; r < logs[i]->run_count; r++)
            cursors[used++] = (struct cursor){.log = logs[i],
                                              .offset = logs[i]->runs[r].offset,
                                              .left = logs[i]->runs[r].length,
                                              .buffer = memory_grow(NULL, capacity),
                                              .capacity = capacity};
    }
    return cursors;
}

bool observation_replay(struct observation_log **logs, size_t count,
                        struct correlation_engine *engine, struct error *error)
{
    size_t cursor_count, open = 0;
    struct cursor *cursors = open_cursors(logs, count, &cursor_count);
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
        correlation_feed(engine, &heap[0]->current);
        is_done = advance(heap[0], &is_end, error);
        if (is_end)
            heap[0] = heap[--open];
        if (open)
            sink(heap, open, 0);
    }
    correlation_end(engine);
    for (size_t i = 0; i < cursor_count; i++) {
        free(cursors[i].buffer);
        free(cursors[i].values);
    }
    free(cursors);
    free(heap);
    return is_done;
}
