// records.jsonl and the records in report.html: what a reader of the JSON gets is the record, byte for byte, whatever
// stands in it; what is cut or left out is told; the page has its limit. STORMGLASS_WRITE_GOLDEN=1 writes the golden.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/json.h"
#include "report/html.h"
#include "report/report.h"
#include "report/safe.h"
#include "support/sample.h"
#include "support/verdicts.h"

#define GOLDEN STORMGLASS_ROOT "/tests/report/golden/records.jsonl"

static bool take(void *context, struct str piece)
{
    buf_add(context, piece);
    return true;
}

static void write_report(const struct outline *outline,
                         bool (*report)(const struct outline *, const struct sink *),
                         struct buf *out)
{
    struct sink sink = {take, out};
    buf_init(out);
    assert_true(report(outline, &sink));
}

// One value; the parser is the caller's.
static struct json parse(struct json_parser *parser, struct buf *padded, struct str text)
{
    struct json value;
    const char *why = "";
    buf_clear(padded);
    buf_add(padded, text);
    for (int i = 0; i < JSON_PADDING; i++)
        buf_add_char(padded, 0);
    if (!json_parse(parser, padded->at, text.len, &value, &why))
        fail_msg("no JSON: %s", why);
    return value;
}

static uint64_t number_of(struct json value, const char *key)
{
    return (uint64_t)json_int(json_find(value, str_from(key)));
}

// ---- records.jsonl ------------------------------------------------------------------------------

static void check_text(struct json line, const struct cited_record *record)
{
    struct str text = str_of(record->text, record->text_size);
    struct str raw = json_str(json_find(line, S("raw")));
    struct str base64 = json_str(json_find(line, S("raw_base64")));
    assert_int_equal(utf8_is_valid(text), base64.len == 0);
    if (!base64.len) {
        assert_true(str_equal(raw, text));
        return;
    }
    struct arena arena;
    struct str bytes;
    arena_init(&arena);
    assert_true(base64_decode(&arena, base64, &bytes));
    assert_true(str_equal(bytes, text));
    arena_done(&arena);
}

static void check_line(struct json line, const struct cited_record *record)
{
    bool is_valid = utf8_is_valid(record->id);
    assert_true(!is_valid || str_equal(json_str(json_find(line, S("id"))), record->id));
    assert_int_equal(number_of(line, "offset"), record->offset);
    assert_int_equal(number_of(line, "line"), record->line);
    assert_int_equal(number_of(line, "copies"), record->copies);
    assert_int_equal(json_type(json_find(line, S("cited_by"))), JSON_ARRAY);
    if (record->omitted.len) {
        assert_int_equal(json_type(json_find(line, S("raw"))), JSON_NULL);
        assert_true(str_equal(json_str(json_find(line, S("omitted"))), record->omitted));
        return;
    }
    assert_int_equal(number_of(line, "bytes"), record->bytes);
    assert_int_equal(number_of(line, "cut_bytes"), record->bytes - record->text_size);
    check_text(line, record);
}

static void every_line_is_its_record_whatever_stands_in_it(void **state)
{
    static const enum verdict_sample samples[] = {VERDICT_SAMPLE_RICH, VERDICT_SAMPLE_SINGLE,
                                                  VERDICT_SAMPLE_HOSTILE};
    struct json_parser *parser = json_parser_new();
    struct buf out, padded;
    (void)state;
    buf_init(&padded);
    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        struct verdict_outcome outcome;
        verdict_outcome_init(&outcome, samples[s]);
        const struct cited_list *cited = outcome.result.cited;
        write_report(&outcome.outline, report_records, &out);
        for (size_t i = 0; i < out.len; i++)
            assert_true((unsigned char)out.at[i] >= 0x20 || out.at[i] == '\n');
        assert_false(str_contains(buf_str(&out), S("\xe2\x80\xae")));
        struct str rest = buf_str(&out);
        for (size_t i = 0; i < cited->count; i++)
            check_line(parse(parser, &padded, str_cut(&rest, '\n')), &cited->items[i]);
        assert_int_equal(number_of(parse(parser, &padded, str_cut(&rest, '\n')), "left_out"), 1234);
        assert_int_equal(rest.len, 0);
        buf_done(&out);
        verdict_outcome_done(&outcome);
    }
    buf_done(&padded);
    json_parser_free(parser);
}

static void the_file_is_as_before(void **state)
{
    struct verdict_outcome outcome;
    struct buf got, wanted;
    (void)state;
    verdict_outcome_init(&outcome, VERDICT_SAMPLE_SINGLE);
    write_report(&outcome.outline, report_records, &got);
    if (getenv("STORMGLASS_WRITE_GOLDEN")) {
        FILE *file = fopen(GOLDEN, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(got.at, 1, got.len, file), got.len);
        fclose(file);
    } else {
        if (!file_read(GOLDEN, &wanted))
            fail_msg("%s is missing; STORMGLASS_WRITE_GOLDEN=1 writes it", GOLDEN);
        if (!str_equal(buf_str(&wanted), buf_str(&got)))
            fail_msg("records.jsonl differs; STORMGLASS_WRITE_GOLDEN=1 writes it anew");
        buf_done(&wanted);
    }
    buf_done(&got);
    verdict_outcome_done(&outcome);
}

