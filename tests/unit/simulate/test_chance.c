// Chance: the same numbers on every machine, spread as they should be.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void numbers_are_the_same_on_every_machine(void **state)
{
    (void)state;
    // The first numbers of splitmix64 from 0, as its authors' own code gives them.
    struct chance chance = {0};
    assert_true(chance_next(&chance) == UINT64_C(0xe220a8397b1dcdaf));
    assert_true(chance_next(&chance) == UINT64_C(0x6e789e6aa1b965f4));
    assert_true(chance_next(&chance) == UINT64_C(0x06c45d188009454f));
}

static void actors_have_streams_of_their_own(void **state)
{
    (void)state;
    struct chance a = chance_of(1, "person", 0), b = chance_of(1, "person", 1),
                  c = chance_of(1, "plot", 0), d = chance_of(2, "person", 0),
                  e = chance_of(1, "person", 0);
    uint64_t first = chance_next(&a);
    assert_true(first != chance_next(&b));
    assert_true(first != chance_next(&c));
    assert_true(first != chance_next(&d));
    assert_true(first == chance_next(&e));
}

static void numbers_stay_in_range_and_reach_its_ends(void **state)
{
    (void)state;
    struct chance chance = chance_of(1, "test", 0);
    bool has_low = false, has_high = false;
    for (int i = 0; i < 10000; i++) {
        uint32_t number = chance_between(&chance, 5, 9);
        assert_in_range(number, 5, 9);
        has_low |= number == 5;
        has_high |= number == 9;
        assert_int_equal(chance_below(&chance, 1), 0);
    }
    assert_true(has_low && has_high);
    assert_false(chance_in(&chance, 0, 100));
    assert_true(chance_in(&chance, 100, 100));
}

static void gaps_have_the_mean_asked_for(void **state)
{
    (void)state;
    struct chance chance = chance_of(1, "test", 1);
    const int64_t mean = 1000000;
    int64_t sum = 0, short_ones = 0;
    for (int i = 0; i < 100000; i++) {
        int64_t gap = chance_gap(&chance, mean);
        assert_true(gap >= 0 && gap <= 34 * mean);
        sum += gap;
        short_ones += gap < mean;
    }
    // The straight line in place of the logarithm costs some percent.
    assert_in_range(sum / 100000, 900000, 1100000);
    // Of an exponential distribution 63 % are below the mean.
    assert_in_range(short_ones, 58000, 68000);
}

static void weights_are_kept(void **state)
{
    (void)state;
    static const uint16_t weights[] = {0, 30, 70, 0};
    struct chance chance = chance_of(1, "test", 2);
    int counts[4] = {0};
    for (int i = 0; i < 10000; i++)
        counts[chance_pick(&chance, weights, 4)]++;
    assert_int_equal(counts[0] + counts[3], 0);
    assert_in_range(counts[1], 2800, 3200);
}

static void identifiers_are_version_4(void **state)
{
    (void)state;
    struct chance chance = chance_of(1, "test", 3);
    int endings[3] = {0};
    for (int i = 0; i < 1000; i++) {
        struct guid guid = chance_request(&chance);
        assert_int_equal(guid.at[6] >> 4, 4);
        assert_int_equal(guid.at[8] >> 6, 2);
        assert_in_range(guid.at[15], 0, 2);
        endings[guid.at[15]]++;
    }
    assert_true(endings[0] > 850 && endings[1] > 0 && endings[2] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_the_same_on_every_machine),
        cmocka_unit_test(actors_have_streams_of_their_own),
        cmocka_unit_test(numbers_stay_in_range_and_reach_its_ends),
        cmocka_unit_test(gaps_have_the_mean_asked_for),
        cmocka_unit_test(weights_are_kept),
        cmocka_unit_test(identifiers_are_version_4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
