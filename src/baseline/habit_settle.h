// What a settled store offers to questions: ranges of entries, and the days of one subject. For the
// files that make up the store (habit*.c) and no others.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_HABIT_SETTLE_H
#define STORMGLASS_BASELINE_HABIT_SETTLE_H

#include "baseline/habit_store.h"

// The entries of a range of by_subject or by_value.
struct habit_range {
    const uint32_t *at;
    uint32_t count;
};
struct habit_range habit_subject_range(const struct habit *habit, enum habit_kind kind,
                                       enum habit_facet facet, uint32_t subject);
struct habit_range habit_value_range(const struct habit *habit, enum habit_kind kind,
                                     enum habit_facet facet, uint32_t value);

// All days of the entries.
struct day_set habit_range_days(const struct habit *habit, struct habit_range range);

// The days of one subject in one facet: all, and those without an interval. The arrays have one element for each day
// back from days.newest: 0, or 1 + the smallest spread of a value which on that day was seen alone (on
// no other day), for the first time, for the last time.
struct habit_frame {
    struct day_set all, days; // of one newest day
    uint8_t alone[DAY_SET_SPAN], first[DAY_SET_SPAN], last[DAY_SET_SPAN];
};
// `spreads` gives the bucket of each entry by its number; NULL: all 0. from > to leaves nothing out.
void habit_frame_fill(struct habit_frame *frame, const struct habit *habit,
                      struct habit_range range, const uint8_t *spreads, int32_t from, int32_t to);

// Splits the days of a frame into halves, the later one larger by one at most: the first day of the
// later half, counted back from newest.
unsigned habit_frame_half(const struct habit_frame *frame);

// The bucket of a number of subjects, from 1.
static inline unsigned habit_spread(uint32_t subjects)
{
    return subjects ? 31 - (unsigned)__builtin_clz(subjects) : 0;
}

#endif
