// Was it done from where the acting person always is, by their usual program?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_at_home_of_the_actor = {
    .name = "at_home_of_the_actor",
    .question = "Was it done from where the acting person always is, by their usual program?",
    .rests_on = "",
    .ask = ask,
};
