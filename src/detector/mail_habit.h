// How a mailbox stands to a way of being read, or to a network: new in the whole time it was there, however
// long that was.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_MAIL_HABIT_H
#define STORMGLASS_DETECTOR_MAIL_HABIT_H

#include "baseline/knowledge.h"

enum mail_unusual {
    MAIL_USUAL,
    MAIL_NEW,    // never outside its own life in the mailbox, which leaves out days enough
    MAIL_SPARSE, // its life takes up all of the mailbox's days, but it is on few of them
};

struct mail_habit {
    enum mail_unusual unusual;
    int64_t from, to;    // the value's life in the mailbox
    unsigned other_days; // on which the mailbox was read, but not so
    double chance;       // habit_answer.chance of its life
    uint64_t users;      // mailboxes that have the value at all
    uint64_t peers;      // all other mailboxes
};

// `facet`: HABIT_WAY or HABIT_NETWORK.
struct mail_habit mail_habit_judge(const struct knowledge *knowledge, uint32_t mailbox,
                                   enum habit_facet facet, uint32_t value);

#endif