static void nothing_cited_is_an_empty_file(void **state)
{
    struct verdict_outcome outcome;
    struct buf out;
    (void)state;
    verdict_outcome_init(&outcome, VERDICT_SAMPLE_PLAIN);
    write_report(&outcome.outline, report_records, &out);
    assert_int_equal(out.len, 0);
    buf_done(&out);
    write_report(&outcome.outline, report_html, &out);
    assert_false(str_contains(buf_str(&out), S("id=\"record-data\"")));
    buf_done(&out);
    verdict_outcome_done(&outcome);
}

// ---- report.html --------------------------------------------------------------------------------

static struct str data_of(struct str page)
{
    struct str mark = S("id=\"record-data\">");
    const char *from = memmem(page.at, page.len, mark.at, mark.len);
    assert_non_null(from);
    from += mark.len;
    const char *to = memmem(from, page.len - (size_t)(from - page.at), "</script>", 9);
    assert_non_null(to);
    return str_of(from, (size_t)(to - from));
}

// Gives how many of the page's records have a text.
static size_t check_page(const struct outline *outline)
{
    const struct cited_list *cited = outline->result->cited;
    struct json_parser *parser = json_parser_new();
    struct buf out, padded, repaired;
    size_t i = 0, count = 0;
    buf_init(&padded);
    buf_init(&repaired);
    write_report(outline, report_html, &out);
    struct json data = parse(parser, &padded, data_of(buf_str(&out)));
    assert_true(padded.len < HTML_RAW_LIMIT + ((size_t)1 << 20));
    struct json list = json_find(data, S("records"));
    for (struct json_element e = json_elements(list); json_element_next(&e); i++) {
        struct json text = json_find(e.value, S("text"));
        while (!cited->items[i].is_shown)
            i++;
        const struct cited_record *record = &cited->items[i];
        assert_int_equal(json_type(text) == JSON_NONE, record->omitted.len != 0);
        if (record->omitted.len)
            continue;
        buf_clear(&repaired);
        utf8_repair(str_of(record->text, record->text_size), &repaired);
        assert_true(str_equal(json_str(text), buf_str(&repaired)));
        count++;
    }
    buf_done(&out);
    buf_done(&padded);
    buf_done(&repaired);
    json_parser_free(parser);
    return count;
}

static void the_page_has_the_records_exactly(void **state)
{
    static const enum verdict_sample samples[] = {VERDICT_SAMPLE_RICH, VERDICT_SAMPLE_SINGLE,
                                                  VERDICT_SAMPLE_HOSTILE, VERDICT_SAMPLE_LARGE};
    (void)state;
    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        struct verdict_outcome outcome;
        verdict_outcome_init(&outcome, samples[s]);
        struct cited_totals totals = cited_totals(outcome.result.cited);
        assert_int_equal(check_page(&outcome.outline), totals.whole + totals.cut);
        verdict_outcome_done(&outcome);
    }
}

static void the_page_takes_the_first_records_there_is_room_for(void **state)
{
    struct verdict_outcome outcome;
    struct buf out;
    (void)state;
    verdict_outcome_init(&outcome, VERDICT_SAMPLE_LARGE);
    struct cited_list *cited = outcome.result.cited;
    for (size_t i = 0; i < cited->count; i++) { // quotes take two bytes each
        cited->items[i].text = memory_grow(cited->items[i].text, 10000);
        memset(cited->items[i].text, '"', 10000);
        cited->items[i].text_size = cited->items[i].bytes = cited->items[i].omitted.len ? 0 : 10000;
        cited->items[i].is_shown = i % 2;
    }
    size_t count = check_page(&outcome.outline);
    assert_true(count > 380 && count < HTML_RAW_LIMIT / 20000);
    write_report(&outcome.outline, report_html, &out);
    assert_true(str_contains(buf_str(&out), S(" stand in that file alone, for want of room")));
    buf_done(&out);
    verdict_outcome_done(&outcome);
}

static void data_for_a_script_is_exact(void **state)
{
    static const struct {
        struct str text, data;
    } rows[] = {
        {STR(""), STR("\"\"")},
        {STR("</script><!--&"), STR("\"\\u003c/script\\u003e\\u003c!--\\u0026\"")},
        {STR("a\0\x1b\"\\\n"), STR("\"a\\u0000\\u001b\\\"\\\\\\n\"")},
        {STR("\xe2\x80\xae<\xe2\x80\xa8"), STR("\"\\u202e\\u003c\\u2028\"")},
        {STR("\xff>"), STR("\"\xef\xbf\xbd\\u003e\"")},
        {STR("caf\xc3\xa9"), STR("\"caf\xc3\xa9\"")},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        buf_init(&out);
        safe_data(&out, rows[i].text);
        buf_add_char(&out, 0);
        assert_string_equal(out.at, rows[i].data.at);
        buf_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_its_record_whatever_stands_in_it),
        cmocka_unit_test(the_file_is_as_before),
        cmocka_unit_test(nothing_cited_is_an_empty_file),
        cmocka_unit_test(the_page_has_the_records_exactly),
        cmocka_unit_test(the_page_takes_the_first_records_there_is_room_for),
        cmocka_unit_test(data_for_a_script_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
