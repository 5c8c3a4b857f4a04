// Did a successful sign-in from the same place or session come before the first access?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_sign_in_preceded = {
    .name = "sign_in_preceded",
    .question =
        "Did a successful sign-in from the same place or session come before the first access?",
    .rests_on = "",
    .ask = ask,
};
