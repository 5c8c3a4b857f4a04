// Were the mailboxes read by an account that is not their owner's?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

struct tally {
    uint64_t foreign, own, by_app, unnamed; // unnamed: Graph requests, which name no mailbox
    struct attacker_names readers, mailboxes, owners;
};

static void count(struct inquiry *inquiry, struct tally *tally, bool is_cited)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_access(&attacker, &at));) {
        uint32_t person = knowledge_person(dossier->knowledge, &row->first);
        if (attacker_is_by_app(&row->first)) {
            tally->by_app += row->records;
        } else if (!row->first.mailbox || !person) {
            tally->unnamed += row->records;
        } else if (attacker_is_foreign(dossier, &row->first)) {
            tally->foreign += row->records;
            attacker_names_add(&tally->readers, person);
            attacker_names_add(&tally->mailboxes, row->first.mailbox);
            if (is_cited)
                inquiry_cite(inquiry, row);
        } else {
            tally->own += row->records;
            attacker_names_add(&tally->owners, person);
        }
    }
}

static void answer_no(struct inquiry *inquiry, const struct tally *tally)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_access(&attacker, &at));)
        inquiry_cite(inquiry, row);
    if (tally->own) {
        buf_add(out, S("All "));
        attacker_print_count(tally->own, "access by a user was", "accesses by users were", out);
        buf_add(out, S(" with the account of the mailbox's owner: "));
        attacker_print_names(dossier, &tally->owners, out);
    } else {
        buf_add(out, S("No access was with a user's account: "));
        attacker_print_count(tally->by_app, "was", "were", out);
        buf_add(out, S(" by an application of its own accord"));
    }
    buf_add_char(out, '.');
    inquiry_answer(inquiry, EVIDENCE_NO, attacker_share(dossier, DOSSIER_ATTACKER));
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct buf *out = inquiry_text(inquiry);
    struct tally tally = {0};
    count(inquiry, &tally, true);
    if (!tally.foreign && !tally.own && (!tally.by_app || tally.unnamed)) {
        buf_print(out, "%s",
                  tally.unnamed ? "The requests by which the attacker read mail name no mailbox."
                                : "No mail is known to have been read by the attacker.");
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    if (!tally.foreign) {
        answer_no(inquiry, &tally);
        return;
    }
    attacker_print_count(tally.foreign, "access", "accesses", out);
    buf_add(out, S(" to "));
    attacker_print_names(dossier, &tally.mailboxes, out);
    buf_add(out, tally.foreign == 1 ? S(" was") : S(" were"));
    buf_add(out, S(" with the account of "));
    attacker_print_names(dossier, &tally.readers, out);
    if (tally.own) {
        buf_add(out, S("; "));
        attacker_print_count(tally.own, "was", "were", out);
        buf_add(out, S(" with the owner's own"));
    }
    buf_add_char(out, '.');
    inquiry_answer(inquiry, tally.own ? EVIDENCE_PARTLY : EVIDENCE_YES,
                   attacker_share(dossier, DOSSIER_ATTACKER));
}

const struct question evidence_access_as_delegate = {
    .name = "access_as_delegate",
    .question = "Were the mailboxes read by an account that is not their owner's?",
    .rests_on =
        "Whose account each of the attacker's mail accesses names, against the owner of the mailbox, and "
        "the kind of logon (delegate, administrator). Yes: all accesses by users are with other accounts "
        "than the owner's. No: none is. Partly: some are. It cannot be told where no mail is known to have "
        "been read.",
    .ask = ask,
};
