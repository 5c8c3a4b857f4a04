// Observations as rows in blocks; full logs are sorted and written to a file.
// SPDX-License-Identifier: Apache-2.0
#include "engine/observation.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/observation_log.h"

#define RECORD_LIMIT ((size_t)1 << 30)
#define FIRST_BLOCK ((size_t)32 << 10)
#define LARGEST_BLOCK ((size_t)1 << 20) // blocks double up to this size

struct observation_log *observation_log_new(size_t memory_limit)
{
    struct observation_log *log = memory_new(sizeof *log);
    log->limit = memory_limit;
    spill_init(&log->spill, "matches");
    return log;
}

static void forget_rows(struct observation_log *log)
{
    for (struct observation_block *block = log->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(log->entries);
    log->blocks = NULL;
    log->entries = NULL;
    log->used = log->count = log->capacity = 0;
}

void observation_log_free(struct observation_log *log)
{
    if (!log)
        return;
    forget_rows(log);
    free(log->runs);
    spill_done(&log->spill);
    free(log);
}

// ---- sorting and spilling ---------------------------------------------------------------------

void observation_log_sort(struct observation_log *log)
{
    if (!log->is_sorted)
        observation_sort(log->entries, log->count);
    log->is_sorted = true;
}

static bool entry_matters(const struct observation_entry *entry, const struct prospects *prospects,
                          struct str *values)
{
    struct observation observation;
    if (entry->prospect)
        return prospects_mark_matters(prospects, entry->prospect);
    observation_row_read(entry->row, values, &observation);
    return prospects_matter(prospects, &observation);
}

struct observation_entry *observation_log_choose(const struct observation_log *log,
                                                 const struct prospects *prospects, size_t *count)
{
    struct observation_entry *chosen = NULL;
    struct str *values = memory_grow(NULL, log->most_values * sizeof *values);
    size_t capacity = 0;
    *count = 0;
    for (size_t i = 0; i < log->count; i++) {
        if (!entry_matters(&log->entries[i], prospects, values))
            continue;
        ARRAY_GROW(chosen, *count, capacity);
        chosen[(*count)++] = log->entries[i];
    }
    free(values);
    observation_sort(chosen, *count);
    return chosen;
}

// Writes what is in memory as one sorted run and begins anew.
static bool spill(struct observation_log *log, struct error *error)
{
    observation_log_sort(log);
    if (!observation_file_write(log, error))
        return false;
    forget_rows(log);
    return true;
}

// ---- adding -----------------------------------------------------------------------------------

static void *reserve(struct observation_log *log, size_t size)
{
    struct observation_block *block = log->blocks;
    if (!block || size > block->size - block->used) {
        size_t room = block ? block->size * 2 : FIRST_BLOCK;
        room = room > LARGEST_BLOCK ? LARGEST_BLOCK : room;
        room = room < size ? size : room;
        block = memory_grow(NULL, sizeof *block + room);
        *block = (struct observation_block){.next = log->blocks, .size = room};
        log->blocks = block;
    }
    return (char *)block->bytes + block->used;
}

bool observation_log_add(struct observation_log *log, const struct observation *observation,
                         size_t value_count, struct error *error)
{
    if (log->is_failed)
        return error_set(error, "matches are incomplete: the temporary file could not be written");
    size_t size = observation_row_size(observation, value_count);
    if (size > RECORD_LIMIT)
        return error_set(error, "a match of %zu bytes is too large to be correlated", size);
    size_t memory = log->used + log->count * sizeof *log->entries;
    if (log->count && memory + size > log->limit && !spill(log, error)) {
        log->is_failed = true;
        return false;
    }
    struct observation_row *row = reserve(log, size);
    observation_row_write(row, size, observation, value_count);
    log->blocks->used += size;
    log->used += size;
    log->most_values = value_count > log->most_values ? value_count : log->most_values;
    ARRAY_GROW(log->entries, log->count, log->capacity);
    log->entries[log->count++] = (struct observation_entry){
        observation->time, observation->identity, row, observation->prospect};
    log->is_sorted = false;
    return true;
}
