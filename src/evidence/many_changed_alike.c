// Did many people get the same new program, application or network at about the same time?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_many_changed_alike = {
    .name = "many_changed_alike",
    .question =
        "Did many people get the same new program, application or network at about the same time?",
    .rests_on = "",
    .ask = ask,
};
