// Correlation rules over observations (matches of the rules they refer to), fed in event-time order.
// SPDX-License-Identifier: Apache-2.0
//
// What the Sigma correlation specification leaves open is decided thus:
//   Moments      All events of one time are taken in before anything is tested: at a moment the window
//                holds everything up to and including it. Undated events (INSTANT_NONE) are tested one
//                by one in their order, at distance 0 from each other and apart from dated ones.
//   Sliding      (the default) events at most `timespan` before the moment; exactly that old is inside.
//   Tumbling     [n * timespan, (n + 1) * timespan) since 1970, tested at every moment.
//   Session      ends when an event comes more than `gap` after the last or more than `timespan` after
//                the first; that event begins the next session.
//   Events       are distinct: the same record read twice, or matched by two of the rules, counts once
//                (for temporal types once per rule). Without a record Id, place makes the difference.
//   Groups       An event that lacks a group-by field is left out. A field that an alias gives other
//                sources but not this one is the value "absent". Letters' case (ASCII) is no difference
//                in group values, nor in counted values: audit logs spell user names in any case.
//   Values       An event without the condition's field (for value_count: one of the fields; for the
//                others: a finite number in it) is left out. Percentiles interpolate (rule/rank.h).
//   Temporal     Without tests every source must be there; tests are on the number of different sources.
//   Ordered      Some events, one per source, in the order of the sources with times that do not
//                decrease; tests are on the length of the longest such chain, leaving sources out. The
//                firing's events begin with the first in the window of the source with which the chain
//                begins (where sources are left out: with the latest such chain). With a condition, a set of sources that
//                satisfies it must appear in order (at most PLAN_ROUTE_SOURCES sources, otherwise all).
//   NOT          in a condition: no such event inside the window at that moment.
//   Chains       A correlation that becomes true is an event for those that refer to it, with the time of
//                that moment. Listeners of the counting and value types see it once until it has been
//                false at some event; temporal listeners see every moment at which it holds, so that
//                "a burst, then a success" is found at the end of a long burst as well. Fields are its
//                group-by values by name; any other field is that of its latest event. A firing over
//                firings has the events behind them. Correlations that refer to themselves never fire.
//   Firings      One group's truth at moments whose windows overlap is one firing; its events are all
//                that were inside at such moments. An upper bound (lt, lte, eq, a range) fires if it
//                held at some moment, even if more events came.
#ifndef STORMGLASS_RULE_CORRELATION_H
#define STORMGLASS_RULE_CORRELATION_H

#include "rule/sigma.h"

// A match of a rule that some correlation refers to. Borrowed during correlation_feed.
struct observation {
    uint32_t rule;     // sigma_rule.index
    int64_t time;      // INSTANT_NONE: unknown; such events keep their order and are all "now"
    uint64_t identity; // event.identity
    uint64_t position; // event.position
    struct str id;     // record's Id, or empty
    struct str where;  // names a record without an Id ("logs/a.json@1024"); otherwise empty
    const struct str *values; // of correlation_fields(rule), same order; at == NULL: absent
    struct str
        entities; // opaque bytes passed through to the firing (detector/finding.h packs them)
    const uint64_t *hashes; // hash_fold of each value (base/hash.h), or NULL: not worked out yet
    uint64_t prospect;      // prospects_count's mark; 0: none
    bool is_lasting;        // its texts stay until the engine is freed: no need to copy them
};

struct correlation_engine;

// What the engine wants to know of a matching event of `rule`: field names (group-by, aliases,
// condition fields), borrowed. *count 0 and NULL: no correlation refers to the rule.
const struct str *correlation_fields(const struct correlation_engine *engine, uint32_t rule,
                                     size_t *count);

#define CORRELATION_EVENT_LIMIT 1000 // record ids kept for one firing; event counts stay exact

// A correlation that fired. Firings of one group whose windows overlap are one firing, extended;
// it is handed out when it can grow no more. Borrowed during the call.
struct firing {
    uint32_t correlation; // sigma_correlation.index
    int64_t first, last;
    const struct str *group;                 // values of group-by, in order; at == NULL: absent
    size_t event_count;                      // distinct events
    const struct observation *const *events; // the first CORRELATION_EVENT_LIMIT, in feeding order
    size_t listed;
};

// `set` must outlive the engine.
struct correlation_engine *correlation_new(const struct sigma_set *set,
                                           void (*fire)(const struct firing *firing, void *context),
                                           void *context);
void correlation_free(struct correlation_engine *engine);

// Counts of events for this engine's correlations (rule/prospect.h), which must outlive them. The caller's to free.
struct prospects;
struct prospects *correlation_prospects(const struct correlation_engine *engine);

// Observations must come sorted by observation_compare; equal (rule, identity) pairs with an id are
// one event. Memory is bounded by the events inside open windows, at most
// CORRELATION_MEMORY_LIMIT bytes: beyond that the older half of the largest groups (all within a
// factor of two of the largest) is let go and counted (correlation_dropped).
#define CORRELATION_MEMORY_LIMIT ((size_t)256 << 20)
void correlation_set_limit(struct correlation_engine *engine, size_t bytes); // for tests
void correlation_feed(struct correlation_engine *engine, const struct observation *observation);
void correlation_end(struct correlation_engine *engine);
uint64_t correlation_dropped(const struct correlation_engine *engine);

// Order of feeding: time (INSTANT_NONE first, those by position), identity, position, rule.
int observation_compare(const struct observation *a, const struct observation *b);

#endif
