// Were rights on the mailboxes given to the reader before they were read?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_delegation_before = {
    .name = "delegation_before",
    .question = "Were rights on the mailboxes given to the reader before they were read?",
    .rests_on = "",
    .ask = ask,
};
