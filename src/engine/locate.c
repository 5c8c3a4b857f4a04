// Adds places to findings.
// SPDX-License-Identifier: Apache-2.0
#include "engine/locate.h"

#include <stdio.h>
#include <stdlib.h>

struct places {
    struct finding *finding;
    struct arena *arena;
    struct entity *entities; // with room for two more for each address
    size_t count;
};

static int compare_entities(const void *left, const void *right)
{
    const struct entity *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return str_compare(a->text, b->text);
}

static void add(struct places *places, enum entity_kind kind, const char *text)
{
    struct str wanted = str_from(text);
    for (size_t i = 0; i < places->count; i++)
        if (places->entities[i].kind == kind && str_equal(places->entities[i].text, wanted))
            return;
    if (places->finding->entity_counts[kind] >= FINDING_ENTITY_LIMIT)
        return;
    places->finding->entity_counts[kind]++;
    places->entities[places->count++] =
        (struct entity){kind, arena_copy(places->arena, str_from(text))};
}

static void locate(struct finding *finding, const struct knowledge *k, struct arena *arena)
{
    struct places places = {.finding = finding, .arena = arena, .count = finding->entity_count};
    char number[16];
    places.entities = ARENA_ARRAY(arena, struct entity, 3 * finding->entity_count + 1);
    for (size_t i = 0; i < finding->entity_count; i++)
        places.entities[i] = finding->entities[i];
    for (size_t i = 0; i < finding->entity_count; i++) {
        if (finding->entities[i].kind != ENTITY_IP)
            continue;
        uint32_t address = knowledge_symbol(k, finding->entities[i].text);
        const struct address_answer *answer = knowledge_address(k, address);
        snprintf(number, sizeof number, "%lu", (unsigned long)answer->asn);
        if (answer->asn && answer->asn_by == ADDRESS_BY_DATABASE)
            add(&places, ENTITY_ASN, number);
        if (*answer->country && answer->country_by == ADDRESS_BY_DATABASE)
            add(&places, ENTITY_COUNTRY, answer->country);
    }
    if (places.count == finding->entity_count)
        return;
    qsort(places.entities, places.count, sizeof *places.entities, compare_entities);
    finding->entities = places.entities;
    finding->entity_count = places.count;
}

void locate_findings(struct finding_list *findings, const struct knowledge *k)
{
    for (size_t i = 0; i < findings->count; i++)
        locate(&findings->items[i], k, &findings->arena);
}
