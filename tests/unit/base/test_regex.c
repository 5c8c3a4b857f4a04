// Tests of base/regex: matching, refusal with a reason, limits on effort.
// SPDX-License-Identifier: Apache-2.0
#include "base/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void patterns_match_anywhere(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        unsigned flags;
        struct str text;
        bool is_match;
    } cases[] = {
        {"", 0, STR(""), true},
        {"b+", 0, STR("abbbc"), true},
        {"^b", 0, STR("abbbc"), false},
        {"INBOX", 0, STR("inbox"), false},
        {"INBOX", REGEX_CASELESS, STR("inbox"), true},
        {"\xc3\x84", REGEX_CASELESS, STR("\xc3\xa4"), true},
        {"^b$", 0, STR("a\nb\nc"), false},
        {"^b$", REGEX_MULTILINE, STR("a\nb\nc"), true},
        {"a.c", 0, STR("a\nc"), false},
        {"a.c", REGEX_DOTALL, STR("a\nc"), true},
        {"^.$", 0, STR("\xe2\x82\xac"), true}, // one character
        {"a\\x00b", 0, STR("a\0b"), true},
        {"(?=.*x)(?!.*y)", 0, STR("__x__"), true},
        {"(\\w)\\1", 0, STR("abccd"), true},
        // Bytes that are not UTF-8 match nothing, and do not hide the rest.
        {"abc", 0,
         STR("\xff\xfe"
             "abc\xe2\x82"),
         true},
        {"a.c", 0,
         STR("a\xff"
             "c"),
         false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {""};
        struct regex *regex = regex_new(str_from(cases[i].pattern), cases[i].flags, &error);
        assert_string_equal(error.text, "");
        bool is_over_limit = true;
        if (regex_match(regex, cases[i].text, &is_over_limit) != cases[i].is_match)
            fail_msg("%s", cases[i].pattern);
        assert_false(is_over_limit);
        assert_int_equal(regex_match(regex, cases[i].text, NULL), cases[i].is_match);
        regex_free(regex);
    }
    regex_free(NULL);
}

static void broken_patterns_are_refused_with_reason_and_offset(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a(b", "missing closing parenthesis at offset 3"},
        {"*", "quantifier does not follow a repeatable item at offset 0"},
        {"[z-a]", "range out of order in character class at offset 3"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {""};
        assert_null(regex_new(str_from(cases[i][0]), 0, &error));
        assert_string_equal(error.text, cases[i][1]);
    }
    static char text[70000];
    struct error error;
    assert_null(regex_new(str_of(memset(text, 'a', sizeof text), sizeof text), 0, &error));
    assert_null(regex_new(S("a\\C"), 0, &error));
    assert_null(regex_new(S("\xff"), 0, NULL));
}

static void no_pattern_can_hang_the_program(void **state)
{
    (void)state;
    static const char *const cases[] = {"^(a+)+$", "^(a|a)*$", "^(a|aa)+$"};
    char *text = malloc(4000);
    assert_non_null(text);
    memset(text, 'a', 3999);
    text[3999] = '!';
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct regex *regex = regex_new(str_from(cases[i]), 0, NULL);
        assert_non_null(regex);
        bool is_over_limit = false;
        assert_false(regex_match(regex, str_of(text, 4000), &is_over_limit));
        assert_true(is_over_limit);
        regex_free(regex);
    }
    free(text);
}

static void a_long_match_outgrows_the_small_stack_and_still_succeeds(void **state)
{
    (void)state;
    size_t len = 40000; // the JIT gives up at 2000
    char *text = malloc(len);
    assert_non_null(text);
    memset(text, 'a', len);
    struct regex *regex = regex_new(S("^(?:a|b)*$"), 0, NULL);
    bool is_over_limit = true;
    assert_true(regex_match(regex, str_of(text, len), &is_over_limit));
    assert_false(is_over_limit);
    regex_free(regex);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_anywhere),
        cmocka_unit_test(broken_patterns_are_refused_with_reason_and_offset),
        cmocka_unit_test(no_pattern_can_hang_the_program),
        cmocka_unit_test(a_long_match_outgrows_the_small_stack_and_still_succeeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
