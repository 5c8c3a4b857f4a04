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
    slots->members = memory_new(SHAPE_PLACES * sizeof *slots->members);
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
    uint32_t
        outer_from; // walking: values before this index came from the record; 0: filling the record
    bool is_outer;  // by shape: filling what the record lacks, all of whose members are known
};

static void slot_open(struct filling *filling, uint32_t slot);
static void outer_open(struct filling *filling, uint32_t slot);

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
    if (filling->is_outer && !state->is_outer) {
        if (state->first)
            return; // the same
        outer_open(filling, slot);
    }
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

static void trace_add(struct field_trace *trace, uint32_t place)
{
    for (uint32_t i = 0; i < trace->count; i++)
        if (trace->places[i] == place)
            return;
    if (trace->count == FIELD_TRACE_LIMIT)
        trace->is_partial = true;
    else
        trace->places[trace->count++] = (uint16_t)place;
}

struct json field_member(const struct field_slots *slots, uint32_t place)
{
    return json_at(place < SHAPE_MEMBER_LIMIT ? slots->record : slots->outer,
                   slots->members[place]);
}

// Begins a slot with what members lead to it, of the record or its wrapper.
static void open_direct(struct filling *filling, uint32_t slot, const struct shape_part *part,
                        struct json object)
{
    struct field_slots *s = filling->slots;
    struct field_slot *state = &s->slots[slot];
    if (!part->direct[slot])
        return;
    const uint16_t *place = &part->places[part->direct[slot]];
    struct json value = json_at(object, s->members[*place & ~SHAPE_LAST]);
    if (s->trace)
        trace_add(s->trace, *place & ~(uint32_t)SHAPE_LAST);
    if (*place & SHAPE_LAST && is_plain(value) && s->value_count < s->value_capacity) {
        s->values[s->value_count++] = (struct field_value){.json = value}; // as most are
        state->first = state->last = s->value_count;
        return;
    }
    for (;; place++) {
        if (s->trace)
            trace_add(s->trace, *place & ~(uint32_t)SHAPE_LAST);
        emit(filling, slot, json_at(object, s->members[*place & ~SHAPE_LAST]), 0);
        if (*place & SHAPE_LAST)
            break;
    }
}

// Begins a slot with what members of the record lead to it.
static void slot_open(struct filling *filling, uint32_t slot)
{
    struct field_slots *s = filling->slots;
    s->slots[slot] = (struct field_slot){.stamp = s->generation};
    if (!s->shape)
        return;
    struct filling own = {.slots = s, .fold = filling->fold};
    open_direct(&own, slot, &s->shape->record, s->record);
}

