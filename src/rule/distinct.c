// Open addressing over owned entries; removal moves followers back.
// SPDX-License-Identifier: Apache-2.0
#include "rule/distinct.h"

#include <stdlib.h>

#include "base/arena.h"

#define SMALLEST ((size_t)8)

#define ENTRY_COST ((size_t)32) // of an entry beside its key, and what malloc needs

static void free_entries(struct distinct *distinct)
{
    for (size_t i = 0; i < distinct->capacity; i++)
        free(distinct->slots[i].entry);
}

void distinct_done(struct distinct *distinct)
{
    free_entries(distinct);
    free(distinct->slots);
    *distinct = (struct distinct){0};
}

void distinct_clear(struct distinct *distinct)
{
    if (distinct->capacity > SMALLEST) {
        distinct_done(distinct);
        return;
    }
    free_entries(distinct);
    for (size_t i = 0; i < distinct->capacity; i++)
        distinct->slots[i].entry = NULL;
    distinct->count = 0;
    distinct->bytes = distinct->capacity * sizeof *distinct->slots;
}

static void rebuild(struct distinct *distinct, size_t capacity)
{
    struct distinct_slot *slots = memory_new(capacity * sizeof *slots);
    for (size_t i = 0; i < distinct->capacity; i++) {
        if (!distinct->slots[i].entry)
            continue;
        size_t slot = distinct->slots[i].hash & (capacity - 1);
        while (slots[slot].entry)
            slot = (slot + 1) & (capacity - 1);
        slots[slot] = distinct->slots[i];
    }
    free(distinct->slots);
    distinct->slots = slots;
    distinct->bytes += (capacity - distinct->capacity) * sizeof *slots;
    distinct->capacity = capacity;
}

static struct distinct_entry *new_entry(const struct text_key *key)
{
    size_t values = key->count * sizeof(struct str);
    struct distinct_entry *entry = memory_grow(NULL, sizeof *entry + values + text_key_room(key));
    *entry = (struct distinct_entry){.hash = key->hash, .size = ENTRY_COST + text_key_size(key)};
    text_key_store(key, entry->values, (char *)(entry->values + key->count));
    return entry;
}

struct distinct_entry *distinct_add(struct distinct *distinct, const struct text_key *key)
{
    if (distinct->count * 3 >= distinct->capacity * 2)
        rebuild(distinct, distinct->capacity ? distinct->capacity * 2 : SMALLEST);
    size_t slot = key->hash & (distinct->capacity - 1);
    struct distinct_entry *entry;
    while ((entry = distinct->slots[slot].entry)) {
        if (distinct->slots[slot].hash == key->hash && text_key_equals(key, entry->values))
            break;
        slot = (slot + 1) & (distinct->capacity - 1);
    }
    if (!entry) {
        entry = new_entry(key);
        distinct->slots[slot] = (struct distinct_slot){key->hash, entry};
        distinct->count++;
        distinct->bytes += entry->size;
    }
    entry->count++;
    return entry;
}

void distinct_remove(struct distinct *distinct, struct distinct_entry *entry)
{
    if (--entry->count)
        return;
    size_t mask = distinct->capacity - 1, hole = entry->hash & mask;
    while (distinct->slots[hole].entry != entry)
        hole = (hole + 1) & mask;
    for (size_t next = (hole + 1) & mask; distinct->slots[next].entry; next = (next + 1) & mask) {
        size_t distance = (next - distinct->slots[next].hash) & mask;
        if (distance >= ((next - hole) & mask)) {
            distinct->slots[hole] = distinct->slots[next];
            hole = next;
        }
    }
    distinct->slots[hole].entry = NULL;
    distinct->count--;
    distinct->bytes -= entry->size;
    free(entry);
    if (distinct->capacity > SMALLEST && distinct->count * 8 < distinct->capacity)
        rebuild(distinct, distinct->capacity / 2);
}
