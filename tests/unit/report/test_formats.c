// The reports for other people and programs: what they were before (tests/report/golden/formats;
// STORMGLASS_WRITE_GOLDEN writes them), and that whatever stands in the logs stays text in them.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "report/report.h"
#include "support/formats.h"
#include "support/sample.h"

#ifndef STORMGLASS_ROOT
#define STORMGLASS_ROOT "."
#endif

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct format {
    const char *name;
    formats_write *report;
} formats[] = {
    {"report.md", report_markdown},
    {"notification.md", report_notification},
    {"iocs.csv", report_iocs},
    {"stix.json", report_stix},
    {"timeline.csv", report_timesketch},
    {"findings.ocsf.jsonl", report_ocsf},
    {"navigator.json", report_navigator},
};

static void print(struct str text, formats_write *report, struct buf *out)
{
    struct formats_sample sample;
    buf_init(out);
    formats_sample_init(&sample, text, true);
    formats_print(&sample.outline, report, out);
    formats_sample_done(&sample);
}

// ---- goldens ----------------------------------------------------------------------------------

static void compare_golden(const char *name, const struct buf *got)
{
    char path[512];
    struct buf wanted;
    snprintf(path, sizeof path, STORMGLASS_ROOT "/tests/report/golden/formats/%s", name);
    if (getenv("STORMGLASS_WRITE_GOLDEN")) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(got->at, 1, got->len, file), got->len);
        fclose(file);
        return;
    }
    if (!file_read(path, &wanted))
        fail_msg("%s is missing; STORMGLASS_WRITE_GOLDEN=1 writes it", path);
    if (!str_equal(buf_str(&wanted), buf_str(got)))
        fail_msg("%s differs; STORMGLASS_WRITE_GOLDEN=1 writes it anew", name);
    buf_done(&wanted);
}

static void each_format_is_as_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct buf got;
        print(S(FORMATS_HOSTILE), formats[i].report, &got);
        compare_golden(formats[i].name, &got);
        buf_done(&got);
    }
}

// ---- nothing that acts ------------------------------------------------------------------------

// No control character but line ends, no C1, no override, and UTF-8 throughout.
static void no_format_has_what_acts_on_a_terminal(void **state)
{
    (void)state;
    for (size_t h = 0; h < formats_hostile_count; h++)
        for (size_t i = 0; i < COUNT(formats); i++) {
            struct buf got;
            bool is_csv = strstr(formats[i].name, ".csv") != NULL;
            print(formats_hostiles[h], formats[i].report, &got);
            for (size_t k = 0; k < got.len; k++) {
                unsigned char c = (unsigned char)got.at[k];
                unsigned char next = k + 1 < got.len ? (unsigned char)got.at[k + 1] : 0;
                bool is_end = c == '\n' || (is_csv && c == '\r' && next == '\n');
                bool is_bad =
                    (c < 0x20 && !is_end) || c == 0x7f || c == 0xff ||
                    (c == 0xc2 && next >= 0x80 && next < 0xa0) ||
                    (c == 0xe2 && next == 0x80 && k + 2 < got.len &&
                     (unsigned char)got.at[k + 2] >= 0xaa && (unsigned char)got.at[k + 2] <= 0xae);
                if (is_bad)
                    fail_msg("%s: byte %02x at %zu (text %zu)", formats[i].name, c, k, h);
            }
            buf_done(&got);
        }
}

// ---- JSON -------------------------------------------------------------------------------------

static void parse(const char *name, struct str text, size_t *strings)
{
    struct json_parser *parser = json_parser_new();
    struct buf padded;
    struct json value;
    const char *why = "";
    buf_init(&padded);
    buf_add(&padded, text);
    for (int i = 0; i < JSON_PADDING; i++)
        buf_add_char(&padded, 0);
    if (!json_parse(parser, padded.at, text.len, &value, &why))
        fail_msg("%s is no JSON: %s", name, why);
    assert_int_equal(json_type(value), JSON_OBJECT);
    for (struct json_member m = json_members(value); json_member_next(&m);)
        ++*strings;
    buf_done(&padded);
    json_parser_free(parser);
}

static void json_is_json_whatever_the_text(void **state)
{
    (void)state;
    for (size_t h = 0; h < formats_hostile_count; h++) {
        struct buf got;
        size_t members = 0, lines = 0;
        print(formats_hostiles[h], report_stix, &got);
        parse("stix.json", buf_str(&got), &members);
        buf_done(&got);
        print(formats_hostiles[h], report_navigator, &got);
        parse("navigator.json", buf_str(&got), &members);
        buf_done(&got);
        print(formats_hostiles[h], report_ocsf, &got);
        for (struct str rest = buf_str(&got); rest.at && rest.len; lines++)
            parse("findings.ocsf.jsonl", str_cut(&rest, '\n'), &members);
        buf_done(&got);
        assert_int_equal(lines, 4);
        assert_true(members > 20);
    }
}

