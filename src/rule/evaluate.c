// Evaluating rules on an event: items against values, conditions against items.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "event/derived.h"
#include "rule/matcher.h"

// Derived fields have no place in the record: their text is made when a rule asks.
struct json derived_value(struct evaluation *e, uint32_t slot)
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

// Texts are numbered as the predicates that look for them.
static struct needles *item_needles_new(const struct item *item)
{
    struct str *texts = memory_new((item->count + 1) * sizeof *texts);
    for (size_t i = 0; i < item->count; i++)
        if (!item->predicates[i].is_loose)
            texts[i] = pattern_literal(&item->predicates[i].value->pattern);
    struct needles *needles = needles_new(texts, (uint32_t)item->count);
    free(texts);
    return needles;
}

// What finds an item's many texts, or NULL: few texts, or not tested often enough yet.
static struct item_parts *parts_of(struct evaluation *e, const struct item *item)
{
    if (item->part_count < ITEM_PARTS_LEAST)
        return NULL;
    struct item_parts *parts = &e->sm->parts[item - e->sm->sp->items];
    if (!parts->needles && ++parts->tests < ITEM_PARTS_AFTER)
        return NULL;
    if (!parts->needles)
        parts->needles = item_needles_new(item);
    return parts;
}

// Adds the texts of the value, keys left out, a zero byte behind each.
static void add_texts(struct buf *out, struct json value, int depth)
{
    if (depth > JSON_DEPTH_LIMIT)
        return;
    switch (json_type(value)) {
    case JSON_OBJECT:
        for (struct json_member m = json_members(value); json_member_next(&m);)
            add_texts(out, m.value, depth + 1);
        break;
    case JSON_ARRAY:
        for (struct json_element el = json_elements(value); json_element_next(&el);)
            add_texts(out, el.value, depth + 1);
        break;
    case JSON_STRING:
        buf_add(out, json_str(value));
        buf_add_char(out, 0);
        break;
    default:
        break;
    }
}

struct str event_texts(struct evaluation *e)
{
    struct source_matcher *sm = e->sm;
    field_trace_all(&sm->slots);
    if (sm->texts_of != sm->generation) {
        buf_clear(&sm->texts);
        add_texts(&sm->texts, e->event->record, 0);
        add_texts(&sm->texts, e->event->outer, 0);
        sm->texts_of = sm->generation;
    }
    return buf_str(&sm->texts);
}

struct parts_hit {
    const struct item *item;
    struct str text;
    bool is_met;
};

static bool on_item_part(uint32_t number, void *context)
{
    struct parts_hit *hit = context;
    hit->is_met = text_matches(&hit->item->predicates[number], hit->text);
    return !hit->is_met; // stop at the first
}

static bool text_has_part(const struct item_parts *parts, const struct item *item, struct str text)
{
    struct parts_hit hit = {.item = item, .text = text};
    needles_find(parts->needles, text, on_item_part, &hit);
    return hit.is_met;
}

