// Text from logs stays text: on terminals, in JSON and in spreadsheets.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/figure.h"
#include "base/json.h"
#include "report/safe.h"

struct row {
    const char *name;
    struct str in;
    const char *out;
};

static void check(const struct row *row, void (*write)(struct buf *out, struct str text))
{
    struct buf out;
    buf_init(&out);
    write(&out, row->in);
    buf_add_char(&out, 0);
    if (strcmp(out.at, row->out) != 0)
        print_error("%s\n", row->name);
    assert_string_equal(out.at, row->out);
    buf_done(&out);
}

static void as_utf8(struct buf *out, struct str text)
{
    safe_text(out, text, true);
}

static void as_ascii(struct buf *out, struct str text)
{
    safe_text(out, text, false);
}

static void terminal_text_holds_no_controls(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"plain", STR("user@contoso.example"), "user@contoso.example"},
        {"letters beyond ASCII", STR("Zürich 東京"), "Zürich 東京"},
        {"escape sequence", STR("\x1b[31mred\x1b]0;title\x07"), "\\x1b[31mred\\x1b]0;title\\x07"},
        {"line ends and tabs", STR("a\r\nb\tc"), "a\\r\\nb\\tc"},
        {"zero byte", STR("a\0b"), "a\\x00b"},
        {"delete", STR("a\x7f"), "a\\x7f"},
        {"C1 control in UTF-8",
         STR("\xc2\x9b"
             "31m"),
         "\\x9b31m"},
        {"C1 control as a byte",
         STR("\x9b"
             "31m"),
         "\\x9b31m"},
        {"bidi override",
         STR("invoice\xe2\x80\xae"
             "fdp.exe"),
         "invoice\\u202efdp.exe"},
        {"bidi isolate", STR("\xe2\x81\xa6x\xe2\x81\xa9"), "\\u2066x\\u2069"},
        {"zero width",
         STR("a\xe2\x80\x8b"
             "b\xef\xbb\xbf"),
         "a\\u200bb\\ufeff"},
        {"line separator",
         STR("a\xe2\x80\xa8"
             "b"),
         "a\\u2028b"},
        {"tag character", STR("a\xf3\xa0\x81\x81"), "a\\U000e0041"},
        {"no UTF-8", STR("a\xff\xc3(b"), "a\\xff\\xc3(b"},
        {"a few marks", STR("e\xcc\x81"), "e\xcc\x81"},
        {"a tower of marks", STR("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"),
         "e\xcc\x81\xcc\x81\xcc\x81\\u0301\\u0301"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i], as_utf8);
}

static void a_terminal_without_utf8_gets_ascii(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"umlaut", STR("Zürich"), "Z\\xfcrich"},
        {"no-break space", STR("\xc2\xa0"), "\\xa0"},
        {"Japanese", STR("東"), "\\u6771"},
        {"emoji", STR("\xf0\x9f\x98\x80"), "\\U0001f600"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i], as_ascii);
}

static void csv_cells_are_no_formulas(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"plain", STR("Inbox rule"), "Inbox rule"},
        {"equals", STR("=1+1"), "'=1+1"},
        {"call", STR("=HYPERLINK(\"http://x\",\"y\")"),
         "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
        {"plus", STR("+41 1"), "'+41 1"},
        {"minus", STR("-2+3"), "'-2+3"},
        {"at", STR("@SUM(A1)"), "'@SUM(A1)"},
        {"tab before", STR("\t=1"), "'\\t=1"},
        {"return before", STR("\r=1"), "'\\r=1"},
        {"blank before", STR("  =1"), "'  =1"},
        {"full width", STR("＝1"), "'＝1"},
        {"comma", STR("a,b"), "\"a,b\""},
        {"quote", STR("a\"b"), "\"a\"\"b\""},
        {"line end", STR("a\nb"), "a\\nb"},
        {"mail address", STR("a@b.example"), "a@b.example"},
        {"empty", STR(""), ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i], safe_csv);
}

