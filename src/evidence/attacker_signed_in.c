// Did the attacker sign in themselves, from a place of their own?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

// People whose accounts the attacker used, by how that began.
struct tally {
    struct attacker_names by_hand,
        otherwise;                   // an interactive sign-in of the attacker's; only others
    const struct dossier_row *first; // by hand
    uint64_t others;                 // sign-ins that were not by hand
};

// The user took part, at a machine of the attacker's: no device code, which somebody else typed in, and no
// federated sign-in, which another identity provider answers for.
static bool is_by_hand(const struct dossier *dossier, const struct dossier_row *row)
{
    unsigned barred = ACTIVITY_IS_DEVICE_CODE | ACTIVITY_IS_FEDERATED | ACTIVITY_IS_SERVICE;
    const struct activity *a = &row->first;
    return (a->flags & (ACTIVITY_IS_INTERACTIVE | ACTIVITY_IS_LEGACY)) && !(a->flags & barred) &&
           !attacker_is_by_app(a) && attacker_is_away(dossier, row);
}

static void look(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_sign_in(&attacker, &at));)
        if (is_by_hand(dossier, row)) {
            attacker_names_add(&tally->by_hand, knowledge_person(dossier->knowledge, &row->first));
            tally->first = tally->first ? tally->first : row;
            inquiry_cite(inquiry, row);
        }
    for (size_t at = 0; (row = attacker_next_sign_in(&attacker, &at));) {
        uint32_t person = knowledge_person(dossier->knowledge, &row->first);
        if (is_by_hand(dossier, row) || attacker_is_by_app(&row->first))
            continue;
        tally->others += row->records;
        if (!attacker_names_has(&tally->by_hand, person))
            attacker_names_add(&tally->otherwise, person);
    }
}

static void answer_yes(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    attacker_print_text(dossier, tally->first->first.address, out);
    buf_add(out, S(" signed in interactively as "));
    attacker_print_names(dossier, &tally->by_hand, out);
    buf_add(out, S(", first at "));
    attacker_print_minute(tally->first->first.time, out);
    buf_add(out, S(", where that person is not as a rule"));
    if (tally->otherwise.count)
        buf_print(out, "; of %zu more only sign-ins without the user are seen",
                  tally->otherwise.count);
    buf_add_char(out, '.');
    double share = attacker_share(dossier, DOSSIER_ATTACKER);
    inquiry_answer(inquiry, tally->otherwise.count ? EVIDENCE_PARTLY : EVIDENCE_YES, share);
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct tally tally = {0};
    look(inquiry, &tally);
    if (tally.by_hand.count) {
        answer_yes(inquiry, &tally);
    } else if (tally.others) {
        attacker_print_count(tally.others, "sign-in", "sign-ins", out);
        buf_add(out, S(" of the attacker's as "));
        attacker_print_names(dossier, &tally.otherwise, out);
        buf_add(out, tally.others == 1 ? S(" is seen") : S(" are seen"));
        buf_add(out, S("; none was made by hand at a place of the attacker's own."));
        // That one is missing is not proved where the log has gaps: less than certain.
        inquiry_answer(inquiry, EVIDENCE_NO, 0.8 * attacker_share(dossier, DOSSIER_ATTACKER));
    } else {
        buf_add(out, S("No sign-in of the attacker's is seen."));
        inquiry_cannot_tell(inquiry, "");
    }
}

const struct question evidence_attacker_signed_in = {
    .name = "attacker_signed_in",
    .question = "Did the attacker sign in themselves, by hand, from a place of their own?",
    .rests_on =
        "Successful sign-ins of the attacker's in which a user took part (or by a protocol that asks for the password "
        "alone), at places that are not usual for the person; device codes, federated sign-ins and applications are "
        "other stories. Yes: there are some for everybody whose account was used. Partly: only for some. No: "
        "the attacker's sign-ins are seen, and none was made by hand. It cannot be told where none is seen.",
    .ask = ask,
};
