// Are the sign-in logs complete for the time in which the tokens must have been issued?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_sign_in_feed_complete = {
    .name = "sign_in_feed_complete",
    .question =
        "Are the sign-in logs complete for the time in which the tokens must have been issued?",
    .rests_on = "",
    .ask = ask,
};
