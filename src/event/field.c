// The one walk over a record that fills the wanted fields.
// SPDX-License-Identifier: Apache-2.0
#include "event/field.h"

#include <stdlib.h>

#include "event/shape.h"

#define FIRST_VALUES 64 // doubling reaches FIELD_VALUE_LIMIT

void field_slots_init(struct field_slots *slots, const struct field_plan *plan)
{
    *slots = (struct field_slots){.plan = plan, .lazy = plan->lazy};
    slots->slots = memory_new(plan->slot_count * sizeof *slots->slots);
    slots->shapes = field_shapes_new(plan);
    slots->members = memory_new(SHAPE_MEMBER_LIMIT * sizeof *slots->members);
    arena_init(&slots->arena);
}

void field_slots_done(struct field_slots *slots)
{
    free(slots->slots);
    field_shapes_free(slots->shapes);
    free(slots->members);
    free(slots->values);
    for (uint32_t i = 0; i < slots->parser_count; i++)
        json_parser_free(slots->parsers[i]);
    free(slots->parsers);
    arena_done(&slots->arena);
    *slots = (struct field_slots){0};
}

struct filling {
    struct field_slots *slots;
    uint64_t fold;
    uint32_t outer_from; // values before this index came from the record; 0: filling the record
};

static void slot_open(struct filling *filling, uint32_t slot);

// False: there are as many as there may be.
static bool grow_values(struct field_slots *s)
{
    if (s->value_count == FIELD_VALUE_LIMIT)
        return false;
    s->value_capacity = s->value_capacity ? s->value_capacity * 2 : FIRST_VALUES;
    s->values = memory_grow(s->values, s->value_capacity * sizeof *s->values);
    return true;
}

static void slot_append(struct filling *filling, uint32_t slot, struct json value)
{
    struct field_slots *s = filling->slots;
    struct field_slot *state = &s->slots[slot];
    if (state->stamp != s->generation)
        slot_open(filling, slot);
    if (filling->outer_from && state->first && state->first <= filling->outer_from)
        return; // the record itself has this field
    if (s->value_count == s->value_capacity && !grow_values(s))
        return;
    s->values[s->value_count++] = (struct field_value){.json = value};
    if (state->first)
        s->values[state->last - 1].next = s->value_count;
    else
        state->first = s->value_count;
    state->last = s->value_count;
}

// Parses JSON that a string holds; NONE when it is none. The result lives until the next fill.
static struct json slots_parse_any(struct field_slots *s, struct str trimmed)
{
    struct json none = {0};
    if (s->parser_used >= FIELD_PARSER_LIMIT)
        return none;
    if (s->parser_used == s->parser_count) {
        s->parsers = memory_grow(s->parsers, (s->parser_count + 1) * sizeof *s->parsers);
        s->parsers[s->parser_count++] = json_parser_new();
    }
    char *copy = arena_alloc(&s->arena, trimmed.len + JSON_PADDING);
    memcpy(copy, trimmed.at, trimmed.len);
    struct json out;
    const char *why;
    if (!json_parse(s->parsers[s->parser_used], copy, trimmed.len, &out, &why))
        return none;
    s->parser_used++;
    return out;
}

struct json slots_parse(struct field_slots *s, struct str text)
{
    struct str trimmed = str_trim(text);
    if (trimmed.len < 2 || (trimmed.at[0] != '{' && trimmed.at[0] != '['))
        return (struct json){0};
    return slots_parse_any(s, trimmed);
}

struct json unquote(struct field_slots *s, struct json value)
{
    struct str text = json_str(value);
    if (text.len < 2 || text.at[0] != '"' || text.at[text.len - 1] != '"')
        return (struct json){0};
    struct json inner = slots_parse_any(s, text);
    return json_type(inner) == JSON_STRING ? inner : (struct json){0};
}

static void emit(struct filling *filling, uint32_t slot, struct json value, int depth)
{
    if (json_type(value) == JSON_ARRAY && depth < FIELD_PATH_DEPTH) {
        struct json_element e = json_elements(value);
        bool is_empty = true;
        while (json_element_next(&e)) {
            is_empty = false;
            emit(filling, slot, e.value, depth + 1);
        }
        if (!is_empty)
            return;
    }
    slot_append(filling, slot, value);
    struct json unquoted = unquote(filling->slots, value);
    if (unquoted.tape)
        slot_append(filling, slot, unquoted);
}

// A number, a word or a text that is not in quotes of its own: just one value.
static inline bool is_plain(struct json value)
{
    enum json_type type = json_type(value);
    if (type == JSON_STRING)
        return json_str(value).at[0] != '"';
    return type != JSON_ARRAY;
}

// Begins a slot with what members of the record lead to it.
static void slot_open(struct filling *filling, uint32_t slot)
{
    struct field_slots *s = filling->slots;
    const struct field_shape *shape = s->shape;
    struct field_slot *state = &s->slots[slot];
    *state = (struct field_slot){.stamp = s->generation};
    if (!shape || !shape->direct[slot])
        return;
    const uint16_t *place = &shape->places[shape->direct[slot]];
    struct json value = json_at(s->record, s->members[*place & ~SHAPE_LAST]);
    if (*place & SHAPE_LAST && is_plain(value) && s->value_count < s->value_capacity) {
        s->values[s->value_count++] = (struct field_value){.json = value}; // as most are
        state->first = state->last = s->value_count;
        return;
    }
    for (;; place++) {
        emit(filling, slot, json_at(s->record, s->members[*place & ~SHAPE_LAST]), 0);
        if (*place & SHAPE_LAST)
            break;
    }
}

