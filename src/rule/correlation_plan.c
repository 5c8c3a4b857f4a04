// Builds the plan: orders the correlations, resolves fields and aliases from the outermost correlation
// down to the rules, and finds the sequences that make an ordered correlation true.
// SPDX-License-Identifier: Apache-2.0
#include "rule/correlation_plan.h"

#include <assert.h>

#define CONDITION_DEPTH 256 // deeper conditions are false; sigma.c refuses them long before

static bool is_chain(const struct correlation_source *source)
{
    return source->is_correlation;
}

// Kahn's order over the references among correlations: a node comes after all its sources. What is
// left over refers to itself.
static void order_nodes(struct correlation_plan *plan)
{
    size_t count = plan->node_count, done = 0, from = 0;
    size_t *waiting = ARENA_ARRAY(&plan->arena, size_t, count);
    uint32_t *first =
        ARENA_ARRAY(&plan->arena, uint32_t, count + 1); // listeners, grouped by source
    size_t edges = 0;
    for (size_t i = 0; i < count; i++) {
        const struct sigma_correlation *rule = plan->nodes[i].rule;
        for (size_t s = 0; s < rule->source_count; s++)
            if (is_chain(&rule->sources[s])) {
                waiting[i]++;
                first[rule->sources[s].index + 1]++;
                edges++;
            }
    }
    for (size_t i = 0; i < count; i++)
        first[i + 1] += first[i];
    uint32_t *listeners = ARENA_ARRAY(&plan->arena, uint32_t, edges);
    uint32_t *used = ARENA_ARRAY(&plan->arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) {
        const struct sigma_correlation *rule = plan->nodes[i].rule;
        for (size_t s = 0; s < rule->source_count; s++)
            if (is_chain(&rule->sources[s])) {
                uint32_t to = rule->sources[s].index;
                listeners[first[to] + used[to]++] = (uint32_t)i;
            }
    }
    for (size_t i = 0; i < count; i++)
        if (waiting[i] == 0)
            plan->order[done++] = (uint32_t)i;
    for (; from < done; from++)
        for (uint32_t at = plan->order[from], e = first[at]; e < first[at + 1]; e++)
            if (--waiting[listeners[e]] == 0)
                plan->order[done++] = listeners[e];
    for (size_t i = 0; i < count; i++) {
        plan->nodes[i].is_inert = waiting[i] > 0;
        if (waiting[i] > 0)
            plan->order[done++] = (uint32_t)i;
    }
    assert(done == count);
    for (size_t i = 0; i < count; i++)
        plan->nodes[plan->order[i]].rank = (uint32_t)i;
}

// Where the source puts the field; added when nobody asked for it before.
static uint32_t want(struct correlation_plan *plan, struct plan_output *output, struct str name)
{
    for (size_t i = 0; i < output->field_count; i++)
        if (str_equal(output->fields[i], name))
            return (uint32_t)i;
    if (output->field_count == output->field_capacity) {
        size_t capacity = output->field_capacity ? output->field_capacity * 2 : 4;
        struct str *fields = ARENA_ARRAY(&plan->arena, struct str, capacity);
        for (size_t i = 0; i < output->field_count; i++)
            fields[i] = output->fields[i];
        output->fields = fields;
        output->field_capacity = capacity;
    }
    output->fields[output->field_count] = name;
    return (uint32_t)output->field_count++;
}

// The same for a name as the listener writes it: its aliases apply.
static uint32_t want_alias(struct correlation_plan *plan, struct plan_output *output,
                           const struct sigma_correlation *rule, size_t source, struct str name)
{
    for (size_t i = 0; i < rule->alias_count; i++) {
        if (!str_equal(rule->aliases[i].name, name))
            continue;
        struct str field = rule->aliases[i].fields[source];
        return field.len ? want(plan, output, field) : PLAN_ABSENT;
    }
    return want(plan, output, name);
}

