// Was the same session also used from where its owner usually is?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_session_used_elsewhere = {
    .name = "session_used_elsewhere",
    .question = "Was the same session also used from where its owner usually is?",
    .rests_on = "",
    .ask = ask,
};
