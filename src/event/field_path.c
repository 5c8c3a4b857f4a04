// One path through a value, the slow way: for elements of arrays, placeholders and explanations.
// SPDX-License-Identifier: Apache-2.0
#include "event/field_tree.h"

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
