// Sets of days against plain arrays.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "baseline/day_set.h"

#define DAYS 700

static void instants_fall_on_days_rounded_down(void **state)
{
    (void)state;
    static const struct {
        int64_t instant;
        int32_t day;
    } cases[] = {{0, 0},         {DAY - 1, 0},        {DAY, 1}, {-1, -1}, {-DAY, -1},
                 {-DAY - 1, -2}, {20000 * DAY, 20000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(day_of(cases[i].instant), cases[i].day);
}

static bool is_expected(const bool there[DAYS], int newest, int day)
{
    return there[day] && newest - day < DAY_SET_SPAN;
}

static void the_last_days_are_exact_in_any_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct day_set whole = {0}, parts[2] = {{0}, {0}};
        bool there[DAYS] = {false};
        int newest = -1, span = seed % 2 ? DAYS : 100;
        for (uint64_t i = 0; i < 1 + seed % 60; i++) {
            uint64_t random = hash_mix(seed * 1000 + i);
            int day = (int)(random % (unsigned)span);
            there[day] = true;
            newest = day > newest ? day : newest;
            day_set_add(&whole, day - 300);
            day_set_add(&parts[random >> 40 & 1], day - 300);
        }
        day_set_merge(&parts[0], &parts[1]);
        assert_memory_equal(&whole, &parts[0], sizeof whole);
        assert_int_equal(whole.newest, newest - 300);
        int from = (int)(hash_mix(seed) % DAYS), to = from + (int)(seed % 80);
        unsigned count = 0, between = 0;
        for (int day = 0; day < DAYS; day++) {
            bool is_there = is_expected(there, newest, day);
            assert_int_equal(day_set_has(&whole, day - 300), is_there);
            count += is_there;
            between += is_there && day >= from && day <= to;
        }
        assert_int_equal(day_set_count(&whole), count);
        assert_int_equal(day_set_count_between(&whole, from - 300, to - 300), between);
        assert_int_equal(day_set_last(&whole), newest - 300);
        assert_true(day_set_has(&whole, day_set_first(&whole)));
        day_set_remove(&whole, from - 300, to - 300);
        assert_int_equal(day_set_count(&whole), count - between);
    }
}

static void nothing_is_removed_by_an_empty_interval(void **state)
{
    (void)state;
    for (int32_t day = -300; day <= 300; day++) {
        struct day_set set = {0};
        day_set_add(&set, day);
        day_set_remove(&set, 1, 0);
        assert_int_equal(day_set_count(&set), 1);
        assert_int_equal(day_set_first(&set), day);
        assert_int_equal(day_set_count_between(&set, INT32_MIN, day - 1), 0);
        assert_int_equal(day_set_count_between(&set, day, INT32_MAX), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_fall_on_days_rounded_down),
        cmocka_unit_test(the_last_days_are_exact_in_any_order),
        cmocka_unit_test(nothing_is_removed_by_an_empty_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
