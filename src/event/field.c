// The one walk over a record that fills the wanted fields.
// SPDX-License-Identifier: Apache-2.0
#include "event/field.h"

#include <stdlib.h>

#include "event/field_tree.h"

// What a key leads to: by the schema's paths, and by other names.
struct found_nodes {
    const struct field_node *nodes[2];
};

#define GUESS_COUNT 64

// Records of one kind have their members in the same order: the member that stood at this place of the
// record before, and what its key led to.
struct field_guess {
    uint64_t head, tail; // first and last 8 bytes of the key (shorter keys: zero-filled)
    uint32_t len;        // UINT32_MAX: none yet
    struct found_nodes found;
};

void field_slots_init(struct field_slots *slots, const struct field_plan *plan)
{
    *slots = (struct field_slots){.plan = plan, .lazy = plan->lazy};
    slots->slots = memory_new(plan->slot_count * sizeof *slots->slots);
    slots->guesses = memory_new(GUESS_COUNT * sizeof *slots->guesses);
    for (size_t i = 0; i < GUESS_COUNT; i++)
        slots->guesses[i].len = UINT32_MAX;
    arena_init(&slots->arena);
}

void field_slots_done(struct field_slots *slots)
{
    free(slots->slots);
    free(slots->guesses);
    free(slots->pendings);
    free(slots->values);
    for (uint32_t i = 0; i < slots->parser_count; i++)
        json_parser_free(slots->parsers[i]);
    free(slots->parsers);
    arena_done(&slots->arena);
    *slots = (struct field_slots){0};
}

static inline struct found_nodes edge_find(const struct field_node *node, struct str key,
                                           uint64_t fold)
{
    struct found_nodes found = {{NULL, NULL}};
    uint64_t hash = key_hash(key, fold);
    for (uint32_t at = (uint32_t)(hash >> 32) & node->edge_mask; node->edges[at].hash;
         at = (at + 1) & node->edge_mask) {
        const struct field_edge *edge = &node->edges[at];
        if (edge->hash == hash && key_equal(edge->key, key, edge->is_exact ? 0 : fold))
            found.nodes[edge->is_exact ? 0 : 1] = edge->node;
    }
    return found;
}

// A member of the record whose inside has not been looked into yet.
struct field_pending {
    const struct field_node *node;
    struct json value;
};

struct filling {
    struct field_slots *slots;
    uint64_t fold;
    bool is_eager;       // nothing may wait
    uint32_t outer_from; // values before this index came from the record; 0: filling the record
};

