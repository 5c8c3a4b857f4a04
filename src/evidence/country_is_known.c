// Are the countries ones that these people are in on other days?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_country_is_known = {
    .name = "country_is_known",
    .question = "Are the countries ones that these people are in on other days?",
    .rests_on = "",
    .ask = ask,
};
