// Coverage: what hours are judged to be, why, when absence may be asserted, mailboxes against their
// habit, and that neither order nor parts matter.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/hash.h"
#include "baseline/coverage_mailbox.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define MONDAY (INT64_C(1704067200) * SECOND) // 2024-01-01T00:00Z
#define WEEK (7 * DAY)

static void add(struct coverage *coverage, enum coverage_source source, int64_t time,
                uint32_t count)
{
    struct coverage_record record = {.source = source, .arrival = INSTANT_NONE};
    for (uint32_t i = 0; i < count; i++) {
        record.time = time + i * (HOUR / count);
        coverage_add(coverage, &record);
    }
}

// Records of an hour of a week in an office: thousands on working mornings, hardly any at night.
static uint32_t office(int64_t hour)
{
    int64_t day = hour / 24 % 7, of_day = hour % 24;
    uint32_t jitter = (uint32_t)(hash_mix((uint64_t)hour) % 41);
    if (day < 5 && of_day >= 7 && of_day < 18)
        return 300 + jitter;
    return day < 5 && of_day == 6 ? 10 + jitter / 4 : of_day % 6 == 0;
}

// `weeks` of the office in one source, without the hours [gap_from, gap_to).
static struct coverage *office_weeks(enum coverage_source source, int weeks, int64_t gap_from,
                                     int64_t gap_to)
{
    struct coverage *coverage = coverage_new();
    for (int64_t hour = 0; hour < weeks * 168; hour++)
        if (hour < gap_from || hour >= gap_to)
            add(coverage, source, MONDAY + hour * HOUR, office(hour));
    return coverage;
}

static struct coverage_answer ask(const struct coverage *coverage, enum coverage_source source,
                                  int64_t hour)
{
    struct coverage_answer answer;
    coverage_hour(coverage, source, MONDAY + hour * HOUR + MINUTE, &answer);
    return answer;
}

static void expect(const struct coverage *coverage, enum coverage_source source, int64_t hour,
                   enum coverage_state state, enum coverage_cause cause)
{
    struct coverage_answer answer = ask(coverage, source, hour);
    if (answer.state != state || answer.cause != cause)
        fail_msg("hour %d: %s, cause %d: %s", (int)hour, coverage_state_name(answer.state),
                 answer.cause, answer.why);
    assert_true(answer.why[0] != 0);
    assert_int_equal(answer.how[0] != 0, state != COVERAGE_COMPLETE);
    assert_int_equal(answer.from, MONDAY + hour * HOUR);
    assert_int_equal(answer.to, answer.from + HOUR);
}

// Hours since MONDAY of a week, day and hour.
static int64_t at(int week, int day, int hour)
{
    return week * 168 + day * 24 + hour;
}

static void sources_have_names(void **state)
{
    (void)state;
    assert_string_equal(coverage_source_name(COVERAGE_EXCHANGE), "m365_audit/Exchange");
    assert_string_equal(coverage_source_log(COVERAGE_NON_INTERACTIVE), "entra_signin");
    assert_string_equal(coverage_source_name(COVERAGE_ENTRA_AUDIT), "entra_audit");
    assert_int_equal(coverage_source_of_workload(S("exchange")), COVERAGE_EXCHANGE);
    assert_int_equal(coverage_source_of_workload(S("OneDrive")), COVERAGE_SHAREPOINT);
    assert_int_equal(coverage_source_of_workload(S("PowerBI")), COVERAGE_OTHER_AUDIT);
    assert_string_equal(coverage_state_report(COVERAGE_CANNOT_TELL), "partial");
    assert_string_equal(coverage_state_report(COVERAGE_ABSENT), "absent");
}

static void a_silent_night_is_no_gap_and_a_silent_morning_is(void **state)
{
    (void)state;
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 6, at(3, 1, 8), at(3, 1, 10));
    coverage_seal(coverage);
    expect(coverage, COVERAGE_EXCHANGE, at(3, 1, 8), COVERAGE_ABSENT, COVERAGE_SILENT);
    expect(coverage, COVERAGE_EXCHANGE, at(3, 1, 9), COVERAGE_ABSENT, COVERAGE_SILENT);
    expect(coverage, COVERAGE_EXCHANGE, at(3, 1, 10), COVERAGE_COMPLETE, COVERAGE_SEEN);
    expect(coverage, COVERAGE_EXCHANGE, at(3, 1, 3), COVERAGE_COMPLETE, COVERAGE_QUIET);
    expect(coverage, COVERAGE_EXCHANGE, at(3, 5, 10), COVERAGE_COMPLETE, COVERAGE_QUIET);
    expect(coverage, COVERAGE_EXCHANGE, at(2, 1, 8), COVERAGE_COMPLETE, COVERAGE_SEEN);
    expect(coverage, COVERAGE_EXCHANGE, -1, COVERAGE_ABSENT, COVERAGE_BEFORE_FIRST);
    expect(coverage, COVERAGE_EXCHANGE, at(9, 0, 0), COVERAGE_ABSENT, COVERAGE_AFTER_LAST);
    expect(coverage, COVERAGE_NON_INTERACTIVE, at(3, 1, 8), COVERAGE_ABSENT, COVERAGE_NO_FEED);
    struct coverage_answer answer = ask(coverage, COVERAGE_EXCHANGE, at(3, 1, 8));
    assert_int_equal(answer.records, 0);
    assert_true(answer.expected > 290 && answer.expected < 350);
    // The last day may still get records: this log comes up to 24 hours late.
    expect(coverage, COVERAGE_EXCHANGE, at(5, 6, 6), COVERAGE_PARTIAL, COVERAGE_LATE);
    expect(coverage, COVERAGE_EXCHANGE, at(5, 6, 7), COVERAGE_CANNOT_TELL, COVERAGE_LATE);
    coverage_free(coverage);
}

