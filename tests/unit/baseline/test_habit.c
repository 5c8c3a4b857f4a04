// The store of habits: the same whatever the order, the threads and the numbering.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/instant.h"
#include "baseline/habit_ask.h"
#include "support/habits.h"

#define SUBJECTS 40
#define VALUES 60
#define DAYS 400
#define FACTS 4000

static struct habit *forward(uint64_t seed, uint32_t limit)
{
    struct habit *habit = habit_new(limit);
    for (uint64_t i = 0; i < FACTS; i++)
        habits_add(habit, 0, habits_fact(seed, i, SUBJECTS, VALUES, DAYS));
    return habit;
}

static struct habit *backward(uint64_t seed, uint32_t limit)
{
    struct habit *habit = habit_new(limit);
    for (uint64_t i = FACTS; i-- > 0;)
        habits_add(habit, 3, habits_fact(seed, i, SUBJECTS, VALUES, DAYS));
    return habit;
}

// Three stores, each with numbers of its own, merged from the last to the first.
static struct habit *in_parts(uint64_t seed, uint32_t limit)
{
    struct habit *parts[3];
    for (uint32_t part = 0; part < 3; part++) {
        parts[part] = habit_new(limit);
        for (uint64_t i = 0; i < FACTS; i++)
            if (hash_mix(seed + i * 7) % 3 == part)
                habits_add(parts[part], part, habits_fact(seed, i, SUBJECTS, VALUES, DAYS));
    }
    struct habit *whole = habit_new(limit);
    uint32_t numbering = 5;
    for (uint32_t part = 3; part-- > 0;) {
        habit_merge(whole, parts[part], habits_symbol_of, &numbering);
        habit_free(parts[part]);
    }
    return whole;
}

static void the_order_of_facts_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        // Without a limit that matters; with one that makes for a few halvings.
        uint32_t limit = seed % 4 == 1 ? 0 : 300 + (uint32_t)seed * 17;
        struct habit *a = forward(seed, limit), *b = backward(seed, limit),
                     *c = in_parts(seed, limit);
        assert_true(habits_are_equal(a, b));
        assert_true(habits_are_equal(a, c));
        assert_int_equal(habit_is_full(a), limit != 0);
        assert_int_equal(habit_halvings(a), habit_halvings(c));
        if (limit)
            assert_in_range(habit_count(a), 1, limit);
        habit_free(a);
        habit_free(b);
        habit_free(c);
    }
}

static void what_a_full_store_keeps_it_knows_completely(void **state)
{
    (void)state;
    struct habit *full = forward(4, 300), *whole = forward(4, 0);
    uint32_t kept = 0;
    habit_settle(full);
    habit_settle(whole);
    assert_in_range(habit_halvings(full), 1, 8);
    for (uint64_t i = 0; i < FACTS; i++) {
        struct habit_fact fact = habits_fact(4, i, SUBJECTS, VALUES, DAYS);
        if (fact.facet == HABIT_VOLUME)
            continue;
        struct habit_question question = {.kind = fact.kind,
                                          .facet = fact.facet,
                                          .subject = fact.subject,
                                          .value = fact.value,
                                          .from = 1,
                                          .to = 0};
        struct habit_answer answer, expected;
        habit_ask(full, &question, &answer);
        habit_ask(whole, &question, &expected);
        bool is_covered = habit_covers(full, fact.kind, fact.subject, fact.facet, fact.value);
        assert_true(habit_covers(whole, fact.kind, fact.subject, fact.facet, fact.value));
        assert_int_equal(answer.count, is_covered ? expected.count : 0);
        if (!is_covered)
            assert_int_equal(answer.standing, HABIT_CANNOT_TELL);
        kept += is_covered;
    }
    assert_in_range(kept, FACTS / 50, FACTS / 2);
    habit_free(full);
    habit_free(whole);
}

static void a_full_store_keeps_a_part_of_each_tenant(void **state)
{
    (void)state;
    struct habit *habit = habit_new(100);
    for (uint32_t value = 0; value < 400; value++)
        for (uint32_t tenant = 990; tenant < 993; tenant++)
            habits_add(habit, 0,
                       (struct habit_fact){.time = HABITS_START,
                                           .subject = tenant,
                                           .value = value,
                                           .count = 1,
                                           .kind = HABIT_TENANT,
                                           .facet = HABIT_NETWORK});
    assert_in_range(habit_halvings(habit), 4, 5); // 1200 entries into room for 100
    unsigned kept = 0;
    for (uint32_t value = 0; value < 400; value++) {
        bool is_kept = habit_covers(habit, HABIT_TENANT, 990, HABIT_NETWORK, value);
        assert_int_equal(habit_covers(habit, HABIT_TENANT, 992, HABIT_NETWORK, value), is_kept);
        kept += is_kept;
    }
    assert_int_equal(habit_count(habit), 3 * kept);
    habit_free(habit);
}

