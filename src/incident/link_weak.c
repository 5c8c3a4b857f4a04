// To which incident a weak finding belongs: the one that it is tied to most closely.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "incident/link_parts.h"

// The best that was found for a weak finding so far.
struct tie {
    unsigned kind;    // 0: none
    int64_t distance; // in time; INT64_MAX where one of the two is undated
    uint32_t strong;
};

// How closely a thing ties a weak finding to an incident; 0: not at all.
static unsigned tie_of(const struct linker *linker, const struct thing *thing)
{
    if (!thing_may_join(linker, thing))
        return 0;
    return thing->kind == ENTITY_SESSION || thing->kind == ENTITY_TOKEN ? 4
           : thing->kind == ENTITY_MESSAGE                              ? 3
           : thing_is_account(thing)                                    ? 1
                                                                        : 2;
}

static int64_t distance_of(const struct finding *a, const struct finding *b)
{
    if (a->first == INSTANT_NONE || b->first == INSTANT_NONE)
        return INT64_MAX;
    if (a->last < b->first)
        return b->first - a->last;
    return b->last < a->first ? a->first - b->last : 0;
}

static bool is_better(const struct linker *linker, const struct tie *a, const struct tie *b)
{
    const struct finding *items = linker->findings->items;
    if (a->kind != b->kind)
        return a->kind > b->kind;
    if (a->distance != b->distance)
        return a->distance < b->distance;
    return link_compare(&items[a->strong], &items[b->strong]) < 0;
}

static void consider(const struct linker *linker, const struct thing *thing, uint32_t weak,
                     uint32_t strong, struct tie *best)
{
    if (strong == NOBODY)
        return;
    const struct finding *a = &linker->findings->items[weak], *b = &linker->findings->items[strong];
    if (thing_is_account(thing) &&
        (link_is_about_many(a) || linker->homely[weak] || !link_is_near(a, b)))
        return;
    if (!link_is_shared_in(a, thing))
        return;
    struct tie tie = {tie_of(linker, thing), distance_of(a, b), strong};
    if (!best->kind || is_better(linker, &tie, best))
        *best = tie;
}

// Along the time and back: the strong finding that ended last before a weak one, or lasts on, and the next
// one after it. One of the two is the nearest.
static void look_along(struct linker *linker, struct thing *thing, struct tie *ties)
{
    const struct finding *items = linker->findings->items;
    uint32_t before = NOBODY, after = NOBODY;
    link_sort(linker, thing);
    for (uint32_t i = 0; i < thing->count; i++) {
        uint32_t number = thing->findings[i];
        if (!link_is_strong(linker, number))
            consider(linker, thing, number, before, &ties[number]);
        else if (link_may_join(linker, thing, number) &&
                 (before == NOBODY || items[number].last > items[before].last))
            before = number;
    }
    for (uint32_t i = thing->count; i-- > 0;) {
        uint32_t number = thing->findings[i];
        if (!link_is_strong(linker, number))
            consider(linker, thing, number, after, &ties[number]);
        else if (link_may_join(linker, thing, number))
            after = number;
    }
}

void link_attach_weak(struct linker *linker)
{
    size_t count = linker->findings->count;
    struct tie *ties = memory_new((count + 1) * sizeof *ties);
    for (uint32_t t = 0; t < linker->thing_count; t++)
        if (tie_of(linker, &linker->things[t]))
            look_along(linker, &linker->things[t], ties);
    for (uint32_t i = 0; i < count; i++)
        if (ties[i].kind)
            linker->parents[i] = link_root(linker, ties[i].strong);
    free(ties);
}
