// After the last file: order, duplicates, narrowing, and the rules' last form.
// SPDX-License-Identifier: Apache-2.0
#include "rule/sigma_finish.h"

#include <stdlib.h>

// ---- order -------------------------------------------------------------------------------------

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_documents(const void *a, const void *b)
{
    const struct sigma_document *x = a, *y = b;
    int order = str_compare(x->head.path, y->head.path);
    if (order == 0)
        order = compare_numbers(x->head.line, y->head.line);
    return order ? order : compare_numbers(x->sequence, y->sequence);
}

static int compare_problems(const void *a, const void *b)
{
    const struct sigma_problem *x = a, *y = b;
    int order = str_compare(x->path, y->path);
    if (order == 0)
        order = compare_numbers(x->line, y->line);
    if (order == 0)
        order = compare_numbers(x->column, y->column);
    if (order == 0)
        order = compare_numbers(y->is_error, x->is_error);
    return order ? order : str_compare(x->text, y->text);
}

// ---- names -------------------------------------------------------------------------------------

static struct str lower_copy_of(struct sigma_reader *reader, struct str text)
{
    char *lower = arena_alloc(&reader->set->arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        lower[i] = ascii_lower(text.at[i]);
    return str_of(lower, text.len);
}

int64_t sigma_index_find(const struct sigma_index *index, struct str reference)
{
    enum { LONGEST = 256 };
    char lower[LONGEST];
    const struct map_entry *entry = NULL;
    if (reference.len <= LONGEST) {
        for (size_t i = 0; i < reference.len; i++)
            lower[i] = ascii_lower(reference.at[i]);
        entry = map_find(&index->by_id, str_of(lower, reference.len));
    }
    if (!entry)
        entry = map_find(&index->by_name, reference);
    if (!entry)
        entry = map_find(&index->by_title, reference);
    return entry ? (int64_t)entry->number : -1;
}

const char *sigma_index_suggest(const struct sigma_index *index, struct str reference)
{
    enum { NAMES_TRIED = 2048 };
    const char *names[NAMES_TRIED];
    size_t count = 0;
    const struct sigma_reader *reader = index->reader;
    for (size_t i = 0; i < reader->document_count && count + 3 <= NAMES_TRIED; i++) {
        const struct sigma_head *head = &reader->documents[i].head;
        if (reader->documents[i].kind == DOCUMENT_FILTER)
            continue;
        // All of them come from arena_copy and end with a zero byte.
        names[count++] = head->id.at;
        names[count++] = head->title.at;
        if (head->name.len > 0)
            names[count++] = head->name.at;
    }
    return sigma_suggest(index->reader, reference, names, count);
}

static bool is_named(const struct sigma_document *document)
{
    return document->kind == DOCUMENT_RULE || document->kind == DOCUMENT_CORRELATION;
}

// Ids that were written must be unique: the first document with one is kept.
static void index_own_ids(struct sigma_index *index)
{
    struct sigma_reader *reader = index->reader;
    for (size_t i = 0; i < reader->document_count; i++) {
        struct sigma_document *document = &reader->documents[i];
        if (!is_named(document) || !document->head.has_own_id)
            continue;
        bool is_new;
        struct map_entry *entry =
            map_add(&index->by_id, lower_copy_of(reader, document->head.id), &is_new);
        if (is_new) {
            entry->number = i;
            continue;
        }
        const struct sigma_head *first = &reader->documents[entry->number].head;
        document->is_duplicate = true;
        reader->path = document->head.path;
        sigma_warn(reader, document->head.line, 1, "id '%s' is that of %s:%d already: not used",
                   sigma_quote(reader, document->head.id), sigma_quote(reader, first->path),
                   first->line);
    }
}

// Ids that were made of names and titles, or inherited, get a number when they are taken.
static void index_made_ids(struct sigma_index *index)
{
    struct sigma_reader *reader = index->reader;
    struct map copies; // lower-case id -> last number tried
    map_init(&copies);
    for (size_t i = 0; i < reader->document_count; i++) {
        struct sigma_document *document = &reader->documents[i];
        if (!is_named(document) || document->head.has_own_id)
            continue;
        struct str base = lower_copy_of(reader, document->head.id);
        bool is_new;
        struct map_entry *entry = map_add(&index->by_id, base, &is_new);
        while (!is_new) {
            struct map_entry *copy = map_add(&copies, base, NULL);
            copy->number += copy->number == 0 ? 2 : 1;
            struct str id = arena_print(&reader->set->arena, "%.*s-%u", (int)document->head.id.len,
                                        document->head.id.at, (unsigned)copy->number);
            entry = map_add(&index->by_id, lower_copy_of(reader, id), &is_new);
            if (is_new)
                document->head.id = id;
        }
        entry->number = i;
    }
    map_done(&copies);
}

static void index_names(struct sigma_index *index)
{
    struct sigma_reader *reader = index->reader;
    struct map last; // title -> index of the last document with it
    map_init(&last);
    for (size_t i = 0; i < reader->document_count; i++) {
        struct sigma_document *document = &reader->documents[i];
        if (document->kind == DOCUMENT_FILTER || document->is_duplicate)
            continue;
        bool is_new;
        struct map_entry *entry;
        if (document->head.name.len > 0) {
            entry = map_add(&index->by_name, document->head.name, &is_new);
            reader->path = document->head.path;
            if (is_new)
                entry->number = i;
            else
                sigma_warn(reader, document->head.line, 1, "name '%s' is used in %s:%d already",
                           sigma_quote(reader, document->head.name),
                           sigma_quote(reader, reader->documents[entry->number].head.path),
                           reader->documents[entry->number].head.line);
        }
        entry = map_add(&index->by_title, document->head.title, &is_new);
        if (is_new)
            entry->number = i;
        else
            reader->documents[map_find(&last, document->head.title)->number].next_title =
                (uint32_t)i + 1;
        map_add(&last, document->head.title, NULL)->number = i;
    }
    map_done(&last);
}

// Refused documents are known by their ids too, unless a good one has the id.
static void index_refused(struct sigma_index *index)
{
    struct sigma_reader *reader = index->reader;
    for (size_t i = 0; i < reader->document_count; i++) {
        bool is_new;
        if (reader->documents[i].kind != DOCUMENT_REFUSED)
            continue;
        struct map_entry *entry =
            map_add(&index->by_id, lower_copy_of(reader, reader->documents[i].head.id), &is_new);
        if (is_new)
            entry->number = i;
    }
}

// ---- narrowing ---------------------------------------------------------------------------------

static bool has_text(const struct str *texts, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_fold(texts[i], text))
            return true;
    return false;
}

