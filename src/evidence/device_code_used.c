// Did it begin with a device code that the user approved elsewhere?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

struct tally {
    struct attacker_names people, addresses;
    uint64_t records;
    int64_t first;
    const struct dossier_row
        *other; // a code of one of these people, for a machine that is not the attacker's
};

static void look(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    int64_t begins = attacker_begins(&attacker);
    struct attacker_names actors = {0}; // in whose name the attacker acted
    const struct dossier_row *use;
    for (size_t at = 0; (use = attacker_next_bearer(&attacker, &at));)
        attacker_names_add(&actors, knowledge_person(dossier->knowledge, &use->first));
    for (size_t at = 0; (use = attacker_next_sign_in(&attacker, &at));)
        attacker_names_add(&actors, knowledge_person(dossier->knowledge, &use->first));
    for (size_t i = 0; i < dossier->count; i++) {
        const struct dossier_row *row = &dossier->rows[i];
        const struct activity *a = &row->first;
        uint32_t person = knowledge_person(dossier->knowledge, a);
        if (!attacker_is_success(a) || !(a->flags & ACTIVITY_IS_DEVICE_CODE))
            continue;
        if (attacker_owns(&attacker, row)) {
            tally->first = tally->records ? tally->first : a->time;
            tally->records += row->records;
            attacker_names_add(&tally->people, person);
            attacker_names_add(&tally->addresses, a->address);
            inquiry_cite(inquiry, row);
        } else if (row->part == DOSSIER_OWNER && attacker_names_has(&actors, person) &&
                   begins != INSTANT_NONE && a->time <= begins && a->time >= begins - DAY) {
            tally->other = row;
        }
    }
}

static void answer_yes(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    int64_t begins = attacker_begins(&attacker);
    bool is_first = begins == INSTANT_NONE || tally->first <= begins + HOUR;
    attacker_print_names(dossier, &tally->people, out);
    buf_add(out, S(" signed in by a device code for a machine at "));
    attacker_print_names(dossier, &tally->addresses, out);
    buf_add(out, S(" at "));
    attacker_print_minute(tally->first, out);
    if (!is_first) {
        buf_add(out, S(", after the attacker's first access or sign-in at "));
        attacker_print_minute(begins, out);
    }
    buf_add_char(out, '.');
    inquiry_answer(inquiry, is_first ? EVIDENCE_YES : EVIDENCE_PARTLY, is_first ? 1 : 0.8);
}

static void answer_else(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    struct attacker_proof proof;
    int64_t begins = attacker_begins(&attacker);
    if (tally->other) {
        inquiry_cite(inquiry, tally->other);
        attacker_print_actor(dossier, &tally->other->first, out);
        buf_add(out, S(" approved a device code at "));
        attacker_print_minute(tally->other->first.time, out);
        buf_add(out, S(", before the attacker began, but for a machine at "));
        attacker_print_text(dossier, tally->other->first.address, out);
        buf_add(out, S(", which is not the attacker's."));
        inquiry_answer(inquiry, EVIDENCE_PARTLY, 0.5);
        return;
    }
    if (!attacker_may_deny(dossier, ATTACKER_SIGN_INS, begins, begins, &proof)) {
        buf_add(out, S("Whether a device code was used before the attacker began is not known"));
        attacker_cannot_tell(inquiry, &proof);
        return;
    }
    buf_print(
        out,
        "None of the attacker's sign-ins is by a device code, nor is any in the %u day%s before ",
        proof.days, proof.days == 1 ? "" : "s");
    attacker_print_minute(begins, out);
    buf_add(out, S("; the sign-in logs are complete there."));
    inquiry_answer(inquiry, EVIDENCE_NO, proof.reliability);
}

static void ask(struct inquiry *inquiry)
{
    struct tally tally = {0};
    look(inquiry, &tally);
    if (tally.records)
        answer_yes(inquiry, &tally);
    else
        answer_else(inquiry, &tally);
}

const struct question evidence_device_code_used = {
    .name = "device_code_used",
    .question = "Did it begin with a device code that the user approved elsewhere?",
    .rests_on =
        "Successful sign-ins by a device code: the attacker's, and those of the people in whose name the "
        "attacker acted. Yes: there is one of the attacker's, within an hour of the attacker's beginning or "
        "before it. Partly: only later, or of the person for another machine within a day before. No: there "
        "is none, though the sign-in logs are proved complete for seven, three or one days before. It "
        "cannot be told where they have gaps.",
    .ask = ask,
};
