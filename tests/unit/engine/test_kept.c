// What a state keeps: it comes back, whatever rules a run uses; what is old goes; nothing counts twice.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/engine/kept_run.h"

// ---- tests ------------------------------------------------------------------------------------

static void what_is_kept_comes_back(void **state)
{
    (void)state;
    struct run first, next;
    struct buf bytes, again;
    struct error error;
    buf_init(&bytes);
    buf_init(&again);
    begin(&first, true);
    fill(&first);
    write_state(&first, &bytes);
    end(&first);

    begin(&next, true);
    load(&next, &bytes);
    assert_int_equal(activity_log_count(kept_activities(next.kept)), 5);
    struct finding_collector *collector = finding_collector_new(&next.set);
    struct finding_list findings;
    assert_true(kept_add_matches(next.kept, collector, &error));
    finding_finish(collector, &findings);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.items[0].event_count, 6);
    assert_true(str_is(findings.items[0].events[0], GUID "0"));
    assert_true(str_is(findings.items[0].entities[0].text, "ann@contoso.example"));
    finding_list_done(&findings);
    finding_collector_free(collector);
    struct observation_log *kept = kept_observations(next.kept, &next.observed, 1, &error);
    assert_int_equal(count_rows(kept), 6);
    assert_int_equal(count_rows(next.kept->readings), 10);
    write_state(&next, &again);
    assert_true(str_equal(buf_str(&bytes), buf_str(&again)));
    end(&next);
    buf_done(&bytes);
    buf_done(&again);
}

// A run that reads the same records once more leaves the same state.
static void what_is_read_again_counts_once(void **state)
{
    (void)state;
    struct run first, next;
    struct buf bytes, again;
    struct error error;
    buf_init(&bytes);
    buf_init(&again);
    begin(&first, true);
    fill(&first);
    write_state(&first, &bytes);
    end(&first);
    begin(&next, true);
    load(&next, &bytes);
    fill(&next);
    struct observation_log *kept = kept_observations(next.kept, &next.observed, 1, &error);
    assert_int_equal(count_rows(kept), 5); // the one without Id is among this run's
    write_state(&next, &again);
    assert_true(str_equal(buf_str(&bytes), buf_str(&again)));
    end(&next);
    buf_done(&bytes);
    buf_done(&again);
}

static void a_run_with_other_rules_loses_nothing(void **state)
{
    (void)state;
    struct run first, other, next;
    struct buf bytes, between, again;
    buf_init(&bytes);
    buf_init(&between);
    buf_init(&again);
    begin(&first, true);
    fill(&first);
    write_state(&first, &bytes);
    end(&first);

    begin(&other, false);
    load(&other, &bytes);
    assert_int_equal(count_rows(other.kept->observations), 0);
    assert_int_equal(count_rows(other.kept->aside), 6);
    write_state(&other, &between);
    end(&other);

    begin(&next, true);
    load(&next, &between);
    assert_int_equal(count_rows(next.kept->observations), 6);
    write_state(&next, &again);
    assert_true(str_equal(buf_str(&bytes), buf_str(&again)));
    end(&next);
    buf_done(&bytes);
    buf_done(&between);
    buf_done(&again);
}

static void what_is_old_goes(void **state)
{
    (void)state;
    struct run run, next;
    struct buf bytes;
    buf_init(&bytes);
    begin(&run, true);
    for (int day = 0; day < 200; day++) {
        char id[37];
        snprintf(id, sizeof id, "record-%d", day);
        gather(&run, 1, START + day * DAY, id);
        add_reading(&run, START + day * DAY, (uint64_t)day + 1, "<m@x>");
        for (int i = 0; i < 20; i++)
            add_activity(&run, START + day * DAY + i, (uint64_t)day * 100 + (uint64_t)i);
    }
    add_activity(&run, START + 300 * DAY, 5);               // a wrong clock, one in thousands
    add_activity(&run, INT64_C(9000000000000) * SECOND, 6); // of no year that is known
    add_activity(&run, INT64_C(90000000000) * SECOND, 7);   // of the year 4821
    add_activity(&run, INSTANT_NONE, 8);
    write_state(&run, &bytes);
    assert_true(run.kept->newest == START + 199 * DAY + 18 ||
                run.kept->newest == START + 199 * DAY + 16);
    assert_int_equal(run.kept->from_activity, run.kept->newest - KEPT_WINDOW);
    assert_int_equal(run.kept->unkept, 1);
    end(&run);
    begin(&next, true);
    load(&next, &bytes);
    uint64_t days = activity_log_count(kept_activities(next.kept)) / 20;
    assert_true(days == 90 || days == 91);
    assert_int_equal(count_rows(next.kept->matches), 90);
    assert_int_equal(count_rows(next.kept->readings), 2 * 90);
    end(&next);
    buf_done(&bytes);
}

