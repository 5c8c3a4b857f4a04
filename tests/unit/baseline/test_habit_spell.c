// What is kept of long runs answers as looking at each of their entries does.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/instant.h"
#include "baseline/habit_settle.h"

static uint64_t state;

static uint32_t below(uint32_t most)
{
    state = hash_mix(state + 1);
    return (uint32_t)(state % most);
}

#define FIRST_DAY 20454 // 2026-01-01

static void use(struct habit *habit, uint32_t subject, uint32_t value, int64_t day)
{
    struct habit_fact fact = {.time = day * DAY + (int64_t)below(86400) * SECOND,
                              .subject = subject,
                              .value = value,
                              .count = 1,
                              .kind = HABIT_USER,
                              .facet = HABIT_NETWORK};
    habit_add(habit, &fact, 1);
}

// ---- by hand ------------------------------------------------------------------------------------

static void mark(struct day_set *marks, int32_t day)
{
    int64_t age = (int64_t)marks->newest - day;
    if (age < DAY_SET_SPAN)
        marks->bits[age / 64] |= UINT64_C(1) << (age % 64);
}

static struct habit_days days_by_hand(const struct habit *habit, struct habit_range range,
                                      int32_t from, int32_t to)
{
    struct habit_days out = {0};
    for (uint32_t i = 0; i < range.count; i++) {
        struct day_set days = habit_entry_days(habit_entry(habit, range.at[i]));
        day_set_merge(&out.all, &days);
    }
    out.days = out.all;
    day_set_remove(&out.days, from, to);
    out.alone.newest = out.first.newest = out.last.newest = out.all.newest;
    for (uint32_t i = 0; i < range.count; i++) {
        const struct habit_entry *entry = habit_entry(habit, range.at[i]);
        struct day_set days = habit_entry_days(entry);
        int32_t first = day_of(entry->first);
        bool has_older = !day_set_has(&days, first) && (first < from || first > to);
        day_set_remove(&days, from, to);
        if (day_set_is_empty(&days))
            continue;
        mark(&out.last, day_set_last(&days));
        if (!has_older)
            mark(&out.first, day_set_first(&days));
        if (!has_older && day_set_first(&days) == day_set_last(&days))
            mark(&out.alone, day_set_first(&days));
    }
    return out;
}

static void assert_same(const struct day_set *a, const struct day_set *b)
{
    assert_int_equal(a->newest, b->newest);
    assert_memory_equal(a->bits, b->bits, sizeof a->bits);
}

static void assert_days(const struct habit *habit, struct habit_range range, int32_t from,
                        int32_t to)
{
    struct habit_days days, wanted = days_by_hand(habit, range, from, to);
    habit_days_fill(&days, habit, range, from, to);
    assert_same(&days.all, &wanted.all);
    assert_same(&days.days, &wanted.days);
    assert_same(&days.alone, &wanted.alone);
    assert_same(&days.first, &wanted.first);
    assert_same(&days.last, &wanted.last);
    struct day_set all = habit_range_days(habit, range);
    assert_same(&all, &wanted.all);
}

// ---- cases --------------------------------------------------------------------------------------

static const struct {
    const char *what;
    uint32_t values, uses, span;
} lives[] = {
    {"a fortnight", 300, 3, 14},
    {"a month", 600, 2, 30},
    {"a month, few values", 9, 4, 30},
    {"a quarter", 1500, 4, 90},
    {"a span", 5000, 2, 256},
    {"a day more", 5000, 2, 257},
    {"longer than is kept", 3000, 3, 400},
    {"much longer", 6000, 2, 700},
};

static struct habit *live(size_t at)
{
    struct habit *habit = habit_new(0);
    for (uint32_t value = 0; value < lives[at].values; value++)
        for (uint32_t i = below(lives[at].uses) + 1; i-- > 0;)
            use(habit, 1, value, FIRST_DAY + below(lives[at].span));
    habit_settle(habit);
    return habit;
}