static void a_known_arrival_settles_the_end(void **state)
{
    (void)state;
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 6, 0, 0);
    struct coverage_record record = {.source = COVERAGE_EXCHANGE,
                                     .time = MONDAY + 6 * WEEK - HOUR,
                                     .arrival = MONDAY + 6 * WEEK + 2 * DAY};
    coverage_add(coverage, &record);
    coverage_seal(coverage);
    expect(coverage, COVERAGE_EXCHANGE, at(5, 6, 7), COVERAGE_COMPLETE, COVERAGE_QUIET);
    struct coverage_fact late = {
        .source = COVERAGE_EVERY, .kind = COVERAGE_FACT_LATE, .figure = 4 * 24 * 60};
    coverage_tell(coverage, &late);
    coverage_seal(coverage);
    expect(coverage, COVERAGE_EXCHANGE, at(5, 6, 7), COVERAGE_CANNOT_TELL, COVERAGE_LATE);
    coverage_free(coverage);
}

static void a_morning_with_a_tenth_is_thin(void **state)
{
    (void)state;
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 6, at(3, 1, 8), at(3, 1, 9));
    add(coverage, COVERAGE_EXCHANGE, MONDAY + at(3, 1, 8) * HOUR, 30);
    coverage_seal(coverage);
    expect(coverage, COVERAGE_EXCHANGE, at(3, 1, 8), COVERAGE_PARTIAL, COVERAGE_THIN);
    unsigned thin = 0;
    for (int64_t hour = 0; hour < 5 * 168; hour++)
        thin += ask(coverage, COVERAGE_EXCHANGE, hour).cause == COVERAGE_THIN;
    assert_int_equal(thin, 1); // ordinary weeks are not
    coverage_free(coverage);
}

// Hours that are known to be incomplete do not lower what is usual.
static void troubled_hours_teach_nothing(void **state)
{
    (void)state;
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 8, at(2, 0, 0), at(4, 0, 0));
    struct coverage_fact unread = {.source = COVERAGE_EXCHANGE,
                                   .kind = COVERAGE_FACT_UNREAD,
                                   .figure = 1,
                                   .from = MONDAY + 2 * WEEK,
                                   .to = MONDAY + 4 * WEEK - 1};
    coverage_tell(coverage, &unread);
    coverage_seal(coverage);
    struct coverage_answer answer = ask(coverage, COVERAGE_EXCHANGE, at(5, 1, 9));
    assert_true(answer.expected > 300);
    expect(coverage, COVERAGE_EXCHANGE, at(2, 1, 9), COVERAGE_PARTIAL, COVERAGE_UNREAD);
    coverage_free(coverage);
}

// One record an hour or so: three silent hours are chance, twelve are not.
static void small_tenants_need_longer_silences(void **state)
{
    (void)state;
    struct coverage *coverage = coverage_new();
    for (int64_t hour = 0; hour < 6 * 168; hour++)
        if ((hour < at(3, 2, 5) || hour >= at(3, 2, 8)) &&
            (hour < at(4, 2, 5) || hour >= at(4, 2, 17)))
            add(coverage, COVERAGE_INTERACTIVE, MONDAY + hour * HOUR, 1);
    coverage_seal(coverage);
    expect(coverage, COVERAGE_INTERACTIVE, at(3, 2, 6), COVERAGE_COMPLETE, COVERAGE_QUIET);
    expect(coverage, COVERAGE_INTERACTIVE, at(4, 2, 6), COVERAGE_ABSENT, COVERAGE_SILENT);
    expect(coverage, COVERAGE_INTERACTIVE, at(4, 2, 16), COVERAGE_ABSENT, COVERAGE_SILENT);
    coverage_free(coverage);
}

