// Findings that share an entity are joined in a forest of sets; common entities join nothing.
// SPDX-License-Identifier: Apache-2.0
#include "incident/link.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/keyset.h"
#include "detector/cluster.h"
#include "event/outcome.h"

#define NOBODY UINT32_MAX

// A thing that findings name.
struct thing {
    enum entity_kind kind;
    uint32_t symbol;
    uint32_t *findings; // in their order
    uint32_t count, capacity;
    struct keyset insiders; // symbols of the users and mailboxes its findings are about
    uint32_t outsiders[LINK_OUTSIDERS + 1];
    uint32_t outsider_count;
    uint32_t *incidents; // of its findings, ascending; once they are known
    uint32_t incident_count;
};

struct linker {
    const struct knowledge *knowledge;
    const struct finding_list *findings;
    struct thing *things;
    uint32_t thing_count, thing_capacity;
    uint32_t *slots; // by (kind, symbol): thing + 1
    uint32_t mask;
    uint32_t *parents;   // of the forest, by finding
    uint32_t *incidents; // by finding: its incident, or NOBODY
    bool *homely;        // by finding
};

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

static struct thing *thing_open(struct linker *linker, enum entity_kind kind, struct str text)
{
    uint32_t symbol = knowledge_symbol(linker->knowledge, text);
    struct thing *thing = thing_find(linker, kind, symbol);
    if (thing || !symbol)
        return thing;
    if (!linker->slots || 2 * (linker->thing_count + 1) > linker->mask)
        grow(linker);
    ARRAY_GROW(linker->things, linker->thing_count, linker->thing_capacity);
    *slot_of(linker, kind, symbol) = linker->thing_count + 1;
    thing = &linker->things[linker->thing_count++];
    *thing = (struct thing){.kind = kind, .symbol = symbol};
    return thing;
}

static void add_insiders(struct linker *linker, const struct finding *finding, struct thing *thing)
{
    for (size_t i = 0; i < finding->entity_count; i++)
        if (finding->entities[i].kind == ENTITY_USER || finding->entities[i].kind == ENTITY_MAILBOX)
            keyset_add(&thing->insiders,
                       hash_mix(knowledge_symbol(linker->knowledge, finding->entities[i].text)));
}

static void add_finding(struct linker *linker, uint32_t number)
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
        bool is_grave = finding->severity >= LEVEL_MEDIUM && !linker->homely[number];
        if (is_grave && (kind == ENTITY_IP || kind == ENTITY_APP))
            add_insiders(linker, finding, thing);
    }
}

static bool is_homely(const struct linker *linker, const struct finding *finding);

struct linker *linker_new(const struct knowledge *knowledge, const struct finding_list *findings)
{
    struct linker *linker = memory_new(sizeof *linker);
    linker->knowledge = knowledge;
    linker->findings = findings;
    linker->parents = memory_new((findings->count + 1) * sizeof *linker->parents);
    linker->incidents = memory_new((findings->count + 1) * sizeof *linker->incidents);
    linker->homely = memory_new(findings->count + 1);
    for (uint32_t i = 0; i < findings->count; i++) {
        linker->homely[i] = is_homely(linker, &findings->items[i]);
        linker->parents[i] = i;
        linker->incidents[i] = NOBODY;
        add_finding(linker, i);
    }
    return linker;
}

void linker_free(struct linker *linker)
{
    if (!linker)
        return;
    for (uint32_t i = 0; i < linker->thing_count; i++) {
        free(linker->things[i].findings);
        free(linker->things[i].incidents);
        keyset_done(&linker->things[i].insiders);
    }
    free(linker->things);
    free(linker->slots);
    free(linker->parents);
    free(linker->incidents);
    free(linker->homely);
    free(linker);
}

// ---- who else uses it -------------------------------------------------------------------------

