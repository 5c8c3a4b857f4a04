// From the dossiers of incidents to verdicts: questions asked, hypotheses weighed, remedies filled in.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_INVESTIGATE_H
#define STORMGLASS_ENGINE_INVESTIGATE_H

#include "engine/scan.h"
#include "incident/dossier.h"

// Asks and weighs on up to `threads` threads. Fills result->verdicts for result->incidents, which are sorted.
void investigate_run(const struct dossier_set *dossiers, const struct scan_options *options,
                     struct scan_result *result, unsigned threads);

#endif
