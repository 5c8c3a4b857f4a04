// Did the owner or an administrator react: a password reset, revoked sessions, a removed rule?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_owner_reacted = {
    .name = "owner_reacted",
    .question =
        "Did the owner or an administrator react: a password reset, revoked sessions, a removed rule?",
    .rests_on = "",
    .ask = ask,
};
