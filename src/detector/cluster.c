// Keeps the earliest events, the least entities and the count of what is distinct.
// SPDX-License-Identifier: Apache-2.0
#include "detector/cluster.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

// Sorting as many again as are kept costs a few dozen comparisons per event at worst.
#define BUFFER_LIMIT ((size_t)2 * FINDING_EVENT_LIMIT)

struct cluster *cluster_new(int64_t first, int64_t last)
{
    struct cluster *cluster = memory_new(sizeof *cluster);
    cluster->first = first;
    cluster->last = last;
    return cluster;
}

static struct kept_text keep_text(struct str text)
{
    struct kept_text kept = {.len = text.len};
    char *at = kept.at.near;
    if (text.len > TEXT_NEAR_LIMIT)
        at = kept.at.far = memory_grow(NULL, text.len);
    if (text.len)
        memcpy(at, text.at, text.len);
    return kept;
}

static void free_text(const struct kept_text *text)
{
    if (text->len > TEXT_NEAR_LIMIT)
        free(text->at.far);
}

void cluster_free(struct cluster *cluster)
{
    if (!cluster)
        return;
    for (size_t i = 0; i < cluster->count; i++)
        free_text(&cluster->events[i].id);
    for (size_t i = 0; i < cluster->entity_count; i++)
        free_text(&cluster->entities[i].text);
    free(cluster->events);
    free(cluster->entities);
    keyset_done(&cluster->identities);
    for (int kind = 0; cluster->seen && kind < ENTITY_KIND_COUNT; kind++)
        keyset_done(&cluster->seen[kind]);
    free(cluster->seen);
    free(cluster);
}

// ---- events -----------------------------------------------------------------------------------

static int compare_time(const void *left, const void *right)
{
    const struct cluster_event *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    int order = str_compare(kept_text_str(&a->id), kept_text_str(&b->id));
    if (order)
        return order;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->position > b->position) - (a->position < b->position);
}

static int compare_key(const void *left, const void *right)
{
    const struct cluster_event *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return compare_time(a, b);
}

void cluster_thin(struct cluster *cluster, size_t limit)
{
    while (cluster->identities.count > limit)
        keyset_thin(&cluster->identities, ++cluster->halvings);
}

static void add_identity(struct cluster *cluster, uint64_t key, size_t limit)
{
    if (!keyset_in_share(key, cluster->halvings) || !keyset_add(&cluster->identities, key))
        return;
    cluster_thin(cluster, limit);
}

// Sorts, keeps the earliest copy of each event, then the earliest events.
static void prune(struct cluster *cluster, size_t limit)
{
    struct cluster_event *events = cluster->events;
    size_t kept = 0;
    if (cluster->count == 0)
        return;
    qsort(events, cluster->count, sizeof *events, compare_key);
    for (size_t i = 0; i < cluster->count; i++) {
        if (kept && events[kept - 1].key == events[i].key)
            free_text(&events[i].id);
        else
            events[kept++] = events[i];
    }
    cluster->count = kept;
    qsort(events, kept, sizeof *events, compare_time);
    if (kept <= FINDING_EVENT_LIMIT)
        return;
    for (size_t i = 0; i < kept && !cluster->is_pruned; i++)
        add_identity(cluster, events[i].key, limit);
    cluster->is_pruned = true;
    for (size_t i = FINDING_EVENT_LIMIT; i < kept; i++)
        free_text(&events[i].id);
    cluster->count = FINDING_EVENT_LIMIT;
}

// Whether the event counts among the earliest so far; its identity is noted in any case.
static bool is_wanted(struct cluster *cluster, const struct cluster_event *event, size_t limit)
{
    if (!cluster->is_pruned)
        return true;
    add_identity(cluster, event->key, limit);
    return compare_time(event, &cluster->events[FINDING_EVENT_LIMIT - 1]) < 0;
}

