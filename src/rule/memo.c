// The trees of values that led to rules.
// SPDX-License-Identifier: Apache-2.0
#include "rule/memo.h"

#include <stdlib.h>

#include "base/json_same.h"

#define VALUE_PADDING 8

// A value as it is compared: what is on the tape without its places, and the bytes of its texts.
struct memo_value {
    uint32_t word_count, text_len;
    const uint64_t *words; // of numbers both words, of all else the type
    const char
        *text; // as the tape has it: with lengths; of a value that is one text just its bytes
};

struct way {
    uint64_t mark; // tells most values apart
    struct memo_value value;
    struct memo_node *next;
};

struct memo_node {
    uint16_t place; // of the member that is looked at here
    bool is_leaf;
    bool is_known;  // leaf: the rules are
    bool is_closed; // no more ways are added
    uint32_t way_count, way_capacity;
    struct way *ways;
    struct memo_rules rules;
};

void memo_init(struct memo *memo)
{
    arena_init(&memo->arena);
    memo->shapes = memory_new(MEMO_SHAPES * sizeof *memo->shapes);
}

void memo_done(struct memo *memo)
{
    arena_done(&memo->arena);
    free(memo->shapes);
}

// ---- values -----------------------------------------------------------------------------------

static inline uint64_t mark_of(struct json value)
{
    uint64_t word = value.tape[value.at];
    if (word >> 56 == JSON_STRING)
        return json_text_mark(json_str(value));
    if (json_is_number(word))
        return value.tape[value.at + 1] ^ json_type_word(word);
    return json_type_word(word) | (json_skip(value.tape, value.at) - value.at);
}

// Where the texts of an object or array stand on the tape, one behind the other.
static struct str texts_of(struct json value, uint32_t end)
{
    uint64_t first = UINT64_MAX, last = 0;
    for (uint32_t at = value.at; at < end; at++) {
        uint64_t word = value.tape[at];
        at += json_is_number(word);
        if (word >> 56 != JSON_STRING)
            continue;
        last = word & JSON_PAYLOAD;
        first = first == UINT64_MAX ? last : first;
    }
    if (first == UINT64_MAX)
        return str_of("", 0);
    uint32_t len;
    memcpy(&len, value.text + last, sizeof len);
    return str_of((const char *)value.text + first, last + sizeof len + len - first);
}

static bool same_words(const struct memo_value *a, struct json value, uint32_t end)
{
    if (end - value.at != a->word_count)
        return false;
    const uint64_t *tape = value.tape + value.at;
    for (uint32_t i = 0; i < a->word_count; i++) {
        if (json_type_word(tape[i]) != a->words[i])
            return false;
        if (json_is_number(tape[i]) && tape[i + 1] != a->words[i + 1])
            return false;
        i += json_is_number(tape[i]);
    }
    return true;
}

static inline bool is_same(const struct memo_value *a, struct json value)
{
    uint64_t word = value.tape[value.at];
    if (json_type_word(word) != a->words[0])
        return false;
    if (word >> 56 == JSON_STRING) {
        struct str text = json_str(value);
        return text.len == a->text_len && json_same_text(text.at, a->text, text.len);
    }
    uint32_t end = json_skip(value.tape, value.at);
    if (!same_words(a, value, end))
        return false;
    if (word >> 56 != JSON_OBJECT && word >> 56 != JSON_ARRAY)
        return true;
    struct str texts = texts_of(value, end);
    return texts.len == a->text_len && json_same_text(texts.at, a->text, texts.len);
}

// False: it is too large.
static bool keep_value(struct arena *arena, struct json value, struct memo_value *out)
{
    uint32_t end = json_skip(value.tape, value.at), count = end - value.at;
    bool is_text = json_type(value) == JSON_STRING;
    if (count > MEMO_WORDS)
        return false;
    struct str text = is_text ? json_str(value) : texts_of(value, end);
    if (text.len > MEMO_TEXT_LIMIT)
        return false;
    uint64_t *words = ARENA_ARRAY(arena, uint64_t, count);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t word = value.tape[value.at + i];
        words[i] = json_type_word(word);
        if (json_is_number(word)) {
            i++;
            words[i] = value.tape[value.at + i];
        }
    }
    char *at = arena_alloc(arena, text.len + VALUE_PADDING);
    memcpy(at, text.at, text.len);
    *out = (struct memo_value){
        .word_count = count, .text_len = (uint32_t)text.len, .words = words, .text = at};
    return true;
}

// ---- shapes -----------------------------------------------------------------------------------

static inline struct memo_shape *place_of(const struct memo *memo, uint32_t number,
                                          const struct event *event)
{
    _Static_assert(ACTOR_CLASS_COUNT <= 8, "each actor has places of its own");
    return &memo->shapes[(number * 8 + event->actor) & (MEMO_SHAPES - 1)];
}

