// Did the sign-ins come from a federated identity provider?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_sign_in_was_federated = {
    .name = "sign_in_was_federated",
    .question = "Did the sign-ins come from a federated identity provider?",
    .rests_on = "",
    .ask = ask,
};
