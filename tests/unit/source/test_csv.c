// CSV: rows and cells as in RFC 4180, headers as products write them, broken rows told.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "source/csv.h"
#include "source/scan.h"
#include "support/reading.h"

// ---- rows -------------------------------------------------------------------------------------

struct row_case {
    const char *bytes, *cells; // cells joined by '|'
    enum csv_result result;
    size_t next;
};

static const struct row_case row_cases[] = {
    {"a,b\n", "a|b", CSV_ROW, 4},
    {"a,b\r\nc", "a|b", CSV_ROW, 5},
    {"a,b", "a|b", CSV_ROW, 3},
    {"a,b,", "a|b|", CSV_ROW, 4},
    {",\n", "|", CSV_ROW, 2},
    {"\"a,b\",\"c\nd\"\n", "a,b|c\nd", CSV_ROW, 12},
    {"\"say \"\"hi\"\"\"\n", "say \"hi\"", CSV_ROW, 13},
    {"\"\",\"\"\"\"\r\n", "|\"", CSV_ROW, 9},
    {"a\"b,c\n", "a\"b|c", CSV_ROW, 6},
    {"\"a\" ,b\n", "a|b", CSV_ROW, 7},
    {"\"a\"\r", "a", CSV_ROW, 4},
    {"\"a\"b,c\nd\n", NULL, CSV_BROKEN, 7},
    {"\"open\nd\n", NULL, CSV_BROKEN, 6},
    {"\n", "", CSV_ROW, 1},
};

static void rows_are_cut_as_rfc_4180_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row_cases / sizeof *row_cases; i++) {
        const struct row_case *c = &row_cases[i];
        struct csv_row row = {0};
        struct buf joined, scratch;
        buf_init(&joined);
        buf_init(&scratch);
        size_t next = 0;
        enum csv_result result =
            csv_row_read(&row, c->bytes, 0, strlen(c->bytes), true, ',', &next);
        for (size_t k = 0; result == CSV_ROW && k < row.count; k++) {
            if (k)
                buf_add_char(&joined, '|');
            buf_add(&joined, csv_cell_text(row.cells[k], &scratch));
        }
        if (result != c->result || next != c->next ||
            (c->cells && !str_is(buf_str(&joined), c->cells)))
            fail_msg("%s: %d, %zu, %.*s", c->bytes, (int)result, next, (int)joined.len, joined.at);
        free(row.cells);
        buf_done(&joined);
        buf_done(&scratch);
    }
}

// Cut short where more may follow, a row is either not whole yet or the same.
static void a_row_that_may_go_on_is_not_given(void **state)
{
    (void)state;
    static const char bytes[] = "ab,\"c\"\"d\ne\" ,\"f\"\r\nnext";
    struct csv_row row = {0};
    for (size_t size = 0; size < sizeof bytes - 1; size++) {
        size_t next = 0;
        enum csv_result result = csv_row_read(&row, bytes, 0, size, false, ',', &next);
        assert_int_equal(result, size < 18 ? CSV_MORE : CSV_ROW);
        if (result == CSV_ROW)
            assert_int_equal(next, 18);
    }
    free(row.cells);
}

// ---- fast walks against simple ones -----------------------------------------------------------

static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525 + 1013904223;
    return *random >> 16;
}

static void doubled_quotes_are_undone_like_byte_by_byte(void **state)
{
    (void)state;
    uint32_t random = 7;
    for (int round = 0; round < 3000; round++) {
        char cell[400], fast[416], slow[400];
        size_t len = 0, expected = 0, size = next_random(&random) % 300;
        unsigned density = 2 + next_random(&random) % 20;
        while (len < size) {
            bool is_quote = next_random(&random) % density == 0;
            cell[len] = is_quote ? '"' : (char)('a' + len % 26);
            slow[expected++] = cell[len++];
            if (is_quote)
                cell[len++] = '"';
        }
        char *exact = malloc(len + 2); // so that reading past the end is seen
        memcpy(exact, cell, len);
        memcpy(exact + len, "\"", 1);
        struct csv_cell given = {str_of(exact, len), true};
        assert_int_equal(csv_cell_copy(given, fast), expected);
        assert_memory_equal(fast, slow, expected);
        assert_int_equal(csv_cell_copy_plainly(given, fast), expected);
        assert_memory_equal(fast, slow, expected);
        struct buf scratch;
        buf_init(&scratch);
        struct str text = csv_cell_text(given, &scratch);
        assert_int_equal(text.len, expected);
        if (expected)
            assert_memory_equal(text.at, slow, expected);
        buf_done(&scratch);
        // And the closing quote is found behind it.
        char *row_bytes = malloc(len + 3);
        row_bytes[0] = '"';
        memcpy(row_bytes + 1, cell, len);
        memcpy(row_bytes + 1 + len, "\"\n", 2);
        struct csv_row row = {0};
        size_t next = 0;
        assert_int_equal(csv_row_read(&row, row_bytes, 0, len + 3, true, ',', &next), CSV_ROW);
        assert_int_equal(row.cells[0].text.len, len);
        assert_int_equal(next, len + 3);
        free(row.cells);
        free(row_bytes);
        free(exact);
    }
}

