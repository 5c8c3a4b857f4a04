// Evidence and weighing for all incidents.
// SPDX-License-Identifier: Apache-2.0
#include "engine/investigate.h"

#include "evidence/evidence.h"

void investigate_run(const struct dossier_set *dossiers, const struct scan_options *options,
                     struct scan_result *result)
{
    (void)options;
    arena_init(&result->verdict_arena);
    for (size_t i = 0; i < result->incidents.count; i++) {
        struct dossier dossier = dossier_of(dossiers, &result->incidents.items[i]);
        evidence_collect(&dossier, &result->verdict_arena);
    }
}
