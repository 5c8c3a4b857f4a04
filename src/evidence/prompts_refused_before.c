// Were sign-in prompts refused or ignored before one was approved?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

#define REFUSED 500121 // failed during strong authentication
// One or two are a telephone in a pocket; as in the detector of such volleys.
#define SEVERAL 3
// Who asks comes back in waves; an approval a day after the last refusal is another story.
#define GIVES_IN DAY

struct tally {
    struct attacker_count refused;
    bool is_theirs; // some refusal or the approval is at a place of the attacker's
    struct attacker_names people, addresses;
    int64_t first, last;
    const struct dossier_row *approved;
};

static void look(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    for (size_t i = 0; i < dossier->count; i++) {
        const struct dossier_row *row = &dossier->rows[i];
        uint32_t person = knowledge_person(dossier->knowledge, &row->first);
        if (!attacker_is_try(&attacker, row))
            continue;
        if (row->first.error == REFUSED && !tally->approved) {
            tally->first = attacker_count_of(&tally->refused) ? tally->first : row->first.time;
            tally->last = row->last > tally->last ? row->last : tally->last;
            attacker_count_add(&tally->refused, row);
            tally->is_theirs = tally->is_theirs || row->part == DOSSIER_ATTACKER;
            attacker_names_add(&tally->people, person);
            attacker_names_add(&tally->addresses, row->first.address);
            inquiry_cite(inquiry, row);
        } else if (attacker_is_success(&row->first) && row->part == DOSSIER_ATTACKER &&
                   !tally->approved && attacker_names_has(&tally->people, person) &&
                   row->last <= tally->last + GIVES_IN && row->last >= tally->first) {
            tally->approved = row;
            tally->is_theirs = true;
            inquiry_cite(inquiry, row);
        }
    }
}

static void answer_refused(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    uint64_t refused = attacker_count_of(&tally->refused);
    attacker_print_count(refused, "prompt", "prompts", out);
    buf_add(out, S(" for the second factor of "));
    attacker_print_names(dossier, &tally->people, out);
    buf_print(out, " %s refused or left unanswered for sign-ins from ",
              refused == 1 ? "was" : "were");
    attacker_print_names(dossier, &tally->addresses, out);
    buf_add(out, S(" between "));
    attacker_print_minute(tally->first, out);
    buf_add(out, S(" and "));
    attacker_print_minute(tally->last, out);
    if (tally->approved) {
        buf_add(out, S("; a sign-in from "));
        attacker_print_text(dossier, tally->approved->first.address, out);
        buf_add(out, S(" succeeded at "));
        attacker_print_minute(tally->approved->first.time > tally->first
                                  ? tally->approved->first.time
                                  : tally->approved->last,
                              out);
    } else {
        buf_add(out, S("; none succeeded within a day after them"));
    }
    buf_add_char(out, '.');
    bool is_yes = refused >= SEVERAL && tally->approved;
    inquiry_answer(inquiry, is_yes ? EVIDENCE_YES : EVIDENCE_PARTLY, is_yes ? 1 : 0.8);
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    struct tally tally = {.last = INT64_MIN};
    struct attacker_proof proof;
    look(inquiry, &tally);
    if (attacker_count_of(&tally.refused) && tally.is_theirs) {
        answer_refused(inquiry, &tally);
        return;
    }
    int64_t begins = attacker_begins(&attacker);
    if (!attacker_may_deny(dossier, ATTACKER_SIGN_INS, begins, begins, &proof)) {
        buf_add(out, S("Whether prompts were refused before the attacker got in is not known"));
        attacker_cannot_tell(inquiry, &proof);
        return;
    }
    buf_print(
        out,
        "No prompt for a second factor was refused or left unanswered for the attacker in the %u day%s "
        "before ",
        proof.days, proof.days == 1 ? "" : "s");
    attacker_print_minute(begins, out);
    buf_add(out, S(", for which the sign-in logs are complete."));
    inquiry_answer(inquiry, EVIDENCE_NO, proof.reliability);
}

const struct question evidence_prompts_refused_before = {
    .name = "prompts_refused_before",
    .question = "Were sign-in prompts refused or ignored before one was approved?",
    .rests_on =
        "Sign-ins that failed during strong authentication (error 500121) at the attacker's addresses, or "
        "of the incident's people at places that are not usual for them, and a success of the same person "
        "there within a day after. Yes: three or more, then a success. Partly: fewer, or none succeeded. "
        "No: none, though the sign-in logs are proved complete for seven, three or one days before. It "
        "cannot be told where they have gaps.",
    .ask = ask,
};
