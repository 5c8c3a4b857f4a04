// Habits as bytes: a round trip, and content that lies.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/instant.h"
#include "baseline/habit_state.h"
#include "baseline/varint.h"
#include "support/habits.h"

static struct habit *fill(uint64_t seed, uint32_t limit, uint64_t facts)
{
    struct habit *habit = habit_new(limit);
    for (uint64_t i = 0; i < facts; i++)
        habits_add(habit, 2, habits_fact(seed, i, 30, 50, 400));
    return habit;
}

static void what_is_saved_loads_under_any_numbering(void **state)
{
    (void)state;
    static const struct {
        uint64_t facts;
        uint32_t limit;
    } cases[] = {{0, 0}, {1, 0}, {3000, 0}, {3000, 200}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (uint32_t numbering = 0; numbering < 4; numbering++) {
            struct habit *habit = fill(i + 1, cases[i].limit, cases[i].facts);
            struct habit *loaded = habit_new(cases[i].limit);
            struct buf bytes;
            struct error error;
            buf_init(&bytes);
            habit_save(habit, &bytes);
            assert_true(habit_load(loaded, buf_str(&bytes), habits_symbol_of, &numbering, &error));
            assert_true(habits_are_equal(habit, loaded));
            assert_int_equal(habit_halvings(habit), habit_halvings(loaded));
            buf_done(&bytes);
            habit_free(habit);
            habit_free(loaded);
        }
    }
}

static void learning_in_two_runs_is_learning_at_once(void **state)
{
    (void)state;
    // The second half of the facts lies in later days, as in a second export.
    struct habit *whole = habit_new(0), *first = habit_new(0), *second = habit_new(0);
    for (uint64_t i = 0; i < 3000; i++) {
        struct habit_fact fact = habits_fact(6, i, 30, 50, 100);
        fact.count = 1;
        fact.time += i % 2 ? 108 * DAY : 0; // nine blocks of volumes later
        habits_add(whole, 0, fact);
        habits_add(i % 2 ? second : first, 0, fact);
    }
    struct buf bytes;
    struct error error;
    buf_init(&bytes);
    habit_save(first, &bytes);
    struct habit *learned = habit_new(0);
    uint32_t numbering = 0;
    assert_true(habit_load(learned, buf_str(&bytes), habits_symbol_of, &numbering, &error));
    habit_join(second, learned, NULL, NULL);
    // All but the counts is equal: joining never counts twice, and so counts less.
    assert_int_equal(habit_count(second), habit_count(whole));
    struct habit *again = habit_new(0);
    habit_join(again, whole, NULL, NULL);
    habit_join(again, second, NULL, NULL);
    assert_true(habits_are_equal(again, whole));
    struct habit *const all[] = {whole, first, second, learned, again};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        habit_free(all[i]);
    buf_done(&bytes);
}

// A section with one mailbox, one value and one entry, of which one number is wrong.
struct numbers {
    uint64_t halvings, refusing, texts, entries, kind, facet, subject, value, count;
    int64_t last;
    uint64_t span, days[4];
    const char *first_text, *second_text, *behind;
};
static const struct numbers good = {
    .texts = 2,
    .entries = 1,
    .subject = 1,
    .count = 3,
    .last = 5 * DAY + 1,
    .span = 2 * DAY,
    .days = {5},
    .first_text = "app",
    .second_text = "mailbox",
    .behind = "",
};

// Numbers the texts as they come; none of these comes twice.
static uint32_t symbol_of(void *context, struct str text)
{
    (void)text;
    return (*(uint32_t *)context)++;
}