static uint32_t *want_all(struct correlation_plan *plan, struct plan_output *output,
                          const struct sigma_correlation *rule, size_t source,
                          const struct str *names, size_t count)
{
    uint32_t *places = ARENA_ARRAY(&plan->arena, uint32_t, count);
    for (size_t i = 0; i < count; i++)
        places[i] = want_alias(plan, output, rule, source, names[i]);
    return places;
}

static void add_link(struct correlation_plan *plan, struct plan_output *output,
                     struct plan_link link)
{
    if (output->link_count == output->link_capacity) {
        size_t capacity = output->link_capacity ? output->link_capacity * 2 : 2;
        struct plan_link *links = ARENA_ARRAY(&plan->arena, struct plan_link, capacity);
        for (size_t i = 0; i < output->link_count; i++)
            links[i] = output->links[i];
        output->links = links;
        output->link_capacity = capacity;
    }
    output->links[output->link_count++] = link;
}

// Connects a node to its sources. All its listeners have been connected: its output is complete.
static void connect(struct correlation_plan *plan, struct plan_node *node)
{
    const struct sigma_correlation *rule = node->rule;
    struct plan_output *own = &node->output;
    node->export_groups = ARENA_ARRAY(&plan->arena, uint32_t, own->field_count);
    for (size_t i = 0; i < own->field_count; i++) {
        node->export_groups[i] = PLAN_ABSENT;
        for (size_t g = 0; g < rule->group_by_count; g++)
            if (str_equal(rule->group_by[g], own->fields[i]))
                node->export_groups[i] = (uint32_t)g;
    }
    node->export_fields = ARENA_ARRAY(&plan->arena, uint32_t *, rule->source_count);
    for (size_t s = 0; s < rule->source_count; s++) {
        struct correlation_source source = rule->sources[s];
        struct plan_node *child = source.is_correlation ? &plan->nodes[source.index] : NULL;
        struct plan_output *from = child ? &child->output : &plan->rules[source.index];
        struct plan_link link = {
            .correlation = rule->index,
            .source = (uint32_t)s,
            .group = want_all(plan, from, rule, s, rule->group_by, rule->group_by_count),
            .values = want_all(plan, from, rule, s, rule->fields, rule->field_count),
        };
        add_link(plan, from, link);
        node->export_fields[s] = want_all(plan, from, rule, s, own->fields, own->field_count);
        if (child) {
            node->has_chain = true;
            child->has_temporal |= node->is_temporal;
            child->has_counting |= !node->is_temporal;
        }
    }
}

// ---- ordered correlations ---------------------------------------------------------------------

static bool condition_at(const struct sigma_node *node, const bool *chosen, const uint32_t *present,
                         bool is_negated, int depth)
{
    if (depth > CONDITION_DEPTH)
        return false;
    size_t held = 0;
    switch (node->kind) {
    case NODE_ITEM:
        return is_negated ? present[node->needed] > 0 : chosen[node->needed];
    case NODE_TRUE:
        return true;
    case NODE_NOT:
        return !condition_at(node->children[0], chosen, present, !is_negated, depth + 1);
    case NODE_AND:
    case NODE_OR:
    case NODE_AT_LEAST:
        for (size_t i = 0; i < node->count; i++)
            held += condition_at(node->children[i], chosen, present, is_negated, depth + 1);
        return node->kind == NODE_AND  ? held == node->count
               : node->kind == NODE_OR ? held > 0
                                       : held >= node->needed;
    default:
        return false;
    }
}

bool correlation_condition(const struct sigma_node *node, const bool *chosen,
                           const uint32_t *present)
{
    return condition_at(node, chosen, present, false, 0);
}

static void add_route(struct correlation_plan *plan, struct plan_node *node, uint32_t sources)
{
    struct plan_route *route = &node->routes[node->route_count++];
    route->steps = ARENA_ARRAY(&plan->arena, uint32_t, node->rule->source_count);
    route->offset = node->start_count;
    for (uint32_t s = 0; s < node->rule->source_count; s++)
        if (sources >> s & 1)
            route->steps[route->count++] = s;
    node->start_count += route->count;
}

