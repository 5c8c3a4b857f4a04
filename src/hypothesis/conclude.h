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

#endif
