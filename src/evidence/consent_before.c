// Was the application given access to mail by a consent before it read?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_consent_before = {
    .name = "consent_before",
    .question = "Was the application given access to mail by a consent before it read?",
    .rests_on = "",
    .ask = ask,
};
