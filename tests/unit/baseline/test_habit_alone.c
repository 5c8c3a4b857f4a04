// Days that were spent with one value alone: weekdays of the value, those without any other, and others between.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/instant.h"
#include "baseline/day_set.h"
#include "baseline/habit_ask.h"
#include "support/habits.h"

#define PERSON 0
#define OTHER_PERSON 1
#define HOME 501
#define OFFICE 502
#define TRAIN 503

#define MONDAY 20577 // 2026-05-04, a Monday; day 0 of the cases

static void use_as(struct habit *habit, enum habit_kind kind, uint32_t subject,
                   enum habit_facet facet, uint32_t value, int64_t day)
{
    habits_add(habit, 0,
               (struct habit_fact){.time = day * DAY + 9 * HOUR,
                                   .subject = subject,
                                   .value = value,
                                   .count = 1,
                                   .kind = (uint8_t)kind,
                                   .facet = (uint8_t)facet});
}

static void use(struct habit *habit, uint32_t value, int64_t day)
{
    use_as(habit, HABIT_USER, PERSON, HABIT_NETWORK, value, day);
}

static struct habit_alone ask(struct habit *habit, uint32_t value)
{
    habit_settle(habit);
    return habit_ask_alone(habit, HABIT_USER, PERSON, HABIT_NETWORK, value);
}

// One letter a day from a Monday on: h home, o office, t train, b home and office, . nothing.
static void live(struct habit *habit, const char *days, int64_t first)
{
    for (int64_t day = first; *days; days++, day++) {
        if (*days == 'h' || *days == 'b')
            use(habit, HOME, day);
        if (*days == 'o' || *days == 'b')
            use(habit, OFFICE, day);
        if (*days == 't')
            use(habit, TRAIN, day);
    }
}

static const struct {
    const char *what, *days;
    unsigned weekdays, alone, others_between;
} cases[] = {
    {"never there", "ooooo..ooooo", 0, 0, 0},
    {"always there", "hhhhh..hhhhh", 10, 10, 0},
    {"weekends do not count", "ooooohhooooohh", 0, 0, 0},
    {"nor where both are there on a weekend", "hhhhhbbhhhhh", 10, 10, 0},
    {"a Friday and a Monday", "....h..h", 2, 2, 0},
    {"with another on the same day", "bbbbb", 5, 0, 0},
    {"some days with another", "hbhbh", 5, 3, 2},
    {"between days elsewhere", "oohoo", 1, 1, 0},
    {"days elsewhere between", "hoohh", 3, 3, 2},
    {"two other values", "hothh", 3, 3, 2},
    {"days elsewhere before and after do not count", "oohhoo", 2, 2, 0},
    {"nor on weekends between",
     "ooooh"
     "oo"
     "hoooo",
     2, 2, 0},
    {"days shared before the first alone", "bohhh", 4, 3, 0},
    {"days shared after the last alone", "hhhob", 4, 3, 0},
    {"one day alone", "h", 1, 1, 0},
    {"quiet days between", "h.h.h", 3, 3, 0},
};

static void check_from(int64_t first)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct habit *habit = habit_new(0);
        live(habit, cases[i].days, first);
        struct habit_alone got = ask(habit, HOME);
        if (got.weekdays != cases[i].weekdays || got.alone != cases[i].alone ||
            got.others_between != cases[i].others_between)
            fail_msg("%s, from day %lld: %u weekdays, %u alone, %u others between", cases[i].what,
                     (long long)first, got.weekdays, got.alone, got.others_between);
        habit_free(habit);
    }
}

static void weekdays_alone_and_others_between(void **state)
{
    (void)state;
    check_from(MONDAY);
}

// Weeks begin on Mondays before 1970 too, and day 0 itself is a day like others (a Thursday).
static void days_before_1970_are_the_same(void **state)
{
    (void)state;
    assert_int_equal((MONDAY + 3) % 7, 0);
    for (int64_t weeks = 1; weeks <= 3; weeks++)
        check_from(-3 - 7 * (weeks - 1)); // 1969-12-29 and the Mondays before
    check_from(MONDAY - 7 * 10000);
}

static void day_zero_is_told_from_no_day(void **state)
{
    struct habit *habit = habit_new(0);
    (void)state;
    live(habit, "h", 0); // the first day alone
    live(habit, "o", 1);
    live(habit, "h", 4);
    struct habit_alone got = ask(habit, HOME);
    assert_int_equal(got.alone, 2);
    assert_int_equal(got.others_between, 1);
    habit_free(habit);
}

static void only_this_person_kind_and_facet_count(void **state)
{
    struct habit *habit = habit_new(0);
    (void)state;
    live(habit, "hhhhh", MONDAY);
    for (int64_t day = MONDAY; day < MONDAY + 5; day++) {
        use_as(habit, HABIT_USER, OTHER_PERSON, HABIT_NETWORK, OFFICE, day);
        use_as(habit, HABIT_MAILBOX, PERSON, HABIT_NETWORK, OFFICE, day);
        use_as(habit, HABIT_USER, PERSON, HABIT_COUNTRY, OFFICE, day);
    }
    struct habit_alone got = ask(habit, HOME);
    assert_int_equal(got.weekdays, 5);
    assert_int_equal(got.alone, 5);
    assert_int_equal(got.others_between, 0);
    got = ask(habit, TRAIN); // a value that nobody has
    assert_int_equal(got.weekdays + got.alone + got.others_between, 0);
    got = habit_ask_alone(habit, HABIT_USER, 77, HABIT_NETWORK,
                          HOME); // a person of whom nothing is known
    assert_int_equal(got.weekdays + got.alone + got.others_between, 0);
    habit_free(habit);
}

