// Do the hours fit the hours at which the owner usually works?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

#include <assert.h>

// An hour of the day is usual when the person was seen in it, or in the one before or after, on a fifth of the
// days of the same kind (Monday to Friday, weekend): once a week.
#define HOUR_SHARE 0.2
// Of the hours in which something was done: nearly all, and nearly none.
#define HOURS_FIT 0.8
#define HOURS_MISFIT 0.2
// Someone who is seen in so many hours of the day leaves machines running: nothing is unusual then.
#define HOURS_ROUND_THE_CLOCK 20
// Hours are a weak sign: an intruder may keep office hours, an owner may not sleep.
#define HOURS_TRUST 0.8
enum { DAY_HOURS = 24, WEEK_HOURS = 168 };

struct clock {
    bool is_usual[2][DAY_HOURS]; // Monday to Friday, weekend
    unsigned hours[2];           // how many are
    unsigned days;               // that the person was seen on
    int first, last;             // usual hours of Monday to Friday: UTC, for words; -1: none
};

static bool is_weekend(int64_t day)
{
    int64_t weekday = (day + 3) % 7; // 1970-01-01 was a Thursday
    return weekday >= 5;
}

// Days of each kind in the logs that are not left out.
static void count_days(const struct dossier *dossier, int64_t from, int64_t to, unsigned days[2])
{
    int64_t first = knowledge_first(dossier->knowledge) / DAY;
    int64_t last = knowledge_last(dossier->knowledge) / DAY;
    first = last - first > 366 ? last - 366 : first; // habits are of 256 days at most
    for (int64_t day = first; day <= last; day++)
        if (day < from / DAY || day > to / DAY)
            days[is_weekend(day)]++;
}

static unsigned list_hours(const struct dossier *dossier, enum habit_kind kind, uint32_t person,
                           int64_t from, int64_t to, unsigned seen[2][DAY_HOURS])
{
    struct habit_usual usual[WEEK_HOURS];
    struct habit_question question = {
        .kind = kind, .facet = HABIT_HOUR, .subject = person, .from = from, .to = to};
    uint32_t count = habit_list(knowledge_habits(dossier->knowledge), &question, usual, WEEK_HOURS);
    for (uint32_t i = 0; i < count && i < WEEK_HOURS; i++)
        if (usual[i].value < WEEK_HOURS)
            seen[usual[i].value / DAY_HOURS >= 5][usual[i].value % DAY_HOURS] +=
                usual[i].days_outside;
    struct habit_answer any = knowledge_habit_days(dossier->knowledge, kind, person, HABIT_HOUR, 0,
                                                   question.from, question.to);
    return any.history_before + any.history_after;
}

// Counts by sign-ins, else by the person's mailbox; the days on which the person was seen.
static unsigned count_hours(const struct dossier *dossier, uint32_t person, int64_t from,
                            int64_t to, unsigned seen[2][DAY_HOURS])
{
    memset(seen, 0, 2 * sizeof seen[0]);
    unsigned days = list_hours(dossier, HABIT_USER, person, from, to, seen);
    if (days >= HABIT_DAYS_MEASURE)
        return days;
    memset(seen, 0, 2 * sizeof seen[0]);
    return list_hours(dossier, HABIT_MAILBOX, person, from, to, seen);
}

// False where too little is known of the person. An incident of weeks leaves no other days; then those within it
// on which nothing was done in this person's name.
static bool read_clock(const struct dossier *dossier, const struct around_group *person,
                       struct clock *clock)
{
    unsigned seen[2][DAY_HOURS], days[2] = {0};
    int64_t from = dossier->incident->first, to = dossier->incident->last;
    *clock = (struct clock){.first = -1, .last = -1};
    clock->days = count_hours(dossier, person->key.part[0], from, to, seen);
    if (clock->days < HABIT_DAYS_MEASURE) {
        from = person->row->first.time;
        to = person->last;
        clock->days = count_hours(dossier, person->key.part[0], from, to, seen);
    }
    count_days(dossier, from, to, days);
    for (int kind = 0; kind < 2; kind++)
        for (int h = 0; h < DAY_HOURS; h++)
            if (seen[kind][h] > 0 && seen[kind][h] >= HOUR_SHARE * days[kind])
                for (int near = h + DAY_HOURS - 1; near <= h + DAY_HOURS + 1; near++)
                    clock->is_usual[kind][near % DAY_HOURS] = true;
    for (int h = 0; h < DAY_HOURS; h++) {
        clock->hours[0] += clock->is_usual[0][h];
        clock->hours[1] += clock->is_usual[1][h];
        if (clock->is_usual[0][h]) {
            clock->first = clock->first < 0 ? h : clock->first;
            clock->last = h;
        }
    }
    return clock->days >= HABIT_DAYS_MEASURE;
}

// ---- counting ---------------------------------------------------------------------------------

// Hours of a person's day in which the attacker acted, each counted once: what a program does in one hour says
// no more than what a hand does.
static void collect(const struct dossier *dossier, struct around_table *people,
                    struct around_table *hours)
{
    const struct dossier_row *row;
    around_init(people);
    around_init(hours);
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        uint32_t person = knowledge_person(dossier->knowledge, &row->first);
        if (!person || !around_is_human(&row->first) || row->first.time == INSTANT_NONE)
            continue;
        around_add(people, (struct around_key){{person, 0, 0}}, row);
        around_add(hours, (struct around_key){{person, (uint32_t)(row->first.time / HOUR), 0}},
                   row);
    }
}

