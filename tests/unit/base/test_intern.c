// Interning: equal texts have one symbol, symbols count up, texts stay where they are.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/intern.h"

static void test_symbols_count_up(void **state)
{
    (void)state;
    struct intern table = {0};
    assert_int_equal(intern_add(&table, S("")), 0);
    assert_int_equal(intern_add(&table, S("alice")), 1);
    assert_int_equal(intern_add(&table, S("Alice")), 2);
    assert_int_equal(intern_add(&table, S("alice")), 1);
    assert_int_equal(intern_add(&table, str_of("a\0b", 3)), 3);
    assert_int_equal(intern_add(&table, str_of("a\0c", 3)), 4);
    assert_int_equal(intern_add(&table, str_of(NULL, 0)), 0);
    assert_true(str_is(intern_text(&table, 2), "Alice"));
    intern_done(&table);
}

static void test_finding_adds_nothing(void **state)
{
    (void)state;
    struct intern table = {0};
    char text[24];
    assert_int_equal(intern_find(&table, S("alice")), 0); // not even a first slot
    intern_add(&table, S(""));
    for (uint32_t i = 1; i < 5000; i++) {
        int len = snprintf(text, sizeof text, "text %u", i);
        assert_int_equal(intern_find(&table, str_of(text, (size_t)len)), 0);
        assert_int_equal(table.count, i);
        assert_int_equal(intern_add(&table, str_of(text, (size_t)len)), i);
        assert_int_equal(intern_find(&table, str_of(text, (size_t)len)), i);
    }
    assert_int_equal(intern_find(&table, S("")), 0);
    intern_done(&table);
}

static void test_many_texts_stay_where_they_are(void **state)
{
    (void)state;
    enum { MANY = 50000 };
    struct intern table = {0};
    char text[24];
    const char *first = NULL;
    for (uint32_t i = 0; i < MANY; i++) {
        int len = snprintf(text, sizeof text, "text %u", i * 7);
        assert_int_equal(intern_add(&table, str_of(text, (size_t)len)), i);
        first = first ? first : intern_text(&table, 0).at;
    }
    assert_ptr_equal(intern_text(&table, 0).at, first);
    for (uint32_t i = 0; i < MANY; i++) {
        int len = snprintf(text, sizeof text, "text %u", i * 7);
        assert_int_equal(intern_add(&table, str_of(text, (size_t)len)), i);
    }
    assert_int_equal(table.count, MANY);
    assert_true(intern_bytes(&table) > MANY * sizeof(struct str));
    intern_done(&table);
}

// Looks a text up as its users do: what the place holds, else the text's symbol, which is put there.
static uint32_t recent_symbol(struct intern *table, uint8_t manner, unsigned speaker,
                              struct str text, bool *is_known)
{
    struct intern_recent *recent = intern_recent(table, manner, speaker, text, is_known);
    if (!recent)
        return intern_add(table, text);
    if (!*is_known)
        recent->symbol = intern_add(table, text);
    return recent->symbol;
}

static void test_recent_texts_are_known_by_manner(void **state)
{
    (void)state;
    struct intern table = {0};
    bool is_known;
    char text[INTERN_RECENT_TEXT + 1] = "a";
    assert_null(intern_recent(&table, 1, 0, S("a"), &is_known));
    intern_keep_recent(&table);
    uint32_t symbol = recent_symbol(&table, 1, 0, S("a"), &is_known);
    assert_false(is_known);
    assert_int_equal(recent_symbol(&table, 1, 0, S("a"), &is_known), symbol);
    assert_true(is_known);
    assert_int_equal(recent_symbol(&table, 1, 7, S("a"), &is_known), symbol); // said by another
    assert_true(is_known);
    recent_symbol(&table, 2, 0, S("a"), &is_known);
    assert_false(is_known);
    assert_null(intern_recent(&table, 1, 0, str_of(text, sizeof text), &is_known));
    intern_expect(&table, 1, 3, S("a")); // expected or not, known or not: the answer is the same
    intern_expect(&table, 1, 3, str_of(text, sizeof text));
    assert_int_equal(recent_symbol(&table, 1, 3, S("a"), &is_known), symbol);
    assert_true(is_known);
    intern_expect(&table, 1, 4, S("b"));
    uint32_t other = recent_symbol(&table, 1, 4, S("b"), &is_known);
    assert_false(is_known);
    assert_int_equal(recent_symbol(&table, 1, 3, S("b"), &is_known), other);
    assert_true(is_known);
    intern_done(&table);
}

// More texts than there are places, from many speakers: what is known is right.
static void test_recent_texts_push_out_others(void **state)
{
    (void)state;
    enum { TEXTS = 150000, ASKED = 600000 };
    struct intern table = {0};
    uint64_t random = 1;
    char text[24];
    bool is_known;
    unsigned known = 0;
    intern_keep_recent(&table);
    for (int i = 0; i < TEXTS; i++)
        intern_add(&table, str_of(text, (size_t)snprintf(text, sizeof text, "text %d", i)));
    for (int i = 0; i < ASKED; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint32_t number = (uint32_t)(random >> 33) % (random >> 62 ? 50 : TEXTS);
        int len = snprintf(text, sizeof text, "text %u", number);
        uint8_t manner = (uint8_t)(1 + (random >> 40) % 3);
        unsigned speaker = (unsigned)(random >> 50) % 300;
        assert_int_equal(
            recent_symbol(&table, manner, speaker, str_of(text, (size_t)len), &is_known), number);
        known += is_known;
    }
    assert_true(known > ASKED / 2);
    intern_done(&table);
}

// The texts move while what they stood in is released behind them.
static void test_a_table_moves_into_another(void **state)
{
    enum { COUNT = 20000 };
    (void)state;
    struct intern table = {0}, from = {0};
    char text[400];
    intern_add(&table, S(""));
    intern_add(&table, S("own"));
    intern_add(&from, S(""));
    intern_keep_recent(&from);
    for (uint32_t i = 1; i < COUNT; i++) {
        int len = snprintf(text, sizeof text, i % 3 ? "text %u" : "long %300u", i);
        if (i % 5 == 0)
            intern_add(&table, str_of(text, (size_t)len));
        assert_int_equal(intern_add(&from, str_of(text, (size_t)len)), i);
    }
    uint32_t *symbols = intern_move(&table, &from);
    assert_int_equal(from.count, 0);
    assert_null(from.texts);
    assert_int_equal(table.count, COUNT + 1);
    assert_int_equal(symbols[0], 0);
    for (uint32_t i = 1; i < COUNT; i++) {
        int len = snprintf(text, sizeof text, i % 3 ? "text %u" : "long %300u", i);
        assert_true(str_equal(intern_text(&table, symbols[i]), str_of(text, (size_t)len)));
    }
    free(symbols);
    intern_done(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symbols_count_up),
        cmocka_unit_test(test_finding_adds_nothing),
        cmocka_unit_test(test_many_texts_stay_where_they_are),
        cmocka_unit_test(test_a_table_moves_into_another),
        cmocka_unit_test(test_recent_texts_are_known_by_manner),
        cmocka_unit_test(test_recent_texts_push_out_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
