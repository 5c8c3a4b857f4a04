// Someone reads far more of a mailbox than ever on its other days, from where they always are: what people
// do who are about to leave with it.
// SPDX-License-Identifier: Apache-2.0
//
//   access ─▶ is this day of the mailbox an outlier? ─▶ case (person, mailbox) ─┐
//   rules and forwarding of the same person, searches ──────────────────────────┴─▶ judged at the end
//
// Whether a day is an outlier is known from the habits, which hold the whole window, so that only the
// accesses of such days are gathered.
#include <stdlib.h>

#include "baseline/client_class.h"
#include "detector/case_table.h"
#include "detector/detector.h"
#include "detector/mail_read.h"
#include "detector/place.h"

// As in mass_read: a day this many robust deviations above the median, and more than a busy owner reads on
// an ordinary one.
#define EXCESS_LEAST 10
#define MESSAGES_LEAST 200
// Less than this many times the most of other days may be a new client that asks message by message.
#define TIMES_MOST 4
// One day of so much reading, and so many searches around it, is no clear-up: so many accesses a day are what
// Exchange itself takes for abnormal (Microsoft Learn: beyond them their logging is throttled).
#define MESSAGES_ABNORMAL 1000
#define SEARCHES_MANY 10
// Forwarding and searching belong to the reading when they are so near to it.
#define NEAR (2 * DAY)

// Numbers of a case.
enum { DAYS, ON_DAY, MOST, BY_HAND, FORWARDS, SEARCHES };

struct outlier {
    uint32_t mailbox;
    int64_t day;
    bool is_outlier;
};

struct watch {
    struct outlier last;       // asked of the same mailbox and day again and again
    struct case_table days;    // {mailbox, day}: numbers[0] is 1 for an outlier, 2 for none
    struct case_table since;   // {mailbox}: first is its first outlier, a day
    struct case_table cases;   // {person, mailbox}
    struct case_table days_of; // {person, mailbox, day}: numbers[0] messages
    struct case_table acts;    // {person, day}: numbers[FORWARDS], numbers[SEARCHES]
    struct buf text;
};

// ---- seeing -----------------------------------------------------------------------------------

// Held against the days before `since`, the first such day, so that who collects on most days is not his own
// measure; against all other days where those are too few.
static bool is_far(const struct knowledge *k, uint32_t mailbox, int64_t since, int64_t day,
                   uint32_t messages)
{
    struct habit_volume volume;
    habit_volume(knowledge_habits(k), HABIT_MAILBOX, mailbox, since * DAY, knowledge_last(k),
                 &volume);
    if (volume.days < HABIT_DAYS_MEASURE)
        habit_volume(knowledge_habits(k), HABIT_MAILBOX, mailbox, day * DAY, day * DAY, &volume);
    return messages >= MESSAGES_LEAST && habit_volume_excess(&volume, messages) >= EXCESS_LEAST;
}

// The mailbox's first outlier; the day itself while there is none before it.
static int64_t since_of(const struct watch *watch, uint32_t mailbox, int64_t day)
{
    const struct case_row *row = case_table_find(&watch->since, (struct case_key){{mailbox}});
    return row && row->first < day ? row->first : day;
}

static bool is_outlier(struct watch *watch, const struct knowledge *k, uint32_t mailbox,
                       int64_t day)
{
    if (watch->last.mailbox == mailbox && watch->last.day == day)
        return watch->last.is_outlier;
    struct case_row *row =
        case_table_open(&watch->days, (struct case_key){{mailbox, (uint32_t)day, 0, 0}});
    if (!row)
        return false;
    if (!row->numbers[0]) {
        struct habit_volume volume;
        habit_volume(knowledge_habits(k), HABIT_MAILBOX, mailbox, day * DAY, day * DAY, &volume);
        row->numbers[0] =
            is_far(k, mailbox, since_of(watch, mailbox, day), day, volume.most_inside) ? 1 : 2;
    }
    bool is_outlier = row->numbers[0] == 1;
    row = is_outlier ? case_table_open(&watch->since, (struct case_key){{mailbox}}) : NULL;
    if (row && row->first == INSTANT_NONE)
        row->first = day;
    watch->last = (struct outlier){mailbox, day, is_outlier};
    return is_outlier;
}

