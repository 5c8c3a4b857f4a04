// Answers about hours: state, reason and remedy in words, ranges, and whether absence may be asserted.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "baseline/coverage_ledger.h"

const char *coverage_state_name(enum coverage_state state)
{
    static const char *const names[] = {
        [COVERAGE_COMPLETE] = "complete",
        [COVERAGE_PARTIAL] = "partial",
        [COVERAGE_ABSENT] = "absent",
        [COVERAGE_CANNOT_TELL] = "cannot_tell",
    };
    return names[state];
}

const char *coverage_state_report(enum coverage_state state)
{
    return coverage_state_name(state == COVERAGE_CANNOT_TELL ? COVERAGE_PARTIAL : state);
}

// `records` of the hours: some causes leave more or less behind.
enum coverage_state cause_state(enum coverage_cause cause, uint32_t records)
{
    switch (cause) {
    case COVERAGE_SEEN:
    case COVERAGE_QUIET:
        return COVERAGE_COMPLETE;
    case COVERAGE_LATE:
        return records ? COVERAGE_PARTIAL : COVERAGE_CANNOT_TELL;
    case COVERAGE_LEFT_OUT:
    case COVERAGE_AUDIT_OFF:
        return records ? COVERAGE_PARTIAL : COVERAGE_ABSENT;
    case COVERAGE_NO_FEED:
    case COVERAGE_BEFORE_FIRST:
    case COVERAGE_RETENTION:
    case COVERAGE_AFTER_LAST:
    case COVERAGE_SILENT:
        return COVERAGE_ABSENT;
    case COVERAGE_NO_HABIT:
    case COVERAGE_NOT_KEPT:
    case COVERAGE_NOT_PROVED:
        return COVERAGE_CANNOT_TELL;
    default:
        return COVERAGE_PARTIAL;
    }
}

// ---- causes outside the feed --------------------------------------------------------------------

// The retention that the beginning of the records speaks of: told, or a usual one whose edge is within
// a day of the first record. 0: none.
static uint32_t retention_at_work(const struct feed *feed, enum coverage_source source)
{
    if (feed->retention_days)
        return feed->retention_days;
    int64_t age = feed->newest - hour_time(feed->first);
    for (int i = 0; i < 2; i++) {
        uint32_t days = source_facts(source)->retention[i];
        if (days && age >= (days - 1) * DAY && age <= (days + 1) * DAY)
            return days;
    }
    return 0;
}

static bool is_left_out(const struct coverage *coverage, enum coverage_source source, int64_t hour)
{
    struct fact_list list = fact_list(coverage, COVERAGE_FACT_LEFT_OUT, 0);
    for (uint32_t i = 0; i < list.count; i++)
        if (fact_concerns(&list.facts[i], source) && hour_number(list.facts[i].from) <= hour &&
            hour_number(list.facts[i].to) >= hour)
            return true;
    return false;
}

enum coverage_cause feed_cause(const struct coverage *coverage, enum coverage_source source,
                               int64_t hour)
{
    const struct feed *feed = &coverage->feeds[source];
    int64_t since;
    if (feed->records && hour >= feed->first && hour <= feed->last)
        return feed->causes[hour - feed->first];
    if (is_left_out(coverage, source, hour))
        return COVERAGE_LEFT_OUT;
    if (!feed->records)
        return COVERAGE_NO_FEED;
    if (fact_is_off(fact_list(coverage, COVERAGE_FACT_AUDIT_OFF, 0),
                    fact_list(coverage, COVERAGE_FACT_AUDIT_ON, 0), source, hour_time(hour + 1) - 1,
                    &since))
        return COVERAGE_AUDIT_OFF;
    if (hour > feed->last)
        return COVERAGE_AFTER_LAST;
    uint32_t days = retention_at_work(feed, source);
    bool is_past = days && hour_time(hour) < feed->newest - (days - 1) * DAY;
    return is_past ? COVERAGE_RETENTION : COVERAGE_BEFORE_FIRST;
}

// ---- words --------------------------------------------------------------------------------------

#define SAY(text, ...) snprintf((text), COVERAGE_TEXT, __VA_ARGS__)

// The facts of a kind that touch the range: how many, the greatest figure of them, and their sum.
struct fact_count {
    uint32_t count, greatest;
    uint64_t sum;
};

