// Verdicts in words: the three sentences that a report begins with, and the story of the investigation.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_HYPOTHESIS_TELL_H
#define STORMGLASS_HYPOTHESIS_TELL_H

#include "hypothesis/hypothesis.h"

// Fills out->sentences and out->first_step, after weighing and remedies. Owned by the arena.
void verdict_tell(const struct hypothesis_set *set, const struct dossier *dossier,
                  struct arena *arena, struct verdict *out);

// Fills out->timeline: what the attacker did, what was found, what was asked and answered, what could not be
// told, and the conclusion. At most VERDICT_TIMELINE_LIMIT rows, of which events give way first.
#define VERDICT_TIMELINE_LIMIT 400
void verdict_chronicle(const struct dossier *dossier, const struct evidence *evidence,
                       struct arena *arena, struct verdict *out);

// Fills out->days, edges and hours.
void verdict_picture(const struct dossier *dossier, struct arena *arena, struct verdict *out);

#endif
