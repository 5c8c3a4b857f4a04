// How often each text occurs in a sliding window, for counts of distinct values. A zeroed struct is
// empty; it owns its entries.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_DISTINCT_H
#define STORMGLASS_RULE_DISTINCT_H

#include "base/str.h"

struct distinct_entry {
    uint64_t hash;
    uint32_t count; // occurrences
    uint32_t len;
    char text[];
};

struct distinct {
    struct distinct_entry **slots;
    size_t count, capacity; // count: distinct texts
    size_t bytes;           // of entries and slots
};

void distinct_done(struct distinct *distinct);
// Adds one occurrence; the entry stays where it is until its last occurrence is removed.
struct distinct_entry *distinct_add(struct distinct *distinct, struct str text);
void distinct_remove(struct distinct *distinct, struct distinct_entry *entry);

#endif
