// Judges every hour of a source against what is known of it and against its own habit.
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "baseline/coverage_ledger.h"

// Weeks, days, hours beside the one in question that make a habit.
enum { LEAST_WEEKS = 2, LEAST_DAYS = 2, LEAST_HOURS = 24, LEAST_WEEKS_FOR_SPREAD = 3 };

// ---- known troubles -----------------------------------------------------------------------------

// Counts one more (or one less) trouble from an hour on; `changes` has one place more than hours.
static void mark(const struct feed *feed, int32_t *changes, int64_t from, int64_t to)
{
    int64_t first = hour_number(from) - feed->first, last = hour_number(to) - feed->first;
    int64_t hours = feed->last - feed->first + 1;
    if (last < 0 || first >= hours)
        return;
    changes[first < 0 ? 0 : first]++;
    changes[last >= hours ? hours : last + 1]--;
}

static void mark_switches(const struct coverage *coverage, enum coverage_source source,
                          int32_t *changes)
{
    struct fact_list off = fact_list(coverage, COVERAGE_FACT_AUDIT_OFF, 0);
    struct fact_list on = fact_list(coverage, COVERAGE_FACT_AUDIT_ON, 0);
    for (uint32_t i = 0, next = 0; i < off.count; i++) {
        if (!fact_concerns(&off.facts[i], source))
            continue;
        while (next < on.count && (on.facts[next].from <= off.facts[i].from ||
                                   !fact_concerns(&on.facts[next], source)))
            next++;
        mark(&coverage->feeds[source], changes, off.facts[i].from,
             next < on.count ? on.facts[next].from : INT64_MAX);
    }
}

static void mark_troubles(const struct coverage *coverage, enum coverage_source source,
                          struct feed *feed)
{
    static const enum coverage_fact_kind kinds[] = {
        COVERAGE_FACT_CAPPED, COVERAGE_FACT_UNREAD, COVERAGE_FACT_LOST_COLUMNS,
        COVERAGE_FACT_LEFT_OUT, COVERAGE_FACT_AUDIT_OFF};
    uint32_t hours = feed->last - feed->first + 1;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct fact_list list = fact_list(coverage, kinds[k], 0);
        if (!list.count)
            continue;
        int32_t *changes = memory_new((hours + 1) * sizeof *changes), depth = 0;
        if (kinds[k] == COVERAGE_FACT_AUDIT_OFF)
            mark_switches(coverage, source, changes);
        else
            for (uint32_t i = 0; i < list.count; i++)
                if (fact_concerns(&list.facts[i], source))
                    mark(feed, changes, list.facts[i].from, list.facts[i].to);
        for (uint32_t h = 0; h < hours; h++) {
            depth += changes[h];
            feed->troubles[h] |= (uint8_t)((depth > 0) << kinds[k]);
        }
        free(changes);
    }
}

static uint32_t greatest_figure(const struct coverage *coverage, enum coverage_fact_kind kind,
                                enum coverage_source source)
{
    struct fact_list list = fact_list(coverage, kind, 0);
    uint32_t greatest = 0;
    for (uint32_t i = 0; i < list.count; i++)
        if (fact_concerns(&list.facts[i], source) && list.facts[i].figure > greatest)
            greatest = list.facts[i].figure;
    return greatest;
}

// ---- habit --------------------------------------------------------------------------------------

// No record of the hour can arrive any more.
static bool is_settled(const struct feed *feed, uint32_t hour)
{
    return hour_time(hour + 1) <= feed->newest - feed->late_minutes * MINUTE;
}

static bool teaches(const struct feed *feed, uint32_t hour)
{
    return !feed->troubles[hour - feed->first] && is_settled(feed, hour);
}

static uint32_t day_place(uint32_t hour)
{
    uint32_t place = hour_of_week(hour);
    return place % 24 + (place / 24 >= 5 ? 24 : 0);
}

static void sum_add(struct habit_sum *sum, uint32_t count)
{
    sum->sum += count;
    sum->squares += (double)count * count;
    sum->count++;
}

