// The plan of wanted fields: a tree of the keys that lead to them.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "event/derived.h"
#include "event/field_tree.h"

struct field_plan *field_plan_new(enum source_id source)
{
    struct field_plan *plan = memory_new(sizeof *plan);
    plan->source = source;
    plan->fold = source == SOURCE_ANY_JSON ? 0 : FOLD_CASE;
    arena_init(&plan->arena);
    plan->root = ARENA_NEW(&plan->arena, struct field_node);
    plan->slot_count = FIELD_COUNT;
    return plan;
}

static void node_release(struct field_node *node, bool is_finished)
{
    uint32_t n = is_finished && node->edges ? node->edge_mask + 1 : node->edge_count;
    for (uint32_t i = 0; i < n; i++)
        if (node->edges[i].node)
            node_release(node->edges[i].node, is_finished);
    free(node->edges);
    free(node->slots);
}

void field_plan_free(struct field_plan *plan)
{
    if (!plan)
        return;
    node_release(plan->root, plan->is_finished);
    arena_done(&plan->arena);
    free(plan->slot_names);
    free(plan->lazy);
    free(plan);
}

static struct field_node *node_child(struct field_plan *plan, struct field_node *node,
                                     struct str key, bool is_exact)
{
    for (uint32_t i = 0; i < node->edge_count; i++)
        if (node->edges[i].is_exact == is_exact &&
            key_equal(node->edges[i].key, key, is_exact ? 0 : plan->fold))
            return node->edges[i].node;
    ARRAY_GROW(node->edges, node->edge_count, node->edge_capacity);
    struct field_edge *edge = &node->edges[node->edge_count++];
    edge->hash = key_hash(key, plan->fold);
    edge->is_exact = is_exact;
    edge->key = arena_copy(&plan->arena, key);
    edge->node = ARENA_NEW(&plan->arena, struct field_node);
    if (!is_standard_member(key))
        node->has_bag = true;
    return edge->node;
}

static void node_add_slot(struct field_node *node, uint32_t slot)
{
    for (uint32_t i = 0; i < node->slot_count; i++)
        if (node->slots[i] == slot)
            return;
    ARRAY_GROW(node->slots, node->slot_count, node->slot_capacity);
    node->slots[node->slot_count++] = slot;
}

// Adds the path from `node` on, in every way its dots can be part of keys ("a.b.c" is found as
// {"a":{"b":{"c"}}}, {"a.b":{"c"}}, {"a":{"b.c"}} and {"a.b.c"}).
static void plan_add_path(struct field_plan *plan, struct field_node *node, struct str path,
                          uint32_t slot, bool is_exact, int depth)
{
    node_add_slot(node_child(plan, node, path, is_exact), slot);
    if (depth >= 5)
        return;
    for (size_t i = 0; i + 1 < path.len; i++)
        if (path.at[i] == '.' && i > 0)
            plan_add_path(plan, node_child(plan, node, str_of(path.at, i), is_exact),
                          str_of(path.at + i + 1, path.len - i - 1), slot, is_exact, depth + 1);
}

uint32_t field_plan_want(struct field_plan *plan, enum field_id field)
{
    if (plan->is_wanted[field])
        return (uint32_t)field;
    plan->is_wanted[field] = true;
    for (size_t i = 0; i < field_path_row_count; i++)
        if (field_path_rows[i].source == plan->source && field_path_rows[i].field == field)
            plan_add_path(plan, plan->root, str_from(field_path_rows[i].path), (uint32_t)field,
                          true, 0);
    return (uint32_t)field;
}

static bool has_word_fold(const char *words, struct str word)
{
    struct str rest = str_from(words);
    while (rest.at) {
        struct str one = str_cut(&rest, ' ');
        if (one.len && str_equal_fold(one, word))
            return true;
    }
    return false;
}

static bool field_has_path(enum source_id source, enum field_id field)
{
    if (field_is_derived(field))
        return true;
    for (size_t i = 0; i < field_path_row_count; i++)
        if (field_path_rows[i].source == source && field_path_rows[i].field == field)
            return true;
    return false;
}

