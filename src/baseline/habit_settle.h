// What a settled store offers to questions: ranges of entries, and the days of one subject. For the
// files that make up the store (habit*.c) and no others.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_HABIT_SETTLE_H
#define STORMGLASS_BASELINE_HABIT_SETTLE_H

#include "baseline/habit_store.h"

static inline uint64_t habit_plane(unsigned kind, unsigned facet)
{
    return (uint64_t)(kind << 4 | facet);
}
_Static_assert(HABIT_KINDS <= 16 && HABIT_FACETS <= 16, "kind and facet fit into eight bits");

// The end of the run of entries that have kind, facet, and subject or value, in common.
uint32_t habit_run_end(const struct habit *habit, const struct habit_order *order, uint32_t start);
// Makes the table of an order whose numbers are set.
void habit_order_index(const struct habit *habit, struct habit_order *order);
void habit_order_done(struct habit_order *order);
size_t habit_order_bytes(const struct habit *habit, const struct habit_order *order);

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

// The days of one subject in one facet: all, and those without an interval. Bits as in a day_set of
// days.newest: days on which some value was seen alone (on no other day), for the first time, for the
// last time.
struct habit_days {
    struct day_set all, days; // of one newest day
    struct day_set alone, first, last;
};
// from > to leaves nothing out.
void habit_days_fill(struct habit_days *days, const struct habit *habit, struct habit_range range,
                     int32_t from, int32_t to);

// The bucket of a number of subjects, from 1.
static inline unsigned habit_spread(uint32_t subjects)
{
    return subjects ? 31 - (unsigned)__builtin_clz(subjects) : 0;
}

#endif
