// Was the owner active at their usual place while this went on elsewhere?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_used_in_parallel = {
    .name = "used_in_parallel",
    .question = "Was the owner active at their usual place while this went on elsewhere?",
    .rests_on = "",
    .ask = ask,
};
