// Rows in blocks by part; blocks beyond the limit go to a file; each part is counted in a table of its own.
// SPDX-License-Identifier: Apache-2.0
#include "engine/sighting.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "system/spill.h"

#define PART_BITS 6
#define BLOCK_ROWS ((size_t)1024)

_Static_assert(SIGHTING_PARTS == (size_t)1 << PART_BITS, "a part for each value of the first bits");

// Twelve bytes: the identity would else be padded to sixteen.
struct row {
    uint32_t high, low; // of the identity, mixed
    uint32_t input;
};

struct block {
    struct block *next;
    struct row rows[BLOCK_ROWS];
};

struct part {
    struct row open[BLOCK_ROWS]; // being filled
    size_t open_count;
    struct block *blocks; // full ones
    off_t *places;        // of full ones in the file
    size_t place_count, place_capacity;
    size_t count; // rows in all
};

struct sighting_log {
    size_t blocks_left; // that may be kept in memory
    struct part parts[SIGHTING_PARTS];
    struct spill spill;
    bool is_failed;
};

struct sighting_log *sighting_log_new(size_t memory_limit)
{
    struct sighting_log *log = memory_new(sizeof *log);
    log->blocks_left = memory_limit / sizeof(struct block);
    spill_init(&log->spill, "what was seen");
    return log;
}

void sighting_log_free(struct sighting_log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < SIGHTING_PARTS; i++) {
        for (struct block *block = log->parts[i].blocks, *next; block; block = next) {
            next = block->next;
            free(block);
        }
        free(log->parts[i].places);
    }
    spill_done(&log->spill);
    free(log);
}

// ---- writing down -----------------------------------------------------------------------------

// Puts what fills the part's block aside: in memory, then in the file.
static bool close_block(struct sighting_log *log, struct part *part, struct error *error)
{
    part->open_count = 0;
    if (log->blocks_left) {
        log->blocks_left--;
        struct block *block = memory_grow(NULL, sizeof *block);
        memcpy(block->rows, part->open, sizeof block->rows);
        block->next = part->blocks;
        part->blocks = block;
        return true;
    }
    off_t place = log->spill.size;
    if (!spill_write(&log->spill, part->open, sizeof part->open, error))
        return false;
    ARRAY_GROW(part->places, part->place_count, part->place_capacity);
    part->places[part->place_count++] = place;
    return true;
}

bool sighting_log_add(struct sighting_log *log, uint64_t identity, uint32_t input,
                      struct error *error)
{
    if (log->is_failed)
        return error_set(error,
                         "copies cannot be counted: the temporary file could not be written");
    // Identities are hashes, but of our own making: mixed, so that parts are equal. A bijection.
    uint64_t mixed = hash_mix(identity);
    struct part *part = &log->parts[mixed >> (64 - PART_BITS)];
    if (part->open_count == BLOCK_ROWS && !close_block(log, part, error)) {
        log->is_failed = true;
        return false;
    }
    part->open[part->open_count++] = (struct row){(uint32_t)(mixed >> 32), (uint32_t)mixed, input};
    part->count++;
    return true;
}

// ---- counting ---------------------------------------------------------------------------------

// The records of a part: open addressing, at most half full.
struct record {
    uint64_t identity;
    uint32_t input; // the lowest so far
    bool is_there;
};

struct counting {
    struct record *records;
    size_t mask;
    sighting_duplicate *duplicate;
    void *context;
};

static void count_rows(struct counting *c, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t identity = (uint64_t)rows[i].high << 32 | rows[i].low;
        size_t at = (size_t)identity & c->mask;
        while (c->records[at].is_there && c->records[at].identity != identity)
            at = (at + 1) & c->mask;
        struct record *record = &c->records[at];
        if (!record->is_there) {
            *record = (struct record){identity, rows[i].input, true};
            continue;
        }
        uint32_t low = record->input < rows[i].input ? record->input : rows[i].input;
        c->duplicate(record->input < rows[i].input ? rows[i].input : record->input, c->context);
        record->input = low;
    }
}

static bool count_part(struct counting *c, const struct sighting_log *log, const struct part *part,
                       struct error *error)
{
    struct row rows[BLOCK_ROWS];
    bool is_done = true;
    for (const struct block *block = part->blocks; block; block = block->next)
        count_rows(c, block->rows, BLOCK_ROWS);
    for (size_t i = 0; i < part->place_count && is_done; i++) {
        is_done = spill_read(&log->spill, part->places[i], rows, sizeof rows, error);
        if (is_done)
            count_rows(c, rows, BLOCK_ROWS);
    }
    count_rows(c, part->open, part->open_count);
    return is_done;
}

bool sighting_count(struct sighting_log *const *logs, size_t log_count, size_t part,
                    sighting_duplicate *duplicate, void *context, struct error *error)
{
    size_t count = 0, size = 2;
    bool is_done = true;
    for (size_t i = 0; i < log_count; i++)
        count += logs[i]->parts[part].count;
    while (size < 2 * count)
        size *= 2;
    struct counting c = {memory_table(size * sizeof *c.records), size - 1, duplicate, context};
    for (size_t i = 0; i < log_count && is_done; i++)
        is_done = count_part(&c, logs[i], &logs[i]->parts[part], error);
    free(c.records);
    return is_done;
}
