// Detections: selections (maps, lists, keywords, element scopes) as trees, then their conditions.
// SPDX-License-Identifier: Apache-2.0
#include "rule/condition.h"
#include "rule/sigma_reader.h"

#define SELECTION_LIMIT 10000 // of one detection

// Where items stand: at the top their fields are the event's and values alone are keywords; inside
// field[any] they belong to the element, and values alone are compared with the element itself.
enum place { AT_EVENT, AT_ELEMENT };

static struct sigma_node *detection_node(struct sigma_reader *reader, const struct yaml *yaml,
                                         enum place place);

// ---- nodes -------------------------------------------------------------------------------------

static struct sigma_node *node_new(struct sigma_reader *reader, enum sigma_node_kind kind,
                                   const struct yaml *at)
{
    struct sigma_node *node = ARENA_NEW(&reader->set->arena, struct sigma_node);
    node->kind = kind;
    node->line = at->line;
    node->column = at->column;
    return node;
}

static void node_add(struct sigma_reader *reader, struct node_list *list, struct sigma_node *node)
{
    ARENA_GROW(&reader->set->arena, list->items, list->count, list->capacity);
    list->items[list->count++] = node;
}

static struct sigma_node *node_join(struct sigma_reader *reader, enum sigma_node_kind kind,
                                    const struct yaml *at, const struct node_list *list)
{
    if (list->count == 1)
        return list->items[0];
    struct sigma_node *node = node_new(reader, kind, at);
    node->children = list->items;
    node->count = list->count;
    return node;
}

// ---- items -------------------------------------------------------------------------------------

// What stands before the values of an item.
struct item_key {
    const struct yaml *yaml; // for places
    struct str field;
    struct modifier_chain chain;
    bool is_keyword;
};

struct item_values {
    struct value_list list;
    size_t *ends; // per scalar: how many values it and those before it gave
    size_t scalar_count, capacity;
};

static bool read_values(struct sigma_reader *reader, const struct item_key *key,
                        const struct yaml *yaml, struct item_values *out)
{
    if (yaml->kind == YAML_SCALAR) {
        bool is_good = sigma_value_read(reader, &key->chain, yaml, key->is_keyword, &out->list);
        ARENA_GROW(&reader->set->arena, out->ends, out->scalar_count, out->capacity);
        out->ends[out->scalar_count++] = out->list.count;
        return is_good;
    }
    if (yaml->kind == YAML_MAPPING)
        return sigma_fail(reader, yaml->line, yaml->column,
                          "a mapping cannot be the value of '%s'; write '%s.name: value', or "
                          "'%s[any]:' for the elements of a list",
                          sigma_quote(reader, key->yaml->text), sigma_quote(reader, key->field),
                          sigma_quote(reader, key->field));
    if (yaml->count == 0)
        return sigma_fail(reader, yaml->line, yaml->column, "the list of '%s' is empty",
                          sigma_quote(reader, key->yaml->text));
    bool is_good = true; // every value's problems are told
    for (const struct yaml *item = yaml->first; item; item = item->next) {
        is_good &= read_values(reader, key, item, out);
        if (!is_good && (out->list.count == SIGMA_VALUE_LIMIT || sigma_is_full(reader)))
            return false; // once is enough
    }
    return is_good;
}

static struct sigma_node *item_node(struct sigma_reader *reader, const struct item_key *key,
                                    struct str field, struct sigma_value *values, size_t count)
{
    struct sigma_node *node = node_new(reader, NODE_ITEM, key->yaml);
    node->field = field;
    node->values = values;
    node->value_count = count;
    node->is_cased = key->chain.kinds & KIND_CASE;
    node->is_negated = key->chain.kinds & KIND_NEGATE;
    node->is_keyword = key->is_keyword;
    return node;
}

// `all` over values that have alternatives: one item for each value.
static struct sigma_node *all_of_alternatives(struct sigma_reader *reader,
                                              const struct item_key *key, struct str field,
                                              const struct item_values *values)
{
    struct node_list list = {0};
    for (size_t i = 0, start = 0; i < values->scalar_count; start = values->ends[i++])
        node_add(
            reader, &list,
            item_node(reader, key, field, values->list.items + start, values->ends[i] - start));
    return node_join(reader, NODE_AND, key->yaml, &list);
}

