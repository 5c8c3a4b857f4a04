// Did the tenant's identity provider issue the tokens that were used?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_token_was_issued = {
    .name = "token_was_issued",
    .question = "Did the tenant's identity provider issue the tokens that were used?",
    .rests_on = "",
    .ask = ask,
};
