// Cases: what a detector gathers under a key of up to four symbols (a mailbox and a network, say), with a
// draft of the finding it may become. Bounded: beyond the limit no new case is opened and the refusals are
// counted, so that a detector can say so.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_CASE_TABLE_H
#define STORMGLASS_DETECTOR_CASE_TABLE_H

#include "detector/draft.h"

#define CASE_LIMIT ((uint32_t)1 << 16)
#define CASE_NUMBERS 6

struct case_key {
    uint32_t part[4];
};

struct case_row {
    struct case_key key;
    struct draft *draft; // NULL until the detector makes one; freed with the table unless taken
    int64_t first, last; // for the detector's use, like the numbers
    uint64_t numbers[CASE_NUMBERS];
};

// A zeroed struct is an empty table.
struct case_table {
    struct case_row *rows; // in the order in which they were opened
    uint32_t count, capacity;
    uint32_t *slots; // row + 1
    uint32_t mask;
    uint64_t refused;
};

void case_table_done(struct case_table *table);

// The case of a key; opened (times INSTANT_NONE, all else zero but the key) when there is none. NULL at the limit. Borrowed until the
// next case is opened.
struct case_row *case_table_open(struct case_table *table, struct case_key key);
// NULL when there is none.
struct case_row *case_table_find(const struct case_table *table, struct case_key key);

// The draft of a row for the caller to keep or report; the row has none after it.
struct draft *case_take(struct case_row *row);

#endif
