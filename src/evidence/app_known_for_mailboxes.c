// Does the application read these mailboxes on other days as well?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_app_known_for_mailboxes = {
    .name = "app_known_for_mailboxes",
    .question = "Does the application read these mailboxes on other days as well?",
    .rests_on = "",
    .ask = ask,
};
