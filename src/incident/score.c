// What an incident is called and how grave it is.
// SPDX-License-Identifier: Apache-2.0
//
// What rules match where people always are is context, unless it is critical: it gives neither title nor times nor
// entities, if there is anything else. Severity: that of its gravest finding; one step more when the findings together show a chain (at least
// CHAIN_TECHNIQUES different ATT&CK techniques in findings of medium or above) or reach
// (REACH_MAILBOXES mailboxes or more); never above critical. Confidence: the chance that at least one of the
// findings is right, taking them as independent, and never above 0.99.
#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "detector/cluster.h"
#include "incident/incident.h"

#define CHAIN_TECHNIQUES 4
#define REACH_MAILBOXES 10

// The incident's findings that say what it is, in order of severity: what makes an incident (critical ones wherever
// they are). All, where all are context.
struct core {
    const struct finding **findings;
    size_t count;
};

static struct core core_of(const struct incident *incident, const struct finding_list *findings,
                           const bool *is_context)
{
    struct core core = {memory_new((incident->finding_count + 1) * sizeof *core.findings), 0};
    for (int pass = 0; pass < 2 && !core.count; pass++)
        for (size_t i = 0; i < incident->finding_count; i++) {
            const struct finding *finding = &findings->items[incident->findings[i]];
            if (pass || !is_context[incident->findings[i]] || finding->severity >= LEVEL_CRITICAL)
                core.findings[core.count++] = finding;
        }
    return core;
}

static void gather(const struct core *core, struct cluster *cluster, uint32_t *techniques)
{
    struct keyset seen = {0};
    for (size_t i = 0; i < core->count; i++) {
        const struct finding *finding = core->findings[i];
        if (finding->severity >= LEVEL_MEDIUM)
            for (size_t t = 0; t < finding->attack_count; t++)
                *techniques += keyset_add(&seen, hash_str(finding->attack[t]));
        // Entities of weaker findings are context, not the attacker's reach.
        if (finding->severity < LEVEL_MEDIUM && i > 0)
            continue;
        for (size_t e = 0; e < finding->entity_count; e++)
            cluster_add_entity(cluster, &finding->entities[e]);
    }
    keyset_done(&seen);
}

static void take_times(struct incident *incident, const struct finding *finding)
{
    if (finding->severity < LEVEL_MEDIUM || finding->first == INSTANT_NONE)
        return;
    if (incident->first == INSTANT_NONE || finding->first < incident->first)
        incident->first = finding->first;
    if (incident->last == INSTANT_NONE || finding->last > incident->last)
        incident->last = finding->last;
}

void incident_describe(struct incident *incident, const struct finding_list *findings,
                       const bool *is_context, struct arena *arena)
{
    struct core core = core_of(incident, findings, is_context);
    const struct finding *gravest = core.findings[0];
    struct cluster *cluster = cluster_new(INSTANT_NONE, INSTANT_NONE);
    struct finding written = {0};
    uint32_t techniques = 0;
    double doubt = 1;
    gather(&core, cluster, &techniques);
    cluster_write(cluster, arena, &written);
    cluster_free(cluster);
    incident->entities = written.entities;
    incident->entity_count = written.entity_count;
    for (size_t i = 0; i < core.count; i++) {
        take_times(incident, core.findings[i]);
        doubt *= 1 - core.findings[i]->confidence;
    }
    free(core.findings);
    incident->title = arena_copy(arena, gravest->title);
    incident->confidence = doubt < 0.01 ? 0.99 : 1 - doubt;
    incident->severity = gravest->severity;
    bool is_wide = written.entity_counts[ENTITY_MAILBOX] >= REACH_MAILBOXES;
    if ((techniques >= CHAIN_TECHNIQUES || is_wide) && incident->severity < LEVEL_CRITICAL)
        incident->severity++;
    memcpy(incident->id, gravest->id, sizeof incident->id);
    incident->id[0] = 'i';
}

struct incident_totals incident_totals(const struct incident *incident)
{
    struct incident_totals totals = {0};
    for (size_t i = 0; i < incident->mailbox_count; i++) {
        const struct incident_mailbox *mailbox = &incident->mailboxes[i];
        totals.read += mailbox->read_count;
        totals.least += mailbox->least;
        totals.accesses += mailbox->accesses;
        totals.unknown += mailbox->unknown_count;
        totals.unknown_mailboxes += mailbox->unknown_count > 0;
        for (size_t p = 0; p < mailbox->presumed_count; p++)
            *(mailbox->presumed[p].why == REACH_SYNC ? &totals.folders : &totals.throttled) += 1;
    }
    return totals;
}

int incident_compare(const struct incident *a, const struct incident *b)
{
    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return memcmp(a->id, b->id, sizeof a->id);
}

static int compare(const void *left, const void *right)
{
    return incident_compare(left, right);
}

void incident_list_sort(struct incident_list *list)
{
    if (list->count)
        qsort(list->items, list->count, sizeof *list->items, compare);
}

void incident_list_done(struct incident_list *list)
{
    arena_done(&list->arena);
    *list = (struct incident_list){0};
}

const char *incident_reach_name(enum incident_reach reach)
{
    static const char *const names[REACH_COUNT] = {"sync", "throttled"};
    assert((unsigned)reach < REACH_COUNT);
    return names[reach];
}
