// Did a successful sign-in from the same place or session come before the first access?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

// Accounts and applications that did something, by their first access.
struct tally {
    struct attacker_names signed_in, done; // whose sign-in was seen; whose first access was
    struct attacker_names with, without, open;
    const struct dossier_row *gap, *first; // accesses: of the open ones, with
    int64_t sign_in;                       // before `first`
};

// Persons by their own symbol, applications by their id: the service principal of an access is not always named.
static uint32_t doer_of(const struct dossier *dossier, const struct activity *a)
{
    return attacker_is_by_app(a) ? attacker_app(a) : knowledge_person(dossier->knowledge, a);
}

// The sign-in of which the token or the session of the access came; INSTANT_NONE: not known.
static int64_t origin_of(const struct dossier *dossier, const struct activity *a)
{
    struct issued_answer answer = knowledge_issuance(dossier->knowledge, a);
    bool is_own = answer.level == ISSUED_K1 || answer.level == ISSUED_K2;
    return is_own && !answer.is_matched_failed && answer.matched_time <= a->time + ISSUED_SKEW
               ? answer.matched_time
               : INSTANT_NONE;
}

static void judge(struct inquiry *inquiry, struct tally *tally, const struct dossier_row *row,
                  uint32_t doer)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    int64_t origin = origin_of(dossier, &row->first);
    bool is_seen = attacker_names_has(&tally->signed_in, doer);
    if (is_seen || origin != INSTANT_NONE) {
        attacker_names_add(&tally->with, doer);
        tally->first = tally->first ? tally->first : row;
    } else if (knowledge_may_deny_issue(dossier->knowledge, &row->first)) {
        attacker_names_add(&tally->without, doer);
    } else {
        attacker_names_add(&tally->open, doer);
        tally->gap = tally->gap ? tally->gap : row;
        return;
    }
    inquiry_cite(inquiry, row);
}

static void look(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next(&attacker, &at));) {
        uint32_t doer = doer_of(dossier, &row->first);
        if (attacker_is_success(&row->first)) {
            bool is_new = attacker_names_add(&tally->signed_in, doer);
            if (is_new && !attacker_names_has(&tally->done, doer))
                inquiry_cite(inquiry, row);
        } else if (knowledge_is_token_bearing(&row->first) &&
                   attacker_names_add(&tally->done, doer)) {
            judge(inquiry, tally, row, doer);
        }
    }
}

static void print_first(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    const struct activity *first = &tally->first->first;
    int64_t time = origin_of(dossier, first);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_sign_in(&attacker, &at));)
        if (row->first.time <= first->time &&
            doer_of(dossier, &row->first) == doer_of(dossier, first) &&
            (time == INSTANT_NONE || row->first.time < time))
            time = row->first.time;
    buf_add(out, S(", the earliest at "));
    attacker_print_minute(time, out);
    buf_add(out, S(" for an access at "));
    attacker_print_minute(first->time, out);
}

static void cannot_tell(struct inquiry *inquiry, const struct tally *tally)
{
    struct buf *out = inquiry_text(inquiry);
    struct coverage_answer gap = {0};
    if (!tally->done.count) {
        buf_add(out, S("No access of the attacker's is known."));
    } else {
        attacker_issue_gap(inquiry_dossier(inquiry), &tally->gap->first, &gap);
        buf_add(out, S("No sign-in is seen before the first access of "));
        attacker_print_names(inquiry_dossier(inquiry), &tally->open, out);
        buf_print(out, ", but the logs may lack it: %s.", gap.why);
    }
    inquiry_cannot_tell(inquiry, gap.how);
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct tally tally = {0};
    look(inquiry, &tally);
    if (!tally.with.count && !tally.without.count) {
        cannot_tell(inquiry, &tally);
        return;
    }
    if (tally.with.count) {
        buf_add(out,
                S("A sign-in from the same place or session came before the first access of "));
        attacker_print_names(dossier, &tally.with, out);
        print_first(inquiry, &tally);
    }
    if (tally.without.count) {
        buf_add(out, tally.with.count ? S("; none came before that of ")
                                      : S("No sign-in came before the first access of "));
        attacker_print_names(dossier, &tally.without, out);
        buf_add(out, S(", though the sign-in logs are complete there"));
    }
    if (tally.open.count)
        buf_print(out, "; of %zu more it is not known", tally.open.count);
    buf_add_char(out, '.');
    size_t known = tally.with.count + tally.without.count;
    double reliability = (double)known / (double)(known + tally.open.count);
    enum evidence_answer answer = !tally.without.count ? EVIDENCE_YES
                                  : tally.with.count   ? EVIDENCE_PARTLY
                                                       : EVIDENCE_NO;
    inquiry_answer(inquiry, answer, answer == EVIDENCE_NO ? 0.95 * reliability : reliability);
}

const struct question evidence_sign_in_preceded = {
    .name = "sign_in_preceded",
    .question =
        "Did a successful sign-in from the same place or session come before the first access?",
    .rests_on =
        "For each account and application with which mail was reached: a successful sign-in of the "
        "attacker's before its first access, or the sign-in that the access's token or session comes of. "
        "Yes: each has one. No: none has, though the sign-in logs are proved complete for as long as a "
        "token may live. Partly: some have. It cannot be told where these logs have gaps before the access.",
    .ask = ask,
};
