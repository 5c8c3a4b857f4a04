// Framing: chunks depend on the bytes alone, broken stretches are told and cost nothing around them,
// records over the limit pass by in bounded memory.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/reading.h"

static void add_text(struct buf *out, const char *text)
{
    buf_add(out, str_from(text));
}

// ---- chunks -----------------------------------------------------------------------------------

enum shape { LINES, ARRAY, PRETTY, WRAPPED, CSV, MIXED, SHAPES };

// Many records, some of them large, with text inside that could mislead.
static void generate(struct buf *out, enum shape shape, size_t count)
{
    static const char *const before[SHAPES] = {
        "", "[", "", "{\"@odata.context\":\"c\",\"value\":[", "Id,AuditData,Text\n", ""};
    static const char *const after[SHAPES] = {"", "]", "", "],\"@odata.nextLink\":\"x\"}", "", ""};
    add_text(out, before[shape]);
    uint32_t random = 1;
    for (size_t i = 0; i < count; i++) {
        random = random * 1664525 + 1013904223;
        size_t size = (random >> 16) % 97 == 0 ? 40000 : (random >> 20) % 600;
        if ((shape == ARRAY || shape == WRAPPED) && i)
            add_text(out, i % 7 ? "," : ",\n  ");
        if (shape == CSV) {
            buf_print(out, "%zu,\"{\"\"Id\"\":%zu,\"\"t\"\":\"\"", i, i);
            for (size_t k = 0; k < size; k++)
                buf_add_char(out, "abc}]\n\\n"[(k + i) % 5]);
            buf_print(out, "\"\"}\",\"two\nlines \"\"%zu\"\"\"\r\n", i);
            continue;
        }
        if (shape == MIXED && i % 50 == 49)
            add_text(out, "this line is no JSON at all {\n");
        bool is_pretty = shape == PRETTY;
        buf_print(out, is_pretty ? "{\n  \"Id\": %zu,\n  \"t\": \"" : "{\"Id\":%zu,\"t\":\"", i);
        for (size_t k = 0; k < size; k++)
            add_text(out, (k + i) % 31 ? "x" : (k + i) % 2 ? "\\\\" : "\\\"{[");
        add_text(out, is_pretty ? "\",\n  \"a\": [\n    {\n    }\n  ]\n}\n" : "\",\"a\":[{}]}");
        if (shape == LINES || shape == MIXED)
            add_text(out, "\n");
    }
    add_text(out, after[shape]);
}

static void assert_same(const struct buf *a, const struct buf *b)
{
    assert_int_equal(a->len, b->len);
    if (a->len)
        assert_memory_equal(a->at, b->at, a->len);
}

static void chunks_depend_on_the_bytes_alone(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 977, 65536, 262144, 262145, 1000003};
    for (int shape = 0; shape < SHAPES; shape++) {
        struct buf bytes;
        buf_init(&bytes);
        generate(&bytes, (enum shape)shape, 1500);
        struct reading whole;
        reading_init(&whole, buf_str(&bytes), 0, 0);
        if (whole.record_count != 1500 || whole.unread_count != (shape == MIXED ? 30 : 0))
            fail_msg("shape %d: %zu records, unread\n%.*s", shape, whole.record_count,
                     (int)whole.unread.len, whole.unread.at);
        assert_true(whole.chunk_count > 2);
        for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
            struct reading cut;
            reading_init(&cut, buf_str(&bytes), 0, pieces[i]);
            assert_same(&whole.chunks, &cut.chunks);
            assert_same(&whole.records, &cut.records);
            assert_same(&whole.places, &cut.places);
            assert_same(&whole.unread, &cut.unread);
            reading_done(&cut);
        }
        reading_done(&whole);
        buf_done(&bytes);
    }
}

// ---- broken stretches -------------------------------------------------------------------------

struct broken {
    const char *what, *bytes, *records, *unread;
};

