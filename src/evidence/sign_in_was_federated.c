// Did the sign-ins come from a federated identity provider?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

struct tally {
    uint64_t all, federated;                 // of the attacker's in which the user took part
    uint64_t owners, owners_federated;       // of the same people's own
    struct attacker_names people, addresses; // of the federated ones
    const struct dossier_row *first;
};

// Tokens given without the user taking part do not say how they once signed in, nor does the audit log.
static bool is_asked(const struct activity *a)
{
    return attacker_is_success(a) && (a->flags & ACTIVITY_IS_INTERACTIVE) &&
           !(a->flags & ACTIVITY_IS_SERVICE);
}

static void look(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    for (size_t i = 0; i < dossier->count; i++) {
        const struct dossier_row *row = &dossier->rows[i];
        bool is_federated = row->first.flags & ACTIVITY_IS_FEDERATED;
        if (!is_asked(&row->first))
            continue;
        if (row->part == DOSSIER_OWNER) {
            tally->owners += row->records;
            tally->owners_federated += is_federated ? row->records : 0;
        } else if (row->part == DOSSIER_ATTACKER) {
            tally->all += row->records;
            tally->federated += is_federated ? row->records : 0;
            inquiry_cite(inquiry, row);
            if (!is_federated)
                continue;
            tally->first = tally->first ? tally->first : row;
            attacker_names_add(&tally->people, knowledge_person(dossier->knowledge, &row->first));
            attacker_names_add(&tally->addresses, row->first.address);
        }
    }
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct tally tally = {0};
    look(inquiry, &tally);
    if (!tally.all) {
        buf_add(
            out,
            S("No sign-in of the attacker's with the user taking part is seen in the sign-in logs."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    if (tally.federated)
        buf_print(out, "%llu of ", (unsigned long long)tally.federated);
    else
        buf_add(out, S("None of "));
    attacker_print_count(tally.all, "sign-in", "sign-ins", out);
    buf_add(out, S(" of the attacker's came from a federated identity provider"));
    if (tally.federated) {
        buf_add(out, S(", as "));
        attacker_print_names(dossier, &tally.people, out);
        buf_add(out, S(" from "));
        attacker_print_names(dossier, &tally.addresses, out);
        buf_add(out, S(", the first at "));
        attacker_print_minute(tally.first->first.time, out);
    }
    if (tally.owners)
        buf_print(out, "; of these people's own %llu did %llu", (unsigned long long)tally.owners,
                  (unsigned long long)tally.owners_federated);
    buf_add_char(out, '.');
    enum evidence_answer answer = 4 * tally.federated >= 3 * tally.all ? EVIDENCE_YES
                                  : tally.federated                    ? EVIDENCE_PARTLY
                                                                       : EVIDENCE_NO;
    // Where these people always sign in so, it says little.
    bool is_usual = tally.federated && 2 * tally.owners_federated >= tally.owners && tally.owners;
    double share = (double)tally.federated / (double)tally.all;
    inquiry_answer(inquiry, answer,
                   attacker_share(dossier, DOSSIER_ATTACKER) * (is_usual ? 0.5 : 1) *
                       (answer == EVIDENCE_YES ? share : 1));
}

const struct question evidence_sign_in_was_federated = {
    .name = "sign_in_was_federated",
    .question = "Did the sign-ins come from a federated identity provider?",
    .rests_on =
        "The attacker's successful sign-ins in which the user took part: which issuer the sign-in log "
        "names. Yes: a federated one, in three of four or more. No: the tenant itself each time. Partly: "
        "fewer. How many of the same people's own sign-ins are federated is said with it. It cannot be told "
        "where no such sign-in is seen: tokens given without the user, and the audit log, do not name the "
        "issuer.",
    .ask = ask,
};