static bool is_at_home(const struct knowledge *k, const struct activity *a)
{
    return knowledge_is_usual_place(k, knowledge_person(k, a), a->address) &&
           !knowledge_is_neutral(k, a->address);
}

static void see_read(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    uint32_t person = knowledge_person(k, a);
    int64_t day = a->time / DAY;
    if (!person || (a->flags & ACTIVITY_IS_SYNC) || !mail_read_counts(a) || !place_is_human(k, a) ||
        mail_read_is_back_end(knowledge_client(k, a->client)) ||
        !is_outlier(watch, k, a->mailbox, day) || !is_at_home(k, a))
        return;
    struct case_row *row =
        case_table_open(&watch->cases, (struct case_key){{person, a->mailbox, 0, 0}});
    struct case_row *of_day =
        case_table_open(&watch->days_of, (struct case_key){{person, a->mailbox, (uint32_t)day, 0}});
    if (!row || !of_day)
        return;
    if (!row->draft) {
        row->draft = draft_new();
        row->first = a->time;
    }
    row->last = a->time;
    of_day->numbers[0] += a->count;
    if (knowledge_client(k, a->client) == CLIENT_OWA)
        of_day->numbers[1] += a->count;
    if (of_day->numbers[1] > row->numbers[BY_HAND])
        row->numbers[BY_HAND] = of_day->numbers[1];
    if (of_day->numbers[0] > row->numbers[MOST]) {
        row->numbers[MOST] = of_day->numbers[0];
        row->numbers[ON_DAY] = (uint64_t)day;
    }
    draft_add(row->draft, a, knowledge_texts(k));
}

static void see_act(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    bool is_search = a->kind == ACTIVITY_MAIL_SEARCH;
    bool is_forward = (a->kind == ACTIVITY_MAIL_RULE || a->kind == ACTIVITY_MAIL_FORWARDING) &&
                      (a->flags & ACTIVITY_FORWARDS);
    if ((!is_search && !is_forward) || !place_is_human(k, a))
        return;
    struct case_key key = {{knowledge_person(k, a), (uint32_t)(a->time / DAY), 0, 0}};
    struct case_row *row = case_table_open(&watch->acts, key);
    if (!row)
        return;
    row->numbers[is_search ? SEARCHES : FORWARDS]++;
    if (is_forward) {
        if (!row->draft)
            row->draft = draft_new();
        draft_add(row->draft, a, knowledge_texts(k));
    }
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    if (activity->time == INSTANT_NONE)
        return;
    if (activity->kind == ACTIVITY_MAIL_ACCESS)
        see_read(watch, k, activity);
    else
        see_act(watch, k, activity);
}

// ---- judging ----------------------------------------------------------------------------------

// Days on which this person alone read as much as makes a day an outlier.
static void count_days(struct watch *watch, const struct knowledge *k)
{
    for (uint32_t i = 0; i < watch->days_of.count; i++) {
        const struct case_row *day = &watch->days_of.rows[i];
        struct case_key key = {{day->key.part[0], day->key.part[1], 0, 0}};
        struct case_row *row = case_table_find(&watch->cases, key);
        uint32_t messages = day->numbers[0] < UINT32_MAX ? (uint32_t)day->numbers[0] : UINT32_MAX;
        int64_t since = since_of(watch, day->key.part[1], day->key.part[2]);
        row->numbers[DAYS] += is_far(k, day->key.part[1], since, day->key.part[2], messages);
    }
}

static void add_acts(struct watch *watch, struct case_row *row)
{
    for (int64_t day = (row->first - NEAR) / DAY; day <= (row->last + NEAR) / DAY; day++) {
        struct case_key key = {{row->key.part[0], (uint32_t)day, 0, 0}};
        struct case_row *act = case_table_find(&watch->acts, key);
        if (!act)
            continue;
        row->numbers[SEARCHES] += act->numbers[SEARCHES];
        row->numbers[FORWARDS] += act->numbers[FORWARDS];
        if (act->draft)
            draft_merge(row->draft, case_take(act));
    }
}

// The days before, of which none is a last one of the collecting; all others where those are too few.
static struct habit_volume other_days(const struct knowledge *k, const struct case_row *row)
{
    struct habit_volume volume;
    uint32_t mailbox = row->key.part[1];
    habit_volume(knowledge_habits(k), HABIT_MAILBOX, mailbox, row->first, knowledge_last(k),
                 &volume);
    if (volume.days < HABIT_DAYS_MEASURE)
        habit_volume(knowledge_habits(k), HABIT_MAILBOX, mailbox, row->first, row->last, &volume);
    return volume;
}

