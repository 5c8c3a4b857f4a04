// Was mail forwarded out, or phishing sent from the account?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

struct sending {
    const struct dossier_row *forwarding, *rule, *flow, *sent; // the first of each
    uint64_t forwardings, rules, flows, messages;
    bool has_rows;
};

static void see(const struct dossier_row *row, struct sending *found)
{
    const struct activity *a = &row->first;
    bool forwards = a->flags & ACTIVITY_FORWARDS;
    found->has_rows = true;
    if (a->kind == ACTIVITY_MAIL_FORWARDING) {
        found->forwardings += row->records;
        found->forwarding = found->forwarding ? found->forwarding : row;
    } else if (a->kind == ACTIVITY_MAIL_RULE && forwards) {
        found->rules += row->records;
        found->rule = found->rule ? found->rule : row;
    } else if (a->kind == ACTIVITY_TRANSPORT_RULE && forwards) {
        found->flows += row->records;
        found->flow = found->flow ? found->flow : row;
    } else if (a->kind == ACTIVITY_MAIL_SEND) {
        found->messages += row->records;
        found->sent = found->sent ? found->sent : row;
    }
}

static void print_hit(struct inquiry *inquiry, const struct dossier_row *row, uint64_t count,
                      const char *word, const char *what, bool *is_first)
{
    struct buf *text = inquiry_text(inquiry);
    if (!row)
        return;
    around_print_hit(inquiry, row, count, word, what, is_first);
    buf_add(text, S(" from "));
    around_print_address(inquiry_dossier(inquiry), row->first.address, text);
}

static void answer_nothing(struct inquiry *inquiry, const struct sending *found)
{
    struct buf *text = inquiry_text(inquiry);
    if (found->has_rows && around_may_deny_insider(inquiry_dossier(inquiry), COVERAGE_EXCHANGE)) {
        buf_add(
            text,
            S("Exchange's log is complete for the time of the incident, and shows the attacker set no "
              "forwarding and send no message."));
        inquiry_answer(inquiry, EVIDENCE_NO, 0.9);
        return;
    }
    buf_add(
        text,
        S("No forwarding and no message sent by the attacker is in the logs, but Exchange's log is not "
          "proved complete for the time of the incident, or too long to be listed whole."));
    inquiry_cannot_tell(
        inquiry,
        "Export all Exchange records (mailbox and administration) of the time of the incident, "
        "and the message trace.");
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct dossier_row *row;
    struct sending found = {0};
    bool is_first = true;
    size_t at_finding = 0;
    for (size_t at = 0; (row = around_next_act(dossier, &at));)
        if (around_is_human(&row->first) || around_is_app(&row->first))
            see(row, &found);
    uint32_t insider = around_insider(dossier);
    for (size_t i = 0; insider && i < dossier->count; i++)
        if (dossier->rows[i].first.kind != ACTIVITY_MAIL_SEND && // which is daily work
            around_is_insiders(dossier, insider, &dossier->rows[i]))
            see(&dossier->rows[i], &found);
    const struct finding *phishing = dossier_finding(dossier, &at_finding, "internal_phishing");
    struct buf *text = inquiry_text(inquiry);
    print_hit(inquiry, found.forwarding, found.forwardings, "mailbox setting",
              "forwarding all mail", &is_first);
    print_hit(inquiry, found.rule, found.rules, "rule", "forwarding mail", &is_first);
    print_hit(inquiry, found.flow, found.flows, "mail flow rule", "copying mail out", &is_first);
    if (phishing && phishing->severity >= LEVEL_MEDIUM) {
        buf_add(text, is_first ? S("") : S("; "));
        buf_print(text, "%.*s", (int)phishing->title.len, phishing->title.at);
        inquiry_cite_finding(inquiry, phishing);
        is_first = false;
    }
    if (!is_first) {
        buf_add_char(text, '.');
        inquiry_answer(inquiry, EVIDENCE_YES, 1);
        return;
    }
    print_hit(inquiry, found.sent, found.messages, "message", "sent", &is_first);
    if (is_first) {
        answer_nothing(inquiry, &found);
        return;
    }
    buf_add(text, S("; nothing shows that it was phishing, and no forwarding was set."));
    inquiry_answer(inquiry, EVIDENCE_PARTLY, 0.7);
}

const struct question evidence_mail_was_sent_on = {
    .name = "mail_was_sent_on",
    .question = "Was mail forwarded out, or phishing sent from the account?",
    .rests_on =
        "What the attacker (an insider from their own place, too) set and sent: forwarding of mailboxes, inbox rules and mail flow rules that send "
        "copies on, messages, and findings of phishing from the inside. Yes: any forwarding, or such a "
        "finding; partly: messages were sent, and nothing shows what they were; no: none of it, and "
        "Exchange's log is proved complete for the time of the incident. Otherwise it cannot be told.",
    .ask = ask,
};
