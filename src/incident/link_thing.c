// What findings name, and whether it is the attacker's or everybody's.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "event/app_name.h"
#include "event/outcome.h"
#include "incident/link_parts.h"

// ---- things -----------------------------------------------------------------------------------

static uint32_t *slot_of(const struct linker *linker, enum entity_kind kind, uint32_t symbol)
{
    uint64_t hash = hash_mix((uint64_t)kind << 32 | symbol);
    for (uint32_t at = (uint32_t)hash & linker->mask;; at = (at + 1) & linker->mask) {
        uint32_t *slot = &linker->slots[at];
        const struct thing *thing = *slot ? &linker->things[*slot - 1] : NULL;
        if (!thing || (thing->kind == kind && thing->symbol == symbol))
            return slot;
    }
}

static void grow(struct linker *linker)
{
    uint32_t size = linker->slots ? 2 * (linker->mask + 1) : 256;
    free(linker->slots);
    linker->slots = memory_new(size * sizeof *linker->slots);
    linker->mask = size - 1;
    for (uint32_t i = 0; i < linker->thing_count; i++)
        *slot_of(linker, linker->things[i].kind, linker->things[i].symbol) = i + 1;
}

static struct thing *thing_find(const struct linker *linker, enum entity_kind kind, uint32_t symbol)
{
    uint32_t number = linker->slots && symbol ? *slot_of(linker, kind, symbol) : 0;
    return number ? &linker->things[number - 1] : NULL;
}

// Applications are one kind of thing, whichever side of a call they were on.
static bool thing_kind(enum entity_kind kind, enum entity_kind *out)
{
    *out = kind == ENTITY_CLIENT_APP ? ENTITY_APP : kind;
    return kind == ENTITY_USER || kind == ENTITY_MAILBOX || kind == ENTITY_APP ||
           kind == ENTITY_CLIENT_APP || kind == ENTITY_IP || kind == ENTITY_SESSION ||
           kind == ENTITY_TOKEN || kind == ENTITY_MESSAGE;
}

void thing_add_names(struct knowledge *knowledge, const struct finding *finding)
{
    enum entity_kind kind;
    for (size_t i = 0; i < finding->entity_count; i++)
        if (thing_kind(finding->entities[i].kind, &kind))
            knowledge_add_name(knowledge, finding->entities[i].text);
}

uint32_t thing_person(const struct linker *linker, struct str text)
{
    struct activity named = {.user = knowledge_symbol(linker->knowledge, text)};
    return knowledge_person(linker->knowledge, &named);
}

static struct thing *thing_open(struct linker *linker, enum entity_kind kind, struct str text)
{
    uint32_t symbol = kind == ENTITY_USER ? thing_person(linker, text)
                                          : knowledge_symbol(linker->knowledge, text);
    struct thing *thing = thing_find(linker, kind, symbol);
    if (thing || !symbol)
        return thing;
    if (!linker->slots || 2 * (linker->thing_count + 1) > linker->mask)
        grow(linker);
    ARRAY_GROW(linker->things, linker->thing_count, linker->thing_capacity);
    *slot_of(linker, kind, symbol) = linker->thing_count + 1;
    thing = &linker->things[linker->thing_count++];
    *thing = (struct thing){.kind = kind, .symbol = symbol, .first_success = INSTANT_NONE};
    return thing;
}

// Findings list so many accounts and count the others.
static uint32_t unlisted_of(const struct finding *finding, enum entity_kind kind)
{
    uint32_t listed = 0;
    for (size_t i = 0; i < finding->entity_count; i++)
        listed += finding->entities[i].kind == kind;
    return finding->entity_counts[kind] > listed ? finding->entity_counts[kind] - listed : 0;
}

static void add_insiders(struct linker *linker, const struct finding *finding, struct thing *thing)
{
    for (size_t i = 0; i < finding->entity_count; i++)
        if (finding->entities[i].kind == ENTITY_USER || finding->entities[i].kind == ENTITY_MAILBOX)
            keyset_add(&thing->insiders, hash_mix(thing_person(linker, finding->entities[i].text)));
    uint32_t unlisted = unlisted_of(finding, ENTITY_USER);
    if (unlisted_of(finding, ENTITY_MAILBOX) > unlisted)
        unlisted = unlisted_of(finding, ENTITY_MAILBOX);
    if (unlisted > thing->unlisted)
        thing->unlisted = unlisted;
}

void thing_add_finding(struct linker *linker, uint32_t number)
{
    const struct finding *finding = &linker->findings->items[number];
    for (size_t i = 0; i < finding->entity_count; i++) {
        enum entity_kind kind;
        if (!thing_kind(finding->entities[i].kind, &kind))
            continue;
        struct thing *thing = thing_open(linker, kind, finding->entities[i].text);
        if (!thing || (thing->count && thing->findings[thing->count - 1] == number))
            continue;
        ARRAY_GROW(thing->findings, thing->count, thing->capacity);
        thing->findings[thing->count++] = number;
        thing->is_intruders = thing->is_intruders || finding->is_intruders_place;
        bool is_grave = finding->severity >= LEVEL_MEDIUM && !linker->homely[number];
        if (is_grave && (kind == ENTITY_IP || kind == ENTITY_APP))
            add_insiders(linker, finding, thing);
    }
}

