// Sorts a store for questions: by subject, by value, and what the days of all subjects look like.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "baseline/habit_settle.h"

// ---- orders ---------------------------------------------------------------------------------------

// Kind and facet, then subject or value, then the entry's number: 8, 32 and 24 bits.
#define NUMBER_BITS 24
_Static_assert(HABIT_KINDS <= 16 && HABIT_FACETS <= 16, "kind and facet fit into eight bits");

static inline uint64_t plane_of(unsigned kind, unsigned facet)
{
    return (uint64_t)(kind << 4 | facet);
}

// Sorts by all but the entry's number: from the lowest byte up, each pass keeping the order of the one
// before.
static void sort_keys(uint64_t *keys, uint64_t *room, uint32_t count)
{
    for (unsigned shift = NUMBER_BITS; shift < 64; shift += 8) {
        uint32_t starts[257] = {0};
        for (uint32_t i = 0; i < count; i++)
            starts[(keys[i] >> shift & 255) + 1]++;
        for (unsigned i = 0; i < 256; i++)
            starts[i + 1] += starts[i];
        for (uint32_t i = 0; i < count; i++)
            room[starts[keys[i] >> shift & 255]++] = keys[i];
        uint64_t *other = keys;
        keys = room;
        room = other;
    }
}
_Static_assert((64 - NUMBER_BITS) / 8 % 2 == 1,
               "after an odd number of passes the result is in room");

static uint32_t *sorted_numbers(const struct habit *habit, bool is_by_value)
{
    size_t count = habit->count ? habit->count : 1;
    uint64_t *keys = memory_new(count * sizeof *keys), *room = memory_new(count * sizeof *room);
    uint32_t *numbers = memory_new(count * sizeof *numbers);
    for (uint32_t i = 0; i < habit->count; i++) {
        const struct habit_entry *entry = habit_entry(habit, i);
        uint64_t name = is_by_value ? entry->value : entry->subject;
        keys[i] = plane_of(entry->kind, entry->facet) << 56 | name << NUMBER_BITS | i;
    }
    sort_keys(keys, room, habit->count);
    for (uint32_t i = 0; i < habit->count; i++)
        numbers[i] = (uint32_t)room[i] & (((uint32_t)1 << NUMBER_BITS) - 1);
    free(keys);
    free(room);
    return numbers;
}

struct sighting {
    int64_t first;
    uint32_t number;
};

static int compare_sightings(const void *a, const void *b)
{
    const struct sighting *left = a, *right = b;
    return (left->first > right->first) - (left->first < right->first);
}

// Orders the subjects of one value by the time they were first seen with it.
static void sort_run(const struct habit *habit, uint32_t *numbers, uint32_t count,
                     struct sighting *room)
{
    if (count < 2)
        return;
    for (uint32_t i = 0; i < count; i++)
        room[i] = (struct sighting){habit_entry(habit, numbers[i])->first, numbers[i]};
    qsort(room, count, sizeof *room, compare_sightings);
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = room[i].number;
}

// The end of the run of entries that have kind, facet, and subject or value, in common.
static uint32_t run_end(const struct habit *habit, const uint32_t *numbers, uint32_t start,
                        bool is_by_value)
{
    const struct habit_entry *first = habit_entry(habit, numbers[start]);
    uint32_t end = start + 1;
    for (; end < habit->count; end++) {
        const struct habit_entry *entry = habit_entry(habit, numbers[end]);
        bool is_same =
            is_by_value ? entry->value == first->value : entry->subject == first->subject;
        if (!is_same || entry->kind != first->kind || entry->facet != first->facet)
            break;
    }
    return end;
}

// Sorts each run of by_value and notes how widespread the value of each entry is.
static uint8_t *sort_values(struct habit *habit)
{
    size_t count = habit->count ? habit->count : 1;
    uint8_t *spreads = memory_new(count);
    struct sighting *room = memory_new(count * sizeof *room);
    for (uint32_t start = 0, end; start < habit->count; start = end) {
        end = run_end(habit, habit->by_value, start, true);
        for (uint32_t i = start; i < end; i++)
            spreads[habit->by_value[i]] = (uint8_t)habit_spread(end - start);
        if (habit_entry(habit, habit->by_value[start])->facet != HABIT_VOLUME)
            sort_run(habit, habit->by_value + start, end - start, room);
    }
    free(room);
    return spreads;
}

// ---- ranges ---------------------------------------------------------------------------------------

static uint64_t key_at(const struct habit *habit, const uint32_t *numbers, uint32_t at,
                       bool is_by_value)
{
    const struct habit_entry *entry = habit_entry(habit, numbers[at]);
    return plane_of(entry->kind, entry->facet) << 32 |
           (is_by_value ? entry->value : entry->subject);
}

