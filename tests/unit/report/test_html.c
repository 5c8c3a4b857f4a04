// report.html of sample outcomes: that nothing of the logs can act in it, that it is whole, that it is as before
// (tests/report/golden/report.html, which leaves out style and script; STORMGLASS_WRITE_GOLDEN=1 writes it anew),
// and the layout of its graph. What a browser makes of it is tested in tests/browser.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/hash.h"
#include "base/json.h"
#include "report/html.h"
#include "report/html_graph.h"
#include "report/report.h"
#include "report/safe.h"
#include "support/verdicts.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SAMPLES (VERDICT_SAMPLE_EMPTY + 1)

static bool take(void *context, struct str piece)
{
    buf_add(context, piece);
    return true;
}

static void write_sample(enum verdict_sample sample, struct buf *out)
{
    struct verdict_outcome outcome;
    struct sink sink = {take, out};
    verdict_outcome_init(&outcome, sample);
    buf_init(out);
    assert_true(report_html(&outcome.outline, &sink));
    verdict_outcome_done(&outcome);
}

// Index of `part` in the text at or after `from`, or its length.
static size_t find(struct str text, size_t from, const char *part)
{
    if (from >= text.len)
        return text.len;
    const char *at = memmem(text.at + from, text.len - from, part, strlen(part));
    return at ? (size_t)(at - text.at) : text.len;
}

static bool has(struct str text, const char *part)
{
    return find(text, 0, part) < text.len;
}

static size_t count_of(struct str text, const char *part)
{
    size_t count = 0;
    for (size_t i = find(text, 0, part); i < text.len; i = find(text, i + 1, part))
        count++;
    return count;
}

// ---- escaping -----------------------------------------------------------------------------------

static void hostile_text_stays_text(void **state)
{
    static const struct {
        struct str text, html, script;
    } rows[] = {
        {STR("plain"), STR("plain"), STR("\"plain\"")},
        {STR(""), STR(""), STR("\"\"")},
        {STR("<b a=\"1\" c='2'>&amp;"), STR("&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;"),
         STR("\"\\u003cb a=\\\"1\\\" c='2'\\u003e\\u0026amp;\"")},
        {STR("</script><!--"), STR("&lt;/script&gt;&lt;!--"),
         STR("\"\\u003c/script\\u003e\\u003c!--\"")},
        {STR("a\0b"), STR("a\\x00b"), STR("\"a\\\\x00b\"")},
        {STR("\xe2\x80\xae\xe2\x80\xa8\xe2\x80\x8b"), STR("\\u202e\\u2028\\u200b"),
         STR("\"\\\\u202e\\\\u2028\\\\u200b\"")},
        {STR("\xff\n"), STR("\\xff\\n"), STR("\"\\\\xff\\\\n\"")},
        {STR("\xc3\xa9\xe4\xb8\xad"), STR("\xc3\xa9\xe4\xb8\xad"), STR("\"\xc3\xa9\xe4\xb8\xad\"")},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out;
        buf_init(&out);
        safe_html(&out, rows[i].text);
        buf_add_char(&out, 0);
        assert_string_equal(out.at, rows[i].html.at);
        buf_clear(&out);
        safe_script(&out, rows[i].text);
        buf_add_char(&out, 0);
        assert_string_equal(out.at, rows[i].script.at);
        buf_done(&out);
    }
}

static void no_report_has_what_a_log_could_do(void **state)
{
    (void)state;
    for (int sample = 0; sample < SAMPLES; sample++) {
        struct buf out;
        write_sample((enum verdict_sample)sample, &out);
        struct str text = buf_str(&out);
        assert_false(has(text, "<img"));
        assert_false(has(text, "<script>fetch"));
        // In data a quote has its backslash; elsewhere there is none.
        assert_int_equal(count_of(text, "\" onmouseover"), count_of(text, "\\\" onmouseover"));
        assert_false(has(text, "<!--"));
        assert_int_equal(count_of(text, "<script>"), 1);
        assert_int_equal(count_of(text, "<style>"), 1);
        assert_false(has(text, "http:") || has(text, "https:"));
        assert_false(has(text, "\xe2\x80\xae") || has(text, "\xe2\x80\xa8"));
        assert_true(utf8_is_valid(text));
        for (size_t i = 0; i < text.len; i++)
            assert_true((unsigned char)text.at[i] >= 0x20 || text.at[i] == '\n');
        buf_done(&out);
    }
}