static void add_whole_route(struct correlation_plan *plan, struct plan_node *node)
{
    struct plan_route *route = &node->routes[node->route_count++];
    route->count = node->start_count = node->rule->source_count;
    route->steps = ARENA_ARRAY(&plan->arena, uint32_t, route->count);
    for (uint32_t s = 0; s < route->count; s++)
        route->steps[s] = s;
}

// The smallest sets of sources that satisfy the condition while no other source is present.
static void add_condition_routes(struct correlation_plan *plan, struct plan_node *node)
{
    size_t count = node->rule->source_count;
    uint32_t found[PLAN_ROUTE_LIMIT] = {0};
    for (uint32_t size = 1; size <= count; size++)
        for (uint32_t set = 1; set < UINT32_C(1) << count; set++) {
            if ((uint32_t)__builtin_popcount(set) != size || node->route_count == PLAN_ROUTE_LIMIT)
                continue;
            bool is_minimal = true, chosen[PLAN_ROUTE_SOURCES] = {false};
            uint32_t present[PLAN_ROUTE_SOURCES] = {0};
            for (size_t i = 0; i < node->route_count && is_minimal; i++)
                is_minimal = (found[i] & set) != found[i];
            for (uint32_t s = 0; s < count; s++)
                present[s] = chosen[s] = set >> s & 1;
            if (is_minimal && correlation_condition(node->rule->condition, chosen, present)) {
                found[node->route_count] = set;
                add_route(plan, node, set);
            }
        }
}

static void plan_order(struct correlation_plan *plan, struct plan_node *node)
{
    const struct sigma_correlation *rule = node->rule;
    node->is_matrix =
        !rule->condition && rule->test_count > 0 && rule->source_count <= PLAN_MATRIX_SOURCES;
    if (node->is_matrix) {
        node->start_count = rule->source_count * rule->source_count;
        return;
    }
    node->routes = ARENA_ARRAY(&plan->arena, struct plan_route, PLAN_ROUTE_LIMIT);
    if (rule->condition && rule->source_count <= PLAN_ROUTE_SOURCES)
        add_condition_routes(plan, node);
    else
        add_whole_route(plan, node);
}

// ---- all of it --------------------------------------------------------------------------------

static void init_node(struct plan_node *node, const struct sigma_correlation *rule)
{
    node->rule = rule;
    node->is_ordered = rule->type == CORRELATION_TEMPORAL_ORDERED;
    node->is_temporal = node->is_ordered || rule->type == CORRELATION_TEMPORAL;
    node->is_numeric = !node->is_temporal && rule->type != CORRELATION_EVENT_COUNT &&
                       rule->type != CORRELATION_VALUE_COUNT;
}

void correlation_plan_init(struct correlation_plan *plan, const struct sigma_set *set)
{
    *plan = (struct correlation_plan){.rule_count = set->rule_count,
                                      .node_count = set->correlation_count};
    arena_init(&plan->arena);
    plan->rules = ARENA_ARRAY(&plan->arena, struct plan_output, plan->rule_count);
    plan->nodes = ARENA_ARRAY(&plan->arena, struct plan_node, plan->node_count);
    plan->order = ARENA_ARRAY(&plan->arena, uint32_t, plan->node_count);
    for (size_t i = 0; i < plan->node_count; i++) {
        assert(set->correlations[i]->index == i);
        init_node(&plan->nodes[i], set->correlations[i]);
    }
    order_nodes(plan);
    for (size_t i = plan->node_count; i-- > 0;) {
        struct plan_node *node = &plan->nodes[plan->order[i]];
        if (node->is_inert)
            continue;
        connect(plan, node);
        if (node->is_ordered)
            plan_order(plan, node);
    }
}

void correlation_plan_done(struct correlation_plan *plan)
{
    arena_done(&plan->arena);
}
