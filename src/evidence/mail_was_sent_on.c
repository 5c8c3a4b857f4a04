// Was mail forwarded out, or phishing sent from the account?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/evidence.h"

static void ask(struct inquiry *inquiry)
{
    inquiry_cannot_tell(inquiry, "");
}

const struct question evidence_mail_was_sent_on = {
    .name = "mail_was_sent_on",
    .question = "Was mail forwarded out, or phishing sent from the account?",
    .rests_on = "",
    .ask = ask,
};
