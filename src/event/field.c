// The plan of wanted fields as a tree of keys, and the one walk over a record that fills them.
// SPDX-License-Identifier: Apache-2.0
#include "event/field.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "event/derived.h"

// A node of the tree: what is wanted at and below one path.
struct field_node {
    uint32_t *slots; // to be filled with values found here
    uint32_t slot_count, slot_capacity;
    struct field_edge *edges; // until finish: a list; after it: a hash table of edge_capacity
    uint32_t edge_count, edge_capacity;
    uint32_t edge_mask;
    bool has_bag;  // an edge that is no standard member of Name/Value elements
    uint64_t lazy; // bit of a member of the record whose inside can wait; 0: it cannot
};

struct field_edge {
    uint64_t hash; // 0: empty place
    bool is_exact; // the schema's paths: some fields differ in nothing but case
    struct str key;
    struct field_node *node;
};

struct field_plan {
    enum source_id source;
    struct arena arena;
    struct field_node *root;
    uint32_t slot_count, slot_capacity;
    struct str *slot_names; // raw path of a slot beyond the typed ones
    bool is_wanted[FIELD_COUNT];
    bool is_finished;
    uint64_t *lazy; // per slot; after finish
    uint64_t fold;  // set in keys before they are compared: bit 5 of every byte, or nothing
};

// ---- names ------------------------------------------------------------------------------------

