// Was far more read than is usual for these mailboxes and people?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_volume_beyond_habit = {
    .name = "volume_beyond_habit",
    .question = "Was far more read than is usual for these mailboxes and people?",
    .rests_on = "",
    .ask = ask,
};
