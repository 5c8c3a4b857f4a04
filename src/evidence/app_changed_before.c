// Was a credential or permission added to the application before it read?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_app_changed_before = {
    .name = "app_changed_before",
    .question = "Was a credential or permission added to the application before it read?",
    .rests_on = "",
    .ask = ask,
};
