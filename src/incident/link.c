// Findings that share an entity are joined in a forest of sets; common entities join nothing.
// SPDX-License-Identifier: Apache-2.0
#include "incident/link.h"

#include <stdlib.h>

#include "incident/link_parts.h"

// ---- findings of the usual place --------------------------------------------------------------

static bool is_rule(const struct finding *finding)
{
    return finding->rule || finding->correlation;
}

// Where nothing is known of places, grave matters are not explained away by that, unless they are common: what
// a rule finds of many people at once is how this tenant works.
static bool may_be_unknown(const struct linker *linker, const struct finding *finding,
                           uint32_t person, uint32_t address)
{
    return !knowledge_is_own_place(linker->knowledge, person, address) &&
           finding->severity >= LEVEL_HIGH &&
           !linker->is_common_rule[finding - linker->findings->items] &&
           !knowledge_knows_places(linker->knowledge, person);
}

static bool is_usual_for_one(const struct linker *linker, const struct finding *finding,
                             uint32_t address)
{
    bool has_user = false;
    for (size_t i = 0; i < finding->entity_count; i++) {
        if (finding->entities[i].kind != ENTITY_USER)
            continue;
        has_user = true;
        uint32_t person = thing_person(linker, finding->entities[i].text);
        if (may_be_unknown(linker, finding, person, address))
            continue;
        if (knowledge_is_usual_place(linker->knowledge, person, address) ||
            knowledge_is_usual_country(linker->knowledge, person, address))
            return true;
    }
    return !has_user;
}

// Whether a rule's match came from where its people sign in as a rule, or from nowhere: what they did there
// is theirs until something else says otherwise. The country will do: the detectors, who know program and
// session as well, have looked at all that themselves. Of several people
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

static int by_detector(const void *left, const void *right, void *context)
{
    const struct finding *items = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return str_compare(items[a].detector, items[b].detector);
}

static void find_common_rules(struct linker *linker)
{
    const struct finding *items = linker->findings->items;
    uint32_t count = (uint32_t)linker->findings->count;
    uint32_t *order = memory_new(((size_t)count + 1) * sizeof *order);
    linker->is_common_rule = memory_new((size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof *order, by_detector, linker->findings->items);
    for (uint32_t start = 0, end; start < count; start = end) {
        for (end = start;
             end < count && str_equal(items[order[end]].detector, items[order[start]].detector);)
            end++;
        for (uint32_t i = start; i < end; i++)
            linker->is_common_rule[order[i]] = end - start > LINK_RULE_FINDINGS;
    }
    free(order);
}

// ---- the linker --------------------------------------------------------------------------------

struct linker *linker_new(struct knowledge *knowledge, const struct finding_list *findings)
{
    struct linker *linker = memory_new(sizeof *linker);
    linker->knowledge = knowledge;
    linker->findings = findings;
    linker->parents = memory_new((findings->count + 1) * sizeof *linker->parents);
    linker->incidents = memory_new((findings->count + 1) * sizeof *linker->incidents);
    linker->homely = memory_new(findings->count + 1);
    find_common_rules(linker);
    for (uint32_t i = 0; i < findings->count; i++)
        thing_add_names(knowledge, &findings->items[i]);
    for (uint32_t i = 0; i < findings->count; i++) {
        linker->homely[i] = is_homely(linker, &findings->items[i]);
        linker->parents[i] = i;
        linker->incidents[i] = NOBODY;
        thing_add_finding(linker, i);
    }
    return linker;
}

const struct finding_list *linker_findings(const struct linker *linker)
{
    return linker->findings;
}

void linker_free(struct linker *linker)
{
    if (!linker)
        return;
    for (uint32_t i = 0; i < linker->thing_count; i++) {
        free(linker->things[i].findings);
        free(linker->things[i].incidents);
        keyset_done(&linker->things[i].insiders);
        keyset_done(&linker->things[i].outsiders);
    }
    free(linker->things);
    free(linker->slots);
    free(linker->parents);
    free(linker->incidents);
    free(linker->homely);
    free(linker->is_common_rule);
    free(linker);
}

// ---- joining ----------------------------------------------------------------------------------

uint32_t link_root(struct linker *linker, uint32_t finding)
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
    a = link_root(linker, a);
    b = link_root(linker, b);
    if (a < b)
        linker->parents[b] = a;
    else
        linker->parents[a] = b;
}

bool link_is_strong(const struct linker *linker, uint32_t finding)
{
    return linker->findings->items[finding].severity >= LEVEL_MEDIUM && !linker->homely[finding];
}

bool link_is_near(const struct finding *a, const struct finding *b)
{
    if (a->first == INSTANT_NONE || b->first == INSTANT_NONE)
        return false;
    if (a->last < b->first)
        return b->first - a->last <= LINK_GAP;
    return b->last >= a->first || a->first - b->last <= LINK_GAP;
}

int link_compare(const struct finding *a, const struct finding *b)
{
    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    int order = str_compare(a->detector, b->detector);
    return order ? order : memcmp(a->id, b->id, sizeof a->id);
}

static int by_first(const void *left, const void *right, void *context)
{
    const struct finding *items = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (items[a].first != items[b].first)
        return items[a].first < items[b].first ? -1 : 1;
    int order = link_compare(&items[a], &items[b]);
    return order ? order : a < b ? -1 : a > b;
}