static const struct broken broken[] = {
    {"a line cut off", "{\"a\":1}\n{\"a\":2}\n{\"a\":3\n{\"a\":4}\n",
     "{\"a\":1}\n{\"a\":2}\n{\"a\":4}\n", "16+6 3: text ends inside an array or object\n"},
    {"the last line cut off", "{\"a\":1}\n{\"a\":2}\n{\"a\":\"x", "{\"a\":1}\n{\"a\":2}\n",
     "16+7 3: unterminated string\n"},
    {"garbage lines are one entry each", "{\"a\":1}\n{\"a\":2}\nx\ny z\n{\"a\":3}\n",
     "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n",
     "16+1 3: text that is no JSON object or array\n18+3 4: text that is no JSON object or array\n"},
    {"a value over several lines among lines", "{\"a\":1}\n{\"a\":2}\n{\n\"a\":3\n}\n{\"a\":4}\n",
     "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n", ""},
    {"two values in a line", "{\"a\":1}\n{\"a\":2}\n{\"a\":3} {\"a\":4}x\n{\"a\":5}\n",
     "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n{\"a\":5}\n",
     "31+1 3: text that is no JSON object or array\n"},
    {"an array cut off in a record", "[{\"a\":1},{\"a\":2},{\"a\":", "{\"a\":1}\n{\"a\":2}\n",
     "17+5 1: text ends inside an array or object\n"},
    {"an array cut off between records", "[{\"a\":1},{\"a\":2},", "{\"a\":1}\n{\"a\":2}\n",
     "17+0 1: the input ends before the array of records is closed\n"},
    {"a wrapper cut off", "{\"value\":[{\"a\":1}],\"@odata", "{\"a\":1}\n",
     "26+0 1: the input ends inside the object around the records\n"},
    {"scalars in an array", "[{\"a\":1}, 7, null, \"a,b]\", true]", "{\"a\":1}\n",
     "10+1 1: a record must be a JSON object, this is a number\n"
     "13+4 1: a record must be a JSON object, this is null\n"
     "19+6 1: a record must be a JSON object, this is a string\n"
     "27+4 1: a record must be a JSON object, this is true or false\n"},
    {"garbage after an array, then another", "[{\"a\":1},\n{\"a\":2}]\n<eof> [\n[{\"a\":3}]\n",
     "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", "19+7 3: text that is no JSON object or array\n"},
    {"a record whose bracket is missing, values in the first column",
     "{\n \"a\": [\n  {\"n\": 1}\n \n}\n{\n \"a\": 2\n}\n{\n \"a\": 3\n}\n",
     "{\"a\":2}\n{\"a\":3}\n", "0+24 1: invalid JSON structure\n"},
    {"a record whose bracket is missing, values indented",
     "[\n  {\n    \"a\": 1\n  ,\n  {\n    \"a\": 2\n  },\n  {\n    \"a\": 3\n  }\n]\n",
     "{\"a\":2}\n{\"a\":3}\n",
     "4+16 2: invalid JSON structure\n"
     "62+0 12: the input ends before the array of records is closed\n"},
    {"nested objects are never taken for records",
     "{\n  \"a\": 1\n}\nend of page\n  {\n  \"n\": 1\n  }\n{\n  \"a\": 2\n}\n",
     "{\"a\":1}\n{\"a\":2}\n",
     "13+11 4: text that is no JSON object or array\n"
     "27+1 5: text that is no JSON object or array\n"
     "31+6 6: text that is no JSON object or array\n"
     "40+1 7: text that is no JSON object or array\n"},
    {"a bracket too many", "[{\"a\":1}]]\n[{\"a\":2}]\n", "{\"a\":1}\n{\"a\":2}\n",
     "9+1 1: text that is no JSON object or array\n"},
};

// The reasons of the JSON parser are its own; places and the framer's own words must agree.
static bool is_similar(struct str actual, struct str expected)
{
    while (actual.at && expected.at) {
        struct str a = str_cut(&actual, '\n'), e = str_cut(&expected, '\n');
        size_t colon = str_index(e, ':');
        bool is_parser = !str_contains(e, S("record")) && !str_contains(e, S("no JSON"));
        if (is_parser ? !str_starts(a, str_of(e.at, colon)) : !str_equal(a, e))
            return false;
    }
    return !actual.at && !expected.at;
}

static void broken_stretches_are_told_and_passed_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        for (size_t piece = 0; piece < 4; piece++) {
            struct reading reading;
            reading_init(&reading, str_from(broken[i].bytes), 0, piece);
            if (!str_is(buf_str(&reading.records), broken[i].records) ||
                !is_similar(buf_str(&reading.unread), str_from(broken[i].unread)))
                fail_msg("%s, pieces of %zu:\n%.*s%.*s", broken[i].what, piece,
                         (int)reading.records.len, reading.records.at, (int)reading.unread.len,
                         reading.unread.at);
            reading_done(&reading);
        }
    }
}