// ---- CSV --------------------------------------------------------------------------------------

// Gives the number of rows; every row has so many cells, and none begins like a formula.
static size_t check_cells(struct str text, size_t cells)
{
    size_t rows = 0, count = 1;
    bool is_start = true, is_quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (is_start && c == '"') {
            is_quoted = true;
            c = text.at[++i];
        }
        if (is_start && c && memchr("=+-@\t", c, 5))
            fail_msg("a cell begins with '%c'", c);
        is_start = false;
        if (is_quoted && c == '"' && i + 1 < text.len && text.at[i + 1] == '"')
            i++;
        else if (is_quoted && c == '"')
            is_quoted = false;
        else if (!is_quoted && c == ',')
            count++, is_start = true;
        else if (!is_quoted && c == '\n') {
            assert_int_equal(count, cells);
            count = 1, is_start = true, rows++;
        }
    }
    assert_false(is_quoted);
    return rows;
}

static void no_cell_is_a_formula_or_ends_early(void **state)
{
    (void)state;
    for (size_t h = 0; h < formats_hostile_count; h++) {
        struct buf got;
        print(formats_hostiles[h], report_timesketch, &got);
        // The head, seven moments of findings, four of each of three investigations.
        assert_int_equal(check_cells(buf_str(&got), 14), 1 + 7 + 12);
        buf_done(&got);
        print(formats_hostiles[h], report_iocs, &got);
        assert_true(check_cells(buf_str(&got), 7) > 8);
        buf_done(&got);
    }
}

// ---- what is said -----------------------------------------------------------------------------

static void pages_are_for_attacks_of_medium_or_above(void **state)
{
    (void)state;
    struct formats_sample sample;
    struct buf got;
    buf_init(&got);
    formats_sample_init(&sample, S("x"), true);
    formats_print(&sample.outline, report_notification, &got);
    assert_true(str_contains(buf_str(&got), S("## Incident 1: x")));
    assert_true(str_contains(buf_str(&got), S("## Incident 3: Something unusual")));
    assert_false(str_contains(buf_str(&got), S("## Incident 2")));
    assert_true(str_contains(buf_str(&got), S("a benign story explains it")));
    buf_clear(&got);
    sample.result.incidents.items[2].severity = LEVEL_LOW;
    formats_print(&sample.outline, report_notification, &got);
    assert_false(str_contains(buf_str(&got), S("## Incident 3")));
    assert_true(str_contains(buf_str(&got), S("below medium")));
    buf_done(&got);
    formats_sample_done(&sample);
}

static void without_verdicts_and_without_anything_they_are_written_too(void **state)
{
    (void)state;
    static const struct scan_result nothing = {.first = INSTANT_NONE, .last = INSTANT_NONE};
    struct formats_sample sample;
    formats_sample_init(&sample, S(FORMATS_HOSTILE), false);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT(formats); i++) {
            struct buf got;
            size_t members = 0;
            buf_init(&got);
            formats_print(&sample.outline, formats[i].report, &got);
            if (str_ends(str_from(formats[i].name), S(".json")))
                parse(formats[i].name, buf_str(&got), &members);
            if (round == 0 && formats[i].report == report_markdown)
                assert_true(str_contains(buf_str(&got), S("was not investigated")));
            buf_done(&got);
        }
        sample.outline.result = &nothing;
    }
    formats_sample_done(&sample);
}

static void the_time_of_writing_changes_nothing_but_a_line(void **state)
{
    (void)state;
    struct formats_sample sample;
    formats_sample_init(&sample, S("x"), true);
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct buf one, other;
        buf_init(&one);
        buf_init(&other);
        formats_print(&sample.outline, formats[i].report, &one);
        sample.outline.generated_at += 7 * DAY;
        formats_print(&sample.outline, formats[i].report, &other);
        bool is_same = str_equal(buf_str(&one), buf_str(&other));
        assert_true(is_same == (formats[i].report != report_markdown));
        buf_done(&one);
        buf_done(&other);
    }
    formats_sample_done(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_is_as_before),
        cmocka_unit_test(no_format_has_what_acts_on_a_terminal),
        cmocka_unit_test(json_is_json_whatever_the_text),
        cmocka_unit_test(no_cell_is_a_formula_or_ends_early),
        cmocka_unit_test(pages_are_for_attacks_of_medium_or_above),
        cmocka_unit_test(without_verdicts_and_without_anything_they_are_written_too),
        cmocka_unit_test(the_time_of_writing_changes_nothing_but_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