static struct fact_count count_facts(const struct coverage *coverage, enum coverage_fact_kind kind,
                                     enum coverage_source source,
                                     const struct coverage_answer *range)
{
    struct fact_list list = fact_list(coverage, kind, 0);
    struct fact_count found = {0};
    for (uint32_t i = 0; i < list.count; i++) {
        const struct coverage_fact *fact = &list.facts[i];
        if (!fact_concerns(fact, source) || fact->from >= range->to || fact->to < range->from)
            continue;
        found.count++;
        found.greatest = fact->figure > found.greatest ? fact->figure : found.greatest;
        found.sum += fact->figure;
    }
    return found;
}

static void say_trouble(const struct coverage *coverage, enum coverage_source source,
                        struct coverage_answer *out)
{
    struct fact_count found;
    switch (out->cause) {
    case COVERAGE_CAPPED:
        found = count_facts(coverage, COVERAGE_FACT_CAPPED, source, out);
        SAY(out->why,
            "%" PRIu32 " input(s) of this time end at exactly %" PRIu32
            " rows, the most that an export gives: more may have been cut off",
            found.count, found.greatest);
        SAY(out->how, "export again in shorter windows, each below the limit: %s",
            coverage_source_how(source));
        return;
    case COVERAGE_UNREAD:
        found = count_facts(coverage, COVERAGE_FACT_UNREAD, source, out);
        SAY(out->why, "%" PRIu64 " piece(s) of input of this time could not be read", found.sum);
        SAY(out->how, "export the damaged files again: %s", coverage_source_how(source));
        return;
    case COVERAGE_LOST_COLUMNS:
        found = count_facts(coverage, COVERAGE_FACT_LOST_COLUMNS, source, out);
        SAY(out->why, "%" PRIu32 " input(s) of this time lack up to %" PRIu32 " column(s)",
            found.count, found.greatest);
        SAY(out->how, "export with all columns, best the whole records (AuditData, JSON)");
        return;
    case COVERAGE_LEFT_OUT:
        SAY(out->why, "left out by --since or --until");
        SAY(out->how, "run again without --since and --until");
        return;
    default:
        SAY(out->why,
            "more than %" PRIu32 " troubles with the inputs: which hours they touch is not "
            "known any more",
            COVERAGE_FACT_LIMIT);
        SAY(out->how, "export again in formats without loss, and read fewer inputs at once");
    }
}

static void say_ends(const struct coverage *coverage, enum coverage_source source,
                     struct coverage_answer *out)
{
    const struct feed *feed = &coverage->feeds[source];
    char first[INSTANT_SIZE], last[INSTANT_SIZE], since[INSTANT_SIZE];
    instant_print(hour_time(feed->first), first);
    instant_print(hour_time(feed->last + 1), last);
    int64_t off_since;
    switch (out->cause) {
    case COVERAGE_NO_FEED:
        SAY(out->why, "no record of %s in any input", coverage_source_name(source));
        break;
    case COVERAGE_RETENTION:
        SAY(out->why,
            "the records begin at %s, which is where the source's %" PRIu32
            " days of retention end",
            first, retention_at_work(feed, source));
        SAY(out->how, "only a copy made in time can help: storage of a diagnostic setting, a SIEM, "
                      "an earlier export");
        return;
    case COVERAGE_AUDIT_OFF:
        fact_is_off(fact_list(coverage, COVERAGE_FACT_AUDIT_OFF, 0),
                    fact_list(coverage, COVERAGE_FACT_AUDIT_ON, 0), source, out->to - 1,
                    &off_since);
        if (off_since == INSTANT_NONE)
            off_since = out->from;
        SAY(out->why, "the unified audit log was switched off at %s; what was not written is lost",
            instant_print(off_since, since));
        SAY(out->how, "ask other sources of the same time (sign-in logs, message trace)");
        return;
    case COVERAGE_BEFORE_FIRST:
        SAY(out->why, "the records of %s begin at %s", coverage_source_name(source), first);
        break;
    default:
        SAY(out->why, "the records of %s end before %s", coverage_source_name(source), last);
    }
    SAY(out->how, "%s", coverage_source_how(source));
}