static void large_stores_are_thinned_and_forget_alike(void **state)
{
    (void)state;
    struct habit *forth = habit_new(9000), *back = habit_new(9000), *whole = habit_new(0);
    for (uint64_t i = 0; i < 40000; i++) {
        habits_add(forth, 0, habits_fact(1, i, 400, 300, 100));
        habits_add(whole, 0, habits_fact(1, i, 400, 300, 100));
        habits_add(back, 4, habits_fact(1, 39999 - i, 400, 300, 100));
    }
    assert_in_range(habit_count(whole), 20000, 40000); // several chunks
    assert_true(habit_is_full(forth) && habits_are_equal(forth, back));
    uint32_t count = habit_count(forth);
    habit_forget(forth, HABITS_START + 50 * DAY);
    habit_forget(back, HABITS_START + 50 * DAY);
    habit_forget(whole, HABITS_START + 50 * DAY);
    assert_in_range(habit_count(forth), count / 3, count - 1);
    assert_true(habits_are_equal(forth, back));
    // What is forgotten may be learned again, in chunks that have become free.
    habit_merge(whole, forth, NULL, NULL);
    for (uint64_t i = 0; i < 40000; i++)
        habits_add(whole, 0, habits_fact(1, i, 400, 300, 100));
    assert_in_range(habit_count(whole), habit_count(forth), 40000);
    habit_free(forth);
    habit_free(back);
    habit_free(whole);
}

static void what_cannot_be_made_room_for_is_told(void **state)
{
    (void)state;
    struct habit *habit = habit_new(100);
    for (uint32_t i = 0; i < 200; i++) // tenants' logon types are not thinned
        habits_add(habit, 0,
                   (struct habit_fact){.time = HABITS_START,
                                       .subject = i,
                                       .value = i % 7,
                                       .count = 1,
                                       .kind = HABIT_TENANT,
                                       .facet = HABIT_LOGON_TYPE});
    assert_int_equal(habit_count(habit), 100);
    assert_true(habit_is_full(habit));
    assert_false(habit_covers(habit, HABIT_TENANT, 1, HABIT_LOGON_TYPE, 1));
    habit_free(habit);
    habit = habit_new(0);
    struct habit_fact facts[] = {
        {.time = INSTANT_NONE, .subject = 1, .count = 1},
        {.time = 5, .subject = 1, .count = 0},
        {.time = 5, .subject = HABIT_SYMBOL_LIMIT, .count = 1},
        {.time = 5, .subject = 1, .value = HABIT_NO_SYMBOL, .count = 1},
    };
    habit_add(habit, facts, 2); // nothing was seen
    assert_false(habit_is_full(habit));
    habit_add(habit, facts, 4);
    assert_true(habit_is_full(habit));
    assert_int_equal(habit_count(habit), 0);
    habit_free(habit);
}

static void merging_adds_and_joining_does_not(void **state)
{
    (void)state;
    struct habit *once = forward(9, 0), *twice = forward(9, 0), *joined = forward(9, 0);
    habit_merge(twice, once, NULL, NULL);
    habit_join(joined, once, NULL, NULL);
    assert_true(habits_are_equal(joined, once));
    assert_false(habits_are_equal(twice, once));
    struct habit_fact fact = habits_fact(9, 0, SUBJECTS, VALUES, DAYS);
    struct habit_question question = {.kind = fact.kind,
                                      .facet = fact.facet,
                                      .subject = fact.subject,
                                      .value = fact.value,
                                      .from = 1,
                                      .to = 0};
    assert_int_not_equal(fact.facet, HABIT_VOLUME);
    struct habit_answer single, doubled;
    habit_settle(once);
    habit_settle(twice);
    habit_ask(once, &question, &single);
    habit_ask(twice, &question, &doubled);
    assert_int_equal(doubled.count, 2 * single.count);
    assert_int_equal(doubled.days_outside, single.days_outside);
    habit_free(once);
    habit_free(twice);
    habit_free(joined);
}

