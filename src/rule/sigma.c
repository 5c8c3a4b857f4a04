// Sets of Sigma rules: files cut into documents, documents merged by their actions and read.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "rule/sigma_finish.h"
#include "rule/sigma_reader.h"

// ---- set ---------------------------------------------------------------------------------------

void sigma_set_init(struct sigma_set *set)
{
    *set = (struct sigma_set){0};
    arena_init(&set->arena);
    struct sigma_reader *reader = memory_new(sizeof *reader);
    reader->set = set;
    arena_init(&reader->trees);
    map_init(&reader->placeholders);
    set->reading = reader;
}

static void reader_free(struct sigma_reader *reader)
{
    if (!reader)
        return;
    for (size_t i = 0; i < reader->document_count; i++)
        free(reader->documents[i].filters);
    free(reader->documents);
    map_done(&reader->placeholders);
    arena_done(&reader->trees);
    free(reader);
}

void sigma_set_done(struct sigma_set *set)
{
    reader_free(set->reading);
    free(set->rules);
    free(set->correlations);
    free(set->problems);
    arena_done(&set->arena);
    *set = (struct sigma_set){0};
}

void sigma_finish(struct sigma_set *set, const struct sigma_narrow *narrow)
{
    if (!set->reading)
        return;
    sigma_resolve(set->reading, narrow);
    reader_free(set->reading);
    set->reading = NULL;
}

void sigma_set_placeholder(struct sigma_set *set, struct str name, struct str text)
{
    struct sigma_reader *reader = set->reading;
    if (!reader)
        return; // finished already
    struct sigma_placeholder *placeholder = ARENA_NEW(&set->arena, struct sigma_placeholder);
    size_t capacity = 0;
    struct str rest = arena_copy(&set->arena, text);
    while (rest.at && placeholder->count < SIGMA_EXPANSION_LIMIT) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (line.len == 0 || line.at[0] == '#')
            continue;
        ARENA_GROW(&set->arena, placeholder->values, placeholder->count, capacity);
        placeholder->values[placeholder->count++] = line;
    }
    map_add(&reader->placeholders, arena_copy(&set->arena, name), NULL)->pointer = placeholder;
}

// ---- actions -----------------------------------------------------------------------------------

// `over` laid over `under`: its members win, mappings are merged all the way down, lists replaced.
static struct yaml *merge(struct arena *arena, const struct yaml *under, const struct yaml *over)
{
    struct yaml *merged = ARENA_NEW(arena, struct yaml);
    *merged = (struct yaml){.kind = YAML_MAPPING, .line = over->line, .column = over->column};
    struct yaml **tail = &merged->first;
    struct map keys; // of `over` -> key node
    map_init(&keys);
    for (struct yaml *key = over->first; key; key = key->next)
        map_add(&keys, key->text, NULL)->pointer = key;
    for (const struct yaml *key = under->first; key; key = key->next) {
        struct map_entry *entry = map_find(&keys, key->text);
        const struct yaml *winner = entry ? entry->pointer : key;
        struct yaml *twin = ARENA_NEW(arena, struct yaml);
        *twin = *winner;
        twin->next = NULL;
        if (entry && key->value->kind == YAML_MAPPING && winner->value->kind == YAML_MAPPING)
            twin->value = merge(arena, key->value, winner->value);
        if (entry)
            entry->pointer = NULL; // taken
        *tail = twin;
        tail = &twin->next;
        merged->count++;
    }
    for (const struct yaml *key = over->first; key; key = key->next) {
        if (!map_find(&keys, key->text)->pointer)
            continue;
        struct yaml *twin = ARENA_NEW(arena, struct yaml);
        *twin = *key;
        twin->next = NULL;
        *tail = twin;
        tail = &twin->next;
        merged->count++;
    }
    map_done(&keys);
    return merged;
}

// A copy without the members that belong to one document alone.
static struct yaml *without(struct arena *arena, const struct yaml *mapping,
                            const char *const *keys, size_t count)
{
    struct yaml *copy = ARENA_NEW(arena, struct yaml);
    *copy = *mapping;
    copy->first = NULL;
    copy->count = 0;
    struct yaml **tail = &copy->first;
    for (const struct yaml *key = mapping->first; key; key = key->next) {
        bool is_out = false;
        for (size_t i = 0; i < count; i++)
            is_out |= str_is(key->text, keys[i]);
        if (is_out)
            continue;
        struct yaml *twin = ARENA_NEW(arena, struct yaml);
        *twin = *key;
        twin->next = NULL;
        *tail = twin;
        tail = &twin->next;
        copy->count++;
    }
    return copy;
}

