// Questions to a settled store of habits: how does a value stand for this subject, among its peers, and
// how likely is it that an ordinary day brings such a value? The days under suspicion are left out, so
// that an intruder is not his own baseline; what is before and after them counts alike, so that an
// attack on the first day of an export is judged by the days that follow.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_HABIT_ASK_H
#define STORMGLASS_BASELINE_HABIT_ASK_H

#include "baseline/habit.h"

// Seen on at least this many days outside the interval: known.
#define HABIT_DAYS_KNOWN 3
// Days outside the interval on which the subject was seen at all, from which on "never" means something: after
// so many without it a day brings a value by a chance of one in four at most (Laplace), and those who ask hold
// habit_answer.chance against a limit of their own. An attack of a week in an export of two leaves out more
// than half of the days. Where all of them come after the interval it takes HABIT_DAYS_MEASURE: what was
// there when the window began may have been there for years.
#define HABIT_DAYS_ENOUGH 3
// Of days that measure something (messages a day, a rate, what someone does daily): a median of fewer says
// little, as one odd day among them moves it.
#define HABIT_DAYS_MEASURE 5
// Of a tenant, whose many mailboxes show in a few days what one shows in a week.
#define HABIT_TENANT_DAYS_ENOUGH 3

// The first and last instant of the suspected activity, both included. Times are compared exactly; days
// are whole days in UTC, so both days it touches are left out in full.
struct habit_question {
    enum habit_kind kind;
    enum habit_facet facet;  // any but HABIT_VOLUME
    uint32_t subject, value; // habit_list does not look at the value
    int64_t from, to;        // from > to: nothing is left out
};

enum habit_standing {
    HABIT_CANNOT_TELL, // not seen outside the interval, and history is too short (or not kept) to judge
    HABIT_NEW,         // never seen outside the interval, though there is history enough
    HABIT_SEEN,        // seen outside, on fewer days than HABIT_DAYS_KNOWN
    HABIT_KNOWN
};

struct habit_answer {
    enum habit_standing standing;
    // The value and this subject. INSTANT_NONE and 0 when they never met. `count` is all that was
    // counted; outside the interval it is between count_least and count_most.
    int64_t first, last;
    bool is_seen_before, is_seen_after; // exact to the microsecond
    unsigned days_inside, days_outside; // of the last 256 up to `last`
    uint32_t count, count_least, count_most;
    double share; // days_outside among the subject's; 0 when it has none
    // The subject itself in this facet, of its last 256 days.
    unsigned history_before, history_after, history_inside; // days on which it was seen
    unsigned history_values;                                // different values, the whole window
    unsigned history_alone; // days outside with a value that it had on no other day outside
    // Other subjects of the kind that were seen in this facet at all; those that have the value outside
    // the interval; those that have it only within.
    uint32_t peers, peers_outside, peers_inside;
    // How likely it is that the subject's days inside the interval bring, by chance, a value as rare as
    // this that is on none of the days outside: 0 to 1. The larger of two estimates for one day,
    //     own    (p + x) / (1 + n)    n days outside, x of them with a value of their own (Laplace; the
    //                                 one day's worth of prior is p)
    //     peers  p = (1 + X) / (1 + N)   N days of all subjects of the kind, X of them with a value on
    //                                 no other day of its subject, and as rare among subjects as this
    // taken for as many days as the subject has inside: 1 - (1 - estimate)^days. Where the interval
    // reaches the end of the subject's days, X and x count values first seen in the later half of the
    // days as well (a new telephone stays), where it reaches the beginning, values last seen in the
    // earlier half; the larger figure holds. X takes in the interval, which only makes p larger. Where
    // the value was seen outside, the figure says nothing and is 1.
    double chance, chance_own, chance_peers; // the latter two for one day
};

// Costs a walk over the subject's values of the facet; for the peers, over the subjects that were first
// seen with the value within the interval.
void habit_ask(const struct habit *habit, const struct habit_question *question,
               struct habit_answer *answer);

// The same without what concerns peers and chance (peers*, history_alone, chance*: 0, chance 1): for
// questions about every record that ask only for days and times.
void habit_ask_days(const struct habit *habit, const struct habit_question *question,
                    struct habit_answer *answer);

// The standing alone, the same as habit_ask's at a tenth of the cost where the value is known: for
// questions about every record.
enum habit_standing habit_ask_standing(const struct habit *habit,
                                       const struct habit_question *question);

// What a subject is usually seen with, for reports ("normally Outlook, on 58 of 60 days").
struct habit_usual {
    uint32_t value;
    unsigned days_outside;
    uint32_t count; // whole window
    int64_t first, last;
};
// Fills `out` with the values that were seen outside the interval, those of most days first, then those
// first seen earlier, then in order of their texts (or numbers); at most `limit` of them. Gives how many
// there are in all.
uint32_t habit_list(const struct habit *habit, const struct habit_question *question,
                    struct habit_usual out[], unsigned limit);

// "new" and so on, for reports.
const char *habit_standing_name(enum habit_standing standing);

// Messages read by, or from, a subject on each day (HABIT_VOLUME).
struct habit_volume {
    unsigned days;      // outside the interval, with at least one message
    double median, mad; // of the messages on those days; median absolute deviation
    uint32_t most;      // on one of those days
    unsigned days_inside;
    uint32_t most_inside;
    uint64_t total, total_inside;
};
// The same rule for the interval; from and to on one day leave out that day.
void habit_volume(const struct habit *habit, enum habit_kind kind, uint32_t subject, int64_t from,
                  int64_t to, struct habit_volume *volume);

// How far a day's messages are above the usual, in robust standard deviations: (messages - median) / s,
// s the largest of 1.4826 mad (the deviation, were it a normal distribution), a tenth of the median, and
// 1 message. 0 when there are fewer than HABIT_DAYS_MEASURE days to compare with, or it is not above.
double habit_volume_excess(const struct habit_volume *volume, uint32_t messages);

// Weekdays (UTC) of a value, and those on which the subject had no other value of this facet; of the last 256
// days of both, as of days that are forgotten it is not known what else there was.
struct habit_alone {
    unsigned weekdays, alone;
    unsigned others_between; // weekdays with other values, between the first and last spent alone
};
struct habit_alone habit_ask_alone(const struct habit *habit, enum habit_kind kind,
                                   uint32_t subject, enum habit_facet facet, uint32_t value);

#endif
