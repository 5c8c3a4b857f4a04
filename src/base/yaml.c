// Builds the tree of yaml.h out of libyaml's events.
// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.h"

#include <stdlib.h>
#include <yaml.h>

#include "base/encode.h"
#include "base/map.h"

struct reader {
    yaml_parser_t parser;
    struct arena *arena;
    struct str text;
    struct map anchors; // of this document: name -> node, NULL while the node is still open
    size_t node_count;
    struct error *error;
};

// The tree functions below answer NULL after a failure, with the error written.
static struct yaml *fail(struct reader *reader, int line, int column, const char *reason)
{
    error_set(reader->error, "%d:%d: %s", line, column, reason);
    return NULL;
}

// ---- events and libyaml's errors ---------------------------------------------------------------

static bool fail_at_offset(struct error *error, struct str text, size_t offset, const char *reason)
{
    int line = 1, column = 1;
    for (size_t i = 0; i < offset && i < text.len; i++) {
        if (text.at[i] == '\n') {
            line++;
            column = 1;
        } else if ((text.at[i] & 0xc0) != 0x80) { // characters, not bytes
            column++;
        }
    }
    return error_set(error, "%d:%d: %s", line, column, reason);
}

// Does a tab stand at the place, or in the white space before it? libyaml's words name no tab.
static bool is_tab_at(struct str text, yaml_mark_t mark)
{
    struct str line = {NULL, 0};
    for (size_t i = 0; i <= mark.line && text.at; i++)
        line = str_cut(&text, '\n');
    size_t i = 0;
    while (i < line.len && (line.at[i] == ' ' || line.at[i] == '\t')) {
        if (line.at[i] == '\t')
            return true;
        i++;
    }
    return mark.column < line.len && line.at[mark.column] == '\t';
}

static bool fail_from_parser(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "cannot be read";
    if (parser->error == YAML_MEMORY_ERROR)
        return error_set(reader->error, "1:1: out of memory");
    if (parser->error == YAML_READER_ERROR)
        return fail_at_offset(reader->error, reader->text, parser->problem_offset, problem);
    int line = (int)parser->problem_mark.line + 1, column = (int)parser->problem_mark.column + 1;
    if (is_tab_at(reader->text, parser->problem_mark))
        return error_set(reader->error, "%d:%d: a tab cannot indent; use spaces (%s)", line, column,
                         problem);
    if (parser->context && parser->context_mark.line + 1 != (size_t)line)
        return error_set(reader->error, "%d:%d: %s %s that starts in line %zu", line, column,
                         problem, parser->context, parser->context_mark.line + 1);
    if (parser->context)
        return error_set(reader->error, "%d:%d: %s %s", line, column, problem, parser->context);
    return error_set(reader->error, "%d:%d: %s", line, column, problem);
}

static bool next_event(struct reader *reader, yaml_event_t *event)
{
    return yaml_parser_parse(&reader->parser, event) || fail_from_parser(reader);
}

// ---- nodes --------------------------------------------------------------------------------------

static struct yaml *node_new(struct reader *reader, enum yaml_kind kind, int line, int column)
{
    if (++reader->node_count > YAML_NODE_LIMIT)
        return fail(reader, line, column, "more than 1000000 nodes (aliases expanded)");
    struct yaml *node = ARENA_NEW(reader->arena, struct yaml);
    *node = (struct yaml){.kind = kind, .line = line, .column = column};
    return node;
}

// Appends to the children whose last link is *tail.
static void append(struct yaml *parent, struct yaml ***tail, struct yaml *child)
{
    **tail = child;
    *tail = &child->next;
    parent->count++;
}

// A copy of an anchored subtree: nodes hold the link to their sibling, so none can stand twice.
// It keeps the places where its text is written. `depth` is that of the copy.
static struct yaml *copy(struct reader *reader, const struct yaml *from, int depth)
{
    if (depth > YAML_DEPTH_LIMIT + (from->kind == YAML_SCALAR))
        return fail(reader, from->line, from->column, "nested more than 64 deep by an alias");
    struct yaml *node = node_new(reader, from->kind, from->line, from->column);
    if (!node)
        return NULL;
    node->is_quoted = from->is_quoted;
    node->text = from->text;
    struct yaml **tail = &node->first;
    for (const struct yaml *child = from->first; child; child = child->next) {
        struct yaml *twin = copy(reader, child, depth + 1);
        if (!twin)
            return NULL;
        if (child->value && !(twin->value = copy(reader, child->value, depth + 1)))
            return NULL;
        append(node, &tail, twin);
    }
    return node;
}