static inline uint64_t load8(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline uint64_t load4(const char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

// The provider's keys differ in case from one export to another ("targetResources",
// "TargetResources"), so names that rules use and the schema does not know are compared with bit 5 of
// every byte set, which folds letters and leaves digits and punctuation apart as far as keys have them.
// The schema's paths, and keys of unknown JSON, are compared exactly.
#define FOLD_CASE UINT64_C(0x2020202020202020)

// First and last bytes of a key, as far as it goes: together they are all of a key of up to 16 bytes.
static inline void key_ends(struct str key, uint64_t *head, uint64_t *tail)
{
    if (key.len >= 8) {
        *head = load8(key.at);
        *tail = load8(key.at + key.len - 8);
    } else if (key.len >= 4) {
        *head = load4(key.at);
        *tail = load4(key.at + key.len - 4);
    } else if (key.len > 0) {
        *head = (uint8_t)key.at[0] | (uint64_t)(uint8_t)key.at[key.len / 2] << 8;
        *tail = (uint8_t)key.at[key.len - 1];
    } else {
        *head = *tail = 0;
    }
}

// Hash of a key: its two ends and its length; the full key is compared after it. Never 0.
static inline uint64_t key_hash(struct str key, uint64_t fold)
{
    uint64_t a, b;
    key_ends(key, &a, &b);
    a |= fold;
    b |= fold;
    uint64_t h = (a ^ UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9);
    h ^= (b + key.len) * UINT64_C(0x94d049bb133111eb);
    h ^= h >> 29;
    return h | 1;
}

static inline bool key_equal(struct str a, struct str b, uint64_t fold)
{
    if (a.len != b.len)
        return false;
    if (a.len >= 8 && a.len <= 16)
        return (load8(a.at) | fold) == (load8(b.at) | fold) &&
               (load8(a.at + a.len - 8) | fold) == (load8(b.at + a.len - 8) | fold);
    if (!fold)
        return memcmp(a.at, b.at, a.len) == 0;
    for (size_t i = 0; i < a.len; i++)
        if ((a.at[i] | 0x20) != (b.at[i] | 0x20))
            return false;
    return true;
}

// Is the key this lower-case word, its first letter in either case?
static inline bool is_word(struct str key, const char *word, size_t len)
{
    return key.len == len && (key.at[0] | 0x20) == word[0] &&
           memcmp(key.at + 1, word + 1, len - 1) == 0;
}

// Members of Name/Value elements: what names the value, and the value.
static inline bool is_name_key(struct str key)
{
    return is_word(key, "name", 4) || is_word(key, "key", 3) || is_word(key, "displayName", 11);
}

static inline bool is_value_key(struct str key)
{
    return is_word(key, "value", 5) || is_word(key, "newValue", 8);
}

static bool is_standard_member(struct str key)
{
    return is_name_key(key) || is_value_key(key) || is_word(key, "oldValue", 8);
}

// ---- building ---------------------------------------------------------------------------------

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
    for (uint32_t i = 0; plan->root->edges && i <= plan->root->edge_mask && bit; i++) {
        struct field_node *node = plan->root->edges[i].node;
        if (!node || !node->edges)
            continue;
        node->lazy = bit;
        mark_lazy(plan, node, bit);
        bit <<= 1;
    }
    plan->is_finished = true;
}

uint32_t field_plan_slot_count(const struct field_plan *plan)
{
    return plan->slot_count;
}

// ---- filling ----------------------------------------------------------------------------------

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

static struct json slots_parse(struct field_slots *s, struct str text)
{
    struct str trimmed = str_trim(text);
    if (trimmed.len < 2 || (trimmed.at[0] != '{' && trimmed.at[0] != '['))
        return (struct json){0};
    return slots_parse_any(s, trimmed);
}

// Directory records quote new and old values twice ("\"False\""): what stands inside, else NONE.
static struct json unquote(struct field_slots *s, struct json value)
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

// What an element {Name: "X", Value: ...} says; name empty when it is no such element. X may be "Name"
// itself: then the path ...Name finds the names of all elements, and the value of that one.
struct bag_element {
    struct str name;
    struct json value;
};

static struct bag_element bag_element_of(struct json object)
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

// ---- slow paths -------------------------------------------------------------------------------

struct path_walk {
    struct field_slots *scratch;
    uint64_t fold;
    bool (*visit)(struct json value, void *context);
    void *context;
};

static bool path_walk(struct path_walk *w, struct json from, struct str path, int depth);

static bool path_end(struct path_walk *w, struct json value, int depth)
{
    struct json_element e = json_elements(value);
    bool is_empty = true;
    while (depth < FIELD_PATH_DEPTH && json_element_next(&e)) {
        is_empty = false;
        if (!path_end(w, e.value, depth + 1))
            return false;
    }
    if (!is_empty)
        return true;
    struct json unquoted = unquote(w->scratch, value);
    return w->visit(value, w->context) && (!unquoted.tape || w->visit(unquoted, w->context));
}

static bool path_object(struct path_walk *w, struct json object, struct str path, int depth)
{
    uint64_t fold = w->fold;
    for (struct json_member m = json_members(object); json_member_next(&m);) {
        if (key_equal(m.key, path, fold)) {
            if (!path_end(w, m.value, 0))
                return false;
        } else if (path.len > m.key.len + 1 && path.at[m.key.len] == '.' &&
                   key_equal(str_of(path.at, m.key.len), m.key, fold)) {
            struct str rest = str_of(path.at + m.key.len + 1, path.len - m.key.len - 1);
            if (!path_walk(w, m.value, rest, depth + 1))
                return false;
        }
    }
    return true;
}

static bool path_bag(struct path_walk *w, struct json element, struct str path, int depth)
{
    struct bag_element bag = bag_element_of(element);
    struct str name = bag.name;
    struct json value = bag.value;
    if (!name.len || path.len < name.len || !key_equal(str_of(path.at, name.len), name, w->fold))
        return true;
    if (path.len == name.len)
        return value.tape ? path_end(w, value, 0) : true;
    if (path.at[name.len] != '.')
        return true;
    struct str rest = str_of(path.at + name.len + 1, path.len - name.len - 1);
    if (value.tape && !path_walk(w, value, rest, depth + 1))
        return false;
    return path_walk(w, element, rest, depth + 1);
}

static bool path_walk(struct path_walk *w, struct json from, struct str path, int depth)
{
    if (depth > FIELD_PATH_DEPTH)
        return true;
    switch (json_type(from)) {
    case JSON_OBJECT:
        return path_object(w, from, path, depth);
    case JSON_ARRAY:
        for (struct json_element e = json_elements(from); json_element_next(&e);)
            if (!path_walk(w, e.value, path, depth + 1) ||
                (json_type(e.value) == JSON_OBJECT && !path_bag(w, e.value, path, depth + 1)))
                return false;
        return true;
    case JSON_STRING: {
        struct json inner = slots_parse(w->scratch, json_str(from));
        return inner.tape ? path_walk(w, inner, path, depth + 1) : true;
    }
    default:
        return true;
    }
}

void field_path_each(struct json from, struct str path, enum source_id source,
                     struct field_slots *scratch,
                     bool (*visit_value)(struct json value, void *context), void *context)
{
    struct path_walk w = {scratch, source == SOURCE_ANY_JSON ? 0 : FOLD_CASE, visit_value, context};
    path_walk(&w, from, path, 0);
}
