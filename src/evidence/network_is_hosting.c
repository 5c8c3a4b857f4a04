// Do the addresses belong to servers for rent or to a VPN service?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

#include "event/outcome.h"

// That no list of providers has a network says less than that one has it: there are thousands.
#define HOSTING_TRUST_NO 0.8
// What the name of the organisation alone says; machines in Azure that may be the provider's own.
#define HOSTING_TRUST_WORD 0.8
#define HOSTING_TRUST_AZURE 0.7

struct sorted {
    struct around_table hosting, others, unknown;
    uint64_t
        services; // records from Microsoft's own services: these say nothing of where somebody was
};

// Whether anything succeeded: attempts alone tell only where attempts came from.
static bool has_success(const struct dossier *dossier)
{
    size_t at = 0;
    return around_next_act(dossier, &at) != NULL;
}

static void sort_addresses(const struct dossier *dossier, struct sorted *sorted)
{
    const struct dossier_row *row;
    bool is_success_only = has_success(dossier);
    around_init(&sorted->hosting);
    around_init(&sorted->others);
    around_init(&sorted->unknown);
    sorted->services = 0;
    for (size_t at = 0;
         (row = dossier_next(dossier, &at, DOSSIER_ATTACKER, ACTIVITY_KIND_COUNT));) {
        const struct address_answer *is = knowledge_address(dossier->knowledge, row->first.address);
        bool is_azure = is->class == ADDRESS_MICROSOFT && is->service == ADDRESS_AZURE;
        struct around_key key = {{row->first.address, 0, 0}};
        if (!row->first.address || (is_success_only && row->first.outcome == OUTCOME_FAILURE))
            continue;
        if (is->class == ADDRESS_HOSTING || is_azure)
            around_add(&sorted->hosting, key, row);
        else if (is->class == ADDRESS_MICROSOFT)
            sorted->services += row->records;
        else if (is->class == ADDRESS_UNKNOWN || is->class == ADDRESS_RESERVED)
            around_add(&sorted->unknown, key, row);
        else if (is->class != ADDRESS_PRIVATE && is->class != ADDRESS_LOOPBACK)
            around_add(&sorted->others, key, row);
    }
    around_sort(&sorted->hosting);
    around_sort(&sorted->others);
    around_sort(&sorted->unknown);
}

static double trust_of(const struct dossier *dossier, const struct around_table *table, double base)
{
    double sum = 0;
    for (size_t i = 0; i < table->count; i++) {
        uint32_t address = table->groups[i].key.part[0];
        const struct address_answer *is = knowledge_address(dossier->knowledge, address);
        double trust = is->class_by == ADDRESS_BY_WORD  ? HOSTING_TRUST_WORD
                       : is->class == ADDRESS_MICROSOFT ? HOSTING_TRUST_AZURE
                                                        : base;
        sum += trust * around_trust_address(dossier, address);
    }
    return table->count ? sum / (double)table->count : 1;
}

static void print_part(const struct dossier *dossier, const struct around_table *table,
                       const char *is_one, const char *are_many, struct buf *out)
{
    around_print_table(dossier, table, 0, true, out);
    buf_print(out, " %s", table->count == 1 ? is_one : are_many);
    if (table->count == 1) {
        struct str name =
            knowledge_address(dossier->knowledge, table->groups[0].key.part[0])->organisation;
        if (name.len)
            buf_print(out, " (%.*s)", (int)name.len, name.at);
    }
    buf_add(out, S(": "));
    around_print_count(table->records, "record", out);
}

static void cannot_tell(struct inquiry *inquiry, const struct sorted *sorted)
{
    struct buf *text = inquiry_text(inquiry);
    if (!sorted->unknown.count) {
        buf_add(text, S("No record of the attacker's names a public address."));
        inquiry_cannot_tell(inquiry,
                            "Export the sign-in logs of these people, which name addresses.");
        return;
    }
    buf_add(text, S("Whose network it is, is not known of "));
    around_print_table(inquiry_dossier(inquiry), &sorted->unknown, 0, true, text);
    buf_add_char(text, '.');
    inquiry_cannot_tell(inquiry, "Scan again with --mmdb and a database of networks (ASN).");
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct sorted sorted;
    sort_addresses(dossier, &sorted);
    const struct around_table *hosting = &sorted.hosting, *others = &sorted.others;
    if (!hosting->count && !others->count && !sorted.unknown.count && sorted.services) {
        buf_add(inquiry_text(inquiry), S("All addresses are of Microsoft's own services: "));
        around_print_count(sorted.services, "record", inquiry_text(inquiry));
        buf_add_char(inquiry_text(inquiry), '.');
        inquiry_answer(inquiry, EVIDENCE_NO, HOSTING_TRUST_NO * around_share_listed(dossier));
        return;
    }
    if (!hosting->count && !others->count) {
        cannot_tell(inquiry, &sorted);
        return;
    }
    struct buf *text = inquiry_text(inquiry);
    if (hosting->count) {
        print_part(dossier, hosting, "is of servers for rent or a VPN service",
                   "are of servers for rent or VPN services", text);
        inquiry_cite(inquiry, hosting->groups[0].row);
    }
    if (others->count) {
        buf_add(text, hosting->count ? S("; ") : S(""));
        print_part(dossier, others, "is not of a known provider of servers",
                   "are not of known providers of servers", text);
        inquiry_cite(inquiry, others->groups[0].row);
    }
    buf_add_char(text, '.');
    double told = (double)(hosting->records + others->records);
    double share = told / (told + (double)sorted.unknown.records) * around_share_listed(dossier);
    enum evidence_answer answer = !others->count    ? EVIDENCE_YES
                                  : !hosting->count ? EVIDENCE_NO
                                                    : EVIDENCE_PARTLY;
    const struct around_table *leader = hosting->count ? hosting : others;
    inquiry_answer(inquiry, answer,
                   share * trust_of(dossier, leader, hosting->count ? 1 : HOSTING_TRUST_NO));
}

const struct question evidence_network_is_hosting = {
    .name = "network_is_hosting",
    .question = "Do the addresses belong to servers for rent or to a VPN service?",
    .rests_on =
        "The networks of the addresses from which the attacker acted with success (of attempts alone, where "
        "nothing succeeded), by a list of providers of servers and VPN exits, by words in the organisation's "
        "name, and by Azure's own network, where anyone may rent a machine. Yes: all addresses whose network "
        "is known belong there; no: none does, which is trusted less since no list is complete; partly: "
        "some. It cannot be told where no network of any address is known.",
    .ask = ask,
};