static inline bool is_shape(const struct memo_shape *shape, uint32_t number,
                            const struct event *event)
{
    return shape->shape == number && shape->actor == event->actor &&
           shape->actor_of == event->actor_of;
}

// A shape whose records seldom come to a leaf is left alone for a while.
static const struct rest_terms terms = {MEMO_ROUND, MEMO_HITS_LEAST, MEMO_REST_FIRST,
                                        MEMO_REST_MOST};

// ---- finding ----------------------------------------------------------------------------------

// The way on with the value, or NULL.
static inline struct way *way_find(const struct memo_node *node, struct json value)
{
    uint64_t mark = mark_of(value);
    for (uint32_t i = 0; i < node->way_count; i++)
        if (node->ways[i].mark == mark && is_same(&node->ways[i].value, value))
            return &node->ways[i];
    return NULL;
}

const struct memo_rules *memo_find(struct memo *memo, const struct field_slots *slots,
                                   const struct event *event, bool *is_worth)
{
    uint32_t number = field_shape_number(slots);
    struct memo_shape *shape = place_of(memo, number, event);
    *is_worth = false;
    if (!number)
        return NULL;
    if (!is_shape(shape, number, event))
        *shape = (struct memo_shape){
            .shape = number, .actor = event->actor, .actor_of = event->actor_of};
    if (shape->rest.resting) {
        shape->rest.resting--;
        return NULL;
    }
    rest_judge(&shape->rest, &terms);
    shape->rest.asked++;
    const struct memo_node *node = shape->root;
    while (node && !node->is_leaf) {
        const struct way *way = way_find(node, field_member(slots, node->place));
        if (!way && node->is_closed)
            return NULL;
        node = way ? way->next : NULL;
    }
    *is_worth = !node;
    if (!node || !node->is_known)
        return NULL;
    shape->rest.hits++;
    return &node->rules;
}

// ---- keeping ----------------------------------------------------------------------------------

static struct way *way_add(struct arena *arena, struct memo_node *node, struct json value)
{
    struct memo_value kept;
    if (node->way_count == MEMO_VALUES || !keep_value(arena, value, &kept)) {
        node->is_closed = true;
        return NULL;
    }
    if (node->way_count == node->way_capacity) {
        uint32_t capacity = node->way_capacity ? node->way_capacity * 2 : 2;
        struct way *ways = ARENA_ARRAY(arena, struct way, capacity);
        if (node->way_count)
            memcpy(ways, node->ways, node->way_count * sizeof *ways);
        node->ways = ways;
        node->way_capacity = capacity;
    }
    struct way *way = &node->ways[node->way_count++];
    *way = (struct way){.mark = mark_of(value), .value = kept};
    return way;
}

// Where the trace leads to. NULL: it was not to be kept.
static struct memo_node **follow(struct arena *arena, struct memo_node **link,
                                 const struct field_slots *slots, const struct field_trace *trace)
{
    for (uint32_t i = 0; i < trace->count; i++) {
        if (!*link) {
            *link = ARENA_NEW(arena, struct memo_node);
            (*link)->place = trace->places[i];
        }
        struct memo_node *node = *link;
        if (node->is_leaf || node->place != trace->places[i])
            return NULL; // what a text came to was known, so that less was looked at than before
        struct json value = field_member(slots, node->place);
        struct way *way = way_find(node, value);
        if (!way)
            way = way_add(arena, node, value);
        if (!way)
            return NULL;
        link = &way->next;
    }
    return link;
}

void memo_keep(struct memo *memo, const struct field_slots *slots, const struct event *event,
               const struct field_trace *trace, struct memo_rules rules)
{
    uint32_t number = field_shape_number(slots);
    struct memo_shape *shape = place_of(memo, number, event);
    if (!is_shape(shape, number, event))
        return;
    if (memo->arena.used > MEMO_MEMORY_LIMIT) {
        arena_reset(&memo->arena);
        for (int i = 0; i < MEMO_SHAPES; i++)
            memo->shapes[i].root = NULL;
    }
    struct memo_node **link = follow(&memo->arena, &shape->root, slots, trace);
    if (!link || *link)
        return;
    struct memo_node *leaf = ARENA_NEW(&memo->arena, struct memo_node);
    uint32_t *at = ARENA_ARRAY(&memo->arena, uint32_t, rules.count + 1);
    if (rules.count)
        memcpy(at, rules.at, rules.count * sizeof *at);
    *leaf = (struct memo_node){
        .is_leaf = true, .is_known = !trace->is_partial, .rules = {at, rules.count}};
    *link = leaf;
}
