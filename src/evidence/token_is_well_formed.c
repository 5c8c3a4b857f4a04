// Are the tokens' identifiers as the identity provider makes them?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

// That a sign-in was logged at another time than the token says (ISSUED_OTHER_TIME) is never enough.
static const struct {
    unsigned bit;
    const char *text;
} faults[] = {
    {ISSUED_IMPOSSIBLE_ID, "has a form that no sign-in service gives"},
    {ISSUED_AFTER_USE, "was used before it says it was issued"},
    {ISSUED_TOO_OLD, "was used longer after its issue than any token lives"},
    {ISSUED_TWO_USERS, "was used for two users"},
    {ISSUED_TWO_TENANTS, "was used in two tenants"},
    {ISSUED_FOREIGN, "was issued by another tenant"},
};
enum { FAULTS = sizeof faults / sizeof faults[0] };

struct tally {
    uint64_t named, wrong, stripped, bare; // accesses: with identifiers, impossible ones, without
    uint64_t by_fault[FAULTS];
};

static void count_row(struct inquiry *inquiry, struct tally *tally, const struct dossier_row *row)
{
    const struct knowledge *k = inquiry_dossier(inquiry)->knowledge;
    if (!(row->first.flags & (ACTIVITY_HAS_TOKEN | ACTIVITY_HAS_BAD_TOKEN))) {
        bool is_stripped = knowledge_peers(k, &row->first).token_stripped;
        tally->bare += row->records;
        tally->stripped += is_stripped ? row->records : 0;
        if (is_stripped)
            inquiry_cite(inquiry, row);
        return;
    }
    unsigned impossible = knowledge_issuance(k, &row->first).impossible;
    bool is_wrong = false;
    tally->named += row->records;
    for (size_t i = 0; i < FAULTS; i++)
        if (impossible & faults[i].bit) {
            tally->by_fault[i] += row->records;
            is_wrong = true;
        }
    tally->wrong += is_wrong ? row->records : 0;
    if (is_wrong)
        inquiry_cite(inquiry, row);
}

static void print_faults(const struct tally *tally, struct buf *out)
{
    const char *between = ": ";
    for (size_t i = 0; i < FAULTS; i++)
        if (tally->by_fault[i]) {
            buf_add(out, str_from(between));
            buf_add(out, S("the token of "));
            attacker_print_count(tally->by_fault[i], "access ", "accesses ", out);
            buf_add(out, str_from(faults[i].text));
            between = ", ";
        }
    buf_add_char(out, '.');
}

static void answer_wrong(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    size_t at = 0;
    bool is_found = dossier_finding(dossier, &at, "impossible_token") != NULL;
    buf_print(out, "%llu of ", (unsigned long long)tally->wrong);
    attacker_print_count(tally->named, "access with a token", "accesses with tokens", out);
    buf_add(out, S(" cannot be with a token of the identity provider's"));
    print_faults(tally, out);
    inquiry_answer(inquiry, tally->wrong * 2 >= tally->named ? EVIDENCE_NO : EVIDENCE_PARTLY,
                   is_found ? 0.95 : 0.7);
}

static void answer_stripped(struct inquiry *inquiry, const struct tally *tally)
{
    struct buf *out = inquiry_text(inquiry);
    attacker_print_count(tally->stripped, "access names", "accesses name", out);
    buf_add(out, S(" no token, though of the accesses of that kind at least 99 in 100 name one; "));
    attacker_print_count(tally->named, "other has a token", "others have tokens", out);
    buf_add(out, S(" as it should be."));
    inquiry_answer(inquiry, EVIDENCE_PARTLY, 0.8);
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    const struct dossier_row *row;
    struct tally tally = {0};
    for (size_t at = 0; (row = attacker_next_bearer(&attacker, &at));)
        count_row(inquiry, &tally, row);
    if (tally.wrong) {
        answer_wrong(inquiry, &tally);
    } else if (tally.stripped) {
        answer_stripped(inquiry, &tally);
    } else if (!tally.named) {
        buf_print(out, "%s",
                  tally.bare ? "No access of the attacker's names its token."
                             : "No access of the attacker's is known that bears a token.");
        inquiry_cannot_tell(inquiry, tally.bare ? "export the audit records whole (AuditData with "
                                                  "AppAccessContext), not as columns"
                                                : "");
    } else {
        buf_add(out, S("The tokens of "));
        attacker_print_count(tally.named, "access have", "accesses have", out);
        buf_add(out,
                S(" the form, the time of issue, the user and the tenant that they should have."));
        for (size_t at = 0; (row = attacker_next_bearer(&attacker, &at));)
            if (row->first.flags & ACTIVITY_HAS_TOKEN)
                inquiry_cite(inquiry, row);
        inquiry_answer(inquiry, EVIDENCE_YES, attacker_share(dossier, DOSSIER_ATTACKER));
    }
}

const struct question evidence_token_is_well_formed = {
    .name = "token_is_well_formed",
    .question = "Are the tokens' identifiers as the identity provider makes them?",
    .rests_on =
        "The token that each of the attacker's accesses names: its form (a version 4 GUID), its time of "
        "issue against its use and the longest life of a token, its users and its tenant. Yes: nothing "
        "about them is impossible. No: half or more cannot be tokens of the tenant's identity provider. "
        "Partly: fewer, or accesses name no token where nearly all of their kind do. It cannot be told "
        "where no access names a token.",
    .ask = ask,
};