// Somebody works through one night: the other nights are no gaps for it.
static void one_busy_night_makes_no_gap_of_the_others(void **state)
{
    (void)state;
    struct coverage *coverage = coverage_new();
    for (int64_t hour = 0; hour < 4 * 168; hour++)
        if (hour % 24 >= 7 && hour % 24 < 19)
            add(coverage, COVERAGE_INTERACTIVE, MONDAY + hour * HOUR, 20);
    for (int64_t hour = at(1, 2, 22); hour < at(1, 3, 6); hour++)
        add(coverage, COVERAGE_INTERACTIVE, MONDAY + hour * HOUR, 15);
    coverage_seal(coverage);
    expect(coverage, COVERAGE_INTERACTIVE, at(2, 2, 23), COVERAGE_COMPLETE, COVERAGE_QUIET);
    expect(coverage, COVERAGE_INTERACTIVE, at(0, 2, 23), COVERAGE_COMPLETE, COVERAGE_QUIET);
    coverage_free(coverage);
}

// Working days alone do not tell what a weekend is like.
static void a_silent_weekend_without_another_cannot_be_told(void **state)
{
    (void)state;
    struct coverage *coverage = coverage_new();
    for (int64_t hour = 0; hour < 9 * 24; hour++)
        if (hour < 5 * 24 || hour >= 7 * 24)
            add(coverage, COVERAGE_INTERACTIVE, MONDAY + hour * HOUR, 40);
    coverage_seal(coverage);
    expect(coverage, COVERAGE_INTERACTIVE, at(0, 5, 12), COVERAGE_CANNOT_TELL, COVERAGE_NO_HABIT);
    coverage_free(coverage);
}

static void without_habit_silence_says_nothing(void **state)
{
    (void)state;
    struct coverage *coverage = coverage_new();
    add(coverage, COVERAGE_INTERACTIVE, MONDAY, 50);
    add(coverage, COVERAGE_INTERACTIVE, MONDAY + 5 * HOUR, 50);
    add(coverage, COVERAGE_INTERACTIVE, MONDAY + 9 * HOUR, 50);
    coverage_seal(coverage);
    expect(coverage, COVERAGE_INTERACTIVE, 3, COVERAGE_CANNOT_TELL, COVERAGE_NO_HABIT);
    assert_false(coverage_may_deny(coverage, COVERAGE_INTERACTIVE, MONDAY + 5 * HOUR,
                                   MONDAY + 5 * HOUR, NULL));
    coverage_free(coverage);
}

// ---- facts --------------------------------------------------------------------------------------

static void facts_are_reasons(void **state)
{
    (void)state;
    struct {
        enum coverage_fact_kind kind;
        enum coverage_source source;
        uint32_t figure;
        int64_t from, to; // hours
    } facts[] = {
        {COVERAGE_FACT_CAPPED, COVERAGE_EXCHANGE, 50000, at(1, 0, 8), at(1, 0, 12)},
        {COVERAGE_FACT_UNREAD, COVERAGE_EVERY, 1, at(1, 1, 8), at(1, 1, 9)},
        {COVERAGE_FACT_LOST_COLUMNS, COVERAGE_EXCHANGE, 3, at(1, 2, 8), at(1, 2, 9)},
        {COVERAGE_FACT_AUDIT_OFF, COVERAGE_EVERY, 0, at(2, 1, 8), 0},
        {COVERAGE_FACT_AUDIT_ON, COVERAGE_EVERY, 0, at(2, 1, 10), 0},
        {COVERAGE_FACT_AUDIT_OFF, COVERAGE_EVERY, 0, at(7, 0, 0), 0},
        {COVERAGE_FACT_CAPPED, COVERAGE_TEAMS, 5000, at(1, 3, 8), at(1, 3, 9)},
    };
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 6, at(2, 1, 8), at(2, 1, 9));
    for (size_t i = 0; i < COUNT(facts); i++) {
        struct coverage_fact fact = {.source = facts[i].source,
                                     .kind = facts[i].kind,
                                     .figure = facts[i].figure,
                                     .from = MONDAY + facts[i].from * HOUR,
                                     .to = MONDAY + facts[i].to * HOUR};
        coverage_tell(coverage, &fact);
        coverage_tell(coverage, &fact); // twice is once
    }
    coverage_seal(coverage);
    expect(coverage, COVERAGE_EXCHANGE, at(1, 0, 7), COVERAGE_COMPLETE, COVERAGE_SEEN);
    expect(coverage, COVERAGE_EXCHANGE, at(1, 0, 8), COVERAGE_PARTIAL, COVERAGE_CAPPED);
    expect(coverage, COVERAGE_EXCHANGE, at(1, 0, 12), COVERAGE_PARTIAL, COVERAGE_CAPPED);
    assert_non_null(strstr(ask(coverage, COVERAGE_EXCHANGE, at(1, 0, 8)).why,
                           "1 input(s) of this time end at exactly 50000 rows"));
    expect(coverage, COVERAGE_EXCHANGE, at(1, 1, 8), COVERAGE_PARTIAL, COVERAGE_UNREAD);
    expect(coverage, COVERAGE_EXCHANGE, at(1, 2, 9), COVERAGE_PARTIAL, COVERAGE_LOST_COLUMNS);
    expect(coverage, COVERAGE_EXCHANGE, at(1, 3, 8), COVERAGE_COMPLETE, COVERAGE_SEEN);
    expect(coverage, COVERAGE_EXCHANGE, at(2, 1, 8), COVERAGE_ABSENT, COVERAGE_AUDIT_OFF);
    expect(coverage, COVERAGE_EXCHANGE, at(2, 1, 9), COVERAGE_PARTIAL, COVERAGE_AUDIT_OFF);
    expect(coverage, COVERAGE_EXCHANGE, at(2, 1, 11), COVERAGE_COMPLETE, COVERAGE_SEEN);
    expect(coverage, COVERAGE_EXCHANGE, at(8, 0, 0), COVERAGE_ABSENT, COVERAGE_AUDIT_OFF);
    assert_non_null(strstr(ask(coverage, COVERAGE_EXCHANGE, at(8, 0, 0)).why, "2024-02-19"));
    coverage_free(coverage);
}

