// report.html: the incident report as one file that needs nothing else: for the analyst at night, the
// manager, the lawyer and the administrator. What is told first is what one has to know first.
// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#include <assert.h>
#include <stdlib.h>

#include "base/builtin.h"
#include "base/encode.h"
#include "base/figure.h"
#include "base/hash.h"
#include "report/report.h"
#include "report/safe.h"

#define NAVIGATION_ROWS 12

static struct str asset(const char *name)
{
    for (size_t i = 0; i < builtin_assets_count; i++)
        if (str_ends(str_from(builtin_assets[i].path), str_from(name)))
            return str_of(builtin_assets[i].text, builtin_assets[i].size);
    assert(!"an asset of the report is missing");
    return S("");
}

// ---- head ---------------------------------------------------------------------------------------

// 'sha256-...' of an element's text, for the page's security policy (W3C Content Security Policy 3, hash-source).
static void add_source_hash(struct html *html, struct str text)
{
    char hex[65], pair[3] = {0}, bytes[32];
    struct sha256 *sha = sha256_new();
    struct arena arena;
    sha256_add(sha, text.at, text.len);
    sha256_finish(sha, hex);
    for (size_t i = 0; i < sizeof bytes; i++) {
        memcpy(pair, hex + 2 * i, 2);
        bytes[i] = (char)strtoul(pair, NULL, 16);
    }
    arena_init(&arena);
    html_add(html, "'sha256-");
    buf_add(html->out, base64_encode(&arena, str_of(bytes, sizeof bytes)));
    html_add(html, "'");
    arena_done(&arena);
}