static void slot_append(struct filling *filling, uint32_t slot, struct json value)
{
    struct field_slots *s = filling->slots;
    struct field_slot *state = &s->slots[slot];
    bool is_filled = state->stamp == s->generation;
    if (is_filled && filling->outer_from && state->first <= filling->outer_from)
        return; // the record itself has this field
    if (s->value_count >= FIELD_VALUE_LIMIT)
        return;
    ARRAY_GROW(s->values, s->value_count, s->value_capacity);
    s->values[s->value_count++] = (struct field_value){.json = value};
    if (is_filled)
        s->values[state->last - 1].next = s->value_count;
    else
        state->first = s->value_count;
    state->last = s->value_count;
    state->stamp = s->generation;
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

static void emit(struct filling *filling, const struct field_node *node, struct json value,
                 int depth)
{
    if (json_type(value) == JSON_ARRAY && depth < FIELD_PATH_DEPTH) {
        struct json_element e = json_elements(value);
        bool is_empty = true;
        while (json_element_next(&e)) {
            is_empty = false;
            emit(filling, node, e.value, depth + 1);
        }
        if (!is_empty)
            return;
    }
    for (uint32_t i = 0; i < node->slot_count; i++)
        slot_append(filling, node->slots[i], value);
    struct json unquoted = unquote(filling->slots, value);
    for (uint32_t i = 0; unquoted.tape && i < node->slot_count; i++)
        slot_append(filling, node->slots[i], unquoted);
}

static void descend(struct filling *filling, const struct field_node *node, struct json value,
                    int depth);
static void visit(struct filling *filling, const struct field_node *node, struct json value,
                  int depth);

// The wanted node of the key at the place, by the guess where it is right.
static inline struct found_nodes guess_find(struct field_guess *guess,
                                            const struct field_node *root, struct str key,
                                            uint64_t fold)
{
    uint64_t head, tail;
    key_ends(key, &head, &tail);
    // Keys of up to 16 bytes are known by their two ends.
    if (guess->len == key.len && guess->head == head && guess->tail == tail && key.len <= 16)
        return guess->found;
    guess->len = (uint32_t)key.len;
    guess->head = head;
    guess->tail = tail;
    return guess->found = edge_find(root, key, fold);
}

// A text, and not one in quotes of its own.
static inline bool is_plain_text(struct json value)
{
    return json_type(value) == JSON_STRING && json_str(value).at[0] != '"';
}

// An object, an array or a text that may be one.
static inline bool may_hold_members(struct json value)
{
    enum json_type type = json_type(value);
    if (type != JSON_STRING)
        return type == JSON_OBJECT || type == JSON_ARRAY;
    struct str text = json_str(value);
    return text.len >= 2 && (text.at[text.len - 1] == '}' || text.at[text.len - 1] == ']' ||
                             (uint8_t)text.at[text.len - 1] <= ' ');
}

static inline void visit_member(struct filling *filling, const struct field_node *node,
                                struct json value)
{
    if (node->slot_count == 1 && !node->edges && is_plain_text(value)) {
        slot_append(filling, node->slots[0], value);
        return;
    }
    if (node->slot_count)
        emit(filling, node, value, 0);
    if (!node->edges)
        return;
    if (filling->is_eager || !node->lazy) {
        descend(filling, node, value, 1);
    } else if (may_hold_members(value)) {
        struct field_slots *s = filling->slots;
        ARRAY_GROW(s->pendings, s->pending_count, s->pending_capacity);
        s->pendings[s->pending_count++] = (struct field_pending){node, value};
        s->pending |= node->lazy;
    }
}

// The members of a whole record.
static void walk_record(struct filling *filling, struct json record)
{
    const struct field_node *root = filling->slots->plan->root;
    struct field_guess *guesses = filling->slots->guesses;
    uint64_t fold = filling->fold;
    uint32_t place = 0;
    if (!root->edges)
        return;
    for (struct json_member m = json_members(record); json_member_next(&m); place++) {
        struct found_nodes found = place < GUESS_COUNT
                                       ? guess_find(&guesses[place], root, m.key, fold)
                                       : edge_find(root, m.key, fold);
        if (found.nodes[0])
            visit_member(filling, found.nodes[0], m.value);
        if (found.nodes[1])
            visit_member(filling, found.nodes[1], m.value);
    }
}

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
    if (node->slot_count)
        emit(filling, node, value, 0);
    if (node->edges)
        descend(filling, node, value, depth);
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
    // Whether the wrapper is asked depends on all that the record has.
    struct filling filling = {
        .slots = slots, .fold = slots->plan->fold, .is_eager = event->outer.tape != NULL};
    slots->pending = 0;
    slots->pending_count = 0;
    walk_record(&filling, event->record);
    if (event->outer.tape) {
        filling.outer_from = slots->value_count;
        walk(&filling, slots->plan->root, event->outer, 0);
    }
}

void field_resolve(const struct field_slots *slots, uint32_t slot)
{
    // Filled on demand: what callers see as constant is the event's content, not how much of it has been
    // looked at. The slots themselves are never constant objects.
    struct field_slots *s = (struct field_slots *)(uintptr_t)slots;
    struct filling filling = {.slots = s, .fold = s->plan->fold};
    uint64_t bits = s->pending & s->lazy[slot];
    s->pending &= ~bits;
    for (uint32_t i = 0; i < s->pending_count; i++)
        if (s->pendings[i].node->lazy & bits)
            descend(&filling, s->pendings[i].node, s->pendings[i].value, 1);
}