static void exact_limits_are_suspicious(void **state)
{
    (void)state;
    static const uint64_t caps[] = {5000, 50000, 50001, 250000};
    static const uint64_t others[] = {0, 4999, 5001, 49999, 100000, 250001};
    for (size_t i = 0; i < COUNT(caps); i++)
        assert_true(coverage_is_cap(caps[i]));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(coverage_is_cap(others[i]));
    struct coverage *coverage = office_weeks(COVERAGE_INTERACTIVE, 4, 0, 0);
    coverage_tell_input(coverage, COVERAGE_INTERACTIVE, 5001, MONDAY, MONDAY + DAY);
    coverage_tell_input(coverage, COVERAGE_INTERACTIVE, 250000, MONDAY + DAY, MONDAY + 2 * DAY);
    coverage_seal(coverage);
    expect(coverage, COVERAGE_INTERACTIVE, at(0, 0, 8), COVERAGE_COMPLETE, COVERAGE_SEEN);
    expect(coverage, COVERAGE_INTERACTIVE, at(0, 1, 8), COVERAGE_PARTIAL, COVERAGE_CAPPED);
    coverage_free(coverage);
}

static void the_window_and_the_retention_explain_the_ends(void **state)
{
    (void)state;
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 6, 0, 0);
    for (int64_t hour = 12 * 24; hour < 42 * 24; hour++) // thirty days
        add(coverage, COVERAGE_INTERACTIVE, MONDAY + hour * HOUR, 3);
    coverage_tell_window(coverage, MONDAY, INSTANT_NONE);
    coverage_tell_window(coverage, INSTANT_NONE, MONDAY + 6 * WEEK);
    coverage_seal(coverage);
    expect(coverage, COVERAGE_EXCHANGE, -5, COVERAGE_ABSENT, COVERAGE_LEFT_OUT);
    expect(coverage, COVERAGE_EXCHANGE, at(6, 0, 1), COVERAGE_ABSENT, COVERAGE_LEFT_OUT);
    expect(coverage, COVERAGE_INTERACTIVE, at(1, 0, 0), COVERAGE_ABSENT, COVERAGE_RETENTION);
    struct coverage_fact told = {
        .source = COVERAGE_INTERACTIVE, .kind = COVERAGE_FACT_RETENTION, .figure = 90};
    coverage_tell(coverage, &told);
    coverage_seal(coverage);
    expect(coverage, COVERAGE_INTERACTIVE, at(1, 0, 0), COVERAGE_ABSENT, COVERAGE_BEFORE_FIRST);
    coverage_free(coverage);
}

static void too_many_facts_leave_nothing_complete(void **state)
{
    (void)state;
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 4, 0, 0);
    for (uint32_t i = 0; i <= 2 * COVERAGE_FACT_LIMIT; i++) {
        struct coverage_fact fact = {.source = COVERAGE_TEAMS,
                                     .kind = COVERAGE_FACT_UNREAD,
                                     .figure = i % (COVERAGE_FACT_LIMIT + 1),
                                     .from = MONDAY,
                                     .to = MONDAY};
        coverage_tell(coverage, &fact);
    }
    coverage_seal(coverage);
    expect(coverage, COVERAGE_EXCHANGE, at(1, 1, 8), COVERAGE_PARTIAL, COVERAGE_MANY_FACTS);
    coverage_free(coverage);
}

// ---- ranges and assertions ----------------------------------------------------------------------