// ---- mappings -----------------------------------------------------------------------------------

static bool is_merge_key(const struct yaml *key)
{
    return !key->is_quoted && str_is(key->text, "<<");
}

// A mapping while it is read: its keys by text, and its end.
struct mapping {
    struct yaml *node;
    struct yaml **tail;
    struct map keys;
};

static bool check_key(struct reader *reader, struct mapping *mapping, struct yaml *key)
{
    if (key->kind != YAML_SCALAR) {
        fail(reader, key->line, key->column, "a mapping's key must be plain text");
        return false;
    }
    if (is_merge_key(key))
        return true; // taken out later, and may stand more than once
    bool is_new;
    struct map_entry *entry = map_add(&mapping->keys, key->text, &is_new);
    if (!is_new) {
        const struct yaml *first = entry->pointer;
        return error_set(reader->error, "%d:%d: key '%.*s' stands in line %d already", key->line,
                         key->column, (int)(key->text.len < 100 ? key->text.len : 100),
                         key->text.at, first->line);
    }
    entry->pointer = key;
    return true;
}

// Copies the members of `source` whose keys the mapping has not.
static bool merge_mapping(struct reader *reader, struct mapping *mapping, const struct yaml *source,
                          int depth)
{
    if (source->kind != YAML_MAPPING) {
        fail(reader, source->line, source->column, "<< takes a mapping or a list of mappings");
        return false;
    }
    for (const struct yaml *member = source->first; member; member = member->next) {
        bool is_new;
        struct map_entry *entry = map_add(&mapping->keys, member->text, &is_new);
        if (!is_new)
            continue;
        struct yaml *key = copy(reader, member, depth + 1);
        if (!key || !(key->value = copy(reader, member->value, depth + 1)))
            return false;
        entry->pointer = key;
        append(mapping->node, &mapping->tail, key);
    }
    return true;
}

// Takes the << members out and puts in what they name. Explicit keys win, then earlier sources.
static bool resolve_merges(struct reader *reader, struct mapping *mapping, int depth)
{
    struct yaml *merges = NULL, **merge_tail = &merges, **link = &mapping->node->first;
    while (*link) {
        struct yaml *key = *link;
        if (!is_merge_key(key)) {
            link = &key->next;
            continue;
        }
        *link = key->next;
        key->next = NULL;
        *merge_tail = key;
        merge_tail = &key->next;
        mapping->node->count--;
    }
    mapping->tail = link;
    for (const struct yaml *merge = merges; merge; merge = merge->next) {
        const struct yaml *source = merge->value;
        if (source->kind != YAML_LIST) {
            if (!merge_mapping(reader, mapping, source, depth))
                return false;
            continue;
        }
        for (source = source->first; source; source = source->next)
            if (!merge_mapping(reader, mapping, source, depth))
                return false;
    }
    return true;
}

// ---- reading ------------------------------------------------------------------------------------

static struct yaml *read_node(struct reader *reader, yaml_event_t *event, int depth);

static bool read_list(struct reader *reader, struct yaml *list, int depth)
{
    struct yaml **tail = &list->first;
    yaml_event_t event;
    while (next_event(reader, &event)) {
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            return true;
        }
        struct yaml *item = read_node(reader, &event, depth + 1);
        if (!item)
            return false;
        append(list, &tail, item);
    }
    return false;
}

static bool read_members(struct reader *reader, struct mapping *mapping, int depth)
{
    yaml_event_t event;
    while (next_event(reader, &event)) {
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return resolve_merges(reader, mapping, depth);
        }
        struct yaml *key = read_node(reader, &event, depth + 1);
        if (!key || !check_key(reader, mapping, key) || !next_event(reader, &event))
            return false;
        key->value = read_node(reader, &event, depth + 1);
        if (!key->value)
            return false;
        append(mapping->node, &mapping->tail, key);
    }
    return false;
}