// A machine whose clock is far behind still keeps what it reads, and a record of the future among the others does
// not push them out.
static void a_clock_behind_loses_nothing(void **state)
{
    (void)state;
    const int64_t future = INT64_C(7000000000) * SECOND; // in 2191
    for (int is_mixed = 0; is_mixed < 2; is_mixed++) {
        struct run run, next;
        struct buf bytes;
        buf_init(&bytes);
        begin(&run, true);
        for (int i = 0; i < 5; i++) {
            char id[37];
            snprintf(id, sizeof id, "record-%d", i);
            gather(&run, 1, (is_mixed ? START : future) + i * HOUR, id);
            add_activity(&run, (is_mixed ? START : future) + i * HOUR, (uint64_t)i + 1);
        }
        if (is_mixed)
            add_activity(&run, future, 9);
        write_state(&run, &bytes);
        assert_int_equal(run.kept->newest, (is_mixed ? START : future) + 4 * HOUR);
        end(&run);
        begin(&next, true);
        load(&next, &bytes);
        assert_int_equal(activity_log_count(kept_activities(next.kept)), is_mixed ? 6 : 5);
        assert_int_equal(count_rows(next.kept->matches), 5);
        end(&next);
        buf_done(&bytes);
    }
}

static void save_other(const void *module, struct buf *out)
{
    buf_add(out, str_from(module));
}

// Sections of other programs, or of modules that are not in use, stay as they are.
static void foreign_sections_stay(void **state)
{
    (void)state;
    static const struct state_section section = {"habit", 1, save_other, NULL};
    static char content[] = "of another";
    struct state_part part = {&section, content};
    struct state read;
    struct run run;
    struct buf bytes, again;
    struct error error;
    buf_init(&bytes);
    buf_init(&again);
    assert_true(state_save(NULL, &part, 1, &bytes, &error));
    begin(&run, true);
    load(&run, &bytes);
    fill(&run);
    write_state(&run, &again);
    assert_true(state_read(&read, buf_str(&again), &error));
    assert_int_equal(read.count, KEPT_SECTION_COUNT + 1);
    bool is_there = false;
    for (unsigned i = 0; i < read.count; i++)
        is_there = is_there || (strcmp(read.contents[i].name, "habit") == 0 &&
                                str_is(read.contents[i].bytes, "of another"));
    assert_true(is_there);
    end(&run);
    buf_done(&bytes);
    buf_done(&again);
}

// What the limits demand: half of the time, and half again, and in the end nothing.
static void less_is_kept_by_halves(void **state)
{
    (void)state;
    struct kept kept = {.newest = START + 8 * DAY};
    int64_t from = kept_later(&kept, START);
    assert_int_equal(from, START + 4 * DAY + 1);
    for (int i = 0; i < 64 && from != INT64_MAX; i++)
        from = kept_later(&kept, from);
    assert_true(from == INT64_MAX);
    kept.newest = INSTANT_NONE;
    assert_true(kept_later(&kept, INSTANT_NONE) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_comes_back),
        cmocka_unit_test(what_is_read_again_counts_once),
        cmocka_unit_test(a_run_with_other_rules_loses_nothing),
        cmocka_unit_test(what_is_old_goes),
        cmocka_unit_test(a_clock_behind_loses_nothing),
        cmocka_unit_test(foreign_sections_stay),
        cmocka_unit_test(less_is_kept_by_halves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