static void learn(struct feed *feed)
{
    for (uint32_t hour = feed->first; hour <= feed->last; hour++) {
        uint32_t count = feed_count(feed, hour);
        if (!teaches(feed, hour))
            continue;
        sum_add(&feed->by_week[hour_of_week(hour)], count);
        sum_add(&feed->by_day[day_place(hour)], count);
        sum_add(&feed->all, count);
    }
}

static struct habit_sum without(const struct feed *feed, const struct habit_sum *sum, uint32_t hour)
{
    struct habit_sum others = *sum;
    if (hour < feed->first || hour > feed->last || !teaches(feed, hour))
        return others;
    uint32_t count = feed_count(feed, hour);
    others.sum -= count;
    others.squares -= (double)count * count;
    others.count--;
    return others;
}

double feed_expected(const struct feed *feed, uint32_t hour)
{
    if (!feed->records)
        return -1;
    struct habit_sum others = without(feed, &feed->by_week[hour_of_week(hour)], hour);
    if (others.count < LEAST_WEEKS)
        others = without(feed, &feed->by_day[day_place(hour)], hour);
    if (others.count < LEAST_DAYS) {
        others = without(feed, &feed->all, hour);
        if (others.count < LEAST_HOURS)
            return -1;
    }
    return (double)others.sum / others.count;
}

// Chernoff: the chance of at most `count` Poisson arrivals where `mean` are expected is at most
// exp(count - mean - count ln(count / mean)). Where the other weeks vary more than Poisson arrivals
// do, both are divided by how much more.
static bool is_thin(const struct feed *feed, uint32_t hour)
{
    struct habit_sum others = without(feed, &feed->by_week[hour_of_week(hour)], hour);
    if (others.count < LEAST_WEEKS_FOR_SPREAD)
        return false;
    double count = feed_count(feed, hour), mean = (double)others.sum / others.count;
    if (count >= mean)
        return false;
    double variance = (others.squares - mean * (double)others.sum) / (others.count - 1);
    double spread = variance > mean ? variance / mean : 1;
    return (count - mean - count * log(count / mean)) / spread < log(COVERAGE_THIN_CHANCE);
}

// ---- hours --------------------------------------------------------------------------------------

static enum coverage_cause trouble_of(const struct coverage *coverage, const struct feed *feed,
                                      uint32_t hour)
{
    uint8_t troubles = feed->troubles[hour - feed->first];
    if (troubles >> COVERAGE_FACT_LEFT_OUT & 1)
        return COVERAGE_LEFT_OUT;
    if (troubles >> COVERAGE_FACT_AUDIT_OFF & 1)
        return COVERAGE_AUDIT_OFF;
    if (coverage->facts_over)
        return COVERAGE_MANY_FACTS;
    if (troubles >> COVERAGE_FACT_CAPPED & 1)
        return COVERAGE_CAPPED;
    if (troubles >> COVERAGE_FACT_UNREAD & 1)
        return COVERAGE_UNREAD;
    if (troubles >> COVERAGE_FACT_LOST_COLUMNS & 1)
        return COVERAGE_LOST_COLUMNS;
    return is_settled(feed, hour) ? COVERAGE_SEEN : COVERAGE_LATE;
}

// What the same run of hours had at other times.
struct likes {
    uint32_t count, silent;
    double sum, squares;
};

static bool is_like(const struct feed *feed, uint32_t from, uint32_t to, int64_t shift)
{
    int64_t first = (int64_t)from + shift, last = (int64_t)to - 1 + shift;
    if (first < feed->first || last > feed->last)
        return false;
    for (uint32_t hour = from; hour < to; hour++) {
        uint32_t other = (uint32_t)(hour + shift);
        if (!teaches(feed, other) || day_place(other) != day_place(hour))
            return false;
    }
    return true;
}

// Every `step` hours before and after.
static struct likes find_likes(const struct feed *feed, uint32_t from, uint32_t to, int64_t step)
{
    struct likes likes = {0};
    int64_t back = ((int64_t)from - feed->first) / step * step;
    for (int64_t shift = -back; (int64_t)to - 1 + shift <= feed->last; shift += step) {
        double total = 0;
        if (shift == 0 || !is_like(feed, from, to, shift))
            continue;
        for (uint32_t hour = from; hour < to; hour++)
            total += feed_count(feed, (uint32_t)(hour + shift));
        likes.count++;
        likes.silent += total == 0;
        likes.sum += total;
        likes.squares += total * total;
    }
    return likes;
}

