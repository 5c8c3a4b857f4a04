// Was it done on a device that the owner uses on other days?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_device_is_known = {
    .name = "device_is_known",
    .question = "Was it done on a device that the owner uses on other days?",
    .rests_on = "",
    .ask = ask,
};
