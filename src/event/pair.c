// Pairs in each of their shapes.
// SPDX-License-Identifier: Apache-2.0
#include "event/pair.h"

#include "event/field_tree.h"

#define PAIR_DEPTH 4 // of lists in lists

static struct str value_text(struct json value)
{
    switch (json_type(value)) {
    case JSON_STRING:
        return json_str(value);
    case JSON_TRUE:
        return S("True");
    case JSON_FALSE:
        return S("False");
    case JSON_ARRAY:
        for (struct json_element e = json_elements(value); json_element_next(&e);)
            if (json_type(e.value) == JSON_STRING)
                return json_str(e.value);
        return S("");
    default:
        return S("");
    }
}

static void visit_object(struct json object, pair_visit visit, void *context)
{
    struct bag_element bag = bag_element_of(object);
    if (bag.name.len && bag.value.tape) {
        visit(bag.name, value_text(bag.value), context);
        return;
    }
    for (struct json_member m = json_members(object); json_member_next(&m);) {
        struct json value = m.value;
        if (json_type(value) == JSON_OBJECT)
            value = bag_element_of(value).value;
        visit(m.key, value_text(value), context);
    }
}

static void visit_list(struct field_slots *slots, struct json list, int depth, pair_visit visit,
                       void *context)
{
    if (json_type(list) == JSON_OBJECT)
        visit_object(list, visit, context);
    if (json_type(list) == JSON_ARRAY && depth < PAIR_DEPTH)
        for (struct json_element e = json_elements(list); json_element_next(&e);)
            visit_list(slots, e.value, depth + 1, visit, context);
    if (json_type(list) == JSON_STRING && depth < PAIR_DEPTH) {
        struct json inner = slots_parse(slots, json_str(list));
        if (inner.tape)
            visit_list(slots, inner, depth + 1, visit, context);
    }
}

void pair_each(const struct field_slots *slots, enum field_id field, pair_visit visit,
               void *context)
{
    // The slots keep what is parsed out of texts, as field_resolve has them do.
    for (const struct field_value *v = field_first(slots, field); v; v = field_next(slots, v))
        visit_list((struct field_slots *)(uintptr_t)slots, v->json, 0, visit, context);
}