// Runs differ more from each other than single arrivals would (a colleague who works one night): the mean is
// divided by how much more. A run that was silent at another time as well is no news.
static bool is_silence_usual(const struct likes *likes)
{
    double mean = likes->sum / likes->count;
    double variance = (likes->squares - mean * likes->sum) / (likes->count - 1);
    double spread = variance > mean && mean > 0 ? variance / mean : 1;
    return likes->silent || exp(-mean / spread) >= COVERAGE_SILENCE_CHANCE;
}

// A run of hours without record is judged as a whole, by the same hours of other weeks, else of other days of the
// same kind; where there are too few of these, by what all its hours together would have. What a weekend is like
// is not known from working days.
static void judge_silence(struct feed *feed, uint32_t from, uint32_t to)
{
    struct likes likes = find_likes(feed, from, to, 168);
    if (likes.count < LEAST_WEEKS)
        likes = find_likes(feed, from, to, 24);
    if (likes.count >= LEAST_DAYS) {
        enum coverage_cause cause = is_silence_usual(&likes) ? COVERAGE_QUIET : COVERAGE_SILENT;
        memset(feed->causes + (from - feed->first), (int)cause, to - from);
        return;
    }
    double expected = 0;
    bool is_known = true, is_weekend = false;
    for (uint32_t hour = from; hour < to; hour++) {
        is_weekend = is_weekend || day_place(hour) >= 24;
        double one = feed_expected(feed, hour);
        is_known = is_known && one >= 0;
        expected += one > 0 ? one : 0;
    }
    enum coverage_cause cause = is_known ? COVERAGE_QUIET : COVERAGE_NO_HABIT;
    if (exp(-expected) < COVERAGE_SILENCE_CHANCE)
        cause = is_weekend ? COVERAGE_NO_HABIT : COVERAGE_SILENT;
    memset(feed->causes + (from - feed->first), (int)cause, to - from);
}

static void find_ends(struct feed *feed)
{
    bool is_first = true;
    for (uint32_t p = 0; p < PAGE_LIMIT; p++)
        for (uint32_t h = 0; feed->pages[p] && h < PAGE_HOURS; h++)
            if (feed->pages[p][h]) {
                feed->last = p * PAGE_HOURS + h;
                feed->first = is_first ? feed->last : feed->first;
                is_first = false;
            }
}

void feed_judge(struct coverage *coverage, enum coverage_source source)
{
    struct feed *feed = &coverage->feeds[source];
    uint32_t late = greatest_figure(coverage, COVERAGE_FACT_LATE, source);
    feed_forget(feed);
    memset(feed->by_week, 0, sizeof feed->by_week);
    memset(feed->by_day, 0, sizeof feed->by_day);
    feed->all = (struct habit_sum){0};
    feed->late_minutes = source_facts(source)->late_hours * 60;
    feed->late_minutes = late > feed->late_minutes ? late : feed->late_minutes;
    feed->retention_days = greatest_figure(coverage, COVERAGE_FACT_RETENTION, source);
    if (!feed->records)
        return;
    find_ends(feed);
    uint32_t hours = feed->last - feed->first + 1;
    feed->causes = memory_new(hours);
    feed->troubles = memory_new(hours);
    mark_troubles(coverage, source, feed);
    learn(feed);
    uint32_t silent_from = UINT32_MAX;
    for (uint32_t hour = feed->first; hour <= feed->last; hour++) { // the last one has records
        enum coverage_cause cause = trouble_of(coverage, feed, hour);
        bool has_records = feed_count(feed, hour);
        bool is_silent = cause == COVERAGE_SEEN && !has_records;
        if (cause == COVERAGE_SEEN && has_records && is_thin(feed, hour))
            cause = COVERAGE_THIN;
        feed->causes[hour - feed->first] = (uint8_t)cause;
        if (is_silent && silent_from == UINT32_MAX)
            silent_from = hour;
        if (!is_silent && silent_from != UINT32_MAX) {
            judge_silence(feed, silent_from, hour);
            silent_from = UINT32_MAX;
        }
    }
}