// One day is a clear-up, a search for one letter, a new telephone that asks message by message. But a page in a
// browser asks for nothing that nobody looks at: nobody opens so many in a day who looks for one.
static bool judge(const struct knowledge *k, const struct case_row *row, enum sigma_level *level)
{
    struct habit_volume volume = other_days(k, row);
    uint64_t days = row->numbers[DAYS], most = row->numbers[MOST];
    bool is_again = days > 1 && most >= TIMES_MOST * (uint64_t)volume.most;
    bool is_all = most >= MESSAGES_ABNORMAL && row->numbers[SEARCHES] >= SEARCHES_MANY;
    uint64_t by_hand = row->numbers[BY_HAND];
    is_all |= by_hand >= MESSAGES_ABNORMAL && by_hand >= TIMES_MOST * (uint64_t)volume.most;
    *level = row->numbers[FORWARDS] ? LEVEL_HIGH : is_again || is_all ? LEVEL_MEDIUM : LEVEL_LOW;
    return days > 0;
}

static void write_statement(const struct knowledge *k, const struct case_row *row, struct buf *out)
{
    struct str person = knowledge_text(k, row->key.part[0]);
    struct str mailbox = knowledge_text(k, row->key.part[1]);
    struct habit_volume volume = other_days(k, row);
    int64_t instant = (int64_t)row->numbers[ON_DAY] * DAY;
    buf_clear(out);
    buf_print(out, "%.*s read ", (int)person.len, person.at);
    if (row->key.part[0] == row->key.part[1])
        buf_add(out, S("the own mailbox"));
    else
        buf_print(out, "the mailbox %.*s", (int)mailbox.len, mailbox.at);
    buf_add(out, S(" from a place that is usual for this person: "));
    mail_read_print_count(out, row->numbers[MOST], "message", "messages");
    buf_add_char(out, ' ');
    mail_read_print_days(out, instant, instant);
    if (volume.days)
        buf_print(out, ", against %.0f at the median and %lu at most on its %u other days",
                  volume.median, (unsigned long)volume.most, volume.days);
    if (row->numbers[DAYS] > 1)
        buf_print(out, "; so on %llu days", (unsigned long long)row->numbers[DAYS]);
    buf_add_char(out, '.');
    if (row->numbers[FORWARDS])
        buf_add(out, S(" In the same days the account was made to send mail on to elsewhere."));
    if (row->numbers[SEARCHES]) {
        buf_add(out, S(" In the same days it searched mailboxes "));
        mail_read_print_count(out, row->numbers[SEARCHES], "time.", "times.");
    }
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    count_days(watch, k);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        enum sigma_level level;
        add_acts(watch, row);
        if (!judge(k, row, &level))
            continue;
        write_statement(k, row, &watch->text);
        detection_find(detection, case_take(row), level, 0.5, buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->days);
    case_table_done(&watch->since);
    case_table_done(&watch->cases);
    case_table_done(&watch->days_of);
    case_table_done(&watch->acts);
    buf_done(&watch->text);
}

const struct detector detector_bulk_read_at_home = {
    .name = "bulk_read_at_home",
    .title = "Someone read a mailbox far more than ever, from their usual place",
    .attack = "T1114.002 T1213",
    .meaning =
        "On one day or more a person opened far more messages of a mailbox, one by one, than anyone does on "
        "its other days, from where that person always is. People who collect mail before they leave do "
        "this with their own accounts. It weighs more on several days, or when more than a thousand were "
        "opened by hand, in Outlook on the web, in one; and most when mail was made to be sent on to elsewhere "
        "in the same days.",
    .false_positives =
        "A clear-up or the search for one letter: a single day of less is told as low. Caches that are built again "
        "synchronise folders, which is not counted. Programs of Microsoft's own and applications are not "
        "looked at. Mailboxes with fewer than five other days are not judged.",
    .is_insider = true,
    .state_size = sizeof(struct watch),
    .kinds = DETECTOR_SEES(MAIL_ACCESS) | DETECTOR_SEES(MAIL_SEARCH) | DETECTOR_SEES(MAIL_RULE) |
             DETECTOR_SEES(MAIL_FORWARDING),
    .see = see,
    .end = end,
    .release = release,
};