static bool read_mapping(struct reader *reader, struct yaml *node, int depth)
{
    struct mapping mapping = {.node = node, .tail = &node->first};
    map_init(&mapping.keys);
    bool is_read = read_members(reader, &mapping, depth);
    map_done(&mapping.keys);
    return is_read;
}

static struct yaml *read_alias(struct reader *reader, const yaml_event_t *event, int depth)
{
    int line = (int)event->start_mark.line + 1, column = (int)event->start_mark.column + 1;
    struct str name = str_from((const char *)event->data.alias.anchor);
    const struct map_entry *entry = map_find(&reader->anchors, name);
    if (entry && entry->pointer)
        return copy(reader, entry->pointer, depth);
    error_set(reader->error, "%d:%d: %s '%.100s'", line, column,
              entry ? "alias inside its own anchor" : "alias of unknown anchor", name.at);
    return NULL;
}

static struct yaml *read_scalar(struct reader *reader, const yaml_event_t *event)
{
    int line = (int)event->start_mark.line + 1, column = (int)event->start_mark.column + 1;
    struct yaml *node = node_new(reader, YAML_SCALAR, line, column);
    if (!node)
        return NULL;
    const char *tag = (const char *)event->data.scalar.tag;
    node->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
                      (tag && (str_is(str_from(tag), YAML_STR_TAG) || str_is(str_from(tag), "!")));
    node->text = arena_copy(
        reader->arena, str_of((const char *)event->data.scalar.value, event->data.scalar.length));
    return node;
}

// Empty while its node is read. A name may be used again: the last one counts.
static void set_anchor(struct reader *reader, struct str name, struct yaml *node)
{
    if (name.len)
        map_add(&reader->anchors, name, NULL)->pointer = node;
}

static struct str anchor_of(struct reader *reader, const yaml_event_t *event)
{
    const yaml_char_t *name = NULL;
    if (event->type == YAML_SCALAR_EVENT)
        name = event->data.scalar.anchor;
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        name = event->data.sequence_start.anchor;
    else if (event->type == YAML_MAPPING_START_EVENT)
        name = event->data.mapping_start.anchor;
    return name ? arena_copy(reader->arena, str_from((const char *)name)) : str_of("", 0);
}

static struct yaml *read_container(struct reader *reader, enum yaml_kind kind, yaml_mark_t start,
                                   int depth)
{
    int line = (int)start.line + 1, column = (int)start.column + 1;
    if (depth > YAML_DEPTH_LIMIT)
        return fail(reader, line, column, "nested more than 64 deep");
    struct yaml *node = node_new(reader, kind, line, column);
    if (!node)
        return NULL;
    bool is_read =
        kind == YAML_LIST ? read_list(reader, node, depth) : read_mapping(reader, node, depth);
    return is_read ? node : NULL;
}

// Reads the node that the event begins; the event is released.
static struct yaml *read_node(struct reader *reader, yaml_event_t *event, int depth)
{
    struct yaml *node = NULL;
    struct str anchor = anchor_of(reader, event);
    yaml_event_type_t type = event->type;
    yaml_mark_t start = event->start_mark;
    set_anchor(reader, anchor, NULL);
    if (type == YAML_ALIAS_EVENT)
        node = read_alias(reader, event, depth);
    else if (type == YAML_SCALAR_EVENT)
        node = read_scalar(reader, event);
    yaml_event_delete(event);
    if (type == YAML_SEQUENCE_START_EVENT)
        node = read_container(reader, YAML_LIST, start, depth);
    else if (type == YAML_MAPPING_START_EVENT)
        node = read_container(reader, YAML_MAPPING, start, depth);
    if (node)
        set_anchor(reader, anchor, node);
    return node;
}

struct documents {
    struct yaml **at;
    size_t count, capacity;
};

static bool is_empty_document(const struct yaml *root)
{
    return root->kind == YAML_SCALAR && !root->is_quoted && root->text.len == 0;
}

static bool read_documents(struct reader *reader, struct documents *documents)
{
    yaml_event_t event;
    while (next_event(reader, &event)) {
        yaml_event_type_t type = event.type;
        if (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_END_EVENT ||
            type == YAML_DOCUMENT_START_EVENT || type == YAML_STREAM_END_EVENT) {
            yaml_event_delete(&event);
            if (type == YAML_STREAM_END_EVENT)
                return true;
            map_done(&reader->anchors); // they end with their document
            continue;
        }
        struct yaml *root = read_node(reader, &event, 1);
        if (!root)
            return false;
        if (is_empty_document(root))
            continue;
        ARRAY_GROW(documents->at, documents->count, documents->capacity);
        documents->at[documents->count++] = root;
    }
    return false;
}

