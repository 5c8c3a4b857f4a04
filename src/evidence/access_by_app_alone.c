// Was mail read by an application of its own accord, without a user?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_access_by_app_alone = {
    .name = "access_by_app_alone",
    .question = "Was mail read by an application of its own accord, without a user?",
    .rests_on = "",
    .ask = ask,
};
