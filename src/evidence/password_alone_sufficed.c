// Was a password alone enough to sign in, without a second factor?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_password_alone_sufficed = {
    .name = "password_alone_sufficed",
    .question = "Was a password alone enough to sign in, without a second factor?",
    .rests_on = "",
    .ask = ask,
};
