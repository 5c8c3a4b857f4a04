// Ordered numbers and counted texts of sliding windows against sorting and counting anew.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "rule/distinct.h"
#include "rule/rank.h"

#define NUMBERS 30000

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

// A window of `length` numbers out of `spread` different ones slides over the sequence.
static void check_window(size_t length, uint64_t spread, bool is_rising)
{
    struct rank rank = {0};
    double *numbers = malloc(NUMBERS * sizeof *numbers), *sorted = malloc(length * sizeof *sorted);
    assert_non_null(numbers);
    assert_non_null(sorted);
    for (size_t i = 0; i < NUMBERS; i++) {
        numbers[i] = is_rising ? (double)i : (double)(hash_mix(i + 1) % spread) - 10;
        rank_add(&rank, numbers[i]);
        if (i >= length)
            rank_remove(&rank, numbers[i - length]);
        assert_int_equal(rank.count, i < length ? i + 1 : length);
        if (i % 5000 != 4999 || i + 1 < length)
            continue;
        memcpy(sorted, numbers + i + 1 - length, length * sizeof *sorted);
        qsort(sorted, length, sizeof *sorted, compare);
        for (size_t at = 0; at < length; at++)
            assert_true(rank_at(&rank, at) == sorted[at]);
    }
    assert_true(rank.block_count <= length / (RANK_BLOCK / 4) + 2);
    for (size_t i = NUMBERS - length; i < NUMBERS; i++)
        rank_remove(&rank, numbers[i]);
    assert_int_equal(rank.count, 0);
    rank_done(&rank);
    free(numbers);
    free(sorted);
}

static void numbers_stay_in_order_while_they_come_and_go(void **state)
{
    (void)state;
    check_window(1, 100, false);
    check_window(4000, 1, false);
    check_window(4000, 7, false);
    check_window(4000, UINT64_C(1) << 40, false);
    check_window(NUMBERS, 1000, false);
    check_window(4000, 0, true);
}

static void percentiles_interpolate(void **state)
{
    (void)state;
    static const struct {
        double percentile, wanted;
    } rows[] = {{0, 10}, {25, 17.5}, {50, 25}, {90, 37}, {100, 40}, {-1, 10}, {200, 40}};
    struct rank rank = {0};
    for (int i = 4; i > 0; i--)
        rank_add(&rank, i * 10);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(fabs(rank_percentile(&rank, rows[i].percentile) - rows[i].wanted) < 1e-9);
    rank_done(&rank);
}

// Every other text in other letters, which is the same text.
static struct distinct_entry *add_text(struct distinct *distinct, struct str text, bool is_upper)
{
    static const uint32_t places[1] = {0};
    char letters[64];
    struct text_key key;
    for (size_t i = 0; i < text.len; i++)
        letters[i] = is_upper && text.at[i] >= 'a' ? (char)(text.at[i] - 0x20) : text.at[i];
    struct str value = str_of(letters, text.len);
    uint64_t hash = hash_fold(value);
    struct observation event = {.values = &value, .hashes = &hash};
    assert_true(text_key_make(&event, places, 1, &key));
    return distinct_add(distinct, &key);
}

static void texts_are_counted_while_they_come_and_go(void **state)
{
    (void)state;
    enum { TEXTS = 500, STEPS = 50000, LENGTH = 700 };
    struct distinct distinct = {0};
    static struct distinct_entry *entries[STEPS];
    static unsigned counts[TEXTS];
    size_t different = 0;
    char text[32];
    for (size_t i = 0; i < STEPS; i++) {
        unsigned number = (unsigned)(hash_mix(i + 1) % TEXTS);
        int len = snprintf(text, sizeof text, "text %u", number);
        entries[i] = add_text(&distinct, str_of(text, (size_t)len), i % 2);
        different += counts[number]++ == 0;
        if (i >= LENGTH) {
            unsigned old = (unsigned)(hash_mix(i - LENGTH + 1) % TEXTS);
            distinct_remove(&distinct, entries[i - LENGTH]);
            different -= --counts[old] == 0;
        }
        assert_int_equal(distinct.count, different);
    }
    for (size_t i = STEPS - LENGTH; i < STEPS; i++)
        distinct_remove(&distinct, entries[i]);
    assert_int_equal(distinct.count, 0);
    add_text(&distinct, S(""), false);
    assert_int_equal(distinct.count, 1);
    distinct_done(&distinct);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_stay_in_order_while_they_come_and_go),
        cmocka_unit_test(percentiles_interpolate),
        cmocka_unit_test(texts_are_counted_while_they_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
