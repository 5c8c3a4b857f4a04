// Tests of base/str: comparing, searching, cutting and reading slices.
// SPDX-License-Identifier: Apache-2.0
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void letters_compare_without_case_and_other_bytes_as_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool is_equal;
    } cases[] = {
        {"", "", true},
        {"MailItemsAccessed", "mailitemsACCESSED", true},
        {"abc", "abd", false},
        {"abc", "abcd", false},
        {"[", "{", false}, // 0x20 apart, no letters
        {"@", "`", false},
        {"@@@@@@@@", "````````", false},
        {"[[[[[[[[", "{{{{{{{{", false},
        {"AZaz09__", "azAZ09__", true},
        {"\xc3\x84", "\xc3\xa4", false}, // A and a with diaeresis: not ASCII
        {"\xc1\xc1\xc1\xc1\xc1\xc1\xc1\xc1", "\xe1\xe1\xe1\xe1\xe1\xe1\xe1\xe1", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(str_equal_fold(str_from(cases[i].a), str_from(cases[i].b)),
                         cases[i].is_equal);
}

static void every_byte_folds_alike_alone_and_among_eight(void **state)
{
    (void)state;
    for (int a = 0; a < 256; a++)
        for (int b = 0; b < 256; b++) {
            char left[8], right[8];
            memset(left, a, 8);
            memset(right, b, 8);
            bool is_equal = ascii_lower((char)a) == ascii_lower((char)b);
            assert_int_equal(str_equal_fold(str_of(left, 8), str_of(right, 8)), is_equal);
            assert_int_equal(str_equal_fold(str_of(left, 1), str_of(right, 1)), is_equal);
        }
}

static void a_part_is_found_at_every_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
        bool is_there, is_there_folded, starts, ends; // starts and ends with case folded
    } cases[] = {
        {"", "", true, true, true, true},
        {"a", "", true, true, true, true},
        {"", "a", false, false, false, false},
        {"New-InboxRule", "inboxrule", false, true, false, true},
        {"New-InboxRule", "InboxRule", true, true, false, true},
        {"New-InboxRule", "NEW-", false, true, true, false},
        {"New-InboxRule", "New-InboxRules", false, false, false, false},
        {"aaaaaaaaaaaaaaaaaaab", "AAB", false, true, false, true},
        {"0123456789abcdefX", "x", false, true, false, true},
        {"0123456789abcdefXy", "fx", false, true, false, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = str_from(cases[i].text), part = str_from(cases[i].part);
        assert_int_equal(str_contains(text, part), cases[i].is_there);
        assert_int_equal(str_contains_fold(text, part), cases[i].is_there_folded);
        assert_int_equal(str_starts_fold(text, part), cases[i].starts);
        assert_int_equal(str_ends_fold(text, part), cases[i].ends);
    }
    assert_true(str_starts(S("abc"), S("ab")));
    assert_false(str_starts(S("abc"), S("AB")));
    assert_true(str_ends(S("abc"), S("bc")));
    assert_false(str_ends(S("abc"), S("BC")));
}

static void folded_search_agrees_with_a_plain_one(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (int round = 0; round < 20000; round++) {
        char text[40], part[4];
        size_t text_len = (random = random * 1664525 + 1013904223) >> 27;
        size_t part_len = (random = random * 1664525 + 1013904223) >> 30;
        for (size_t i = 0; i < text_len; i++)
            text[i] = "abAB"[(random = random * 1664525 + 1013904223) >> 30];
        for (size_t i = 0; i < part_len; i++)
            part[i] = "abAB"[(random = random * 1664525 + 1013904223) >> 30];
        bool is_there = false;
        for (size_t i = 0; i + part_len <= text_len; i++)
            is_there |= str_equal_fold(str_of(text + i, part_len), str_of(part, part_len));
        assert_int_equal(str_contains_fold(str_of(text, text_len), str_of(part, part_len)),
                         is_there);
    }
}

static void order_is_by_bytes_then_length(void **state)
{
    (void)state;
    static const char *const rising[] = {"", "A", "AB", "B", "a", "aa", "\xc3\xa4"};
    for (size_t i = 0; i < COUNT(rising); i++)
        for (size_t j = 0; j < COUNT(rising); j++) {
            int order = str_compare(str_from(rising[i]), str_from(rising[j]));
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

static void trimming_takes_ascii_white_space_from_both_ends(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""}, {" \t\r\n\v\f", ""}, {" a b ", "a b"}, {"a", "a"}, {"\xc2\xa0", "\xc2\xa0"}};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_true(str_is(str_trim(str_from(cases[i][0])), cases[i][1]));
}

static void cutting_gives_every_piece_and_then_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        const char *pieces[4];
    } cases[] = {
        {"", 1, {""}},      {"a", 1, {"a"}},      {"a,b", 2, {"a", "b"}},
        {",", 2, {"", ""}}, {"a,", 2, {"a", ""}}, {",a,,b", 4, {"", "a", "", "b"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t count = 0;
        for (struct str rest = str_from(cases[i].text); rest.at; count++) {
            struct str piece = str_cut(&rest, ',');
            assert_true(count < cases[i].count && str_is(piece, cases[i].pieces[count]));
        }
        assert_int_equal(count, cases[i].count);
    }
    assert_int_equal(str_index(S("abc"), 'c'), 2);
    assert_int_equal(str_index(S("abc"), 'x'), 3);
}

static void integers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_read;
        int64_t number;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"+7", true, 7},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"-9223372036854775808", true, INT64_MIN},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x10", false, 0},
        {"--1", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t number = 77;
        assert_int_equal(str_to_int64(str_from(cases[i].text), &number), cases[i].is_read);
        assert_true(number == (cases[i].is_read ? cases[i].number : 77));
    }
}

static void decimals_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_read;
        double number;
    } cases[] = {
        {"0", true, 0},         {"1.5", true, 1.5},  {"-1.5e3", true, -1500},
        {".5", true, 0.5},      {"5.", true, 5},     {"+2E-2", true, 0.02},
        {"1e308", true, 1e308}, {"1e309", false, 0}, {"5e-324", true, 5e-324},
        {"", false, 0},         {".", false, 0},     {"1e", false, 0},
        {"1e+", false, 0},      {"nan", false, 0},   {"inf", false, 0},
        {"0x10", false, 0},     {" 1", false, 0},    {"1 ", false, 0},
        {"1,5", false, 0},      {"1.5.2", false, 0}, {"-", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double number = 77;
        assert_int_equal(str_to_double(str_from(cases[i].text), &number), cases[i].is_read);
        assert_true(number == (cases[i].is_read ? cases[i].number : 77));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_compare_without_case_and_other_bytes_as_they_are),
        cmocka_unit_test(every_byte_folds_alike_alone_and_among_eight),
        cmocka_unit_test(a_part_is_found_at_every_place),
        cmocka_unit_test(folded_search_agrees_with_a_plain_one),
        cmocka_unit_test(order_is_by_bytes_then_length),
        cmocka_unit_test(trimming_takes_ascii_white_space_from_both_ends),
        cmocka_unit_test(cutting_gives_every_piece_and_then_ends),
        cmocka_unit_test(integers_are_read_whole_or_not_at_all),
        cmocka_unit_test(decimals_are_read_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
