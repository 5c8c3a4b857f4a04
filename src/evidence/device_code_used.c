// Did it begin with a device code that the user approved elsewhere?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_device_code_used = {
    .name = "device_code_used",
    .question = "Did it begin with a device code that the user approved elsewhere?",
    .rests_on = "",
    .ask = ask,
};
