// How far a lack of records proves that something was not done, for questions about the attacker. Pure; nothing is
// owned.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVIDENCE_ATTACKER_PROOF_H
#define STORMGLASS_EVIDENCE_ATTACKER_PROOF_H

#include "evidence/evidence.h"

enum attacker_feed {
    ATTACKER_SIGN_INS,  // of users, failed ones too
    ATTACKER_DIRECTORY, // consents, credentials, trust
    ATTACKER_EXCHANGE,  // mailboxes and their rights
};

struct attacker_proof {
    int64_t from;               // since when nothing can have been missed
    unsigned days;              // 7, 3 or 1: whole days from there to the event; 0: not even one
    double reliability;         // of "no": 0 where it may not be said
    struct coverage_answer gap; // why not, and how to close it
};

// Whether it may be said that the records of a feed before `event` (up to `last`, at or after it) would have
// shown something: the longest of 7, 3 or 1 days for which coverage is proved. A preparation may be older, so
// fewer days are less reliable. Also false where the dossier had no room for all rows of that time.
bool attacker_may_deny(const struct dossier *dossier, enum attacker_feed feed, int64_t event,
                       int64_t last, struct attacker_proof *out);
// Why knowledge_may_deny_issue says no of an access: the first log and hour that is not proved.
void attacker_issue_gap(const struct dossier *dossier, const struct activity *activity,
                        struct coverage_answer *out);
// Answers "cannot tell" with the gap; what would have been shown stands in the inquiry's text already, as the
// beginning of a sentence ("Whether ... is not known").
void attacker_cannot_tell(struct inquiry *inquiry, const struct attacker_proof *proof);

// How many of the part's records the rows stand for, 0 to 1: reliabilities are multiplied by it.
double attacker_share(const struct dossier *dossier, enum dossier_part part);

#endif
