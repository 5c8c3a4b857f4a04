// Filters: conditions that are ANDed to those of the rules they name.
// Source: Sigma filters specification 2.1 (SigmaHQ/sigma-specification).
// SPDX-License-Identifier: Apache-2.0
#include "rule/sigma_finish.h"

#define TRY_LIMIT 4000000 // filters times the rules they may be for

struct filtering {
    struct sigma_index *index;
    struct sigma_document **rules; // that are wanted
    size_t rule_count, tries;
    bool is_full;
};

static bool agrees(struct str filter, struct str rule)
{
    return filter.len == 0 || rule.len == 0 || str_equal(filter, rule);
}

static bool is_same_logsource(const struct sigma_logsource *filter,
                              const struct sigma_logsource *rule)
{
    return agrees(filter->product, rule->product) && agrees(filter->service, rule->service) &&
           agrees(filter->category, rule->category);
}

static void apply(struct filtering *filtering, struct sigma_document *rule,
                  const struct sigma_filter *filter)
{
    if (rule->kind != DOCUMENT_RULE || !rule->is_wanted)
        return;
    if (++filtering->tries > TRY_LIMIT)
        filtering->is_full = true;
    if (filtering->is_full || !is_same_logsource(&filter->logsource, &rule->rule->logsource))
        return;
    ARRAY_GROW(rule->filters, rule->filter_count, rule->filter_capacity);
    rule->filters[rule->filter_count++] = filter->condition;
}

// A title may stand for several rules, an id or name for one.
static void apply_to_named(struct filtering *filtering, const struct sigma_document *document,
                           struct str name)
{
    struct sigma_reader *reader = filtering->index->reader;
    int64_t found = sigma_index_find(filtering->index, name);
    if (found < 0) {
        reader->path = document->head.path;
        sigma_warn(reader, document->head.line, 1, "there is no rule '%s' for this filter%s",
                   sigma_quote(reader, name), sigma_index_suggest(filtering->index, name));
        return;
    }
    struct sigma_document *rule = &reader->documents[found];
    bool is_title = str_equal(rule->head.title, name);
    if (rule->kind == DOCUMENT_CORRELATION && !is_title) {
        reader->path = document->head.path;
        sigma_warn(reader, document->head.line, 1,
                   "'%s' is a correlation: filters apply to rules only", sigma_quote(reader, name));
    }
    apply(filtering, rule, document->filter);
    while (is_title && rule->next_title) {
        rule = &reader->documents[rule->next_title - 1];
        apply(filtering, rule, document->filter);
    }
}

static void apply_filter(struct filtering *filtering, const struct sigma_document *document)
{
    const struct sigma_filter *filter = document->filter;
    for (size_t i = 0; i < filter->rule_count; i++)
        apply_to_named(filtering, document, filter->rules[i]);
    for (size_t i = 0; filter->rule_count == 0 && i < filtering->rule_count; i++)
        apply(filtering, filtering->rules[i], filter);
}

// Each condition becomes: condition and filter and filter ...
static void join_filters(struct sigma_reader *reader, const struct sigma_document *document)
{
    struct sigma_rule *rule = document->rule;
    struct arena *arena = &reader->set->arena;
    for (size_t i = 0; i < rule->condition_count; i++) {
        struct sigma_node *node = ARENA_NEW(arena, struct sigma_node);
        node->kind = NODE_AND;
        node->count = document->filter_count + 1;
        node->children = ARENA_ARRAY(arena, struct sigma_node *, node->count);
        node->children[0] = rule->conditions[i];
        memcpy(node->children + 1, document->filters,
               document->filter_count * sizeof *document->filters);
        rule->conditions[i] = node;
    }
}

void sigma_filters_apply(struct sigma_index *index)
{
    struct sigma_reader *reader = index->reader;
    struct filtering filtering = {.index = index};
    filtering.rules =
        ARENA_ARRAY(&reader->set->arena, struct sigma_document *, reader->document_count);
    for (size_t i = 0; i < reader->document_count; i++)
        if (reader->documents[i].kind == DOCUMENT_RULE && reader->documents[i].is_wanted)
            filtering.rules[filtering.rule_count++] = &reader->documents[i];
    for (size_t i = 0; i < reader->document_count && !filtering.is_full; i++)
        if (reader->documents[i].kind == DOCUMENT_FILTER)
            apply_filter(&filtering, &reader->documents[i]);
    for (size_t i = 0; i < reader->document_count; i++) {
        const struct sigma_document *document = &reader->documents[i];
        if (document->filter_count == 0)
            continue;
        if (sigma_is_full(reader))
            filtering.is_full = true;
        else
            join_filters(reader, document);
    }
    if (filtering.is_full) {
        reader->path = str_of("", 0);
        sigma_fail(reader, 0, 0,
                   "too many filters for too many rules (more than %d pairs): some "
                   "are left out",
                   TRY_LIMIT);
    }
}
