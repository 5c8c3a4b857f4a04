// Open addressing with linear probing; removal moves followers back, so there are no tombstones.
// SPDX-License-Identifier: Apache-2.0
#include "base/keyset.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

#define SMALLEST ((size_t)16)

void keyset_done(struct keyset *set)
{
    free(set->slots);
    *set = (struct keyset){0};
}

// The high bits of a product depend on every bit of the key.
static inline size_t home(const struct keyset *set, uint64_t key)
{
    return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (set->capacity - 1);
}

static inline uint64_t stored(uint64_t key)
{
    return key ? key : 1;
}

// The slot that holds the key, or the empty one where it belongs.
static inline size_t find_slot(const struct keyset *set, uint64_t key)
{
    size_t slot = home(set, key);
    while (set->slots[slot] && set->slots[slot] != key)
        slot = (slot + 1) & (set->capacity - 1);
    return slot;
}

static void rebuild(struct keyset *set, size_t capacity)
{
    struct keyset bigger = {.slots = memory_table(capacity * sizeof *bigger.slots),
                            .count = set->count,
                            .capacity = capacity};
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i])
            bigger.slots[find_slot(&bigger, set->slots[i])] = set->slots[i];
    free(set->slots);
    *set = bigger;
}

bool keyset_add(struct keyset *set, uint64_t key)
{
    key = stored(key);
    if (set->count * 4 >= set->capacity * 3)
        rebuild(set, set->capacity ? set->capacity * 2 : SMALLEST);
    size_t slot = find_slot(set, key);
    if (set->slots[slot])
        return false;
    set->slots[slot] = key;
    set->count++;
    return true;
}

bool keyset_has(const struct keyset *set, uint64_t key)
{
    return set->count && set->slots[find_slot(set, stored(key))];
}

bool keyset_remove(struct keyset *set, uint64_t key)
{
    key = stored(key);
    if (set->count == 0)
        return false;
    size_t hole = find_slot(set, key), mask = set->capacity - 1;
    if (!set->slots[hole])
        return false;
    // A follower may move into the hole unless its home lies behind the hole.
    for (size_t next = (hole + 1) & mask; set->slots[next]; next = (next + 1) & mask) {
        size_t distance = (next - home(set, set->slots[next])) & mask;
        if (distance >= ((next - hole) & mask)) {
            set->slots[hole] = set->slots[next];
            hole = next;
        }
    }
    set->slots[hole] = 0;
    set->count--;
    if (set->capacity > SMALLEST && set->count * 8 < set->capacity)
        rebuild(set, set->capacity / 2);
    return true;
}

bool keyset_in_share(uint64_t key, unsigned halvings)
{
    return halvings == 0 || (halvings < 64 && hash_mix(stored(key)) >> (64 - halvings) == 0);
}

void keyset_thin(struct keyset *set, unsigned halvings)
{
    struct keyset kept = {0};
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i] && keyset_in_share(set->slots[i], halvings))
            keyset_add(&kept, set->slots[i]);
    keyset_done(set);
    *set = kept;
}
