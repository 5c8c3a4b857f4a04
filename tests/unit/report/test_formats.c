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
#include "report/indicator.h"
#include "report/report.h"
#include "report/technique.h"
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

// Pieces of what is hostile alone, since one may undo what the other does.
static const struct str hostiles[] = {
    STR(FORMATS_HOSTILE),
    STR("<script>alert(1)</script>"),
    STR("<!-- x"),
    STR("=cmd|' /C calc'!A0"),
    STR("@SUM(1)"),
    STR("`"),
    STR("``` \n# heading"),
    STR("~~~\nx"),
    STR("a\\|b\\"),
    STR("| a | b |"),
    STR("[x](javascript:alert(1))"),
    STR("![x](//evil.example/p.png)"),
    STR("[x]: http://evil.example"),
    STR("http://evil.example and www.evil.example, mail me@evil.example!"),
    STR("# heading"),
    STR("1. list"),
    STR("- [ ] task"),
    STR("> quote"),
    STR("---"),
    STR("==="),
    STR("    code"),
    STR("&lt;script&gt; &#60;"),
    STR("**bold** __bold__ ~~gone~~ $x^2$"),
    STR("'\"\\'] OR [ipv4-addr:value = '127.0.0.1"),
    STR("\xe2\x80\xae txt.exe"),
    STR("\xff\xfe\xed\xa0\x80\xc3"),
    STR("\0\x01\x7f\xc2\x9b"),
    STR("\r\n\r\n"),
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
    for (size_t h = 0; h < COUNT(hostiles); h++)
        for (size_t i = 0; i < COUNT(formats); i++) {
            struct buf got;
            bool is_csv = strstr(formats[i].name, ".csv") != NULL;
            print(hostiles[h], formats[i].report, &got);
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
    for (size_t h = 0; h < COUNT(hostiles); h++) {
        struct buf got;
        size_t members = 0, lines = 0;
        print(hostiles[h], report_stix, &got);
        parse("stix.json", buf_str(&got), &members);
        buf_done(&got);
        print(hostiles[h], report_navigator, &got);
        parse("navigator.json", buf_str(&got), &members);
        buf_done(&got);
        print(hostiles[h], report_ocsf, &got);
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
    for (size_t h = 0; h < COUNT(hostiles); h++) {
        struct buf got;
        print(hostiles[h], report_timesketch, &got);
        // The head, seven moments of findings, four of each of three investigations.
        assert_int_equal(check_cells(buf_str(&got), 14), 1 + 7 + 12);
        buf_done(&got);
        print(hostiles[h], report_iocs, &got);
        assert_true(check_cells(buf_str(&got), 7) > 8);
        buf_done(&got);
    }
}

// ---- Markdown ---------------------------------------------------------------------------------

// The line without its code spans, as CommonMark finds them: a run of backticks up to the next of the same length.
static void strip_code(struct str line, struct buf *out)
{
    for (size_t i = 0; i < line.len;) {
        size_t run = 0, end = 0;
        if (line.at[i] == '\\' && i + 1 < line.len) {
            buf_add(out, str_of(line.at + i, 2));
            i += 2;
            continue;
        }
        while (i + run < line.len && line.at[i + run] == '`')
            run++;
        for (size_t k = i + run, other = 0; run && k <= line.len; k++) {
            if (k < line.len && line.at[k] == '`') {
                other++;
            } else {
                if (other == run && !end)
                    end = k;
                other = 0;
            }
        }
        if (end) {
            buf_add(out, S("CODE"));
            i = end;
        } else {
            buf_add(out, str_of(line.at + i, run ? run : 1));
            i += run ? run : 1;
        }
    }
}

// What a line is by its first signs and, in a table, its cells: "#", "|7", "-", "".
static void add_shape(struct buf *out, struct str line)
{
    size_t pipes = 0, signs = 0;
    for (size_t i = 0; i < line.len; i++)
        pipes += line.at[i] == '|' && (i == 0 || line.at[i - 1] != '\\');
    while (signs < line.len && strchr(" #-|>`~=+*_", line.at[signs]))
        signs++;
    if (line.len && line.at[0] == '|')
        buf_print(out, "|%zu\n", pipes);
    else
        buf_print(out, "%.*s%zu\n", (int)(signs > 8 ? 8 : signs), line.at, pipes);
}

static void check_words(struct str line, const char *name, size_t hostile)
{
    static const char *const forbidden[] = {"<",      "@",  " #1", "www.", "javascript:1)",
                                            "//evil", "$x", "`"};
    for (size_t i = 0; i < COUNT(forbidden); i++)
        if (str_contains(line, str_from(forbidden[i])) && !str_starts(line, S("#")) &&
            !(forbidden[i][0] == '$' && str_contains(line, S("\\$x"))) &&
            !(forbidden[i][0] == '`' && str_contains(line, S("\\`"))))
            fail_msg("%s: '%s' stands bare in: %.*s (text %zu)", name, forbidden[i], (int)line.len,
                     line.at, hostile);
    for (size_t i = 0; i + 1 < line.len; i++) {
        bool is_link =
            line.at[i] == ']' && line.at[i + 1] == '(' && (i == 0 || line.at[i - 1] != '\\');
        if (is_link &&
            !str_starts(str_of(line.at + i, line.len - i), S("](https://attack.mitre.org/")))
            fail_msg("%s: a link in: %.*s", name, (int)line.len, line.at);
    }
}

// The shape of a page: one line for each of its lines outside of blocks.
static void shape_of(const struct format *format, struct str text, size_t hostile, struct buf *out)
{
    struct buf got, bare;
    struct str fence = S("");
    print(text, format->report, &got);
    buf_init(out);
    buf_init(&bare);
    for (struct str rest = buf_str(&got); rest.at;) {
        struct str line = str_cut(&rest, '\n'), trimmed = str_trim(line);
        size_t run = 0;
        while (run < trimmed.len && trimmed.at[run] == '`')
            run++;
        if (fence.len) {
            if (run >= fence.len && run == trimmed.len)
                fence.len = 0;
            continue;
        }
        buf_clear(&bare);
        if (run >= 3 && str_ends(trimmed, S("powershell"))) {
            fence = str_of(trimmed.at, run);
            buf_add(&bare, S("  FENCE"));
        } else {
            strip_code(line, &bare);
            check_words(buf_str(&bare), format->name, hostile);
        }
        add_shape(out, buf_str(&bare));
    }
    assert_int_equal(fence.len, 0);
    buf_done(&bare);
    buf_done(&got);
}

// Headings, lists, tables and their cells are the same whatever the text says.
static void text_does_not_change_the_shape_of_a_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct buf wanted;
        shape_of(&formats[i], S("harmless"), 0, &wanted);
        assert_true(wanted.len > 100);
        for (size_t h = 0; h < COUNT(hostiles); h++) {
            struct buf got;
            // What is nothing but white space is left out as nothing is; that is another shape.
            if (str_trim(hostiles[h]).len == 0)
                continue;
            shape_of(&formats[i], hostiles[h], h, &got);
            struct str a = buf_str(&wanted), b = buf_str(&got);
            for (size_t line = 1; a.at || b.at; line++) {
                struct str one = str_cut(&a, '\n'), other = str_cut(&b, '\n');
                if (!str_equal(one, other))
                    fail_msg("%s, text %zu, line %zu: '%.*s', not '%.*s'", formats[i].name, h, line,
                             (int)other.len, other.at, (int)one.len, one.at);
            }
            buf_done(&got);
        }
        buf_done(&wanted);
    }
}

