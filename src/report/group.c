// Gathers findings by rule or by entity. Keys are borrowed from the findings.
// SPDX-License-Identifier: Apache-2.0
#include "report/group.h"

#include <stdlib.h>

#include "base/arena.h"

static void init(struct groups *groups)
{
    *groups = (struct groups){0};
    map_init(&groups->index);
}

void groups_done(struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        map_done(&groups->items[i].others);
    free(groups->items);
    map_done(&groups->index);
}

static struct group *group_for(struct groups *groups, struct str key)
{
    bool is_new = false;
    struct map_entry *entry = map_add(&groups->index, key, &is_new);
    if (is_new) {
        ARRAY_GROW(groups->items, groups->count, groups->capacity);
        entry->number = groups->count;
        groups->items[groups->count] =
            (struct group){.key = key, .first = INSTANT_NONE, .last = INSTANT_NONE};
        map_init(&groups->items[groups->count++].others);
    }
    return &groups->items[entry->number];
}

static void add(struct group *group, const struct finding *finding)
{
    if (!group->finding)
        group->finding = finding; // findings come gravest and earliest first
    group->by_level[finding->severity]++;
    group->findings++;
    group->events += finding->event_count;
    if (finding->first != INSTANT_NONE &&
        (group->first == INSTANT_NONE || finding->first < group->first))
        group->first = finding->first;
    if (finding->last != INSTANT_NONE &&
        (group->last == INSTANT_NONE || finding->last > group->last))
        group->last = finding->last;
}

static int compare_groups(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    for (int level = GROUP_LEVELS - 1; level >= 0; level--)
        if (a->by_level[level] != b->by_level[level])
            return a->by_level[level] > b->by_level[level] ? -1 : 1;
    if (a->events != b->events)
        return a->events > b->events ? -1 : 1;
    return str_compare(a->key, b->key);
}

// Grave rules first, then those with many findings: a rule's have one level, a detector's may have several.
static void sort(struct groups *groups)
{
    if (groups->count)
        qsort(groups->items, groups->count, sizeof *groups->items, compare_groups);
}

static void add_others(struct group *group, const struct finding *finding, enum entity_kind kind)
{
    for (size_t i = 0; i < finding->entity_count; i++)
        if (finding->entities[i].kind == kind)
            map_add(&group->others, finding->entities[i].text, NULL);
}

void groups_by_rule(struct groups *groups, const struct finding_list *findings)
{
    init(groups);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        struct group *group = group_for(groups, finding->detector);
        uint32_t before = group->others.count;
        add(group, finding);
        add_others(group, finding, ENTITY_USER);
        if (group->others.count == before && before == 0)
            add_others(group, finding, ENTITY_MAILBOX);
    }
    sort(groups);
}

void groups_by_entity(struct groups *groups, const struct finding_list *findings,
                      enum entity_kind kind)
{
    init(groups);
    for (size_t i = 0; i < findings->count; i++)
        for (size_t k = 0; k < findings->items[i].entity_count; k++)
            if (findings->items[i].entities[k].kind == kind)
                add(group_for(groups, findings->items[i].entities[k].text), &findings->items[i]);
    sort(groups);
}