static void append(struct cluster *cluster, const struct cluster_event *event, size_t limit)
{
    if (cluster->count == cluster->capacity) {
        cluster->capacity = cluster->capacity ? cluster->capacity * 2 : 1;
        if (cluster->capacity > BUFFER_LIMIT)
            cluster->capacity = BUFFER_LIMIT;
        cluster->events = memory_grow(cluster->events, cluster->capacity * sizeof *cluster->events);
    }
    cluster->events[cluster->count++] = *event;
    if (cluster->count == BUFFER_LIMIT)
        prune(cluster, limit);
}

void cluster_add_event(struct cluster *cluster, int64_t time, uint64_t key, struct str id,
                       uint64_t position, size_t limit)
{
    struct cluster_event event = {
        .time = time, .key = key, .position = position, .id = keep_text(id)};
    if (is_wanted(cluster, &event, limit))
        append(cluster, &event, limit);
    else
        free_text(&event.id);
}

static void swap_events(struct cluster *a, struct cluster *b)
{
    struct cluster kept = *a;
#define TAKE(member) a->member = b->member, b->member = kept.member
    TAKE(events);
    TAKE(count);
    TAKE(capacity);
    TAKE(is_pruned);
    TAKE(identities);
    TAKE(halvings);
#undef TAKE
}

static void merge_events(struct cluster *into, struct cluster *from, size_t limit)
{
    if (from->is_pruned && !into->is_pruned)
        swap_events(into, from);
    if (from->is_pruned) { // both samples at the coarser share
        while (into->halvings < from->halvings)
            keyset_thin(&into->identities, ++into->halvings);
        for (size_t i = 0; i < from->identities.capacity; i++)
            if (from->identities.slots[i])
                add_identity(into, from->identities.slots[i], limit);
    }
    for (size_t i = 0; i < from->count; i++) {
        if (is_wanted(into, &from->events[i], limit))
            append(into, &from->events[i], limit);
        else
            free_text(&from->events[i].id);
    }
    from->count = 0;
}

// ---- entities ---------------------------------------------------------------------------------

// Borrowed from what is kept.
static struct entity entity_of(const struct cluster_entity *kept)
{
    return (struct entity){kept->kind, kept_text_str(&kept->text)};
}

static uint64_t entity_hash(const struct entity *entity)
{
    return hash_bytes(entity->text.at, entity->text.len, (uint64_t)entity->kind + 1);
}

// Where the entity is or belongs among those of its kind.
static size_t find_entity(const struct cluster *cluster, const struct entity *entity,
                          bool *is_found)
{
    size_t from = 0;
    for (int kind = 0; kind < (int)entity->kind; kind++)
        from += cluster->listed[kind];
    size_t to = from + cluster->listed[entity->kind];
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = str_compare(kept_text_str(&cluster->entities[middle].text), entity->text);
        if (order == 0) {
            *is_found = true;
            return middle;
        }
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    *is_found = false;
    return from;
}

// Behind the last listed entity of the kind.
static size_t kind_end(const struct cluster *cluster, enum entity_kind kind)
{
    size_t end = 0;
    for (int i = 0; i <= (int)kind; i++)
        end += cluster->listed[i];
    return end;
}

// The set of what was seen of a full kind, begun with what is listed.
static struct keyset *begin_seen(struct cluster *cluster, enum entity_kind kind)
{
    if (!cluster->seen)
        cluster->seen = memory_new(ENTITY_KIND_COUNT * sizeof *cluster->seen);
    struct keyset *seen = &cluster->seen[kind];
    size_t end = kind_end(cluster, kind);
    if (seen->count == 0)
        for (size_t i = end - cluster->listed[kind]; i < end; i++) {
            struct entity entity = entity_of(&cluster->entities[i]);
            keyset_add(seen, entity_hash(&entity));
        }
    return seen;
}

static void see(struct keyset *seen, uint64_t hash)
{
    if (seen->count < FINDING_ENTITY_COUNT_LIMIT)
        keyset_add(seen, hash);
}

uint32_t cluster_entity_total(const struct cluster *cluster, enum entity_kind kind)
{
    size_t seen = cluster->seen ? cluster->seen[kind].count : 0;
    return seen ? (uint32_t)seen : cluster->listed[kind];
}