const char *odds_print(double chance, char room[ODDS_SIZE])
{
    static const struct {
        double least;
        const char *name;
    } units[] = {{1e9, " billion"}, {1e6, " million"}, {1, ""}};
    double times = chance > 1e-12 ? 1 / chance : 1e12;
    size_t unit = 0;
    while (unit < sizeof units / sizeof *units - 1 && times < units[unit].least)
        unit++;
    double count = times / units[unit].least, tens = 1;
    while (count / tens >= 10)
        tens *= 10;
    snprintf(room, ODDS_SIZE, "once in %.0f%s times", floor(count / tens) * tens, units[unit].name);
    return room;
}

static void say_habit(const struct feed *feed, enum coverage_source source,
                      struct coverage_answer *out)
{
    double chance = out->expected > 0 ? exp(-out->expected) : 1;
    char newest[INSTANT_SIZE], odds[ODDS_SIZE];
    switch (out->cause) {
    case COVERAGE_SEEN:
        SAY(out->why, "%" PRIu64 " records, as usual", out->records);
        return;
    case COVERAGE_QUIET:
        SAY(out->why, "no record, and %.1f are usual at these hours: no gap can be seen",
            out->expected > 0 ? out->expected : 0);
        return;
    case COVERAGE_SILENT:
        SAY(out->why, "no record, where %.0f are usual at these hours; by chance %s", out->expected,
            odds_print(chance, odds));
        break;
    case COVERAGE_THIN:
        SAY(out->why, "%" PRIu64 " records, where %.0f are usual at these hours", out->records,
            out->expected);
        break;
    case COVERAGE_NO_HABIT:
        SAY(out->why, "no record, and too few other hours to know what is usual");
        break;
    default:
        SAY(out->why,
            "records may still arrive: the newest is of %s, and they come up to %" PRIu32
            " hours late",
            instant_print(feed->newest, newest), (feed->late_minutes + 59) / 60);
        SAY(out->how, "export once more after that time");
        return;
    }
    SAY(out->how, "%s", coverage_source_how(source));
}

void coverage_describe(const struct coverage *coverage, enum coverage_source source,
                       enum coverage_cause cause, int64_t from_hour, int64_t to_hour,
                       struct coverage_answer *out)
{
    const struct feed *feed = &coverage->feeds[source];
    *out = (struct coverage_answer){
        .cause = cause, .from = hour_time(from_hour), .to = hour_time(to_hour)};
    for (int64_t hour = from_hour; hour < to_hour; hour++) {
        if (hour < 0 || hour >= HOUR_LIMIT)
            continue;
        double expected = feed_expected(feed, (uint32_t)hour);
        out->records += feed_count(feed, (uint32_t)hour);
        if (expected < 0 || out->expected < 0)
            out->expected = -1;
        else
            out->expected += expected;
    }
    out->state = cause_state(cause, out->records > 0);
    if (cause == COVERAGE_NO_FEED || cause == COVERAGE_BEFORE_FIRST ||
        cause == COVERAGE_RETENTION || cause == COVERAGE_AFTER_LAST || cause == COVERAGE_AUDIT_OFF)
        say_ends(coverage, source, out);
    else if (cause == COVERAGE_CAPPED || cause == COVERAGE_UNREAD ||
             cause == COVERAGE_LOST_COLUMNS || cause == COVERAGE_LEFT_OUT ||
             cause == COVERAGE_MANY_FACTS)
        say_trouble(coverage, source, out);
    else
        say_habit(feed, source, out);
}

// ---- questions ----------------------------------------------------------------------------------

// The hour of a time; of one beyond the years that are used the nearest outside them.
static int64_t hour_near(int64_t time)
{
    int64_t hour = hour_number(time);
    return hour < -1 ? -1 : hour > HOUR_LIMIT ? HOUR_LIMIT : hour;
}

void coverage_hour(const struct coverage *coverage, enum coverage_source source, int64_t time,
                   struct coverage_answer *out)
{
    assert(coverage->is_sealed && source < COVERAGE_SOURCE_COUNT);
    int64_t hour = hour_near(time);
    coverage_describe(coverage, source, feed_cause(coverage, source, hour), hour, hour + 1, out);
}

