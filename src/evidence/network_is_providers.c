// Do the addresses belong to Microsoft's own services?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_network_is_providers = {
    .name = "network_is_providers",
    .question = "Do the addresses belong to Microsoft's own services?",
    .rests_on = "",
    .ask = ask,
};
