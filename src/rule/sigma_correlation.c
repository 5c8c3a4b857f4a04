// Correlation documents, read up to the names that only sigma_finish can resolve.
// Source: Sigma correlation rules specification 2.1 (SigmaHQ/sigma-specification).
// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "rule/condition.h"
#include "rule/sigma_reader.h"

#define SOURCE_LIMIT 256
#define GROUP_LIMIT 64
#define ALIAS_LIMIT 4096 // fields of all aliases together
#define SECONDS INT64_C(1000000)
#define TIMESPAN_LIMIT (INT64_C(100) * 366 * 86400 * SECONDS)

static const char *const type_names[] = {
    [CORRELATION_EVENT_COUNT] = "event_count",
    [CORRELATION_VALUE_COUNT] = "value_count",
    [CORRELATION_TEMPORAL] = "temporal",
    [CORRELATION_TEMPORAL_ORDERED] = "temporal_ordered",
    [CORRELATION_VALUE_SUM] = "value_sum",
    [CORRELATION_VALUE_AVG] = "value_avg",
    [CORRELATION_VALUE_PERCENTILE] = "value_percentile",
    [CORRELATION_VALUE_MEDIAN] = "value_median",
};
static const char *const window_names[] = {
    [WINDOW_SLIDING] = "sliding", [WINDOW_TUMBLING] = "tumbling", [WINDOW_SESSION] = "session"};
static const char *const compare_names[] = {
    [COMPARE_EQ] = "eq", [COMPARE_LT] = "lt",   [COMPARE_LTE] = "lte",
    [COMPARE_GT] = "gt", [COMPARE_GTE] = "gte", [COMPARE_NEQ] = "neq",
};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static int find_word(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(word, words[i]))
            return (int)i;
    return -1;
}

static bool is_temporal(const struct sigma_correlation *correlation)
{
    return correlation->type == CORRELATION_TEMPORAL ||
           correlation->type == CORRELATION_TEMPORAL_ORDERED;
}

// ---- words -------------------------------------------------------------------------------------

// One of the words as an index; -1 and an error for another; `missing` when the key is not there.
static bool read_word(struct sigma_reader *reader, const struct yaml *body, const char *key,
                      const char *const *words, size_t count, int missing, int *out)
{
    const struct yaml *value = yaml_find(body, key);
    if (!value && missing >= 0) {
        *out = missing;
        return true;
    }
    if (!value || value->kind != YAML_SCALAR)
        return sigma_fail(reader, value ? value->line : body->line,
                          value ? value->column : body->column, "'%s' of the correlation is %s",
                          key, value ? "no text" : "missing");
    *out = find_word(value->text, words, count);
    return *out >= 0 || sigma_fail(reader, value->line, value->column, "unknown %s '%s'%s", key,
                                   sigma_quote(reader, value->text),
                                   sigma_suggest(reader, value->text, words, count));
}

// "90m": a whole number and s, m, h, d or w.
static bool parse_timespan(struct str text, int64_t *out)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    int64_t number, span;
    if (text.len < 2 || !str_to_int64(str_of(text.at, text.len - 1), &number) || number <= 0)
        return false;
    for (size_t i = 0; i < COUNT(units); i++) {
        if (text.at[text.len - 1] != units[i].unit)
            continue;
        if (__builtin_mul_overflow(number, units[i].seconds * SECONDS, &span) ||
            span > TIMESPAN_LIMIT)
            return false;
        *out = span;
        return true;
    }
    return false;
}

static bool read_span(struct sigma_reader *reader, const struct yaml *value, const char *key,
                      int64_t *out)
{
    if (value->kind == YAML_SCALAR && parse_timespan(str_trim(value->text), out))
        return true;
    return sigma_fail(reader, value->line, value->column,
                      "'%s' must be a number and s, m, h, d or w, such as 90m, not '%s'", key,
                      sigma_quote(reader, value->text));
}

