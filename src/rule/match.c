// Matching an event: from its fields to candidate rules, from candidates to matches.
// SPDX-License-Identifier: Apache-2.0
#include "rule/match.h"

#include <stdlib.h>

#include "event/derived.h"
#include "rule/matcher.h"

static void source_matcher_init(struct matcher *matcher, int s)
{
    struct source_program *sp = &matcher->program->sources[s];
    struct source_matcher *sm = &matcher->sources[s];
    sm->sp = sp;
    buf_init(&sm->texts);
    field_slots_init(&sm->slots, sp->plan);
    sm->item_stamp = memory_new((sp->item_count + 1) * sizeof *sm->item_stamp);
    sm->parts = memory_new((sp->item_count + 1) * sizeof *sm->parts);
    sm->rule_stamp = memory_new((sp->rule_count + 1) * sizeof *sm->rule_stamp);
    sm->candidates = memory_new((sp->rule_count + 1) * sizeof *sm->candidates);
    sm->shapes = memory_new(SHAPE_INDEXES * sizeof *sm->shapes);
    recall_init(&sm->recall, field_plan_slot_count(sp->plan), RECALL_MEMORY_LIMIT);
    memo_init(&sm->memo);
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

void matcher_free(struct matcher *matcher)
{
    if (!matcher)
        return;
    for (int s = 0; s < SOURCE_COUNT; s++) {
        struct source_matcher *sm = &matcher->sources[s];
        field_slots_done(&sm->slots);
        free(sm->item_stamp);
        for (uint32_t i = 0; i < sm->sp->item_count; i++)
            needles_free(sm->parts[i].needles);
        free(sm->parts);
        free(sm->rule_stamp);
        free(sm->candidates);
        for (uint32_t i = 0; i < SHAPE_INDEXES; i++)
            free(sm->shapes[i].at);
        free(sm->shapes);
        recall_done(&sm->recall);
        memo_done(&sm->memo);
        free(sm->found_rules.at);
        free(sm->found_items.at);
        buf_done(&sm->texts);
        map_done(&matcher->names[s]);
    }
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
        recall_begin(&sm->recall);
        sm->texts_of = 0;
        sm->generation = 1;
    }
    if (e->matcher->arena.used)
        arena_reset(&e->matcher->arena);
    if (e->matcher->path_scratch.parser_used) {
        e->matcher->path_scratch.parser_used = 0;
        arena_reset(&e->matcher->path_scratch.arena);
    }
}

// Leaves the numbers of the rules that hold, in order, in sm->candidates.
static uint32_t evaluate(struct evaluation *e)
{
    struct source_matcher *sm = e->sm;
    uint32_t count = 0;
    candidates_find(e);
    for (uint32_t i = 0; i < sm->candidate_count; i++) {
        const struct compiled_rule *rule = &sm->sp->rules[sm->candidates[i]];
        if (rule_holds(e, rule) && (rule->part == PART_ALL || is_in_part(sm, rule->part)))
            sm->candidates[count++] = sm->candidates[i];
    }
    if (count > 1)
        qsort(sm->candidates, count, sizeof *sm->candidates, by_number);
    return count;
}

// The rules that hold, as known from records before or found out now.
static struct memo_rules rules_of(struct evaluation *e)
{
    struct source_matcher *sm = e->sm;
    struct field_trace trace;
    bool is_worth;
    const struct memo_rules *known = memo_find(&sm->memo, &sm->slots, e->event, &is_worth);
    if (known)
        return *known;
    bool is_traced = is_worth && field_trace_begin(&sm->slots, &trace);
    struct memo_rules rules = {sm->candidates, evaluate(e)};
    if (is_traced) {
        field_trace_end(&sm->slots);
        memo_keep(&sm->memo, &sm->slots, e->event, &trace, rules);
    }
    return rules;
}

void matcher_run(struct matcher *matcher, const struct event *event, matcher_matched *matched,
                 void *context)
{
    struct evaluation e = evaluation_of(matcher, event);
    forget(&e);
    struct memo_rules rules = rules_of(&e);
    for (uint32_t i = 0; i < rules.count; i++)
        matched(e.sm->sp->rules[rules.at[i]].rule, context);
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
    candidates_find(&e); // decides the indexed items
    struct explaining x = {&e, visit, context};
    for (uint32_t i = 0; i < e.sm->sp->rule_count; i++) {
        const struct compiled_rule *compiled = &e.sm->sp->rules[i];
        if (compiled->rule != rule)
            continue;
        for (size_t k = 0; k < compiled->count; k++)
            explain_test(&x, compiled->conditions[k], 0);
    }
}
