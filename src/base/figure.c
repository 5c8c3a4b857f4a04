// Writes numbers, sizes and spans of time for people.
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"

#include <inttypes.h>
#include <stdio.h>

char *figure_number(uint64_t number, char text[FIGURE_SIZE])
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, number), at = 0;
    for (int i = 0; i < count; i++) {
        if (i && (count - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = 0;
    return text;
}

char *figure_bytes(uint64_t bytes, char text[FIGURE_SIZE])
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    double amount = (double)bytes;
    size_t unit = 0;
    // 999.5 would be shown as 1000 of the unit.
    while (amount >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
        amount /= 1000;
        unit++;
    }
    if (unit == 0)
        snprintf(text, FIGURE_SIZE, "%" PRIu64 " %s", bytes, bytes == 1 ? "byte" : "bytes");
    else
        snprintf(text, FIGURE_SIZE, amount < 9.95 ? "%.1f %s" : "%.0f %s", amount, units[unit]);
    return text;
}

char *figure_seconds(double seconds, char text[FIGURE_SIZE])
{
    if (!(seconds > 0))
        seconds = 0;
    if (seconds >= 59.5) {
        uint64_t whole = (uint64_t)(seconds + 0.5);
        snprintf(text, FIGURE_SIZE, "%" PRIu64 " min %" PRIu64 " s", whole / 60, whole % 60);
    } else {
        snprintf(text, FIGURE_SIZE,
                 seconds < 0.995  ? "%.2f s"
                 : seconds < 9.95 ? "%.1f s"
                                  : "%.0f s",
                 seconds);
    }
    return text;
}

char *figure_percent(uint64_t part, uint64_t whole, char text[FIGURE_SIZE])
{
    double percent = whole ? 100.0 * (double)part / (double)whole : 0;
    if (part == 0 || whole == 0)
        snprintf(text, FIGURE_SIZE, "0 %%");
    else if (percent < 0.0001)
        snprintf(text, FIGURE_SIZE, "under 0.0001 %%");
    else
        snprintf(text, FIGURE_SIZE, "%.*f %%",
                 percent < 0.001  ? 4
                 : percent < 0.01 ? 3
                 : percent < 1    ? 2
                 : percent < 10   ? 1
                                  : 0,
                 percent);
    return text;
}

char *figure_minute(int64_t instant, char text[FIGURE_SIZE])
{
    if (instant == INSTANT_NONE) {
        snprintf(text, FIGURE_SIZE, "unknown");
        return text;
    }
    struct instant_parts p = instant_split(instant);
    snprintf(text, FIGURE_SIZE, "%04d-%02d-%02d %02d:%02d", p.year, p.month, p.day, p.hour,
             p.minute);
    return text;
}

char *figure_day(int64_t instant, char text[FIGURE_SIZE])
{
    if (instant == INSTANT_NONE) {
        snprintf(text, FIGURE_SIZE, "unknown");
        return text;
    }
    struct instant_parts p = instant_split(instant);
    snprintf(text, FIGURE_SIZE, "%04d-%02d-%02d", p.year, p.month, p.day);
    return text;
}

const char *figure_plural(uint64_t number)
{
    return number == 1 ? "" : "s";
}
