// Time as bars: counts in buckets of an hour, a day or more, one line each, for terminals.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_TIMELINE_H
#define STORMGLASS_REPORT_TIMELINE_H

#include "report/outline.h"

#define TIMELINE_ROWS 40 // at most; buckets grow until it holds

struct timeline_point {
    int64_t time; // INSTANT_NONE: left out
    int level;    // enum sigma_level, or -1 when levels have no say
    uint64_t count;
};

// Sorts the points; `least` is the smallest bucket wanted (HOUR, DAY). Stretches without anything
// are one line that says so. With levels and without colour the bars are letters with a legend.
void timeline_print(struct timeline_point *points, size_t count, int64_t least,
                    const struct style *style, struct buf *out);

#endif
