// Tests of base/error: words are written once and widened on the way up.
// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void an_error_is_written_and_widened(void **state)
{
    (void)state;
    struct error error;
    assert_false(error_set(&error, "unknown modifier '%s'", "contians"));
    assert_string_equal(error.text, "unknown modifier 'contians'");
    assert_false(error_widen(&error, "%d", 12));
    assert_false(error_widen(&error, "rules/%s", "a.yml"));
    assert_string_equal(error.text, "rules/a.yml: 12: unknown modifier 'contians'");
}

static void no_error_is_asked_for(void **state)
{
    (void)state;
    assert_false(error_set(NULL, "x"));
    assert_false(error_widen(NULL, "x"));
}

static void its_own_text_may_be_an_argument(void **state)
{
    (void)state;
    struct error error;
    error_set(&error, "b");
    error_set(&error, "a %s c", error.text);
    assert_string_equal(error.text, "a b c");
}

static void a_long_text_is_cut_at_a_whole_character(void **state)
{
    (void)state;
    char text[600], prefix[600];
    for (size_t start = 500; start < ERROR_TEXT_SIZE; start++) {
        struct error error;
        memset(text, 'a', sizeof text);
        memcpy(text + start, "\xf0\x9f\x8c\xa9", 4);
        text[start + 4] = 0;
        error_set(&error, "%s", text);
        size_t kept = start + 4 < ERROR_TEXT_SIZE ? start + 4 : start;
        assert_int_equal(strlen(error.text), kept);
        memset(prefix, 'p', sizeof prefix);
        prefix[start - 2] = 0;
        error_set(&error, "%s", "\xf0\x9f\x8c\xa9");
        error_widen(&error, "%s", prefix); // two more bytes: ": "
        assert_int_equal(strlen(error.text), kept);
    }
    struct error error = {""};
    prefix[520] = 'p';
    prefix[599] = 0;
    error_widen(&error, "%s", prefix);
    assert_true(strlen(error.text) < ERROR_TEXT_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_is_written_and_widened),
        cmocka_unit_test(no_error_is_asked_for),
        cmocka_unit_test(its_own_text_may_be_an_argument),
        cmocka_unit_test(a_long_text_is_cut_at_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