// ---- what is older than the span --------------------------------------------------------------

static void only_the_last_256_days_count(void **state)
{
    struct habit *habit = habit_new(0);
    unsigned weekdays = 0;
    (void)state;
    for (int64_t day = MONDAY; day < MONDAY + 600; day++)
        use(habit, HOME, day);
    for (int64_t day = MONDAY + 600 - DAY_SET_SPAN; day < MONDAY + 600; day++)
        weekdays += (day - MONDAY) % 7 < 5;
    struct habit_alone got = ask(habit, HOME);
    assert_int_equal(got.weekdays, weekdays);
    assert_int_equal(got.alone, weekdays);
    habit_free(habit);
}

// Whether a thief was there, too, on days that are forgotten cannot be told: they are not taken for days alone.
static void forgotten_days_of_the_others_are_not_days_alone(void **state)
{
    struct habit *habit = habit_new(0);
    (void)state;
    live(habit, "bbbbb", MONDAY);
    for (int64_t day = MONDAY + 7; day < MONDAY + 7 + 300; day++)
        use(habit, OFFICE, day);
    struct habit_alone got = ask(habit, HOME);
    assert_int_equal(got.alone, 0);
    assert_int_equal(got.weekdays, 0);
    assert_int_equal(got.others_between, 0);
    habit_free(habit);
}

// The last day that is forgotten and the first that is not.
static void days_count_from_the_first_that_both_have(void **state)
{
    (void)state;
    for (int gap = DAY_SET_SPAN - 3; gap <= DAY_SET_SPAN + 3; gap++) {
        struct habit *habit = habit_new(0);
        live(habit, "hhh", MONDAY);
        live(habit, "o", MONDAY + gap);
        struct habit_alone got = ask(habit, HOME);
        int first = gap - DAY_SET_SPAN + 1; // that is kept
        assert_int_equal(got.alone, first <= 0 ? 3 : first >= 3 ? 0 : 3 - first);
        assert_int_equal(got.weekdays, got.alone);
        habit_free(habit);
    }
}

// ---- against a plain count --------------------------------------------------------------------

static uint64_t next_random(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15;
    return hash_mix(*seed);
}

static struct habit_alone count_plainly(const bool home[], const bool other[], int64_t first,
                                        int days)
{
    struct habit_alone plain = {0};
    int from = -1, to = -1;
    for (int day = 0; day < days; day++) {
        int64_t weekday = ((first + day - MONDAY) % 7 + 7) % 7;
        if (!home[day] || weekday > 4)
            continue;
        plain.weekdays++;
        if (other[day])
            continue;
        plain.alone++;
        from = from < 0 ? day : from;
        to = day;
    }
    for (int day = from; from >= 0 && day <= to; day++)
        plain.others_between += other[day] && ((first + day - MONDAY) % 7 + 7) % 7 < 5;
    return plain;
}

static void random_lives_are_counted_as_by_hand(void **state)
{
    enum { DAYS = 200 };
    uint64_t seed = 20260504;
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct habit *habit = habit_new(0);
        bool home[DAYS] = {false}, other[DAYS] = {false};
        int64_t first = (int64_t)(next_random(&seed) % 400) - 200 +
                        (round % 2 ? MONDAY : 0); // around 1970 and around 2026
        unsigned often = 1 + (unsigned)(next_random(&seed) % 6);
        for (unsigned i = 0; i < DAYS; i++) { // in no order of time
            unsigned day = (unsigned)(next_random(&seed) % DAYS);
            bool is_home = next_random(&seed) % often == 0;
            use(habit,
                is_home                  ? HOME
                : next_random(&seed) % 2 ? OFFICE
                                         : TRAIN,
                first + (int64_t)day);
            *(is_home ? &home[day] : &other[day]) = true;
        }
        struct habit_alone got = ask(habit, HOME);
        struct habit_alone wanted = count_plainly(home, other, first, DAYS);
        if (got.weekdays != wanted.weekdays || got.alone != wanted.alone ||
            got.others_between != wanted.others_between)
            fail_msg("round %d: %u %u %u instead of %u %u %u", round, got.weekdays, got.alone,
                     got.others_between, wanted.weekdays, wanted.alone, wanted.others_between);
        habit_free(habit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weekdays_alone_and_others_between),
        cmocka_unit_test(days_before_1970_are_the_same),
        cmocka_unit_test(day_zero_is_told_from_no_day),
        cmocka_unit_test(only_this_person_kind_and_facet_count),
        cmocka_unit_test(only_the_last_256_days_count),
        cmocka_unit_test(forgotten_days_of_the_others_are_not_days_alone),
        cmocka_unit_test(days_count_from_the_first_that_both_have),
        cmocka_unit_test(random_lives_are_counted_as_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