// Nothing may be fetched or sent, and of styles and scripts only those two run that stand here: even a
// text that had come through unescaped could do nothing.
static void add_head(struct html *html)
{
    struct str style = asset("/report.css");
    html_add(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                   "base-uri 'none'; form-action 'none'; style-src ");
    add_source_hash(html, style);
    html_add(html, "; script-src ");
    add_source_hash(html, asset("/report.js"));
    html_add(html, "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"referrer\" content=\"no-referrer\">\n"
                   "<meta name=\"robots\" content=\"noindex\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Incident report");
    if (html->result->incidents.count) {
        html_add(html, ": ");
        html_text(html, html->result->incidents.items[0].title);
    }
    html_add(html, "</title>\n<style>");
    buf_add(html->out, style);
    html_add(html, "</style>\n</head>\n<body>\n"
                   "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
}

static void add_masthead(struct html *html)
{
    struct buf headline;
    buf_init(&headline);
    report_headline(html->outline, &headline);
    html_add(html, "<header class=\"masthead\">\n<h1>Incident report</h1>\n<p>");
    html_text(html, buf_str(&headline));
    html_add(html, "</p>\n<p class=\"meta\">Stormglass ");
    html_text(html, str_from(html->outline->version));
    html_add(html, " \xc2\xb7 made ");
    html_minute(html, html->outline->generated_at);
    html_add(html, " \xc2\xb7 all times are UTC</p>\n");
    if (html->result->is_interrupted)
        html_add(html, "<p class=\"alarm\">The scan was interrupted: this report tells of what was "
                       "read until then.</p>\n");
    if (html->result->has_unreadable)
        html_add(html, "<p class=\"alarm\">Some inputs could not be read: see <a "
                       "href=\"#inputs\">Inputs</a>.</p>\n");
    html_add(html, "</header>\n");
    buf_done(&headline);
}

// ---- contents -----------------------------------------------------------------------------------

static size_t told_in_full(const struct html *html)
{
    size_t count = html->result->incidents.count;
    return count < HTML_INCIDENTS ? count : HTML_INCIDENTS;
}

static struct html_case case_of(const struct html *html, size_t i)
{
    const struct scan_result *result = html->result;
    return (struct html_case){.incident = &result->incidents.items[i],
                              .verdict = result->verdicts ? &result->verdicts[i] : NULL,
                              .number = i + 1};
}

static void add_navigation(struct html *html)
{
    size_t count = told_in_full(html);
    html_add(html, "<nav class=\"rail\" aria-label=\"Contents\">\n");
    if (count == 1) {
        struct html_case its = case_of(html, 0);
        html_incident_parts(html, &its);
    } else if (count) {
        html_add(html, "<ol class=\"rail-incidents\">\n");
        for (size_t i = 0; i < count && i < NAVIGATION_ROWS; i++) {
            buf_print(html->out, "<li><a href=\"#incident-%zu\">", i + 1);
            html_text(html, html->result->incidents.items[i].title);
            html_add(html, "</a></li>\n");
        }
        html_add(html, "</ol>\n");
    }
    html_add(html, "<ul>\n");
    if (html->result->incidents.count > 1)
        html_add(html, "<li><a href=\"#incidents\">All incidents</a></li>\n");
    html_add(html, "<li><a href=\"#loose\">Other findings</a></li>\n"
                   "<li><a href=\"#coverage\">What the logs cover</a></li>\n"
                   "<li><a href=\"#inputs\">Inputs</a></li>\n");
    if (html->result->cited)
        html_add(html, "<li><a href=\"#records\">Records</a></li>\n");
    html_add(html, "<li><a href=\"#method\">Method</a></li>\n</ul>\n</nav>\n");
}

// ---- several incidents --------------------------------------------------------------------------

static void add_verdict_cell(struct html *html, const struct verdict *verdict)
{
    if (!verdict || !verdict->hypothesis_count) {
        html_add(html, "not weighed");
        return;
    }
    const struct verdict_hypothesis *leader = &verdict->hypotheses[0];
    if (!verdict->is_decided)
        html_add(html, "Cannot tell; strongest lead: ");
    html_text(html, leader->title);
    html_add(html, ", ");
    html_percent(html, leader->probability);
}

static void add_incident_row(struct html *html, const struct html_case *its)
{
    const struct incident *incident = its->incident;
    uint64_t messages = incident_totals(incident).read;
    buf_print(html->out, "<tr><td class=\"number\" data-l=\"No.\">%zu</td><td data-l=\"Severity\">",
              its->number);
    html_level(html, incident->severity);
    html_add(html, "</td><td class=\"title\" data-l=\"What\">");
    if (its->number <= HTML_INCIDENTS)
        buf_print(html->out, "<a href=\"#incident-%zu\">", its->number);
    html_text(html, incident->title);
    html_add(html, its->number <= HTML_INCIDENTS ? "</a></td>" : "</td>");
    html_add(html, "<td data-l=\"How\">");
    add_verdict_cell(html, its->verdict);
    html_add(html, "</td><td class=\"time\" data-l=\"Since\">");
    html_minute(html, incident->first);
    html_add(html, "</td><td class=\"number\" data-l=\"Mailboxes\">");
    html_number(html, incident->mailbox_count);
    html_add(html, "</td><td class=\"number\" data-l=\"Messages read\">");
    html_number(html, messages);
    html_add(html, "</td></tr>\n");
    pen_rest(&html->pen);
}

#define LIST_ROWS 200

static void add_incident_list(struct html *html)
{
    size_t count = html->result->incidents.count;
    if (count < 2)
        return;
    html_add(html,
             "<section class=\"chapter\" id=\"incidents\" aria-labelledby=\"incidents-title\">\n"
             "<h2 id=\"incidents-title\">");
    html_number(html, count);
    html_add(html, " incidents, gravest first</h2>\n<div class=\"ledger\"><table>\n"
                   "<caption>Incidents</caption>\n<thead><tr><th scope=\"col\" class=\"number\">No."
                   "</th><th scope=\"col\">Severity</th><th scope=\"col\">What</th><th "
                   "scope=\"col\">How</th><th scope=\"col\">Since</th><th scope=\"col\" "
                   "class=\"number\">Mailboxes</th><th scope=\"col\" class=\"number\">Messages "
                   "read</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < count && i < LIST_ROWS; i++) {
        struct html_case its = case_of(html, i);
        add_incident_row(html, &its);
    }
    html_add(html, "</tbody></table>\n");
    if (count > HTML_INCIDENTS)
        buf_print(html->out,
                  "<p class=\"note\">The first %d are told in full below, the first %d listed; all "
                  "stand in <code>report.json</code>.</p>\n",
                  HTML_INCIDENTS, LIST_ROWS);
    html_add(html, "</div>\n</section>\n");
}

static void add_nothing(struct html *html)
{
    html_add(html, "<section class=\"incident\" id=\"incidents\" aria-labelledby=\"none-title\">\n"
                   "<h2 id=\"none-title\">No incident was found</h2>\n<p class=\"lede\">That is "
                   "worth as much as the logs: what they do not cover could not be seen. See <a "
                   "href=\"#coverage\">What the logs cover</a>.</p>\n</section>\n");
}

// ---- the document -------------------------------------------------------------------------------

bool report_html(const struct outline *outline, const struct sink *sink)
{
    struct html html = {.outline = outline,
                        .result = outline->result,
                        .messages = HTML_MESSAGES,
                        .findings = HTML_FINDINGS};
    pen_init(&html.pen, sink);
    html.out = &html.pen.buf;
    add_head(&html);
    add_masthead(&html);
    html_add(&html, "<div class=\"page\">\n");
    add_navigation(&html);
    html_add(&html, "<main id=\"main\">\n");
    add_incident_list(&html);
    if (!html.result->incidents.count)
        add_nothing(&html);
    for (size_t i = 0; i < told_in_full(&html); i++) {
        struct html_case its = case_of(&html, i);
        html_incident(&html, &its, html.result->incidents.count);
    }
    html_loose_findings(&html);
    html_coverage(&html);
    html_inputs(&html);
    html_raw(&html);
    html_method(&html);
    html_add(&html, "</main>\n</div>\n<footer>Stormglass ");
    html_text(&html, str_from(outline->version));
    html_add(&html,
             ". This file is complete in itself: it loads nothing and sends nothing.</footer>"
             "\n<script>");
    buf_add(html.out, asset("/report.js"));
    html_add(&html, "</script>\n</body>\n</html>\n");
    return pen_done(&html.pen);
}
