// Matching an event: from its fields to candidate rules, from candidates to matches.
// SPDX-License-Identifier: Apache-2.0
#include "rule/match.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "event/derived.h"
#include "rule/program.h"

#define MEMORY_SIZE 256      // values of one slot whose look-up is remembered
#define MEMORY_TEXT_LIMIT 64 // longer ones are looked up each time

// What a value of an indexed slot leads to.
struct memory {
    uint32_t len;
    bool is_used;
    char text[MEMORY_TEXT_LIMIT];
    struct rule_ids rules, items;
};

#define ANSWER_COUNT 64       // texts for which an item's answer is remembered
#define ANSWER_TEXT_LIMIT 188 // longer ones are looked into each time

// What an item said of a text: clients and programs repeat from record to record.
struct answer {
    uint16_t len;
    bool is_used, holds;
    char text[ANSWER_TEXT_LIMIT];
};

// Many texts of one item, to be looked for at once: made when the item turns out to be tested often.
struct item_parts {
    hs_database_t *database;
    struct answer *answers;
    uint32_t tests; // so far; UINT32_MAX: it cannot be made
};

// Results of one event are valid where the stamp equals the generation.
struct source_matcher {
    struct source_program *sp; // shared: only its databases come later
    struct field_slots slots;
    uint32_t *item_stamp;     // generation << 1 | result
    struct item_parts *parts; // per item
    uint32_t *rule_stamp;
    uint32_t *candidates;
    uint32_t candidate_count;
    uint32_t generation;      // counts up by one; 31 bits used
    struct memory **memories; // per index of the program: MEMORY_SIZE each
    bool *has_scratch;        // per index: its databases have been used by this matcher
};

struct matcher {
    struct rule_program *program;
    struct map names[SOURCE_COUNT]; // asked for by matcher_field_text -> slot
    struct arena names_arena;
    struct source_matcher sources[SOURCE_COUNT];
    hs_scratch_t *scratch;
    struct arena arena;
    struct buf buf;
    struct field_slots path_scratch; // parsers for slow paths
    struct json_builder derived;     // holds values of derived fields
};

static void source_matcher_init(struct matcher *matcher, int s)
{
    struct source_program *sp = &matcher->program->sources[s];
    struct source_matcher *sm = &matcher->sources[s];
    sm->sp = sp;
    field_slots_init(&sm->slots, sp->plan);
    sm->item_stamp = memory_new((sp->item_count + 1) * sizeof *sm->item_stamp);
    sm->parts = memory_new((sp->item_count + 1) * sizeof *sm->parts);
    sm->rule_stamp = memory_new((sp->rule_count + 1) * sizeof *sm->rule_stamp);
    sm->candidates = memory_new((sp->rule_count + 1) * sizeof *sm->candidates);
    sm->memories = memory_new((sp->index_count + 1) * sizeof *sm->memories);
    sm->has_scratch = memory_new((sp->index_count + 1) * sizeof *sm->has_scratch);
}

struct matcher *matcher_new(struct rule_program *program)
{
    struct matcher *matcher = memory_new(sizeof *matcher);
    matcher->program = program;
    arena_init(&matcher->arena);
    arena_init(&matcher->names_arena);
    buf_init(&matcher->buf);
    json_builder_init(&matcher->derived);
    for (int s = 0; s < SOURCE_COUNT; s++) {
        source_matcher_init(matcher, s);
        map_init(&matcher->names[s]);
    }
    field_slots_init(&matcher->path_scratch, program->sources[SOURCE_ANY_JSON].plan);
    return matcher;
}

static void item_parts_done(struct item_parts *parts)
{
    hs_free_database(parts->database);
    free(parts->answers);
}

static void memories_free(struct source_matcher *sm)
{
    for (uint32_t i = 0; i < sm->sp->index_count; i++) {
        for (uint32_t k = 0; sm->memories[i] && k < MEMORY_SIZE; k++) {
            free(sm->memories[i][k].rules.at);
            free(sm->memories[i][k].items.at);
        }
        free(sm->memories[i]);
    }
    free(sm->memories);
}

