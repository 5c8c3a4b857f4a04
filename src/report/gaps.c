// What `gaps` shows: hours in which the logs are complete, and what is missing elsewhere, why, and how to get
// it. The same outline gives the same bytes.
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"
#include "report/pen.h"
#include "report/report.h"
#include "report/safe.h"
#include "report/table.h"

#define MAP_COLUMNS 56
#define GAP_ROWS 12 // of one source

enum shade { SHADE_NONE, SHADE_ABSENT, SHADE_UNSURE, SHADE_PARTIAL, SHADE_COMPLETE, SHADE_COUNT };

static enum shade shade_of(const struct coverage_range *range)
{
    if (range->is_unsure)
        return SHADE_UNSURE;
    if (str_is(str_from(range->state), "complete"))
        return SHADE_COMPLETE;
    return str_is(str_from(range->state), "absent") ? SHADE_ABSENT : SHADE_PARTIAL;
}

struct chart {
    int64_t from, step;
    unsigned columns;
};

// The worst of the hours that a column stands for: a gap must not hide between two good hours.
static void fill_row(const struct chart *chart, const struct coverage_part *part,
                     enum shade row[MAP_COLUMNS])
{
    for (size_t r = 0; r < part->range_count; r++) {
        const struct coverage_range *range = &part->ranges[r];
        enum shade shade = shade_of(range);
        int64_t first = (range->from - chart->from) / chart->step;
        int64_t last = (range->to - 1 - chart->from) / chart->step;
        for (int64_t c = first < 0 ? 0 : first; c <= last && c < (int64_t)chart->columns; c++)
            if (row[c] == SHADE_NONE || shade < row[c])
                row[c] = shade;
    }
}

static void print_row(struct buf *out, const struct style *style, const enum shade *row,
                      unsigned columns)
{
    static const struct {
        const char *utf8, *ascii;
        enum tint tint;
    } marks[SHADE_COUNT] = {{" ", " ", TINT_NONE},
                            {"\xc2\xb7", ".", TINT_BAD},
                            {"?", "?", TINT_DIM},
                            {"\xe2\x96\x92", "+", TINT_MEDIUM},
                            {"\xe2\x96\x88", "#", TINT_GOOD}};
    for (unsigned c = 0; c < columns; c++)
        tint_text(out, style, marks[row[c]].tint,
                  str_from(style->is_utf8 ? marks[row[c]].utf8 : marks[row[c]].ascii));
}

static bool chart_of(const struct scan_result *result, struct chart *chart)
{
    for (size_t i = 0; i < result->coverage_count; i++) {
        const struct coverage_part *part = &result->coverage[i];
        if (!part->range_count)
            continue;
        chart->from = part->ranges[0].from;
        int64_t hours = (part->ranges[part->range_count - 1].to - chart->from) / HOUR;
        chart->step = (hours + MAP_COLUMNS - 1) / MAP_COLUMNS * HOUR;
        chart->columns = (unsigned)((hours * HOUR + chart->step - 1) / chart->step);
        return hours > 0;
    }
    return false;
}

static void print_chart(const struct scan_result *result, const struct style *style,
                        const struct chart *chart, struct pen *pen)
{
    struct buf *out = &pen->buf;
    char first[FIGURE_SIZE], last[FIGURE_SIZE], hours[FIGURE_SIZE];
    for (size_t i = 0; i < result->coverage_count; i++) {
        enum shade row[MAP_COLUMNS] = {SHADE_NONE};
        const struct coverage_part *part = &result->coverage[i];
        buf_print(out, "  %-36s ", part->source);
        fill_row(chart, part, row);
        print_row(out, style, row, chart->columns);
        buf_add_char(out, '\n');
    }
    buf_print(out, "  %-36s %s to %s UTC, a column is %s hour%s\n", "",
              figure_minute(chart->from, first),
              figure_minute(chart->from + chart->columns * chart->step, last),
              figure_number((uint64_t)(chart->step / HOUR), hours),
              figure_plural((uint64_t)(chart->step / HOUR)));
    buf_add(out, style->is_utf8 ? S("  \xe2\x96\x88 complete  \xe2\x96\x92 partial  "
                                    "? cannot tell  \xc2\xb7 absent\n")
                                : S("  # complete  + partial  ? cannot tell  . absent\n"));
}

static void print_gap(struct pen *pen, const struct style *style,
                      const struct coverage_range *range)
{
    char from[FIGURE_SIZE], to[FIGURE_SIZE];
    struct buf text;
    buf_init(&text);
    buf_print(&text, "%s to %s, %s: ", figure_minute(range->from, from),
              figure_minute(range->to, to), range->is_unsure ? "cannot tell" : range->state);
    buf_add(&text, range->why);
    if (range->how.len) {
        buf_add(&text, S(". To close it: "));
        buf_add(&text, range->how);
    }
    buf_add_char(&text, '.');
    buf_add(&pen->buf, S("    "));
    wrap_text(&pen->buf, style, TINT_NONE, buf_str(&text), 4, 6);
    buf_add_char(&pen->buf, '\n');
    buf_done(&text);
}

static void print_part(struct pen *pen, const struct style *style, const struct coverage_part *part)
{
    size_t gaps = 0;
    for (size_t r = 0; r < part->range_count; r++) {
        if (shade_of(&part->ranges[r]) == SHADE_COMPLETE)
            continue;
        if (gaps == 0) {
            buf_add(&pen->buf, S("\n  "));
            tint_text(&pen->buf, style, TINT_BOLD, str_from(part->source));
            buf_add_char(&pen->buf, '\n');
        }
        if (gaps++ < GAP_ROWS)
            print_gap(pen, style, &part->ranges[r]);
    }
    if (gaps > GAP_ROWS)
        buf_print(&pen->buf, "    and %zu more\n", gaps - GAP_ROWS);
    pen_rest(pen);
}

bool report_gaps_text(const struct outline *outline, const struct style *style,
                      const struct sink *sink)
{
    const struct scan_result *result = outline->result;
    struct pen pen;
    struct chart chart;
    char records[FIGURE_SIZE];
    pen_init(&pen, sink);
    if (!chart_of(result, &chart)) {
        buf_print(&pen.buf, "Read %s record%s; none of a known log with a time in it.\n",
                  figure_number(result->records, records), figure_plural(result->records));
        return pen_done(&pen);
    }
    tint_text(&pen.buf, style, TINT_BOLD, S("What the logs cover"));
    buf_add_char(&pen.buf, '\n');
    print_chart(result, style, &chart, &pen);
    for (size_t i = 0; i < result->coverage_count; i++)
        print_part(&pen, style, &result->coverage[i]);
    return pen_done(&pen);
}

bool report_gaps_json(const struct outline *outline, const struct sink *sink)
{
    struct pen pen;
    pen_init(&pen, sink);
    buf_add(&pen.buf, S("{\n  "));
    json_add_text(&pen.buf, "schema", S("stormglass.gaps/1"), true);
    buf_add(&pen.buf, S(",\n"));
    json_add_coverage(&pen, outline->result);
    buf_add(&pen.buf, S("  "));
    json_add_number(&pen.buf, "records", outline->result->records, true);
    buf_add(&pen.buf, S("\n}\n"));
    return pen_done(&pen);
}
