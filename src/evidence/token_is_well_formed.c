// Are the tokens' identifiers as the identity provider makes them?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_token_is_well_formed = {
    .name = "token_is_well_formed",
    .question = "Are the tokens' identifiers as the identity provider makes them?",
    .rests_on = "",
    .ask = ask,
};