// ---- what is said -----------------------------------------------------------------------------

static void weights_add_up_to_the_score(void **state)
{
    (void)state;
    struct buf got;
    print(S("x"), report_markdown, &got);
    assert_true(str_contains(buf_str(&got), S("Prior -3.00 and weights +4.50 make +1.50.")));
    buf_done(&got);
}

static void indicators_are_the_attackers_alone(void **state)
{
    (void)state;
    struct formats_sample sample;
    struct indicator_list list;
    formats_sample_init(&sample, S("x"), true);
    indicators_find(&sample.result, 0, &list);
    struct buf got;
    buf_init(&got);
    for (size_t i = 0; i < list.count; i++)
        buf_print(&got, "%s %.*s %u %u\n", entity_kind_name(list.items[i].kind),
                  (int)list.items[i].value.len, list.items[i].value.at,
                  confidence_percent(list.items[i].confidence), (unsigned)list.items[i].findings);
    buf_add_char(&got, 0);
    // 97 % of the incident, 95 % that no benign story is true; half of it for kinds that the edges do not have, and
    // nothing that they lack of kinds that they have.
    assert_string_equal(got.at, "app 5f0c1d2e-0000-4000-8000-00000000beef 92 2\n"
                                "ip 203.0.113.77 92 2\n"
                                "session 11111111-2222-4333-8444-555555555555 92 2\n"
                                "token -Oqr4ycMaEi846VGwe83AA 46 2\n"
                                "rule x 46 2\n");
    buf_done(&got);
    indicators_done(&list);
    indicators_find(&sample.result, 1, &list); // explained by a benign story
    assert_int_equal(list.count, 0);
    indicators_done(&list);
    sample.result.verdicts[0].hypotheses[0].name = S("insider_collection");
    indicators_find(&sample.result, 0, &list);
    for (size_t i = 0; i < list.count; i++)
        assert_true(list.items[i].kind != ENTITY_IP && list.items[i].kind != ENTITY_APP);
    indicators_done(&list);
    sample.result.verdicts = NULL; // everything that findings name, but what everybody shares
    indicators_find(&sample.result, 0, &list);
    assert_int_equal(list.count, 8);
    for (size_t i = 0; i < list.count; i++)
        assert_int_equal(confidence_percent(list.items[i].confidence), 49);
    indicators_done(&list);
    formats_sample_done(&sample);
}

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

