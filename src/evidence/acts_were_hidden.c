// Was anything done to hide it: rules that hide mail, deleted notices, less auditing?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_acts_were_hidden = {
    .name = "acts_were_hidden",
    .question =
        "Was anything done to hide it: rules that hide mail, deleted notices, less auditing?",
    .rests_on = "",
    .ask = ask,
};
