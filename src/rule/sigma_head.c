// What rules, correlations and filters have in common: who they are and where they belong.
// SPDX-License-Identifier: Apache-2.0
#include "base/encode.h"
#include "rule/sigma_reader.h"

#define TEXT_LIST_LIMIT 10000

// ---- members -----------------------------------------------------------------------------------

static void warn_of_type(struct sigma_reader *reader, const struct yaml *value, const char *key,
                         const char *wanted)
{
    sigma_warn(reader, value->line, value->column, "'%s' must be %s", key, wanted);
}

struct str sigma_text(struct sigma_reader *reader, const struct yaml *mapping, const char *key)
{
    const struct yaml *value = yaml_find(mapping, key);
    if (!value || yaml_is_null(value))
        return str_of("", 0);
    const struct yaml *first = value;
    if (value->kind != YAML_SCALAR) {
        warn_of_type(reader, value, key, "text");
        first = value->kind == YAML_LIST ? value->first : NULL;
    }
    if (!first || first->kind != YAML_SCALAR)
        return str_of("", 0);
    return arena_copy(&reader->set->arena, str_trim(first->text));
}

struct str *sigma_texts(struct sigma_reader *reader, const struct yaml *mapping, const char *key,
                        bool is_single_fine, size_t *count)
{
    const struct yaml *value = yaml_find(mapping, key);
    *count = 0;
    if (!value || yaml_is_null(value))
        return NULL;
    if (value->kind == YAML_MAPPING || (value->kind == YAML_SCALAR && !is_single_fine))
        warn_of_type(reader, value, key, "a list");
    if (value->kind == YAML_MAPPING)
        return NULL;
    const struct yaml *item = value->kind == YAML_LIST ? value->first : value;
    size_t most = value->kind == YAML_LIST ? value->count : 1;
    if (most > TEXT_LIST_LIMIT) {
        sigma_warn(reader, value->line, value->column, "'%s' has more than %d members", key,
                   TEXT_LIST_LIMIT);
        most = TEXT_LIST_LIMIT;
    }
    struct str *texts = ARENA_ARRAY(&reader->set->arena, struct str, most);
    for (size_t i = 0; i < most; i++, item = item->next) {
        if (item->kind != YAML_SCALAR)
            warn_of_type(reader, item, key, "a list of texts");
        else if (!yaml_is_null(item))
            texts[(*count)++] = arena_copy(&reader->set->arena, str_trim(item->text));
    }
    return texts;
}

// ---- head --------------------------------------------------------------------------------------

static const char *const level_names[] = {
    [LEVEL_INFO] = "info", [LEVEL_LOW] = "low",           [LEVEL_MEDIUM] = "medium",
    [LEVEL_HIGH] = "high", [LEVEL_CRITICAL] = "critical",
};

const char *sigma_level_name(enum sigma_level level)
{
    return level_names[level];
}

bool sigma_level_parse(struct str text, enum sigma_level *out)
{
    if (str_equal_fold(text, S("informational"))) {
        *out = LEVEL_INFO;
        return true;
    }
    for (int level = LEVEL_INFO; level <= LEVEL_CRITICAL; level++) {
        if (str_equal_fold(text, str_from(level_names[level]))) {
            *out = (enum sigma_level)level;
            return true;
        }
    }
    return false;
}

static void read_level(struct sigma_reader *reader, const struct yaml *document,
                       struct sigma_head *head)
{
    static const char *const known[] = {"informational", "low", "medium", "high", "critical"};
    const struct yaml *value = yaml_find(document, "level");
    struct str text = sigma_text(reader, document, "level");
    head->level = LEVEL_MEDIUM;
    if (text.len > 0 && !sigma_level_parse(text, &head->level))
        sigma_warn(reader, value->line, value->column, "unknown level '%s', read as medium%s",
                   sigma_quote(reader, text), sigma_suggest(reader, text, known, 5));
}

static void read_status(struct sigma_reader *reader, const struct yaml *document,
                        struct sigma_head *head)
{
    static const char *const known[] = {"stable", "test", "experimental", "deprecated",
                                        "unsupported"};
    head->status = sigma_text(reader, document, "status");
    for (int i = 0; i < 5; i++)
        if (str_is(head->status, known[i]))
            return;
    const struct yaml *value = yaml_find(document, "status");
    if (head->status.len > 0)
        sigma_warn(reader, value->line, value->column, "unknown status '%s'%s",
                   sigma_quote(reader, head->status),
                   sigma_suggest(reader, head->status, known, 5));
}

static void read_names(struct sigma_reader *reader, const struct yaml *document,
                       struct sigma_head *head)
{
    head->title = sigma_text(reader, document, "title");
    head->name = sigma_text(reader, document, "name");
    head->id = sigma_text(reader, document, "id");
    uint8_t guid[16];
    const struct yaml *id = yaml_find(document, "id");
    if (head->id.len > 0 && !guid_parse(head->id, guid))
        sigma_warn(reader, id->line, id->column, "id '%s' is no UUID",
                   sigma_quote(reader, head->id));
    if (head->title.len == 0) {
        sigma_warn(reader, head->line, 1, "'title' is missing");
        head->title = head->name.len > 0 ? head->name : head->id.len > 0 ? head->id : head->path;
    }
    head->has_own_id = head->id.len > 0;
    if (head->id.len == 0)
        head->id = head->name.len > 0 ? head->name : head->title;
}

void sigma_head_read(struct sigma_reader *reader, const struct yaml *document,
                     struct sigma_head *head)
{
    *head = (struct sigma_head){.path = reader->path, .line = document->line};
    read_names(reader, document, head);
    read_level(reader, document, head);
    read_status(reader, document, head);
    head->description = sigma_text(reader, document, "description");
    head->author = sigma_text(reader, document, "author");
    head->date = sigma_text(reader, document, "date");
    head->tags = sigma_texts(reader, document, "tags", false, &head->tag_count);
    head->references = sigma_texts(reader, document, "references", false, &head->reference_count);
    head->false_positives =
        sigma_texts(reader, document, "falsepositives", false, &head->false_positive_count);
    head->investigation =
        sigma_texts(reader, document, "investigation", true, &head->investigation_count);
}

// ---- logsource ---------------------------------------------------------------------------------

static struct str lower_text(struct sigma_reader *reader, const struct yaml *mapping,
                             const char *key)
{
    struct str text = sigma_text(reader, mapping, key);
    char *lower = arena_alloc(&reader->set->arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        lower[i] = ascii_lower(text.at[i]);
    return str_of(lower, text.len);
}

void sigma_logsource_read(struct sigma_reader *reader, const struct yaml *document,
                          bool is_mandatory, struct sigma_logsource *out)
{
    const struct yaml *value = yaml_find(document, "logsource");
    *out = (struct sigma_logsource){str_of("", 0), str_of("", 0), str_of("", 0)};
    if (!value || yaml_is_null(value)) {
        if (is_mandatory)
            sigma_warn(reader, document->line, document->column, "'logsource' is missing");
        return;
    }
    if (value->kind != YAML_MAPPING) {
        warn_of_type(reader, value, "logsource", "a mapping");
        return;
    }
    out->product = lower_text(reader, value, "product");
    out->service = lower_text(reader, value, "service");
    out->category = lower_text(reader, value, "category");
    if (is_mandatory && !out->product.len && !out->service.len && !out->category.len)
        sigma_warn(reader, value->line, value->column,
                   "'logsource' has neither product, service nor category");
}
