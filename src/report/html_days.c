// Attacker and owner: one row a mailbox, one column a day; above what the attacker accessed, below the owner.
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdlib.h>

#include "base/figure.h"
#include "report/html.h"

#define ROW_LIMIT 30
#define COLUMN_LIMIT 92
#define SHADES 5

struct row {
    uint32_t mailbox;
    uint64_t attacker_sum, owner_sum;
    uint64_t attacker[COLUMN_LIMIT], owner[COLUMN_LIMIT];
};

struct grid {
    struct html_axis axis;
    struct row *rows; // owned
    size_t count;
    uint64_t most_attacker, most_owner;
};

static int compare_rows(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->attacker_sum != b->attacker_sum)
        return a->attacker_sum > b->attacker_sum ? -1 : 1;
    return a->mailbox < b->mailbox ? -1 : a->mailbox > b->mailbox;
}

static struct html_axis axis_of(const struct verdict *verdict)
{
    int64_t first = verdict->days[0].day, last = first;
    for (size_t i = 1; i < verdict->day_count; i++) {
        first = verdict->days[i].day < first ? verdict->days[i].day : first;
        last = verdict->days[i].day > last ? verdict->days[i].day : last;
    }
    return html_axis_of(first, last, DAY, COLUMN_LIMIT);
}

static void add_day(struct grid *grid, const struct verdict_day *day)
{
    if (!grid->count || grid->rows[grid->count - 1].mailbox != day->mailbox)
        grid->rows[grid->count++].mailbox = day->mailbox;
    struct row *row = &grid->rows[grid->count - 1];
    size_t place = html_axis_place(&grid->axis, day->day);
    row->attacker[place] += day->attacker;
    row->owner[place] += day->owner;
    row->attacker_sum += day->attacker;
    row->owner_sum += day->owner;
    if (row->attacker[place] > grid->most_attacker)
        grid->most_attacker = row->attacker[place];
    if (row->owner[place] > grid->most_owner)
        grid->most_owner = row->owner[place];
}

// Days come by mailbox, so each mailbox is one run.
static void fill(struct grid *grid, const struct html_case *its)
{
    const struct verdict *verdict = its->verdict;
    size_t runs = 0;
    for (size_t i = 0; i < verdict->day_count; i++)
        runs += i == 0 || verdict->days[i].mailbox != verdict->days[i - 1].mailbox;
    *grid = (struct grid){.axis = axis_of(verdict), .rows = memory_new(runs * sizeof *grid->rows)};
    for (size_t i = 0; i < verdict->day_count; i++)
        if (verdict->days[i].mailbox < its->incident->mailbox_count)
            add_day(grid, &verdict->days[i]);
    if (grid->count)
        qsort(grid->rows, grid->count, sizeof *grid->rows, compare_rows);
}

// 1 to SHADES, by the logarithm: one access is seen beside thousands.
static int shade_of(uint64_t count, uint64_t most)
{
    if (most <= 1)
        return SHADES;
    int shade = 1 + (int)(log((double)count) / log((double)most) * (SHADES - 1) + 0.5);
    return shade > SHADES ? SHADES : shade;
}

static void add_cells(struct html *html, const struct grid *grid, const struct row *row)
{
    char text[FIGURE_SIZE], attacker[FIGURE_SIZE], owner[FIGURE_SIZE];
    for (size_t i = 0; i < grid->axis.count; i++) {
        if (!row->attacker[i] && !row->owner[i])
            continue;
        buf_print(html->out, "<g><title>%s: attacker %s, owner %s</title>",
                  figure_day(grid->axis.from + (int64_t)i * grid->axis.step, text),
                  figure_number(row->attacker[i], attacker), figure_number(row->owner[i], owner));
        if (row->attacker[i])
            buf_print(html->out, "<path class=\"a%d\" d=\"M%zu.05 1h.9v9h-.9z\"/>",
                      shade_of(row->attacker[i], grid->most_attacker), i);
        if (row->owner[i])
            buf_print(html->out, "<path class=\"o%d\" d=\"M%zu.05 11h.9v5h-.9z\"/>",
                      shade_of(row->owner[i], grid->most_owner), i);
        html_add(html, "</g>");
    }
}

static void add_row(struct html *html, const struct html_case *its, const struct grid *grid,
                    const struct row *row)
{
    char attacker[FIGURE_SIZE], owner[FIGURE_SIZE];
    figure_number(row->attacker_sum, attacker);
    figure_number(row->owner_sum, owner);
    html_add(html, "<div class=\"lane\"><span class=\"label\">");
    html_text(html, its->incident->mailboxes[row->mailbox].mailbox);
    buf_print(html->out,
              "</span><svg viewBox=\"0 0 %zu 17\" preserveAspectRatio=\"none\" role=\"img\" "
              "aria-label=\"attacker %s accesses, owner %s\">",
              grid->axis.count, attacker, owner);
    add_cells(html, grid, row);
    buf_print(html->out, "</svg><span class=\"value\"><b>%s</b> / %s</span></div>\n", attacker,
              owner);
    pen_rest(&html->pen);
}

void html_days(struct html *html, const struct html_case *its)
{
    struct grid grid;
    if (!its->verdict->day_count) {
        html_add(html, "<p>No access to a mailbox is in these logs.</p>\n");
        return;
    }
    fill(&grid, its);
    html_add(html, "<p class=\"intro\">Accesses to each mailbox, a column a ");
    html_add(html, grid.axis.step == DAY ? "day" : "few days");
    html_add(
        html,
        ": <span class=\"key a4\">attacker</span> above, <span class=\"key "
        "o4\">owner</span> below, darker for more. At the right: attacker / "
        "owner. Of busy mailboxes not every record of the owner is kept: it may be more.</p>\n<div class=\"chart heat\">\n");
    for (size_t i = 0; i < grid.count && i < ROW_LIMIT; i++)
        add_row(html, its, &grid, &grid.rows[i]);
    html_axis_print(html, &grid.axis);
    html_add(html, "</div>\n");
    if (grid.count > ROW_LIMIT)
        buf_print(
            html->out,
            "<p class=\"note\">The %d mailboxes with most of the attacker&#39;s accesses; %zu "
            "more are left out.</p>\n",
            ROW_LIMIT, grid.count - ROW_LIMIT);
    free(grid.rows);
}
