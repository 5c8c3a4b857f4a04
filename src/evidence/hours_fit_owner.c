// Do the hours fit the hours at which the owner usually works?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_hours_fit_owner = {
    .name = "hours_fit_owner",
    .question = "Do the hours fit the hours at which the owner usually works?",
    .rests_on = "",
    .ask = ask,
};