static struct sigma_node *read_item(struct sigma_reader *reader, const struct item_key *key,
                                    const struct yaml *yaml)
{
    struct item_values values = {0};
    if (!read_values(reader, key, yaml, &values))
        return NULL;
    bool is_all = key->chain.kinds & KIND_LIST;
    if (is_all && values.scalar_count == 1)
        sigma_warn(reader, key->yaml->line, key->yaml->column,
                   "'all' changes nothing: '%s' has one value",
                   sigma_quote(reader, key->yaml->text));
    if ((key->chain.kinds & KIND_EXISTS) && values.scalar_count > 1) {
        sigma_fail(reader, yaml->line, yaml->column, "'exists' needs one value: true or false");
        return NULL;
    }
    struct str field = arena_copy(&reader->set->arena, key->field);
    // With neq none of the values may match, so that all of them and one of them are the same.
    is_all = is_all && values.scalar_count > 1 && !(key->chain.kinds & KIND_NEGATE);
    if (is_all && values.list.count != values.scalar_count)
        return all_of_alternatives(reader, key, field, &values);
    struct sigma_node *node = item_node(reader, key, field, values.list.items, values.list.count);
    node->is_all = is_all;
    return node;
}

// ---- element scopes ----------------------------------------------------------------------------

// Finds the first "[any]" or "[all]" that ends a step of the path: "a[any].b" is a, any, b.
static bool split_scope(struct str field, struct str *array, bool *is_all, struct str *rest)
{
    for (size_t i = 1; i + 5 <= field.len; i++) {
        struct str mark = str_of(field.at + i, 5);
        bool is_end = i + 5 == field.len || field.at[i + 5] == '.';
        if (!is_end || (!str_equal_fold(mark, S("[any]")) && !str_equal_fold(mark, S("[all]"))))
            continue;
        *array = str_of(field.at, i);
        *is_all = str_equal_fold(mark, S("[all]"));
        *rest = i + 5 == field.len ? str_of("", 0) : str_of(field.at + i + 6, field.len - i - 6);
        return true;
    }
    return false;
}

static bool has_mapping(const struct yaml *yaml)
{
    if (yaml->kind == YAML_LIST)
        for (const struct yaml *item = yaml->first; item; item = item->next)
            if (has_mapping(item))
                return true;
    return yaml->kind == YAML_MAPPING;
}

#define SCOPE_LIMIT 16 // [any] and [all] in one field name

static struct sigma_node *read_scoped(struct sigma_reader *reader, struct item_key *key,
                                      const struct yaml *yaml, int depth)
{
    struct str array, rest;
    bool is_all;
    if (!split_scope(key->field, &array, &is_all, &rest)) {
        key->is_keyword = false;
        if (depth > 0 && key->field.len == 0 && has_mapping(yaml)) {
            if (!key->chain.kinds)
                return detection_node(reader, yaml, AT_ELEMENT);
            sigma_fail(reader, key->yaml->line, key->yaml->column,
                       "modifiers belong to the fields inside '%s'",
                       sigma_quote(reader, key->yaml->text));
            return NULL;
        }
        return read_item(reader, key, yaml);
    }
    if (depth == SCOPE_LIMIT) {
        sigma_fail(reader, key->yaml->line, key->yaml->column, "more than %d [any] and [all]",
                   SCOPE_LIMIT);
        return NULL;
    }
    key->field = rest;
    struct node_list list = {0};
    struct sigma_node *child = read_scoped(reader, key, yaml, depth + 1);
    if (!child)
        return NULL;
    node_add(reader, &list, child);
    struct sigma_node *node =
        node_new(reader, is_all ? NODE_ALL_ELEMENTS : NODE_ANY_ELEMENT, key->yaml);
    node->field = arena_copy(&reader->set->arena, array);
    node->children = list.items;
    node->count = 1;
    return node;
}

// ---- maps and lists ----------------------------------------------------------------------------

static struct sigma_node *read_member(struct sigma_reader *reader, const struct yaml *member,
                                      enum place place)
{
    struct item_key key = {.yaml = member};
    size_t bar = str_index(member->text, '|');
    bool has_modifiers = bar < member->text.len;
    key.field = str_trim(str_of(member->text.at, bar));
    struct str rest = {NULL, 0};
    if (has_modifiers)
        rest = str_of(member->text.at + bar + 1, member->text.len - bar - 1);
    if (!modifier_chain_read(reader, member, rest, has_modifiers, &key.chain))
        return NULL;
    if (key.field.len > 0 || place == AT_ELEMENT)
        return read_scoped(reader, &key, member->value, 0);
    const unsigned refused =
        KIND_NEGATE | KIND_EXISTS | KIND_CIDR | KIND_FIELD | KIND_COMPARE | KIND_TIME;
    if ((key.chain.kinds & refused) ||
        ((key.chain.kinds & KIND_SHAPE) && key.chain.shape != SHAPE_CONTAINS)) {
        sigma_fail(reader, member->line, member->column,
                   "'%s' needs the name of a field before it: keywords are searched everywhere",
                   sigma_quote(reader, member->text));
        return NULL;
    }
    // Keywords are searched unanchored: contains adds nothing.
    key.chain.shape = SHAPE_EQUALS;
    key.is_keyword = true;
    if (has_mapping(member->value) && !key.chain.kinds)
        return detection_node(reader, member->value, place);
    return read_item(reader, &key, member->value);
}

