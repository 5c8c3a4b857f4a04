// Compiling a set of rules: for every source the tests of the rules meant for it, with items shared.
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdlib.h>

#include "base/map.h"
#include "event/derived.h"
#include "rule/program.h"

// State of compiling for one source.
struct compiling {
    struct rule_program *program;
    struct source_program *sp;
    struct map items; // canonical text of an item -> its number
    struct buf key;
};

struct str lower_copy(struct arena *arena, struct str text)
{
    struct str copy = arena_copy(arena, text);
    char *at = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < copy.len; i++)
        at[i] = ascii_lower(copy.at[i]);
    return str_of(at, text.len);
}

// ---- predicates -------------------------------------------------------------------------------

// Where the literal part of a pattern stands and what its wildcards make of it.
static void shape_pattern(const struct sigma_pattern *pattern, struct predicate *out)
{
    size_t len = pattern->text.len, stars = 0, questions = 0;
    for (size_t i = 0; pattern->wild && i < len; i++) {
        stars += pattern->wild[i] == '*';
        questions += pattern->wild[i] == '?';
    }
    bool starts = stars && pattern->wild[0] == '*';
    bool ends = stars && pattern->wild[len - 1] == '*';
    size_t at_ends = len == 1 ? starts : (size_t)starts + (size_t)ends;
    out->literal = pattern->text;
    if (questions || stars > at_ends) {
        out->shape = PATTERN_GLOB;
        return;
    }
    if (starts && len == 1) {
        out->shape = PATTERN_ANY;
        return;
    }
    out->literal = str_of(pattern->text.at + starts, len - at_ends);
    out->shape = starts && ends ? PATTERN_CONTAINS
                 : starts       ? PATTERN_SUFFIX
                 : ends         ? PATTERN_PREFIX
                                : PATTERN_EXACT;
}

// A keyword stands anywhere in a value: its pattern with a star on both sides.
static const struct sigma_value *keyword_value(struct arena *arena, const struct sigma_value *value)
{
    if (value->kind != VALUE_PATTERN && value->kind != VALUE_NUMBER)
        return value;
    struct sigma_value *copy = ARENA_NEW(arena, struct sigma_value);
    *copy = *value;
    struct str text = value->kind == VALUE_NUMBER ? value->text : value->pattern.text;
    size_t len = text.len;
    char *bytes = arena_alloc(arena, len + 3), *wild = arena_alloc(arena, len + 3);
    size_t n = 0;
    const char *old = value->kind == VALUE_PATTERN ? value->pattern.wild : NULL;
    if (!len || !old || old[0] != '*') {
        bytes[n] = wild[n] = '*';
        n++;
    }
    for (size_t i = 0; i < len; i++, n++) {
        bytes[n] = text.at[i];
        wild[n] = old ? old[i] : 0;
    }
    if (wild[n - 1] != '*') {
        bytes[n] = wild[n] = '*';
        n++;
    }
    copy->kind = VALUE_PATTERN;
    copy->pattern = (struct sigma_pattern){str_of(bytes, n), wild};
    return copy;
}

static struct regex *compile_regex(struct rule_program *program, const struct sigma_value *value)
{
    struct regex *regex = regex_new(value->text, value->regex_flags, NULL);
    if (!regex)
        return NULL; // sigma_read has refused those already
    ARRAY_GROW(program->regexes, program->regex_count, program->regex_capacity);
    return program->regexes[program->regex_count++] = regex;
}

static void compile_predicate(struct compiling *c, const struct sigma_node *node,
                              const struct sigma_value *value, bool is_scoped,
                              struct predicate *out)
{
    struct arena *arena = &c->program->arena;
    *out = (struct predicate){.value = value, .is_cased = node->is_cased, .slot = SLOT_NONE};
    if (node->is_keyword)
        out->value = value = keyword_value(arena, value);
    if (value->kind == VALUE_PATTERN) {
        shape_pattern(&value->pattern, out);
        if (!node->is_cased)
            out->literal = lower_copy(arena, out->literal);
    } else if (value->kind == VALUE_NUMBER) {
        bool is_whole = fabs(value->number) < 1e15 && value->number == floor(value->number);
        out->literal = arena_print(arena, is_whole ? "%.0f" : "%.15g", value->number);
    } else if (value->kind == VALUE_REGEX) {
        out->regex = compile_regex(c->program, value);
    } else if (value->kind == VALUE_FIELD && !is_scoped) {
        out->slot = field_plan_want_name(c->sp->plan, value->text);
    }
}

// ---- items ------------------------------------------------------------------------------------

