// Is the application in use elsewhere in the tenant on other days?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_app_known_in_tenant = {
    .name = "app_known_in_tenant",
    .question = "Is the application in use elsewhere in the tenant on other days?",
    .rests_on = "",
    .ask = ask,
};
