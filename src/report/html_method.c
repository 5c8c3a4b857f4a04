// What was read, with its SHA-256, what could not be, and how the results were made.
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"
#include "report/html.h"

#define UNREAD_ROWS 20 // of one input
#define UNREAD_INPUTS 50
#define WARNING_ROWS 200

// ---- inputs -------------------------------------------------------------------------------------

static void add_input(struct html_table *table, const struct scan_input *input)
{
    html_cell_text(table, input->path);
    html_cell_number(table, input->bytes);
    html_cell_text(table, str_from(input->container));
    html_cell_number(table, input->records);
    html_cell_number(table, input->duplicates);
    html_cell_number(table, input->unread_count);
    html_cell_time(table, input->first);
    html_cell_time(table, input->last);
    html_cell_text(table, input->sha256[0] ? str_from(input->sha256) : S("not computed"));
}

static void add_unread(struct html *html, const struct scan_input *input)
{
    html_add(html, "<li><code>");
    html_text(html, input->path);
    html_add(html, "</code>: ");
    html_number(html, input->unread_count);
    html_add(html, " piece");
    html_add(html, html_plural(input->unread_count));
    html_add(html, "<ul>");
    for (size_t i = 0; i < input->unread_listed && i < UNREAD_ROWS; i++) {
        const struct unread *unread = &input->unread[i];
        html_add(html, unread->line ? "<li>line " : "<li>byte ");
        html_number(html, unread->line ? unread->line : unread->offset);
        html_add(html, ": ");
        html_text(html, str_from(unread->why));
        html_add(html, "</li>");
    }
    if (input->unread_count > UNREAD_ROWS)
        html_add(html, "<li>and more, in <code>report.json</code></li>");
    html_add(html, "</ul></li>\n");
}

static void add_unread_list(struct html *html)
{
    size_t count = 0;
    for (size_t i = 0; i < html->result->input_count; i++) {
        if (!html->result->inputs[i].unread_count)
            continue;
        if (count == 0)
            html_add(html, "<h3>Could not be read</h3>\n<ul>\n");
        if (count++ < UNREAD_INPUTS)
            add_unread(html, &html->result->inputs[i]);
    }
    if (count > UNREAD_INPUTS)
        html_add(html, "<li>and pieces of more inputs, in <code>report.json</code></li>\n");
    html_add(html, count ? "</ul>\n" : "");
}

static void add_warnings(struct html *html)
{
    size_t count = 0;
    for (size_t i = 0; i < html->result->input_count; i++) {
        const struct scan_input *input = &html->result->inputs[i];
        for (size_t k = 0; k < input->warning_count; k++) {
            if (count == 0)
                html_add(html, "<h3>Warnings</h3>\n<ul>\n");
            if (count++ >= WARNING_ROWS)
                continue;
            html_add(html, "<li><code>");
            html_text(html, input->path);
            html_add(html, "</code>: ");
            html_text(html, input->warnings[k]);
            html_add(html, "</li>\n");
        }
    }
    if (count > WARNING_ROWS)
        html_add(html, "<li>and more, in <code>report.json</code></li>\n");
    html_add(html, count ? "</ul>\n" : "");
}

void html_inputs(struct html *html)
{
    static const struct html_column columns[] = {
        {"File", CELL_TEXT, false},         {"Bytes", CELL_NUMBER, false},
        {"Container", CELL_TEXT, true},     {"Records", CELL_NUMBER, false},
        {"Duplicates", CELL_NUMBER, false}, {"Unread", CELL_NUMBER, false},
        {"First (UTC)", CELL_TIME, false},  {"Last (UTC)", CELL_TIME, false},
        {"SHA-256", CELL_CODE, false}};
    struct html_table table;
    html_part(html, NULL, "inputs", "Inputs");
    html_table_open(&table, html, "What was read", columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < html->result->input_count; i++)
        add_input(&table, &html->result->inputs[i]);
    html_table_close(&table, 0, "report.json");
    add_unread_list(html);
    add_warnings(html);
    html_part_end(html);
}

// ---- method -------------------------------------------------------------------------------------

static void add_version_rows(struct html *html)
{
    const struct scan_result *result = html->result;
    html_add(html, "<dl class=\"versions\">\n<dt>Program</dt><dd>Stormglass ");
    html_text(html, str_from(html->outline->version));
    html_add(html, "</dd>\n<dt>Rules (SHA-256)</dt><dd><code>");
    html_text(html, str_from(result->rules_sha256));
    html_add(html, "</code></dd>\n<dt>Report made</dt><dd>");
    html_time(html, html->outline->generated_at);
    html_add(html, " UTC</dd>\n");
    for (size_t i = 0; i < result->database_count; i++) {
        html_add(html, "<dt>Addresses</dt><dd>");
        html_text(html, result->databases[i].type);
        html_add(html, ", built ");
        html_minute(html, result->databases[i].built);
        html_add(html, ", <code>");
        html_text(html, result->databases[i].path);
        html_add(html, "</code></dd>\n");
    }
    if (result->state) {
        html_add(html, "<dt>Earlier runs</dt><dd>");
        html_number(html, result->state->earlier);
        html_add(html, " records remembered in <code>");
        html_text(html, result->state->path);
        html_add(html, "</code></dd>\n");
    }
    html_add(html, "</dl>\n");
}

static void add_counts(struct html *html)
{
    const struct scan_result *result = html->result;
    const struct {
        const char *what;
        uint64_t count;
    } rows[] = {
        {"records read", result->records},
        {"stood there more than once and counted once", result->duplicates},
        {"pieces could not be read", result->unread},
        {"lay outside the time range that was asked for", result->filtered},
        {"observations were let go for want of memory, so counts may be too low",
         result->dropped_observations},
        {"inputs could not be read a second time, so the scope may be too small",
         result->unread_again},
    };
    html_add(html, "<ul>\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i].count)
            continue;
        html_add(html, "<li>");
        html_number(html, rows[i].count);
        buf_print(html->out, " %s</li>\n", rows[i].what);
    }
    html_add(html, "</ul>\n");
}

void html_method(struct html *html)
{
    html_part(html, NULL, "method", "Method");
    add_version_rows(html);
    add_counts(html);
    html_add(
        html,
        "<h3>How a probability is made</h3>\n"
        "<p>Each hypothesis is a story with a prior probability: how often it is what lies behind "
        "such findings, before anything else is known. Questions are asked of the records; each "
        "answer has a likelihood if the story is true and one if it is not. The weight of an answer "
        "is the natural logarithm of their ratio, times how reliable the answer is, rounded to 0.01. "
        "Of questions that say much the same only the strongest counts. The score is the logarithm "
        "of the prior plus the sum of the weights; the probability is e to the power of the score, "
        "divided by the sum of the same over all hypotheses, one of which stands for what is none "
        "of the others. A hypothesis is called likely only when it is well ahead and at least one "
        "decisive answer carries it; otherwise the report says that it cannot tell.</p>\n"
        "<p>" VERDICT_CALIBRATION "</p>\n"
        "<h3>What counts as proof</h3>\n"
        "<p>A message is proved to have been read only by a record of the attacker&#39;s own access "
        "that names it. What was synchronised, or read while logging was throttled, is presumed. "
        "Where the logs do not cover a time, it is unknown: that nothing was seen there says "
        "nothing. The same inputs, rules and version give the same report, byte for byte but for "
        "the time it was made. Record ids are the provider&#39;s own: with them every statement can "
        "be looked up in the original logs.</p>\n");
    html_part_end(html);
}
