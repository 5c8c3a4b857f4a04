// Evidence and weighing for all incidents.
// SPDX-License-Identifier: Apache-2.0
#include "engine/investigate.h"

#include "hypothesis/conclude.h"

void investigate_run(const struct dossier_set *dossiers, const struct scan_options *options,
                     struct scan_result *result)
{
    const struct incident_list *incidents = &result->incidents;
    if (!options->stories)
        return;
    result->verdicts = ARENA_ARRAY(&result->arena, struct verdict, incidents->count);
    for (size_t i = 0; i < incidents->count; i++) {
        struct dossier dossier = dossier_of(dossiers, &incidents->items[i]);
        verdict_reach(&options->stories->hypotheses, options->stories->remedies, &dossier,
                      &result->arena, &result->verdicts[i]);
    }
}