// The typed field a rule's name means for this source, or FIELD_COUNT.
static enum field_id field_of_name(enum source_id source, struct str name)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if (str_equal_fold(name, str_from(field_rows[f].name)) &&
            field_has_path(source, (enum field_id)f))
            return (enum field_id)f;
    for (size_t i = 0; i < field_path_row_count; i++)
        if (field_path_rows[i].source == source &&
            str_equal_fold(str_from(field_path_rows[i].path), name))
            return field_path_rows[i].field;
    for (int f = 0; f < FIELD_COUNT; f++)
        if (has_word_fold(field_rows[f].sigma, name) && field_has_path(source, (enum field_id)f))
            return (enum field_id)f;
    return FIELD_COUNT;
}

uint32_t field_plan_want_name(struct field_plan *plan, struct str name)
{
    if (plan->source != SOURCE_ANY_JSON) {
        enum field_id field = field_of_name(plan->source, name);
        if (field != FIELD_COUNT) {
            field_plan_want(plan, field);
            field_derived_want(plan, field);
            // The record's own member of that name counts too, whatever the schema says.
            plan_add_path(plan, plan->root, name, (uint32_t)field, true, 0);
            return (uint32_t)field;
        }
    }
    uint32_t extra = plan->slot_count - FIELD_COUNT;
    for (uint32_t i = 0; i < extra; i++)
        if (key_equal(plan->slot_names[i], name, plan->fold))
            return FIELD_COUNT + i;
    ARRAY_GROW(plan->slot_names, extra, plan->slot_capacity);
    plan->slot_names[extra] = arena_copy(&plan->arena, name);
    plan_add_path(plan, plan->root, name, plan->slot_count, plan->fold == 0, 0);
    return plan->slot_count++;
}

uint32_t field_plan_find_name(const struct field_plan *plan, struct str name)
{
    enum field_id field =
        plan->source == SOURCE_ANY_JSON ? FIELD_COUNT : field_of_name(plan->source, name);
    if (field != FIELD_COUNT)
        return plan->is_wanted[field] ? (uint32_t)field : SLOT_NONE;
    for (uint32_t i = 0; i < plan->slot_count - FIELD_COUNT; i++)
        if (key_equal(plan->slot_names[i], name, plan->fold))
            return FIELD_COUNT + i;
    return SLOT_NONE;
}

static void node_finish(struct field_node *node)
{
    for (uint32_t i = 0; i < node->edge_count; i++)
        node_finish(node->edges[i].node);
    if (!node->edge_count)
        return;
    uint32_t size = 4;
    while (size < node->edge_count * 3)
        size *= 2;
    struct field_edge *table = memory_new(size * sizeof *table);
    for (uint32_t i = 0; i < node->edge_count; i++) {
        uint32_t at = (uint32_t)(node->edges[i].hash >> 32) & (size - 1);
        while (table[at].hash)
            at = (at + 1) & (size - 1);
        table[at] = node->edges[i];
    }
    free(node->edges);
    node->edges = table;
    node->edge_mask = size - 1;
}

// The slots below the node may be found in the member that has the bit.
static void mark_lazy(struct field_plan *plan, const struct field_node *node, uint64_t bit)
{
    for (uint32_t i = 0; node->edges && i <= node->edge_mask; i++) {
        const struct field_node *child = node->edges[i].node;
        for (uint32_t k = 0; child && k < child->slot_count; k++)
            plan->lazy[child->slots[k]] |= bit;
        if (child)
            mark_lazy(plan, child, bit);
    }
}

void field_plan_finish(struct field_plan *plan)
{
    node_finish(plan->root);
    plan->lazy = memory_new(plan->slot_count * sizeof *plan->lazy);
    uint64_t bit = 1;
    for (uint32_t i = 0; plan->root->edges && i <= plan->root->edge_mask && bit != FIELD_OUTER;
         i++) {
        struct field_node *node = plan->root->edges[i].node;
        if (!node || !node->edges)
            continue;
        node->lazy = bit;
        mark_lazy(plan, node, bit);
        bit <<= 1;
    }
    for (uint32_t i = 0; i < plan->slot_count; i++)
        plan->lazy[i] |= FIELD_OUTER;
    plan->is_finished = true;
}

uint32_t field_plan_slot_count(const struct field_plan *plan)
{
    return plan->slot_count;
}
