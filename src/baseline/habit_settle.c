// Sorts a store for questions: by subject, by value, and what the days of all subjects look like.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "baseline/habit_settle.h"

// ---- orders ---------------------------------------------------------------------------------------

// Kind and facet, then subject or value, then the entry's number: 8, 32 and 24 bits.
#define NUMBER_BITS 24

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

static void make_order(const struct habit *habit, bool is_by_value, struct habit_order *order)
{
    size_t count = habit->count ? habit->count : 1;
    uint64_t *keys = memory_new(count * sizeof *keys), *room = memory_new(count * sizeof *room);
    for (uint32_t i = 0; i < habit->count; i++) {
        const struct habit_entry *entry = habit_entry(habit, i);
        uint64_t name = is_by_value ? entry->value : entry->subject;
        keys[i] = habit_plane(entry->kind, entry->facet) << 56 | name << NUMBER_BITS | i;
    }
    sort_keys(keys, room, habit->count);
    habit_order_make(order, room, habit->count);
    free(keys);
    free(room);
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

// Sorts each run of by_value and notes how widespread the value of each entry is.
static uint8_t *sort_values(struct habit *habit)
{
    size_t count = habit->count ? habit->count : 1;
    uint8_t *spreads = memory_new(count);
    struct sighting *room = memory_new(count * sizeof *room);
    uint32_t *numbers = habit->by_value.numbers;
    for (uint32_t run = 0; run < habit->by_value.run_count; run++) {
        struct habit_range range = habit_run(&habit->by_value, run);
        for (uint32_t i = 0; i < range.count; i++)
            spreads[range.at[i]] = (uint8_t)habit_spread(range.count);
        if (habit_entry(habit, range.at[0])->facet != HABIT_VOLUME)
            sort_run(habit, numbers, range.count, room);
        numbers += range.count;
    }
    free(room);
    return spreads;
}

// ---- the days of one subject ----------------------------------------------------------------------

// The days of one subject in one facet, for counting: arrays have one element for each day back from
// days.newest: 0, or 1 + the smallest spread of a value which on that day was seen alone (on no other
// day), for the first time, for the last time.
struct frame {
    struct day_set days;
    uint8_t alone[DAY_SET_SPAN], first[DAY_SET_SPAN], last[DAY_SET_SPAN];
};

static void mark(const struct frame *frame, uint8_t marks[DAY_SET_SPAN], int32_t day,
                 uint8_t spread)
{
    int64_t age = (int64_t)frame->days.newest - day;
    if (age < DAY_SET_SPAN && (marks[age] == 0 || spread + 1 < marks[age]))
        marks[age] = (uint8_t)(spread + 1);
}

// A value seen before its remembered days has a first day that is none of the frame's.
static void mark_entry(struct frame *frame, const struct habit_entry *entry, uint8_t spread)
{
    struct day_set days = habit_entry_days(entry);
    unsigned count = day_set_count(&days);
    if (count == 0)
        return;
    mark(frame, frame->last, day_set_last(&days), spread);
    if (!day_set_has(&days, day_of(entry->first)))
        return;
    mark(frame, frame->first, day_set_first(&days), spread);
    if (count == 1)
        mark(frame, frame->alone, day_set_first(&days), spread);
}

static void fill_frame(struct frame *frame, const struct habit *habit, struct habit_range range,
                       const uint8_t *spreads)
{
    *frame = (struct frame){.days = habit_range_days(habit, range)};
    for (uint32_t i = 0; i < range.count; i++)
        mark_entry(frame, habit_entry(habit, range.at[i]), spreads[range.at[i]]);
}

// ---- the days of all subjects ---------------------------------------------------------------------

// Counts one subject's days; here each marked day counts in its own bucket only.
static void count_frame(const struct frame *frame, struct habit_peers *peers)
{
    unsigned days = day_set_count(&frame->days), half = day_set_half(&frame->days);
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
    struct frame frame;
    memset(habit->peers, 0, sizeof habit->peers);
    for (uint32_t run = 0; run < habit->by_subject.run_count; run++) {
        struct habit_range range = habit_run(&habit->by_subject, run);
        const struct habit_entry *entry = habit_entry(habit, range.at[0]);
        if (entry->facet == HABIT_VOLUME)
            continue;
        fill_frame(&frame, habit, range, spreads);
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
    make_order(habit, false, &habit->by_subject);
    make_order(habit, true, &habit->by_value);
    uint8_t *spreads = sort_values(habit);
    habit_spells_make(habit);
    habit_lives_make(habit);
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
