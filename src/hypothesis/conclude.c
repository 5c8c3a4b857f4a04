// The steps of an investigation in their order.
// SPDX-License-Identifier: Apache-2.0
#include "hypothesis/conclude.h"

#include "hypothesis/tell.h"

void verdict_reach(const struct hypothesis_set *set, const struct remedy_book *book,
                   const struct dossier *dossier, struct arena *arena, struct verdict *out)
{
    verdict_conclude(set, book, dossier, evidence_collect(dossier, arena), arena, out);
}

void verdict_conclude(const struct hypothesis_set *set, const struct remedy_book *book,
                      const struct dossier *dossier, const struct evidence *evidence,
                      struct arena *arena, struct verdict *out)
{
    *out = (struct verdict){0};
    hypothesis_weigh(set, evidence, arena, out);
    if (book)
        remedy_fill(book, set, dossier, arena, out);
    verdict_picture(dossier, arena, out);
    verdict_tell(set, dossier, arena, out);
    verdict_chronicle(dossier, evidence, arena, out);
}

enum sigma_level verdict_severity(const struct verdict *verdict, enum sigma_level severity)
{
    const struct verdict_hypothesis *leader =
        verdict->hypothesis_count ? &verdict->hypotheses[0] : NULL;
    if (!verdict->is_decided || !leader || !leader->is_benign)
        return severity;
    bool is_sure = leader->probability >= VERDICT_BENIGN_SURE && severity < LEVEL_CRITICAL;
    enum sigma_level most = is_sure ? LEVEL_LOW : LEVEL_MEDIUM;
    return severity < most ? severity : most;
}
