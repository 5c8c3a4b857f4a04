// Are the sign-in logs complete for the time in which the tokens must have been issued?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

struct tally {
    uint64_t whole, open; // accesses
    int64_t first, last;
    struct attacker_names mailboxes;
    const struct dossier_row *gap; // an access for which they are not complete
    // The last hour of issue that was asked for and what was said: accesses come in order of time.
    int64_t hour;
    bool is_app, is_whole;
};

static bool is_whole(const struct dossier *dossier, struct tally *tally, const struct activity *a)
{
    bool is_app = a->actor == ACTOR_APPLICATION;
    int64_t hour = (a->issued_at != INSTANT_NONE ? a->issued_at : a->time) / HOUR;
    // Times of use and of issue ask for different hours.
    hour = 2 * hour + (a->issued_at != INSTANT_NONE);
    if (hour != tally->hour || is_app != tally->is_app)
        tally->is_whole = knowledge_may_deny_issue(dossier->knowledge, a);
    tally->hour = hour;
    tally->is_app = is_app;
    return tally->is_whole;
}

static void count(const struct dossier *dossier, struct tally *tally)
{
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_bearer(&attacker, &at));) {
        attacker_names_add(&tally->mailboxes, row->first.mailbox);
        tally->first = tally->whole + tally->open ? tally->first : row->first.time;
        tally->last = row->last > tally->last ? row->last : tally->last;
        if (is_whole(dossier, tally, &row->first)) {
            tally->whole += row->records;
        } else {
            tally->open += row->records;
            tally->gap = tally->gap ? tally->gap : row;
        }
    }
}

static void print_span(const struct tally *tally, struct buf *out)
{
    attacker_print_count(tally->whole + tally->open, "access", "accesses", out);
    buf_add(out, S(" from "));
    attacker_print_minute(tally->first, out);
    buf_add(out, S(" to "));
    attacker_print_minute(tally->last, out);
}

static void answer_open(struct inquiry *inquiry, const struct tally *tally)
{
    struct buf *out = inquiry_text(inquiry);
    struct coverage_answer gap;
    attacker_issue_gap(inquiry_dossier(inquiry), &tally->gap->first, &gap);
    // What is absent or incomplete is known; where too few records are usual, nobody can tell.
    bool is_known = gap.state == COVERAGE_ABSENT || gap.state == COVERAGE_PARTIAL;
    if (tally->whole || is_known)
        inquiry_cite(inquiry, tally->gap);
    if (tally->whole)
        buf_print(out, "%llu of ", (unsigned long long)tally->open);
    print_span(tally, out);
    buf_print(out, " bear tokens of a time for which the sign-in logs %s complete: %s.",
              is_known ? "are not" : "cannot be proved", gap.why);
    if (tally->whole)
        inquiry_answer(inquiry, EVIDENCE_PARTLY, is_known ? 1 : 0.7);
    else if (is_known)
        inquiry_answer(inquiry, EVIDENCE_NO, 1);
    else
        inquiry_cannot_tell(inquiry, gap.how);
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct tally tally = {.last = INT64_MIN, .hour = INT64_MIN};
    count(dossier, &tally);
    if (tally.open) {
        answer_open(inquiry, &tally);
    } else if (!tally.whole) {
        buf_add(out, S("No access of the attacker's is known that bears a token."));
        inquiry_cannot_tell(inquiry, "");
    } else {
        buf_add(
            out,
            S("The sign-in logs are complete, and proved to have been alive, for the hours in which "
              "the tokens of "));
        print_span(&tally, out);
        buf_add(out, S(" must have been issued."));
        inquiry_answer(inquiry, EVIDENCE_YES, attacker_share(dossier, DOSSIER_ATTACKER));
    }
}

const struct question evidence_sign_in_feed_complete = {
    .name = "sign_in_feed_complete",
    .question =
        "Are the sign-in logs complete for the time in which the tokens must have been issued?",
    .rests_on =
        "The coverage of the sign-in logs (of users, or of applications) in the hours in which the tokens "
        "of the attacker's accesses must have been issued: the time of issue where the access names it, "
        "else the longest life of a token before it. Yes: every hour is complete and the logs are proved "
        "alive on both sides. No: they are missing, cut or late there. Partly: for some of the accesses. It "
        "cannot be told where so few records are usual that silence says nothing.",
    .ask = ask,
};