static bool read_spans(struct sigma_reader *reader, const struct yaml *body,
                       struct sigma_correlation *out)
{
    const struct yaml *timespan = yaml_find(body, "timespan"), *gap = yaml_find(body, "gap");
    if (!timespan && (timespan = yaml_find(body, "timeframe")))
        sigma_warn(reader, timespan->line, timespan->column,
                   "'timeframe' is read as 'timespan', its name in Sigma");
    if (!timespan)
        return sigma_fail(reader, body->line, body->column,
                          "'timespan' of the correlation is missing");
    if (gap && out->window != WINDOW_SESSION)
        sigma_warn(reader, gap->line, gap->column, "'gap' has a meaning only in session windows");
    return read_span(reader, timespan, "timespan", &out->timespan) &&
           (!gap || read_span(reader, gap, "gap", &out->gap));
}

// ---- names -------------------------------------------------------------------------------------

static bool is_repeated(const struct sigma_draft *draft, struct str text)
{
    for (size_t i = 0; i < draft->rule_count; i++)
        if (str_equal(draft->rules[i].text, text))
            return true;
    return false;
}

static bool read_rules(struct sigma_reader *reader, const struct yaml *body,
                       struct sigma_draft *draft)
{
    const struct yaml *value = yaml_find(body, "rules");
    if (!value || value->kind == YAML_MAPPING || yaml_is_null(value) ||
        (value->kind == YAML_LIST && value->count == 0))
        return sigma_fail(reader, value ? value->line : body->line,
                          value ? value->column : body->column,
                          "'rules' of the correlation must name at least one rule");
    const struct yaml *item = value->kind == YAML_LIST ? value->first : value;
    size_t count = value->kind == YAML_LIST ? value->count : 1;
    if (count > SOURCE_LIMIT)
        return sigma_fail(reader, value->line, value->column, "more than %d rules", SOURCE_LIMIT);
    draft->rules = ARENA_ARRAY(&reader->set->arena, struct sigma_reference, count);
    for (; count > 0; count--, item = item->next) {
        struct str text = item->kind == YAML_SCALAR ? str_trim(item->text) : str_of("", 0);
        if (text.len == 0)
            return sigma_fail(reader, item->line, item->column, "a rule's id or name is missing");
        if (draft->correlation->type != CORRELATION_TEMPORAL_ORDERED && is_repeated(draft, text)) {
            sigma_warn(reader, item->line, item->column, "rule '%s' is named twice",
                       sigma_quote(reader, text));
            continue;
        }
        draft->rules[draft->rule_count++] =
            (struct sigma_reference){.text = arena_copy(&reader->set->arena, text),
                                     .line = item->line,
                                     .column = item->column};
    }
    return true;
}

static bool read_alias(struct sigma_reader *reader, const struct yaml *key,
                       struct sigma_draft *draft, size_t *capacity)
{
    struct arena *arena = &reader->set->arena;
    if (key->value->kind != YAML_MAPPING || key->value->count == 0)
        return sigma_fail(reader, key->line, key->column,
                          "alias '%s' must be a mapping of rules to fields",
                          sigma_quote(reader, key->text));
    struct str name = arena_copy(arena, key->text);
    for (const struct yaml *rule = key->value->first; rule; rule = rule->next) {
        if (rule->value->kind != YAML_SCALAR || rule->value->text.len == 0)
            return sigma_fail(reader, rule->line, rule->column,
                              "alias '%s' needs a field's name for rule '%s'",
                              sigma_quote(reader, name), sigma_quote(reader, rule->text));
        if (draft->alias_count == ALIAS_LIMIT)
            return sigma_fail(reader, rule->line, rule->column, "more than %d fields in aliases",
                              ALIAS_LIMIT);
        ARENA_GROW(arena, draft->aliases, draft->alias_count, *capacity);
        draft->aliases[draft->alias_count++] =
            (struct sigma_alias){.name = name,
                                 .rule = arena_copy(arena, str_trim(rule->text)),
                                 .field = arena_copy(arena, str_trim(rule->value->text)),
                                 .line = rule->line,
                                 .column = rule->column};
    }
    return true;
}

static bool read_aliases(struct sigma_reader *reader, const struct yaml *body,
                         struct sigma_draft *draft)
{
    const struct yaml *value = yaml_find(body, "aliases");
    size_t capacity = 0;
    if (!value || yaml_is_null(value))
        return true;
    if (value->kind != YAML_MAPPING)
        return sigma_fail(reader, value->line, value->column, "'aliases' must be a mapping");
    for (const struct yaml *key = value->first; key; key = key->next)
        if (!read_alias(reader, key, draft, &capacity))
            return false;
    return true;
}

// ---- condition ---------------------------------------------------------------------------------