static bool span_hours(const struct coverage *coverage, int64_t *from, int64_t *to)
{
    bool is_any = false;
    for (size_t s = 0; s < COVERAGE_SOURCE_COUNT; s++) {
        const struct feed *feed = &coverage->feeds[s];
        if (!feed->records)
            continue;
        *from = is_any && *from < feed->first ? *from : feed->first;
        *to = is_any && *to > feed->last ? *to : feed->last + 1;
        is_any = true;
    }
    return is_any;
}

bool coverage_span(const struct coverage *coverage, int64_t *from, int64_t *to)
{
    assert(coverage->is_sealed);
    int64_t first, end;
    if (!span_hours(coverage, &first, &end))
        return false;
    *from = hour_time(first);
    *to = hour_time(end);
    return true;
}

// Hours with the same cause may still differ in state, by whether records are there.
static enum coverage_state hour_state(const struct coverage *coverage, enum coverage_source source,
                                      int64_t hour, enum coverage_cause *cause)
{
    *cause = feed_cause(coverage, source, hour);
    bool is_inside = hour >= 0 && hour < HOUR_LIMIT;
    return cause_state(*cause,
                       is_inside ? feed_count(&coverage->feeds[source], (uint32_t)hour) : 0);
}

void coverage_each_range(const struct coverage *coverage, enum coverage_source source,
                         coverage_visit *visit, void *context)
{
    assert(coverage->is_sealed && source < COVERAGE_SOURCE_COUNT);
    int64_t hour, end;
    if (!span_hours(coverage, &hour, &end))
        return;
    while (hour < end) {
        enum coverage_cause cause, next_cause;
        enum coverage_state state = hour_state(coverage, source, hour, &cause);
        int64_t next = hour + 1;
        while (next < end && hour_state(coverage, source, next, &next_cause) == state &&
               next_cause == cause)
            next++;
        struct coverage_answer range;
        coverage_describe(coverage, source, cause, hour, next, &range);
        if (!visit(&range, context))
            return;
        hour = next;
    }
}

// Going outwards from `hour`: records come before the feed's silence could be by chance, and no hour on
// the way is in doubt.
static bool is_alive(const struct coverage *coverage, enum coverage_source source, int64_t hour,
                     int step)
{
    const struct feed *feed = &coverage->feeds[source];
    double expected = 0;
    uint64_t records = 0;
    for (int i = 0; i < COVERAGE_REACH_HOURS; i++, hour += step) {
        enum coverage_cause cause;
        if (hour_state(coverage, source, hour, &cause) != COVERAGE_COMPLETE)
            return false;
        double one = feed_expected(feed, (uint32_t)hour);
        if (one < 0)
            return false;
        expected += one;
        records += feed_count(feed, (uint32_t)hour);
        if (records && exp(-expected) < COVERAGE_SILENCE_CHANCE)
            return true;
    }
    return false;
}

bool coverage_may_deny(const struct coverage *coverage, enum coverage_source source, int64_t from,
                       int64_t to, struct coverage_answer *out)
{
    assert(coverage->is_sealed && source < COVERAGE_SOURCE_COUNT && from <= to);
    int64_t first = hour_near(from), last = hour_near(to);
    struct coverage_answer unwanted = {0};
    if (!out)
        out = &unwanted;
    for (int64_t hour = first; hour <= last; hour++) {
        enum coverage_cause cause;
        if (hour_state(coverage, source, hour, &cause) == COVERAGE_COMPLETE)
            continue;
        coverage_describe(coverage, source, cause, hour, hour + 1, out);
        return false;
    }
    coverage_describe(coverage, source, COVERAGE_SEEN, first, last + 1, out);
    bool is_alive_before = is_alive(coverage, source, first - 1, -1);
    if (is_alive_before && is_alive(coverage, source, last + 1, 1)) {
        SAY(out->why,
            "%" PRIu64 " records of %s in these hours, none of them in doubt, and the feed is "
            "proved alive within %d hours on both sides",
            out->records, coverage_source_name(source), COVERAGE_REACH_HOURS);
        return true;
    }
    out->cause = COVERAGE_NOT_PROVED;
    out->state = COVERAGE_CANNOT_TELL;
    SAY(out->why,
        "in the %d hours %s too few records are usual, or hours are in doubt, to prove "
        "that the feed was alive",
        COVERAGE_REACH_HOURS, is_alive_before ? "after" : "before");
    SAY(out->how, "%s", coverage_source_how(source));
    return false;
}