void link_sort(struct linker *linker, struct thing *thing)
{
    qsort_r(thing->findings, thing->count, sizeof *thing->findings, by_first,
            linker->findings->items);
}

// A finding about many accounts says nothing of one of them.
bool link_is_about_many(const struct finding *finding)
{
    return finding->entity_counts[ENTITY_USER] > LINK_ACCOUNTS ||
           finding->entity_counts[ENTITY_MAILBOX] > LINK_ACCOUNTS;
}

// What a rule counted over many accounts ties together is only what all of them have in common.
bool link_is_shared_in(const struct finding *finding, const struct thing *thing)
{
    if (!is_rule(finding) || !link_is_about_many(finding))
        return true;
    uint32_t count = finding->entity_counts[thing->kind];
    if (thing->kind == ENTITY_APP && finding->entity_counts[ENTITY_CLIENT_APP] > count)
        count = finding->entity_counts[ENTITY_CLIENT_APP];
    return count <= 1;
}

bool link_may_join(const struct linker *linker, const struct thing *thing, uint32_t number)
{
    const struct finding *finding = &linker->findings->items[number];
    if (!link_is_strong(linker, number))
        return false;
    return thing_is_account(thing) ? !link_is_about_many(finding)
                                   : link_is_shared_in(finding, thing);
}

// Along the time: each strong finding with the one before it that lasted longest.
static void join_account(struct linker *linker, struct thing *thing, bool is_of_home)
{
    struct finding *items = linker->findings->items;
    uint32_t before = NOBODY;
    link_sort(linker, thing);
    for (uint32_t i = 0; i < thing->count; i++) {
        uint32_t number = thing->findings[i];
        bool may_join = link_may_join(linker, thing, number);
        if (is_of_home)
            may_join = linker->homely[number] && items[number].severity >= LEVEL_CRITICAL &&
                       !link_is_about_many(&items[number]);
        if (!may_join)
            continue;
        if (before != NOBODY && link_is_near(&items[before], &items[number]))
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
        if (thing_is_account(thing)) {
            join_account(linker, thing, false);
            join_account(linker, thing, true); // one deed is often in two logs
            continue;
        }
        for (uint32_t i = 0; i < thing->count && thing_may_join(linker, thing); i++) {
            if (!link_may_join(linker, thing, thing->findings[i]))
                continue;
            if (before != NOBODY)
                join(linker, before, thing->findings[i]);
            before = thing->findings[i];
        }
    }
}

// ---- incidents --------------------------------------------------------------------------------

// What makes a group of findings an incident; see linker_finish.
struct weight {
    uint32_t findings;
    bool is_enough;
    struct str mediums[LINK_MEDIUMS]; // detectors of medium findings
    size_t medium_count;
    struct str user; // the first that the last of them names
};

// Different rules: one deed is in two logs, and a traveller trips over two.
static void note_medium(struct weight *weight, struct str detector)
{
    for (size_t i = 0; i < weight->medium_count; i++)
        if (str_equal(weight->mediums[i], detector))
            return;
    if (weight->medium_count < LINK_MEDIUMS)
        weight->mediums[weight->medium_count++] = detector;
}

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
    bool is_other = weight->medium_count && !str_equal(weight->user, user);
    note_medium(weight, finding->detector);
    weight->is_enough =
        weight->is_enough || is_grave || is_other || weight->medium_count == LINK_MEDIUMS;
    weight->user = user;
}

static void number_incidents(struct linker *linker, struct incident_list *out)
{
    size_t count = linker->findings->count;
    struct weight *weights = memory_new((count + 1) * sizeof *weights);
    for (uint32_t i = 0; i < count; i++)
        weigh(&weights[link_root(linker, i)], &linker->findings->items[i], linker->homely[i]);
    for (uint32_t i = 0; i < count; i++)
        out->count += weights[i].is_enough && out->count < INCIDENT_LIMIT;
    out->items = ARENA_ARRAY(&out->arena, struct incident, out->count + 1);
    uint32_t next = 0;
    for (uint32_t i = 0; i < count; i++) { // a follower may stand before its root
        if (!weights[i].is_enough || next == out->count)
            continue;
        out->items[next] =
            (struct incident){.number = next, .first = INSTANT_NONE, .last = INSTANT_NONE};
        out->items[next].findings = ARENA_ARRAY(&out->arena, uint32_t, weights[i].findings);
        linker->incidents[i] = next++;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = linker->incidents[link_root(linker, i)];
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
            link_is_strong(linker, thing->findings[i]) &&
            link_is_shared_in(&linker->findings->items[thing->findings[i]], thing))
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
    for (uint32_t i = 0; i < linker->findings->count; i++) {
        const struct finding *finding = &linker->findings->items[i];
        if (is_rule(finding) && thing_is_in_vain(linker, finding))
            linker->homely[i] = true;
        else if (linker->homely[i] && !link_is_about_many(finding) &&
                 thing_has_new_program(linker, finding))
            linker->homely[i] = false;
    }
    join_strong(linker);
    link_attach_weak(linker);
    number_incidents(linker, out);
    for (uint32_t t = 0; t < linker->thing_count; t++)
        list_incidents(linker, &linker->things[t]);
    for (size_t i = 0; i < out->count; i++)
        incident_describe(&out->items[i], linker->findings, linker->homely, &out->arena);
}