// The tag itself or something below it: attack.t1114 has attack.t1114.002.
static bool is_tag_below(struct str tag, struct str wanted)
{
    return str_starts_fold(tag, wanted) && (tag.len == wanted.len || tag.at[wanted.len] == '.');
}

static bool has_tag(const struct sigma_head *head, const struct sigma_narrow *narrow)
{
    for (size_t i = 0; i < head->tag_count; i++)
        for (size_t k = 0; k < narrow->tag_count; k++)
            if (is_tag_below(head->tags[i], narrow->tags[k]))
                return true;
    return narrow->tag_count == 0;
}

static bool is_selected(const struct sigma_head *head, const struct sigma_narrow *narrow)
{
    if (!narrow)
        return true;
    return head->level >= narrow->least_level && has_tag(head, narrow) &&
           (narrow->status_count == 0 ||
            has_text(narrow->statuses, narrow->status_count, head->status)) &&
           !has_text(narrow->excluded_ids, narrow->excluded_count, head->id);
}

static void select_documents(struct sigma_reader *reader, const struct sigma_narrow *narrow)
{
    for (size_t i = 0; i < reader->document_count; i++) {
        struct sigma_document *document = &reader->documents[i];
        document->is_selected =
            is_named(document) && !document->is_duplicate && is_selected(&document->head, narrow);
        document->is_wanted = document->is_selected;
    }
}

// ---- last form ---------------------------------------------------------------------------------

