// Evidence and weighing for all incidents: first every question of every incident, then every incident.
// SPDX-License-Identifier: Apache-2.0
#include "engine/investigate.h"

#include <stdlib.h>

#include "engine/crew.h"
#include "hypothesis/conclude.h"

struct investigation {
    const struct stories *stories;
    struct dossier *dossiers; // by incident
    struct evidence *answers; // question_count of each incident
    struct verdict *verdicts;
    struct arena *arenas; // by thread; at the end all are the result's
};

static void ask(void *context, size_t number, unsigned thread)
{
    struct investigation *in = context;
    evidence_ask(questions[number % question_count], &in->dossiers[number / question_count],
                 &in->arenas[thread], &in->answers[number]);
}

static void conclude(void *context, size_t number, unsigned thread)
{
    struct investigation *in = context;
    verdict_conclude(&in->stories->hypotheses, in->stories->remedies, &in->dossiers[number],
                     &in->answers[number * question_count], &in->arenas[thread],
                     &in->verdicts[number]);
}

struct concluded {
    struct incident incident;
    struct verdict verdict;
};

static int by_incident(const void *left, const void *right)
{
    const struct concluded *a = left, *b = right;
    return incident_compare(&a->incident, &b->incident);
}

// What a benign story explains is less grave; incidents and their verdicts are put in order again.
static void settle_severity(struct incident_list *incidents, struct verdict *verdicts)
{
    size_t count = incidents->count, lowered = 0;
    struct concluded *all = memory_new((count + 1) * sizeof *all);
    for (size_t i = 0; i < count; i++) {
        struct incident *incident = &incidents->items[i];
        enum sigma_level severity = verdict_severity(&verdicts[i], incident->severity);
        lowered += severity != incident->severity;
        incident->severity = severity;
        all[i] = (struct concluded){*incident, verdicts[i]};
    }
    if (lowered)
        qsort(all, count, sizeof *all, by_incident);
    for (size_t i = 0; i < count; i++) {
        incidents->items[i] = all[i].incident;
        verdicts[i] = all[i].verdict;
    }
    free(all);
}

void investigate_run(const struct dossier_set *dossiers, const struct scan_options *options,
                     struct scan_result *result, unsigned threads)
{
    struct arena *arena = &result->arena;
    size_t count = result->incidents.count;
    if (!options->stories)
        return;
    struct investigation in = {.stories = options->stories,
                               .dossiers = memory_new((count + 1) * sizeof *in.dossiers),
                               .answers =
                                   ARENA_ARRAY(arena, struct evidence, count * question_count),
                               .verdicts = ARENA_ARRAY(arena, struct verdict, count),
                               .arenas = memory_new(threads * sizeof *in.arenas)};
    for (size_t i = 0; i < count; i++)
        in.dossiers[i] = dossier_of(dossiers, &result->incidents.items[i]);
    crew_run(threads, count * question_count, ask, &in);
    crew_run(threads, count, conclude, &in);
    for (unsigned i = 0; i < threads; i++)
        arena_adopt(arena, &in.arenas[i]);
    settle_severity(&result->incidents, in.verdicts);
    result->verdicts = in.verdicts;
    free(in.dossiers);
    free(in.arenas);
}