// Does one of the item's many texts stand in one of the values?
static bool parts_hold(struct evaluation *e, const struct item_parts *parts,
                       const struct item *item, const struct value_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct str text = value_text(list->items[i], &e->scope);
        if (text.len && text_has_part(parts, item, text))
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

static bool on_keyword(uint32_t number, void *context)
{
    struct keyword_hit *hit = context;
    const struct predicate *predicate = &hit->item->predicates[number];
    const struct event *event = hit->e->event;
    hit->is_met = keyword_holds(hit->e, predicate, event->record, 0) ||
                  keyword_holds(hit->e, predicate, event->outer, 0);
    return !hit->is_met;
}

// Many keywords, of which one is enough: only those found somewhere in the record's text are looked
// for in its values.
static bool keyword_parts_hold(struct evaluation *e, const struct item_parts *parts,
                               const struct item *item)
{
    struct keyword_hit hit = {.e = e, .item = item};
    needles_find(parts->needles, event_texts(e), on_keyword, &hit);
    for (size_t i = 0; i < item->count && !hit.is_met; i++)
        if (item->predicates[i].is_loose)
            on_keyword((uint32_t)i, &hit);
    return hit.is_met;
}

static bool keywords_hold(struct evaluation *e, const struct item *item)
{
    field_trace_all(&e->sm->slots);
    const struct item_parts *parts = parts_of(e, item);
    if (parts)
        return keyword_parts_hold(e, parts, item) != item->node->is_negated;
    bool result = item->node->is_all;
    for (size_t i = 0; i < item->count && result == item->node->is_all; i++)
        result = keyword_holds(e, &item->predicates[i], e->event->record, 0) ||
                 keyword_holds(e, &item->predicates[i], e->event->outer, 0);
    return result != item->node->is_negated;
}

void item_values(struct evaluation *e, const struct item *item, struct value_list *list)
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

// The same with many texts looked for at once.
static bool simple_parts_hold(struct evaluation *e, const struct item_parts *parts,
                              const struct item *item)
{
    const struct field_value *value = field_first(&e->sm->slots, item->slot);
    for (; value; value = field_next(&e->sm->slots, value)) {
        struct str text = value_text(value->json, &e->scope);
        if (text.len && text_has_part(parts, item, text))
            return true;
        for (size_t i = 0; text.at && i < item->count; i++)
            if (item->predicates[i].is_loose && text_matches(&item->predicates[i], text))
                return true;
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

static bool item_evaluate(struct evaluation *e, const struct item *item)
{
    bool is_scoped = e->scope.element.tape != NULL;
    if (item->is_simple) {
        const struct item_parts *parts = parts_of(e, item);
        return parts ? simple_parts_hold(e, parts, item) : simple_holds(e, item);
    }
    if (item->is_plain_number && !is_scoped && is_plain_integer(e, item))
        return integer_holds(e, item);
    if (item->node->is_keyword)
        return keywords_hold(e, item);
    struct value_list list;
    item_values(e, item, &list);
    return item_holds(e, item, &list);
}

// The text that decides the item alone, or NULL: none, several, or not to be remembered.
static struct recalled *recalled_of(struct evaluation *e, const struct item *item)
{
    const struct field_value *value =
        item->is_of_text ? field_first(&e->sm->slots, item->slot) : NULL;
    if (!value || value->next || json_type(value->json) != JSON_STRING)
        return NULL;
    return recall_find(&e->sm->recall, item->slot, json_str(value->json), true, e->sm->generation);
}

static bool item_decide(struct evaluation *e, const struct item *item)
{
    if (item->is_simple && !field_first(&e->sm->slots, item->slot))
        return false;
    struct recalled *entry = recalled_of(e, item);
    unsigned verdict = entry ? recalled_verdict(entry, item->place) : 0;
    if (verdict)
        return verdict & VERDICT_HOLDS;
    bool holds = item_evaluate(e, item);
    if (entry)
        recall_keep_verdict(&e->sm->recall, entry, item->place, e->sm->sp->text_items[item->slot],
                            holds);
    return holds;
}

static bool item_test(struct evaluation *e, uint32_t number)
{
    const struct item *item = &e->sm->sp->items[number];
    if (e->scope.element.tape)
        return item_evaluate(e, item);
    uint32_t *stamp = &e->sm->item_stamp[number];
    if (*stamp >> 1 == e->sm->generation)
        return *stamp & 1;
    if (item->is_indexed)
        return false; // candidates_find has marked those that hold
    bool result = item_decide(e, item);
    *stamp = e->sm->generation << 1 | result;
    return result;
}

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

bool test_holds(struct evaluation *e, const struct test *test)
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

bool rule_holds(struct evaluation *e, const struct compiled_rule *rule)
{
    uint32_t at = rule->first_step;
    while (at < STEP_NO) {
        const struct step *step = &rule->steps[at];
        bool holds = step->tree ? test_holds(e, step->tree) : item_test(e, step->item);
        at = holds ? step->yes : step->no;
    }
    return at == STEP_YES;
}