struct fitting {
    size_t fit, misfit;
    size_t people, round_the_clock, unknown;
    const struct dossier_row *row; // the first that does not fit
    struct clock clock;            // of `person`
    uint32_t person;
};

static void count_person(const struct dossier *dossier, const struct around_group *person,
                         const struct around_table *hours, struct fitting *fitting)
{
    struct clock clock;
    if (!read_clock(dossier, person, &clock)) {
        fitting->unknown++;
        return;
    }
    if (clock.hours[0] >= HOURS_ROUND_THE_CLOCK) {
        fitting->round_the_clock++;
        return;
    }
    if (!fitting->people++) {
        fitting->clock = clock;
        fitting->person = person->key.part[0];
    }
    for (size_t i = 0; i < hours->count; i++) {
        const struct around_group *hour = &hours->groups[i];
        if (hour->key.part[0] != person->key.part[0])
            continue;
        bool is_fit =
            clock
                .is_usual[is_weekend(hour->key.part[1] / DAY_HOURS)][hour->key.part[1] % DAY_HOURS];
        fitting->fit += is_fit;
        fitting->misfit += !is_fit;
        if (!is_fit && !fitting->row)
            fitting->row = hour->row;
    }
}

// ---- words ------------------------------------------------------------------------------------

static void print_clock(const struct dossier *dossier, const struct fitting *fitting,
                        struct buf *out)
{
    around_print_text(dossier, fitting->person, out);
    if (fitting->clock.first < 0)
        buf_add(out, S(" is at no hour active as a rule"));
    else if (fitting->clock.hours[0] == (unsigned)(fitting->clock.last - fitting->clock.first + 1))
        buf_print(out, " is usually active from Monday to Friday between %02d:00 and %02d:59 UTC",
                  fitting->clock.first, fitting->clock.last);
    else
        buf_print(out, " is usually active in %u hours of the day from Monday to Friday",
                  fitting->clock.hours[0]);
    if (!fitting->clock.hours[1])
        buf_add(out, S(" and not at weekends"));
    buf_print(out, " (%u other days)", fitting->clock.days);
}

static void cannot_tell(struct inquiry *inquiry, const struct fitting *fitting,
                        const struct around_table *people)
{
    struct buf *text = inquiry_text(inquiry);
    if (fitting->round_the_clock) {
        buf_print(
            text,
            "These people's accounts are active in %d hours of the day or more: what machines do on "
            "their own covers when people work.",
            HOURS_ROUND_THE_CLOCK);
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    if (people->count)
        buf_print(text, "There are fewer than %d other days of these people to tell their hours.",
                  HABIT_DAYS_MEASURE);
    else
        buf_add(text, S("Nothing was done in the name of a person."));
    inquiry_cannot_tell(inquiry,
                        people->count ? "Export more days of sign-in logs and mailbox audit." : "");
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct around_table people, hours;
    struct fitting fitting = {0};
    collect(dossier, &people, &hours);
    for (size_t i = 0; i < people.count; i++)
        count_person(dossier, &people.groups[i], &hours, &fitting);
    size_t all = fitting.fit + fitting.misfit;
    if (!all) {
        cannot_tell(inquiry, &fitting, &people);
        return;
    }
    struct buf *text = inquiry_text(inquiry);
    buf_print(text, "%zu of %s%zu hours in which something was done are unusual for ",
              fitting.misfit, hours.passed ? "the first " : "", all);
    buf_print(text, "%s", fitting.people == 1 ? "the person: " : "the people: ");
    print_clock(dossier, &fitting, text);
    buf_add(text, S("; it began at "));
    const struct dossier_row *begin = hours.groups[0].row;
    assert(hours.count > 0 && begin); // `all` counts them
    const struct dossier_row *row = fitting.row ? fitting.row : begin;
    around_print_minute(begin->first.time, text);
    buf_add_char(text, '.');
    inquiry_cite(inquiry, row);
    double share = (double)fitting.fit / (double)all;
    // One hour may be chance; each more says more.
    double trust = HOURS_TRUST * (double)all / ((double)all + 1) * (double)fitting.people /
                   (double)(fitting.people + fitting.unknown + fitting.round_the_clock);
    inquiry_answer(inquiry,
                   share >= HOURS_FIT      ? EVIDENCE_YES
                   : share <= HOURS_MISFIT ? EVIDENCE_NO
                                           : EVIDENCE_PARTLY,
                   trust * around_share_listed(dossier));
}

const struct question evidence_hours_fit_owner = {
    .name = "hours_fit_owner",
    .question = "Do the hours fit the hours at which the owner usually works?",
    .rests_on =
        "The hours (UTC) in which the attacker acted in a person's name, and the hours in which the same "
        "person was seen on other days: an hour is usual where the person was active in it, or in the one "
        "before or after, on a fifth of the days of its kind (Monday to Friday, weekend). Yes: at least "
        "four in five of the attacker's hours are usual; no: at most one in five is; partly: between. It "
        "cannot be told with fewer than five other days, or where the account is active round the clock.",
    .ask = ask,
};