// ---- who else uses it -------------------------------------------------------------------------

static bool has_outsiders(const struct thing *thing)
{
    return thing->outsiders.count > LINK_OUTSIDERS + thing->unlisted;
}

static void note_user(struct thing *thing, uint32_t person)
{
    if (!has_outsiders(thing) && !keyset_has(&thing->insiders, hash_mix(person)))
        keyset_add(&thing->outsiders, hash_mix(person));
}

void linker_see(struct linker *linker, const struct activity *activity)
{
    bool is_use = activity->kind == ACTIVITY_SIGN_IN || knowledge_is_token_bearing(activity);
    uint32_t person = knowledge_person(linker->knowledge, activity);
    struct thing *address = thing_find(linker, ENTITY_IP, activity->address);
    if (address && activity->outcome == OUTCOME_FAILURE) {
        address->failures += !address->has_success;
    } else if (address && !address->has_success) {
        address->has_success = true;
        address->first_success = activity->time;
    }
    if (address && activity->kind == ACTIVITY_SIGN_IN && activity->outcome != OUTCOME_FAILURE &&
        !address->has_new_program &&
        !knowledge_is_colleagues_place(linker->knowledge, activity->address))
        address->has_new_program = knowledge_is_new_program(linker->knowledge, activity);
    if (!is_use || activity->outcome == OUTCOME_FAILURE || !person)
        return;
    struct thing *things[] = {address, thing_find(linker, ENTITY_APP, activity->app),
                              thing_find(linker, ENTITY_APP, activity->client_app)};
    for (size_t i = 0; i < sizeof things / sizeof things[0]; i++)
        if (things[i])
            note_user(things[i], person);
}

bool thing_is_in_vain(const struct linker *linker, const struct finding *finding)
{
    bool has_address = false;
    for (size_t i = 0; i < finding->entity_count; i++) {
        if (finding->entities[i].kind != ENTITY_IP)
            continue;
        has_address = true;
        struct thing *thing = thing_find(
            linker, ENTITY_IP, knowledge_symbol(linker->knowledge, finding->entities[i].text));
        if (!thing || thing->has_success || !thing->failures)
            return false;
    }
    return has_address;
}

static bool is_by_new_program(const struct linker *linker, uint32_t address)
{
    const struct thing *thing = thing_find(linker, ENTITY_IP, address);
    return thing && thing->has_new_program && !thing_is_common(linker, thing);
}

bool linker_is_strange_address(const struct linker *linker, uint32_t address)
{
    const struct thing *thing = thing_find(linker, ENTITY_IP, address);
    return thing && (thing->is_intruders || is_by_new_program(linker, address));
}

int64_t linker_won(const struct linker *linker, uint32_t address)
{
    const struct thing *thing = thing_find(linker, ENTITY_IP, address);
    bool is_won = thing && thing->has_success && thing->failures >= LINK_FAILURES;
    return is_won ? thing->first_success : INSTANT_NONE;
}

bool thing_has_new_program(const struct linker *linker, const struct finding *finding)
{
    for (size_t i = 0; i < finding->entity_count; i++) {
        const struct entity *entity = &finding->entities[i];
        if (entity->kind == ENTITY_IP &&
            is_by_new_program(linker, knowledge_symbol(linker->knowledge, entity->text)))
            return true;
    }
    return false;
}

bool thing_is_common(const struct linker *linker, const struct thing *thing)
{
    if (thing->kind == ENTITY_IP && knowledge_is_neutral(linker->knowledge, thing->symbol))
        return true;
    return (thing->kind == ENTITY_IP || thing->kind == ENTITY_APP) && has_outsiders(thing);
}

bool thing_may_join(const struct linker *linker, const struct thing *thing)
{
    return !thing_is_common(linker, thing) &&
           !(thing->kind == ENTITY_APP &&
             app_name_find(knowledge_text(linker->knowledge, thing->symbol)));
}

bool thing_is_account(const struct thing *thing)
{
    return thing->kind == ENTITY_USER || thing->kind == ENTITY_MAILBOX;
}

const uint32_t *linker_incidents(const struct linker *linker, enum entity_kind kind,
                                 uint32_t symbol, uint32_t *count)
{
    const struct thing *thing =
        thing_find(linker, kind == ENTITY_CLIENT_APP ? ENTITY_APP : kind, symbol);
    *count = thing && thing_may_join(linker, thing) ? thing->incident_count : 0;
    return thing ? thing->incidents : NULL;
}

void linker_each_mark(const struct linker *linker,
                      void (*visit)(enum entity_kind kind, uint32_t symbol, void *context),
                      void *context)
{
    for (uint32_t t = 0; t < linker->thing_count; t++) {
        const struct thing *thing = &linker->things[t];
        if (thing->incident_count && thing_may_join(linker, thing))
            visit(thing->kind, thing->symbol, context);
    }
}
