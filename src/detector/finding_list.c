// From gathered matches to the sorted list of findings.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "detector/collector.h"

// What rules and correlations have in common.
struct origin {
    struct str title, id, name, status;
    enum sigma_level level;
    const struct str *tags;
    size_t tag_count;
};

static struct origin origin_of(const struct sigma_set *set, uint32_t index)
{
    if (index < set->rule_count) {
        const struct sigma_rule *rule = set->rules[index];
        return (struct origin){rule->title, rule->id,   rule->name,     rule->status,
                               rule->level, rule->tags, rule->tag_count};
    }
    const struct sigma_correlation *rule = set->correlations[index - set->rule_count];
    return (struct origin){rule->title, rule->id,   rule->name,     rule->status,
                           rule->level, rule->tags, rule->tag_count};
}

static double confidence_of(struct str status)
{
    static const struct {
        const char *status;
        double confidence;
    } rows[] = {{"stable", 0.9}, {"test", 0.7}, {"experimental", 0.5}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_equal_fold(status, str_from(rows[i].status)))
            return rows[i].confidence;
    return 0.6;
}

static bool are_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return true;
}

// "attack.t1114" and "attack.t1114.003" are techniques; other tags are tactics, groups, CVEs ...
static bool read_technique(struct str tag, struct str *out)
{
    struct str prefix = S("attack.t");
    if (!str_starts_fold(tag, prefix) || (tag.len != prefix.len + 4 && tag.len != prefix.len + 8))
        return false;
    struct str number = str_of(tag.at + prefix.len, 4);
    if (!are_digits(number))
        return false;
    if (tag.len == prefix.len + 8 && (number.at[4] != '.' || !are_digits(str_of(number.at + 5, 3))))
        return false;
    *out = str_of(number.at, tag.len - prefix.len);
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void write_attack(struct arena *arena, const struct origin *origin, struct finding *finding)
{
    struct str number, *found = ARENA_ARRAY(arena, struct str, origin->tag_count);
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < origin->tag_count; i++)
        if (read_technique(origin->tags[i], &number))
            found[count++] = arena_print(arena, "T%.*s", (int)number.len, number.at);
    if (count)
        qsort(found, count, sizeof *found, compare_texts);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !str_equal(found[kept - 1], found[i]))
            found[kept++] = found[i];
    finding->attack = found;
    finding->attack_count = kept;
}

// The first event is the same whatever came first, so the id is too.
void finding_write_id(struct buf *scratch, struct str actor, struct finding *finding)
{
    static const char digits[] = "0123456789abcdef";
    char time[INSTANT_SIZE];
    buf_clear(scratch);
    buf_add(scratch, finding->detector);
    buf_add_char(scratch, 0);
    buf_add(scratch, actor);
    buf_add_char(scratch, 0);
    buf_add(scratch, str_from(instant_print(finding->first, time)));
    buf_add_char(scratch, 0);
    if (finding->listed)
        buf_add(scratch, finding->events[0]);
    uint64_t hash = hash_str(buf_str(scratch));
    memcpy(finding->id, "f-", 2);
    for (int i = 0; i < 16; i++)
        finding->id[2 + i] = digits[hash >> (60 - 4 * i) & 15];
}

// What all findings of one rule or correlation share, made at the first.
static const struct finding *shared_of(struct finding_list *list, const struct sigma_set *set,
                                       struct finding *shared, uint32_t index)
{
    struct arena *arena = &list->arena;
    struct finding *finding = &shared[index];
    if (finding->detector.at)
        return finding;
    struct origin origin = origin_of(set, index);
    struct str name = origin.id.len ? origin.id : origin.name.len ? origin.name : origin.title;
    finding->detector = arena_print(arena, "sigma:%.*s", (int)name.len, name.at);
    finding->title = arena_copy(arena, origin.title);
    finding->severity = origin.level;
    finding->confidence = confidence_of(origin.status);
    write_attack(arena, &origin, finding);
    if (index < set->rule_count)
        finding->rule = set->rules[index];
    else
        finding->correlation = set->correlations[index - set->rule_count];
    return finding;
}

static void write_finding(struct finding_list *list, const struct finding *shared,
                          const struct finding_group *group, struct cluster *cluster,
                          struct buf *scratch)
{
    struct finding *finding = &list->items[list->count++];
    *finding = *shared;
    cluster_write(cluster, &list->arena, finding);
    finding_write_id(scratch, group->actor, finding);
}

static int compare_findings(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    int order = str_compare(a->detector, b->detector);
    return order ? order : memcmp(a->id, b->id, sizeof a->id);
}

void finding_finish(struct finding_collector *collector, struct finding_list *out)
{
    struct buf scratch;
    *out = (struct finding_list){0};
    arena_init(&out->arena);
    buf_init(&scratch);
    out->items = ARENA_ARRAY(&out->arena, struct finding, collector->cluster_count);
    struct finding *shared = memory_new((collector->rule_count + 1) * sizeof *shared);
    for (size_t i = 0; i < collector->bucket_count; i++)
        for (struct finding_group *g = collector->buckets[i]; g; g = g->next_in_bucket)
            for (size_t c = 0; c < g->count; c++)
                write_finding(out, shared_of(out, collector->set, shared, g->rule), g,
                              g->spans[c].cluster, &scratch);
    free(shared);
    out->capacity = collector->cluster_count;
    buf_done(&scratch);
    finding_list_sort(out);
}

void finding_list_sort(struct finding_list *list)
{
    if (list->count)
        qsort(list->items, list->count, sizeof *list->items, compare_findings);
}

struct finding *finding_list_add(struct finding_list *list)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        struct finding *items = ARENA_ARRAY(&list->arena, struct finding, capacity);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    struct finding *finding = &list->items[list->count++];
    *finding = (struct finding){0};
    return finding;
}

void finding_list_done(struct finding_list *list)
{
    arena_done(&list->arena);
    *list = (struct finding_list){0};
}

// ---- packed entities --------------------------------------------------------------------------

// Each entity: kind (1 byte), length (2 bytes, low first), text.
struct str entity_pack(struct arena *arena, const struct entity_list *entities)
{
    size_t size = 0;
    for (size_t i = 0; i < entities->count; i++)
        if (entities->items[i].text.len <= UINT16_MAX)
            size += 3 + entities->items[i].text.len;
    char *bytes = arena_alloc(arena, size), *at = bytes;
    for (size_t i = 0; i < entities->count; i++) {
        struct str text = entities->items[i].text;
        if (text.len > UINT16_MAX)
            continue;
        *at++ = (char)entities->items[i].kind;
        *at++ = (char)(text.len & 0xff);
        *at++ = (char)(text.len >> 8);
        if (text.len)
            memcpy(at, text.at, text.len);
        at += text.len;
    }
    return str_of(bytes, size);
}

void entity_unpack(struct str packed, struct entity_list *out)
{
    out->count = 0;
    if (packed.len == 0)
        return;
    const char *at = packed.at, *end = packed.at + packed.len;
    while (end - at >= 3 && out->count < ENTITY_LIMIT) {
        unsigned kind = (unsigned char)at[0];
        size_t len = (unsigned char)at[1] | (size_t)(unsigned char)at[2] << 8;
        at += 3;
        if (kind >= ENTITY_KIND_COUNT || len > (size_t)(end - at))
            return;
        out->items[out->count++] = (struct entity){(enum entity_kind)kind, str_of(at, len)};
        at += len;
    }
}
