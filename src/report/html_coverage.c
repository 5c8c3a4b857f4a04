// What the logs cover: a lane for each log, and what is missing, why, and how to get it.
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"
#include "report/html.h"

static const char *shade_of(const struct coverage_range *range)
{
    if (range->is_unsure)
        return "unsure";
    if (str_is(str_from(range->state), "complete"))
        return "complete";
    return str_is(str_from(range->state), "absent") ? "absent" : "partial";
}

struct span {
    int64_t from, to;
};

static struct span span_of(const struct scan_result *result)
{
    struct span span = {INSTANT_NONE, INSTANT_NONE};
    for (size_t i = 0; i < result->coverage_count; i++) {
        const struct coverage_part *part = &result->coverage[i];
        if (!part->range_count)
            continue;
        if (span.from == INSTANT_NONE || part->ranges[0].from < span.from)
            span.from = part->ranges[0].from;
        if (span.to == INSTANT_NONE || part->ranges[part->range_count - 1].to > span.to)
            span.to = part->ranges[part->range_count - 1].to;
    }
    return span;
}

static double place_of(const struct span *span, int64_t instant)
{
    double place = (double)(instant - span->from) / (double)(span->to - span->from) * 1000;
    return place < 0 ? 0 : place > 1000 ? 1000 : place;
}

static void add_ranges(struct html *html, const struct span *span, const struct coverage_part *part)
{
    char from[FIGURE_SIZE], to[FIGURE_SIZE];
    for (size_t i = 0; i < part->range_count; i++) {
        const struct coverage_range *range = &part->ranges[i];
        double x = place_of(span, range->from), end = place_of(span, range->to);
        buf_print(html->out,
                  "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" height=\"14\"><title>%s to %s: %s"
                  "</title></rect>",
                  shade_of(range), x, end - x > 1 ? end - x : 1, figure_minute(range->from, from),
                  figure_minute(range->to, to), range->is_unsure ? "cannot tell" : range->state);
        pen_rest(&html->pen);
    }
}

static int64_t complete_hours(const struct coverage_part *part)
{
    int64_t hours = 0;
    for (size_t i = 0; i < part->range_count; i++)
        if (str_is(str_from(shade_of(&part->ranges[i])), "complete"))
            hours += (part->ranges[i].to - part->ranges[i].from) / HOUR;
    return hours;
}

static void add_lane(struct html *html, const struct span *span, const struct coverage_part *part)
{
    char percent[FIGURE_SIZE];
    figure_percent((uint64_t)complete_hours(part), (uint64_t)((span->to - span->from) / HOUR),
                   percent);
    html_add(html, "<div class=\"lane\"><span class=\"label\">");
    html_text(html, str_from(part->source));
    buf_print(html->out,
              "</span><svg viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" role=\"img\" "
              "aria-label=\"complete in %s of the hours\">",
              percent);
    add_ranges(html, span, part);
    buf_print(html->out, "</svg><span class=\"value\">%s</span></div>\n", percent);
}

// Where the incidents that are told lie in it.
static void add_incident_lane(struct html *html, const struct span *span)
{
    const struct incident_list *incidents = &html->result->incidents;
    bool is_open = false;
    for (size_t i = 0; i < incidents->count && i < HTML_INCIDENTS; i++) {
        const struct incident *incident = &incidents->items[i];
        if (incident->first == INSTANT_NONE)
            continue;
        double x = place_of(span, incident->first), end = place_of(span, incident->last);
        if (!is_open)
            html_add(html,
                     "<div class=\"lane incidents\"><span class=\"label\">Incidents</span><svg "
                     "viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" "
                     "role=\"img\" aria-label=\"times of the incidents\">");
        is_open = true;
        buf_print(html->out,
                  "<rect x=\"%.1f\" y=\"4\" width=\"%.1f\" height=\"6\"><title>Incident %zu</title>"
                  "</rect>",
                  x, end - x > 3 ? end - x : 3, i + 1);
    }
    html_add(html, is_open ? "</svg><span class=\"value\"></span></div>\n" : "");
}

static void add_missing(struct html *html)
{
    static const struct html_column columns[] = {
        {"Log", CELL_TEXT, true},       {"From (UTC)", CELL_TIME, false},
        {"To (UTC)", CELL_TIME, false}, {"State", CELL_TEXT, true},
        {"Why", CELL_TEXT, false},      {"What would close it", CELL_TEXT, false}};
    struct html_table table;
    html_table_open(&table, html, "Where the logs are not complete", columns,
                    sizeof columns / sizeof *columns);
    for (size_t i = 0; i < html->result->coverage_count; i++) {
        const struct coverage_part *part = &html->result->coverage[i];
        for (size_t r = 0; r < part->range_count; r++) {
            const struct coverage_range *range = &part->ranges[r];
            if (!range->is_unsure && str_is(str_from(range->state), "complete"))
                continue;
            html_cell_text(&table, str_from(part->source));
            html_cell_time(&table, range->from);
            html_cell_time(&table, range->to);
            html_cell_text(&table, str_from(range->is_unsure ? "cannot tell" : range->state));
            html_cell_text(&table, range->why);
            html_cell_text(&table, range->how);
        }
    }
    html_table_close(&table, 0, "report.json");
}

void html_coverage(struct html *html)
{
    const struct scan_result *result = html->result;
    struct span span = span_of(result);
    html_part(html, NULL, "coverage", "What the logs cover");
    if (span.from == INSTANT_NONE || span.to <= span.from) {
        html_add(html, "<p>No record of a known log with a time in it was read.</p>\n");
        html_part_end(html);
        return;
    }
    html_add(html, "<p class=\"intro\"><span class=\"key complete\">complete</span> <span "
                   "class=\"key partial\">partial</span> <span class=\"key unsure\">cannot "
                   "tell</span> <span class=\"key absent\">absent</span> At the right: hours that "
                   "are complete. Where a log is not complete, that nothing was seen there says "
                   "nothing.</p>\n<div class=\"chart coverage\">\n");
    add_incident_lane(html, &span);
    for (size_t i = 0; i < result->coverage_count; i++)
        add_lane(html, &span, &result->coverage[i]);
    struct html_axis axis = html_axis_of(span.from, span.to - 1, HOUR, 100000);
    html_axis_print(html, &axis);
    html_add(html, "</div>\n");
    add_missing(html);
    html_part_end(html);
}
