// Recursive descent over a condition:
//   or-list: and-list ("or" and-list)*     and-list: term ("and" term)*
//   term: "not" term | "(" or-list ")" | count "of" ("them" | pattern) | identifier
// SPDX-License-Identifier: Apache-2.0
#include "rule/condition.h"

#include "base/nearest.h"
#include "rule/sigma_reader.h"

struct parser {
    struct condition_scope *scope;
    struct str text;
    size_t at;        // behind the token
    struct str token; // empty at the end
    size_t token_at;
    size_t node_count;
    int depth;
    struct error *error;
};

// ---- tokens ------------------------------------------------------------------------------------

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_sign(char c)
{
    return c == '(' || c == ')' || c == '|';
}

static struct str token_from(const struct parser *parser, size_t *at)
{
    struct str text = parser->text;
    size_t start = *at;
    while (start < text.len && is_space(text.at[start]))
        start++;
    size_t end = start;
    if (end < text.len && is_sign(text.at[end]))
        end++;
    else
        while (end < text.len && !is_space(text.at[end]) && !is_sign(text.at[end]))
            end++;
    *at = end;
    return str_of(text.at + start, end - start);
}

static void next(struct parser *parser)
{
    parser->token = token_from(parser, &parser->at);
    parser->token_at = parser->at - parser->token.len;
}

// The token behind the current one.
static struct str peek(const struct parser *parser)
{
    size_t at = parser->at;
    return token_from(parser, &at);
}

static bool is_word(struct str token, const char *word)
{
    return str_equal_fold(token, str_from(word));
}

// ---- failures ----------------------------------------------------------------------------------

static struct sigma_node *fail(struct parser *parser, const char *reason)
{
    if (parser->token.len == 0)
        error_set(parser->error, "the condition ends where the name of a %s was expected",
                  parser->scope->noun);
    else
        error_set(parser->error, "%s '%s' in the condition", reason,
                  sigma_printable(parser->scope->arena, parser->token));
    return NULL;
}

static struct sigma_node *fail_removed(struct parser *parser)
{
    error_set(parser->error, "aggregation expressions were removed from Sigma; "
                             "use a correlation rule");
    return NULL;
}

static struct sigma_node *fail_unknown(struct parser *parser)
{
    const struct condition_scope *scope = parser->scope;
    struct str token = parser->token;
    if (is_word(token, "near"))
        return fail_removed(parser);
    if (is_word(token, "them") || str_contains(token, S("*")))
        return fail(parser, "'1 of' or 'all of' is missing before");
    if (is_word(token, "of"))
        return fail(parser, "'1', 'any' or 'all' is missing before");
    enum { NAMES_SHOWN = 256 };
    const char *names[NAMES_SHOWN];
    size_t count = 0;
    for (; count < scope->count && count < NAMES_SHOWN; count++)
        names[count] = arena_copy(scope->arena, scope->names[count].name).at;
    const char *nearest = nearest_word(token, names, count);
    fail(parser, "unknown identifier");
    if (nearest) {
        struct error words = *parser->error;
        error_set(parser->error, "%.300s; did you mean '%s'?", words.text,
                  sigma_printable(scope->arena, str_from(nearest)));
    }
    return NULL;
}

// Tells of "quantity of pattern", legal but decided before any event is seen.
static void warn(struct parser *parser, struct str quantity, struct str pattern, bool is_empty,
                 const char *outcome)
{
    if (!parser->scope->warn)
        return;
    struct error words;
    error_set(&words, "'%s of %s' has %s %ss to look at and is %s",
              sigma_printable(parser->scope->arena, quantity),
              sigma_printable(parser->scope->arena, pattern), is_empty ? "no" : "too few",
              parser->scope->noun, outcome);
    parser->scope->warn(words.text, parser->scope->context);
}

// ---- nodes -------------------------------------------------------------------------------------

static struct sigma_node *new_node(struct parser *parser, enum sigma_node_kind kind)
{
    struct sigma_node *node = ARENA_NEW(parser->scope->arena, struct sigma_node);
    node->kind = kind;
    return node;
}

