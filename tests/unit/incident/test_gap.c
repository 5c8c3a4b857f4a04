// What the logs cannot tell of an incident: what overlaps it, and no more.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "incident/gap.h"

#define MONDAY (INT64_C(1704067200) * SECOND) // 2024-01-01T00:00Z
#define DAYS 28
#define AT(day, hour) (MONDAY + (day)*DAY + (hour)*HOUR)

// Every source but `absent` has its records in every hour.
static struct coverage *all_hours(enum coverage_source absent)
{
    struct coverage *coverage = coverage_new();
    for (int source = 0; source < COVERAGE_SOURCE_COUNT; source++)
        for (int64_t hour = 0; hour < DAYS * 24 && source != (int)absent; hour++)
            for (int i = 0; i < 20; i++)
                coverage_add(coverage,
                             &(struct coverage_record){.source = (enum coverage_source)source,
                                                       .time = MONDAY + hour * HOUR + i * MINUTE,
                                                       .arrival = INSTANT_NONE});
    return coverage;
}

// Hours from `from` up to the one before `to`.
static void tell_unread(struct coverage *coverage, enum coverage_source source, int64_t from,
                        int64_t to)
{
    coverage_tell(coverage, &(struct coverage_fact){.source = source,
                                                    .kind = COVERAGE_FACT_UNREAD,
                                                    .figure = 1,
                                                    .from = from,
                                                    .to = to - 1});
}

// One mailbox, read from `first` to `last`.
struct looking {
    struct arena arena;
    struct coverage *coverage;
    struct incident_mailbox mailbox;
    struct incident incident;
};

static void look(struct looking *l, int64_t first, int64_t last)
{
    arena_init(&l->arena);
    coverage_seal(l->coverage);
    l->mailbox = (struct incident_mailbox){.first = first, .last = last};
    l->incident = (struct incident){
        .first = first, .last = last, .mailboxes = &l->mailbox, .mailbox_count = 1};
    incident_find_gaps(&l->incident, l->coverage, &l->arena);
}

static void looking_done(struct looking *l)
{
    coverage_free(l->coverage);
    arena_done(&l->arena);
}

static void complete_logs_have_no_gap(void **state)
{
    struct looking l = {.coverage = all_hours(COVERAGE_SOURCE_COUNT)};
    (void)state;
    look(&l, AT(15, 3), AT(15, 9));
    assert_int_equal(l.incident.gap_count, 0);
    assert_int_equal(l.mailbox.unknown_count, 0);
    looking_done(&l);
}

