// Did the tenant's identity provider issue the tokens that were used?
// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"
#include "base/keyset.h"
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

// Sign-in logs lose a record now and then: so small a share of tokens decides nothing, neither way.
#define SHARE_LOST 0.05

struct tally {
    uint64_t tokens;    // different ones
    uint64_t issued;    // of these: the sign-in logs have the token itself,
    uint64_t explained; // its session, or a sign-in for the same at the time of its issue,
    uint64_t missing;   // nothing of it, though they are complete,
    uint64_t bare;      // and its user had not signed in at all
    uint64_t open;      // it cannot be told
    uint64_t weak;      // of the missing: too few others of the kind are known to compare with
    uint64_t accesses;
    const struct dossier_row *last_open;
    struct attacker_names mailboxes;
    struct keyset seen;
};

static uint64_t token_key(const struct activity *a)
{
    uint64_t parts[2];
    memcpy(parts, a->token, sizeof parts);
    return hash_mix(parts[0] ^ hash_mix(parts[1]));
}

static void count_missing(struct inquiry *inquiry, struct tally *tally,
                          const struct dossier_row *row, const struct issued_answer *answer)
{
    const struct knowledge *k = inquiry_dossier(inquiry)->knowledge;
    if (!knowledge_may_deny_issue(k, &row->first)) {
        tally->open++;
        tally->last_open = row;
    } else if (answer->level >= ISSUED_K3) {
        tally->explained++;
    } else {
        tally->missing++;
        tally->bare += answer->level == ISSUED_NONE;
        tally->weak += !knowledge_peers(k, &row->first).may_judge;
        inquiry_cite(inquiry, row);
    }
}

static void count(struct inquiry *inquiry, struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_bearer(&attacker, &at));) {
        tally->accesses += row->records;
        attacker_names_add(&tally->mailboxes, row->first.mailbox);
        if (!(row->first.flags & ACTIVITY_HAS_TOKEN) ||
            !keyset_add(&tally->seen, token_key(&row->first)))
            continue;
        struct issued_answer answer = knowledge_issuance(dossier->knowledge, &row->first);
        tally->tokens++;
        if (answer.level == ISSUED_K1)
            tally->issued++;
        else
            count_missing(inquiry, tally, row, &answer);
    }
}

static void cite_issued(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_bearer(&attacker, &at));)
        if ((row->first.flags & ACTIVITY_HAS_TOKEN) &&
            knowledge_issuance(dossier->knowledge, &row->first).level == ISSUED_K1)
            inquiry_cite(inquiry, row);
}

