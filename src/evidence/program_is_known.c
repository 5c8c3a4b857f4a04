// Are the programs ones that these people and mailboxes use on other days?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_program_is_known = {
    .name = "program_is_known",
    .question = "Are the programs ones that these people and mailboxes use on other days?",
    .rests_on = "",
    .ask = ask,
};
