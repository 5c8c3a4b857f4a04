// Was a domain's trust or federation changed before?
// SPDX-License-Identifier: Apache-2.0
#include "event/outcome.h"
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

struct tally {
    const struct dossier_row *trust; // before the attacker began
    const struct dossier_row *other; // later, or a domain that was only added
    int64_t begins;
    unsigned count;
};

// Of the changes around domains those that say who may vouch for its people: Set domain authentication, Set
// federation settings on domain, Add-FederatedDomain. A domain that is added or verified is not yet trusted.
static bool is_trust(const struct dossier *dossier, const struct activity *a)
{
    struct str operation = dossier_text(dossier, a->operation);
    return str_contains_fold(operation, S("federat")) ||
           str_contains_fold(operation, S("authentication"));
}

// The attacker's first federated sign-in, where there is one: what was done before it by other ways needed no trust.
static int64_t begins_of(const struct dossier *dossier)
{
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_sign_in(&attacker, &at));)
        if (row->first.flags & ACTIVITY_IS_FEDERATED)
            return row->first.time;
    return attacker_begins(&attacker);
}

static void look(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct dossier_row *row;
    tally->begins = begins_of(dossier);
    for (size_t at = 0; (row = dossier_next(dossier, &at, DOSSIER_PARTS, ACTIVITY_FEDERATION));) {
        const struct activity *a = &row->first;
        if (a->outcome == OUTCOME_FAILURE || a->actor == ACTOR_PROVIDER)
            continue;
        bool is_before = tally->begins == INSTANT_NONE || a->time <= tally->begins;
        if (is_before && is_trust(dossier, a)) {
            tally->trust = tally->trust ? tally->trust : row;
            tally->count++;
        } else if (a->time <= dossier->incident->last) {
            tally->other = tally->other ? tally->other : row;
        } else {
            continue;
        }
        inquiry_cite(inquiry, row);
    }
}

static void answer_change(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    const struct activity *a = tally->trust ? &tally->trust->first : &tally->other->first;
    struct str operation = dossier_text(dossier, a->operation);
    while (operation.len &&
           (operation.at[operation.len - 1] == '.' || operation.at[operation.len - 1] == ' '))
        operation.len--;
    attacker_print_actor(dossier, a, out);
    buf_print(out, " changed a domain's trust (%.*s", (int)operation.len, operation.at);
    if (a->target)
        buf_add(out, S(": "));
    attacker_print_text(dossier, a->target, out);
    buf_add(out, S(") at "));
    attacker_print_minute(a->time, out);
    if (tally->begins != INSTANT_NONE) {
        buf_add(out, a->time <= tally->begins ? S(", before the attacker began at ")
                                              : S(", after the attacker had begun at "));
        attacker_print_minute(tally->begins, out);
    }
    if (!is_trust(dossier, a))
        buf_add(out, S("; that alone lets nobody in"));
    if (tally->count > 1)
        buf_print(out, "; %u such changes in all", tally->count);
    buf_add_char(out, '.');
    inquiry_answer(inquiry, tally->trust ? EVIDENCE_YES : EVIDENCE_PARTLY, tally->trust ? 1 : 0.6);
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct tally tally = {0};
    struct attacker_proof proof;
    look(inquiry, &tally);
    if (tally.trust || tally.other) {
        answer_change(inquiry, &tally);
        return;
    }
    if (!attacker_may_deny(dossier, ATTACKER_DIRECTORY, tally.begins, tally.begins, &proof)) {
        buf_add(out, S("Whether a domain's trust was changed before is not known"));
        attacker_cannot_tell(inquiry, &proof);
        return;
    }
    buf_print(out, "No domain's trust or federation was changed in the %u day%s before ",
              proof.days, proof.days == 1 ? "" : "s");
    attacker_print_minute(tally.begins, out);
    buf_add(out, S("; the directory's records are complete there."));
    inquiry_answer(inquiry, EVIDENCE_NO, proof.reliability);
}

const struct question evidence_trust_changed_before = {
    .name = "trust_changed_before",
    .question = "Was a domain's trust or federation changed before?",
    .rests_on =
        "Changes of the authentication or federation of any domain of the tenant, made by people, in the "
        "week before the attacker's first sign-in by a federated issuer, or else the first sign-in or "
        "access. Yes: there is one before it. Partly: only after it, or a domain was merely added or "
        "verified. No: there is none, though the directory's records are proved complete for seven, three "
        "or one days before. It cannot be told where they have gaps.",
    .ask = ask,
};