// ---- documents ---------------------------------------------------------------------------------

static bool read_rule(struct sigma_reader *reader, const struct yaml *yaml,
                      struct sigma_document *document)
{
    document->rule = ARENA_NEW(&reader->set->arena, struct sigma_rule);
    struct sigma_rule *rule = document->rule;
    sigma_logsource_read(reader, yaml, true, &rule->logsource);
    return sigma_detection_read(reader, yaml_find(yaml, "detection"), NULL, 0, &rule->conditions,
                                &rule->condition_texts, &rule->condition_count);
}

static bool read_filter(struct sigma_reader *reader, const struct yaml *yaml,
                        struct sigma_document *document)
{
    static const char *const other_keys[] = {"rules"};
    struct arena *arena = &reader->set->arena;
    struct sigma_filter *filter = document->filter = ARENA_NEW(arena, struct sigma_filter);
    const struct yaml *body = yaml_find(yaml, "filter");
    struct sigma_node **conditions;
    struct str *texts;
    size_t count;
    if (!sigma_detection_read(reader, body, other_keys, 1, &conditions, &texts, &count))
        return false;
    sigma_logsource_read(reader, yaml, false, &filter->logsource);
    filter->rules = sigma_texts(reader, body, "rules", true, &filter->rule_count);
    if (filter->rule_count == 1 && str_equal_fold(filter->rules[0], S("any")))
        filter->rule_count = 0;
    filter->condition = conditions[0];
    if (count > 1) {
        filter->condition = ARENA_NEW(arena, struct sigma_node);
        *filter->condition =
            (struct sigma_node){.kind = NODE_OR, .children = conditions, .count = count};
    }
    return true;
}

static bool read_draft(struct sigma_reader *reader, const struct yaml *yaml,
                       struct sigma_document *document)
{
    document->draft = ARENA_NEW(&reader->set->arena, struct sigma_draft);
    return sigma_correlation_read(reader, yaml, document->draft);
}

static const struct {
    const char *key;
    enum document_kind kind;
    bool (*read)(struct sigma_reader *, const struct yaml *, struct sigma_document *);
} contents[] = {
    {"detection", DOCUMENT_RULE, read_rule},
    {"correlation", DOCUMENT_CORRELATION, read_draft},
    {"filter", DOCUMENT_FILTER, read_filter},
};

static bool read_content(struct sigma_reader *reader, const struct yaml *yaml,
                         struct sigma_document *document)
{
    int found = -1;
    for (int i = 0; i < 3; i++) {
        const struct yaml *key = yaml_find_key(yaml, contents[i].key);
        if (!key)
            continue;
        if (found >= 0)
            return sigma_fail(reader, key->line, key->column,
                              "'%s' and '%s' cannot stand in one document", contents[found].key,
                              contents[i].key);
        found = i;
    }
    if (found < 0)
        return sigma_fail(reader, yaml->line, yaml->column,
                          "no Sigma document: 'detection', 'correlation' or 'filter' is missing");
    if (!contents[found].read(reader, yaml, document))
        return false;
    document->kind = contents[found].kind;
    return true;
}

static void read_document(struct sigma_reader *reader, const struct yaml *yaml, bool has_own_id)
{
    if (reader->document_count == SIGMA_DOCUMENT_LIMIT || sigma_is_full(reader)) {
        sigma_fail(reader, yaml->line, yaml->column, "more than %d documents, or 1 GiB, of rules",
                   SIGMA_DOCUMENT_LIMIT);
        return;
    }
    struct sigma_document document = {.kind = DOCUMENT_REFUSED,
                                      .sequence = (uint32_t)reader->document_count};
    sigma_head_read(reader, yaml, &document.head);
    document.head.has_own_id &= has_own_id;
    // Refused documents stay, so that references to them can say so.
    read_content(reader, yaml, &document);
    ARRAY_GROW(reader->documents, reader->document_count, reader->document_capacity);
    reader->documents[reader->document_count++] = document;
}

