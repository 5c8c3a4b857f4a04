// The events of one group that are inside a correlation's window, with the figure its condition tests
// kept up to date as they come and go. Owned by correlation.c's groups.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_WINDOW_H
#define STORMGLASS_RULE_WINDOW_H

#include "base/keyset.h"
#include "rule/correlation_plan.h"
#include "rule/distinct.h"
#include "rule/held.h"
#include "rule/rank.h"

struct window_item {
    int64_t time;
    uint64_t key;
    struct held *held; // NULL: let go, nobody will list it
    uint32_t source;
    union {
        double number;                // numeric types
        struct distinct_entry *entry; // value_count
        uint64_t next;                // ordered: running number of the next item of this source
    };
};

struct window {
    const struct plan_node *node;
    struct window_item *items; // a ring: item i is at (head + i) & (capacity - 1)
    size_t head, count, capacity;
    uint64_t first; // running number of item 0
    struct keyset keys;
    // By type:
    struct distinct distinct;
    struct rank rank;
    double sum;               // of the items from `folded` on
    size_t folded;            // items before it hold the sum from themselves up to it
    uint32_t *counts;         // temporal: items by source
    uint32_t present;         // sources with items
    int64_t *starts;          // ordered: latest starts of chains, see window.c
    uint64_t *firsts, *lasts; // ordered: running numbers of each source's items
    uint64_t ordered;         // running number up to which items are in `starts`
};

void window_init(struct window *window, const struct plan_node *node);

// `bytes` is the account of held events (rule/held.h).
void window_clear(struct window *window, size_t *bytes);
void window_done(struct window *window, size_t *bytes);

static inline struct window_item *window_at(const struct window *window, size_t i)
{
    return &window->items[(window->head + i) & (window->capacity - 1)];
}

// Whether the same event by the same source is in the window already. For counts and values every
// source is the same: an event that two rules match is one event.
bool window_has(const struct window *window, uint64_t key, uint32_t source);

// What an event brings along for the condition.
struct window_value {
    double number;         // numeric types
    struct text_key texts; // value_count
};

// Adds an event that is not there yet, with the caller's reference to it.
void window_add(struct window *window, struct held *held, uint32_t source,
                const struct window_value *value);

// Lets go of the `count` oldest.
void window_drop(struct window *window, size_t count, size_t *bytes);
// Lets go of everything older than `time - timespan`; an event exactly that old stays.
void window_expire(struct window *window, int64_t time, size_t *bytes);

// Whether the condition holds at `time`, the time of the last items; *from is the index of the first
// item that contributes.
bool window_holds(struct window *window, int64_t time, size_t *from);

// Memory in use, without the events.
size_t window_bytes(const struct window *window);

// Whether an event at `earlier` is at most `span` before `later` (>= earlier). INSTANT_NONE is with
// itself only.
static inline bool is_within(int64_t earlier, int64_t later, int64_t span)
{
    if (earlier == INSTANT_NONE || later == INSTANT_NONE)
        return earlier == later;
    return (uint64_t)later - (uint64_t)earlier <= (uint64_t)span;
}

#endif