static bool check_utf8(struct str text, struct error *error)
{
    if (utf8_is_valid(text))
        return true;
    size_t i = 0;
    bool is_valid = true;
    while (i < text.len) {
        size_t step = utf8_step(str_of(text.at + i, text.len - i), &is_valid);
        if (!is_valid)
            break;
        i += step;
    }
    return fail_at_offset(error, text, i, "invalid UTF-8");
}

bool yaml_parse(struct arena *arena, struct str text, struct yaml ***documents, size_t *count,
                struct error *error)
{
    if (str_starts(text, S("\xef\xbb\xbf"))) // byte order mark
        text = str_of(text.at + 3, text.len - 3);
    if (!check_utf8(text, error))
        return false;
    struct reader reader = {.arena = arena, .text = text, .error = error};
    if (!yaml_parser_initialize(&reader.parser))
        return error_set(error, "1:1: out of memory");
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)(text.len ? text.at : ""),
                                 text.len);
    map_init(&reader.anchors);
    struct documents found = {NULL, 0, 0};
    bool is_read = read_documents(&reader, &found);
    if (is_read) {
        *documents = ARENA_ARRAY(arena, struct yaml *, found.count);
        if (found.count)
            memcpy(*documents, found.at, found.count * sizeof *found.at);
        *count = found.count;
    }
    free(found.at);
    map_done(&reader.anchors);
    yaml_parser_delete(&reader.parser);
    return is_read;
}

// ---- asking -------------------------------------------------------------------------------------

struct yaml *yaml_find_key(const struct yaml *node, const char *key)
{
    if (!node || node->kind != YAML_MAPPING)
        return NULL;
    for (struct yaml *member = node->first; member; member = member->next)
        if (str_is(member->text, key))
            return member;
    return NULL;
}

struct yaml *yaml_find(const struct yaml *node, const char *key)
{
    const struct yaml *found = yaml_find_key(node, key);
    return found ? found->value : NULL;
}

static bool is_plain(const struct yaml *node)
{
    return node && node->kind == YAML_SCALAR && !node->is_quoted;
}

bool yaml_is_null(const struct yaml *node)
{
    return is_plain(node) &&
           (node->text.len == 0 || str_is(node->text, "~") || str_is(node->text, "null") ||
            str_is(node->text, "Null") || str_is(node->text, "NULL"));
}

bool yaml_to_bool(const struct yaml *node, bool *out)
{
    static const char *const words[][2] = {{"false", "true"}, {"False", "True"}, {"FALSE", "TRUE"},
                                           {"no", "yes"},     {"No", "Yes"},     {"NO", "YES"},
                                           {"off", "on"},     {"Off", "On"},     {"OFF", "ON"}};
    if (!is_plain(node))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (int is_true = 0; is_true < 2; is_true++)
            if (str_is(node->text, words[i][is_true])) {
                *out = is_true;
                return true;
            }
    return false;
}

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

// The digits behind 0x or 0o of the core schema.
static bool based_to_int(struct str text, unsigned base, int64_t *out)
{
    int64_t number = 0;
    if (text.len < 3)
        return false;
    for (size_t i = 2; i < text.len; i++) {
        unsigned digit = digit_value(text.at[i]);
        if (digit >= base || __builtin_mul_overflow(number, (int64_t)base, &number) ||
            __builtin_add_overflow(number, (int64_t)digit, &number))
            return false;
    }
    *out = number;
    return true;
}

bool yaml_to_int(const struct yaml *node, int64_t *out)
{
    if (!is_plain(node))
        return false;
    if (str_starts(node->text, S("0x")))
        return based_to_int(node->text, 16, out);
    if (str_starts(node->text, S("0o")))
        return based_to_int(node->text, 8, out);
    return str_to_int64(node->text, out);
}

bool yaml_to_double(const struct yaml *node, double *out)
{
    return is_plain(node) && str_to_double(node->text, out);
}
