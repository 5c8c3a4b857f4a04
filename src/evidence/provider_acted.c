// Was it done by Microsoft's own processes?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_provider_acted = {
    .name = "provider_acted",
    .question = "Was it done by Microsoft's own processes?",
    .rests_on = "",
    .ask = ask,
};
