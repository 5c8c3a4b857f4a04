// Candidates: which rules an event's values lead to, by whole values and by parts of them; what one value led to is remembered.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "event/derived.h"
#include "rule/matcher.h"

// A rule becomes a candidate when the last of its sets of anchors is met.
static void add_candidates(struct source_matcher *sm, const struct rule_ids *ids)
{
    const uint64_t generation = (uint64_t)sm->generation << 2;
    for (uint32_t i = 0; i < ids->count; i++) {
        uint32_t rule = ids->at[i] >> 1;
        uint64_t met = sm->rule_stamp[rule], now = UINT64_C(1) << (ids->at[i] & 1);
        if ((met & ~UINT64_C(3)) != generation)
            met = generation | (sm->sp->rules[rule].has_second ? 0 : 2);
        sm->rule_stamp[rule] = met | now;
        if (met != (met | now) && ((met | now) & 3) == 3)
            sm->candidates[sm->candidate_count++] = rule;
    }
}

// Where the value leads to is gathered in lists, so that it can be remembered.
struct found {
    struct slot_index *index;
    struct rule_ids rules, items;
};

static void found_add(struct rule_ids *into, const struct rule_ids *ids)
{
    for (uint32_t i = 0; i < ids->count; i++) {
        ARRAY_GROW(into->at, into->count, into->capacity);
        into->at[into->count++] = ids->at[i];
    }
}

static void find_exact(struct found *found, struct str text)
{
    const struct slot_index *index = found->index;
    char lower[ANCHOR_EXACT_LIMIT];
    if (text.len > index->longest_exact)
        return;
    for (size_t i = 0; i < text.len; i++)
        lower[i] = ascii_lower(text.at[i]);
    struct str folded = str_of(lower, text.len);
    uint64_t hash = anchor_hash(folded);
    uint32_t at = (uint32_t)(hash >> 32) & index->exact_mask;
    while (index->exact[at].hash &&
           (index->exact[at].hash != hash || !str_equal(index->exact[at].text, folded)))
        at = (at + 1) & index->exact_mask;
    if (index->exact[at].hash) {
        found_add(&found->rules, &index->exact[at].rules);
        found_add(&found->items, &index->exact[at].items);
    }
}

static bool on_part(uint32_t number, void *context)
{
    struct found *found = context;
    found_add(&found->rules, &found->index->part_rules[number]);
    return true;
}

static void find_text_itself(struct found *found, struct str text)
{
    if (found->index->exact)
        find_exact(found, text);
    if (found->index->part_count)
        needles_find(index_needles(found->index), text, on_part, found);
}

// The text, and its twin (a number's name, a name's number).
static void find_text(struct evaluation *e, struct found *found, struct str text)
{
    find_text_itself(found, text);
    if (found->index->is_twin)
        find_text_itself(found,
                         field_derived(e->event, &e->sm->slots, (enum field_id)found->index->slot));
}

// Marks the rules as candidates and the items as holding.
static void take_found(struct source_matcher *sm, const struct rule_ids *rules,
                       const struct rule_ids *items)
{
    add_candidates(sm, rules);
    for (uint32_t i = 0; i < items->count; i++)
        sm->item_stamp[items->at[i]] = sm->generation << 1 | 1;
}

// What the text leads to, in memory that is kept for the next look-up.
static void look_up(struct evaluation *e, uint32_t number, struct str text)
{
    struct source_matcher *sm = e->sm;
    struct found found = {&sm->sp->indexes[number], sm->found_rules, sm->found_items};
    found.rules.count = found.items.count = 0;
    find_text(e, &found, text);
    take_found(sm, &found.rules, &found.items);
    sm->found_rules = found.rules;
    sm->found_items = found.items;
}