// ---- techniques -------------------------------------------------------------------------------

static void techniques_are_found_by_id(void **state)
{
    (void)state;
    static const struct str ids[] = {
#define TECHNIQUE(id, name) STR(id),
#include "report/technique.def"
#undef TECHNIQUE
    };
    for (size_t i = 0; i < COUNT(ids); i++) {
        assert_true(technique_is_id(ids[i]));
        assert_non_null(technique_name(ids[i]));
        assert_non_null(technique_name(technique_parent(ids[i])));
        assert_true(i == 0 || str_compare(ids[i - 1], ids[i]) < 0);
    }
    assert_null(technique_name(S("T9999")));
    assert_string_equal(technique_name(S("T1685.002")), "Disable or Modify Cloud Log");
    static const char *const others[] = {"",         "T111",  "T11144",    "T1114.",
                                         "T1114.03", "t1114", "T1114.0033"};
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(technique_is_id(str_from(others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_is_as_before),
        cmocka_unit_test(no_format_has_what_acts_on_a_terminal),
        cmocka_unit_test(json_is_json_whatever_the_text),
        cmocka_unit_test(no_cell_is_a_formula_or_ends_early),
        cmocka_unit_test(text_does_not_change_the_shape_of_a_page),
        cmocka_unit_test(weights_add_up_to_the_score),
        cmocka_unit_test(indicators_are_the_attackers_alone),
        cmocka_unit_test(pages_are_for_attacks_of_medium_or_above),
        cmocka_unit_test(without_verdicts_and_without_anything_they_are_written_too),
        cmocka_unit_test(the_time_of_writing_changes_nothing_but_a_line),
        cmocka_unit_test(techniques_are_found_by_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