struct walk {
    const struct coverage *coverage;
    int64_t next;
    unsigned count;
    enum coverage_cause before;
    enum coverage_state state_before;
    uint64_t records;
};

static bool check_range(const struct coverage_answer *range, void *context)
{
    struct walk *walk = context;
    assert_int_equal(range->from, walk->next);
    assert_true(range->to > range->from);
    assert_true(walk->count == 0 || range->cause != walk->before ||
                range->state != walk->state_before);
    uint64_t records = 0;
    for (int64_t time = range->from; time < range->to; time += HOUR) {
        struct coverage_answer hour;
        coverage_hour(walk->coverage, COVERAGE_EXCHANGE, time, &hour);
        assert_int_equal(hour.cause, range->cause);
        assert_int_equal(hour.state, range->state);
        records += hour.records;
    }
    assert_int_equal(records, range->records);
    walk->records += records;
    walk->next = range->to;
    walk->before = range->cause;
    walk->state_before = range->state;
    walk->count++;
    return true;
}

static bool stop_at_once(const struct coverage_answer *range, void *context)
{
    (void)range;
    ++*(int *)context;
    return false;
}

static void ranges_cover_the_span(void **state)
{
    (void)state;
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 6, at(3, 1, 8), at(3, 1, 10));
    add(coverage, COVERAGE_TEAMS, MONDAY - 5 * DAY, 1);
    add(coverage, COVERAGE_TEAMS, MONDAY + 7 * WEEK, 1);
    coverage_tell_input(coverage, COVERAGE_EXCHANGE, 5000, MONDAY + DAY, MONDAY + 2 * DAY);
    coverage_seal(coverage);
    int64_t from, to;
    assert_true(coverage_span(coverage, &from, &to));
    assert_int_equal(from, MONDAY - 5 * DAY);
    assert_int_equal(to, MONDAY + 7 * WEEK + HOUR);
    struct walk walk = {.coverage = coverage, .next = from};
    coverage_each_range(coverage, COVERAGE_EXCHANGE, check_range, &walk);
    assert_int_equal(walk.next, to);
    assert_true(walk.count > 10 && walk.records > 50000);
    int calls = 0;
    coverage_each_range(coverage, COVERAGE_EXCHANGE, stop_at_once, &calls);
    assert_int_equal(calls, 1);
    coverage_free(coverage);
    coverage = coverage_new();
    coverage_seal(coverage);
    assert_false(coverage_span(coverage, &from, &to));
    coverage_each_range(coverage, COVERAGE_EXCHANGE, stop_at_once, &calls);
    assert_int_equal(calls, 1);
    coverage_free(coverage);
}

static void absence_is_asserted_only_where_it_is_proved(void **state)
{
    (void)state;
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 6, at(3, 1, 8), at(3, 1, 10));
    for (int64_t day = 0; day < 42; day++) // a feed too thin to prove anything
        add(coverage, COVERAGE_AZURE_ACTIVITY, MONDAY + day * DAY + 9 * HOUR, 1);
    coverage_seal(coverage);
    static const struct {
        enum coverage_source source;
        int week, day, hour, hours;
        bool may;
        enum coverage_cause cause;
    } cases[] = {
        {COVERAGE_EXCHANGE, 2, 1, 9, 3, true, COVERAGE_SEEN},
        {COVERAGE_EXCHANGE, 2, 2, 3, 1, true, COVERAGE_SEEN}, // a night between two working days
        {COVERAGE_EXCHANGE, 3, 1, 7, 2, false, COVERAGE_SILENT},
        {COVERAGE_EXCHANGE, 3, 1, 10, 1, false, COVERAGE_NOT_PROVED}, // beside the gap
        {COVERAGE_EXCHANGE, 3, 1, 11, 1, true, COVERAGE_SEEN},
        {COVERAGE_EXCHANGE, 3, 2, 11, 1, true, COVERAGE_SEEN},
        {COVERAGE_EXCHANGE, 2, 5, 23, 1, false, COVERAGE_NOT_PROVED}, // far into a weekend
        {COVERAGE_EXCHANGE, 2, 4, 20, 1, false, COVERAGE_NOT_PROVED}, // into a weekend
        {COVERAGE_EXCHANGE, 5, 6, 6, 1, false, COVERAGE_LATE},
        {COVERAGE_EXCHANGE, 0, 0, -3, 5, false, COVERAGE_BEFORE_FIRST},
        {COVERAGE_EXCHANGE, 0, 0, 6, 12, false, COVERAGE_NOT_PROVED}, // too little before it
        {COVERAGE_AZURE_ACTIVITY, 2, 1, 9, 1, false, COVERAGE_NOT_PROVED},
        {COVERAGE_TEAMS, 2, 1, 9, 1, false, COVERAGE_NO_FEED},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t from = MONDAY + at(cases[i].week, cases[i].day, cases[i].hour) * HOUR;
        struct coverage_answer answer;
        bool may = coverage_may_deny(coverage, cases[i].source, from,
                                     from + cases[i].hours * HOUR - 1, &answer);
        if (may != cases[i].may || answer.cause != cases[i].cause)
            fail_msg("case %zu: %d, cause %d: %s", i, may, answer.cause, answer.why);
        assert_int_equal(may, answer.state == COVERAGE_COMPLETE);
        assert_int_equal(answer.how[0] != 0, !may);
    }
    coverage_free(coverage);
}

