// A firing that can still grow: the distinct events that contributed so far, the first of them by
// reference. Owned by correlation.c's groups.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_EPISODE_H
#define STORMGLASS_RULE_EPISODE_H

#include "base/keyset.h"
#include "rule/window.h"

struct episode {
    int64_t first, last;
    size_t event_count;
    struct held **listed; // in order of arrival
    uint32_t listed_count, listed_capacity;
    uint64_t last_key;  // an event that two rules match comes twice in a row
    struct keyset keys; // only of correlations that listen to correlations
    uint64_t absorbed;  // running number up to which the window's items are in
    // The same for what the listeners have been told of.
    uint64_t told_counting, told_temporal;
};

struct episode *episode_new(int64_t first);
void episode_free(struct episode *episode, size_t *bytes);
size_t episode_bytes(const struct episode *episode);

static inline bool episode_is_full(const struct episode *episode)
{
    return episode->listed_count == CORRELATION_EVENT_LIMIT;
}

// Takes in the window's items from index `from` on that are not in yet. Items that nobody can list
// any more give up their event when `is_sparing`.
void episode_absorb(struct episode *episode, struct window *window, size_t from, bool is_sparing,
                    size_t *bytes);

#endif