void matcher_free(struct matcher *matcher)
{
    if (!matcher)
        return;
    for (int s = 0; s < SOURCE_COUNT; s++) {
        struct source_matcher *sm = &matcher->sources[s];
        field_slots_done(&sm->slots);
        free(sm->item_stamp);
        for (uint32_t i = 0; i < sm->sp->item_count; i++)
            item_parts_done(&sm->parts[i]);
        free(sm->parts);
        free(sm->rule_stamp);
        free(sm->candidates);
        memories_free(sm);
        free(sm->has_scratch);
        map_done(&matcher->names[s]);
    }
    hs_free_scratch(matcher->scratch);
    field_slots_done(&matcher->path_scratch);
    json_builder_done(&matcher->derived);
    arena_done(&matcher->arena);
    arena_done(&matcher->names_arena);
    buf_done(&matcher->buf);
    free(matcher);
}

struct field_slots *matcher_fill(struct matcher *matcher, const struct event *event)
{
    struct source_matcher *sm = &matcher->sources[event->source];
    field_fill(&sm->slots, event);
    return &sm->slots;
}

// ---- evaluating -------------------------------------------------------------------------------

struct evaluation {
    struct matcher *matcher;
    struct source_matcher *sm;
    const struct event *event;
    struct predicate_scope scope;
};

// Derived fields have no place in the record: their text is made when a rule asks.
static struct json derived_value(struct evaluation *e, uint32_t slot)
{
    struct str text = slot < FIELD_COUNT
                          ? field_derived(e->event, &e->sm->slots, (enum field_id)slot)
                          : str_of("", 0);
    if (!text.len)
        return (struct json){0};
    json_builder_reset(&e->matcher->derived);
    json_build_str(&e->matcher->derived, text);
    return json_built(&e->matcher->derived);
}

// Values collected for an item inside an element scope.
struct value_list {
    struct json items[256];
    size_t count;
};

static bool value_list_add(struct json value, void *context)
{
    struct value_list *list = context;
    list->items[list->count++] = value;
    return list->count < sizeof list->items / sizeof list->items[0];
}

static bool predicate_holds(struct evaluation *e, const struct predicate *predicate,
                            const struct value_list *list)
{
    const struct sigma_value *want = predicate->value;
    if (want->kind == VALUE_EXISTS)
        return want->boolean == (list->count > 0);
    if (want->kind == VALUE_NULL && !list->count)
        return true;
    for (size_t i = 0; i < list->count; i++)
        if (predicate_test(predicate, list->items[i], &e->scope))
            return true;
    return false;
}

// The database for an item's many texts, or NULL: few texts, or not tested often enough yet.
static struct item_parts *parts_of(struct evaluation *e, const struct item *item)
{
    if (item->part_count < ITEM_PARTS_LEAST)
        return NULL;
    struct item_parts *parts = &e->sm->parts[item - e->sm->sp->items];
    if (parts->database)
        return parts;
    if (parts->tests == UINT32_MAX || ++parts->tests < ITEM_PARTS_AFTER)
        return NULL;
    parts->database = item_parts_compile(item);
    if (!parts->database || hs_alloc_scratch(parts->database, &e->matcher->scratch) != HS_SUCCESS) {
        hs_free_database(parts->database);
        *parts = (struct item_parts){.tests = UINT32_MAX};
        return NULL;
    }
    parts->answers = memory_new(ANSWER_COUNT * sizeof *parts->answers);
    return parts;
}

// The stretch of the tape's text in which all strings of the value stand (keys among them).
static struct str text_region(struct json value)
{
    uint64_t first = UINT64_MAX, last = 0;
    uint32_t end = value.tape ? json_skip(value.tape, value.at) : 0;
    for (uint32_t at = value.at; at < end; at++) {
        char type = (char)(value.tape[at] >> 56);
        if (type == 'l' || type == 'u' || type == 'd') {
            at++;
        } else if (type == '"') {
            uint64_t offset = value.tape[at] & UINT64_C(0x00ffffffffffffff);
            first = offset < first ? offset : first;
            last = offset > last ? offset : last;
        }
    }
    if (first == UINT64_MAX)
        return str_of("", 0);
    uint32_t len;
    memcpy(&len, value.text + last, sizeof len);
    return str_of((const char *)value.text + first, (size_t)(last - first) + sizeof len + len);
}

struct parts_hit {
    const struct item *item;
    struct str text;
    bool is_met;
};

static int on_item_part(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                        void *context)
{
    (void)from, (void)to, (void)flags;
    struct parts_hit *hit = context;
    hit->is_met = text_matches(&hit->item->predicates[id], hit->text);
    return hit->is_met; // stop at the first
}

