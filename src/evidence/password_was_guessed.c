// Did many sign-ins fail from these addresses before one succeeded?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_password_was_guessed = {
    .name = "password_was_guessed",
    .question = "Did many sign-ins fail from these addresses before one succeeded?",
    .rests_on = "",
    .ask = ask,
};