static void times_that_cannot_be_do_no_harm(void **state)
{
    (void)state;
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 3, 0, 0);
    static const int64_t times[] = {
        INSTANT_NONE, INT64_MIN + 1, -1, 0, INT64_MAX, INT64_C(2840140800) * SECOND}; // 2060
    for (size_t i = 0; i < COUNT(times); i++) {
        struct coverage_record record = {
            .source = COVERAGE_EXCHANGE, .time = times[i], .arrival = times[i]};
        coverage_add(coverage, &record);
        record.time = MONDAY;
        coverage_add(coverage, &record); // with an arrival that cannot be
    }
    // Nor do figures that cannot be.
    static const enum coverage_fact_kind kinds[] = {COVERAGE_FACT_RETENTION, COVERAGE_FACT_LATE,
                                                    COVERAGE_FACT_CAPPED, COVERAGE_FACT_THROTTLED,
                                                    COVERAGE_FACT_BYPASS_ON};
    for (size_t i = 0; i < COUNT(kinds); i++)
        coverage_tell(coverage, &(struct coverage_fact){.source = COVERAGE_EVERY,
                                                        .kind = kinds[i],
                                                        .figure = UINT32_MAX,
                                                        .from = INT64_MIN,
                                                        .to = INT64_MAX});
    coverage_seal(coverage);
    assert_int_equal(coverage_strange(coverage), COUNT(times));
    struct coverage_mailbox mailbox;
    for (size_t i = 0; i < COUNT(times); i++) {
        struct coverage_answer answer;
        coverage_hour(coverage, COVERAGE_EXCHANGE, times[i], &answer);
        assert_int_not_equal(answer.state, COVERAGE_COMPLETE);
        assert_false(coverage_may_deny(coverage, COVERAGE_EXCHANGE, times[i], INT64_MAX, NULL));
        coverage_of_mailbox(coverage, 1, 1, times[i], INT64_MAX, &mailbox);
        assert_int_not_equal(mailbox.answer.state, COVERAGE_COMPLETE);
    }
    coverage_free(coverage);
}

// ---- mailboxes ----------------------------------------------------------------------------------

enum { WORKER = 1, SILENCED = 2, RARE = 3, NEVER = 4, THROTTLED = 5, BYPASSED = 6 };

static void add_day(struct coverage *coverage, uint32_t mailbox, uint32_t user, int64_t day)
{
    struct coverage_record record = {.source = mailbox ? COVERAGE_EXCHANGE : COVERAGE_INTERACTIVE,
                                     .time = MONDAY + day * DAY + 10 * HOUR,
                                     .arrival = INSTANT_NONE,
                                     .mailbox = mailbox,
                                     .user = user};
    coverage_add(coverage, &record);
}