// Rules and correlations have the same members for their heads.
#define FILL_HEAD(to, head)                                                                        \
    do {                                                                                           \
        (to)->path = (head)->path;                                                                 \
        (to)->line = (head)->line;                                                                 \
        (to)->title = (head)->title;                                                               \
        (to)->id = (head)->id;                                                                     \
        (to)->name = (head)->name;                                                                 \
        (to)->status = (head)->status;                                                             \
        (to)->description = (head)->description;                                                   \
        (to)->author = (head)->author;                                                             \
        (to)->date = (head)->date;                                                                 \
        (to)->level = (head)->level;                                                               \
        (to)->tags = (head)->tags;                                                                 \
        (to)->tag_count = (head)->tag_count;                                                       \
        (to)->references = (head)->references;                                                     \
        (to)->reference_count = (head)->reference_count;                                           \
        (to)->false_positives = (head)->false_positives;                                           \
        (to)->false_positive_count = (head)->false_positive_count;                                 \
        (to)->investigation = (head)->investigation;                                               \
        (to)->investigation_count = (head)->investigation_count;                                   \
    } while (0)

static void give_index(struct sigma_set *set, struct sigma_document *document)
{
    // What is only there for a correlation gives no findings of its own.
    bool is_silent = document->is_silent || !document->is_selected;
    if (document->kind == DOCUMENT_RULE) {
        struct sigma_rule *rule = document->rule;
        FILL_HEAD(rule, &document->head);
        rule->is_silent = is_silent;
        rule->index = document->index = (uint32_t)set->rule_count;
        ARRAY_GROW(set->rules, set->rule_count, set->rule_capacity);
        set->rules[set->rule_count++] = rule;
    } else {
        struct sigma_correlation *correlation = document->draft->correlation;
        FILL_HEAD(correlation, &document->head);
        correlation->is_silent = is_silent;
        correlation->index = document->index = (uint32_t)set->correlation_count;
        ARRAY_GROW(set->correlations, set->correlation_count, set->correlation_capacity);
        set->correlations[set->correlation_count++] = correlation;
    }
}

static void fill_sources(struct sigma_reader *reader, const struct sigma_draft *draft)
{
    struct sigma_correlation *correlation = draft->correlation;
    correlation->source_count = draft->rule_count;
    correlation->sources =
        ARENA_ARRAY(&reader->set->arena, struct correlation_source, draft->rule_count);
    for (size_t i = 0; i < draft->rule_count; i++) {
        const struct sigma_document *source = &reader->documents[draft->rules[i].document];
        correlation->sources[i] = (struct correlation_source){
            .is_correlation = source->kind == DOCUMENT_CORRELATION, .index = source->index};
    }
}

static void build(struct sigma_reader *reader)
{
    for (size_t i = 0; i < reader->document_count; i++)
        if (reader->documents[i].is_wanted && !reader->documents[i].is_failed)
            give_index(reader->set, &reader->documents[i]);
    for (size_t i = 0; i < reader->document_count; i++) {
        const struct sigma_document *document = &reader->documents[i];
        if (document->kind == DOCUMENT_CORRELATION && document->is_wanted && !document->is_failed)
            fill_sources(reader, document->draft);
    }
}

void sigma_resolve(struct sigma_reader *reader, const struct sigma_narrow *narrow)
{
    struct sigma_index index = {.reader = reader};
    map_init(&index.by_id);
    map_init(&index.by_name);
    map_init(&index.by_title);
    if (reader->document_count > 0)
        qsort(reader->documents, reader->document_count, sizeof *reader->documents,
              compare_documents);
    index_own_ids(&index);
    index_made_ids(&index);
    index_names(&index);
    index_refused(&index);
    select_documents(reader, narrow);
    sigma_chain_resolve(&index);
    sigma_filters_apply(&index);
    build(reader);
    struct sigma_set *set = reader->set;
    if (set->problem_count > 0)
        qsort(set->problems, set->problem_count, sizeof *set->problems, compare_problems);
    map_done(&index.by_id);
    map_done(&index.by_name);
    map_done(&index.by_title);
}