// Cut anywhere, an input gives its whole records and says that something is missing.
static void a_cut_never_goes_unsaid(void **state)
{
    (void)state;
    static const char bytes[] = "[{\"a\":1},\n{\"a\":{\"b\":[2]}},\n{\"a\":3}]";
    for (size_t size = 2; size < sizeof bytes - 1; size++) {
        struct reading reading;
        reading_init(&reading, str_of(bytes, size), 0, 0);
        assert_true(reading.unread_count >= 1);
        assert_int_equal(reading.record_count, (size >= 8) + (size >= 25) + (size >= 34));
        reading_done(&reading);
    }
}

// ---- over the limit ---------------------------------------------------------------------------

static void over_long_records_pass_in_bounded_memory(void **state)
{
    (void)state;
    static const struct {
        const char *before, *start, *end, *after, *why;
    } cases[] = {
        {"{\"a\":1}\n{\"a\":2}\n", "{\"a\":\"", "\"}\n", "{\"a\":3}\n",
         "a line longer than 32 MiB"},
        {"[{\"a\":1},{\"a\":2},", "{\"a\":\"", "\"},", "{\"a\":3}]", "a record larger than 32 MiB"},
        {"Id,AuditData\n1,\"{\"\"a\"\":1}\"\n2,\"{\"\"a\"\":2}\"\n", "x,\"", "\"\n",
         "3,\"{\"\"a\"\":3}\"\n", "a row longer than 32 MiB"},
    };
    size_t size = RECORD_SIZE_LIMIT + CHUNK_SIZE + 12345;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf bytes;
        buf_init(&bytes);
        add_text(&bytes, cases[i].before);
        uint64_t offset = bytes.len;
        add_text(&bytes, cases[i].start);
        while (bytes.len < size)
            add_text(&bytes, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
        add_text(&bytes, cases[i].end);
        uint64_t end = bytes.len - (i == 1); // the comma is not the record's
        add_text(&bytes, cases[i].after);
        struct reading reading;
        reading_init(&reading, buf_str(&bytes), 0, 262144);
        assert_true(str_is(buf_str(&reading.records), "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"));
        buf_add_char(&reading.unread, '\0');
        char expected[128];
        snprintf(expected, sizeof expected, "%llu+%llu %d: %s\n", (unsigned long long)offset,
                 (unsigned long long)(end - offset),
                 i == 0   ? 3
                 : i == 1 ? 1
                          : 4,
                 cases[i].why);
        assert_string_equal(reading.unread.at, expected);
        reading_done(&reading);
        buf_done(&bytes);
    }
}

static void a_quote_that_is_never_closed_costs_its_line(void **state)
{
    (void)state;
    struct buf bytes;
    buf_init(&bytes);
    add_text(&bytes, "name,text\na,1\nb,\"open\n");
    size_t rows = 0;
    for (; bytes.len < RECORD_SIZE_LIMIT + CHUNK_SIZE; rows++)
        add_text(&bytes, "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc,2\n");
    struct reading reading;
    reading_init(&reading, buf_str(&bytes), 0, 262144);
    assert_int_equal(reading.record_count, rows + 1);
    buf_add_char(&reading.unread, '\0');
    assert_string_equal(reading.unread.at, "14+8 3: a quoted cell is not closed\n");
    reading_done(&reading);
    buf_done(&bytes);
}

static void arrays_nested_too_deep_are_told(void **state)
{
    (void)state;
    struct buf bytes;
    buf_init(&bytes);
    for (int i = 0; i < 5000; i++)
        buf_add_char(&bytes, '[');
    struct reading reading;
    reading_init(&reading, buf_str(&bytes), 0, 0);
    assert_int_equal(reading.record_count, 0);
    assert_true(reading.unread_count >= 1);
    reading_done(&reading);
    buf_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_depend_on_the_bytes_alone),
        cmocka_unit_test(broken_stretches_are_told_and_passed_over),
        cmocka_unit_test(a_cut_never_goes_unsaid),
        cmocka_unit_test(over_long_records_pass_in_bounded_memory),
        cmocka_unit_test(a_quote_that_is_never_closed_costs_its_line),
        cmocka_unit_test(arrays_nested_too_deep_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