static void the_fast_walk_finds_the_same_row_ends(void **state)
{
    (void)state;
    uint32_t random = 11;
    for (int round = 0; round < 2000; round++) {
        char bytes[700];
        size_t size = 0;
        while (size < 500) {
            bool is_quoted = next_random(&random) % 2;
            size_t len = next_random(&random) % 60;
            if (is_quoted)
                bytes[size++] = '"';
            for (size_t i = 0; i < len; i++) {
                bytes[size] = "abcde\n,\r"[next_random(&random) % (is_quoted ? 8 : 5)];
                size++;
            }
            if (is_quoted && next_random(&random) % 3 == 0) {
                bytes[size++] = '"';
                bytes[size++] = '"';
            }
            if (is_quoted)
                bytes[size++] = '"';
            if (next_random(&random) % 50 == 0)
                bytes[size++] = 'x'; // after a quote this is a stray byte
            bytes[size++] = ",\n"[next_random(&random) % 2];
        }
        struct csv_scan scan;
        csv_scan_start(&scan, ',');
        size_t cut = next_random(&random) % size;
        size_t first_half = csv_scan_rows(&scan, bytes, 0, cut, false);
        size_t last = csv_scan_rows(&scan, bytes, cut, size, false);
        last = last ? last : first_half;
        struct csv_row row = {0};
        size_t at = 0, next = 0;
        bool is_broken = false;
        while (at < size) {
            enum csv_result result = csv_row_read(&row, bytes, at, size, false, ',', &next);
            is_broken |= result == CSV_BROKEN;
            if (result != CSV_ROW)
                break;
            at = next;
        }
        free(row.cells);
        if (is_broken)
            assert_true(scan.is_stray);
        if (!scan.is_stray)
            assert_int_equal(at, last);
    }
}

static void the_fast_walk_finds_the_same_value_ends(void **state)
{
    (void)state;
    uint32_t random = 5;
    for (int round = 0; round < 5000; round++) {
        char bytes[300];
        size_t size = 1 + next_random(&random) % 299;
        for (size_t i = 0; i < size; i++)
            bytes[i] = "{}[]\"\\ab{{"[next_random(&random) % 10];
        struct json_scan whole = {.depth = 3}, pieces = {.depth = 3};
        size_t at = 0;
        bool is_ended = json_scan_end(&whole, bytes, &at, size);
        // Byte by byte.
        uint32_t depth = 3;
        bool in_string = false, is_escaped = false;
        size_t i = 0;
        for (; i < size && depth; i++) {
            char c = bytes[i];
            if (is_escaped)
                is_escaped = false;
            else if (c == '\\')
                is_escaped = true;
            else if (c == '"')
                in_string = !in_string;
            else if (!in_string && (c == '{' || c == '['))
                depth++;
            else if (!in_string && (c == '}' || c == ']'))
                depth--;
        }
        assert_int_equal(is_ended, depth == 0);
        assert_int_equal(at, i);
        // In two pieces.
        size_t cut = next_random(&random) % size, part = 0;
        if (!json_scan_end(&pieces, bytes, &part, cut))
            json_scan_end(&pieces, bytes, &part, size);
        assert_int_equal(part, at);
    }
}

// ---- whole inputs -----------------------------------------------------------------------------

struct input_case {
    const char *what, *bytes, *records, *unread;
};

