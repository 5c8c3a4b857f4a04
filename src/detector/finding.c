// Gathers matches by rule and actor, splits them at silences as they come, and keeps the number of
// actors inside the limit.
// SPDX-License-Identifier: Apache-2.0
#include "detector/finding.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "detector/collector.h"

#define FIRST_BUCKETS ((size_t)64)
#define GROUP_CLUSTER_LIMIT 1000
#define CLUSTER_LIMIT ((size_t)1000000)
#define IDENTITY_TOTAL_LIMIT ((size_t)1 << 25)
#define IDENTITY_LEAST_LIMIT ((size_t)1 << 12)

struct finding_collector *finding_collector_new(const struct sigma_set *set)
{
    struct finding_collector *collector = memory_new(sizeof *collector);
    collector->set = set;
    collector->rule_count = set->rule_count + set->correlation_count;
    collector->rules = memory_new(collector->rule_count * sizeof *collector->rules);
    collector->group_limit = FINDING_GROUP_LIMIT;
    collector->identity_limit = CLUSTER_IDENTITY_LIMIT;
    return collector;
}

void finding_collector_set_limit(struct finding_collector *collector, size_t groups)
{
    collector->group_limit = groups;
}

static void free_group(struct finding_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        cluster_free(group->spans[i].cluster);
    free(group->spans);
    free(group);
}

void finding_collector_free(struct finding_collector *collector)
{
    if (!collector)
        return;
    for (size_t i = 0; i < collector->bucket_count; i++)
        for (struct finding_group *group = collector->buckets[i], *next; group; group = next) {
            next = group->next_in_bucket;
            free_group(group);
        }
    free(collector->buckets);
    free(collector->rules);
    buf_done(&collector->actor);
    free(collector);
}

// ---- groups -----------------------------------------------------------------------------------

static void grow_buckets(struct finding_collector *collector)
{
    size_t count = collector->bucket_count ? collector->bucket_count * 2 : FIRST_BUCKETS;
    struct finding_group **buckets = memory_table(count * sizeof *buckets);
    for (size_t i = 0; i < collector->bucket_count; i++)
        for (struct finding_group *group = collector->buckets[i], *next; group; group = next) {
            next = group->next_in_bucket;
            group->next_in_bucket = buckets[group->hash & (count - 1)];
            buckets[group->hash & (count - 1)] = group;
        }
    free(collector->buckets);
    collector->buckets = buckets;
    collector->bucket_count = count;
}

static uint64_t group_hash(uint32_t rule, struct str actor)
{
    return hash_bytes(actor.at, actor.len, (uint64_t)rule + 1);
}

static struct finding_group *new_group(struct finding_collector *collector, uint32_t rule,
                                       struct str actor, uint64_t hash)
{
    struct finding_group *group = memory_new(sizeof *group + actor.len);
    struct finding_rule *of = &collector->rules[rule];
    group->hash = hash;
    group->rule = rule;
    group->actor = str_of((char *)(group + 1), actor.len);
    if (actor.len)
        memcpy(group + 1, actor.at, actor.len);
    struct finding_group **bucket = &collector->buckets[hash & (collector->bucket_count - 1)];
    group->next_in_bucket = *bucket;
    *bucket = group;
    group->next_of_rule = of->groups;
    group->link_of_rule = &of->groups;
    if (of->groups)
        of->groups->link_of_rule = &group->next_of_rule;
    of->groups = group;
    collector->group_count++;
    of->actors += actor.len > 0;
    collector->actors += actor.len > 0;
    return group;
}

// The group, or that without an actor when the limits leave this one out.
static struct finding_group *find_group(struct finding_collector *collector, uint32_t rule,
                                        struct str actor)
{
    uint64_t hash = group_hash(rule, actor);
    if (actor.len && !keyset_in_share(hash, collector->rules[rule].halvings))
        return find_group(collector, rule, S(""));
    if (collector->group_count >= collector->bucket_count)
        grow_buckets(collector);
    struct finding_group *group = collector->buckets[hash & (collector->bucket_count - 1)];
    for (; group; group = group->next_in_bucket)
        if (group->hash == hash && group->rule == rule && str_equal(group->actor, actor))
            return group;
    return new_group(collector, rule, actor, hash);
}