// The first place of low..high whose key is not below `wanted`.
static uint32_t lower_bound(const struct habit *habit, const uint32_t *numbers, uint32_t low,
                            uint32_t high, uint64_t wanted, bool is_by_value)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (key_at(habit, numbers, middle, is_by_value) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Most ranges are short, so their end is looked for from their start on, in steps that double.
static struct habit_range range_of(const struct habit *habit, const uint32_t *numbers,
                                   uint64_t plane, uint32_t name, bool is_by_value)
{
    assert(habit->is_settled);
    uint64_t wanted = plane << 32 | name;
    uint32_t start = lower_bound(habit, numbers, 0, habit->count, wanted, is_by_value);
    uint32_t low = start, high = start, step = 1;
    while (high < habit->count && key_at(habit, numbers, high, is_by_value) == wanted) {
        low = high + 1;
        high = habit->count - high > step ? high + step : habit->count;
        step *= 2;
    }
    uint32_t end = lower_bound(habit, numbers, low, high, wanted + 1, is_by_value);
    return (struct habit_range){numbers + start, end - start};
}

struct habit_range habit_subject_range(const struct habit *habit, enum habit_kind kind,
                                       enum habit_facet facet, uint32_t subject)
{
    return range_of(habit, habit->by_subject, plane_of(kind, facet), subject, false);
}

struct habit_range habit_value_range(const struct habit *habit, enum habit_kind kind,
                                     enum habit_facet facet, uint32_t value)
{
    return range_of(habit, habit->by_value, plane_of(kind, facet), value, true);
}

// ---- the days of one subject ----------------------------------------------------------------------

static void mark(const struct habit_frame *frame, uint8_t marks[DAY_SET_SPAN], int32_t day,
                 uint8_t spread)
{
    int64_t age = (int64_t)frame->days.newest - day;
    if (age < DAY_SET_SPAN && (marks[age] == 0 || spread + 1 < marks[age]))
        marks[age] = (uint8_t)(spread + 1);
}

// A value seen before its remembered days has a first day that is none of the frame's.
static void mark_entry(struct habit_frame *frame, const struct habit_entry *entry, uint8_t spread,
                       int32_t from, int32_t to)
{
    struct day_set days = habit_entry_days(entry);
    int32_t first = day_of(entry->first);
    bool has_older = !day_set_has(&days, first) && (first < from || first > to);
    day_set_remove(&days, from, to);
    unsigned count = day_set_count(&days);
    if (count == 0)
        return;
    mark(frame, frame->last, day_set_last(&days), spread);
    if (has_older)
        return;
    mark(frame, frame->first, day_set_first(&days), spread);
    if (count == 1)
        mark(frame, frame->alone, day_set_first(&days), spread);
}

struct day_set habit_range_days(const struct habit *habit, struct habit_range range)
{
    struct day_set all = {0};
    for (uint32_t i = 0; i < range.count; i++) {
        struct day_set days = habit_entry_days(habit_entry(habit, range.at[i]));
        day_set_merge(&all, &days);
    }
    return all;
}

void habit_frame_fill(struct habit_frame *frame, const struct habit *habit,
                      struct habit_range range, const uint8_t *spreads, int32_t from, int32_t to)
{
    *frame = (struct habit_frame){.all = habit_range_days(habit, range)};
    frame->days = frame->all;
    day_set_remove(&frame->days, from, to);
    for (uint32_t i = 0; i < range.count; i++)
        mark_entry(frame, habit_entry(habit, range.at[i]), spreads ? spreads[range.at[i]] : 0, from,
                   to);
}

unsigned habit_frame_half(const struct habit_frame *frame)
{
    unsigned wanted = (day_set_count(&frame->days) + 1) / 2, age = 0;
    for (unsigned seen = 0; age < DAY_SET_SPAN; age++) {
        seen += frame->days.bits[age / 64] >> (age % 64) & 1;
        if (seen >= wanted)
            break;
    }
    return age;
}

// ---- the days of all subjects ---------------------------------------------------------------------

// Counts one subject's days; here each marked day counts in its own bucket only.
static void count_frame(const struct habit_frame *frame, struct habit_peers *peers)
{
    unsigned days = day_set_count(&frame->days), half = habit_frame_half(frame);
    peers->subjects++;
    peers->days += days;
    peers->later_days += (days + 1) / 2;
    peers->earlier_days += days / 2;
    for (unsigned word = 0; word < DAY_SET_WORDS; word++) { // only days in the set bear marks
        for (uint64_t bits = frame->days.bits[word]; bits; bits &= bits - 1) {
            unsigned age = 64 * word + (unsigned)__builtin_ctzll(bits);
            if (frame->alone[age])
                peers->alone[frame->alone[age] - 1]++;
            if (frame->first[age] && age <= half)
                peers->first[frame->first[age] - 1]++;
            if (frame->last[age] && age > half)
                peers->last[frame->last[age] - 1]++;
        }
    }
}

static void count_peers(struct habit *habit, const uint8_t *spreads)
{
    struct habit_frame frame;
    memset(habit->peers, 0, sizeof habit->peers);
    for (uint32_t start = 0, end; start < habit->count; start = end) {
        end = run_end(habit, habit->by_subject, start, false);
        const struct habit_entry *entry = habit_entry(habit, habit->by_subject[start]);
        if (entry->facet == HABIT_VOLUME)
            continue;
        struct habit_range range = {habit->by_subject + start, end - start};
        habit_frame_fill(&frame, habit, range, spreads, 1, 0);
        count_frame(&frame, &habit->peers[entry->kind][entry->facet]);
    }
}

// From "this widespread" to "at most this widespread".
static void add_buckets(uint64_t buckets[SPREAD_BUCKETS])
{
    for (unsigned i = 1; i < SPREAD_BUCKETS; i++)
        buckets[i] += buckets[i - 1];
}

void habit_settle(struct habit *habit)
{
    if (habit->is_settled)
        return;
    habit->by_subject = sorted_numbers(habit, false);
    habit->by_value = sorted_numbers(habit, true);
    uint8_t *spreads = sort_values(habit);
    count_peers(habit, spreads);
    free(spreads);
    for (unsigned kind = 0; kind < HABIT_KINDS; kind++) {
        for (unsigned facet = 0; facet < HABIT_FACETS; facet++) {
            struct habit_peers *peers = &habit->peers[kind][facet];
            add_buckets(peers->alone);
            add_buckets(peers->first);
            add_buckets(peers->last);
        }
    }
    habit->is_settled = true;
}
