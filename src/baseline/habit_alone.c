// Days that were spent with one value alone.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "baseline/habit_ask.h"
#include "baseline/habit_settle.h"

// 1970-01-01 was a Thursday.
static bool is_weekday(int32_t day)
{
    int32_t weekday = (day % 7 + 7 + 3) % 7; // 0: Monday
    return weekday < 5;
}

static struct day_set days_of_others(const struct habit *habit, struct habit_range range,
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

struct habit_alone habit_ask_alone(const struct habit *habit, enum habit_kind kind,
                                   uint32_t subject, enum habit_facet facet, uint32_t value)
{
    assert(habit->is_settled && facet != HABIT_VOLUME);
    struct habit_alone alone = {0};
    const struct habit_entry *entry = habit_find(habit, kind, subject, facet, value);
    if (!entry)
        return alone;
    struct day_set days = habit_entry_days(entry);
    struct day_set others =
        days_of_others(habit, habit_subject_range(habit, kind, facet, subject), value);
    int32_t first = 0, last = 0;
    for (int32_t day = days.newest - DAY_SET_SPAN + 1; day <= days.newest; day++) {
        if (!day_set_has(&days, day) || !is_weekday(day))
            continue;
        alone.weekdays++;
        if (day_set_has(&others, day))
            continue;
        first = alone.alone ? first : day;
        last = day;
        alone.alone++;
    }
    for (int32_t day = first; alone.alone && day <= last; day++)
        alone.others_between += day_set_has(&others, day) && is_weekday(day);
    return alone;
}