static void descend(struct filling *filling, const struct field_node *node, struct json value,
                    int depth);
static void visit(struct filling *filling, const struct field_node *node, struct json value,
                  int depth);

static void walk(struct filling *filling, const struct field_node *node, struct json object,
                 int depth)
{
    if (!node->edges || depth > FIELD_PATH_DEPTH)
        return;
    struct json_member m = json_members(object);
    while (json_member_next(&m)) {
        struct found_nodes found = edge_find(node, m.key, filling->fold);
        for (int i = 0; i < 2; i++)
            if (found.nodes[i])
                visit(filling, found.nodes[i], m.value, depth + 1);
    }
}

struct bag_element bag_element_of(struct json object)
{
    struct bag_element found = {{"", 0}, {0}};
    for (struct json_member m = json_members(object); json_member_next(&m);) {
        if (!found.name.len && is_name_key(m.key))
            found.name = json_str(m.value);
        else if (!found.value.tape && is_value_key(m.key))
            found.value = m.value;
    }
    return found;
}

// An element {Name: "X", Value: ...} of the array at `node` is also the member X of it.
static void visit_bag(struct filling *filling, const struct field_node *node, struct json element,
                      int depth)
{
    struct bag_element bag = bag_element_of(element);
    struct found_nodes found = {{NULL, NULL}};
    if (bag.name.len)
        found = edge_find(node, bag.name, filling->fold);
    for (int i = 0; i < 2; i++) {
        if (!found.nodes[i])
            continue;
        if (bag.value.tape)
            visit(filling, found.nodes[i], bag.value, depth + 1);
        walk(filling, found.nodes[i], element, depth + 1);
    }
}

// Goes on below a node whose value is known.
static void descend(struct filling *filling, const struct field_node *node, struct json value,
                    int depth)
{
    if (depth > FIELD_PATH_DEPTH)
        return;
    switch (json_type(value)) {
    case JSON_OBJECT:
        walk(filling, node, value, depth);
        break;
    case JSON_ARRAY:
        for (struct json_element e = json_elements(value); json_element_next(&e);) {
            descend(filling, node, e.value, depth + 1);
            if (node->has_bag && json_type(e.value) == JSON_OBJECT)
                visit_bag(filling, node, e.value, depth + 1);
        }
        break;
    case JSON_STRING: {
        struct json inner = slots_parse(filling->slots, json_str(value));
        if (inner.tape)
            descend(filling, node, inner, depth + 1);
        break;
    }
    default:
        break;
    }
}

static void visit(struct filling *filling, const struct field_node *node, struct json value,
                  int depth)
{
    for (uint32_t i = 0; i < node->slot_count; i++)
        emit(filling, node->slots[i], value, 0);
    if (node->edges)
        descend(filling, node, value, depth);
}

// Fills everything now: whether the wrapper is asked depends on all that the record has.
static void fill_all(struct field_slots *slots, const struct event *event)
{
    const struct field_node *root = slots->plan->root;
    struct filling filling = {.slots = slots, .fold = slots->plan->fold};
    slots->shape = NULL;
    slots->pending = 0;
    walk(&filling, root, event->record, 0);
    filling.outer_from = slots->value_count;
    walk(&filling, root, event->outer, 0);
}

void field_fill(struct field_slots *slots, const struct event *event)
{
    slots->value_count = 0;
    slots->parser_used = 0;
    if (slots->arena.used)
        arena_reset(&slots->arena);
    if (++slots->generation == 0) { // wrapped: old stamps could look fresh
        memset(slots->slots, 0, slots->plan->slot_count * sizeof *slots->slots);
        slots->generation = 1;
    }
    if (!event->outer.tape)
        slots->shape = field_shapes_find(slots->shapes, event->record, slots->members);
    if (event->outer.tape || !slots->shape) {
        fill_all(slots, event);
        return;
    }
    slots->record = event->record;
    slots->pending = slots->shape->lazy;
    struct filling filling = {.slots = slots, .fold = slots->plan->fold};
    for (uint32_t i = 0; i < slots->shape->eager_count; i++) {
        const struct shape_inside *eager = &slots->shape->eager[i];
        descend(&filling, eager->node, json_at(event->record, slots->members[eager->place]),
                eager->depth);
    }
}

static void look_inside(struct field_slots *s, uint64_t bits)
{
    struct filling filling = {.slots = s, .fold = s->plan->fold};
    s->pending &= ~bits;
    for (uint32_t i = 0; i < s->shape->inside_count; i++) {
        const struct shape_inside *inside = &s->shape->inside[i];
        if (inside->bit & bits)
            descend(&filling, inside->node, json_at(s->record, s->members[inside->place]),
                    inside->depth);
    }
}

void field_resolve(const struct field_slots *slots, uint32_t slot)
{
    // Filled on demand: what callers see as constant is the event's content, not how much of it has been
    // looked at. The slots themselves are never constant objects.
    struct field_slots *s = (struct field_slots *)(uintptr_t)slots;
    if (s->slots[slot].stamp != s->generation) {
        struct filling filling = {.slots = s, .fold = s->plan->fold};
        slot_open(&filling, slot);
    }
    if (s->pending & s->lazy[slot])
        look_inside(s, s->pending & s->lazy[slot]);
}

uint32_t field_shape_number(const struct field_slots *slots)
{
    return slots->shape ? slots->shape->number : 0;
}

bool field_is_possible(const struct field_slots *slots, uint32_t slot)
{
    const struct field_shape *shape = slots->shape;
    return !shape || shape->eager_count || shape->direct[slot] || shape->lazy & slots->lazy[slot];
}
