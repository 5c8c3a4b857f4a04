// Were accounts of several people used from one place that is nobody's?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_several_people_from_one_place = {
    .name = "several_people_from_one_place",
    .question = "Were accounts of several people used from one place that is nobody's?",
    .rests_on = "",
    .ask = ask,
};
