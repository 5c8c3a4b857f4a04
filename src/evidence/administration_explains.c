// Does announced or ordinary administration explain it: migration, backup, eDiscovery, support?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_administration_explains = {
    .name = "administration_explains",
    .question =
        "Does announced or ordinary administration explain it: migration, backup, eDiscovery, support?",
    .rests_on = "",
    .ask = ask,
};
