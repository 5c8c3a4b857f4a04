// Were sign-in prompts refused or ignored before one was approved?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_prompts_refused_before = {
    .name = "prompts_refused_before",
    .question = "Were sign-in prompts refused or ignored before one was approved?",
    .rests_on = "",
    .ask = ask,
};
