// Draws counts over time as bars.
// SPDX-License-Identifier: Apache-2.0
#include "report/timeline.h"

#include <stdlib.h>

#include "base/figure.h"
#include "report/table.h"

#define LEVELS 5
#define BAR_LIMIT 48
#define WEEK (7 * DAY)
#define WEEK_ORIGIN (4 * DAY) // 1970-01-05 was a Monday

static const int64_t sizes[] = {HOUR, 6 * HOUR, DAY, WEEK, 4 * WEEK, 52 * WEEK};
#define SIZE_COUNT (sizeof sizes / sizeof *sizes)

struct bucket {
    int64_t from;
    uint64_t total, by_level[LEVELS];
};

static int64_t bucket_of(int64_t time, int64_t size)
{
    int64_t origin = size >= WEEK ? WEEK_ORIGIN : 0;
    int64_t into = (time - origin) % size;
    return time - (into < 0 ? into + size : into);
}

static int compare_points(const void *left, const void *right)
{
    const struct timeline_point *a = left, *b = right;
    return a->time < b->time ? -1 : a->time > b->time;
}

// Puts the points (from the first with a time on) into buckets; gives how many, or limit + 1 if more.
static size_t fill(const struct timeline_point *points, size_t count, int64_t size,
                   struct bucket *buckets, size_t limit)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t from = bucket_of(points[i].time, size);
        if (used == 0 || buckets[used - 1].from != from) {
            if (used == limit)
                return limit + 1;
            buckets[used++] = (struct bucket){.from = from};
        }
        buckets[used - 1].total += points[i].count;
        if (points[i].level >= 0)
            buckets[used - 1].by_level[points[i].level] += points[i].count;
    }
    return used;
}

// A level that is there gets at least one column.
static void print_bar(const struct bucket *bucket, uint64_t most, size_t room, bool has_levels,
                      const struct style *style, struct buf *out)
{
    static const char letters[LEVELS] = {'i', 'L', 'M', 'H', 'C'};
    if (!has_levels) {
        size_t length = (size_t)((double)bucket->total * (double)room / (double)most + 0.5);
        bar_print(out, style, TINT_NONE, length ? length : 1);
        return;
    }
    for (int level = LEVELS - 1; level >= 0; level--) {
        if (bucket->by_level[level] == 0)
            continue;
        size_t length =
            most <= room
                ? (size_t)bucket->by_level[level]
                : (size_t)((double)bucket->by_level[level] * (double)room / (double)most + 0.5);
        length = length ? length : 1;
        if (style->is_color)
            bar_print(out, style,
                      level == LEVEL_CRITICAL ? TINT_BAD : tint_of_level((enum sigma_level)level),
                      length);
        else
            for (size_t i = 0; i < length; i++)
                buf_add_char(out, letters[level]);
    }
}

static void print_label(int64_t from, int64_t size, struct buf *out)
{
    static const char *const days[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    char text[FIGURE_SIZE];
    if (size < DAY)
        buf_print(out, "  %s  ", figure_minute(from, text));
    else if (size == DAY)
        buf_print(out, "  %s %s    ", days[instant_split(from).weekday], figure_day(from, text));
    else
        buf_print(out, "  from %s ", figure_day(from, text));
}

static void print_gap(int64_t buckets, int64_t size, const struct style *style, struct buf *out)
{
    char number[FIGURE_SIZE];
    struct buf text;
    buf_init(&text);
    int64_t unit = size < DAY ? HOUR : DAY;
    uint64_t amount = (uint64_t)(buckets * (size / unit));
    buf_print(&text, "  %17s %s %s%s without any", "", figure_number(amount, number),
              unit == HOUR ? "hour" : "day", figure_plural(amount));
    tint_text(out, style, TINT_DIM, buf_str(&text));
    buf_add_char(out, '\n');
    buf_done(&text);
}

static void print_legend(const struct style *style, struct buf *out)
{
    if (!style->is_color)
        buf_add(out, S("                    C critical, H high, M medium, L low, i info\n"));
}

void timeline_print(struct timeline_point *points, size_t count, int64_t least,
                    const struct style *style, struct buf *out)
{
    struct bucket buckets[TIMELINE_ROWS];
    qsort(points, count, sizeof *points, compare_points);
    while (count && points->time == INSTANT_NONE) // the lowest number: they come first
        points++, count--;
    if (count == 0)
        return;
    size_t used = 0, unit = 0;
    for (; unit < SIZE_COUNT; unit++) {
        used = sizes[unit] < least ? TIMELINE_ROWS + 1
                                   : fill(points, count, sizes[unit], buckets, TIMELINE_ROWS);
        if (used <= TIMELINE_ROWS)
            break;
    }
    if (unit == SIZE_COUNT)
        return; // times are spread over more than forty years: nothing a chart could show
    uint64_t most = 1;
    for (size_t i = 0; i < used; i++)
        most = buckets[i].total > most ? buckets[i].total : most;
    size_t room = style->width && style->width < BAR_LIMIT + 32u
                      ? (style->width > 40 ? style->width - 32u : 8u)
                      : BAR_LIMIT;
    bool has_levels = points->level >= 0;
    for (size_t i = 0; i < used; i++) {
        char number[FIGURE_SIZE];
        int64_t empty = i ? (buckets[i].from - buckets[i - 1].from) / sizes[unit] - 1 : 0;
        if (empty > 0)
            print_gap(empty, sizes[unit], style, out);
        print_label(buckets[i].from, sizes[unit], out);
        print_bar(&buckets[i], most, room, has_levels, style, out);
        buf_print(out, " %s\n", figure_number(buckets[i].total, number));
    }
    if (has_levels)
        print_legend(style, out);
}
