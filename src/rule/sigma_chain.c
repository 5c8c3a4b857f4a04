// Correlations and what they refer to: names resolved, chains followed, cycles refused.
// SPDX-License-Identifier: Apache-2.0
#include "rule/sigma_finish.h"

#define CHAIN_LIMIT 32 // correlations on correlations on ...

enum { DEPTH_VISITING = -1 };

static bool fail_reference(struct sigma_reader *reader, const struct sigma_document *document,
                           const struct sigma_reference *reference, const char *reason,
                           const char *suggestion)
{
    reader->path = document->head.path;
    return sigma_fail(reader, reference->line, reference->column, "%s '%s'%s", reason,
                      sigma_quote(reader, reference->text), suggestion);
}

static bool resolve(struct sigma_index *index, struct sigma_document *document, int depth);

// Finds the document of one name; its own correlations are resolved before.
static bool resolve_reference(struct sigma_index *index, const struct sigma_document *document,
                              struct sigma_reference *reference, int depth)
{
    struct sigma_reader *reader = index->reader;
    int64_t found = sigma_index_find(index, reference->text);
    if (found < 0)
        return fail_reference(reader, document, reference, "there is no rule",
                              sigma_index_suggest(index, reference->text));
    struct sigma_document *source = &reader->documents[found];
    if (source->kind == DOCUMENT_REFUSED)
        return fail_reference(reader, document, reference, "errors are in the rule", "");
    reference->document = (uint32_t)found;
    if (source->kind == DOCUMENT_RULE)
        return true;
    if (source->depth == DEPTH_VISITING)
        return fail_reference(reader, document, reference,
                              "correlations refer to each other in a circle through", "");
    if (depth == CHAIN_LIMIT)
        return fail_reference(reader, document, reference,
                              "more than 32 correlations are chained at", "");
    return resolve(index, source, depth + 1) ||
           fail_reference(reader, document, reference, "errors are in the correlation", "");
}

// The fields of an alias in the order of the sources.
static void add_alias(struct sigma_index *index, const struct sigma_document *document,
                      const struct sigma_alias *alias, struct map *names)
{
    struct sigma_reader *reader = index->reader;
    struct arena *arena = &reader->set->arena;
    const struct sigma_draft *draft = document->draft;
    struct sigma_correlation *correlation = draft->correlation;
    bool is_new;
    struct map_entry *entry = map_add(names, alias->name, &is_new);
    if (is_new) {
        entry->number = correlation->alias_count;
        struct correlation_alias *made = &correlation->aliases[correlation->alias_count++];
        made->name = alias->name;
        made->fields = ARENA_ARRAY(arena, struct str, draft->rule_count);
        for (size_t i = 0; i < draft->rule_count; i++)
            made->fields[i] = str_of("", 0);
    }
    int64_t found = sigma_index_find(index, alias->rule);
    bool is_used = false;
    for (size_t i = 0; found >= 0 && i < draft->rule_count; i++) {
        if (draft->rules[i].document == (uint32_t)found) {
            correlation->aliases[entry->number].fields[i] = alias->field;
            is_used = true;
        }
    }
    if (!is_used) {
        reader->path = document->head.path;
        sigma_warn(reader, alias->line, alias->column,
                   "alias '%s' names '%s', which is none of the correlation's rules",
                   sigma_quote(reader, alias->name), sigma_quote(reader, alias->rule));
    }
}

static void add_aliases(struct sigma_index *index, const struct sigma_document *document)
{
    const struct sigma_draft *draft = document->draft;
    struct map names; // alias -> its index
    map_init(&names);
    draft->correlation->aliases =
        ARENA_ARRAY(&index->reader->set->arena, struct correlation_alias, draft->alias_count);
    for (size_t i = 0; i < draft->alias_count; i++)
        add_alias(index, document, &draft->aliases[i], &names);
    map_done(&names);
}

// True when the correlation and all below it are good. Each is visited once.
static bool resolve(struct sigma_index *index, struct sigma_document *document, int depth)
{
    if (document->depth > 0)
        return !document->is_failed;
    const struct sigma_draft *draft = document->draft;
    document->depth = DEPTH_VISITING;
    bool is_good = true;
    for (size_t i = 0; i < draft->rule_count; i++)
        is_good &= resolve_reference(index, document, &draft->rules[i], depth);
    index->reader->path = document->head.path;
    if (is_good && draft->condition.len > 0)
        is_good = sigma_correlation_condition(index->reader, document);
    if (is_good)
        add_aliases(index, document);
    document->depth = 1;
    document->is_failed = !is_good;
    return is_good;
}

// What a good correlation refers to is needed, and told only by it unless it generates.
static void pull_in(struct sigma_reader *reader, struct sigma_document *document)
{
    const struct sigma_draft *draft = document->draft;
    if (document->is_resolved)
        return;
    document->is_resolved = true;
    for (size_t i = 0; i < draft->rule_count; i++) {
        struct sigma_document *source = &reader->documents[draft->rules[i].document];
        source->is_wanted = true;
        source->is_silent |= !draft->correlation->is_generate;
        if (source->kind == DOCUMENT_CORRELATION)
            pull_in(reader, source);
    }
}

void sigma_chain_resolve(struct sigma_index *index)
{
    struct sigma_reader *reader = index->reader;
    for (size_t i = 0; i < reader->document_count; i++)
        if (reader->documents[i].kind == DOCUMENT_CORRELATION && reader->documents[i].is_selected)
            resolve(index, &reader->documents[i], 1);
    for (size_t i = 0; i < reader->document_count; i++) {
        struct sigma_document *document = &reader->documents[i];
        if (document->kind == DOCUMENT_CORRELATION && document->is_selected && !document->is_failed)
            pull_in(reader, document);
    }
}
