// Are these networks ones that the people, or several colleagues, use on other days?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_network_is_known = {
    .name = "network_is_known",
    .question =
        "Are these networks ones that the people, or several colleagues, use on other days?",
    .rests_on = "",
    .ask = ask,
};