static struct sigma_node *read_mapping(struct sigma_reader *reader, const struct yaml *yaml,
                                       enum place place)
{
    struct node_list list = {0};
    bool is_good = true;
    for (const struct yaml *member = yaml->first; member; member = member->next) {
        struct sigma_node *node = read_member(reader, member, place);
        if (node)
            node_add(reader, &list, node);
        else
            is_good = false;
    }
    return is_good ? node_join(reader, NODE_AND, yaml, &list) : NULL;
}

// Values without a field: keywords, or the element itself. All scalars of a list are one item.
static struct sigma_node *read_bare(struct sigma_reader *reader, const struct yaml *yaml,
                                    enum place place)
{
    struct item_key key = {.yaml = yaml, .field = str_of("", 0), .is_keyword = place == AT_EVENT};
    struct value_list values = {0};
    bool is_good = true;
    if (yaml->kind == YAML_SCALAR)
        is_good = sigma_value_read(reader, &key.chain, yaml, key.is_keyword, &values);
    else
        for (const struct yaml *item = yaml->first; item; item = item->next)
            if (item->kind == YAML_SCALAR)
                is_good &= sigma_value_read(reader, &key.chain, item, key.is_keyword, &values);
    return is_good ? item_node(reader, &key, key.field, values.items, values.count) : NULL;
}

static struct sigma_node *read_list(struct sigma_reader *reader, const struct yaml *yaml,
                                    enum place place)
{
    struct node_list list = {0};
    bool is_good = true, has_bare = false;
    for (const struct yaml *item = yaml->first; item; item = item->next) {
        struct sigma_node *node;
        if (item->kind != YAML_SCALAR) {
            node = detection_node(reader, item, place);
        } else if (!has_bare) {
            has_bare = true;
            node = read_bare(reader, yaml, place);
        } else {
            continue;
        }
        if (node)
            node_add(reader, &list, node);
        else
            is_good = false;
    }
    return is_good ? node_join(reader, NODE_OR, yaml, &list) : NULL;
}

static struct sigma_node *detection_node(struct sigma_reader *reader, const struct yaml *yaml,
                                         enum place place)
{
    if (yaml->kind == YAML_SCALAR)
        return read_bare(reader, yaml, place);
    if (yaml->count == 0) {
        sigma_fail(reader, yaml->line, yaml->column, "an empty %s selects nothing",
                   yaml->kind == YAML_LIST ? "list" : "mapping");
        return NULL;
    }
    return yaml->kind == YAML_LIST ? read_list(reader, yaml, place)
                                   : read_mapping(reader, yaml, place);
}

// ---- selections and conditions -----------------------------------------------------------------

struct selections {
    struct condition_name *names;
    size_t count, capacity;
    struct map lookup;
    const struct yaml **yaml; // keys, for places
    size_t yaml_capacity;
};

static bool read_selection(struct sigma_reader *reader, const struct yaml *key,
                           struct selections *out)
{
    if (out->count == SELECTION_LIMIT)
        return sigma_fail(reader, key->line, key->column, "more than %d selections",
                          SELECTION_LIMIT);
    if (yaml_is_null(key->value))
        return sigma_fail(reader, key->line, key->column, "selection '%s' is empty",
                          sigma_quote(reader, key->text));
    struct sigma_node *node = detection_node(reader, key->value, AT_EVENT);
    if (!node)
        return false;
    struct arena *arena = &reader->set->arena;
    node->name = arena_copy(arena, key->text);
    size_t capacity = out->capacity;
    ARENA_GROW(arena, out->names, out->count, capacity);
    ARENA_GROW(arena, out->yaml, out->count, out->capacity);
    out->names[out->count] = (struct condition_name){.name = node->name, .node = node};
    out->yaml[out->count] = key;
    map_add(&out->lookup, node->name, NULL)->number = out->count;
    out->count++;
    return true;
}

struct place_of_warning {
    struct sigma_reader *reader;
    const struct yaml *at;
};

