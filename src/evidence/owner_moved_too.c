// Did the owner's own life move to the new place, with their own programs?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_owner_moved_too = {
    .name = "owner_moved_too",
    .question = "Did the owner's own life move to the new place, with their own programs?",
    .rests_on = "",
    .ask = ask,
};
