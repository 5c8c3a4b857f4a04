// How often each key occurs in a sliding window, for counts of distinct values. A zeroed struct is
// empty; it owns its entries.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_DISTINCT_H
#define STORMGLASS_RULE_DISTINCT_H

#include "rule/text_key.h"

struct distinct_entry {
    uint64_t hash;       // of the key
    size_t size;         // what it is booked with
    uint32_t count;      // occurrences
    struct str values[]; // and their bytes, when they were copied
};

struct distinct_slot {
    uint64_t hash;
    struct distinct_entry *entry; // NULL: empty
};

struct distinct {
    struct distinct_slot *slots;
    size_t count, capacity; // count: distinct keys
    size_t bytes;           // of entries and slots
};

void distinct_done(struct distinct *distinct);
// Removes everything; a small table is kept for what comes next.
void distinct_clear(struct distinct *distinct);
// Adds one occurrence; the entry stays where it is until its last occurrence is removed.
struct distinct_entry *distinct_add(struct distinct *distinct, const struct text_key *key);
void distinct_remove(struct distinct *distinct, struct distinct_entry *entry);

#endif