static void warn_of_condition(const char *text, void *context)
{
    const struct place_of_warning *place = context;
    sigma_warn(place->reader, place->at->line, place->at->column, "%s", text);
}

static struct sigma_node *read_condition(struct sigma_reader *reader, const struct yaml *yaml,
                                         struct selections *selections)
{
    if (yaml->kind != YAML_SCALAR) {
        sigma_fail(reader, yaml->line, yaml->column, "a condition must be text");
        return NULL;
    }
    struct place_of_warning place = {reader, yaml};
    struct condition_scope scope = {.arena = &reader->set->arena,
                                    .names = selections->names,
                                    .count = selections->count,
                                    .lookup = &selections->lookup,
                                    .noun = "selection",
                                    .warn = warn_of_condition,
                                    .context = &place};
    struct error error;
    size_t offset;
    struct sigma_node *node = condition_parse(&scope, yaml->text, &offset, &error);
    if (!node) {
        // Text in quotes or over several lines does not tell where in the file its bytes are.
        bool is_exact = !yaml->is_quoted && str_index(yaml->text, '\n') == yaml->text.len;
        sigma_fail(reader, yaml->line, yaml->column + (is_exact ? (int)offset : 0), "%s",
                   error.text);
    }
    return node;
}

static bool read_conditions(struct sigma_reader *reader, const struct yaml *detection,
                            struct selections *selections, struct sigma_node ***conditions,
                            struct str **texts, size_t *count)
{
    const struct yaml *key = yaml_find_key(detection, "condition");
    if (!key)
        return sigma_fail(reader, detection->line, detection->column, "'condition' is missing");
    const struct yaml *value = key->value;
    if (value->kind == YAML_MAPPING || (value->kind == YAML_LIST && value->count == 0))
        return sigma_fail(reader, value->line, value->column,
                          "'condition' must be text or a list of texts");
    size_t total = value->kind == YAML_LIST ? value->count : 1, read = 0;
    if (total > SIGMA_CONDITION_LIMIT)
        return sigma_fail(reader, value->line, value->column, "more than %d conditions",
                          SIGMA_CONDITION_LIMIT);
    *conditions = ARENA_ARRAY(&reader->set->arena, struct sigma_node *, total);
    *texts = ARENA_ARRAY(&reader->set->arena, struct str, total);
    const struct yaml *item = value->kind == YAML_LIST ? value->first : value;
    for (; read < total; item = item->next) {
        struct sigma_node *node = read_condition(reader, item, selections);
        if (!node)
            return false;
        (*texts)[read] = arena_copy(&reader->set->arena, item->text);
        (*conditions)[read++] = node;
    }
    *count = total;
    return true;
}

static bool is_other_key(struct str key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(key, keys[i]))
            return true;
    return false;
}

static bool read_all(struct sigma_reader *reader, const struct yaml *detection,
                     const char *const *other_keys, size_t other_key_count,
                     struct selections *selections)
{
    bool is_good = true;
    for (const struct yaml *key = detection->first; key; key = key->next) {
        if (str_is(key->text, "timeframe"))
            is_good = sigma_fail(reader, key->line, key->column,
                                 "'timeframe' belongs to aggregation expressions, which were "
                                 "removed from Sigma; use a correlation rule");
        else if (!str_is(key->text, "condition") &&
                 !is_other_key(key->text, other_keys, other_key_count))
            is_good &= read_selection(reader, key, selections);
    }
    if (is_good && selections->count == 0)
        return sigma_fail(reader, detection->line, detection->column, "there is no selection");
    return is_good;
}

bool sigma_detection_read(struct sigma_reader *reader, const struct yaml *detection,
                          const char *const *other_keys, size_t other_key_count,
                          struct sigma_node ***conditions, struct str **texts, size_t *count)
{
    if (detection->kind != YAML_MAPPING)
        return sigma_fail(reader, detection->line, detection->column,
                          "a detection must be a mapping of selections and a condition");
    struct selections selections = {0};
    map_init(&selections.lookup);
    bool is_good = read_all(reader, detection, other_keys, other_key_count, &selections) &&
                   read_conditions(reader, detection, &selections, conditions, texts, count);
    for (size_t i = 0; is_good && i < selections.count; i++)
        if (!selections.names[i].is_used && selections.names[i].name.at[0] != '_')
            sigma_warn(reader, selections.yaml[i]->line, selections.yaml[i]->column,
                       "the condition does not use selection '%s'",
                       sigma_quote(reader, selections.names[i].name));
    map_done(&selections.lookup);
    return is_good;
}
