// Reading stories: from YAML to odds, with every mistake named by its place.
// SPDX-License-Identifier: Apache-2.0
#include "hypothesis/hypothesis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/nearest.h"
#include "base/yaml.h"

#define TEXT_LIMIT ((size_t)4000) // bytes of one text
#define STEP_LIMIT 64
#define GROUP_LIMIT 32

// One file being read.
struct reading {
    struct arena *arena;
    struct str path;
    struct hypothesis *out;
    struct error *error;
};

static bool fail(const struct reading *r, const struct yaml *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool fail(const struct reading *r, const struct yaml *at, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return error_set(r->error, "%.*s:%d:%d: %s", (int)r->path.len, r->path.at, at->line, at->column,
                     text);
}

// "; did you mean 'x'?", or what there is to choose from.
static const char *hint(const struct reading *r, struct str word, const char *const *words,
                        size_t count)
{
    const char *near = nearest_word(word, words, count);
    return near ? arena_print(r->arena, "; did you mean '%s'?", near).at : "";
}

static int word(struct str text)
{
    return text.len < 80 ? (int)text.len : 80;
}

static bool check_keys(const struct reading *r, const struct yaml *node, const char *const *known,
                       size_t count)
{
    for (const struct yaml *key = node->first; key; key = key->next) {
        size_t i = 0;
        while (i < count && !str_is(key->text, known[i]))
            i++;
        if (i == count)
            return fail(r, key, "unknown key '%.*s'%s", word(key->text), key->text.at,
                        hint(r, key->text, known, count));
    }
    return true;
}

// ---- single values ----------------------------------------------------------------------------

static bool read_text(const struct reading *r, const struct yaml *node, const char *key,
                      bool is_needed, struct str *out)
{
    const struct yaml *value = yaml_find(node, key);
    *out = S("");
    if (!value)
        return !is_needed || fail(r, node, "'%s' is missing", key);
    if (value->kind != YAML_SCALAR || value->text.len == 0 || value->text.len > TEXT_LIMIT)
        return fail(r, value, "'%s' is to be a text of 1 to %zu bytes", key, TEXT_LIMIT);
    *out = str_trim(arena_copy(r->arena, value->text));
    return true;
}

static bool read_number(const struct reading *r, const struct yaml *node, const char *key,
                        double *out)
{
    const struct yaml *value = yaml_find(node, key);
    if (!value)
        return fail(r, node, "'%s' is missing", key);
    if (!yaml_to_double(value, out) || !(*out > 0 && *out < 1))
        return fail(r, value, "'%s' is to be a number between 0 and 1, both excluded", key);
    return true;
}

static bool read_flag(const struct reading *r, const struct yaml *node, const char *key, bool *out)
{
    const struct yaml *value = yaml_find(node, key);
    if (value && !yaml_to_bool(value, out))
        return fail(r, value, "'%s' is to be true or false", key);
    return true;
}

static bool read_list(const struct reading *r, const struct yaml *node, const char *key,
                      struct str **out, size_t *count)
{
    const struct yaml *list = yaml_find(node, key);
    *count = 0;
    if (!list)
        return true;
    if (list->kind != YAML_LIST || list->count > STEP_LIMIT)
        return fail(r, list, "'%s' is to be a list of at most %d texts", key, STEP_LIMIT);
    *out = ARENA_ARRAY(r->arena, struct str, list->count + 1);
    for (const struct yaml *item = list->first; item; item = item->next) {
        if (item->kind != YAML_SCALAR || item->text.len == 0 || item->text.len > TEXT_LIMIT)
            return fail(r, item, "an item of '%s' is to be a text", key);
        (*out)[(*count)++] = arena_copy(r->arena, item->text);
    }
    return true;
}

// ---- evidence ---------------------------------------------------------------------------------

static bool find_question(const struct reading *r, const struct yaml *key, size_t *out)
{
    const char *names[256];
    for (size_t i = 0; i < question_count; i++) {
        names[i] = questions[i]->name;
        if (str_is(key->text, names[i])) {
            *out = i;
            return true;
        }
    }
    return fail(r, key, "there is no question '%.*s'%s", word(key->text), key->text.at,
                hint(r, key->text, names, question_count));
}

static bool read_odds(const struct reading *r, const struct yaml *node, struct hypothesis_odds *out)
{
    static const char *const keys[] = {"if_true", "if_not", "decisive"};
    if (node->kind != YAML_MAPPING)
        return fail(r, node, "an answer is to have 'if_true' and 'if_not'");
    if (!check_keys(r, node, keys, 3) || !read_number(r, node, "if_true", &out->if_true) ||
        !read_number(r, node, "if_not", &out->if_not) ||
        !read_flag(r, node, "decisive", &out->is_decisive))
        return false;
    out->weight = log(out->if_true / out->if_not);
    if (out->is_decisive && out->weight <= 0)
        return fail(r, node,
                    "a decisive answer speaks for the story: 'if_true' is to be above 'if_not'");
    return true;
}

static bool read_answers(const struct reading *r, const struct yaml *node,
                         struct hypothesis_item *item)
{
    static const char *const names[] = {"no", "partly", "yes"};
    double if_true = 0, if_not = 0;
    if (node->kind != YAML_MAPPING || !node->count)
        return fail(r, node, "a question is to have answers: yes, partly, no");
    if (!check_keys(r, node, names, 3))
        return false;
    for (int i = 0; i < 3; i++) {
        const struct yaml *answer = yaml_find(node, names[i]);
        struct hypothesis_odds *odds = &item->odds[EVIDENCE_NO + i];
        if (!answer)
            continue;
        if (!read_odds(r, answer, odds))
            return false;
        if_true += odds->if_true;
        if_not += odds->if_not;
    }
    if (if_true > 1.001 || if_not > 1.001)
        return fail(r, node, "the chances of the answers add up to more than 1");
    return true;
}

static bool read_evidence(const struct reading *r, const struct yaml *node)
{
    const struct yaml *evidence = yaml_find(node, "evidence");
    if (!evidence)
        return true;
    if (evidence->kind != YAML_MAPPING)
        return fail(r, evidence, "'evidence' is to name questions, each with its answers");
    r->out->items = ARENA_ARRAY(r->arena, struct hypothesis_item, evidence->count + 1);
    for (const struct yaml *key = evidence->first; key; key = key->next) {
        struct hypothesis_item *item = &r->out->items[r->out->item_count++];
        item->group = -1;
        if (!find_question(r, key, &item->question) || !read_answers(r, key->value, item))
            return false;
    }
    return true;
}

static bool join_group(const struct reading *r, const struct yaml *name, int group)
{
    size_t question = 0;
    if (!find_question(r, name, &question))
        return false;
    for (size_t i = 0; i < r->out->item_count; i++) {
        struct hypothesis_item *item = &r->out->items[i];
        if (item->question != question)
            continue;
        if (item->group >= 0)
            return fail(r, name, "'%.*s' is in two groups", word(name->text), name->text.at);
        item->group = group;
        return true;
    }
    return fail(r, name, "'%.*s' is not among the evidence above", word(name->text), name->text.at);
}

static bool read_groups(const struct reading *r, const struct yaml *node)
{
    const struct yaml *groups = yaml_find(node, "groups");
    if (!groups)
        return true;
    if (groups->kind != YAML_MAPPING || groups->count > GROUP_LIMIT)
        return fail(r, groups, "'groups' is to have names, each with a list of questions");
    r->out->groups = ARENA_ARRAY(r->arena, struct str, groups->count + 1);
    for (const struct yaml *key = groups->first; key; key = key->next) {
        int group = (int)r->out->group_count;
        if (key->value->kind != YAML_LIST)
            return fail(r, key, "a group is to be a list of questions");
        r->out->groups[r->out->group_count++] = arena_copy(r->arena, key->text);
        for (const struct yaml *name = key->value->first; name; name = name->next)
            if (!join_group(r, name, group))
                return false;
    }
    return true;
}

// ---- a file -----------------------------------------------------------------------------------

static bool is_name(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return text.len > 0 && text.len <= 64;
}

static bool read_story(const struct reading *r, const struct yaml *node)
{
    static const char *const keys[] = {"name", "title",    "benign", "prior",      "story",
                                       "says", "evidence", "groups", "refuted_by", "remediation"};
    struct hypothesis *out = r->out;
    if (node->kind != YAML_MAPPING)
        return fail(r, node, "a story is to have the keys name, title, prior, story, evidence");
    if (!check_keys(r, node, keys, sizeof keys / sizeof keys[0]) ||
        !read_text(r, node, "name", true, &out->name))
        return false;
    if (!is_name(out->name))
        return fail(r, yaml_find(node, "name"),
                    "a name has small letters, digits and underscores, 64 at most");
    out->is_unknown = str_is(out->name, "unknown");
    if (!read_text(r, node, "title", true, &out->title) ||
        !read_text(r, node, "story", true, &out->story) ||
        !read_text(r, node, "says", true, &out->says) ||
        !read_flag(r, node, "benign", &out->is_benign) ||
        !read_number(r, node, "prior", &out->prior) || !read_evidence(r, node) ||
        !read_groups(r, node) ||
        !read_list(r, node, "refuted_by", &out->refuted_by, &out->refuted_count) ||
        !read_list(r, node, "remediation", &out->steps, &out->step_count))
        return false;
    if (!out->item_count && !out->is_unknown)
        return fail(r, node, "'evidence' is missing");
    if (out->item_count && out->is_unknown)
        return fail(r, yaml_find(node, "evidence"),
                    "'unknown' is what is left: no evidence speaks for it");
    return true;
}

static void put(struct hypothesis_set *set, const struct hypothesis *story)
{
    size_t at = 0;
    while (at < set->count && str_compare(set->items[at].name, story->name) < 0)
        at++;
    if (at < set->count && str_equal(set->items[at].name, story->name)) {
        set->items[at] = *story;
        return;
    }
    ARRAY_GROW(set->items, set->count, set->capacity);
    memmove(&set->items[at + 1], &set->items[at], (set->count - at) * sizeof *set->items);
    set->items[at] = *story;
    set->count++;
}

bool hypothesis_add(struct hypothesis_set *set, struct str path, struct str text,
                    struct error *error)
{
    struct yaml **documents;
    size_t count;
    struct hypothesis story = {.path = arena_copy(&set->arena, path)};
    struct reading r = {&set->arena, story.path, &story, error};
    struct error problem;
    if (!yaml_parse(&set->arena, text, &documents, &count, &problem))
        return error_set(error, "%.*s:%s", (int)path.len, path.at, problem.text);
    if (count != 1)
        return error_set(error, "%.*s:1:1: a file holds one story, this one %zu", (int)path.len,
                         path.at, count);
    if (!read_story(&r, documents[0]))
        return false;
    if (set->count == HYPOTHESIS_LIMIT && !hypothesis_find(set, story.name))
        return fail(&r, documents[0], "more than %d stories", HYPOTHESIS_LIMIT);
    put(set, &story);
    return true;
}

// ---- a set ------------------------------------------------------------------------------------

void hypothesis_set_init(struct hypothesis_set *set)
{
    *set = (struct hypothesis_set){0};
    arena_init(&set->arena);
}

void hypothesis_set_done(struct hypothesis_set *set)
{
    arena_done(&set->arena);
    free(set->items);
    *set = (struct hypothesis_set){0};
}

const struct hypothesis *hypothesis_find(const struct hypothesis_set *set, struct str name)
{
    for (size_t i = 0; i < set->count; i++)
        if (str_equal(set->items[i].name, name))
            return &set->items[i];
    return NULL;
}

bool hypothesis_check(struct hypothesis_set *set, struct error *error)
{
    double sum = 0;
    if (!hypothesis_find(set, S("unknown")))
        return error_set(error,
                         "no story is called 'unknown', which stands for none of the others");
    if (set->count < 2)
        return error_set(error, "there is nothing to weigh: 'unknown' is the only story");
    for (size_t i = 0; i < set->count; i++)
        sum += set->items[i].prior;
    for (size_t i = 0; i < set->count; i++)
        set->items[i].prior /= sum;
    return true;
}
