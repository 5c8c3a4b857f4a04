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

// The first day on which both the value's days and those of the others are kept.
static int32_t first_kept(const struct day_set *days, const struct day_set *others)
{
    bool has_later = day_set_count(others) && others->newest > days->newest;
    return (has_later ? others->newest : days->newest) - DAY_SET_SPAN + 1;
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
    struct habit_range range = habit_subject_range(habit, kind, facet, subject);
    struct day_set others;
    if (!habit_spell_others(habit, range, entry, &others))
        others = habit_range_others(habit, range, value);
    int32_t first = 0, last = 0;
    for (int32_t day = first_kept(&days, &others); day <= days.newest; day++) {
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