static void cannot_tell(struct inquiry *inquiry, const struct tally *tally)
{
    struct buf *out = inquiry_text(inquiry);
    struct coverage_answer gap;
    if (!tally->accesses) {
        buf_add(out, S("No access of the attacker's is known that bears a token."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    if (!tally->tokens) {
        buf_add(out, S("None of "));
        attacker_print_count(tally->accesses, "access names its token.",
                             "accesses names its token.", out);
        inquiry_cannot_tell(inquiry,
                            "export the audit records whole (AuditData with AppAccessContext), "
                            "not as columns");
        return;
    }
    attacker_issue_gap(inquiry_dossier(inquiry), &tally->last_open->first, &gap);
    attacker_print_count(tally->tokens, "token is", "tokens are", out);
    buf_print(out, " not among the sign-ins, but these may lack some: %s.", gap.why);
    inquiry_cannot_tell(inquiry, gap.how);
}

// "20 tokens, looked up for 1,204 accesses of alice@contoso.example".
static void print_tokens(const struct dossier *dossier, const struct tally *tally, uint64_t count,
                         struct buf *out)
{
    attacker_print_count(count, "token", "tokens", out);
    buf_add(out, S(", looked up for "));
    attacker_print_count(tally->accesses, "access", "accesses", out);
    if (tally->mailboxes.count)
        buf_add(out, S(" to "));
    attacker_print_names(dossier, &tally->mailboxes, out);
}

static void answer_no(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    size_t at = 0;
    uint64_t judged = tally->issued + tally->explained + tally->missing;
    if (tally->missing == judged)
        buf_add(out, S("None of "));
    else
        buf_print(out, "%llu of ", (unsigned long long)tally->missing);
    print_tokens(dossier, tally, judged, out);
    buf_print(out, ", %s in the sign-in logs, which are complete for the time of issue",
              tally->missing == 1 && judged > 1 ? "is not"
              : tally->missing == judged        ? "is"
                                                : "are not");
    if (tally->bare) {
        buf_add(out, S("; for "));
        attacker_print_count(tally->bare, "of them", "of them", out);
        buf_add(out, S(" the user had no sign-in of any kind within the longest life of a token"));
    }
    if (tally->explained) {
        buf_add(out, S("; for "));
        attacker_print_count(tally->explained, "other", "others", out);
        buf_add(
            out,
            S(" only the session, or a sign-in of the user for the same at that time, is there"));
    }
    buf_add_char(out, '.');
    bool is_found = dossier_finding(dossier, &at, "token_never_issued") != NULL;
    bool is_weak = tally->weak * 2 > tally->missing;
    double reliability = is_found ? 0.95 : is_weak ? 0.5 : 0.85;
    inquiry_answer(inquiry, EVIDENCE_NO, reliability * (double)tally->missing / (double)judged);
}

static void answer_partly(struct inquiry *inquiry, const struct tally *tally)
{
    struct buf *out = inquiry_text(inquiry);
    uint64_t judged = tally->issued + tally->explained + tally->missing;
    buf_add(out, S("Of "));
    print_tokens(inquiry_dossier(inquiry), tally, judged, out);
    buf_print(
        out,
        ", %llu stand in the sign-in logs; of %llu only the session or a sign-in for the same at the "
        "time of issue is known, of %llu neither, though these logs are complete.",
        (unsigned long long)tally->issued, (unsigned long long)tally->explained,
        (unsigned long long)tally->missing);
    inquiry_answer(inquiry, EVIDENCE_PARTLY, tally->missing ? 0.8 : 0.6);
}

static void answer_yes(struct inquiry *inquiry, const struct tally *tally)
{
    struct buf *out = inquiry_text(inquiry);
    cite_issued(inquiry);
    if (tally->issued == tally->tokens)
        buf_add(out, tally->tokens == 1 ? S("The only one of ") : S("All of "));
    else
        buf_print(out, "%llu of ", (unsigned long long)tally->issued);
    print_tokens(inquiry_dossier(inquiry), tally, tally->tokens, out);
    buf_print(out, ", %s in the sign-in logs, issued to whoever used them%s.",
              tally->issued == 1 ? "stands" : "stand",
              tally->open ? "; of the others it cannot be told, since these logs have gaps" : "");
    inquiry_answer(inquiry, EVIDENCE_YES, (double)tally->issued / (double)tally->tokens);
}

static void ask(struct inquiry *inquiry)
{
    struct tally tally = {0};
    count(inquiry, &tally);
    double judged = (double)(tally.issued + tally.explained + tally.missing);
    if (judged == 0)
        cannot_tell(inquiry, &tally);
    else if ((double)tally.issued <= SHARE_LOST * judged && tally.missing > tally.explained)
        answer_no(inquiry, &tally); // a busy user signs in for the same at any time, by chance
    else if ((double)tally.issued >= (1 - SHARE_LOST) * judged)
        answer_yes(inquiry, &tally);
    else
        answer_partly(inquiry, &tally);
    keyset_done(&tally.seen);
}

const struct question evidence_token_was_issued = {
    .name = "token_was_issued",
    .question = "Did the tenant's identity provider issue the tokens that were used?",
    .rests_on =
        "The identifiers of the tokens with which the attacker reached mail, files and Graph, each looked "
        "up among all sign-ins (the first token of every hour, address and program). Yes: the sign-in logs "
        "have the tokens, issued to the same user. No: they have neither the tokens nor their sessions, "
        "though they are proved complete for the time of issue. Partly: some are there, or only the session "
        "of them is. It cannot be told where accesses name no token, or where the sign-in logs have gaps at "
        "that time.",
    .ask = ask,
};
