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

// Finds the runs of an order whose entries are sorted by these keys: what they have in common in 40 bits, then the
// entry's number in 24. Sets the order's numbers as well.
void habit_order_make(struct habit_order *order, const uint64_t *keys, uint32_t count);
void habit_order_done(struct habit_order *order);
size_t habit_order_bytes(const struct habit *habit, const struct habit_order *order);

// The entries of a range of by_subject or by_value. All of a run, if `run` is its number.
#define HABIT_NO_RUN UINT32_MAX
struct habit_range {
    const uint32_t *at;
    uint32_t count, run;
};
struct habit_range habit_run(const struct habit_order *order, uint32_t run);
struct habit_range habit_subject_range(const struct habit *habit, enum habit_kind kind,
                                       enum habit_facet facet, uint32_t subject);
struct habit_range habit_value_range(const struct habit *habit, enum habit_kind kind,
                                     enum habit_facet facet, uint32_t value);

// All days of the entries; those of all but one value.
struct day_set habit_range_days(const struct habit *habit, struct habit_range range);
struct day_set habit_range_others(const struct habit *habit, struct habit_range range,
                                  uint32_t value);

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

// ---- long runs --------------------------------------------------------------------------------

// Who has thousands of values is asked about as often, so what an answer needs of all of them is kept, of runs of at
// least so many entries. Entries of a facet with few values at all are looked through.
bool habit_is_long(const struct habit *habit, struct habit_range range, uint32_t least);

// Makes what is kept of long runs, when both orders are there.
void habit_spells_make(struct habit *habit);
void habit_spells_done(struct habit *habit);
size_t habit_spells_bytes(const struct habit *habit);
// As habit_range_days and the like. False: nothing is kept that would tell.
bool habit_spell_days(const struct habit *habit, struct habit_range range, struct day_set *out);
bool habit_spell_others(const struct habit *habit, struct habit_range range,
                        const struct habit_entry *entry, struct day_set *out);
bool habit_spell_fill(struct habit_days *days, const struct habit *habit, struct habit_range range,
                      int32_t from, int32_t to);

void habit_lives_make(struct habit *habit);
void habit_lives_done(struct habit *habit);
size_t habit_lives_bytes(const struct habit *habit);
// How many entries of a range by value lie within from..to.
uint32_t habit_lives_within(const struct habit *habit, struct habit_range range, int64_t from,
                            int64_t to);

// The bucket of a number of subjects, from 1.
static inline unsigned habit_spread(uint32_t subjects)
{
    return subjects ? 31 - (unsigned)__builtin_clz(subjects) : 0;
}

#endif
