// Finds what is an attacker's own in the findings of an incident.
// SPDX-License-Identifier: Apache-2.0
#include "report/indicator.h"

#include <stdlib.h>

#include "base/map.h"
#include "incident/own.h"

#define UNSEEN_SHARE 0.5

const struct verdict *outline_verdict(const struct scan_result *result, size_t incident)
{
    return result->verdicts ? &result->verdicts[incident] : NULL;
}

static const struct verdict_hypothesis *leader_of(const struct verdict *verdict)
{
    return verdict && verdict->hypothesis_count ? &verdict->hypotheses[0] : NULL;
}

bool verdict_is_benign(const struct verdict *verdict)
{
    const struct verdict_hypothesis *leader = leader_of(verdict);
    return leader && verdict->is_decided && leader->is_benign;
}

bool verdict_is_attack(const struct verdict *verdict)
{
    const struct verdict_hypothesis *leader = leader_of(verdict);
    return leader && !leader->is_benign && !verdict_is_unknown(leader);
}

static bool is_insider(const struct verdict *verdict)
{
    const struct verdict_hypothesis *leader = leader_of(verdict);
    return leader && verdict->is_decided && str_is(leader->name, "insider_collection");
}

unsigned confidence_percent(double confidence)
{
    if (!(confidence > 0))
        return 0;
    return confidence >= 1 ? 100 : (unsigned)(confidence * 100 + 0.5);
}

// ---- gathering --------------------------------------------------------------------------------

struct search {
    const struct verdict *verdict;
    struct indicator_list *out;
    struct arena arena; // of the keys that are kept
    struct buf scratch;
    struct map index; // kind and value -> item + 1
    struct map seen;  // the same of what the attacker's records show
    bool has_seen[ENTITY_KIND_COUNT];
    double confidence;
};

// Applications are one kind, whichever side of a call they were on.
static enum entity_kind kind_of(enum entity_kind kind)
{
    return kind == ENTITY_CLIENT_APP ? ENTITY_APP : kind;
}

// Until the next call.
static struct str key_of(struct search *search, enum entity_kind kind, struct str value)
{
    buf_clear(&search->scratch);
    buf_add_char(&search->scratch, (char)kind);
    buf_add(&search->scratch, value);
    return buf_str(&search->scratch);
}

// The entry of a key; a new one gets a key of its own.
static struct map_entry *entry_of(struct search *search, struct map *map, struct str key)
{
    struct map_entry *entry = map_find(map, key);
    return entry ? entry : map_add(map, arena_copy(&search->arena, key), NULL);
}

static void note_seen(struct search *search, enum entity_kind kind, struct str value)
{
    search->has_seen[kind_of(kind)] = true;
    entry_of(search, &search->seen, key_of(search, kind_of(kind), value));
}

static void gather_seen(struct search *search)
{
    const struct verdict *verdict = search->verdict;
    for (size_t i = 0; verdict && i < verdict->edge_count; i++) {
        note_seen(search, verdict->edges[i].from_kind, verdict->edges[i].from);
        note_seen(search, verdict->edges[i].to_kind, verdict->edges[i].to);
    }
}

static bool is_wanted(const struct search *search, const struct entity *entity)
{
    enum entity_kind kind = kind_of(entity->kind);
    if ((kind == ENTITY_IP || kind == ENTITY_APP) && is_insider(search->verdict))
        return false;
    return entity_may_be_owned(entity->kind, entity->text);
}

static bool is_seen(const struct search *search, struct str key)
{
    return map_find(&search->seen, key) != NULL;
}

// Whether the attacker's own records would show it, had they to do with it: of that kind they show something, and
// all of it.
static bool is_refuted(const struct search *search, enum entity_kind kind, struct str key)
{
    return search->has_seen[kind] && search->verdict->edge_count < VERDICT_EDGE_LIMIT &&
           !is_seen(search, key);
}

// NULL: it is not the attacker's, or there is no room for another.
static struct indicator *item_of(struct search *search, enum entity_kind kind, struct str value)
{
    struct indicator_list *out = search->out;
    struct str key = key_of(search, kind, value);
    const struct map_entry *entry = map_find(&search->index, key);
    if (entry)
        return &out->items[entry->number];
    if (is_refuted(search, kind, key))
        return NULL;
    if (out->count >= INDICATOR_LIMIT) {
        out->unlisted++;
        return NULL;
    }
    ARRAY_GROW(out->items, out->count, out->capacity);
    out->items[out->count] = (struct indicator){
        .kind = kind,
        .value = value,
        .first = INSTANT_NONE,
        .last = INSTANT_NONE,
        .confidence = search->confidence * (is_seen(search, key) ? 1 : UNSEEN_SHARE)};
    entry_of(search, &search->index, key)->number = out->count;
    return &out->items[out->count++];
}

static void add(struct search *search, const struct finding *finding, const struct entity *entity)
{
    struct indicator *item = item_of(search, kind_of(entity->kind), entity->text);
    // A finding names an application twice that is on both sides of a call.
    if (!item || item->latest == finding)
        return;
    item->latest = finding;
    item->finding = item->finding ? item->finding : finding;
    item->findings++;
    item->events += finding->event_count;
    if (finding->first != INSTANT_NONE &&
        (item->first == INSTANT_NONE || finding->first < item->first))
        item->first = finding->first;
    if (finding->last != INSTANT_NONE && (item->last == INSTANT_NONE || finding->last > item->last))
        item->last = finding->last;
}

static int compare(const void *left, const void *right)
{
    const struct indicator *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return str_compare(a->value, b->value);
}

static double chance_of_attack(const struct verdict *verdict)
{
    double benign = 0;
    for (size_t i = 0; verdict && i < verdict->hypothesis_count; i++)
        if (verdict->hypotheses[i].is_benign)
            benign += verdict->hypotheses[i].probability;
    return benign < 1 ? 1 - benign : 0;
}

void indicators_find(const struct scan_result *result, size_t number, struct indicator_list *out)
{
    const struct incident *incident = &result->incidents.items[number];
    struct search search = {.verdict = outline_verdict(result, number), .out = out};
    *out = (struct indicator_list){0};
    if (verdict_is_benign(search.verdict))
        return;
    search.confidence = incident->confidence * chance_of_attack(search.verdict);
    arena_init(&search.arena);
    buf_init(&search.scratch);
    map_init(&search.index);
    map_init(&search.seen);
    gather_seen(&search);
    for (size_t i = 0; i < incident->finding_count; i++) {
        const struct finding *finding = &result->findings.items[incident->findings[i]];
        if (finding->severity < LEVEL_MEDIUM && i > 0)
            continue;
        for (size_t e = 0; e < finding->entity_count; e++)
            if (is_wanted(&search, &finding->entities[e]))
                add(&search, finding, &finding->entities[e]);
    }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, compare);
    map_done(&search.index);
    map_done(&search.seen);
    buf_done(&search.scratch);
    arena_done(&search.arena);
}

void indicators_done(struct indicator_list *list)
{
    free(list->items);
    *list = (struct indicator_list){0};
}