static void joining_is_a_union_in_any_order(void **state)
{
    (void)state;
    struct habit *ab = forward(1, 0), *ba = forward(2, 0), *a = forward(1, 0), *b = forward(2, 0),
                 *c = forward(3, 0), *bc = forward(2, 0);
    habit_join(ab, b, NULL, NULL);
    habit_join(ba, a, NULL, NULL);
    assert_true(habits_are_equal(ab, ba));
    habit_join(ab, c, NULL, NULL);
    habit_join(bc, c, NULL, NULL);
    habit_join(bc, a, NULL, NULL);
    assert_true(habits_are_equal(ab, bc));
    struct habit *const all[] = {ab, ba, a, b, c, bc};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        habit_free(all[i]);
}

static void what_is_old_is_forgotten(void **state)
{
    (void)state;
    int64_t before = HABITS_START + 200 * DAY;
    struct habit *habit = forward(5, 0), *recent = habit_new(0);
    uint32_t count = habit_count(habit);
    habit_forget(habit, HABITS_START);
    assert_int_equal(habit_count(habit), count);
    habit_forget(habit, before);
    assert_in_range(habit_count(habit), 1, count - 1);
    habit_settle(habit);
    for (uint64_t i = 0; i < FACTS; i++) {
        struct habit_fact fact = habits_fact(5, i, SUBJECTS, VALUES, DAYS);
        if (fact.facet == HABIT_VOLUME || fact.time < before)
            continue;
        struct habit_question question = {.kind = fact.kind,
                                          .facet = fact.facet,
                                          .subject = fact.subject,
                                          .value = fact.value,
                                          .from = 1,
                                          .to = 0};
        struct habit_answer answer;
        habit_ask(habit, &question, &answer);
        assert_true(answer.count > 0 && answer.last >= before);
    }
    habit_forget(habit, INT64_MAX - DAY);
    assert_int_equal(habit_count(habit), 0);
    assert_true(habits_are_equal(habit, recent));
    habit_free(habit);
    habit_free(recent);
}

static void counts_stop_at_their_most(void **state)
{
    (void)state;
    struct habit *habit = habit_new(0);
    struct habit_fact fact = {.time = HABITS_START, .count = UINT32_MAX - 1};
    struct habit_question question = {.from = 1, .to = 0};
    struct habit_answer answer;
    habits_add(habit, 0, fact);
    fact.count = 5;
    habits_add(habit, 0, fact);
    fact.facet = HABIT_VOLUME;
    fact.count = UINT32_MAX;
    habits_add(habit, 0, fact);
    habits_add(habit, 0, fact);
    habit_settle(habit);
    habit_ask(habit, &question, &answer);
    assert_int_equal(answer.count, UINT32_MAX);
    struct habit_volume volume;
    habit_volume(habit, HABIT_MAILBOX, 0, 1, 0, &volume);
    assert_int_equal(volume.most, UINT32_MAX);
    habit_free(habit);
}

static void long_texts_keep_their_beginning_and_stay_different(void **state)
{
    (void)state;
    char text[1000], room[HABIT_TEXT_LIMIT], other_room[HABIT_TEXT_LIMIT];
    memset(text, 'a', sizeof text);
    struct str whole = habit_text(str_of(text, HABIT_TEXT_LIMIT), room);
    assert_ptr_equal(whole.at, text);
    struct str cut = habit_text(str_of(text, 999), room);
    struct str other = habit_text(str_of(text, 1000), other_room);
    assert_int_equal(cut.len, HABIT_TEXT_LIMIT);
    assert_memory_equal(cut.at, text, 200);
    assert_false(str_equal(cut, other));
}

static void hours_begin_on_monday(void **state)
{
    (void)state;
    static const struct {
        const char *time;
        uint32_t hour;
    } cases[] = {{"2026-11-16T00:00:00Z", 0},
                 {"2026-11-16T23:59:59Z", 23},
                 {"2026-11-22T23:00:00Z", 167},
                 {"1969-12-31T23:59:59Z", 71},
                 {"1970-01-01T00:00:00Z", 72}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(habit_hour_of_week(instant_parse_rfc3339(str_from(cases[i].time))),
                         cases[i].hour);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_facts_does_not_matter),
        cmocka_unit_test(what_a_full_store_keeps_it_knows_completely),
        cmocka_unit_test(a_full_store_keeps_a_part_of_each_tenant),
        cmocka_unit_test(large_stores_are_thinned_and_forget_alike),
        cmocka_unit_test(what_cannot_be_made_room_for_is_told),
        cmocka_unit_test(merging_adds_and_joining_does_not),
        cmocka_unit_test(joining_is_a_union_in_any_order),
        cmocka_unit_test(what_is_old_is_forgotten),
        cmocka_unit_test(counts_stop_at_their_most),
        cmocka_unit_test(long_texts_keep_their_beginning_and_stay_different),
        cmocka_unit_test(hours_begin_on_monday),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
