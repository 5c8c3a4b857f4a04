// When: what the attacker did over time, one lane for each kind of act with a scale of its own, so that
// three sign-ins are seen beside three thousand reads.
// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "base/figure.h"
#include "report/html.h"

#define BUCKET_LIMIT 120
#define LANE_COUNT 4
#define LANE_HEIGHT 40

static const struct lane {
    const char *name, *title;
} lanes[LANE_COUNT] = {
    {"reads", "Reads"}, {"sign-ins", "Sign-ins"}, {"changes", "Changes"}, {"others", "Other acts"}};

struct buckets {
    struct html_axis axis;
    uint64_t counts[LANE_COUNT][BUCKET_LIMIT], sums[LANE_COUNT], most[LANE_COUNT];
};

static void fill(struct buckets *buckets, const struct verdict *verdict)
{
    *buckets = (struct buckets){.axis = html_axis_of(verdict->hours[0].hour,
                                                     verdict->hours[verdict->hour_count - 1].hour,
                                                     HOUR, BUCKET_LIMIT)};
    for (size_t i = 0; i < verdict->hour_count; i++) {
        const struct verdict_hour *hour = &verdict->hours[i];
        const uint64_t counts[LANE_COUNT] = {hour->reads, hour->sign_ins, hour->changes,
                                             hour->others};
        size_t place = html_axis_place(&buckets->axis, hour->hour);
        for (size_t lane = 0; lane < LANE_COUNT; lane++) {
            uint64_t *count = &buckets->counts[lane][place];
            *count += counts[lane];
            buckets->sums[lane] += counts[lane];
            if (*count > buckets->most[lane])
                buckets->most[lane] = *count;
        }
    }
}

static void add_bars(struct html *html, const struct buckets *buckets, size_t lane)
{
    char text[FIGURE_SIZE], number[FIGURE_SIZE];
    for (size_t i = 0; i < buckets->axis.count; i++) {
        uint64_t count = buckets->counts[lane][i];
        if (!count)
            continue;
        // Never thinner than what an eye can see.
        double height = (double)count / (double)buckets->most[lane] * (LANE_HEIGHT - 2) + 2;
        buf_print(
            html->out,
            "<rect x=\"%zu.1\" y=\"%.1f\" width=\".8\" height=\"%.1f\"><title>%s UTC: %s</title>"
            "</rect>",
            i, LANE_HEIGHT - height, height,
            figure_minute(buckets->axis.from + (int64_t)i * buckets->axis.step, text),
            figure_number(count, number));
    }
}

static void add_lane(struct html *html, const struct buckets *buckets, size_t lane)
{
    char sum[FIGURE_SIZE], most[FIGURE_SIZE];
    figure_number(buckets->sums[lane], sum);
    figure_number(buckets->most[lane], most);
    buf_print(html->out,
              "<div class=\"lane %s\"><span class=\"label\">%s</span><svg viewBox=\"0 0 %zu %d\" "
              "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s: %s in all, at most %s in "
              "one column\">",
              lanes[lane].name, lanes[lane].title, buckets->axis.count, LANE_HEIGHT,
              lanes[lane].title, sum, most);
    add_bars(html, buckets, lane);
    buf_print(html->out, "</svg><span class=\"value\"><b>%s</b> max %s</span></div>\n", sum, most);
}

static void add_table(struct html *html, const struct buckets *buckets)
{
    static const struct html_column columns[] = {{"From (UTC)", CELL_TIME, false},
                                                 {"Reads", CELL_NUMBER, false},
                                                 {"Sign-ins", CELL_NUMBER, false},
                                                 {"Changes", CELL_NUMBER, false},
                                                 {"Other acts", CELL_NUMBER, false}};
    struct html_table table;
    html_add(html, "<details class=\"figures\"><summary>The figures</summary>\n");
    html_table_open(&table, html, "What the attacker did over time", columns, 1 + LANE_COUNT);
    for (size_t i = 0; i < buckets->axis.count; i++) {
        bool has_any = false;
        for (size_t lane = 0; lane < LANE_COUNT; lane++)
            has_any = has_any || buckets->counts[lane][i];
        if (!has_any)
            continue;
        html_cell_time(&table, buckets->axis.from + (int64_t)i * buckets->axis.step);
        for (size_t lane = 0; lane < LANE_COUNT; lane++)
            html_cell_number(&table, buckets->counts[lane][i]);
    }
    html_table_close(&table, 0, "timeline.csv");
    html_add(html, "</details>\n");
}

void html_hours(struct html *html, const struct html_case *its)
{
    struct buckets buckets;
    if (!its->verdict->hour_count) {
        html_add(html, "<p>Nothing the attacker did has a time.</p>\n");
        return;
    }
    fill(&buckets, its->verdict);
    int64_t hours = buckets.axis.step / HOUR;
    html_add(html, "<p class=\"intro\">What the attacker did; a column is ");
    html_number(html, (uint64_t)(hours % 24 ? hours : hours / 24));
    html_add(html, hours % 24 ? " hour" : " day");
    html_add(html, html_plural((uint64_t)(hours % 24 ? hours : hours / 24)));
    html_add(html, ", and each lane has a scale of its own.</p>\n<div class=\"chart lanes\">\n");
    for (size_t lane = 0; lane < LANE_COUNT; lane++)
        if (buckets.sums[lane])
            add_lane(html, &buckets, lane);
    html_axis_print(html, &buckets.axis);
    html_add(html, "</div>\n");
    add_table(html, &buckets);
}
