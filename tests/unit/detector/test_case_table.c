// Cases: each key has one row, which stays findable while the table grows; beyond the limit it refuses.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "detector/case_table.h"

// Keys that differ in one part only, in every part, and by where a number stands.
static struct case_key key_of(uint32_t number)
{
    struct case_key key = {{0}};
    key.part[number % 4] = number / 4 + 1;
    return key;
}

static bool is_key(const struct case_row *row, struct case_key key)
{
    return memcmp(&row->key, &key, sizeof key) == 0;
}

static void an_empty_table(void **state)
{
    struct case_table table = {0};
    (void)state;
    assert_null(case_table_find(&table, key_of(0)));
    case_table_done(&table);
    case_table_done(&table);
}

static void a_case_is_opened_once(void **state)
{
    struct case_table table = {0};
    struct case_key none = {{0}};
    (void)state;
    struct case_row *row = case_table_open(&table, none); // nothing in the key is a key too
    assert_non_null(row);
    assert_null(row->draft);
    assert_true(row->first == INSTANT_NONE && row->last == INSTANT_NONE);
    for (int i = 0; i < CASE_NUMBERS; i++)
        assert_int_equal(row->numbers[i], 0);
    row->numbers[5] = 7;
    assert_ptr_equal(case_table_open(&table, none), row);
    assert_ptr_equal(case_table_find(&table, none), row);
    assert_int_equal(row->numbers[5], 7);
    assert_null(case_table_find(&table, key_of(1)));
    assert_int_equal(table.count, 1);
    case_table_done(&table);
    assert_int_equal(table.count, 0);
    assert_null(case_table_find(&table, none));
}

static void parts_are_told_apart_by_their_place(void **state)
{
    struct case_table table = {0};
    (void)state;
    case_table_open(&table, (struct case_key){{1, 2, 3, 4}})->numbers[0] = 1;
    case_table_open(&table, (struct case_key){{4, 3, 2, 1}})->numbers[0] = 2;
    case_table_open(&table, (struct case_key){{1, 2, 3, 5}})->numbers[0] = 3;
    assert_int_equal(table.count, 3);
    assert_int_equal(case_table_find(&table, (struct case_key){{1, 2, 3, 4}})->numbers[0], 1);
    assert_int_equal(case_table_find(&table, (struct case_key){{4, 3, 2, 1}})->numbers[0], 2);
    assert_int_equal(case_table_find(&table, (struct case_key){{1, 2, 3, 5}})->numbers[0], 3);
    assert_null(case_table_find(&table, (struct case_key){{1, 2, 3, 0}}));
    case_table_done(&table);
}

// Around every size at which the table grows, all rows are found, in the order in which they came.
static void rows_are_found_while_it_grows(void **state)
{
    struct case_table table = {0};
    (void)state;
    for (uint32_t i = 0; i < 5000; i++) {
        struct case_row *row = case_table_open(&table, key_of(i));
        row->numbers[0] = i;
        row->first = i;
        bool is_checked = (i & (i + 1)) == 0 || (i & (i - 1)) == 0 || i == 4999;
        for (uint32_t k = 0; is_checked && k <= i; k++) {
            row = case_table_find(&table, key_of(k));
            assert_non_null(row);
            assert_ptr_equal(row, &table.rows[k]);
            assert_true(is_key(row, key_of(k)));
            assert_int_equal(row->numbers[0], k);
            assert_int_equal(row->first, k);
        }
        assert_null(case_table_find(&table, key_of(i + 1)));
    }
    case_table_done(&table);
}

static void beyond_the_limit_it_refuses_and_counts(void **state)
{
    struct case_table table = {0};
    (void)state;
    for (uint32_t i = 0; i < CASE_LIMIT; i++)
        case_table_open(&table, key_of(i))->numbers[0] = i;
    assert_int_equal(table.refused, 0);
    for (uint32_t i = CASE_LIMIT; i < CASE_LIMIT + 10; i++) {
        assert_null(case_table_open(&table, key_of(i)));
        assert_null(case_table_find(&table, key_of(i)));
    }
    assert_int_equal(table.refused, 10);
    assert_int_equal(table.count, CASE_LIMIT);
    for (uint32_t i = 0; i < CASE_LIMIT; i++) // those that are there are opened as before
        assert_int_equal(case_table_open(&table, key_of(i))->numbers[0], i);
    assert_int_equal(table.refused, 10);
    case_table_done(&table);
}

static void drafts_are_taken_or_freed(void **state)
{
    struct case_table table = {0};
    (void)state;
    for (uint32_t i = 0; i < 300; i++)
        case_table_open(&table, key_of(i))->draft = i % 3 ? draft_new() : NULL;
    for (uint32_t i = 0; i < 300; i += 2) {
        struct draft *draft = case_take(case_table_find(&table, key_of(i)));
        assert_int_equal(draft != NULL, i % 3 != 0);
        draft_free(draft);
        assert_null(case_take(case_table_find(&table, key_of(i))));
    }
    case_table_done(&table); // the others: the sanitizer counts
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_empty_table),
                                       cmocka_unit_test(a_case_is_opened_once),
                                       cmocka_unit_test(parts_are_told_apart_by_their_place),
                                       cmocka_unit_test(rows_are_found_while_it_grows),
                                       cmocka_unit_test(beyond_the_limit_it_refuses_and_counts),
                                       cmocka_unit_test(drafts_are_taken_or_freed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