static void days_are_as_by_hand(void **unused)
{
    (void)unused;
    for (size_t at = 0; at < sizeof lives / sizeof lives[0]; at++) {
        state = at;
        struct habit *habit = live(at);
        struct habit_range range = habit_subject_range(habit, HABIT_USER, HABIT_NETWORK, 1);
        assert_true(range.count > 8);
        assert_days(habit, range, 1, 0);
        for (unsigned i = 0; i < 60; i++) {
            int32_t from = FIRST_DAY - 5 + (int32_t)below(lives[at].span + 10);
            assert_days(habit, range, from, from + (int32_t)below(i % 2 ? 3 : lives[at].span));
        }
        assert_days(habit, range, FIRST_DAY - 900, FIRST_DAY + 900);
        habit_free(habit);
    }
}

// Only from the first day on that both keep is anything asked of the others.
static void others_are_as_by_hand(void **unused)
{
    (void)unused;
    for (size_t at = 0; at < sizeof lives / sizeof lives[0]; at++) {
        state = at;
        struct habit *habit = live(at);
        struct habit_range range = habit_subject_range(habit, HABIT_USER, HABIT_NETWORK, 1);
        int32_t newest = habit_range_days(habit, range).newest;
        for (uint32_t i = 0; i < range.count; i += range.count / 9 + 1) {
            const struct habit_entry *entry = habit_entry(habit, range.at[i]);
            struct day_set others, wanted = habit_range_others(habit, range, entry->value);
            assert_true(habit_spell_others(habit, range, entry, &others));
            for (int32_t day = newest - DAY_SET_SPAN + 1; day <= newest; day++)
                assert_int_equal(day_set_has(&others, day), day_set_has(&wanted, day));
        }
        habit_free(habit);
    }
}

static void a_long_life_has_tables(void **unused)
{
    (void)unused;
    state = 1;
    struct habit *habit = live(0);
    size_t bytes = habit_spells_bytes(habit);
    assert_true(bytes > 4 * 13 * 13 && bytes < 4 * (size_t)habit_count(habit) * 64);
    habit_free(habit);
}

// ---- a value of many subjects -----------------------------------------------------------------

static uint32_t within_by_hand(const struct habit *habit, struct habit_range range, int64_t from,
                               int64_t to)
{
    uint32_t within = 0;
    for (uint32_t i = 0; i < range.count; i++) {
        const struct habit_entry *entry = habit_entry(habit, range.at[i]);
        within += from <= to && entry->first >= from && entry->last <= to;
    }
    return within;
}

static void lives_within_are_counted_as_by_hand(void **unused)
{
    static const uint32_t subjects[] = {1, 2, 63, 64, 65, 128, 500, 4097};
    (void)unused;
    for (size_t at = 0; at < sizeof subjects / sizeof subjects[0]; at++) {
        state = at + 100;
        struct habit *habit = habit_new(0);
        for (uint32_t subject = 0; subject < subjects[at]; subject++)
            for (uint32_t i = below(3) + 1; i-- > 0;)
                use(habit, subject, 7, FIRST_DAY + below(30));
        habit_settle(habit);
        struct habit_range range = habit_value_range(habit, HABIT_USER, HABIT_NETWORK, 7);
        assert_int_equal(range.count, subjects[at]);
        for (unsigned i = 0; i < 100; i++) {
            int64_t from = (FIRST_DAY - 1 + (int64_t)below(32)) * DAY,
                    to = from + (int64_t)below(33) * DAY - 1;
            if (i % 5 == 0) // bounds that are met exactly
                from = habit_entry(habit, range.at[below(range.count)])->first;
            if (i % 5 == 1)
                to = habit_entry(habit, range.at[below(range.count)])->last;
            assert_int_equal(habit_lives_within(habit, range, from, to),
                             within_by_hand(habit, range, from, to));
        }
        assert_int_equal(habit_lives_within(habit, range, 1, 0), 0);
        assert_int_equal(habit_lives_within(habit, range, INT64_MIN, INT64_MAX), range.count);
        habit_free(habit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_as_by_hand),
        cmocka_unit_test(others_are_as_by_hand),
        cmocka_unit_test(a_long_life_has_tables),
        cmocka_unit_test(lives_within_are_counted_as_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