static bool loads(const struct numbers *numbers)
{
    struct buf out;
    struct error error = {.text = ""};
    uint32_t next = 0;
    buf_init(&out);
    varint_add(&out, numbers->halvings);
    varint_add(&out, numbers->refusing);
    varint_add(&out, numbers->texts);
    varint_add_text(&out, str_from(numbers->first_text));
    varint_add_text(&out, str_from(numbers->second_text));
    varint_add(&out, numbers->entries);
    varint_add(&out, numbers->kind);
    varint_add(&out, numbers->facet);
    varint_add(&out, numbers->subject);
    varint_add(&out, numbers->value);
    varint_add(&out, numbers->count);
    varint_add_signed(&out, numbers->last);
    varint_add(&out, numbers->span);
    for (int i = 0; i < 4; i++)
        varint_add(&out, numbers->days[i]);
    buf_add(&out, str_from(numbers->behind));
    struct habit *habit = habit_new(0);
    struct str bytes = buf_str(&out);
    char *exact = malloc(bytes.len); // so that reading past the end is found
    memcpy(exact, bytes.at, bytes.len);
    bool is_good = habit_load(habit, str_of(exact, bytes.len), symbol_of, &next, &error);
    assert_int_equal(is_good, error.text[0] == 0);
    assert_int_equal(habit_count(habit), is_good);
    free(exact);
    habit_free(habit);
    buf_done(&out);
    return is_good;
}

static void content_that_contradicts_itself_is_refused(void **state)
{
    (void)state;
    struct numbers cases[] = {good, good, good, good, good, good, good, good, good, good, good,
                              good, good, good, good, good, good, good, good, good, good, good};
    int i = 0;
    cases[i++].halvings = 64;
    cases[i++].refusing = 2;
    cases[i++].texts = 3;
    cases[i++].texts = UINT64_MAX;
    cases[i++].entries = 2;
    cases[i++].entries = 0;
    cases[i++].kind = HABIT_KINDS;
    cases[i++].facet = HABIT_FACETS;
    cases[i++].subject = 2;
    cases[i++].value = 2;
    cases[i++].value = 1; // and no entry uses the first text
    cases[i++].count = 1; // fewer than days
    cases[i++].count = (uint64_t)1 << 32;
    cases[i++].last = INT64_MAX;
    cases[i++].last = INT64_MIN;
    cases[i++].span = UINT64_MAX;
    cases[i++].span = DAY;                  // a day before the first time
    cases[i++].days[0] = 4;                 // not the last day itself
    cases[i++].days[0] = 1;                 // the day of the first time is missing
    cases[i++].days[3] = (uint64_t)1 << 63; // long before
    cases[i++].first_text = "zebra";        // not in order
    cases[i++].behind = "x";
    assert_int_equal(i, sizeof cases / sizeof cases[0]);
    assert_true(loads(&good));
    for (i = 0; i < (int)(sizeof cases / sizeof cases[0]); i++) {
        print_message("case %d\n", i);
        assert_false(loads(&cases[i]));
    }
}

static void nothing_cut_off_is_loaded(void **state)
{
    (void)state;
    struct habit *habit = fill(3, 0, 60);
    struct buf bytes;
    uint32_t numbering = 0;
    buf_init(&bytes);
    habit_save(habit, &bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        struct error error = {.text = ""};
        struct habit *loaded = habit_new(0);
        char *cut = malloc(len + 1);
        memcpy(cut, bytes.at, len);
        assert_false(habit_load(loaded, str_of(cut, len), habits_symbol_of, &numbering, &error));
        assert_true(error.text[0] != 0);
        free(cut);
        habit_free(loaded);
    }
    buf_done(&bytes);
    habit_free(habit);
}

static void it_is_a_section_of_the_state(void **state)
{
    (void)state;
    struct habit *habit = fill(7, 0, 500), *loaded = habit_new(0);
    uint32_t numbering = 1;
    struct habit_state from = {.habit = habit}, to = {loaded, habits_symbol_of, &numbering};
    struct state_part saved = {&habit_section, &from}, part = {&habit_section, &to};
    struct state container;
    struct buf bytes;
    struct error error;
    buf_init(&bytes);
    assert_true(state_save(NULL, &saved, 1, &bytes, &error));
    assert_true(state_read(&container, buf_str(&bytes), &error));
    assert_true(state_load(&container, &part, 1, &error));
    assert_true(habits_are_equal(habit, loaded));
    buf_done(&bytes);
    habit_free(habit);
    habit_free(loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_loads_under_any_numbering),
        cmocka_unit_test(learning_in_two_runs_is_learning_at_once),
        cmocka_unit_test(content_that_contradicts_itself_is_refused),
        cmocka_unit_test(nothing_cut_off_is_loaded),
        cmocka_unit_test(it_is_a_section_of_the_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