// ---- wholeness ----------------------------------------------------------------------------------

#define DEPTH 64

static bool is_void(struct str name)
{
    static const char *const names[] = {"meta", "br", "wbr", "input", "rect", "path"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

static struct str name_at(struct str text, size_t i)
{
    size_t end = i;
    while (end < text.len && !memchr(" >/\n", text.at[end], 4))
        end++;
    return str_of(text.at + i, end - i);
}

// Every tag that is opened is closed, in order. Data and style are passed over.
static void check_nesting(struct str text)
{
    struct str open[DEPTH];
    size_t depth = 0;
    for (size_t i = find(text, 0, "<html"); i < text.len; i = find(text, i + 1, "<")) {
        bool is_end = text.at[i + 1] == '/';
        struct str name = name_at(text, i + 1 + is_end);
        if (is_end) {
            if (!depth || !str_equal(open[--depth], name))
                fail_msg("</%.*s> at %zu", (int)name.len, name.at, i);
            continue;
        }
        size_t end = find(text, i, ">");
        if (text.at[end - 1] == '/' ||
            (is_void(name) && !str_starts(str_of(text.at + end, 8), S("><title>"))))
            continue;
        assert_true(depth < DEPTH);
        open[depth++] = name;
        if (str_is(name, "script") || str_is(name, "style"))
            i = find(text, i, str_is(name, "script") ? "</script" : "</style") - 1;
    }
    assert_int_equal(depth, 0);
}

static void every_tag_is_closed(void **state)
{
    (void)state;
    for (int sample = 0; sample < SAMPLES; sample++) {
        struct buf out;
        write_sample((enum verdict_sample)sample, &out);
        check_nesting(buf_str(&out));
        buf_done(&out);
    }
}

// The JSON of each data element parses, and its rows have as many cells as the table has columns.
static void data_for_the_script_is_json(void **state)
{
    struct buf out;
    size_t tables = 0;
    (void)state;
    write_sample(VERDICT_SAMPLE_LARGE, &out);
    struct str text = buf_str(&out);
    const char *tag = "<script type=\"application/json\">";
    for (size_t i = find(text, 0, tag); i < text.len; i = find(text, i + 1, tag)) {
        size_t from = i + strlen(tag), to = find(text, from, "</script>");
        struct buf data;
        struct json value;
        const char *why = "";
        struct json_parser *parser = json_parser_new();
        buf_init(&data);
        buf_add(&data, str_of(text.at + from, to - from));
        for (int k = 0; k < JSON_PADDING; k++)
            buf_add_char(&data, 0);
        if (!json_parse(parser, data.at, to - from, &value, &why))
            fail_msg("no JSON: %s", why);
        size_t cells = 0, first_cells = 0;
        for (struct json_element row = json_elements(value); json_element_next(&row);) {
            cells = 0;
            for (struct json_element cell = json_elements(row.value); json_element_next(&cell);)
                cells++;
            first_cells = first_cells ? first_cells : cells;
            assert_int_equal(cells, first_cells);
        }
        assert_true(cells > 3);
        tables++;
        json_parser_free(parser);
        buf_done(&data);
    }
    assert_true(tables >= 2);
    buf_done(&out);
}

// The policy lets run exactly what stands between the tags.
static void the_policy_names_the_script_that_is_there(void **state)
{
    struct buf out;
    (void)state;
    write_sample(VERDICT_SAMPLE_SINGLE, &out);
    struct str text = buf_str(&out);
    static const struct {
        const char *tag, *end, *policy;
    } rows[] = {{"<style>", "</style>", "style-src 'sha256-"},
                {"<script>", "</script>", "script-src 'sha256-"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t from = find(text, 0, rows[i].tag) + strlen(rows[i].tag);
        struct sha256 *sha = sha256_new();
        char hex[65], again[65] = {0};
        sha256_add(sha, text.at + from, find(text, from, rows[i].end) - from);
        sha256_finish(sha, hex);
        size_t policy = find(text, 0, rows[i].policy) + strlen(rows[i].policy);
        struct arena arena;
        struct str bytes;
        arena_init(&arena);
        assert_true(base64_decode(&arena, str_of(text.at + policy, 44), &bytes));
        for (size_t k = 0; k < bytes.len; k++)
            snprintf(again + 2 * k, 3, "%02x", (unsigned char)bytes.at[k]);
        assert_string_equal(hex, again);
        arena_done(&arena);
    }
    assert_true(has(text, "default-src 'none'"));
    assert_false(has(text, "unsafe"));
    buf_done(&out);
}

static void the_large_report_stays_within_bounds(void **state)
{
    struct buf out;
    (void)state;
    write_sample(VERDICT_SAMPLE_LARGE, &out);
    struct str text = buf_str(&out);
    assert_true(text.len < (size_t)40 << 20);
    // Rows that a browser has to lay out: a few hundred of each table.
    assert_true(count_of(text, "<tr>") < 4000);
    buf_done(&out);
}

// ---- as before ----------------------------------------------------------------------------------

// Style and script are files of their own and would hide what else changed.
static void cut(struct str text, const char *from, const char *to, struct buf *out)
{
    size_t at = find(text, 0, from) + strlen(from);
    buf_add(out, str_of(text.at, at));
    size_t end = find(text, at, to);
    buf_add(out, str_of(text.at + end, text.len - end));
}

static void the_report_is_as_before(void **state)
{
    struct buf got, less, least, bare;
    (void)state;
    write_sample(VERDICT_SAMPLE_SINGLE, &got);
    buf_init(&less);
    buf_init(&least);
    buf_init(&bare);
    cut(buf_str(&got), "<style>", "</style>", &less);
    cut(buf_str(&less), "<script>", "</script>", &least);
    cut(buf_str(&least), "style-src ", "\">", &bare);
    const char *path = STORMGLASS_ROOT "/tests/report/golden/report.html";
    bool is_writing = getenv("STORMGLASS_WRITE_GOLDEN") != NULL;
    FILE *file = fopen(path, is_writing ? "wb" : "rb");
    if (!file)
        fail_msg("%s is missing", path);
    if (is_writing) {
        assert_int_equal(fwrite(bare.at, 1, bare.len, file), bare.len);
    } else {
        char *wanted = malloc(bare.len + 2);
        size_t len = fread(wanted, 1, bare.len + 1, file);
        for (size_t i = 0; i < bare.len; i++)
            if (i >= len || wanted[i] != bare.at[i])
                fail_msg(
                    "report.html differs at byte %zu (STORMGLASS_WRITE_GOLDEN=1 writes it anew): %.*s",
                    i, (int)(bare.len - i < 300 ? bare.len - i : 300), bare.at + i);
        assert_int_equal(len, bare.len);
        free(wanted);
    }
    fclose(file);
    buf_done(&bare);
    buf_done(&least);
    buf_done(&less);
    buf_done(&got);
}

// The sample keeps what verdict.h promises: otherwise its reports would show nothing.
static void the_samples_add_up(void **state)
{
    struct verdict_outcome outcome;
    (void)state;
    verdict_outcome_init(&outcome, VERDICT_SAMPLE_RICH);
    for (size_t i = 0; i < outcome.result.incidents.count; i++) {
        const struct verdict *verdict = &outcome.result.verdicts[i];
        double sum = 0;
        for (size_t h = 0; h < verdict->hypothesis_count; h++) {
            const struct verdict_hypothesis *it = &verdict->hypotheses[h];
            int64_t score = hundredths_of(it->prior);
            for (size_t k = 0; k < it->item_count; k++)
                score += hundredths_of(it->items[k].weight);
            assert_int_equal(score, hundredths_of(it->score));
            sum += it->probability;
        }
        assert_true(fabs(sum - 1) < 1e-9);
    }
    verdict_outcome_done(&outcome);
}

static bool refuse(void *context, struct str piece)
{
    (void)piece;
    ++*(int *)context;
    return false;
}

static void a_sink_that_refuses_is_asked_once(void **state)
{
    struct verdict_outcome outcome;
    int calls = 0;
    struct sink sink = {refuse, &calls};
    (void)state;
    verdict_outcome_init(&outcome, VERDICT_SAMPLE_LARGE);
    assert_false(report_html(&outcome.outline, &sink));
    assert_int_equal(calls, 1);
    verdict_outcome_done(&outcome);
}

// ---- pieces -------------------------------------------------------------------------------------

static void an_axis_has_few_columns_and_every_moment_a_place(void **state)
{
    static const struct {
        int64_t first, last, least;
        size_t limit;
        int64_t step;
        size_t count;
    } rows[] = {{0, 0, HOUR, 120, HOUR, 1},
                {0, 119 * HOUR, HOUR, 120, HOUR, 120},
                {0, 120 * HOUR, HOUR, 120, 2 * HOUR, 61},
                {5 * HOUR, 9 * DAY, HOUR, 120, 2 * HOUR, 107},
                {0, 91 * DAY, DAY, 92, DAY, 92},
                {0, 92 * DAY, DAY, 92, 2 * DAY, 47},
                {0, 40000 * DAY, HOUR, 120, 448 * DAY, 90},
                {-3 * DAY - 1, -1, DAY, 92, DAY, 4}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct html_axis axis =
            html_axis_of(rows[i].first, rows[i].last, rows[i].least, rows[i].limit);
        assert_int_equal(axis.step, rows[i].step);
        assert_int_equal(axis.count, rows[i].count);
        assert_int_equal(html_axis_place(&axis, rows[i].first), 0);
        assert_int_equal(html_axis_place(&axis, rows[i].last), axis.count - 1);
        assert_int_equal(html_axis_place(&axis, INT64_C(1) << 60), axis.count - 1);
    }
}

#define EDGES 90

static void make_edges(struct verdict_edge *edges, struct arena *arena)
{
    for (size_t i = 0; i < EDGES; i++)
        edges[i] = (struct verdict_edge){.from_kind = i % 2 ? ENTITY_IP : ENTITY_USER,
                                         .to_kind = i % 3 ? ENTITY_MAILBOX : ENTITY_SESSION,
                                         .from = arena_print(arena, "from%zu", i % 31),
                                         .to = arena_print(arena, "to%zu", i % 37),
                                         .count = 1 + i * 7 % 50};
}

static void the_graph_depends_on_the_edges_alone(void **state)
{
    struct verdict_edge edges[EDGES], turned[EDGES];
    struct graph a, b;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    make_edges(edges, &arena);
    for (size_t i = 0; i < EDGES; i++)
        turned[i] = edges[EDGES - 1 - i];
    graph_init(&a, edges, EDGES);
    graph_init(&b, turned, EDGES);
    assert_true(a.node_count > 20 && a.node_count <= GRAPH_NODES);
    assert_true(a.left_out > 0);
    assert_int_equal(a.left_out, b.left_out);
    for (size_t i = 0; i < a.node_count; i++) {
        assert_true(str_equal(a.nodes[i].text, b.nodes[i].text));
        assert_int_equal(a.nodes[i].kind, b.nodes[i].kind);
        assert_int_equal(a.nodes[i].row, b.nodes[i].row);
    }
    assert_int_equal(a.edge_count, b.edge_count);
    graph_done(&b);
    graph_done(&a);
    arena_done(&arena);
}

static void no_two_nodes_share_a_place_and_none_is_alone(void **state)
{
    struct verdict_edge edges[EDGES];
    struct graph graph;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    make_edges(edges, &arena);
    edges[50].count = 100000;
    graph_init(&graph, edges, EDGES);
    bool is_there = false, has_line[GRAPH_NODES] = {false};
    for (size_t i = 0; i < graph.edge_count; i++)
        has_line[graph.edges[i].from] = has_line[graph.edges[i].to] = true;
    for (size_t i = 0; i < graph.node_count; i++) {
        assert_true(has_line[i]);
        assert_true(graph.nodes[i].row < GRAPH_ROWS);
        is_there = is_there || str_equal(graph.nodes[i].text, edges[50].from);
        assert_true(graph.nodes[i].row < graph.heights[graph.nodes[i].column]);
        assert_true(graph.nodes[i].kind == graph.kinds[graph.nodes[i].column]);
        if (i && graph.nodes[i].column == graph.nodes[i - 1].column)
            assert_int_equal(graph.nodes[i].row, graph.nodes[i - 1].row + 1);
    }
    assert_true(is_there);
    graph_done(&graph);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_stays_text),
        cmocka_unit_test(no_report_has_what_a_log_could_do),
        cmocka_unit_test(every_tag_is_closed),
        cmocka_unit_test(data_for_the_script_is_json),
        cmocka_unit_test(the_policy_names_the_script_that_is_there),
        cmocka_unit_test(the_large_report_stays_within_bounds),
        cmocka_unit_test(the_report_is_as_before),
        cmocka_unit_test(the_samples_add_up),
        cmocka_unit_test(a_sink_that_refuses_is_asked_once),
        cmocka_unit_test(an_axis_has_few_columns_and_every_moment_a_place),
        cmocka_unit_test(the_graph_depends_on_the_edges_alone),
        cmocka_unit_test(no_two_nodes_share_a_place_and_none_is_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