static bool read_number(const struct yaml *value, double *out)
{
    return value->kind == YAML_SCALAR && str_to_double(str_trim(value->text), out) &&
           isfinite(*out);
}

static bool read_percentile(struct sigma_reader *reader, const struct yaml *value,
                            struct sigma_correlation *out)
{
    if (!read_number(value, &out->percentile) || out->percentile < 0 || out->percentile > 100)
        return sigma_fail(reader, value->line, value->column,
                          "'percentile' must be a number from 0 to 100");
    return true;
}

static bool read_test(struct sigma_reader *reader, const struct yaml *key,
                      struct sigma_correlation *out)
{
    static const char *const known[] = {"eq",  "lt",  "lte",   "gt",
                                        "gte", "neq", "field", "percentile"};
    int compare = find_word(key->text, compare_names, COUNT(compare_names));
    if (compare < 0)
        return sigma_fail(
            reader, key->line, key->column, "unknown member '%s' in the correlation's condition%s",
            sigma_quote(reader, key->text), sigma_suggest(reader, key->text, known, COUNT(known)));
    struct correlation_test *test = &out->tests[out->test_count++];
    test->compare = (enum sigma_compare)compare;
    if (!read_number(key->value, &test->number))
        return sigma_fail(reader, key->value->line, key->value->column, "'%s' needs a number",
                          compare_names[compare]);
    return true;
}

static bool read_tests(struct sigma_reader *reader, const struct yaml *condition,
                       struct sigma_correlation *out)
{
    out->tests = ARENA_ARRAY(&reader->set->arena, struct correlation_test, COUNT(compare_names));
    for (const struct yaml *key = condition->first; key; key = key->next) {
        if (str_is(key->text, "field")) {
            out->fields = sigma_texts(reader, condition, "field", true, &out->field_count);
            if (out->field_count > GROUP_LIMIT)
                return sigma_fail(reader, key->line, key->column, "more than %d fields",
                                  GROUP_LIMIT);
        } else if (str_is(key->text, "percentile")) {
            if (!read_percentile(reader, key->value, out))
                return false;
        } else if (!read_test(reader, key, out)) {
            return false;
        }
    }
    return true;
}

// temporal without numbers: all of the rules.
static void default_test(struct sigma_reader *reader, const struct sigma_draft *draft)
{
    struct sigma_correlation *out = draft->correlation;
    out->tests = ARENA_NEW(&reader->set->arena, struct correlation_test);
    out->tests[0] = (struct correlation_test){COMPARE_GTE, (double)draft->rule_count};
    out->test_count = 1;
}

static bool read_condition(struct sigma_reader *reader, const struct yaml *body,
                           struct sigma_draft *draft)
{
    struct sigma_correlation *out = draft->correlation;
    const struct yaml *value = yaml_find(body, "condition");
    out->percentile = 50;
    if (value && value->kind == YAML_SCALAR && !yaml_is_null(value)) {
        if (!is_temporal(out))
            return sigma_fail(reader, value->line, value->column,
                              "only temporal correlations have a condition in words; write "
                              "'gte: 3' or the like below 'condition'");
        draft->condition = arena_copy(&reader->set->arena, value->text);
        draft->condition_line = value->line;
        draft->condition_column = value->column;
        return true;
    }
    if (value && value->kind == YAML_LIST)
        return sigma_fail(reader, value->line, value->column,
                          "the correlation's condition must be a mapping such as 'gte: 3'");
    if (value && value->kind == YAML_MAPPING && !read_tests(reader, value, out))
        return false;
    const struct yaml *percentile = yaml_find(body, "percentile");
    if (percentile && !read_percentile(reader, percentile, out))
        return false;
    const struct yaml *at = value ? value : body;
    if (out->test_count == 0 && is_temporal(out))
        default_test(reader, draft);
    if (out->test_count == 0)
        return sigma_fail(reader, at->line, at->column,
                          "the correlation's condition needs a number, such as 'gte: 3'");
    bool needs_field = !is_temporal(out) && out->type != CORRELATION_EVENT_COUNT;
    if (needs_field && out->field_count == 0)
        return sigma_fail(reader, at->line, at->column, "%s needs 'field' in its condition",
                          type_names[out->type]);
    if (needs_field && out->type != CORRELATION_VALUE_COUNT && out->field_count > 1)
        return sigma_fail(reader, at->line, at->column, "%s takes one field, not several",
                          type_names[out->type]);
    return true;
}