static void unlink_group(struct finding_collector *collector, struct finding_group *group)
{
    struct finding_group **link = &collector->buckets[group->hash & (collector->bucket_count - 1)];
    while (*link != group)
        link = &(*link)->next_in_bucket;
    *link = group->next_in_bucket;
    *group->link_of_rule = group->next_of_rule;
    if (group->next_of_rule)
        group->next_of_rule->link_of_rule = group->link_of_rule;
    collector->group_count--;
    collector->rules[group->rule].actors -= group->actor.len > 0;
    collector->actors -= group->actor.len > 0;
}

// ---- silences ---------------------------------------------------------------------------------

static bool is_near(const struct span *span, int64_t first, int64_t last)
{
    if (span->first == INSTANT_NONE || first == INSTANT_NONE)
        return span->first == first;
    return (first <= span->last || (uint64_t)first - (uint64_t)span->last <= FINDING_GAP) &&
           (span->first <= last || (uint64_t)span->first - (uint64_t)last <= FINDING_GAP);
}

// The first cluster that is not wholly before `first` and too far away.
static size_t find_near(const struct finding_group *group, int64_t first)
{
    size_t from = 0, to = group->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct span *span = &group->spans[middle];
        if (span->last < first && !is_near(span, first, first))
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void remove_cluster(struct finding_collector *collector, struct finding_group *group,
                           size_t at)
{
    group->count--;
    memmove(group->spans + at, group->spans + at + 1, (group->count - at) * sizeof *group->spans);
    collector->cluster_count--;
}

static void join(struct finding_collector *collector, struct finding_group *group, size_t at)
{
    struct cluster *into = group->spans[at].cluster, *from = group->spans[at + 1].cluster;
    collector->identities -= into->identities.count + from->identities.count;
    remove_cluster(collector, group, at + 1);
    cluster_merge(into, from, collector->identity_limit);
    group->spans[at] = (struct span){into->first, into->last, into};
    collector->identities += into->identities.count;
}

// The cluster at `at` spans first..last as well; whatever it now touches becomes one with it.
static size_t widen(struct finding_collector *collector, struct finding_group *group, size_t at,
                    int64_t first, int64_t last)
{
    struct span *span = &group->spans[at];
    if (first < span->first)
        span->first = span->cluster->first = first;
    if (last > span->last)
        span->last = span->cluster->last = last;
    while (at + 1 < group->count && is_near(span + 1, span->first, span->last))
        join(collector, group, at);
    for (; at > 0 && is_near(span - 1, span->first, span->last); at--, span--)
        join(collector, group, at - 1);
    return at;
}

static void insert_cluster(struct finding_collector *collector, struct finding_group *group,
                           size_t at, struct cluster *cluster)
{
    ARRAY_GROW_FROM(group->spans, group->count, group->capacity, 1);
    memmove(group->spans + at + 1, group->spans + at, (group->count - at) * sizeof *group->spans);
    group->spans[at] = (struct span){cluster->first, cluster->last, cluster};
    group->count++;
    collector->cluster_count++;
}

// The cluster that has, or from now on has, first..last.
static struct cluster *find_cluster(struct finding_collector *collector,
                                    struct finding_group *group, int64_t first, int64_t last)
{
    size_t at = find_near(group, first);
    bool is_there = at < group->count && is_near(&group->spans[at], first, last);
    if (!is_there && group->count > 0 && collector->cluster_count >= CLUSTER_LIMIT) {
        at -= at == group->count;
        is_there = true;
    }
    if (is_there) {
        at = widen(collector, group, at, first, last);
        return group->spans[at].cluster;
    }
    insert_cluster(collector, group, at, cluster_new(first, last));
    if (group->count > GROUP_CLUSTER_LIMIT) {
        join(collector, group, group->count - 2);
        at -= at == group->count;
    }
    return group->spans[at].cluster;
}

// Puts a whole cluster in its place.
static void add_cluster(struct finding_collector *collector, struct finding_group *group,
                        struct cluster *cluster)
{
    struct cluster *into = find_cluster(collector, group, cluster->first, cluster->last);
    collector->identities -= into->identities.count;
    cluster_merge(into, cluster, collector->identity_limit);
    collector->identities += into->identities.count;
}

// ---- limits -----------------------------------------------------------------------------------

// Moves the groups outside the rule's share to the group without an actor.
static void gather(struct finding_collector *collector, uint32_t rule)
{
    struct finding_group *next, *group = collector->rules[rule].groups;
    struct finding_group *all = find_group(collector, rule, S(""));
    for (; group; group = next) {
        next = group->next_of_rule;
        if (group == all || keyset_in_share(group->hash, collector->rules[rule].halvings))
            continue;
        unlink_group(collector, group);
        for (size_t i = 0; i < group->count; i++) {
            collector->identities -= group->spans[i].cluster->identities.count;
            collector->cluster_count--;
            add_cluster(collector, all, group->spans[i].cluster);
        }
        group->count = 0;
        free_group(group);
    }
}

// How many actors a rule may have, so that rules with few keep them all and the others get equal
// parts of what is left. A rule that had to give up some counts as one with endlessly many: the
// result is the same whatever came first.
static size_t fair_share(const struct finding_collector *collector)
{
    size_t left = collector->group_limit, sharers = 0, share = 0;
    for (size_t i = 0; i < collector->rule_count; i++)
        sharers += collector->rules[i].actors > 0 || collector->rules[i].halvings > 0;
    for (bool is_settled = false; !is_settled && sharers > 0;) {
        size_t next_left = collector->group_limit, next_sharers = 0;
        share = left / sharers;
        for (size_t i = 0; i < collector->rule_count; i++) {
            const struct finding_rule *rule = &collector->rules[i];
            if (rule->halvings > 0 || rule->actors > share)
                next_sharers++;
            else
                next_left -= rule->actors;
        }
        is_settled = next_sharers == sharers;
        left = next_left;
        sharers = next_sharers;
    }
    return sharers ? share : SIZE_MAX;
}

static void limit_groups(struct finding_collector *collector)
{
    if (collector->actors <= collector->group_limit && !collector->is_limited)
        return;
    collector->is_limited = true;
    size_t share = fair_share(collector);
    for (size_t i = 0; i < collector->rule_count; i++)
        while (collector->rules[i].actors > share) {
            collector->rules[i].halvings++;
            gather(collector, (uint32_t)i);
        }
}

static void limit_identities(struct finding_collector *collector)
{
    while (collector->identities > IDENTITY_TOTAL_LIMIT &&
           collector->identity_limit > IDENTITY_LEAST_LIMIT) {
        collector->identity_limit /= 2;
        collector->identities = 0;
        for (size_t i = 0; i < collector->bucket_count; i++)
            for (struct finding_group *g = collector->buckets[i]; g; g = g->next_in_bucket)
                for (size_t c = 0; c < g->count; c++) {
                    cluster_thin(g->spans[c].cluster, collector->identity_limit);
                    collector->identities += g->spans[c].cluster->identities.count;
                }
    }
}

// ---- adding -----------------------------------------------------------------------------------

// The cluster for first..last of the actor in collector->actor. A new actor may push out others,
// even this one.
static struct cluster *open_cluster(struct finding_collector *collector, uint32_t rule,
                                    int64_t first, int64_t last)
{
    struct str actor = buf_str(&collector->actor);
    size_t actors = collector->actors;
    struct finding_group *group = find_group(collector, rule, actor);
    if (collector->actors > actors) {
        limit_groups(collector);
        group = find_group(collector, rule, actor);
    }
    return find_cluster(collector, group, first, last);
}

// Without an Id the place makes an event distinct and names it.
static void add_event(struct finding_collector *collector, struct cluster *cluster, int64_t time,
                      uint64_t identity, uint64_t position, struct str id, struct str where)
{
    size_t before = cluster->identities.count;
    uint64_t key = id.len ? identity : hash_str(where);
    cluster_add_event(cluster, time, key, id.len ? id : where, position, collector->identity_limit);
    collector->identities += cluster->identities.count - before;
    if (collector->identities > IDENTITY_TOTAL_LIMIT)
        limit_identities(collector);
}

static void add_entities(struct cluster *cluster, const struct entity_list *entities)
{
    for (size_t i = 0; i < entities->count; i++)
        cluster_add_entity(cluster, &entities->items[i]);
}

void finding_add(struct finding_collector *collector, const struct sigma_rule *rule,
                 const struct event *event, const struct entity_list *entities, struct str where)
{
    if (rule->is_silent)
        return;
    const struct entity *actor = entity_actor(entities);
    buf_clear(&collector->actor);
    if (actor) {
        buf_add(&collector->actor, str_from(entity_kind_name(actor->kind)));
        buf_add_char(&collector->actor, ':');
        buf_add(&collector->actor, actor->text);
    }
    struct cluster *cluster = open_cluster(collector, rule->index, event->time, event->time);
    add_event(collector, cluster, event->time, event->identity, event->position, event->id, where);
    add_entities(cluster, entities);
}

// The group-by values, letters folded; the unit separator keeps them apart.
static void write_group(struct buf *out, const struct str *values, size_t count)
{
    buf_clear(out);
    for (size_t i = 0; i < count; i++) {
        buf_add_char(out, '\x1f');
        for (size_t c = 0; values[i].at && c < values[i].len; c++)
            buf_add_char(out, ascii_lower(values[i].at[c]));
    }
}

// Leaves of a firing's event the entities that are not those of the event before: a cluster takes an
// entity once, and one app or address often goes through a whole firing.
static void keep_changed(struct entity_list *entities, struct str last[ENTITY_KIND_COUNT])
{
    size_t kept = 0;
    for (size_t i = 0; i < entities->count; i++) {
        struct entity entity = entities->items[i];
        if (last[entity.kind].at && str_equal(last[entity.kind], entity.text))
            continue;
        last[entity.kind] = entity.text;
        entities->items[kept++] = entity;
    }
    entities->count = kept;
}

void finding_add_firing(struct finding_collector *collector, const struct firing *firing)
{
    const struct sigma_correlation *correlation = collector->set->correlations[firing->correlation];
    uint32_t rule = (uint32_t)collector->set->rule_count + firing->correlation;
    struct entity_list entities;
    struct arena spelled;
    struct str last[ENTITY_KIND_COUNT] = {{NULL, 0}};
    if (correlation->is_silent)
        return;
    arena_init(&spelled);
    write_group(&collector->actor, firing->group, correlation->group_by_count);
    struct cluster *cluster = open_cluster(collector, rule, firing->first, firing->last);
    for (size_t i = 0; i < firing->listed; i++) {
        const struct observation *event = firing->events[i];
        struct str where = event->where;
        char place[32]; // only when whoever observed gave neither Id nor place
        if (!event->id.len && !where.len) {
            snprintf(place, sizeof place, "@%llu", (unsigned long long)event->position);
            where = str_from(place);
        }
        add_event(collector, cluster, event->time, event->identity, event->position, event->id,
                  where);
        entity_unpack(event->entities, &entities);
        keep_changed(&entities, last);
        entity_spell(&entities, &spelled);
        add_entities(cluster, &entities);
    }
    cluster->unlisted += firing->event_count - firing->listed;
    arena_done(&spelled);
}

void finding_merge(struct finding_collector *into, struct finding_collector *from)
{
    assert(into->set == from->set);
    if (from->identity_limit < into->identity_limit)
        into->identity_limit = from->identity_limit;
    for (uint32_t i = 0; i < into->rule_count; i++) {
        if (from->rules[i].halvings <= into->rules[i].halvings)
            continue;
        into->rules[i].halvings = from->rules[i].halvings;
        into->is_limited = true;
        gather(into, i);
    }
    for (size_t i = 0; i < from->bucket_count; i++) {
        for (struct finding_group *group = from->buckets[i], *next; group; group = next) {
            next = group->next_in_bucket;
            struct finding_group *to = find_group(into, group->rule, group->actor);
            for (size_t c = 0; c < group->count; c++)
                add_cluster(into, to, group->spans[c].cluster);
            group->count = 0;
            free_group(group);
            limit_groups(into);
        }
        from->buckets[i] = NULL;
    }
    limit_identities(into);
    memset(from->rules, 0, from->rule_count * sizeof *from->rules);
    from->is_limited = false;
    from->group_count = from->actors = from->cluster_count = from->identities = 0;
}
