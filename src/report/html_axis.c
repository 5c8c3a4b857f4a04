// The time axis that the charts of report.html share.
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"
#include "report/html.h"

static int64_t floor_to(int64_t instant, int64_t step)
{
    int64_t rest = instant % step;
    return instant - (rest < 0 ? rest + step : rest);
}

static size_t count_of(int64_t first, int64_t last, int64_t step)
{
    return (size_t)((floor_to(last, step) - floor_to(first, step)) / step) + 1;
}

struct html_axis html_axis_of(int64_t first, int64_t last, int64_t least_step, size_t limit)
{
    static const int64_t steps[] = {HOUR,      2 * HOUR, 3 * HOUR, 6 * HOUR,
                                    12 * HOUR, DAY,      2 * DAY,  7 * DAY};
    int64_t step = least_step;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] > step && count_of(first, last, step) > limit)
            step = steps[i];
    while (count_of(first, last, step) > limit)
        step *= 2;
    return (struct html_axis){
        .from = floor_to(first, step), .step = step, .count = count_of(first, last, step)};
}

size_t html_axis_place(const struct html_axis *axis, int64_t instant)
{
    int64_t place = (instant - axis->from) / axis->step;
    return place < 0 ? 0 : (size_t)place >= axis->count ? axis->count - 1 : (size_t)place;
}

// First, middle and last column; the middle only where there are three to tell apart.
void html_axis_print(struct html *html, const struct html_axis *axis)
{
    char text[FIGURE_SIZE];
    size_t places[3] = {0, axis->count / 2, axis->count - 1};
    html_add(html, "<div class=\"axis\" aria-hidden=\"true\">");
    for (size_t i = 0; i < 3; i++) {
        if ((i == 1 && axis->count < 5) || (i == 2 && axis->count < 2))
            continue;
        int64_t at = axis->from + (int64_t)places[i] * axis->step;
        buf_print(html->out, "<span>%s</span>",
                  axis->step < DAY ? figure_minute(at, text) : figure_day(at, text));
    }
    html_add(html, "</div>\n");
}
