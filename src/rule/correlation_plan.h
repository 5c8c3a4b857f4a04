// How correlations hang together, worked out once per set of rules: who listens to whom, which fields
// a source must bring along for its listeners, in which order a moment is evaluated. Read-only after.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_CORRELATION_PLAN_H
#define STORMGLASS_RULE_CORRELATION_PLAN_H

#include "base/map.h"
#include "rule/sigma.h"

#define PLAN_ABSENT UINT32_MAX // an alias says that the source has no such field

// A correlation listening to a rule or to another correlation. Field positions are those in the
// source's `fields`.
struct plan_link {
    uint32_t correlation; // who listens
    uint32_t source;      // which of its sources this is
    uint32_t *group;      // one per group-by field
    uint32_t *values;     // one per condition field
};

// Something correlations listen to.
struct plan_output {
    struct str *fields; // what the listeners want of an event of it
    size_t field_count, field_capacity;
    struct plan_link *links;
    size_t link_count, link_capacity;
};

// One sequence of sources that makes an ordered correlation true, as positions in `sources`,
// ascending.
struct plan_route {
    uint32_t *steps;
    size_t count;
    size_t offset; // of its first step in a group's array of starts
};

#define PLAN_ROUTE_LIMIT 64
#define PLAN_ROUTE_SOURCES 12 // conditions over more sources need all of them in order
#define PLAN_MATRIX_SOURCES 64

struct plan_node {
    const struct sigma_correlation *rule;
    uint32_t rank; // place in the order of evaluation, sources before listeners
    bool is_inert; // refers to itself over others: never fires
    bool is_temporal, is_ordered;
    bool is_numeric;   // sum, average, percentile, median
    bool has_chain;    // some source is a correlation
    bool has_counting; // some listener counts firings
    bool has_temporal; // some listener asks only whether it fires
    struct plan_output output;
    uint32_t *export_groups;  // per field of the output: place in group_by, or PLAN_ABSENT
    uint32_t **export_fields; // per source: where its events have the fields of the output
    // Ordered correlations: either routes, or (is_matrix) the longest chain in order is counted.
    bool is_matrix;
    struct plan_route *routes;
    size_t route_count;
    size_t start_count; // length of a group's array of starts
};

struct correlation_plan {
    struct arena arena;
    struct plan_output *rules; // by sigma_rule.index
    size_t rule_count;
    struct plan_node *nodes; // by sigma_correlation.index
    uint32_t *order;         // node indexes by rank
    size_t node_count;
};

void correlation_plan_init(struct correlation_plan *plan, const struct sigma_set *set);
void correlation_plan_done(struct correlation_plan *plan);

// Truth of an extended condition: an item is `chosen(source)` where it stands un-negated, and
// `present(source)` below an odd number of NOTs. Both are arrays by source.
bool correlation_condition(const struct sigma_node *node, const bool *chosen,
                           const uint32_t *present);

#endif