static void mailboxes_are_held_against_their_habit(void **state)
{
    (void)state;
    struct coverage *coverage = office_weeks(COVERAGE_EXCHANGE, 10, 0, 0);
    for (int64_t day = 0; day < 70; day++) {
        bool is_workday = day % 7 < 5;
        for (uint32_t box = WORKER; box <= BYPASSED; box++) {
            bool is_silenced = box == SILENCED && day >= 42 && day < 52;
            bool is_rare = box == RARE && day % 9;
            if (is_workday && box != NEVER && !is_silenced && !is_rare)
                add_day(coverage, box, 0, day);
            if (is_workday)
                add_day(coverage, 0, box, day);
        }
    }
    struct coverage_fact throttled = {.source = COVERAGE_EXCHANGE,
                                      .kind = COVERAGE_FACT_THROTTLED,
                                      .who = THROTTLED,
                                      .from = MONDAY + 44 * DAY + 12 * HOUR};
    struct coverage_fact bypass = {.source = COVERAGE_EXCHANGE,
                                   .kind = COVERAGE_FACT_BYPASS_ON,
                                   .who = BYPASSED,
                                   .from = MONDAY + 30 * DAY};
    coverage_tell(coverage, &throttled);
    coverage_tell(coverage, &bypass);
    bypass.kind = COVERAGE_FACT_BYPASS_OFF;
    bypass.from = MONDAY + 45 * DAY;
    coverage_tell(coverage, &bypass);
    coverage_seal(coverage);
    static const struct {
        uint32_t mailbox;
        int from, to; // days, the last belongs to it
        enum coverage_state state;
        enum coverage_cause cause;
        uint32_t active_days, person_days;
    } cases[] = {
        {WORKER, 42, 55, COVERAGE_COMPLETE, COVERAGE_SEEN, 10, 10},
        {WORKER, 47, 48, COVERAGE_COMPLETE, COVERAGE_QUIET, 0, 0}, // a weekend
        {SILENCED, 42, 55, COVERAGE_ABSENT, COVERAGE_SILENT, 2, 10},
        {SILENCED, 42, 42, COVERAGE_COMPLETE, COVERAGE_QUIET, 0, 1}, // one day may be leave
        {RARE, 42, 52, COVERAGE_COMPLETE, COVERAGE_SEEN, 1, 9},
        {NEVER, 42, 55, COVERAGE_COMPLETE, COVERAGE_QUIET, 0, 10},
        {THROTTLED, 42, 44, COVERAGE_PARTIAL, COVERAGE_THROTTLED, 3, 3},
        {THROTTLED, 45, 45, COVERAGE_PARTIAL, COVERAGE_THROTTLED, 1, 1},
        {THROTTLED, 46, 46, COVERAGE_COMPLETE, COVERAGE_SEEN, 1, 1},
        {BYPASSED, 42, 44, COVERAGE_PARTIAL, COVERAGE_BYPASSED, 3, 3},
        {BYPASSED, 28, 30, COVERAGE_PARTIAL, COVERAGE_BYPASSED, 3, 3},
        {BYPASSED, 45, 46, COVERAGE_COMPLETE, COVERAGE_SEEN, 2, 2},
        {WORKER, 60, 80, COVERAGE_PARTIAL, COVERAGE_LATE, 6, 6},
        {WORKER, -9, 3, COVERAGE_ABSENT, COVERAGE_BEFORE_FIRST, 4, 4},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct coverage_mailbox answer;
        coverage_of_mailbox(coverage, cases[i].mailbox, cases[i].mailbox,
                            MONDAY + cases[i].from * DAY, MONDAY + (cases[i].to + 1) * DAY - 1,
                            &answer);
        if (answer.answer.state != cases[i].state || answer.answer.cause != cases[i].cause ||
            answer.active_days != cases[i].active_days ||
            answer.person_days != cases[i].person_days)
            fail_msg("case %zu: %s, cause %d, %u and %u days, chance %g: %s", i,
                     coverage_state_name(answer.answer.state), answer.answer.cause,
                     answer.active_days, answer.person_days, answer.silent_chance,
                     answer.answer.why);
        assert_true(answer.answer.why[0] != 0);
    }
    struct coverage_mailbox answer;
    coverage_of_mailbox(coverage, SILENCED, SILENCED, MONDAY + 40 * DAY, MONDAY + 60 * DAY,
                        &answer);
    assert_int_equal(answer.silent_from, MONDAY + 40 * DAY); // with the weekend before
    assert_int_equal(answer.silent_to, MONDAY + 52 * DAY);
    assert_int_equal(answer.silent_person_days, 8);
    // Eight working days, each active in all other weeks (seven or six): (1 - 7.5/8)^8 or so.
    assert_true(answer.silent_chance > 1e-11 && answer.silent_chance < 1e-8);
    uint32_t mailboxes[3];
    assert_int_equal(coverage_mailboxes(coverage, mailboxes, 3), 5);
    assert_int_equal(mailboxes[0], WORKER);
    assert_int_equal(mailboxes[2], RARE);
    coverage_free(coverage);
}

// ---- order, merging, saving ---------------------------------------------------------------------

#define FACTS 20000

static void tell_fact(struct coverage *coverage, uint64_t i)
{
    uint64_t random = hash_mix(i * 13 + 3);
    struct coverage_record record = {
        .source = (enum coverage_source)(random % COVERAGE_SOURCE_COUNT),
        .time = MONDAY + (int64_t)(random >> 8 & 0x7ff) * HOUR,
        .arrival =
            random >> 20 & 1 ? MONDAY + (int64_t)(random >> 21 & 0xfff) * HOUR : INSTANT_NONE,
        .mailbox = (uint32_t)(random >> 40 & 31),
        .user = (uint32_t)(random >> 45 & 31),
    };
    if (random >> 50 == 5)
        record.time = -1;
    coverage_add(coverage, &record);
    if (random >> 60)
        return;
    struct coverage_fact fact = {
        .source = random >> 30 & 1 ? COVERAGE_EVERY : record.source,
        .kind = (enum coverage_fact_kind)(random % COVERAGE_FACT_KIND_COUNT),
        .who = (uint32_t)(random >> 24 & 3),
        .figure = (uint32_t)(random >> 26 & 7),
        .from = record.time,
        .to = record.time + (int64_t)(random >> 33 & 7) * HOUR,
    };
    coverage_tell(coverage, &fact);
}