static const struct input_case input_cases[] = {
    {"cells missing at the end are absent", "a,b,c\n1\n1,2\n",
     "{\"a\":\"1\"}\n{\"a\":\"1\",\"b\":\"2\"}\n", ""},
    {"cells too many are told unless they are empty", "a,b\n1,2,,\n1,2,3\n4,5\n6,7\n",
     "{\"a\":\"1\",\"b\":\"2\"}\n{\"a\":\"4\",\"b\":\"5\"}\n{\"a\":\"6\",\"b\":\"7\"}\n",
     "10+6 3: more cells than the header has columns\n"},
    {"columns without a name or with the same", "a,,a,b\n1,2,3,4\n",
     "{\"a\":\"1\",\"column_2\":\"2\",\"a_2\":\"3\",\"b\":\"4\"}\n", ""},
    {"tabs", "a\tb\n1\t\"x\ty\"\n", "{\"a\":\"1\",\"b\":\"x\\ty\"}\n", ""},
    {"Excel's separator line", "sep=;\na;b\n1;2\n", "{\"a\":\"1\",\"b\":\"2\"}\n", ""},
    {"blank lines", "\n\na,b\n\n1,2\n \n\n3,4\n",
     "{\"a\":\"1\",\"b\":\"2\"}\n{\"a\":\"3\",\"b\":\"4\"}\n", ""},
    {"a quote never closed costs its line", "a,b\n1,\"x\n2,y\n3,z\n",
     "{\"a\":\"2\",\"b\":\"y\"}\n{\"a\":\"3\",\"b\":\"z\"}\n",
     "4+5 2: a quoted cell is not closed\n"},
    {"a quote never closed before quoted cells", "a,b\n1,\"x\n2,\"y\"\n3,\"z\"\n",
     "{\"a\":\"2\",\"b\":\"y\"}\n{\"a\":\"3\",\"b\":\"z\"}\n",
     "4+5 2: text behind a cell's closing quote\n"},
    {"JSON in cells", "a,b\n\"{\"\"x\"\":[1,true]}\",\"[not json]\"\n",
     "{\"a\":{\"x\":[1,true]},\"b\":\"[not json]\"}\n", ""},
    {"AuditData broken, empty, missing", "a,AuditData\n1,\"{\"\"x\"\":\"\n2,\n3\n4,{}\n", "{}\n",
     "12+12 2: AuditData holds broken JSON\n24+3 3: AuditData is empty\n"
     "27+2 4: the row ends before its AuditData\n"},
    {"AuditData with line feeds and slashes", "AuditData,b\n\"{\"\"x\"\":\r\n\"\"a\\/b\"\"}\",1\n",
     "{\"x\":\"a/b\"}\n", ""},
    {"values that begin like their column's name", "name,n\nname1,n\nname,n\n",
     "{\"name\":\"name1\",\"n\":\"n\"}\n", ""}, // the second is the header again
};

static void tables_become_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof input_cases / sizeof *input_cases; i++) {
        for (size_t piece = 0; piece < 3; piece++) {
            struct reading reading;
            reading_init(&reading, str_from(input_cases[i].bytes), 0, piece);
            if (!str_is(buf_str(&reading.records), input_cases[i].records) ||
                !str_is(buf_str(&reading.unread), input_cases[i].unread))
                fail_msg("%s:\n%.*s%.*s", input_cases[i].what, (int)reading.records.len,
                         reading.records.at, (int)reading.unread.len, reading.unread.at);
            reading_done(&reading);
        }
    }
}

static void lost_columns_and_date_order_are_noted(void **state)
{
    (void)state;
    struct reading reading;
    reading_init(&reading,
                 S("CreationTime,Operation,Folders,Parameters\n"
                   "3/6/2023 08:13:00,Send,System.Object[],x\n"
                   "28/6/2023 08:13:00,Send,,System.Collections.Generic.List\n"),
                 0, 0);
    assert_true(reading.is_day_first);
    assert_true(str_is(buf_str(&reading.lost), "Folders\nParameters\n"));
    reading_done(&reading);
    reading_init(&reading, S("CreationTime,Operation\n6/28/2023 08:13:00,Send\n"), 0, 0);
    assert_false(reading.is_day_first);
    reading_done(&reading);
}

static void deep_json_in_a_cell_stays_text(void **state)
{
    (void)state;
    struct buf bytes;
    buf_init(&bytes);
    buf_add(&bytes, S("a,b\n1,"));
    for (int i = 0; i < 255; i++)
        buf_add_char(&bytes, '[');
    for (int i = 0; i < 255; i++)
        buf_add_char(&bytes, ']');
    struct reading reading;
    reading_init(&reading, buf_str(&bytes), 0, 0);
    assert_int_equal(reading.record_count, 1);
    assert_true(str_contains(buf_str(&reading.records), S("\"b\":\"[[[")));
    reading_done(&reading);
    buf_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_cut_as_rfc_4180_says),
        cmocka_unit_test(a_row_that_may_go_on_is_not_given),
        cmocka_unit_test(doubled_quotes_are_undone_like_byte_by_byte),
        cmocka_unit_test(the_fast_walk_finds_the_same_row_ends),
        cmocka_unit_test(the_fast_walk_finds_the_same_value_ends),
        cmocka_unit_test(tables_become_records),
        cmocka_unit_test(lost_columns_and_date_order_are_noted),
        cmocka_unit_test(deep_json_in_a_cell_stays_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
