// Asks the habits of a mailbox with the whole life of a value left out.
// SPDX-License-Identifier: Apache-2.0
#include "detector/mail_habit.h"

struct mail_habit mail_habit_judge(const struct knowledge *k, uint32_t mailbox,
                                   enum habit_facet facet, uint32_t value)
{
    struct habit_answer all = knowledge_habit(k, HABIT_MAILBOX, mailbox, facet, value, 1, 0);
    struct mail_habit habit = {.from = all.first, .to = all.last, .chance = 1, .peers = all.peers};
    if (all.first == INSTANT_NONE)
        return habit;
    unsigned days = all.history_before + all.history_after;
    habit.other_days = days > all.days_outside ? days - all.days_outside : 0;
    habit.users = (uint64_t)all.peers_outside + 1;
    if (habit.other_days <
        HABIT_DAYS_ENOUGH) // nor does its life leave out enough: a dearer question spared
        return habit;
    struct habit_answer life =
        knowledge_habit(k, HABIT_MAILBOX, mailbox, facet, value, all.first, all.last);
    habit.chance = life.chance;
    // On at most half of the days.
    bool is_sparse = habit.other_days >= all.days_outside;
    if (life.standing == HABIT_NEW)
        habit.unusual = MAIL_NEW;
    else if (life.standing == HABIT_CANNOT_TELL && is_sparse)
        habit.unusual = MAIL_SPARSE;
    return habit;
}
