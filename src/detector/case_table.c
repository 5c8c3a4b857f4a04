// Open addressing over keys; rows lie in the order in which they came.
// SPDX-License-Identifier: Apache-2.0
#include "detector/case_table.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

void case_table_done(struct case_table *table)
{
    for (uint32_t i = 0; i < table->count; i++)
        draft_free(table->rows[i].draft);
    free(table->rows);
    free(table->slots);
    *table = (struct case_table){0};
}

// The slot of the key, or the empty one where it belongs.
static uint32_t *slot_of(const struct case_table *table, struct case_key key)
{
    uint64_t hash = hash_bytes(&key, sizeof key, 7);
    for (uint32_t at = (uint32_t)hash & table->mask;; at = (at + 1) & table->mask) {
        uint32_t *slot = &table->slots[at];
        if (!*slot || memcmp(&table->rows[*slot - 1].key, &key, sizeof key) == 0)
            return slot;
    }
}

static void grow(struct case_table *table)
{
    uint32_t size = table->slots ? 2 * (table->mask + 1) : 64;
    free(table->slots);
    table->slots = memory_table(size * sizeof *table->slots);
    table->mask = size - 1;
    for (uint32_t i = 0; i < table->count; i++)
        *slot_of(table, table->rows[i].key) = i + 1;
}

struct case_row *case_table_find(const struct case_table *table, struct case_key key)
{
    uint32_t row = table->slots ? *slot_of(table, key) : 0;
    return row ? &table->rows[row - 1] : NULL;
}

struct case_row *case_table_open(struct case_table *table, struct case_key key)
{
    struct case_row *row = case_table_find(table, key);
    if (row)
        return row;
    if (table->count == CASE_LIMIT) {
        table->refused++;
        return NULL;
    }
    if (!table->slots || 2 * (table->count + 1) > table->mask)
        grow(table);
    ARRAY_GROW(table->rows, table->count, table->capacity);
    *slot_of(table, key) = table->count + 1;
    row = &table->rows[table->count++];
    *row = (struct case_row){.key = key, .first = INSTANT_NONE, .last = INSTANT_NONE};
    return row;
}

struct draft *case_take(struct case_row *row)
{
    struct draft *draft = row->draft;
    row->draft = NULL;
    return draft;
}