static void note_user(struct thing *thing, uint32_t person)
{
    if (thing->outsider_count > LINK_OUTSIDERS || keyset_has(&thing->insiders, hash_mix(person)))
        return;
    for (uint32_t i = 0; i < thing->outsider_count; i++)
        if (thing->outsiders[i] == person)
            return;
    thing->outsiders[thing->outsider_count++] = person;
}

void linker_see(struct linker *linker, const struct activity *activity)
{
    bool is_use = activity->kind == ACTIVITY_SIGN_IN || knowledge_is_token_bearing(activity);
    uint32_t person = knowledge_person(linker->knowledge, activity);
    if (!is_use || activity->outcome == OUTCOME_FAILURE || !person)
        return;
    struct thing *things[] = {thing_find(linker, ENTITY_IP, activity->address),
                              thing_find(linker, ENTITY_APP, activity->app),
                              thing_find(linker, ENTITY_APP, activity->client_app)};
    for (size_t i = 0; i < sizeof things / sizeof things[0]; i++)
        if (things[i])
            note_user(things[i], person);
}

static bool is_common(const struct linker *linker, const struct thing *thing)
{
    if (thing->kind == ENTITY_IP && knowledge_is_neutral(linker->knowledge, thing->symbol))
        return true;
    return (thing->kind == ENTITY_IP || thing->kind == ENTITY_APP) &&
           thing->outsider_count > LINK_OUTSIDERS;
}

// ---- findings of the usual place --------------------------------------------------------------

static bool is_rule(const struct finding *finding)
{
    return finding->rule || finding->correlation;
}

static bool is_usual_for_one(const struct linker *linker, const struct finding *finding,
                             uint32_t address)
{
    bool has_user = false;
    for (size_t i = 0; i < finding->entity_count; i++) {
        if (finding->entities[i].kind != ENTITY_USER)
            continue;
        has_user = true;
        uint32_t person = knowledge_symbol(linker->knowledge, finding->entities[i].text);
        if (knowledge_is_usual_place(linker->knowledge, person, address))
            return true;
    }
    return !has_user;
}

// Whether a rule's match came from where its people sign in as a rule, or from nowhere: what they did there
// is theirs until something else says otherwise. Detectors have looked at that themselves. Of several people
// it is not known which address was whose: more than half of the addresses must be usual for one of them.
static bool is_homely(const struct linker *linker, const struct finding *finding)
{
    size_t strange = 0, addresses = 0;
    if (!is_rule(finding))
        return false;
    for (size_t i = 0; i < finding->entity_count; i++) {
        if (finding->entities[i].kind != ENTITY_IP)
            continue;
        addresses++;
        strange += !is_usual_for_one(
            linker, finding, knowledge_symbol(linker->knowledge, finding->entities[i].text));
    }
    bool is_of_one = finding->entity_counts[ENTITY_USER] <= 1;
    return is_of_one ? strange == 0 : 2 * strange <= addresses;
}

// ---- joining ----------------------------------------------------------------------------------

static uint32_t root_of(struct linker *linker, uint32_t finding)
{
    while (linker->parents[finding] != finding) {
        linker->parents[finding] = linker->parents[linker->parents[finding]];
        finding = linker->parents[finding];
    }
    return finding;
}

// The lower number is the root, so that the result does not depend on the order of joins.
static void join(struct linker *linker, uint32_t a, uint32_t b)
{
    a = root_of(linker, a);
    b = root_of(linker, b);
    if (a < b)
        linker->parents[b] = a;
    else
        linker->parents[a] = b;
}

static bool is_strong(const struct linker *linker, uint32_t finding)
{
    return linker->findings->items[finding].severity >= LEVEL_MEDIUM;
}

static bool is_near(const struct finding *a, const struct finding *b)
{
    if (a->first == INSTANT_NONE || b->first == INSTANT_NONE)
        return false;
    if (a->last < b->first)
        return b->first - a->last <= LINK_GAP;
    return b->last >= a->first || a->first - b->last <= LINK_GAP;
}

