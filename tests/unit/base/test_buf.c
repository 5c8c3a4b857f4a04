// Tests of base/buf: growing output and JSON strings.
// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void what_is_written_stands_there_in_order(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf);
    assert_true(str_is(buf_str(&buf), ""));
    buf_add(&buf, S("a"));
    buf_add(&buf, str_of(NULL, 0));
    buf_add_char(&buf, 'b');
    buf_print(&buf, "%s%d", "c", 4);
    buf_print(&buf, "%s", "");
    assert_true(str_is(buf_str(&buf), "abc4"));
    buf_clear(&buf);
    for (int i = 0; i < 5000; i++)
        buf_print(&buf, "%05d", i);
    assert_int_equal(buf.len, 25000);
    assert_memory_equal(buf.at + 24990, "0499804999", 10);
    buf_print(&buf, "%100000d", 1);
    assert_int_equal(buf.len, 125000);
    assert_false(buf_failed(&buf));
    buf_done(&buf);
}

static void a_failure_is_remembered_until_cleared(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf);
    buf_add(&buf, S("x"));
    buf_add(&buf, str_of("", BUF_LIMIT)); // refused before it is read
    assert_true(buf_failed(&buf));
    buf_add(&buf, S("y"));
    buf_add_char(&buf, 'y');
    buf_print(&buf, "%s", "y");
    buf_add_json(&buf, S("y"));
    assert_true(str_is(buf_str(&buf), "x"));
    buf_clear(&buf);
    buf_add(&buf, S("z"));
    assert_false(buf_failed(&buf));
    assert_true(str_is(buf_str(&buf), "z"));
    buf_done(&buf);
}

#define R "\xef\xbf\xbd"

static void json_strings_are_escaped_and_repaired(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *json;
    } cases[] = {
        {STR(""), "\"\""},
        {STR("plain text of some length"), "\"plain text of some length\""},
        {STR("a\"b\\c/d"), "\"a\\\"b\\\\c/d\""},
        {STR("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\""},
        {STR("\0\x01\x1f"), "\"\\u0000\\u0001\\u001f\""},
        {STR("\x7f"), "\"\x7f\""},
        {STR("01234567\n"), "\"01234567\\n\""},
        {STR("0123456\"7"), "\"0123456\\\"7\""},
        {STR("\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\xa9"), "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\xa9\""},
        // One U+FFFD per maximal subpart.
        {STR("a\x80z"), "\"a" R "z\""},
        {STR("\xc3"), "\"" R "\""},
        {STR("\xe2\x82"), "\"" R "\""},
        {STR("\xe2\x82\n"), "\"" R "\\n\""},
        {STR("\xc0\xaf"), "\"" R R "\""},
        {STR("\xed\xa0\x80"), "\"" R R R "\""},
        {STR("\xf0\x9f\x8c"
             "a"),
         "\"" R "a\""},
        {STR("\xf4\x90\x80\x80"), "\"" R R R R "\""},
        {STR("\xff\xff"), "\"" R R "\""},
        {STR("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64"), // Unicode, table 3-8
         "\"a" R R R "b" R "c" R R "d\""},
    };
    struct buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < COUNT(cases); i++) {
        buf_clear(&buf);
        buf_add_json(&buf, cases[i].text);
        assert_true(str_is(buf_str(&buf), cases[i].json));
    }
    buf_done(&buf);
}

static void every_byte_is_escaped_alike_at_every_place(void **state)
{
    (void)state;
    struct buf alone, among;
    buf_init(&alone);
    buf_init(&among);
    for (int byte = 0; byte < 0x80; byte++)
        for (size_t place = 0; place < 20; place++) {
            char text[20];
            memset(text, 'x', sizeof text);
            text[place] = (char)byte;
            buf_clear(&alone);
            buf_clear(&among);
            buf_add_json(&alone, str_of(&text[place], 1));
            buf_add_json(&among, str_of(text, sizeof text));
            struct str escaped = str_of(alone.at + 1, alone.len - 2);
            assert_int_equal(among.len, 2 + 19 + escaped.len);
            assert_memory_equal(among.at + 1 + place, escaped.at, escaped.len);
        }
    buf_done(&alone);
    buf_done(&among);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_stands_there_in_order),
        cmocka_unit_test(a_failure_is_remembered_until_cleared),
        cmocka_unit_test(json_strings_are_escaped_and_repaired),
        cmocka_unit_test(every_byte_is_escaped_alike_at_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
