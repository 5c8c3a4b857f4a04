// Slips in an array with an index by id; sorting in place.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/issued_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

#define SMALLEST 64
#define LARGE ((uint32_t)1 << 20) // from here on the array grows in small steps: 40 bytes a slip

uint64_t slip_hash(const uint8_t id[16])
{
    uint64_t halves[2];
    memcpy(halves, id, sizeof halves);
    return hash_mix(halves[0] ^ hash_mix(halves[1] + UINT64_C(0x9e3779b97f4a7c15)));
}

static inline uint32_t slot_of(const struct slip_table *table, uint64_t hash)
{
    return (uint32_t)((hash >> 32) * table->slot_count >> 32);
}

// The high byte of a slot holds bits of the hash that the place does not depend on, so that slips of
// other ids are passed over without a look at them: a slip is far away in memory.
#define INDEX_BITS 24
#define INDEX_MASK (((uint32_t)1 << INDEX_BITS) - 1)

static inline uint32_t slot_value(uint64_t hash, uint32_t index)
{
    return (uint32_t)(hash & 0xff) << INDEX_BITS | (index + 1);
}

uint32_t slip_list(const struct slip_table *table, const uint8_t id[16], uint32_t limit,
                   uint32_t *out)
{
    uint64_t hash = slip_hash(id);
    uint32_t tag = (uint32_t)(hash & 0xff), count = 0;
    uint32_t slot = slot_of(table, hash);
    while (table->slot_count && table->slots[slot] && count < limit) {
        uint32_t value = table->slots[slot], index = (value & INDEX_MASK) - 1;
        slot = slot + 1 == table->slot_count ? 0 : slot + 1;
        if (value >> INDEX_BITS == tag && memcmp(table->slips[index].id, id, 16) == 0)
            out[count++] = index;
    }
    return count;
}

void slip_fetch_slot(const struct slip_table *table, const uint8_t id[16])
{
    if (table->slot_count)
        __builtin_prefetch(&table->slots[slot_of(table, slip_hash(id))]);
}

void slip_fetch(const struct slip_table *table, const uint8_t id[16])
{
    uint32_t value = table->slot_count ? table->slots[slot_of(table, slip_hash(id))] : 0;
    if (value)
        __builtin_prefetch(&table->slips[(value & INDEX_MASK) - 1]);
}

static void index_slip(struct slip_table *table, uint32_t index)
{
    uint64_t hash = slip_hash(table->slips[index].id);
    uint32_t slot = slot_of(table, hash);
    while (table->slots[slot])
        slot = slot + 1 == table->slot_count ? 0 : slot + 1;
    table->slots[slot] = slot_value(hash, index);
}

static void rebuild(struct slip_table *table, uint32_t slot_count)
{
    free(table->slots);
    table->slots = memory_table((size_t)slot_count * sizeof *table->slots);
    table->slot_count = slot_count;
    for (uint32_t i = 0; i < table->count; i++)
        index_slip(table, i);
}

// At most seven of eight slots are taken, never far fewer: 4.6 to 6.7 bytes a slip.
static uint32_t wanted_slots(uint32_t count)
{
    return SMALLEST + (uint32_t)((uint64_t)count * 5 / 3);
}

static void grow(struct slip_table *table)
{
    uint32_t capacity = table->capacity;
    capacity += capacity < LARGE ? capacity + SMALLEST : capacity / 32;
    table->slips = memory_grow(table->slips, (size_t)capacity * sizeof *table->slips);
    table->capacity = capacity;
}

void slip_append(struct slip_table *table, const struct slip *slip)
{
    if (table->count == table->capacity)
        grow(table);
    table->slips[table->count++] = *slip;
    assert(table->count <= SLIP_LIMIT);
    if ((uint64_t)table->count * 8 > (uint64_t)table->slot_count * 7)
        rebuild(table, wanted_slots(table->count));
    else
        index_slip(table, table->count - 1);
}

static void shrink(struct slip_table *table)
{
    if (table->capacity > table->count + SMALLEST) {
        table->capacity = table->count + SMALLEST;
        table->slips = memory_grow(table->slips, (size_t)table->capacity * sizeof *table->slips);
    }
    rebuild(table, SMALLEST + (uint32_t)((uint64_t)table->count * 3 / 2));
}

void slip_filter(struct slip_table *table,
                 bool (*keep)(const struct slip *slip, const void *context), const void *context)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < table->count; i++)
        if (keep(&table->slips[i], context))
            table->slips[kept++] = table->slips[i];
    table->count = kept;
    shrink(table);
}

void slip_done(struct slip_table *table)
{
    free(table->slips);
    free(table->slots);
    *table = (struct slip_table){0};
}

size_t slip_bytes(const struct slip_table *table)
{
    return (size_t)table->capacity * sizeof *table->slips +
           (size_t)table->slot_count * sizeof *table->slots;
}

// ---- sorting ------------------------------------------------------------------------------------

#define KEY_SIZE 24 // user, time, id
#define FEW 32      // slips that are sorted by insertion

int slip_compare(const struct slip *a, const struct slip *b)
{
    if (a->user != b->user)
        return a->user < b->user ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return memcmp(a->id, b->id, sizeof a->id);
}

static inline uint8_t key_byte(const struct slip *slip, unsigned depth)
{
    if (depth < 4)
        return (uint8_t)(slip->user >> (24 - 8 * depth));
    if (depth < 8)
        return (uint8_t)(slip->time >> (56 - 8 * depth));
    return slip->id[depth - 8];
}

static void sort_few(struct slip *slips, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct slip slip = slips[i];
        uint32_t at = i;
        for (; at > 0 && slip_compare(&slip, &slips[at - 1]) < 0; at--)
            slips[at] = slips[at - 1];
        slips[at] = slip;
    }
}

// Puts every slip into the part of its byte by following cycles of exchanges (American flag sort), then
// sorts each part by the next byte: in place, and no order of input makes it slow.
static void sort_from(struct slip *slips, uint32_t count, unsigned depth)
{
    uint32_t ends[256], next[256], sizes[256];
    for (;; depth++) { // over bytes that all have in common
        if (count <= FEW || depth == KEY_SIZE) {
            sort_few(slips, count);
            return;
        }
        memset(sizes, 0, sizeof sizes);
        for (uint32_t i = 0; i < count; i++)
            sizes[key_byte(&slips[i], depth)]++;
        if (sizes[key_byte(&slips[0], depth)] < count)
            break;
    }
    uint32_t end = 0;
    for (unsigned b = 0; b < 256; b++) {
        next[b] = end;
        ends[b] = end += sizes[b];
    }
    for (unsigned b = 0; b < 256; b++)
        while (next[b] < ends[b]) {
            struct slip slip = slips[next[b]];
            for (uint8_t home; (home = key_byte(&slip, depth)) != b;) {
                struct slip other = slips[next[home]];
                slips[next[home]++] = slip;
                slip = other;
            }
            slips[next[b]++] = slip;
        }
    for (unsigned b = 0; b < 256; b++)
        if (sizes[b] > 1)
            sort_from(slips + ends[b] - sizes[b], sizes[b], depth + 1);
}

void slip_sort(struct slip_table *table)
{
    sort_from(table->slips, table->count, 0);
    shrink(table);
}