static bool is_account(const struct thing *thing)
{
    return thing->kind == ENTITY_USER || thing->kind == ENTITY_MAILBOX;
}

static int by_first(const void *left, const void *right, void *context)
{
    const struct finding *items = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (items[a].first != items[b].first)
        return items[a].first < items[b].first ? -1 : 1;
    return a < b ? -1 : a > b;
}

// A finding about many accounts says nothing of one of them.
static bool may_join_account(const struct linker *linker, uint32_t number)
{
    const struct finding *finding = &linker->findings->items[number];
    return is_strong(linker, number) && !linker->homely[number] &&
           finding->entity_counts[ENTITY_USER] <= LINK_ACCOUNTS &&
           finding->entity_counts[ENTITY_MAILBOX] <= LINK_ACCOUNTS;
}

// Along the time: each strong finding with the one before it that lasted longest.
static void join_account(struct linker *linker, struct thing *thing)
{
    struct finding *items = linker->findings->items;
    uint32_t before = NOBODY;
    qsort_r(thing->findings, thing->count, sizeof *thing->findings, by_first, items);
    for (uint32_t i = 0; i < thing->count; i++) {
        uint32_t number = thing->findings[i];
        if (!may_join_account(linker, number))
            continue;
        if (before != NOBODY && is_near(&items[before], &items[number]))
            join(linker, before, number);
        if (before == NOBODY || items[number].last > items[before].last)
            before = number;
    }
}

static void join_strong(struct linker *linker)
{
    for (uint32_t t = 0; t < linker->thing_count; t++) {
        struct thing *thing = &linker->things[t];
        uint32_t before = NOBODY;
        if (is_account(thing)) {
            join_account(linker, thing);
            continue;
        }
        for (uint32_t i = 0; i < thing->count && !is_common(linker, thing); i++) {
            if (!is_strong(linker, thing->findings[i]))
                continue;
            if (before != NOBODY)
                join(linker, before, thing->findings[i]);
            before = thing->findings[i];
        }
    }
}

// How closely a thing ties a weak finding to an incident; 0: not at all.
static unsigned tie_of(const struct linker *linker, const struct thing *thing)
{
    if (is_common(linker, thing))
        return 0;
    return thing->kind == ENTITY_SESSION || thing->kind == ENTITY_TOKEN ? 4
           : thing->kind == ENTITY_MESSAGE                              ? 3
           : is_account(thing)                                          ? 1
                                                                        : 2;
}

// The strong finding that a weak one is tied to most closely, the first of equals; NOBODY: none.
static void attach_weak(struct linker *linker)
{
    struct finding_list const *list = linker->findings;
    uint32_t *best = memory_new((list->count + 1) * sizeof *best);
    unsigned *ties = memory_new((list->count + 1) * sizeof *ties);
    for (uint32_t t = 0; t < linker->thing_count; t++) {
        const struct thing *thing = &linker->things[t];
        unsigned tie = tie_of(linker, thing);
        uint32_t strong = NOBODY;
        for (uint32_t i = 0; i < thing->count && strong == NOBODY; i++)
            if (is_strong(linker, thing->findings[i]))
                strong = thing->findings[i];
        for (uint32_t i = 0; i < thing->count && tie && strong != NOBODY; i++) {
            uint32_t weak = thing->findings[i];
            if (is_strong(linker, weak) ||
                (tie == 1 && !is_near(&list->items[weak], &list->items[strong])))
                continue;
            if (tie > ties[weak] || (tie == ties[weak] && strong < best[weak])) {
                ties[weak] = tie;
                best[weak] = strong;
            }
        }
    }
    for (uint32_t i = 0; i < list->count; i++)
        if (ties[i])
            linker->parents[i] = root_of(linker, best[i]);
    free(best);
    free(ties);
}

// ---- incidents --------------------------------------------------------------------------------