// ---- document ----------------------------------------------------------------------------------

static void warn_of_keys(struct sigma_reader *reader, const struct yaml *body)
{
    static const char *const known[] = {"type",      "rules",     "aliases",   "group-by",
                                        "timespan",  "timeframe", "window",    "gap",
                                        "condition", "generate",  "percentile"};
    for (const struct yaml *key = body->first; key; key = key->next)
        if (find_word(key->text, known, COUNT(known)) < 0)
            sigma_warn(reader, key->line, key->column, "unknown member '%s' of the correlation%s",
                       sigma_quote(reader, key->text),
                       sigma_suggest(reader, key->text, known, COUNT(known)));
}

static void read_generate(struct sigma_reader *reader, const struct yaml *document,
                          const struct yaml *body, struct sigma_correlation *out)
{
    const struct yaml *value = yaml_find(body, "generate");
    if (!value)
        value = yaml_find(document, "generate");
    if (value && !yaml_to_bool(value, &out->is_generate))
        sigma_warn(reader, value->line, value->column, "'generate' must be true or false");
}

bool sigma_correlation_read(struct sigma_reader *reader, const struct yaml *document,
                            struct sigma_draft *draft)
{
    struct sigma_correlation *out = ARENA_NEW(&reader->set->arena, struct sigma_correlation);
    const struct yaml *body = yaml_find(document, "correlation");
    draft->correlation = out;
    if (body->kind != YAML_MAPPING)
        return sigma_fail(reader, body->line, body->column, "'correlation' must be a mapping");
    warn_of_keys(reader, body);
    int type = 0, window = 0;
    if (!read_word(reader, body, "type", type_names, COUNT(type_names), -1, &type) ||
        !read_word(reader, body, "window", window_names, COUNT(window_names), WINDOW_SLIDING,
                   &window))
        return false;
    out->type = (enum correlation_type)type;
    out->window = (enum correlation_window)window;
    read_generate(reader, document, body, out);
    out->group_by = sigma_texts(reader, body, "group-by", true, &out->group_by_count);
    if (out->group_by_count > GROUP_LIMIT)
        return sigma_fail(reader, body->line, body->column, "more than %d fields in 'group-by'",
                          GROUP_LIMIT);
    return read_rules(reader, body, draft) && read_spans(reader, body, out) &&
           read_aliases(reader, body, draft) && read_condition(reader, body, draft);
}

// ---- conditions in words -----------------------------------------------------------------------

static void learn(struct map *lookup, struct str name, size_t source)
{
    bool is_new;
    struct map_entry *entry = map_add(lookup, name, &is_new);
    if (is_new)
        entry->number = source;
}

bool sigma_correlation_condition(struct sigma_reader *reader, const struct sigma_document *document)
{
    const struct sigma_draft *draft = document->draft;
    struct arena *arena = &reader->set->arena;
    struct condition_name *names = ARENA_ARRAY(arena, struct condition_name, draft->rule_count);
    struct map lookup;
    map_init(&lookup);
    for (size_t i = 0; i < draft->rule_count; i++) {
        struct sigma_node *leaf = ARENA_NEW(arena, struct sigma_node);
        *leaf = (struct sigma_node){.kind = NODE_ITEM, .name = draft->rules[i].text, .needed = i};
        names[i] = (struct condition_name){.name = leaf->name, .node = leaf};
        learn(&lookup, leaf->name, i);
    }
    for (size_t i = 0; i < draft->rule_count; i++) {
        const struct sigma_head *head = &reader->documents[draft->rules[i].document].head;
        learn(&lookup, head->id, i);
        learn(&lookup, head->name, i);
        learn(&lookup, head->title, i);
    }
    struct condition_scope scope = {.arena = arena,
                                    .names = names,
                                    .count = draft->rule_count,
                                    .lookup = &lookup,
                                    .noun = "rule"};
    struct error error;
    size_t offset;
    struct sigma_node *node = condition_parse(&scope, draft->condition, &offset, &error);
    map_done(&lookup);
    draft->correlation->condition = node;
    return node ||
           sigma_fail(reader, draft->condition_line, draft->condition_column, "%s", error.text);
}
