// Do the addresses belong to Microsoft's own services?
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

// The published ranges are all there are, but they change in the course of months.
#define PROVIDERS_TRUST 0.95

struct sorted {
    struct around_table services, azure, others;
};

static void sort_addresses(const struct dossier *dossier, struct sorted *sorted)
{
    const struct dossier_row *row;
    around_init(&sorted->services);
    around_init(&sorted->azure);
    around_init(&sorted->others);
    for (size_t at = 0; (row = around_next_act(dossier, &at));) {
        const struct address_answer *is = knowledge_address(dossier->knowledge, row->first.address);
        struct around_key key = {{row->first.address, 0, 0}};
        if (!row->first.address)
            continue;
        if (is->class == ADDRESS_MICROSOFT)
            around_add(is->service == ADDRESS_AZURE ? &sorted->azure : &sorted->services, key, row);
        else if (is->class != ADDRESS_PRIVATE && is->class != ADDRESS_LOOPBACK)
            around_add(&sorted->others, key, row);
    }
    around_sort(&sorted->services);
    around_sort(&sorted->azure);
    around_sort(&sorted->others);
}

static void print_part(struct inquiry *inquiry, const struct around_table *table,
                       const char *is_one, const char *are_many, bool *is_first)
{
    struct buf *text = inquiry_text(inquiry);
    if (!table->count)
        return;
    buf_add(text, *is_first ? S("") : S("; "));
    around_print_table(inquiry_dossier(inquiry), table, 0, true, text);
    buf_print(text, " %s: ", table->count == 1 ? is_one : are_many);
    around_print_count(table->records, "record", text);
    inquiry_cite(inquiry, table->groups[0].row);
    *is_first = false;
}

static void ask(struct inquiry *inquiry)
{
    const struct dossier *dossier = inquiry_dossier(inquiry);
    struct sorted sorted;
    bool is_first = true;
    sort_addresses(dossier, &sorted);
    print_part(inquiry, &sorted.services, "is of Microsoft's own services",
               "are of Microsoft's own services", &is_first);
    print_part(inquiry, &sorted.azure, "is in Azure, where anyone may rent a machine",
               "are in Azure, where anyone may rent a machine", &is_first);
    print_part(inquiry, &sorted.others, "is not of Microsoft's services",
               "are not of Microsoft's services", &is_first);
    if (is_first) {
        buf_add(inquiry_text(inquiry), S("No record of the attacker's names a public address."));
        inquiry_cannot_tell(inquiry,
                            "Export the sign-in logs of these people, which name addresses.");
        return;
    }
    buf_add_char(inquiry_text(inquiry), '.');
    enum evidence_answer answer = EVIDENCE_PARTLY;
    if (!sorted.azure.count && !sorted.others.count)
        answer = EVIDENCE_YES;
    else if (!sorted.services.count && !sorted.azure.count)
        answer = EVIDENCE_NO;
    inquiry_answer(inquiry, answer, PROVIDERS_TRUST * around_share_listed(dossier));
}

const struct question evidence_network_is_providers = {
    .name = "network_is_providers",
    .question = "Do the addresses belong to Microsoft's own services?",
    .rests_on =
        "The addresses from which the attacker acted with success, compared with the ranges that Microsoft "
        "publishes for Exchange Online, Microsoft 365 and Entra. Yes: all lie in them, so that they say "
        "nothing of where the person was; no: none does; partly: some do, or they are in Azure, where an "
        "intruder may rent a machine as well. It cannot be told where no public address is named.",
    .ask = ask,
};