// Two items with the same key ask the same of an event.
static struct str item_key(struct compiling *c, const struct sigma_node *node, bool is_scoped)
{
    struct buf *key = &c->key;
    buf_clear(key);
    buf_print(key, "%d%d%d%d%d|%zu|", node->is_all, node->is_cased, node->is_negated,
              node->is_keyword, is_scoped, node->value_count);
    buf_add(key, node->field);
    for (size_t i = 0; i < node->value_count; i++) {
        const struct sigma_value *v = &node->values[i];
        buf_print(key, "|%d.%d.%d.%d.%u.%d.%.17g.%zu.%zu:", v->kind, v->compare, v->part, v->shape,
                  v->regex_flags, v->boolean, v->number, v->text.len, v->pattern.text.len);
        buf_add(key, v->text);
        buf_add_char(key, ':');
        buf_add(key, v->pattern.text);
        if (v->pattern.wild)
            buf_add(key, str_of(v->pattern.wild, v->pattern.text.len));
    }
    return buf_str(key);
}

// Which predicates look for a text inside the field?
static void count_parts(struct item *item)
{
    for (size_t i = 0; i < item->count; i++) {
        struct predicate *predicate = &item->predicates[i];
        struct str literal = {"", 0};
        if (predicate->value->kind == VALUE_PATTERN)
            literal = pattern_literal(&predicate->value->pattern);
        // Keywords are looked for among the record's texts, where numbers do not stand.
        predicate->is_loose =
            literal.len < 2 || (item->node->is_keyword && literal_is_in_number(literal));
        item->part_count += !predicate->is_loose;
    }
    if (item->node->is_all)
        item->part_count = 0;
}

static uint32_t compile_item(struct compiling *c, const struct sigma_node *node, bool is_scoped)
{
    struct arena *arena = &c->program->arena;
    struct str key = item_key(c, node, is_scoped);
    struct map_entry *known = map_find(&c->items, key);
    if (known)
        return (uint32_t)known->number;
    struct source_program *sp = c->sp;
    ARRAY_GROW(sp->items, sp->item_count, sp->item_capacity);
    struct item *item = &sp->items[sp->item_count];
    *item = (struct item){.node = node, .field = node->field, .slot = SLOT_NONE};
    if (!node->is_keyword && !is_scoped)
        item->slot = field_plan_want_name(sp->plan, node->field);
    item->is_simple = !node->is_keyword && !is_scoped && !node->is_negated && !node->is_all;
    item->is_derived = item->slot < FIELD_COUNT && field_is_derived((enum field_id)item->slot);
    item->count = node->value_count;
    item->is_numbers_only = true;
    item->is_plain_number = item->is_simple;
    item->is_simple = item->is_simple && !item->is_derived;
    for (size_t i = 0; i < node->value_count; i++) {
        enum sigma_value_kind kind = node->values[i].kind;
        item->is_numbers_only = item->is_numbers_only && kind == VALUE_NUMBER;
        item->is_plain_number = item->is_plain_number && kind == VALUE_NUMBER;
        item->is_simple = item->is_simple && kind == VALUE_PATTERN;
    }
    item->predicates = ARENA_ARRAY(arena, struct predicate, node->value_count + 1);
    for (size_t i = 0; i < node->value_count; i++)
        compile_predicate(c, node, &node->values[i], is_scoped, &item->predicates[i]);
    count_parts(item);
    map_add(&c->items, arena_copy(arena, key), NULL)->number = sp->item_count;
    return sp->item_count++;
}

#define REMEMBERED 8 // texts met again are so many times cheaper, or more

// What it costs about to test one alternative of an item.
static unsigned value_cost(const struct sigma_value *value)
{
    switch (value->kind) {
    case VALUE_REGEX:
        return 50;
    case VALUE_PATTERN:
        return value->pattern.wild ? 6 : 1;
    case VALUE_CIDR:
    case VALUE_TIME_PART:
    case VALUE_FIELD:
        return 10;
    case VALUE_PLACEHOLDER:
        return 100;
    default:
        return 1;
    }
}

static unsigned item_cost(const struct item *item)
{
    const struct sigma_node *node = item->node;
    unsigned cost = node->is_keyword ? 200 : item->is_derived && !item->is_numbers_only ? 60 : 2;
    unsigned values = 0;
    for (size_t i = 0; i < node->value_count; i++)
        values += value_cost(&node->values[i]);
    // What a text came to is mostly remembered (rule/recall.h).
    return cost + (item->is_simple ? values / REMEMBERED : values);
}

static void order_children(struct arena *arena, struct test *test)
{
    test->ordered = ARENA_ARRAY(arena, struct test *, test->count + 1);
    for (size_t i = 0; i < test->count; i++) { // few: insertion keeps equal ones in order
        size_t at = i;
        for (; at > 0 && test->ordered[at - 1]->cost > test->children[i]->cost; at--)
            test->ordered[at] = test->ordered[at - 1];
        test->ordered[at] = test->children[i];
        test->cost += test->children[i]->cost;
    }
}