static void only_what_overlaps_is_a_gap(void **state)
{
    static const struct {
        const char *what;
        enum coverage_source source;
        int64_t from, to;
        size_t gaps, unknown;
    } cases[] = {
        {"within", COVERAGE_EXCHANGE, AT(15, 4), AT(15, 6), 1, 1},
        {"up to the first event", COVERAGE_EXCHANGE, AT(15, 1), AT(15, 3), 0, 0},
        {"an hour into it", COVERAGE_EXCHANGE, AT(15, 1), AT(15, 4), 1, 1},
        {"the hour of the last event", COVERAGE_EXCHANGE, AT(15, 9), AT(15, 11), 1, 0},
        {"after it", COVERAGE_EXCHANGE, AT(15, 10), AT(15, 11), 0, 0},
        {"sign-ins a day before", COVERAGE_INTERACTIVE, AT(14, 0), AT(14, 1), 1, 0},
        {"tokens a day before", COVERAGE_NON_INTERACTIVE, AT(14, 0), AT(14, 1), 1, 0},
        {"sign-ins before any token's life", COVERAGE_INTERACTIVE, AT(13, 20), AT(13, 23), 0, 0},
        {"tokens of applications that lived", COVERAGE_SERVICE_PRINCIPAL, AT(14, 2), AT(14, 4), 1,
         0},
        {"and that did not", COVERAGE_SERVICE_PRINCIPAL, AT(14, 1), AT(14, 3), 0, 0},
        {"sign-ins after", COVERAGE_INTERACTIVE, AT(15, 10), AT(15, 12), 0, 0},
        {"a log that says nothing of it", COVERAGE_TEAMS, AT(15, 4), AT(15, 6), 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct looking l = {.coverage = all_hours(COVERAGE_SOURCE_COUNT)};
        tell_unread(l.coverage, cases[i].source, cases[i].from, cases[i].to);
        look(&l, AT(15, 3), AT(15, 9));
        if (l.incident.gap_count != cases[i].gaps || l.mailbox.unknown_count != cases[i].unknown)
            fail_msg("%s: %zu gaps, %zu unknown", cases[i].what, l.incident.gap_count,
                     l.mailbox.unknown_count);
        for (size_t g = 0; g < l.incident.gap_count; g++)
            assert_true(l.incident.gaps[g].what.len && l.incident.gaps[g].why.len);
        looking_done(&l);
    }
}

static void unknown_times_are_cut_to_when_the_attacker_was_there(void **state)
{
    static const struct {
        int64_t first, last, from, to; // of the mailbox; of the unknown time, 0: none
    } cases[] = {
        {AT(15, 3), AT(15, 9), AT(15, 4), AT(15, 6)},
        {AT(15, 5), AT(15, 9), AT(15, 5), AT(15, 6)},
        {AT(15, 3), AT(15, 5) + 7, AT(15, 4), AT(15, 5) + 7},
        {AT(15, 5), AT(15, 5) + 7, AT(15, 5), AT(15, 5) + 7},
        {AT(15, 7), AT(15, 9), 0, 0},
        {AT(15, 1), AT(15, 4), 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct looking l = {.coverage = all_hours(COVERAGE_SOURCE_COUNT)};
        tell_unread(l.coverage, COVERAGE_EXCHANGE, AT(15, 4), AT(15, 6));
        coverage_seal(l.coverage);
        arena_init(&l.arena);
        l.mailbox = (struct incident_mailbox){.first = cases[i].first, .last = cases[i].last};
        l.incident = (struct incident){
            .first = AT(15, 1), .last = AT(15, 10), .mailboxes = &l.mailbox, .mailbox_count = 1};
        incident_find_gaps(&l.incident, l.coverage, &l.arena);
        assert_int_equal(l.incident.gap_count, 1);
        assert_int_equal(l.mailbox.unknown_count, cases[i].from != 0);
        if (cases[i].from) {
            assert_int_equal(l.mailbox.unknown[0].from, cases[i].from);
            assert_int_equal(l.mailbox.unknown[0].to, cases[i].to);
            assert_true(str_equal(l.mailbox.unknown[0].why, l.incident.gaps[0].why));
        }
        looking_done(&l);
    }
}

static void a_log_that_is_not_there_is_one_gap(void **state)
{
    struct looking l = {.coverage = all_hours(COVERAGE_NON_INTERACTIVE)};
    (void)state;
    look(&l, AT(15, 3), AT(15, 9));
    assert_int_equal(l.incident.gap_count, 1);
    assert_true(str_is(l.incident.gaps[0].what, "Which tokens were issued without the user."));
    assert_true(l.incident.gaps[0].how.len > 0);
    looking_done(&l);
}

static void gaps_are_listed_up_to_the_limit(void **state)
{
    struct looking l = {.coverage = all_hours(COVERAGE_SOURCE_COUNT)};
    (void)state;
    for (int hour = 0; hour < 2 * (GAP_LIMIT + 10); hour += 2)
        tell_unread(l.coverage, COVERAGE_EXCHANGE, AT(10, hour), AT(10, hour + 1));
    look(&l, AT(9, 0), AT(20, 0));
    assert_int_equal(l.incident.gap_count, GAP_LIMIT);
    assert_int_equal(l.mailbox.unknown_count, GAP_LIMIT);
    for (size_t i = 0; i < GAP_LIMIT; i++) // the first ones, in order of time
        assert_int_equal(l.mailbox.unknown[i].from, AT(10, 2 * (int64_t)i));
    looking_done(&l);
}

static void an_incident_without_a_time_has_no_gaps(void **state)
{
    struct looking l = {.coverage = all_hours(COVERAGE_EXCHANGE)};
    (void)state;
    look(&l, INSTANT_NONE, INSTANT_NONE);
    assert_int_equal(l.incident.gap_count, 0);
    looking_done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_logs_have_no_gap),
        cmocka_unit_test(only_what_overlaps_is_a_gap),
        cmocka_unit_test(unknown_times_are_cut_to_when_the_attacker_was_there),
        cmocka_unit_test(a_log_that_is_not_there_is_one_gap),
        cmocka_unit_test(gaps_are_listed_up_to_the_limit),
        cmocka_unit_test(an_incident_without_a_time_has_no_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
