// Pivots: the things in a summary that an analyst would turn to first, each with the reason.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_PIVOT_H
#define STORMGLASS_REPORT_PIVOT_H

#include "base/arena.h"
#include "report/outline.h"

#define PIVOT_LIMIT 10
#define PIVOT_KIND_LIMIT 3 // of one kind

struct pivot {
    const char *kind; // "user", "operation", "address", "application", "country", "client"
    struct str key;   // borrowed from the summary
    struct str why;   // owned by the arena; holds no text from logs
    uint64_t count;
    double weight;
};

// The most telling first; gives how many. The same summary gives the same pivots.
size_t pivots_find(const struct scan_summary *summary, struct arena *arena,
                   struct pivot out[PIVOT_LIMIT]);

#endif
