// Was mail read by an application of its own accord, without a user?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/attacker_proof.h"

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct attacker attacker = attacker_of(dossier);
    struct buf *out = inquiry_text(inquiry);
    struct attacker_names apps = {0}, people = {0};
    uint64_t by_app = 0, by_people = 0;
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next_access(&attacker, &at));) {
        bool is_app = attacker_is_by_app(&row->first);
        *(is_app ? &by_app : &by_people) += row->records;
        if (is_app)
            attacker_names_add(&apps, attacker_app(&row->first));
        else
            attacker_names_add(&people, knowledge_person(dossier->knowledge, &row->first));
        if (is_app || !by_app)
            inquiry_cite(inquiry, row);
    }
    if (!by_app && !by_people) {
        buf_add(out, S("No mail is known to have been read by the attacker."));
        inquiry_cannot_tell(inquiry, "");
        return;
    }
    if (by_app) {
        attacker_print_count(by_app, "access was", "accesses were", out);
        buf_add(out, apps.count ? S(" by application ") : S(" by an application without a name,"));
        attacker_print_names(dossier, &apps, out);
        buf_add(out, S(" of its own accord, without a user"));
    }
    if (by_people) {
        buf_add(out, by_app ? S("; ") : S(""));
        attacker_print_count(by_people, "access was", "accesses were", out);
        buf_add(out, S(" in the name of "));
        attacker_print_names(dossier, &people, out);
        buf_add(out, by_app ? S("") : S(", none by an application alone"));
    }
    buf_add_char(out, '.');
    inquiry_answer(inquiry,
                   !by_people ? EVIDENCE_YES
                   : by_app   ? EVIDENCE_PARTLY
                              : EVIDENCE_NO,
                   attacker_share(dossier, DOSSIER_ATTACKER));
}

const struct question evidence_access_by_app_alone = {
    .name = "access_by_app_alone",
    .question = "Was mail read by an application of its own accord, without a user?",
    .rests_on =
        "Who the records of the attacker's mail accesses and Graph requests name as acting. Yes: an "
        "application each time. No: a user each time, by whatever program. Partly: both occur. It cannot be "
        "told where no mail is known to have been read.",
    .ask = ask,
};
