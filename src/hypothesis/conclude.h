// From a dossier to a verdict.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_HYPOTHESIS_CONCLUDE_H
#define STORMGLASS_HYPOTHESIS_CONCLUDE_H

#include "hypothesis/remedy.h"

// Asks, weighs, says what to do and tells it. Set and book are borrowed, and so are names that the verdict has
// of them; all else is owned by the arena.
void verdict_reach(const struct hypothesis_set *set, const struct remedy_book *book,
                   const struct dossier *dossier, struct arena *arena, struct verdict *out);

// The same from the answers that were given (evidence_collect), which are borrowed for as long as the verdict.
void verdict_conclude(const struct hypothesis_set *set, const struct remedy_book *book,
                      const struct dossier *dossier, const struct evidence *evidence,
                      struct arena *arena, struct verdict *out);

// How grave an incident is, which its findings make `severity`, once this is known of it: where a benign story is
// likely it is at most medium, and at most low from VERDICT_BENIGN_SURE on, unless a finding was critical. It is
// never raised, and the third sentence of the verdict says so.
#define VERDICT_BENIGN_SURE 0.9
enum sigma_level verdict_severity(const struct verdict *verdict, enum sigma_level severity);

#endif