static bool text_has_part(struct evaluation *e, const struct item_parts *parts,
                          const struct item *item, struct str text)
{
    struct parts_hit hit = {.item = item, .text = text};
    struct answer *answer = NULL;
    if (text.len <= ANSWER_TEXT_LIMIT) {
        answer = &parts->answers[hash_str(text) % ANSWER_COUNT];
        if (answer->is_used && answer->len == text.len &&
            memcmp(answer->text, text.at, text.len) == 0)
            return answer->holds;
    }
    hs_scan(parts->database, text.at, (unsigned)text.len, 0, e->matcher->scratch, on_item_part,
            &hit);
    if (answer) {
        *answer = (struct answer){.len = (uint16_t)text.len, .is_used = true, .holds = hit.is_met};
        memcpy(answer->text, text.at, text.len);
    }
    return hit.is_met;
}

// Does one of the item's many texts stand in one of the values?
static bool parts_hold(struct evaluation *e, const struct item_parts *parts,
                       const struct item *item, const struct value_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct str text = value_text(list->items[i], &e->scope);
        if (text.len && text_has_part(e, parts, item, text))
            return true;
    }
    return false;
}

static bool item_holds(struct evaluation *e, const struct item *item, const struct value_list *list)
{
    const struct sigma_node *node = item->node;
    const struct item_parts *parts = e->scope.element.tape ? NULL : parts_of(e, item);
    bool is_any = parts && parts_hold(e, parts, item, list), is_all = true;
    for (size_t i = 0; i < item->count && !(is_any && parts); i++) {
        if (parts && !item->predicates[i].is_loose)
            continue;
        bool holds = predicate_holds(e, &item->predicates[i], list);
        is_any = is_any || holds;
        is_all = is_all && holds;
        if (node->is_all ? !is_all : is_any)
            break;
    }
    bool result = node->is_all ? is_all : is_any;
    return node->is_negated ? list->count > 0 && !result : result;
}

// Every text and number of the record, keys left out; at most the list's size.
static bool keyword_holds(struct evaluation *e, const struct predicate *predicate,
                          struct json value, int depth)
{
    if (depth > JSON_DEPTH_LIMIT)
        return false;
    switch (json_type(value)) {
    case JSON_OBJECT:
        for (struct json_member m = json_members(value); json_member_next(&m);)
            if (keyword_holds(e, predicate, m.value, depth + 1))
                return true;
        return false;
    case JSON_ARRAY:
        for (struct json_element el = json_elements(value); json_element_next(&el);)
            if (keyword_holds(e, predicate, el.value, depth + 1))
                return true;
        return false;
    case JSON_NONE:
        return false;
    default:
        return predicate_test(predicate, value, &e->scope);
    }
}

struct keyword_hit {
    struct evaluation *e;
    const struct item *item;
    bool is_met;
};

static int on_keyword(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                      void *context)
{
    (void)from, (void)to, (void)flags;
    struct keyword_hit *hit = context;
    const struct predicate *predicate = &hit->item->predicates[id];
    const struct event *event = hit->e->event;
    hit->is_met = keyword_holds(hit->e, predicate, event->record, 0) ||
                  keyword_holds(hit->e, predicate, event->outer, 0);
    return hit->is_met;
}

// Many keywords, of which one is enough: only those found somewhere in the record's text are looked
// for in its values.
static bool keyword_parts_hold(struct evaluation *e, const struct item_parts *parts,
                               const struct item *item)
{
    struct keyword_hit hit = {.e = e, .item = item};
    struct str regions[] = {text_region(e->event->record), text_region(e->event->outer)};
    for (size_t i = 0; i < 2 && !hit.is_met; i++)
        if (regions[i].len)
            hs_scan(parts->database, regions[i].at, (unsigned)regions[i].len, 0,
                    e->matcher->scratch, on_keyword, &hit);
    for (size_t i = 0; i < item->count && !hit.is_met; i++)
        if (item->predicates[i].is_loose)
            on_keyword((unsigned)i, 0, 0, 0, &hit);
    return hit.is_met;
}

static bool keywords_hold(struct evaluation *e, const struct item *item)
{
    const struct item_parts *parts = parts_of(e, item);
    if (parts)
        return keyword_parts_hold(e, parts, item) != item->node->is_negated;
    bool result = item->node->is_all;
    for (size_t i = 0; i < item->count && result == item->node->is_all; i++)
        result = keyword_holds(e, &item->predicates[i], e->event->record, 0) ||
                 keyword_holds(e, &item->predicates[i], e->event->outer, 0);
    return result != item->node->is_negated;
}

