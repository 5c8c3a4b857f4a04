// Runs of entries with one subject or one value, found through a table of their first places.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "baseline/habit_settle.h"

#define FIRST_SLOTS ((uint32_t)64)
#define PLACE_BITS 24
#define PLACE_MASK (((uint32_t)1 << PLACE_BITS) - 1)
_Static_assert(HABIT_ENTRIES_MOST <= PLACE_MASK, "a place fits into 24 bits");

// ---- runs -------------------------------------------------------------------------------------

static inline uint64_t key_of_run(const struct habit_order *order, uint32_t run)
{
    return order->runs[run] >> PLACE_BITS;
}

static inline uint32_t start_of_run(const struct habit_order *order, uint32_t run)
{
    return (uint32_t)order->runs[run] & PLACE_MASK;
}

struct habit_range habit_run(const struct habit_order *order, uint32_t run)
{
    uint32_t start = start_of_run(order, run);
    return (struct habit_range){order->numbers + start, start_of_run(order, run + 1) - start, run};
}

static void find_runs(struct habit_order *order, const uint64_t *keys, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        order->run_count += i == 0 || keys[i] >> PLACE_BITS != keys[i - 1] >> PLACE_BITS;
    order->runs = memory_new(((size_t)order->run_count + 1) * sizeof *order->runs);
    order->runs[order->run_count] = count;
    for (uint32_t i = 0, run = 0; i < count; i++)
        if (i == 0 || keys[i] >> PLACE_BITS != keys[i - 1] >> PLACE_BITS)
            order->runs[run++] = (keys[i] & ~(uint64_t)PLACE_MASK) | i;
}

// ---- the table --------------------------------------------------------------------------------

static inline uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 56) << PLACE_BITS;
}

static void put(struct habit_order *order, uint32_t run)
{
    uint64_t hash = hash_mix(key_of_run(order, run));
    uint32_t slot = (uint32_t)hash & order->mask;
    while (order->slots[slot])
        slot = (slot + 1) & order->mask;
    order->slots[slot] = tag_of(hash) | (run + 1);
}

void habit_order_make(struct habit_order *order, const uint64_t *keys, uint32_t count)
{
    uint32_t size = FIRST_SLOTS;
    *order = (struct habit_order){.numbers = memory_new((count + 1) * sizeof *order->numbers)};
    for (uint32_t i = 0; i < count; i++)
        order->numbers[i] = (uint32_t)keys[i] & PLACE_MASK;
    find_runs(order, keys, count);
    while ((uint64_t)size * 2 < (uint64_t)order->run_count * 3)
        size *= 2;
    order->slots = memory_table(size * sizeof *order->slots);
    order->mask = size - 1;
    for (uint32_t run = 0; run < order->run_count; run++)
        put(order, run);
}

void habit_order_done(struct habit_order *order)
{
    free(order->numbers);
    free(order->runs);
    free(order->slots);
    free(order->longs);
    *order = (struct habit_order){0};
}

size_t habit_order_bytes(const struct habit *habit, const struct habit_order *order)
{
    size_t longs = order->longs ? order->run_count : 0;
    return ((size_t)habit->count + order->mask + 1 + longs) * sizeof(uint32_t) +
           ((size_t)order->run_count + 1) * sizeof *order->runs;
}

static struct habit_range range_of(const struct habit *habit, const struct habit_order *order,
                                   uint64_t key)
{
    assert(habit->is_settled);
    uint64_t hash = hash_mix(key);
    uint32_t tag = tag_of(hash);
    for (uint32_t slot = (uint32_t)hash & order->mask;; slot = (slot + 1) & order->mask) {
        uint32_t held = order->slots[slot], run = (held & PLACE_MASK) - 1;
        if (!held)
            return (struct habit_range){order->numbers, 0, HABIT_NO_RUN};
        if ((held & ~PLACE_MASK) == tag && key_of_run(order, run) == key)
            return habit_run(order, run);
    }
}

struct habit_range habit_subject_range(const struct habit *habit, enum habit_kind kind,
                                       enum habit_facet facet, uint32_t subject)
{
    return range_of(habit, &habit->by_subject, habit_plane(kind, facet) << 32 | subject);
}

struct habit_range habit_value_range(const struct habit *habit, enum habit_kind kind,
                                     enum habit_facet facet, uint32_t value)
{
    return range_of(habit, &habit->by_value, habit_plane(kind, facet) << 32 | value);
}

// ---- the days of one subject ------------------------------------------------------------------

struct day_set habit_range_days(const struct habit *habit, struct habit_range range)
{
    struct day_set all = {0};
    if (habit_spell_days(habit, range, &all))
        return all;
    for (uint32_t i = 0; i < range.count; i++) {
        struct day_set days = habit_entry_days(habit_entry(habit, range.at[i]));
        day_set_merge(&all, &days);
    }
    return all;
}

struct day_set habit_range_others(const struct habit *habit, struct habit_range range,
                                  uint32_t value)
{
    struct day_set others = {0};
    for (uint32_t i = 0; i < range.count; i++) {
        const struct habit_entry *entry = habit_entry(habit, range.at[i]);
        struct day_set days = habit_entry_days(entry);
        if (entry->value != value)
            day_set_merge(&others, &days);
    }
    return others;
}

static void mark(struct day_set *marks, int32_t day)
{
    int64_t age = (int64_t)marks->newest - day;
    if (age < DAY_SET_SPAN)
        marks->bits[age / 64] |= UINT64_C(1) << (age % 64);
}

// A value seen before its remembered days has a first day that is none of the subject's.
static void mark_entry(struct habit_days *out, const struct habit_entry *entry, int32_t from,
                       int32_t to)
{
    struct day_set days = habit_entry_days(entry);
    int32_t first = day_of(entry->first);
    bool has_older = !day_set_has(&days, first) && (first < from || first > to);
    day_set_remove(&days, from, to);
    if (day_set_is_empty(&days))
        return;
    int32_t newest = day_set_last(&days), oldest = day_set_first(&days);
    mark(&out->last, newest);
    if (has_older)
        return;
    mark(&out->first, oldest);
    if (oldest == newest)
        mark(&out->alone, oldest);
}

void habit_days_fill(struct habit_days *days, const struct habit *habit, struct habit_range range,
                     int32_t from, int32_t to)
{
    if (habit_spell_fill(days, habit, range, from, to))
        return;
    *days = (struct habit_days){.all = habit_range_days(habit, range)};
    days->days = days->all;
    day_set_remove(&days->days, from, to);
    days->alone.newest = days->first.newest = days->last.newest = days->all.newest;
    for (uint32_t i = 0; i < range.count; i++)
        mark_entry(days, habit_entry(habit, range.at[i]), from, to);
}
