// Do the addresses belong to servers for rent or to a VPN service?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_network_is_hosting = {
    .name = "network_is_hosting",
    .question = "Do the addresses belong to servers for rent or to a VPN service?",
    .rests_on = "",
    .ask = ask,
};