static void insert_entity(struct cluster *cluster, size_t at, const struct entity *entity)
{
    struct cluster_entity *entities;
    ARRAY_GROW_FROM(cluster->entities, cluster->entity_count, cluster->entity_capacity, 3);
    entities = cluster->entities;
    memmove(entities + at + 1, entities + at, (cluster->entity_count - at) * sizeof *entities);
    cluster->entity_count++;
    cluster->listed[entity->kind]++;
    entities[at] = (struct cluster_entity){entity->kind, keep_text(entity->text)};
}

void cluster_add_entity(struct cluster *cluster, const struct entity *entity)
{
    bool is_found;
    size_t at = find_entity(cluster, entity, &is_found);
    if (is_found)
        return;
    if (cluster->listed[entity->kind] < FINDING_ENTITY_LIMIT) {
        insert_entity(cluster, at, entity);
        return;
    }
    struct keyset *seen = begin_seen(cluster, entity->kind);
    uint64_t hash = entity_hash(entity);
    // What was seen and is not listed had to make way for less, and the list only gets less.
    if (keyset_has(seen, hash))
        return;
    see(seen, hash);
    size_t last = kind_end(cluster, entity->kind) - 1;
    if (at > last)
        return;
    struct cluster_entity *entities = cluster->entities;
    free_text(&entities[last].text);
    memmove(entities + at + 1, entities + at, (last - at) * sizeof *entities);
    entities[at] = (struct cluster_entity){entity->kind, keep_text(entity->text)};
}

static void merge_entities(struct cluster *into, const struct cluster *from)
{
    for (size_t i = 0; i < from->entity_count; i++) {
        struct entity entity = entity_of(&from->entities[i]);
        cluster_add_entity(into, &entity);
    }
    for (int kind = 0; from->seen && kind < ENTITY_KIND_COUNT; kind++) {
        const struct keyset *seen = &from->seen[kind];
        if (seen->count == 0)
            continue;
        struct keyset *own = begin_seen(into, (enum entity_kind)kind);
        for (size_t i = 0; i < seen->capacity; i++)
            if (seen->slots[i])
                see(own, seen->slots[i]);
    }
}

// ---- the whole --------------------------------------------------------------------------------

void cluster_merge(struct cluster *into, struct cluster *from, size_t limit)
{
    into->first = from->first < into->first ? from->first : into->first;
    into->last = from->last > into->last ? from->last : into->last;
    into->unlisted += from->unlisted;
    merge_events(into, from, limit);
    merge_entities(into, from);
    cluster_free(from);
}

void cluster_finish(struct cluster *cluster)
{
    prune(cluster, CLUSTER_IDENTITY_LIMIT);
    if (cluster->count > FINDING_EVENT_LIMIT)
        cluster->count = FINDING_EVENT_LIMIT;
}

uint64_t cluster_event_count(const struct cluster *cluster)
{
    uint64_t distinct = cluster->is_pruned
                            ? (uint64_t)cluster->identities.count << cluster->halvings
                            : cluster->count;
    return distinct + cluster->unlisted;
}

void cluster_write(struct cluster *cluster, struct arena *arena, struct finding *out)
{
    cluster_finish(cluster);
    out->first = cluster->first;
    out->last = cluster->last;
    out->event_count = cluster_event_count(cluster);
    out->events = ARENA_ARRAY(arena, struct str, cluster->count);
    out->positions = ARENA_ARRAY(arena, uint64_t, cluster->count);
    out->listed = cluster->count;
    for (size_t i = 0; i < cluster->count; i++) {
        out->events[i] = arena_copy(arena, kept_text_str(&cluster->events[i].id));
        out->positions[i] = cluster->events[i].position;
    }
    out->entities = ARENA_ARRAY(arena, struct entity, cluster->entity_count);
    out->entity_count = cluster->entity_count;
    for (size_t i = 0; i < cluster->entity_count; i++)
        out->entities[i] =
            (struct entity){cluster->entities[i].kind,
                            arena_copy(arena, kept_text_str(&cluster->entities[i].text))};
    for (int kind = 0; kind < ENTITY_KIND_COUNT; kind++)
        out->entity_counts[kind] = cluster_entity_total(cluster, (enum entity_kind)kind);
}