static void item_values(struct evaluation *e, const struct item *item, struct value_list *list)
{
    list->count = 0;
    if (e->scope.element.tape) {
        if (item->field.len)
            field_path_each(e->scope.element, item->field, e->event->source, e->scope.scratch,
                            value_list_add, list);
        else
            value_list_add(e->scope.element, list);
        return;
    }
    const struct field_value *value = field_first(&e->sm->slots, item->slot);
    for (; value && list->count < 256; value = field_next(&e->sm->slots, value))
        list->items[list->count++] = value->json;
    bool is_number = list->count && json_type(list->items[0]) == JSON_INT;
    if (item->is_derived && list->count < 256 && !(is_number && item->is_numbers_only)) {
        struct json derived = derived_value(e, item->slot);
        if (derived.tape)
            list->items[list->count++] = derived;
    }
}

// Patterns of which one must hold, against the values as they stand.
static bool simple_holds(struct evaluation *e, const struct item *item)
{
    const struct field_value *value = field_first(&e->sm->slots, item->slot);
    for (; value; value = field_next(&e->sm->slots, value)) {
        struct str text = value_text(value->json, &e->scope);
        for (size_t i = 0; text.at && i < item->count; i++) {
            const struct predicate *predicate = &item->predicates[i];
            if (predicate->shape == PATTERN_EXACT && predicate->literal.len != text.len)
                continue;
            if (text_matches(predicate, text))
                return true;
        }
    }
    return false;
}

// Numbers only, and the record has one integer: no list, no other spelling.
static bool is_plain_integer(const struct evaluation *e, const struct item *item)
{
    const struct field_value *value = field_first(&e->sm->slots, item->slot);
    return value && !value->next && json_type(value->json) == JSON_INT;
}

static bool integer_holds(const struct evaluation *e, const struct item *item)
{
    double number = json_double(field_first(&e->sm->slots, item->slot)->json);
    for (size_t i = 0; i < item->count; i++)
        if (item->predicates[i].value->number == number)
            return true;
    return false;
}

static bool item_test(struct evaluation *e, uint32_t number)
{
    const struct item *item = &e->sm->sp->items[number];
    bool is_scoped = e->scope.element.tape != NULL;
    uint32_t *stamp = &e->sm->item_stamp[number];
    if (!is_scoped && *stamp >> 1 == e->sm->generation)
        return *stamp & 1;
    if (item->is_indexed && !is_scoped)
        return false; // find_candidates has marked those that hold
    bool result;
    if (item->is_simple && item->part_count < ITEM_PARTS_LEAST) {
        result = simple_holds(e, item);
    } else if (item->is_plain_number && !is_scoped && is_plain_integer(e, item)) {
        result = integer_holds(e, item);
    } else if (item->node->is_keyword) {
        result = keywords_hold(e, item);
    } else {
        struct value_list list;
        item_values(e, item, &list);
        result = item_holds(e, item, &list);
    }
    if (!is_scoped)
        *stamp = e->sm->generation << 1 | result;
    return result;
}

static bool test_holds(struct evaluation *e, const struct test *test);

// One element (or every element) of the array satisfies the child.
static bool elements_hold(struct evaluation *e, const struct test *test)
{
    struct value_list list = {.count = 0};
    struct json outside = e->scope.element;
    if (outside.tape) {
        field_path_each(outside, test->origin->field, e->event->source, e->scope.scratch,
                        value_list_add, &list);
    } else {
        const struct field_value *value = field_first(&e->sm->slots, test->slot);
        for (; value && list.count < 256; value = field_next(&e->sm->slots, value))
            list.items[list.count++] = value->json;
    }
    size_t holding = 0;
    for (size_t i = 0; i < list.count; i++) {
        e->scope.element = list.items[i];
        holding += test_holds(e, test->children[0]);
    }
    e->scope.element = outside;
    return test->kind == NODE_ANY_ELEMENT ? holding > 0 : list.count && holding == list.count;
}

