// Was it done by Microsoft's own processes?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

// What is taken for the provider's from client and address, where the record does not name the actor as such.
#define PROVIDER_TRUST_CLIENT 0.8

enum { BY_OTHERS, BY_CLIENT, BY_RECORD, NOT_NAMED, BY_COUNT };

// Exchange's own commands run under such names, without an address or session; Microsoft runs them in every
// tenant on its own. Source: 47 of 51 grants in a real export were made by the first.
static bool is_machinery(const struct knowledge *k, const struct activity *a)
{
    struct str user = knowledge_text(k, a->user);
    return str_starts_fold(user, S("nt authority\\")) || str_starts_fold(user, S("nt service\\")) ||
           ((a->flags & ACTIVITY_IS_EXTERNAL) && !a->address && !a->session);
}

// A component of Exchange, from one of Microsoft's own addresses or none, with no one's token.
static bool is_component(const struct knowledge *k, const struct activity *a)
{
    const struct address_answer *is = knowledge_address(k, a->address);
    bool is_microsoft = is->class == ADDRESS_MICROSOFT && is->service != ADDRESS_AZURE;
    if ((a->address && !is_microsoft) || a->session || a->flags & ACTIVITY_HAS_TOKEN)
        return false;
    switch (knowledge_client(k, a->client)) {
    case CLIENT_REST_SYSTEM:
    case CLIENT_TRANSPORT:
    case CLIENT_ASSISTANT:
    case CLIENT_SERVER:
        return true;
    default:
        return false;
    }
}

static int judge(const struct knowledge *k, const struct activity *a)
{
    if (a->actor == ACTOR_PROVIDER || a->actor == ACTOR_SYSTEM || is_machinery(k, a))
        return BY_RECORD;
    if (is_component(k, a))
        return BY_CLIENT;
    bool is_named = a->address || a->session || a->user || a->flags & ACTIVITY_HAS_TOKEN;
    return a->actor == ACTOR_UNKNOWN && !is_named ? NOT_NAMED : BY_OTHERS;
}

static void print(struct inquiry *inquiry, const uint64_t records[BY_COUNT],
                  const struct dossier_row *const rows[BY_COUNT])
{
    struct buf *text = inquiry_text(inquiry);
    const struct dossier *dossier = inquiry_dossier(inquiry);
    uint64_t providers = records[BY_RECORD] + records[BY_CLIENT];
    uint64_t all = providers + records[BY_OTHERS] + records[NOT_NAMED];
    buf_print(text, "%llu of %llu records are of Microsoft's own processes",
              (unsigned long long)providers, (unsigned long long)all);
    if (rows[BY_OTHERS]) {
        buf_add(text, S("; "));
        around_print_count(records[BY_OTHERS], "record", text);
        buf_print(text, " %s not, the first of them in the name of ",
                  records[BY_OTHERS] == 1 ? "is" : "are");
        around_print_text(dossier,
                          rows[BY_OTHERS]->first.user ? rows[BY_OTHERS]->first.user
                                                      : around_caller(&rows[BY_OTHERS]->first),
                          text);
        buf_add(text, S(" from "));
        around_print_address(dossier, rows[BY_OTHERS]->first.address, text);
    }
    buf_add_char(text, '.');
    for (int is = 0; is < BY_COUNT; is++)
        if (rows[is])
            inquiry_cite(inquiry, rows[is]);
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    const struct dossier_row *row, *rows[BY_COUNT] = {0};
    uint64_t records[BY_COUNT] = {0};
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        int is = judge(dossier->knowledge, &row->first);
        records[is] += row->records;
        rows[is] = rows[is] ? rows[is] : row;
    }
    uint64_t providers = records[BY_RECORD] + records[BY_CLIENT];
    if (!providers && !records[BY_OTHERS]) {
        buf_add(inquiry_text(inquiry),
                S("No record of the incident names who acted: nothing that succeeded is listed."));
        inquiry_cannot_tell(
            inquiry, "Export whole records (AuditData), which name user, application and address.");
        return;
    }
    print(inquiry, records, (const struct dossier_row *const *)rows);
    enum evidence_answer answer = !records[BY_OTHERS] ? EVIDENCE_YES
                                  : !providers        ? EVIDENCE_NO
                                                      : EVIDENCE_PARTLY;
    double trust = records[BY_RECORD] || !providers ? 1 : PROVIDER_TRUST_CLIENT;
    inquiry_answer(inquiry, answer, trust * around_share_listed(dossier));
}

const struct question evidence_provider_acted = {
    .name = "provider_acted",
    .question = "Was it done by Microsoft's own processes?",
    .rests_on =
        "Who the incident's records name as acting: Microsoft's data-centre accounts and system actors, "
        "commands of Exchange itself, and components of Exchange that act from Microsoft's addresses "
        "without anyone's token. Yes: all that succeeded was done so; no: nothing was; partly: some. It "
        "cannot be told where no record names user, application, session or address.",
    .ask = ask,
};
