// Inside coverage, for the files coverage*.c.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_COVERAGE_LEDGER_H
#define STORMGLASS_BASELINE_COVERAGE_LEDGER_H

#include "baseline/coverage_mailbox.h"

// Hours are counted from 2010-01-01T00:00Z, a Friday, and end before 2060.
#define BASE_HOUR 350640
#define HOUR_LIMIT 438288
#define PAGE_HOURS 1024
#define PAGE_LIMIT (HOUR_LIMIT / PAGE_HOURS + 1)
#define WEEK_HOURS 168
#define BASE_WEEKDAY 4 // 0 is Monday

// What a source's habit is made of: sums over hours without trouble.
struct habit_sum {
    uint64_t sum;
    double squares;
    uint32_t count;
};

struct feed {
    uint32_t *pages[PAGE_LIMIT]; // records in each hour; NULL: none
    uint64_t records;
    int64_t newest; // latest time of a record or of its arrival

    // Made when sealing.
    uint32_t first, last; // hours with records
    uint8_t *causes;      // of first..last
    uint8_t *troubles;    // of first..last: bits by fact kind
    struct habit_sum by_week[WEEK_HOURS], by_day[48], all;
    uint32_t late_minutes, retention_days;
};

// A day of a mailbox (plane 0) or of a person (plane 1) is a bit of a block.
struct day_block {
    uint64_t key; // 0 is empty: see day_key
    uint64_t days;
};

struct coverage {
    struct feed feeds[COVERAGE_SOURCE_COUNT];
    uint64_t strange;

    struct coverage_fact *facts; // sorted and without repetition when sealed
    uint32_t fact_count, fact_capacity;
    bool facts_over;

    struct day_block *blocks;
    uint32_t block_count, block_capacity; // a power of two
    unsigned halvings;

    bool is_sealed;
    uint8_t *covered_days; // of the Exchange feed's days: every hour is complete; made when sealing
};

enum plane { PLANE_MAILBOX, PLANE_PERSON };

// The number of any time's hour, also outside those years.
static inline int64_t hour_number(int64_t time)
{
    return time / HOUR - (time % HOUR < 0) - BASE_HOUR;
}

// An hour's number, or -1 outside the years that are used.
static inline int64_t hour_of(int64_t time)
{
    int64_t hour = hour_number(time);
    return hour >= 0 && hour < HOUR_LIMIT ? hour : -1;
}

static inline int64_t hour_time(int64_t hour)
{
    return (hour + BASE_HOUR) * HOUR;
}

static inline uint32_t hour_of_week(uint32_t hour)
{
    return (hour + BASE_WEEKDAY * 24) % WEEK_HOURS;
}

static inline uint32_t feed_count(const struct feed *feed, uint32_t hour)
{
    const uint32_t *page = feed->pages[hour / PAGE_HOURS];
    return page ? page[hour % PAGE_HOURS] : 0;
}

// Adds records to an hour; the sum stops at the greatest number.
void feed_add(struct feed *feed, uint32_t hour, uint32_t count);
void feed_judge(struct coverage *coverage, enum coverage_source source);
void feed_forget(struct feed *feed); // what sealing made
// Records that the habit expects in an hour, without the hour itself; negative: unknown.
double feed_expected(const struct feed *feed, uint32_t hour);

int fact_compare(const void *a, const void *b);
bool fact_concerns(const struct coverage_fact *fact, enum coverage_source source);
// The facts of a kind about `who`, in order of `from`. Needs the seal's order.
struct fact_list {
    const struct coverage_fact *facts;
    uint32_t count;
};
struct fact_list fact_list(const struct coverage *coverage, enum coverage_fact_kind kind,
                           uint32_t who);
// Whether a switch stands at off at a time; *since tells since when.
bool fact_is_off(struct fact_list off, struct fact_list on, enum coverage_source source,
                 int64_t time, int64_t *since);

// Finds out which days of the Exchange feed are covered.
void day_judge(struct coverage *coverage);
uint64_t day_key(enum plane plane, uint32_t symbol, uint32_t block);
void day_put(struct coverage *coverage, uint64_t key, uint64_t days);
uint64_t day_find(const struct coverage *coverage, uint64_t key);
bool day_in_share(uint64_t key, unsigned halvings);
void day_halve(struct coverage *coverage, unsigned halvings);
void day_add(struct coverage *coverage, enum plane plane, uint32_t symbol, uint32_t day);
int day_compare(const void *a, const void *b);

struct source_facts {
    const char *name, *log;
    uint32_t late_hours;
    uint32_t retention[2]; // days
};
const struct source_facts *source_facts(enum coverage_source source);
const char *coverage_source_how(enum coverage_source source); // to get what is missing

enum coverage_state cause_state(enum coverage_cause cause, uint32_t records);
// The cause of any hour, also outside the feed.
enum coverage_cause feed_cause(const struct coverage *coverage, enum coverage_source source,
                               int64_t hour);
// Words for a range of hours with one cause.
void coverage_describe(const struct coverage *coverage, enum coverage_source source,
                       enum coverage_cause cause, int64_t from_hour, int64_t to_hour,
                       struct coverage_answer *out);

// How rarely something happens by chance: "once in 200 million times".
#define ODDS_SIZE 48
const char *odds_print(double chance, char room[ODDS_SIZE]);

void coverage_release(struct coverage *coverage);

#endif
