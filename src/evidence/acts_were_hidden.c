// Was anything done to hide it?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

#include "detector/notice.h"

struct hiding {
    const struct dossier_row *rule, *notice, *audit, *deleted; // the first of each
    uint64_t rules, notices, audits, deletions;
    bool has_rows;
};

// A program that synchronises moves and deletes what its owner did elsewhere: such rows count no more than
// others of the attacker's.
static void see(const struct dossier *dossier, const struct dossier_row *row, struct hiding *found)
{
    const struct activity *a = &row->first;
    found->has_rows = true;
    switch ((enum activity_kind)a->kind) {
    case ACTIVITY_MAIL_RULE:
        if (!(a->flags & ACTIVITY_HIDES))
            return;
        found->rules += row->records;
        found->rule = found->rule ? found->rule : row;
        return;
    case ACTIVITY_AUDIT_CHANGE:
        if (!(a->flags & ACTIVITY_HIDES))
            return;
        found->audits += row->records;
        found->audit = found->audit ? found->audit : row;
        return;
    case ACTIVITY_MAIL_DELETE:
    case ACTIVITY_MAIL_MOVE:
        if (notice_is_security(dossier_text(dossier, a->detail))) {
            found->notices += row->records;
            found->notice = found->notice ? found->notice : row;
        } else {
            found->deletions += row->records;
            found->deleted = found->deleted ? found->deleted : row;
        }
        return;
    default:
        return;
    }
}

static const struct finding *find_finding(const struct dossier *dossier)
{
    static const char *const names[] = {"notices_deleted", "audit_silenced"};
    for (size_t i = 0; i < 2; i++) {
        size_t at = 0;
        const struct finding *finding = dossier_finding(dossier, &at, names[i]);
        if (finding && finding->severity >= LEVEL_MEDIUM)
            return finding;
    }
    return NULL;
}

static void print_hit(struct inquiry *inquiry, const struct dossier_row *row, uint64_t count,
                      const char *word, const char *what, bool *is_first)
{
    struct buf *text = inquiry_text(inquiry);
    if (!row)
        return;
    around_print_hit(inquiry, row, count, word, what, is_first);
    struct str detail = dossier_text(inquiry_dossier(inquiry), row->first.detail);
    if (detail.len)
        buf_print(text, " (\"%.*s\")", (int)detail.len, detail.at);
}

static void answer_nothing(struct inquiry *inquiry, const struct hiding *found)
{
    struct buf *text = inquiry_text(inquiry);
    const struct dossier *dossier = inquiry_dossier(inquiry);
    if (found->has_rows && around_may_deny_insider(dossier, COVERAGE_EXCHANGE)) {
        buf_add(
            text,
            S("Exchange's log is complete for the time of the incident, and shows the attacker make no "
              "rule that hides mail, delete no message and change no auditing."));
        inquiry_answer(inquiry, EVIDENCE_NO, 0.9);
        return;
    }
    buf_add(
        text,
        S("No act of hiding is in the logs, but Exchange's log is not proved complete for the time of the "
          "incident, or too long to be listed whole."));
    inquiry_cannot_tell(
        inquiry,
        "Export all Exchange records (mailbox and administration) of the time of the incident.");
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct dossier_row *row;
    struct hiding found = {0};
    bool is_first = true;
    for (size_t at = 0; (row = around_next_act(dossier, &at));)
        if (around_is_human(&row->first) || around_is_app(&row->first))
            see(dossier, row, &found);
    uint32_t insider = around_insider(dossier);
    for (size_t i = 0; insider && i < dossier->count; i++) {
        uint8_t kind = dossier->rows[i].first.kind; // deleting and moving is daily work
        if ((kind == ACTIVITY_MAIL_RULE || kind == ACTIVITY_AUDIT_CHANGE) &&
            around_is_insiders(dossier, insider, &dossier->rows[i]))
            see(dossier, &dossier->rows[i], &found);
    }
    const struct finding *finding = find_finding(dossier);
    struct buf *text = inquiry_text(inquiry);
    print_hit(inquiry, found.rule, found.rules, "rule", "hiding mail", &is_first);
    print_hit(inquiry, found.audit, found.audits, "change", "of auditing by which less is seen",
              &is_first);
    if (is_first && finding) {
        buf_print(text, "%.*s", (int)finding->title.len, finding->title.at);
        inquiry_cite_finding(inquiry, finding);
        is_first = false;
    }
    if (!is_first) {
        buf_add_char(text, '.');
        inquiry_answer(inquiry, EVIDENCE_YES, 1);
        return;
    }
    if (found.notice) {
        print_hit(inquiry, found.notice, found.notices, "message",
                  "deleted or moved with the subject of a security notice", &is_first);
        buf_add(text, S("; it may have been the owner's to tidy away."));
        inquiry_answer(inquiry, EVIDENCE_PARTLY, 0.8);
        return;
    }
    print_hit(inquiry, found.deleted, found.deletions, "act", "of deleting or moving messages",
              &is_first);
    if (is_first) {
        answer_nothing(inquiry, &found);
        return;
    }
    buf_add(text, S("; no subject is known to be that of a security notice."));
    inquiry_answer(inquiry, EVIDENCE_PARTLY, 0.5);
}

const struct question evidence_acts_were_hidden = {
    .name = "acts_were_hidden",
    .question =
        "Was anything done to hide it: rules that hide mail, deleted notices, less auditing?",
    .rests_on =
        "What the attacker did in mailboxes and to auditing: rules that delete mail, move it away or mark "
        "it as read, deleted or moved messages, auditing switched off or bypassed; and findings of deleted "
        "notices and silenced auditing. Yes: a rule that hides, less auditing, or such a finding; partly: "
        "messages deleted or moved without one, which owners do as well (trusted more where a subject is "
        "that of a security notice); no: none of it, and Exchange's log is proved complete for the time of "
        "the incident. Otherwise it cannot be told.",
    .ask = ask,
};
