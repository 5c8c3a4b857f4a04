// Runs of entries with one subject or one value, found through a table of their first places.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "baseline/habit_settle.h"

#define FIRST_SLOTS ((uint32_t)64)
#define PLACE_MASK ((uint32_t)0xffffff)
_Static_assert(HABIT_ENTRIES_MOST <= PLACE_MASK, "a place fits into 24 bits");

// What the entries of a run have in common.
static inline uint64_t key_of(const struct habit_entry *entry, bool is_by_value)
{
    return habit_plane(entry->kind, entry->facet) << 32 |
           (is_by_value ? entry->value : entry->subject);
}

static inline uint64_t key_at(const struct habit *habit, const struct habit_order *order,
                              uint32_t place)
{
    return key_of(habit_entry(habit, order->numbers[place]), order->is_by_value);
}

uint32_t habit_run_end(const struct habit *habit, const struct habit_order *order, uint32_t start)
{
    uint64_t key = key_at(habit, order, start);
    uint32_t end = start + 1;
    while (end < habit->count && key_at(habit, order, end) == key)
        end++;
    return end;
}

// ---- the table --------------------------------------------------------------------------------

static inline uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 56) << 24;
}

static void put(struct habit_order *order, uint64_t key, uint32_t start)
{
    uint64_t hash = hash_mix(key);
    uint32_t slot = (uint32_t)hash & order->mask;
    while (order->slots[slot])
        slot = (slot + 1) & order->mask;
    order->slots[slot] = tag_of(hash) | (start + 1);
}

void habit_order_index(const struct habit *habit, struct habit_order *order)
{
    uint32_t runs = 0, size = FIRST_SLOTS;
    for (uint32_t start = 0; start < habit->count; start = habit_run_end(habit, order, start))
        runs++;
    while ((uint64_t)size * 2 < (uint64_t)runs * 3)
        size *= 2;
    order->slots = memory_new(size * sizeof *order->slots);
    order->mask = size - 1;
    for (uint32_t start = 0; start < habit->count; start = habit_run_end(habit, order, start))
        put(order, key_at(habit, order, start), start);
}

void habit_order_done(struct habit_order *order)
{
    free(order->numbers);
    free(order->slots);
    *order = (struct habit_order){0};
}

size_t habit_order_bytes(const struct habit *habit, const struct habit_order *order)
{
    return ((size_t)habit->count + order->mask + 1) * sizeof(uint32_t);
}

// ---- ranges -----------------------------------------------------------------------------------

// The first place of low..high whose key is above `key`.
static uint32_t upper_bound(const struct habit *habit, const struct habit_order *order,
                            uint32_t low, uint32_t high, uint64_t key)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (key_at(habit, order, middle) <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Most runs are short, so their end is looked for from their start on, in steps that double.
static uint32_t end_of(const struct habit *habit, const struct habit_order *order, uint32_t start,
                       uint64_t key)
{
    uint32_t low = start + 1, high = low, step = 1;
    while (high < habit->count && key_at(habit, order, high) == key) {
        low = high + 1;
        high = habit->count - high > step ? high + step : habit->count;
        step *= 2;
    }
    return upper_bound(habit, order, low, high, key);
}

static struct habit_range range_of(const struct habit *habit, const struct habit_order *order,
                                   uint64_t key)
{
    assert(habit->is_settled);
    uint64_t hash = hash_mix(key);
    uint32_t tag = tag_of(hash);
    for (uint32_t slot = (uint32_t)hash & order->mask;; slot = (slot + 1) & order->mask) {
        uint32_t held = order->slots[slot], start = (held & PLACE_MASK) - 1;
        if (!held)
            return (struct habit_range){order->numbers, 0};
        if ((held & ~PLACE_MASK) == tag && key_at(habit, order, start) == key)
            return (struct habit_range){order->numbers + start,
                                        end_of(habit, order, start, key) - start};
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
    for (uint32_t i = 0; i < range.count; i++) {
        struct day_set days = habit_entry_days(habit_entry(habit, range.at[i]));
        day_set_merge(&all, &days);
    }
    return all;
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
    *days = (struct habit_days){.all = habit_range_days(habit, range)};
    days->days = days->all;
    day_set_remove(&days->days, from, to);
    days->alone.newest = days->first.newest = days->last.newest = days->all.newest;
    for (uint32_t i = 0; i < range.count; i++)
        mark_entry(days, habit_entry(habit, range.at[i]), from, to);
}