static void assert_same_state(struct coverage *a, struct coverage *b)
{
    struct buf left, right;
    buf_init(&left);
    buf_init(&right);
    coverage_seal(a);
    coverage_seal(b);
    coverage_save(a, &left);
    coverage_save(b, &right);
    assert_int_equal(left.len, right.len);
    assert_memory_equal(left.at, right.at, left.len);
    buf_done(&left);
    buf_done(&right);
}

static void assert_same_answers(struct coverage *a, struct coverage *b)
{
    for (uint64_t i = 0; i < 3000; i++) {
        uint64_t random = hash_mix(i + 9);
        enum coverage_source source = (enum coverage_source)(random % COVERAGE_SOURCE_COUNT);
        int64_t time = MONDAY + (int64_t)(random >> 8 & 0xfff) * HOUR - 100 * HOUR;
        struct coverage_answer left, right;
        coverage_hour(a, source, time, &left);
        coverage_hour(b, source, time, &right);
        assert_int_equal(left.state, right.state);
        assert_string_equal(left.why, right.why);
        assert_string_equal(left.how, right.how);
    }
}

static void order_and_parts_do_not_matter(void **state)
{
    (void)state;
    struct coverage *all[5];
    for (size_t l = 0; l < COUNT(all); l++)
        all[l] = coverage_new();
    for (uint64_t i = 0; i < FACTS; i++) {
        tell_fact(all[0], i);
        tell_fact(all[1], FACTS - 1 - i);
        tell_fact(all[2 + hash_mix(i) % 3], i);
        if (i == FACTS / 2)
            coverage_seal(all[0]); // sealing in between changes nothing
    }
    assert_same_state(all[0], all[1]);
    assert_same_answers(all[0], all[1]);
    coverage_merge(all[4], all[2]);
    coverage_seal(all[4]);
    coverage_merge(all[3], all[4]);
    assert_same_state(all[0], all[3]);
    assert_same_answers(all[0], all[3]);
    for (size_t l = 0; l < COUNT(all); l++)
        coverage_free(all[l]);
}

static void what_is_saved_is_loaded(void **state)
{
    (void)state;
    struct coverage *coverage = coverage_new(), *again = coverage_new();
    for (uint64_t i = 0; i < FACTS; i++)
        tell_fact(coverage, i);
    struct buf saved;
    struct error error = {{0}};
    buf_init(&saved);
    coverage_seal(coverage);
    coverage_save(coverage, &saved);
    add(again, COVERAGE_TEAMS, MONDAY, 3);
    if (!coverage_load(again, buf_str(&saved), &error))
        fail_msg("%s", error.text);
    assert_same_state(coverage, again);
    assert_same_answers(coverage, again);
    tell_fact(coverage, FACTS);
    tell_fact(again, FACTS);
    assert_same_state(coverage, again);
    for (size_t len = 0; len < saved.len; len += 397)
        assert_false(coverage_load(again, str_of(saved.at, len), &error));
    for (size_t i = 0; i < saved.len; i += 211) {
        saved.at[i] ^= 8;
        assert_false(coverage_load(again, buf_str(&saved), &error));
        saved.at[i] ^= 8;
    }
    assert_same_state(coverage, again);
    buf_done(&saved);
    coverage_free(coverage);
    coverage_free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_have_names),
        cmocka_unit_test(a_silent_night_is_no_gap_and_a_silent_morning_is),
        cmocka_unit_test(a_known_arrival_settles_the_end),
        cmocka_unit_test(a_morning_with_a_tenth_is_thin),
        cmocka_unit_test(troubled_hours_teach_nothing),
        cmocka_unit_test(small_tenants_need_longer_silences),
        cmocka_unit_test(one_busy_night_makes_no_gap_of_the_others),
        cmocka_unit_test(a_silent_weekend_without_another_cannot_be_told),
        cmocka_unit_test(without_habit_silence_says_nothing),
        cmocka_unit_test(facts_are_reasons),
        cmocka_unit_test(exact_limits_are_suspicious),
        cmocka_unit_test(the_window_and_the_retention_explain_the_ends),
        cmocka_unit_test(too_many_facts_leave_nothing_complete),
        cmocka_unit_test(ranges_cover_the_span),
        cmocka_unit_test(absence_is_asserted_only_where_it_is_proved),
        cmocka_unit_test(times_that_cannot_be_do_no_harm),
        cmocka_unit_test(mailboxes_are_held_against_their_habit),
        cmocka_unit_test(order_and_parts_do_not_matter),
        cmocka_unit_test(what_is_saved_is_loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