static bool test_holds(struct evaluation *e, const struct test *test)
{
    size_t holding = 0;
    switch (test->kind) {
    case NODE_TRUE:
        return true;
    case NODE_FALSE:
        return false;
    case NODE_ITEM:
        return item_test(e, test->item);
    case NODE_NOT:
        return !test_holds(e, test->children[0]);
    case NODE_AND:
        for (size_t i = 0; i < test->count; i++)
            if (!test_holds(e, test->ordered[i]))
                return false;
        return true;
    case NODE_OR:
        for (size_t i = 0; i < test->count; i++)
            if (test_holds(e, test->ordered[i]))
                return true;
        return false;
    case NODE_AT_LEAST:
        for (size_t i = 0; i < test->count && holding < test->needed; i++)
            holding += test_holds(e, test->ordered[i]);
        return holding >= test->needed;
    case NODE_ANY_ELEMENT:
    case NODE_ALL_ELEMENTS:
        return elements_hold(e, test);
    }
    return false;
}

static bool rule_holds(struct evaluation *e, const struct compiled_rule *rule)
{
    for (size_t i = 0; i < rule->count; i++)
        if (test_holds(e, rule->conditions[i]))
            return true;
    return false;
}

// ---- candidates -------------------------------------------------------------------------------

static void add_candidates(struct source_matcher *sm, const struct rule_ids *ids)
{
    for (uint32_t i = 0; i < ids->count; i++) {
        uint32_t rule = ids->at[i];
        if (sm->rule_stamp[rule] != sm->generation) {
            sm->rule_stamp[rule] = sm->generation;
            sm->candidates[sm->candidate_count++] = rule;
        }
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
    uint64_t hash = anchor_hash(str_of(lower, text.len));
    uint32_t at = (uint32_t)(hash >> 32) & index->exact_mask;
    while (index->exact[at].hash && index->exact[at].hash != hash)
        at = (at + 1) & index->exact_mask;
    if (index->exact[at].hash) {
        found_add(&found->rules, &index->exact[at].rules);
        found_add(&found->items, &index->exact[at].items);
    }
}

static int on_part(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                   void *context)
{
    (void)from, (void)to, (void)flags;
    struct found *found = context;
    found_add(&found->rules, &found->index->part_rules[id]);
    return 0;
}

static int on_regex(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context)
{
    (void)from, (void)to, (void)flags;
    struct found *found = context;
    found_add(&found->rules, &found->index->regex_rules[id]);
    return 0;
}

static void find_databases(struct evaluation *e, struct found *found, struct str text)
{
    struct slot_index *index = found->index;
    const struct index_databases *databases = index_databases_of(index);
    bool *has_scratch = &e->sm->has_scratch[index - e->sm->sp->indexes];
    if (!*has_scratch) {
        if (databases->parts)
            hs_alloc_scratch(databases->parts, &e->matcher->scratch);
        if (databases->regexes)
            hs_alloc_scratch(databases->regexes, &e->matcher->scratch);
        *has_scratch = true;
    }
    found_add(&found->rules, &databases->loose);
    if (databases->parts && text.len)
        hs_scan(databases->parts, text.at, (unsigned)text.len, 0, e->matcher->scratch, on_part,
                found);
    if (databases->regexes)
        hs_scan(databases->regexes, text.at ? text.at : "", (unsigned)text.len, 0,
                e->matcher->scratch, on_regex, found);
}

static void find_text_itself(struct evaluation *e, struct found *found, struct str text)
{
    if (found->index->exact)
        find_exact(found, text);
    if (found->index->part_count || found->index->regex_count)
        find_databases(e, found, text);
}

// The text, and its twin (a number's name, a name's number).
static void find_text(struct evaluation *e, struct found *found, struct str text)
{
    find_text_itself(e, found, text);
    if (found->index->is_twin)
        find_text_itself(e, found,
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

// The remembered look-up of the text, done now if it is not; NULL when it is not to be remembered.
static struct memory *remember(struct evaluation *e, uint32_t number, struct str text)
{
    if (text.len > MEMORY_TEXT_LIMIT)
        return NULL;
    struct memory **table = &e->sm->memories[number];
    if (!*table)
        *table = memory_new(MEMORY_SIZE * sizeof **table);
    struct memory *memory = &(*table)[hash_str(text) % MEMORY_SIZE];
    if (memory->is_used && memory->len == text.len && memcmp(memory->text, text.at, text.len) == 0)
        return memory;
    struct found found = {&e->sm->sp->indexes[number], memory->rules, memory->items};
    found.rules.count = found.items.count = 0;
    find_text(e, &found, text);
    memory->is_used = true;
    memory->len = (uint32_t)text.len;
    memcpy(memory->text, text.at, text.len);
    memory->rules = found.rules;
    memory->items = found.items;
    return memory;
}

static void candidates_of_text(struct evaluation *e, uint32_t number, struct str text)
{
    const struct memory *memory = remember(e, number, text);
    if (memory) {
        take_found(e->sm, &memory->rules, &memory->items);
        return;
    }
    struct found found = {.index = &e->sm->sp->indexes[number]};
    find_text(e, &found, text);
    take_found(e->sm, &found.rules, &found.items);
    free(found.rules.at);
    free(found.items.at);
}

static void candidates_of_value(struct evaluation *e, uint32_t number, struct json value)
{
    struct str text = value_text(value, &e->scope);
    if (!text.at)
        return;
    candidates_of_text(e, number, text);
    if (json_type(value) == JSON_DOUBLE) { // 1.0 equals 1
        char whole[40];
        int len = snprintf(whole, sizeof whole, "%.0f", json_double(value));
        if (len > 0 && (size_t)len < sizeof whole)
            candidates_of_text(e, number, str_of(whole, (size_t)len));
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
    if (index->exact || index->part_count || index->regex_count)
        for (; value; value = field_next(&e->sm->slots, value))
            candidates_of_value(e, number, value->json);
}

static void find_candidates(struct evaluation *e)
{
    struct source_matcher *sm = e->sm;
    sm->candidate_count = 0;
    add_candidates(sm, &sm->sp->always);
    for (uint32_t i = 0; i < sm->sp->index_count; i++) {
        if (sm->sp->indexes[i].slot != SLOT_NONE) {
            candidates_of_slot(e, i);
            continue;
        }
        struct found found = {.index = &sm->sp->indexes[i]};
        find_text(e, &found, text_region(e->event->record));
        find_text(e, &found, text_region(e->event->outer));
        take_found(sm, &found.rules, &found.items);
        free(found.rules.at);
        free(found.items.at);
    }
}

// ---- parts of the audit log -------------------------------------------------------------------

static bool is_alert_type(int64_t type)
{
    // Security & Compliance alerts and threat intelligence (Office 365 Management API, AuditLogRecordType).
    return type == 40 || type == 28 || type == 41 || type == 47 || type == 64;
}

static int64_t value_integer(const struct field_value *value)
{
    int64_t number = -1;
    if (!value)
        return -1;
    if (json_type(value->json) == JSON_STRING)
        return str_to_int64(json_str(value->json), &number) ? number : -1;
    return json_int(value->json);
}

static bool is_in_part(const struct source_matcher *sm, enum logsource_part part)
{
    struct str workload = field_text(&sm->slots, sm->sp->workload_slot);
    int64_t type = value_integer(field_first(&sm->slots, sm->sp->record_type_slot));
    switch (part) {
    case PART_ALL:
        return true;
    case PART_EXCHANGE:
        return str_equal_fold(workload, S("Exchange"));
    case PART_ALERTS:
        return str_equal_fold(workload, S("SecurityComplianceCenter")) || is_alert_type(type);
    case PART_RISK:
        return type == 294 || sm->sp->source != SOURCE_M365_AUDIT;
    case PART_NONE:
        return false;
    }
    return false;
}

// ---- running ----------------------------------------------------------------------------------

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static struct evaluation evaluation_of(struct matcher *matcher, const struct event *event)
{
    struct source_matcher *sm = &matcher->sources[event->source];
    return (struct evaluation){.matcher = matcher,
                               .sm = sm,
                               .event = event,
                               .scope = {.slots = &sm->slots,
                                         .event = event,
                                         .arena = &matcher->arena,
                                         .buf = &matcher->buf,
                                         .scratch = &matcher->path_scratch}};
}

// A new event: nothing of the last one holds.
static void forget(struct evaluation *e)
{
    struct source_matcher *sm = e->sm;
    if (++sm->generation >= UINT32_C(1) << 31) {
        memset(sm->item_stamp, 0, (sm->sp->item_count + 1) * sizeof *sm->item_stamp);
        memset(sm->rule_stamp, 0, (sm->sp->rule_count + 1) * sizeof *sm->rule_stamp);
        sm->generation = 1;
    }
    if (e->matcher->arena.used)
        arena_reset(&e->matcher->arena);
    if (e->matcher->path_scratch.parser_used) {
        e->matcher->path_scratch.parser_used = 0;
        arena_reset(&e->matcher->path_scratch.arena);
    }
}

void matcher_run(struct matcher *matcher, const struct event *event, matcher_matched *matched,
                 void *context)
{
    struct evaluation e = evaluation_of(matcher, event);
    forget(&e);
    find_candidates(&e);
    struct source_matcher *sm = e.sm;
    uint32_t count = 0;
    for (uint32_t i = 0; i < sm->candidate_count; i++) {
        const struct compiled_rule *rule = &sm->sp->rules[sm->candidates[i]];
        if (rule_holds(&e, rule) && (rule->part == PART_ALL || is_in_part(sm, rule->part)))
            sm->candidates[count++] = sm->candidates[i];
    }
    if (count > 1)
        qsort(sm->candidates, count, sizeof *sm->candidates, by_number);
    for (uint32_t i = 0; i < count; i++)
        matched(sm->sp->rules[sm->candidates[i]].rule, context);
}

struct text_visit {
    struct predicate_scope *scope;
    struct str text;
};

static bool text_visit(struct json value, void *context)
{
    struct text_visit *v = context;
    v->text = value_text(value, v->scope);
    return v->text.at == NULL;
}

static uint32_t slot_of_name(struct matcher *matcher, enum source_id source, struct str name)
{
    struct map *names = &matcher->names[source];
    struct map_entry *entry = map_find(names, name);
    if (!entry) {
        entry = map_add(names, arena_copy(&matcher->names_arena, name), NULL);
        entry->number = field_plan_find_name(matcher->program->sources[source].plan, name);
    }
    return (uint32_t)entry->number;
}

struct str matcher_field_text(struct matcher *matcher, const struct event *event, struct str field)
{
    struct evaluation e = evaluation_of(matcher, event);
    struct text_visit v = {&e.scope, {NULL, 0}};
    uint32_t slot = slot_of_name(matcher, event->source, field);
    if (slot == SLOT_NONE) {
        field_path_each(event->record, field, event->source, e.scope.scratch, text_visit, &v);
        return v.text;
    }
    const struct field_value *value = field_first(&e.sm->slots, slot);
    while (value && text_visit(value->json, &v))
        value = field_next(&e.sm->slots, value);
    if (!v.text.at && slot < FIELD_COUNT) {
        struct json derived = derived_value(&e, slot);
        if (derived.tape)
            v.text = arena_copy(&matcher->arena, json_str(derived));
    }
    return v.text;
}

const struct field_slots *matcher_slots(const struct matcher *matcher, enum source_id source)
{
    return &matcher->sources[source].slots;
}

// ---- explaining -------------------------------------------------------------------------------

struct explaining {
    struct evaluation *e;
    matcher_visit *visit;
    void *context;
};

static void explain_item(struct explaining *x, const struct test *test, int depth, bool result)
{
    struct value_list list = {.count = 0};
    struct str texts[256];
    const struct item *item = &x->e->sm->sp->items[test->item];
    if (!item->node->is_keyword)
        item_values(x->e, item, &list);
    for (size_t i = 0; i < list.count; i++) {
        texts[i] = value_text(list.items[i], &x->e->scope);
        if (!texts[i].at)
            texts[i] = S("null");
    }
    x->visit(test->origin, depth, result, texts, list.count, x->context);
}

static void explain_test(struct explaining *x, const struct test *test, int depth)
{
    bool result = test_holds(x->e, test);
    if (test->kind == NODE_ITEM) {
        explain_item(x, test, depth, result);
        return;
    }
    x->visit(test->origin, depth, result, NULL, 0, x->context);
    if (test->kind == NODE_ANY_ELEMENT || test->kind == NODE_ALL_ELEMENTS)
        return; // items inside are relative to elements: shown as one
    for (size_t i = 0; i < test->count; i++)
        explain_test(x, test->children[i], depth + 1);
}

void matcher_explain(struct matcher *matcher, const struct sigma_rule *rule,
                     const struct event *event, matcher_visit *visit, void *context)
{
    matcher_fill(matcher, event);
    struct evaluation e = evaluation_of(matcher, event);
    forget(&e);
    find_candidates(&e); // decides the indexed items
    struct explaining x = {&e, visit, context};
    for (uint32_t i = 0; i < e.sm->sp->rule_count; i++) {
        const struct compiled_rule *compiled = &e.sm->sp->rules[i];
        if (compiled->rule != rule)
            continue;
        for (size_t k = 0; k < compiled->count; k++)
            explain_test(&x, compiled->conditions[k], 0);
    }
}
