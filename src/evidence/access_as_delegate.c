// Were the mailboxes read by an account that is not their owner's?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_access_as_delegate = {
    .name = "access_as_delegate",
    .question = "Were the mailboxes read by an account that is not their owner's?",
    .rests_on = "",
    .ask = ask,
};
