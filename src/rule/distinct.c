// Open addressing over owned entries; removal moves followers back.
// SPDX-License-Identifier: Apache-2.0
#include "rule/distinct.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

#define SMALLEST ((size_t)8)

static size_t entry_bytes(const struct distinct_entry *entry)
{
    return sizeof *entry + entry->len + 16; // and what malloc needs
}

void distinct_done(struct distinct *distinct)
{
    for (size_t i = 0; i < distinct->capacity; i++)
        free(distinct->slots[i]);
    free(distinct->slots);
    *distinct = (struct distinct){0};
}

static void rebuild(struct distinct *distinct, size_t capacity)
{
    struct distinct_entry **slots = memory_new(capacity * sizeof *slots);
    for (size_t i = 0; i < distinct->capacity; i++) {
        struct distinct_entry *entry = distinct->slots[i];
        if (!entry)
            continue;
        size_t slot = entry->hash & (capacity - 1);
        while (slots[slot])
            slot = (slot + 1) & (capacity - 1);
        slots[slot] = entry;
    }
    free(distinct->slots);
    distinct->slots = slots;
    distinct->bytes += (capacity - distinct->capacity) * sizeof *slots;
    distinct->capacity = capacity;
}

static struct distinct_entry *new_entry(struct str text, uint64_t hash)
{
    assert(text.len <= UINT32_MAX);
    struct distinct_entry *entry = memory_grow(NULL, sizeof *entry + text.len);
    *entry = (struct distinct_entry){.hash = hash, .len = (uint32_t)text.len};
    if (text.len)
        memcpy(entry->text, text.at, text.len);
    return entry;
}

struct distinct_entry *distinct_add(struct distinct *distinct, struct str text)
{
    if (distinct->count * 3 >= distinct->capacity * 2)
        rebuild(distinct, distinct->capacity ? distinct->capacity * 2 : SMALLEST);
    uint64_t hash = hash_str(text);
    size_t slot = hash & (distinct->capacity - 1);
    struct distinct_entry *entry;
    while ((entry = distinct->slots[slot])) {
        if (entry->hash == hash && str_equal(str_of(entry->text, entry->len), text))
            break;
        slot = (slot + 1) & (distinct->capacity - 1);
    }
    if (!entry) {
        entry = distinct->slots[slot] = new_entry(text, hash);
        distinct->count++;
        distinct->bytes += entry_bytes(entry);
    }
    entry->count++;
    return entry;
}

void distinct_remove(struct distinct *distinct, struct distinct_entry *entry)
{
    if (--entry->count)
        return;
    size_t mask = distinct->capacity - 1, hole = entry->hash & mask;
    while (distinct->slots[hole] != entry)
        hole = (hole + 1) & mask;
    for (size_t next = (hole + 1) & mask; distinct->slots[next]; next = (next + 1) & mask) {
        size_t distance = (next - distinct->slots[next]->hash) & mask;
        if (distance >= ((next - hole) & mask)) {
            distinct->slots[hole] = distinct->slots[next];
            hole = next;
        }
    }
    distinct->slots[hole] = NULL;
    distinct->count--;
    distinct->bytes -= entry_bytes(entry);
    free(entry);
    if (distinct->capacity > SMALLEST && distinct->count * 8 < distinct->capacity)
        rebuild(distinct, distinct->capacity / 2);
}
