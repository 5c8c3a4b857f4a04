// Walks over blocks find the same by every way that this processor can, wherever the bytes are cut.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "source/csv.h"
#include "source/scan.h"

enum { TEXTS = 4000, TEXT_LIMIT = 700 };

static uint64_t seed;

static size_t chance(size_t below)
{
    seed = hash_mix(seed + UINT64_C(0x9e3779b97f4a7c15));
    return (size_t)(seed % below);
}

// Made of what matters to the walks, more or less of it.
static size_t make_text(char text[TEXT_LIMIT])
{
    static const char alphabet[] = "\"\"\"\\\\{}[],,;\n\n\r ax\xc3\xbc";
    size_t len = chance(TEXT_LIMIT), density = 1 + chance(40);
    for (size_t i = 0; i < len; i++)
        text[i] = chance(density) ? 'a' : alphabet[chance(sizeof alphabet - 1)];
    return len;
}

// Where the value ends, after a cut in the middle.
static size_t value_end(enum block_way way, const char *text, size_t cut, size_t len)
{
    struct json_scan scan = {.depth = 1};
    size_t at = 0;
    if (!json_scan_end_by(way, &scan, text, &at, cut) &&
        !json_scan_end_by(way, &scan, text, &at, len))
        return len + 1 + scan.depth * 4 + (scan.string & 2) + (scan.escaped & 1);
    return at;
}

static size_t rows_end(enum block_way way, const char *text, size_t cut, size_t len, bool is_first)
{
    struct csv_scan scan;
    csv_scan_start(&scan, ',');
    size_t first = csv_scan_rows_by(way, &scan, text, 0, cut, is_first);
    if (is_first && first)
        return first;
    size_t second = csv_scan_rows_by(way, &scan, text, cut, len, is_first);
    return (second ? second : first) + (scan.is_stray ? 1000000 : 0) + (scan.quoted & 2000000);
}

// The cells of the row as text: where each is, and whether it has escapes.
static void read_row(enum block_way way, const char *text, size_t len, struct buf *out)
{
    struct csv_row row = {0};
    size_t next = 0;
    enum csv_result result = csv_row_read_by(way, &row, text, 0, len, true, ',', &next);
    buf_clear(out);
    buf_print(out, "%d %zu", (int)result, next);
    for (size_t i = 0; i < row.count; i++)
        buf_print(out, " %zu+%zu%s", (size_t)(row.cells[i].text.at - text), row.cells[i].text.len,
                  row.cells[i].has_escapes ? "\"" : "");
    free(row.cells);
}

static void all_ways_find_the_same(void **state)
{
    (void)state;
    struct buf plain, other;
    buf_init(&plain);
    buf_init(&other);
    for (size_t i = 0; i < TEXTS; i++) {
        char made[TEXT_LIMIT];
        size_t len = make_text(made), cut = chance(len + 1);
        char *text = malloc(len + 1); // so that a byte read too much is seen
        memcpy(text, made, len);
        read_row(BLOCK_PLAIN, text, len, &plain);
        for (enum block_way way = BLOCK_AVX2; way < BLOCK_WAYS; way++) {
            if (!block_can(way))
                continue;
            assert_int_equal(value_end(way, text, cut, len),
                             value_end(BLOCK_PLAIN, text, cut, len));
            assert_int_equal(rows_end(way, text, cut, len, false),
                             rows_end(BLOCK_PLAIN, text, cut, len, false));
            assert_int_equal(rows_end(way, text, cut, len, true),
                             rows_end(BLOCK_PLAIN, text, cut, len, true));
            assert_int_equal(count_line_feeds_by(way, text, len),
                             count_line_feeds_by(BLOCK_PLAIN, text, len));
            read_row(way, text, len, &other);
            assert_true(str_equal(buf_str(&other), buf_str(&plain)));
        }
        free(text);
    }
    buf_done(&plain);
    buf_done(&other);
}

static void ways_that_cannot_be_tried_are_told(void **state)
{
    (void)state;
    for (enum block_way way = BLOCK_AVX2; way < BLOCK_WAYS; way++)
        if (!block_can(way))
            printf("the processor does not know way %d: not compared\n", (int)way);
    assert_true(block_can(block_best()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_ways_find_the_same),
        cmocka_unit_test(ways_that_cannot_be_tried_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