// ---- files -------------------------------------------------------------------------------------

static size_t count_nodes(const struct yaml *yaml)
{
    size_t count = 1;
    for (const struct yaml *child = yaml->first; child; child = child->next)
        count += 1 + (child->value ? count_nodes(child->value) : count_nodes(child));
    return count;
}

struct file_state {
    size_t merged_nodes;
    struct yaml *global;   // merged `action: global` documents, or NULL
    struct yaml *previous; // last document read, for `action: repeat`
};

// False when the rest of the file is not worth reading.
static bool read_with_action(struct sigma_reader *reader, struct file_state *state,
                             struct yaml *yaml)
{
    static const char *const own[] = {"action"};
    static const char *const not_repeated[] = {"id", "name"};
    static const char *const actions[] = {"global", "reset", "repeat"};
    struct arena *trees = &reader->trees;
    const struct yaml *action = yaml_find(yaml, "action");
    bool has_id = yaml_find(yaml, "id");
    struct yaml *rest = action ? without(trees, yaml, own, 1) : yaml;
    if (action && str_is(action->text, "global")) {
        state->global = state->global ? merge(trees, state->global, rest) : rest;
        return true;
    }
    if (action && str_is(action->text, "reset")) {
        *state = (struct file_state){0};
        return true;
    }
    if (action && str_is(action->text, "repeat")) {
        if (!state->previous) {
            sigma_fail(reader, action->line, action->column,
                       "'action: repeat' needs a document before it");
            return true;
        }
        // An id and a name belong to one rule alone.
        rest = merge(trees, without(trees, state->previous, not_repeated, 2), rest);
    } else if (action) {
        sigma_fail(reader, action->line, action->column, "unknown action '%s'%s",
                   sigma_quote(reader, action->text),
                   sigma_suggest(reader, action->text, actions, 3));
        return true;
    } else if (state->global) {
        rest = merge(trees, state->global, rest);
    }
    state->previous = rest;
    // A large global document is read again with each document behind it.
    if (action || state->global)
        state->merged_nodes += count_nodes(rest);
    if (state->merged_nodes > SIGMA_MERGE_LIMIT) {
        sigma_fail(reader, yaml->line, yaml->column, "more than %d nodes after merging documents",
                   SIGMA_MERGE_LIMIT);
        return false;
    }
    read_document(reader, rest, has_id);
    return true;
}

// YAML's own errors begin with "line:column: ".
static void fail_yaml(struct sigma_reader *reader, const char *text)
{
    char *end;
    long line = strtol(text, &end, 10), column = 1;
    if (end > text && *end == ':') {
        const char *second = end + 1;
        column = strtol(second, &end, 10);
        if (end > second && *end == ':')
            text = end + 1 + (end[1] == ' ');
    } else {
        line = 1;
    }
    sigma_fail(reader, (int)line, (int)column, "%s", text);
}

static void read_text(struct sigma_reader *reader, struct str text)
{
    struct yaml **documents;
    size_t count;
    struct error error;
    if (text.len > SIGMA_FILE_LIMIT) {
        sigma_fail(reader, 1, 1, "the file is larger than %zu bytes", SIGMA_FILE_LIMIT);
        reader->set->document_count++;
        return;
    }
    if (!yaml_parse(&reader->trees, text, &documents, &count, &error)) {
        fail_yaml(reader, error.text);
        reader->set->document_count++;
        return;
    }
    struct file_state state = {0};
    bool is_worth = true;
    for (size_t i = 0; i < count && is_worth; i++) {
        reader->set->document_count++;
        if (documents[i]->kind == YAML_MAPPING)
            is_worth = read_with_action(reader, &state, documents[i]);
        else
            sigma_fail(reader, documents[i]->line, documents[i]->column,
                       "a Sigma document must be a mapping");
    }
}

void sigma_read(struct sigma_set *set, struct str path, struct str text)
{
    struct sigma_reader *reader = set->reading;
    if (!reader)
        return; // finished already
    reader->path = arena_copy(&set->arena, path);
    read_text(reader, text);
    arena_reset(&reader->trees);
}