static struct test *compile_node(struct compiling *c, const struct sigma_node *node, bool is_scoped)
{
    struct test *test = ARENA_NEW(&c->program->arena, struct test);
    test->kind = node->kind;
    test->origin = node;
    test->needed = node->needed;
    test->slot = SLOT_NONE;
    bool is_scope = node->kind == NODE_ANY_ELEMENT || node->kind == NODE_ALL_ELEMENTS;
    if (node->kind == NODE_ITEM)
        test->item = compile_item(c, node, is_scoped);
    if (is_scope && !is_scoped)
        test->slot = field_plan_want_name(c->sp->plan, node->field);
    test->count = node->count;
    test->children = ARENA_ARRAY(&c->program->arena, struct test *, node->count + 1);
    for (size_t i = 0; i < node->count; i++)
        test->children[i] = compile_node(c, node->children[i], is_scoped || is_scope);
    test->cost = node->kind == NODE_ITEM ? item_cost(&c->sp->items[test->item])
                 : is_scope              ? 300
                                         : 0;
    order_children(&c->program->arena, test);
    return test;
}

// ---- sources ----------------------------------------------------------------------------------

static void compile_rule(struct compiling *c, const struct sigma_rule *rule,
                         enum logsource_part part)
{
    struct source_program *sp = c->sp;
    ARRAY_GROW(sp->rules, sp->rule_count, sp->rule_capacity);
    struct compiled_rule *out = &sp->rules[sp->rule_count++];
    *out = (struct compiled_rule){.rule = rule, .part = part, .count = rule->condition_count};
    out->conditions = ARENA_ARRAY(&c->program->arena, struct test *, rule->condition_count + 1);
    for (size_t i = 0; i < rule->condition_count; i++)
        out->conditions[i] = compile_node(c, rule->conditions[i], false);
    steps_compile(&c->program->arena, out);
    if (part != PART_ALL)
        sp->has_parts = true;
}

// Correlations ask for fields of the events that match: they are filled with the others.
static void want_correlation_fields(struct field_plan *plan, const struct sigma_set *set)
{
    for (size_t i = 0; i < set->correlation_count; i++) {
        const struct sigma_correlation *correlation = set->correlations[i];
        for (size_t k = 0; k < correlation->group_by_count; k++)
            field_plan_want_name(plan, correlation->group_by[k]);
        for (size_t k = 0; k < correlation->field_count; k++)
            field_plan_want_name(plan, correlation->fields[k]);
        for (size_t a = 0; a < correlation->alias_count; a++)
            for (size_t k = 0; k < correlation->source_count; k++)
                if (correlation->aliases[a].fields[k].len)
                    field_plan_want_name(plan, correlation->aliases[a].fields[k]);
    }
}

static void compile_source(struct rule_program *program, struct sigma_set *set,
                           enum source_id source, const struct logsource_route *routes,
                           const struct field_wants *wants)
{
    struct source_program *sp = &program->sources[source];
    struct compiling c = {.program = program, .sp = sp};
    sp->source = source;
    sp->plan = field_plan_new(source);
    map_init(&c.items);
    buf_init(&c.key);
    for (size_t i = 0; i < set->rule_count; i++) {
        if (routes[i].parts[source] != PART_NONE)
            compile_rule(&c, set->rules[i], routes[i].parts[source]);
    }
    map_done(&c.items);
    buf_done(&c.key);
    for (size_t i = 0; wants && i < wants[source].count; i++)
        field_plan_want(sp->plan, wants[source].fields[i]);
    if (wants && wants[source].also)
        wants[source].also(sp->plan);
    if (sp->rule_count)
        want_correlation_fields(sp->plan, set);
    sp->workload_slot = field_plan_want(sp->plan, FIELD_Workload);
    sp->record_type_slot = field_plan_want(sp->plan, FIELD_RecordType);
    anchors_build(program, sp);
}

struct rule_program *rule_compile(struct sigma_set *set, const struct sigma_logsource *narrow,
                                  const struct field_wants *wants)
{
    struct rule_program *program = memory_new(sizeof *program);
    program->set = set;
    arena_init(&program->arena);
    struct logsource_route *routes = memory_new((set->rule_count + 1) * sizeof *routes);
    for (size_t i = 0; i < set->rule_count; i++) {
        routes[i] = logsource_route(&set->rules[i]->logsource, narrow);
        set->rules[i]->is_logsource_known = routes[i].is_known;
    }
    for (int s = 0; s < SOURCE_COUNT; s++)
        compile_source(program, set, (enum source_id)s, routes, wants);
    free(routes);
    return program;
}

void rule_program_free(struct rule_program *program)
{
    if (!program)
        return;
    for (int s = 0; s < SOURCE_COUNT; s++) {
        struct source_program *sp = &program->sources[s];
        anchors_free(sp);
        field_plan_free(sp->plan);
        free(sp->items);
        free(sp->rules);
    }
    for (size_t i = 0; i < program->regex_count; i++)
        regex_free(program->regexes[i]);
    free(program->regexes);
    arena_done(&program->arena);
    free(program);
}

struct field_plan *rule_program_plan(const struct rule_program *program, enum source_id source)
{
    return program->sources[source].plan;
}