// What the text leads to is remembered, where it follows from the text alone.
static void candidates_of_text(struct evaluation *e, uint32_t number, struct str text, bool is_text,
                               bool is_own_spelling)
{
    const struct slot_index *index = &e->sm->sp->indexes[number];
    struct recall *recall = &e->sm->recall;
    // A twin follows from the field's first value, which need not be this text or not be spelled so.
    const struct field_value *first = field_first(&e->sm->slots, index->slot);
    struct recalled *entry = NULL;
    if (!index->is_twin || (first && !first->next && is_own_spelling))
        entry = recall_find(recall, index->slot, text, is_text, e->sm->generation);
    if (!entry) {
        look_up(e, number, text);
        return;
    }
    if (!entry->is_looked_up) {
        struct found found = {.index = &e->sm->sp->indexes[number]};
        find_text(e, &found, text);
        recall_keep_lists(recall, entry, found.rules, found.items);
    }
    take_found(e->sm, &entry->rules, &entry->items);
}

static void candidates_of_value(struct evaluation *e, uint32_t number, struct json value)
{
    struct str text = value_text(value, &e->scope);
    if (!text.at)
        return;
    candidates_of_text(e, number, text, json_type(value) == JSON_STRING, true);
    if (json_type(value) == JSON_DOUBLE) { // 1.0 equals 1
        char whole[40];
        int len = snprintf(whole, sizeof whole, "%.0f", json_double(value));
        if (len > 0 && (size_t)len < sizeof whole)
            candidates_of_text(e, number, arena_copy(e->scope.arena, str_of(whole, (size_t)len)),
                               false, false);
    }
}

static void candidates_derived(struct evaluation *e, uint32_t number)
{
    const struct slot_index *index = &e->sm->sp->indexes[number];
    struct json derived = derived_value(e, index->slot);
    if (!derived.tape)
        return;
    add_candidates(e->sm, &index->present);
    candidates_of_value(e, number, derived);
}

static void candidates_of_slot(struct evaluation *e, uint32_t number)
{
    const struct slot_index *index = &e->sm->sp->indexes[number];
    const struct field_value *value = field_first(&e->sm->slots, index->slot);
    if (index->is_derived && !index->is_twin)
        candidates_derived(e, number);
    if (!value)
        return;
    add_candidates(e->sm, &index->present);
    if (index->exact || index->part_count)
        for (; value; value = field_next(&e->sm->slots, value))
            candidates_of_value(e, number, value->json);
}

// Those whose field a record of the event's shape may have. NULL: the event has no shape.
static const struct shape_indexes *indexes_of_shape(struct source_matcher *sm)
{
    uint32_t shape = field_shape_number(&sm->slots);
    struct shape_indexes *indexes = &sm->shapes[shape & (SHAPE_INDEXES - 1)];
    if (!shape || indexes->shape == shape)
        return shape ? indexes : NULL;
    if (!indexes->at)
        indexes->at = memory_new((sm->sp->index_count + 1) * sizeof *indexes->at);
    indexes->shape = shape;
    indexes->count = 0;
    for (uint32_t i = 0; i < sm->sp->index_count; i++) {
        uint32_t slot = sm->sp->index_slots[i];
        if (slot == SLOT_NONE || field_is_possible(&sm->slots, slot))
            indexes->at[indexes->count++] = i;
    }
    return indexes;
}

static void candidates_of_index(struct evaluation *e, uint32_t number)
{
    struct source_matcher *sm = e->sm;
    uint32_t slot = sm->sp->index_slots[number];
    if (slot != SLOT_NONE && !field_first(&sm->slots, slot))
        return;
    if (sm->sp->indexes[number].slot != SLOT_NONE)
        candidates_of_slot(e, number);
    else
        look_up(e, number, event_texts(e));
}

void candidates_find(struct evaluation *e)
{
    struct source_matcher *sm = e->sm;
    sm->candidate_count = 0;
    add_candidates(sm, &sm->sp->always);
    const struct shape_indexes *indexes = indexes_of_shape(sm);
    uint32_t count = indexes ? indexes->count : sm->sp->index_count;
    for (uint32_t i = 0; i < count; i++)
        candidates_of_index(e, indexes ? indexes->at[i] : i);
}
