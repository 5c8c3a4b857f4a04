// Questions and words that detectors of mail being read share.
// SPDX-License-Identifier: Apache-2.0
#include "detector/mail_read.h"

#include "event/event.h"
#include "event/outcome.h"

bool mail_read_counts(const struct activity *activity)
{
    return activity->kind == ACTIVITY_MAIL_ACCESS && activity->mailbox &&
           activity->time != INSTANT_NONE && activity->outcome != OUTCOME_FAILURE &&
           activity->actor != ACTOR_PROVIDER && activity->actor != ACTOR_SYSTEM;
}

bool mail_read_is_back_end(enum client_class class)
{
    return class == CLIENT_REST_SYSTEM || class == CLIENT_SERVER || class == CLIENT_ASSISTANT ||
           class == CLIENT_TRANSPORT || class == CLIENT_MIGRATION || class == CLIENT_DISCOVERY;
}

struct mail_place mail_read_place(const struct knowledge *k, const struct activity *activity)
{
    uint32_t network = knowledge_network(k, activity->address);
    if (network && !knowledge_is_neutral(k, activity->address))
        return (struct mail_place){network, true};
    uint32_t person = knowledge_person(k, activity);
    return (struct mail_place){person ? person : activity->mailbox, false};
}

bool mail_read_is_confined(const struct knowledge *k, enum habit_kind kind, uint32_t subject,
                           uint32_t network)
{
    if (!subject || !network)
        return false;
    struct habit_answer all = knowledge_habit_days(k, kind, subject, HABIT_NETWORK, network, 1, 0);
    // What is on nearly all days is not confined: that spares the dearer question.
    unsigned days = all.history_before + all.history_after;
    return all.first != INSTANT_NONE && days >= all.days_outside + HABIT_DAYS_ENOUGH &&
           knowledge_habit_days(k, kind, subject, HABIT_NETWORK, network, all.first, all.last)
                   .standing == HABIT_NEW;
}

static bool is_known(const struct knowledge *k, enum habit_kind kind, uint32_t subject,
                     const struct activity *activity, int64_t from, int64_t to)
{
    struct mail_place place = mail_read_place(k, activity);
    if (kind == HABIT_USER && knowledge_is_own_place(k, subject, activity->address))
        return true;
    return place.is_network && subject &&
           knowledge_habit_days(k, kind, subject, HABIT_NETWORK, place.symbol, from, to).standing ==
               HABIT_KNOWN &&
           !mail_read_is_confined(k, kind, subject, place.symbol);
}

bool mail_read_is_at_home(const struct knowledge *k, const struct activity *activity, int64_t from,
                          int64_t to)
{
    // The owner signs in under the mailbox's address.
    return is_known(k, HABIT_MAILBOX, activity->mailbox, activity, from, to) ||
           is_known(k, HABIT_USER, activity->mailbox, activity, from, to);
}

bool mail_read_is_reader_at_home(const struct knowledge *k, const struct activity *activity,
                                 int64_t from, int64_t to)
{
    return is_known(k, HABIT_USER, knowledge_person(k, activity), activity, from, to);
}

// ---- words ------------------------------------------------------------------------------------

void mail_read_print_way(const struct knowledge *k, enum client_class class, uint32_t app,
                         uint32_t client_app, struct buf *out)
{
    struct activity sample = {.app = app, .client_app = client_app};
    knowledge_print_way_of(k, class, &sample, out);
    if (out->len && out->at[0] >= 'a' && out->at[0] <= 'z')
        out->at[0] = (char)(out->at[0] - 'a' + 'A');
}

static const char *month_name(int month)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    return names[(month - 1) % 12];
}

void mail_read_print_days(struct buf *out, int64_t first, int64_t last)
{
    if (first == INSTANT_NONE || last == INSTANT_NONE)
        return;
    struct instant_parts a = instant_split(first), b = instant_split(last);
    bool is_year = a.year == b.year, is_month = is_year && a.month == b.month;
    if (is_month && a.day == b.day)
        buf_print(out, "on %d %s %d", b.day, month_name(b.month), b.year);
    else if (is_month)
        buf_print(out, "between %d and %d %s %d", a.day, b.day, month_name(b.month), b.year);
    else if (is_year)
        buf_print(out, "between %d %s and %d %s %d", a.day, month_name(a.month), b.day,
                  month_name(b.month), b.year);
    else
        buf_print(out, "between %d %s %d and %d %s %d", a.day, month_name(a.month), a.year, b.day,
                  month_name(b.month), b.year);
}

void mail_read_print_count(struct buf *out, uint64_t count, const char *one, const char *many)
{
    buf_print(out, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
}