// What makes a group of findings an incident; see linker_finish.
struct weight {
    uint32_t findings;
    bool is_enough;
    struct str medium; // detector of a medium finding
    struct str user;   // the first it names
};

static struct str first_user(const struct finding *finding)
{
    for (size_t i = 0; i < finding->entity_count; i++)
        if (finding->entities[i].kind == ENTITY_USER)
            return finding->entities[i].text;
    return S("");
}

static void weigh(struct weight *weight, const struct finding *finding, bool is_at_home)
{
    weight->findings++;
    if (finding->severity < LEVEL_MEDIUM || (is_at_home && finding->severity < LEVEL_CRITICAL))
        return;
    bool is_grave = finding->severity >= (is_rule(finding) ? LEVEL_HIGH : LEVEL_MEDIUM);
    struct str user = first_user(finding);
    bool is_second = weight->medium.len && !str_equal(weight->user, user);
    weight->is_enough = weight->is_enough || is_grave || is_second;
    weight->medium = finding->detector;
    weight->user = user;
}

static void number_incidents(struct linker *linker, struct incident_list *out)
{
    size_t count = linker->findings->count;
    struct weight *weights = memory_new((count + 1) * sizeof *weights);
    for (uint32_t i = 0; i < count; i++)
        weigh(&weights[root_of(linker, i)], &linker->findings->items[i], linker->homely[i]);
    for (uint32_t i = 0; i < count; i++)
        out->count += weights[i].is_enough && out->count < INCIDENT_LIMIT;
    out->items = ARENA_ARRAY(&out->arena, struct incident, out->count + 1);
    uint32_t next = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t root = root_of(linker, i);
        if (!weights[root].is_enough)
            continue;
        if (root == i && next < out->count) {
            struct incident *incident = &out->items[next];
            *incident = (struct incident){.first = INSTANT_NONE, .last = INSTANT_NONE};
            incident->findings = ARENA_ARRAY(&out->arena, uint32_t, weights[root].findings);
            linker->incidents[i] = next++;
        }
        uint32_t number = linker->incidents[root];
        linker->incidents[i] = number;
        if (number != NOBODY)
            out->items[number].findings[out->items[number].finding_count++] = i;
    }
    free(weights);
}

static int by_number(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static void list_incidents(struct linker *linker, struct thing *thing)
{
    uint32_t kept = 0;
    thing->incidents = memory_new((thing->count + 1) * sizeof *thing->incidents);
    for (uint32_t i = 0; i < thing->count; i++)
        if (linker->incidents[thing->findings[i]] != NOBODY &&
            !linker->homely[thing->findings[i]] && is_strong(linker, thing->findings[i]))
            thing->incidents[thing->incident_count++] = linker->incidents[thing->findings[i]];
    qsort(thing->incidents, thing->incident_count, sizeof *thing->incidents, by_number);
    for (uint32_t i = 0; i < thing->incident_count; i++)
        if (kept == 0 || thing->incidents[kept - 1] != thing->incidents[i])
            thing->incidents[kept++] = thing->incidents[i];
    thing->incident_count = kept;
}

void linker_finish(struct linker *linker, struct incident_list *out)
{
    *out = (struct incident_list){0};
    arena_init(&out->arena);
    join_strong(linker);
    attach_weak(linker);
    number_incidents(linker, out);
    for (uint32_t t = 0; t < linker->thing_count; t++)
        list_incidents(linker, &linker->things[t]);
    for (size_t i = 0; i < out->count; i++)
        incident_describe(&out->items[i], linker->findings, &out->arena);
}

const uint32_t *linker_incidents(const struct linker *linker, enum entity_kind kind,
                                 uint32_t symbol, uint32_t *count)
{
    const struct thing *thing =
        thing_find(linker, kind == ENTITY_CLIENT_APP ? ENTITY_APP : kind, symbol);
    *count = thing && !is_common(linker, thing) ? thing->incident_count : 0;
    return thing ? thing->incidents : NULL;
}