// The record has nothing for the slot.
static void outer_open(struct filling *filling, uint32_t slot)
{
    struct field_slots *s = filling->slots;
    s->slots[slot].is_outer = true;
    struct filling outer = {.slots = s, .fold = filling->fold, .is_outer = true};
    open_direct(&outer, slot, &s->shape->outer, s->outer);
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

// Fills everything now.
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

// All slots are as if nobody had asked for them.
static void forget_slots(struct field_slots *slots)
{
    if (++slots->generation == 0) { // wrapped: old stamps could look fresh
        memset(slots->slots, 0, slots->plan->slot_count * sizeof *slots->slots);
        slots->generation = 1;
    }
}

static void begin(struct field_slots *slots)
{
    slots->value_count = 0;
    slots->parser_used = 0;
    if (slots->arena.used)
        arena_reset(&slots->arena);
    forget_slots(slots);
}

static void begin_pending(struct field_slots *slots)
{
    const struct field_shape *shape = slots->shape;
    slots->pending = shape->record.lazy | (shape->has_outer ? FIELD_OUTER : 0);
    slots->outer_pending = shape->outer.lazy;
}

void field_fill_walking(struct field_slots *slots, const struct event *event)
{
    begin(slots);
    fill_all(slots, event);
}

void field_fill(struct field_slots *slots, const struct event *event)
{
    begin(slots);
    const struct field_shape *shape =
        field_shapes_find(slots->shapes, event->record, event->outer, slots->members);
    // What cannot wait would have to be known of the record before the wrapper is asked.
    if (!shape || (shape->has_outer && shape->record.eager_count + shape->outer.eager_count)) {
        fill_all(slots, event);
        return;
    }
    slots->shape = shape;
    slots->record = event->record;
    slots->outer = event->outer;
    begin_pending(slots);
    struct filling filling = {.slots = slots, .fold = slots->plan->fold};
    for (uint32_t i = 0; i < shape->record.eager_count; i++) {
        const struct shape_inside *eager = &shape->record.eager[i];
        descend(&filling, eager->node, json_at(event->record, slots->members[eager->place]),
                eager->depth);
    }
}

static void look_inside(struct filling *filling, const struct shape_part *part, struct json object,
                        uint64_t bits)
{
    struct field_slots *s = filling->slots;
    for (uint32_t i = 0; bits && i < part->inside_count; i++) {
        const struct shape_inside *inside = &part->inside[i];
        if (!(inside->bit & bits))
            continue;
        if (s->trace)
            trace_add(s->trace, inside->place);
        descend(filling, inside->node, json_at(object, s->members[inside->place]), inside->depth);
    }
}

static void look_inside_record(struct field_slots *s, uint64_t bits)
{
    struct filling filling = {.slots = s, .fold = s->plan->fold};
    s->pending &= ~bits;
    look_inside(&filling, &s->shape->record, s->record, bits);
}

// What the record has for the slot is known. Where a member of the wrapper is looked into, it is known for all
// slots first: the member may lead to any of them.
static void resolve_outer(struct field_slots *s, uint32_t slot)
{
    struct field_slot *state = &s->slots[slot];
    struct filling filling = {.slots = s, .fold = s->plan->fold, .is_outer = true};
    if (!state->is_outer)
        outer_open(&filling, slot);
    uint64_t bits = s->outer_pending & s->lazy[slot];
    if (!bits)
        return;
    look_inside_record(s, s->pending & ~FIELD_OUTER);
    s->outer_pending &= ~bits;
    look_inside(&filling, &s->shape->outer, s->outer, bits);
}

void field_resolve(const struct field_slots *slots, uint32_t slot)
{
    // Filled on demand: what callers see as constant is the event's content, not how much of it has been
    // looked at. The slots themselves are never constant objects.
    struct field_slots *s = (struct field_slots *)(uintptr_t)slots;
    struct field_slot *state = &s->slots[slot];
    if (state->stamp != s->generation) {
        struct filling filling = {.slots = s, .fold = s->plan->fold};
        slot_open(&filling, slot);
    }
    uint64_t bits = s->pending & s->lazy[slot];
    if (bits & ~FIELD_OUTER)
        look_inside_record(s, bits & ~FIELD_OUTER);
    if (bits & FIELD_OUTER && (!state->first || state->is_outer))
        resolve_outer(s, slot);
}

uint32_t field_shape_number(const struct field_slots *slots)
{
    return slots->shape ? slots->shape->number : 0;
}

static bool may_have(const struct field_slots *slots, const struct shape_part *part, uint32_t slot)
{
    return part->eager_count || part->direct[slot] || part->lazy & slots->lazy[slot];
}

bool field_is_possible(const struct field_slots *slots, uint32_t slot)
{
    const struct field_shape *shape = slots->shape;
    return !shape || may_have(slots, &shape->record, slot) ||
           (shape->has_outer && may_have(slots, &shape->outer, slot));
}

// ---- traces -----------------------------------------------------------------------------------

bool field_trace_begin(struct field_slots *slots, struct field_trace *trace)
{
    const struct field_shape *shape = slots->shape;
    // What was parsed counts towards a limit, and what cannot wait is not looked at again.
    if (!shape || shape->record.eager_count || slots->parser_used)
        return false;
    forget_slots(slots);
    begin_pending(slots);
    trace->count = 0;
    trace->is_partial = false;
    slots->trace = trace;
    return true;
}

void field_trace_end(struct field_slots *slots)
{
    if (slots->parser_used == FIELD_PARSER_LIMIT || slots->value_count == FIELD_VALUE_LIMIT)
        slots->trace->is_partial = true; // what is beyond was not seen
    slots->trace = NULL;
}
