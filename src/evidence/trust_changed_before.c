// Was a domain's trust or federation changed before?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_trust_changed_before = {
    .name = "trust_changed_before",
    .question = "Was a domain's trust or federation changed before?",
    .rests_on = "",
    .ask = ask,
};
