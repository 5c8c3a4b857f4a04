// Events that correlations hold on to: copies of observations, shared by all the windows and firings
// they are in, and the firings of correlations as events for their listeners.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_HELD_H
#define STORMGLASS_RULE_HELD_H

#include "rule/correlation.h"

struct held {
    uint32_t references;
    uint32_t part_count;
    size_t bytes;
    uint64_t key; // the same for the same event, whatever rule matched it
    struct observation observation;
    struct held **parts; // the events behind the firing of a correlation; otherwise part_count is 0
};

// A copy with one reference. `bytes` is the account of memory that all held events are booked in.
struct held *held_new(const struct observation *observation, size_t value_count, size_t *bytes);

// A firing as an event: takes over the references in `parts` (malloc'ed, may be NULL).
struct held *held_new_firing(const struct observation *observation, size_t value_count,
                             struct held **parts, uint32_t part_count, size_t *bytes);

static inline struct held *held_share(struct held *held)
{
    held->references++;
    return held;
}

// Gives back one reference; NULL is fine.
void held_release(struct held *held, size_t *bytes);

// What makes two observations the same event: the identity, and for records without an Id the place
// where they stand.
uint64_t observation_key(const struct observation *observation);

#endif
