// A state stays within its limits, whatever comes: the newest is what is kept, and it is said.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/engine/kept_run.h"

#define HOURS 800

static void fill_hours(struct run *run)
{
    for (int i = 0; i < HOURS; i++) {
        char id[37], message[48];
        snprintf(id, sizeof id, "record-%d", i);
        snprintf(message, sizeof message, "<message-%d@contoso.example>", i / 3);
        gather(run, i, START + i * HOUR, id);
        add_activity(run, START + i * HOUR, (uint64_t)i + 1);
        add_reading(run, START + i * HOUR, (uint64_t)i + 1, message);
    }
}

struct kept_extent {
    size_t bytes[KEPT_SECTION_COUNT];
    int64_t activity, match, reading; // from when on
};

// Writes a state with limits, which loads again, and tells how much of it there is.
static struct kept_extent write_limited(const struct kept_limits *limits, size_t *activities,
                                        size_t *matches, size_t *readings)
{
    struct run run, next;
    struct buf bytes;
    struct kept_extent extent;
    struct state read;
    struct error error;
    buf_init(&bytes);
    begin(&run, true);
    if (limits)
        run.kept->limits = *limits;
    fill_hours(&run);
    write_state(&run, &bytes);
    assert_true(state_read(&read, buf_str(&bytes), &error));
    assert_int_equal(read.count, KEPT_SECTION_COUNT); // in order of their names, as here
    for (int i = 0; i < KEPT_SECTION_COUNT; i++)
        extent.bytes[i] = read.contents[i].bytes.len;
    extent.activity = run.kept->from_activity;
    extent.match = run.kept->from_match;
    extent.reading = run.kept->from_reading;
    end(&run);
    begin(&next, true);
    load(&next, &bytes);
    *activities = activity_log_count(kept_activities(next.kept));
    *matches = count_rows(next.kept->matches);
    *readings = count_rows(next.kept->readings);
    end(&next);
    buf_done(&bytes);
    return extent;
}

static const struct kept_limits no_limits = {UINT64_MAX / 2, UINT64_MAX / 2, NO_LIMIT,
                                             NO_LIMIT,       NO_LIMIT,       NO_LIMIT};

static void without_limits_all_is_kept(void **state)
{
    (void)state;
    size_t activities, matches, readings;
    struct kept_extent extent = write_limited(NULL, &activities, &matches, &readings);
    assert_int_equal(activities, HOURS);
    assert_int_equal(matches, HOURS);
    assert_int_equal(readings, 2 * HOURS);
    assert_true(extent.activity < START && extent.match < START && extent.reading < START);
}

static void rows_are_limited(void **state)
{
    (void)state;
    size_t activities, matches, readings;
    struct kept_limits limits = no_limits;
    limits.activities = 300;
    limits.matches = 300; // and as many observations
    struct kept_extent extent = write_limited(&limits, &activities, &matches, &readings);
    assert_in_range(activities, 1, 300);
    assert_in_range(matches, 1, 150);
    assert_int_equal(readings, 2 * HOURS);
    assert_true(extent.activity > START && extent.match > START && extent.reading < START);
}

static void bytes_are_limited(void **state)
{
    (void)state;
    size_t activities, matches, readings;
    const struct kept_extent all = write_limited(NULL, &activities, &matches, &readings);
    for (size_t part = 2; part < 1000; part *= 3) {
        struct kept_limits limits = no_limits;
        limits.activity_bytes = all.bytes[KEPT_ACTIVITY] / part;
        limits.match_bytes = all.bytes[KEPT_MATCH] / part;
        limits.others_bytes = all.bytes[KEPT_READING] / part;
        struct kept_extent extent = write_limited(&limits, &activities, &matches, &readings);
        assert_true(extent.bytes[KEPT_ACTIVITY] <= limits.activity_bytes);
        assert_true(extent.bytes[KEPT_MATCH] <= limits.match_bytes + 300); // names of rules
        assert_true(extent.bytes[KEPT_READING] <= limits.others_bytes);
        assert_true(extent.activity > START && extent.match > START && extent.reading > START);
        // The first rows tell most of the texts, so that of others a little more has room.
        assert_in_range(activities, 0, HOURS / part + HOURS / 20);
        assert_in_range(matches, 0, HOURS / part + HOURS / 20);
        // Hours go here, not halves: there is not much less than there is room for.
        assert_in_range(readings, part < 50 ? HOURS / part : 0, 3 * HOURS / part);
    }
}

static void nothing_fits_into_nothing(void **state)
{
    (void)state;
    size_t activities, matches, readings;
    const struct kept_limits limits = {0};
    struct kept_extent extent = write_limited(&limits, &activities, &matches, &readings);
    assert_int_equal(activities + matches + readings, 0);
    assert_int_equal(extent.bytes[KEPT_ACTIVITY] + extent.bytes[KEPT_READING], 0);
}

// What attackers read has a limit of its own, by halves of the time.
static void reported_pieces_are_limited(void **state)
{
    (void)state;
    struct scope_item item = {S("<m@x>"), S(""), S("\\Inbox"), 10};
    for (int is_limited = 0; is_limited < 2; is_limited++) {
        struct run run, next;
        struct buf bytes;
        buf_init(&bytes);
        begin(&run, true);
        if (is_limited)
            run.kept->limits.reported_bytes = 5000;
        for (int i = 0; i < HOURS; i++) {
            struct scope_reading reading = {
                .identity = (uint64_t)i + 1, .record = S("r"), .items = &item, .count = 1};
            add_activity(&run, START + i * HOUR, (uint64_t)i + 1);
            kept_reading(run.kept, START + i * HOUR, &reading);
        }
        write_state(&run, &bytes);
        end(&run);
        begin(&next, true);
        load(&next, &bytes);
        if (is_limited)
            assert_in_range(next.kept->piece_count, 1, 5000 / 20);
        else
            assert_int_equal(next.kept->piece_count, HOURS);
        end(&next);
        buf_done(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_limits_all_is_kept),  cmocka_unit_test(rows_are_limited),
        cmocka_unit_test(bytes_are_limited),           cmocka_unit_test(nothing_fits_into_nothing),
        cmocka_unit_test(reported_pieces_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