static bool add_child(struct parser *parser, struct node_list *list, struct sigma_node *node)
{
    if (++parser->node_count > CONDITION_NODE_LIMIT)
        return error_set(parser->error, "the condition is too large: more than %d parts",
                         CONDITION_NODE_LIMIT);
    ARENA_GROW(parser->scope->arena, list->items, list->count, list->capacity);
    list->items[list->count++] = node;
    return true;
}

// One node for the list: a single child stands for itself.
static struct sigma_node *join(struct parser *parser, enum sigma_node_kind kind,
                               const struct node_list *list)
{
    if (list->count == 1)
        return list->items[0];
    struct sigma_node *node = new_node(parser, kind);
    node->children = list->items;
    node->count = list->count;
    return node;
}

// ---- "1 of x*" ---------------------------------------------------------------------------------

// Does the name match a pattern of literal bytes and stars?
static bool matches(struct str pattern, struct str name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, retry = 0;
    while (n < name.len) {
        if (p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            retry = n;
        } else if (p < pattern.len && pattern.at[p] == name.at[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*')
        p++;
    return p == pattern.len;
}

static bool collect(struct parser *parser, struct str pattern, struct node_list *out)
{
    bool is_them = is_word(pattern, "them");
    bool is_private = pattern.at[0] == '_';
    for (size_t i = 0; i < parser->scope->count; i++) {
        struct condition_name *name = &parser->scope->names[i];
        if (name->name.len && name->name.at[0] == '_' && !is_private)
            continue;
        if (!is_them && !matches(pattern, name->name))
            continue;
        name->is_used = true;
        if (!add_child(parser, out, name->node))
            return false;
    }
    return true;
}

static bool is_number(struct str token)
{
    for (size_t i = 0; i < token.len; i++)
        if (token.at[i] < '0' || token.at[i] > '9')
            return false;
    return token.len > 0;
}

static bool is_zero(struct str number)
{
    int64_t value;
    return str_to_int64(number, &value) && value == 0;
}

static bool is_quantity(struct str token)
{
    return is_number(token) || is_word(token, "all") || is_word(token, "any");
}

static struct sigma_node *at_least(struct parser *parser, struct str quantity, struct str pattern,
                                   const struct node_list *list)
{
    int64_t needed;
    if (!str_to_int64(quantity, &needed) || needed > CONDITION_NODE_LIMIT)
        needed = CONDITION_NODE_LIMIT + 1;
    if ((uint64_t)needed > list->count) {
        warn(parser, quantity, pattern, false, "never true");
        return new_node(parser, NODE_FALSE);
    }
    if (needed == 1)
        return join(parser, NODE_OR, list);
    if ((size_t)needed == list->count)
        return join(parser, NODE_AND, list);
    struct sigma_node *node = new_node(parser, NODE_AT_LEAST);
    node->children = list->items;
    node->count = list->count;
    node->needed = (size_t)needed;
    return node;
}

static struct sigma_node *parse_quantity(struct parser *parser)
{
    struct str quantity = parser->token;
    if (is_zero(quantity))
        return fail(parser, "write 'not 1 of' instead of");
    next(parser); // "of"
    next(parser);
    struct str pattern = parser->token;
    if (pattern.len == 0 || is_sign(pattern.at[0]))
        return fail(parser, "'of' needs 'them' or a name with *, not");
    struct node_list list = {0};
    if (!collect(parser, pattern, &list))
        return NULL;
    next(parser);
    bool is_all = is_word(quantity, "all");
    if (list.count == 0) {
        warn(parser, quantity, pattern, true, is_all ? "always true" : "never true");
        return new_node(parser, is_all ? NODE_TRUE : NODE_FALSE);
    }
    if (is_all)
        return join(parser, NODE_AND, &list);
    if (is_word(quantity, "any"))
        return join(parser, NODE_OR, &list);
    return at_least(parser, quantity, pattern, &list);
}

// ---- expressions -------------------------------------------------------------------------------

static struct sigma_node *parse_or(struct parser *parser);

static struct sigma_node *parse_group(struct parser *parser)
{
    if (++parser->depth > CONDITION_DEPTH_LIMIT)
        return fail(parser, "more than 64 parentheses inside each other at");
    next(parser);
    struct sigma_node *node = parse_or(parser);
    if (!node)
        return NULL;
    if (!str_is(parser->token, ")")) {
        if (str_is(parser->token, "|"))
            return fail_removed(parser);
        if (parser->token.len)
            return fail(parser, "'and', 'or' or ')' is missing before");
        error_set(parser->error, "a ')' is missing at the end of the condition");
        return NULL;
    }
    parser->depth--;
    next(parser);
    return node;
}

static struct sigma_node *parse_name(struct parser *parser)
{
    const struct map_entry *entry = map_find(parser->scope->lookup, parser->token);
    if (!entry)
        return fail_unknown(parser);
    struct condition_name *name = &parser->scope->names[entry->number];
    name->is_used = true;
    if (++parser->node_count > CONDITION_NODE_LIMIT) {
        error_set(parser->error, "the condition has more than %d parts", CONDITION_NODE_LIMIT);
        return NULL;
    }
    next(parser);
    return name->node;
}

static struct sigma_node *parse_primary(struct parser *parser)
{
    struct str token = parser->token;
    if (str_is(token, "("))
        return parse_group(parser);
    if (str_is(token, "|"))
        return fail_removed(parser);
    if (token.len == 0 || str_is(token, ")") || is_word(token, "and") || is_word(token, "or"))
        return fail(parser, "unexpected");
    if (is_quantity(token) && is_word(peek(parser), "of"))
        return parse_quantity(parser);
    return parse_name(parser);
}

static struct sigma_node *parse_term(struct parser *parser)
{
    bool is_negative = false;
    for (; is_word(parser->token, "not"); next(parser))
        is_negative = !is_negative; // a loop: a long row of them costs no stack
    struct sigma_node *node = parse_primary(parser);
    if (!node || !is_negative)
        return node;
    struct node_list list = {0};
    if (!add_child(parser, &list, node))
        return NULL;
    struct sigma_node *negation = new_node(parser, NODE_NOT);
    negation->children = list.items;
    negation->count = 1;
    return negation;
}

// Terms with one operator between them.
static struct sigma_node *parse_row(struct parser *parser, const char *operator_word,
                                    enum sigma_node_kind kind,
                                    struct sigma_node *(*parse)(struct parser *))
{
    struct node_list list = {0};
    for (;;) {
        struct sigma_node *node = parse(parser);
        if (!node || !add_child(parser, &list, node))
            return NULL;
        if (!is_word(parser->token, operator_word))
            return join(parser, kind, &list);
        next(parser);
    }
}

static struct sigma_node *parse_and(struct parser *parser)
{
    return parse_row(parser, "and", NODE_AND, parse_term);
}

static struct sigma_node *parse_or(struct parser *parser)
{
    return parse_row(parser, "or", NODE_OR, parse_and);
}

static struct sigma_node *parse_all(struct parser *parser)
{
    if (parser->text.len > CONDITION_TEXT_LIMIT) {
        error_set(parser->error, "the condition is longer than %d bytes", CONDITION_TEXT_LIMIT);
        return NULL;
    }
    next(parser);
    if (parser->token.len == 0) {
        error_set(parser->error, "the condition is empty");
        return NULL;
    }
    struct sigma_node *node = parse_or(parser);
    if (!node || parser->token.len == 0)
        return node;
    if (str_is(parser->token, "|"))
        return fail_removed(parser);
    return fail(parser, str_is(parser->token, ")") ? "no parenthesis is open before"
                                                   : "'and' or 'or' is missing before");
}

struct sigma_node *condition_parse(struct condition_scope *scope, struct str text, size_t *offset,
                                   struct error *error)
{
    struct error unheard = {{0}};
    struct parser parser = {.scope = scope, .text = text, .error = error ? error : &unheard};
    struct sigma_node *node = parse_all(&parser);
    *offset = parser.token_at < text.len ? parser.token_at : text.len;
    return node;
}
