// Interning: equal texts have one symbol, symbols count up, texts stay where they are.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symbols_count_up),
        cmocka_unit_test(test_many_texts_stay_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