static void json_strings_mean_the_same_and_hold_no_controls(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"plain", STR("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\""},
        {"C1 and bidi", STR("\xc2\x9b\xe2\x80\xae"), "\"\\u009b\\u202e\""},
        {"quote beside bidi", STR("\"\\\n\xe2\x80\xae"), "\"\\\"\\\\\\n\\u202e\""},
        {"delete", STR("\x7f"), "\"\\u007f\""},
        {"tag character", STR("\xf3\xa0\x81\x81"), "\"\\udb40\\udc41\""},
        {"no UTF-8 beside bidi", STR("\xff\xe2\x80\xae"), "\"\xef\xbf\xbd\\u202e\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i], safe_json);
    struct json_parser *parser = json_parser_new();
    static const struct str hostile =
        STR("\x1b[2J\"\\\r\n\t\xc2\x85\xe2\x80\xae\xf3\xa0\x81\x81 \xf0\x9f\x98\x80 ü");
    struct buf out;
    struct json value;
    const char *why = NULL;
    buf_init(&out);
    safe_json(&out, hostile);
    size_t len = out.len;
    for (int i = 0; i < JSON_PADDING; i++)
        buf_add_char(&out, 0);
    assert_true(json_parse(parser, out.at, len, &value, &why));
    assert_true(str_equal(json_str(value), hostile));
    buf_done(&out);
    json_parser_free(parser);
}

static void text_is_cut_by_columns(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        size_t columns, width;
        bool is_utf8;
        const char *out;
    } rows[] = {
        {"abcdef", 6, 6, true, "abcdef"},
        {"abcdef", 5, 5, true, "abcd…"},
        {"abcdef", 5, 5, false, "abc.."},
        {"東京都庁", 8, 8, true, "東京都庁"},
        {"東京都庁", 6, 5, true, "東京…"},
        {"e\xcc\x81"
         "abc",
         4, 4, true,
         "e\xcc\x81"
         "abc"},
        {"abc", 0, 0, true, ""},
        {"abc", 1, 1, true, "…"},
        {"", 3, 0, true, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        buf_init(&out);
        size_t width = text_cut(&out, str_from(rows[i].in), rows[i].columns, rows[i].is_utf8);
        assert_int_equal(width, rows[i].width);
        buf_add_char(&out, 0);
        assert_string_equal(out.at, rows[i].out);
        buf_done(&out);
    }
}

static void figures_are_readable(void **state)
{
    char text[FIGURE_SIZE];
    (void)state;
    assert_string_equal(figure_number(0, text), "0");
    assert_string_equal(figure_number(999, text), "999");
    assert_string_equal(figure_number(1234567, text), "1,234,567");
    assert_string_equal(figure_number(UINT64_MAX, text), "18,446,744,073,709,551,615");
    assert_string_equal(figure_bytes(1, text), "1 byte");
    assert_string_equal(figure_bytes(999, text), "999 bytes");
    assert_string_equal(figure_bytes(2100000000, text), "2.1 GB");
    assert_string_equal(figure_bytes(999999, text), "1.0 MB");
    assert_string_equal(figure_seconds(0.034, text), "0.03 s");
    assert_string_equal(figure_seconds(12.4, text), "12 s");
    assert_string_equal(figure_seconds(200, text), "3 min 20 s");
    assert_string_equal(figure_percent(42, 1234567, text), "0.003 %");
    assert_string_equal(figure_percent(0, 0, text), "0 %");
    assert_string_equal(figure_percent(1, 100000000, text), "under 0.0001 %");
    assert_string_equal(figure_minute(INSTANT_NONE, text), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminal_text_holds_no_controls),
        cmocka_unit_test(a_terminal_without_utf8_gets_ascii),
        cmocka_unit_test(csv_cells_are_no_formulas),
        cmocka_unit_test(json_strings_mean_the_same_and_hold_no_controls),
        cmocka_unit_test(text_is_cut_by_columns),
        cmocka_unit_test(figures_are_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
