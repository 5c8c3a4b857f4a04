// Chooses what in a summary is worth turning to first: users with many failed sign-ins and then a good
// one, operations that intruders need, addresses and clients that stand out.
// SPDX-License-Identifier: Apache-2.0
#include "report/pivot.h"

#include <stdlib.h>

#include "base/figure.h"
#include "event/app_name.h"

struct telling {
    const char *name;
    double weight;
    const char *why;
};

// Operations that intruders into mail need and that are rare in ordinary life, as Microsoft names
// them in the audit logs. A trailing dot or blank in a log is passed over.
static const struct telling operations[] = {
    {"Set-AdminAuditLogConfig", 95, "changes whether there is an audit log at all"},
    {"Set-MailboxAuditBypassAssociation", 95, "can exempt an account from auditing"},
    {"Set federation settings on domain", 94, "decides who may issue sign-ins for a domain"},
    {"Set domain authentication", 94, "decides who may issue sign-ins for a domain"},
    {"Add unverified domain", 70, "first step to a federation backdoor"},
    {"Consent to application", 88, "gives an application access to data"},
    {"Add app role assignment to service principal", 86,
     "gives an application permissions of its own"},
    {"Add delegated permission grant", 84, "gives an application access in users' names"},
    {"Add service principal credentials", 88,
     "lets whoever holds the secret act as the application"},
    {"Update application \xe2\x80\x93 Certificates and secrets management", 88,
     "lets whoever holds the secret act as the application"},
    {"New-TransportRule", 85, "can copy or redirect everybody's mail"},
    {"Set-TransportRule", 80, "can copy or redirect everybody's mail"},
    {"New-InboxRule", 82, "inbox rules hide, delete or forward mail"},
    {"Set-InboxRule", 80, "inbox rules hide, delete or forward mail"},
    {"UpdateInboxRules", 78, "inbox rules hide, delete or forward mail"},
    {"Add-MailboxPermission", 82, "lets one user read another's mail"},
    {"Add-MailboxFolderPermission", 72, "lets one user read another's folder"},
    {"Add-RecipientPermission", 74, "lets one user send as another"},
    {"New-ManagementRoleAssignment", 84, "may grant impersonation of every mailbox"},
    {"Add member to role", 76, "gives an account administrative power"},
    {"User registered security info", 60, "adds a way to pass multifactor authentication"},
    {"New-ComplianceSearch", 74, "searches the content of mailboxes"},
    {"SearchExported", 80, "exports the content of mailboxes"},
    {"Set-Mailbox", 55, "can switch on forwarding"},
    {"Disable Strong Authentication", 80, "takes multifactor authentication away"},
};

static const char *const scripted[] = {
    "python",   "curl/",      "go-http-client", "axios",      "okhttp",     "aiohttp", "fasthttp",
    "bav2ropc", "node-fetch", "undici",         "powershell", "httpclient", "rclone"};

struct picking {
    struct arena *arena;
    struct pivot *items;
    size_t count, capacity;
};

static void pick(struct picking *picking, struct pivot pivot)
{
    ARRAY_GROW(picking->items, picking->count, picking->capacity);
    picking->items[picking->count++] = pivot;
}

// A slowly growing number, so that amounts decide between equals and never between kinds.
static double amount(uint64_t count)
{
    double weight = 0;
    for (; count > 1; count /= 2)
        weight += 0.2;
    return weight;
}

static void pick_users(struct picking *picking, const struct tally *signins)
{
    for (size_t i = 0; i < signins->count; i++) {
        const struct tally_entry *user = &signins->items[i];
        char failures[FIGURE_SIZE], successes[FIGURE_SIZE];
        if (user->failures < 5)
            continue;
        figure_number(user->failures, failures);
        figure_number(user->successes, successes);
        bool is_in = user->successes > 0;
        pick(picking,
             (struct pivot){
                 "user", user->key,
                 is_in
                     ? arena_print(picking->arena, "%s failed sign-ins and %s successful", failures,
                                   successes)
                     : arena_print(picking->arena, "%s failed sign-ins, none successful", failures),
                 user->failures,
                 (is_in && user->failures >= user->successes ? 90
                  : is_in                                    ? 50
                                                             : 45) +
                     amount(user->failures)});
    }
}

static void pick_operations(struct picking *picking, const struct tally *tally)
{
    for (size_t i = 0; i < tally->count; i++) {
        struct str name = tally->items[i].key;
        while (name.len && (name.at[name.len - 1] == '.' || name.at[name.len - 1] == ' '))
            name.len--;
        for (size_t k = 0; k < sizeof operations / sizeof *operations; k++)
            if (str_equal_fold(name, str_from(operations[k].name)))
                pick(picking,
                     (struct pivot){"operation", tally->items[i].key, str_from(operations[k].why),
                                    tally->items[i].count, operations[k].weight});
    }
}

static void pick_addresses(struct picking *picking, const struct tally *ips)
{
    for (size_t i = 0; i < ips->count; i++) {
        const struct tally_entry *ip = &ips->items[i];
        char failures[FIGURE_SIZE], users[FIGURE_SIZE];
        figure_number(ip->failures, failures);
        figure_number(ip->users, users);
        if (ip->users >= 5 && ip->failures >= 5 && ip->failures > ip->successes)
            pick(picking, (struct pivot){"address", ip->key,
                                         arena_print(picking->arena,
                                                     "%s failed sign-ins of %s users: a spray?",
                                                     failures, users),
                                         ip->failures, 89 + amount(ip->failures)});
        else if (ip->failures >= 10 && ip->failures > ip->successes)
            pick(picking,
                 (struct pivot){"address", ip->key,
                                arena_print(picking->arena, "%s failed sign-ins", failures),
                                ip->failures, 60 + amount(ip->failures)});
        else if (ip->users >= 5)
            pick(picking,
                 (struct pivot){"address", ip->key,
                                arena_print(picking->arena,
                                            "%s users: the office, a proxy, or a relay?", users),
                                ip->count, 30 + amount(ip->users)});
    }
}

// What makes up less than one in fifty of the whole.
static bool is_rare(const struct tally *tally, const struct tally_entry *entry)
{
    uint64_t whole = tally->others;
    for (size_t i = 0; i < tally->count; i++)
        whole += tally->items[i].count;
    return tally->count > 1 && entry->count * 50 < whole;
}

static void pick_countries(struct picking *picking, const struct tally *countries)
{
    for (size_t i = 0; i < countries->count; i++)
        if (is_rare(countries, &countries->items[i]))
            pick(picking, (struct pivot){
                              "country", countries->items[i].key, S("few records come from there"),
                              countries->items[i].count, 66 - amount(countries->items[i].count)});
}

static void pick_apps(struct picking *picking, const struct tally *apps)
{
    for (size_t i = 0; i < apps->count; i++)
        if (!app_name_find(apps->items[i].key))
            pick(picking,
                 (struct pivot){"application", apps->items[i].key,
                                S("none of Microsoft's well-known applications: whose is it?"),
                                apps->items[i].count,
                                (is_rare(apps, &apps->items[i]) ? 68 : 40) -
                                    amount(apps->items[i].count)});
}

static void pick_clients(struct picking *picking, const struct tally *clients)
{
    for (size_t i = 0; i < clients->count; i++)
        for (size_t k = 0; k < sizeof scripted / sizeof *scripted; k++)
            if (str_contains_fold(clients->items[i].key, str_from(scripted[k]))) {
                pick(picking,
                     (struct pivot){"client", clients->items[i].key,
                                    S("a script or tool, not a mail program or browser"),
                                    clients->items[i].count, 75 + amount(clients->items[i].count)});
                break;
            }
}

static int compare_pivots(const void *left, const void *right)
{
    const struct pivot *a = left, *b = right;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    int kind = strcmp(a->kind, b->kind);
    return kind ? kind : str_compare(a->key, b->key);
}

// The same operation as another log spells it, or one of the same meaning, says nothing new.
static bool is_told(const struct pivot *pivot, const struct pivot *chosen)
{
    return strcmp(pivot->kind, "operation") == 0 && strcmp(chosen->kind, "operation") == 0 &&
           str_equal(pivot->why, chosen->why);
}

// The heaviest, but not more than a few of one kind.
static size_t choose(const struct picking *picking, struct pivot out[PIVOT_LIMIT])
{
    size_t chosen = 0;
    for (size_t i = 0; i < picking->count && chosen < PIVOT_LIMIT; i++) {
        size_t alike = 0;
        for (size_t k = 0; k < chosen; k++)
            alike += is_told(&picking->items[i], &out[k])
                         ? PIVOT_KIND_LIMIT
                         : strcmp(out[k].kind, picking->items[i].kind) == 0;
        if (alike < PIVOT_KIND_LIMIT)
            out[chosen++] = picking->items[i];
    }
    return chosen;
}

size_t pivots_find(const struct scan_summary *summary, struct arena *arena,
                   struct pivot out[PIVOT_LIMIT])
{
    struct picking picking = {.arena = arena};
    pick_users(&picking, &summary->signins);
    pick_operations(&picking, &summary->operations);
    pick_addresses(&picking, &summary->ips);
    pick_countries(&picking, &summary->countries);
    pick_apps(&picking, &summary->apps);
    pick_clients(&picking, &summary->clients);
    if (picking.count)
        qsort(picking.items, picking.count, sizeof *picking.items, compare_pivots);
    size_t count = choose(&picking, out);
    free(picking.items);
    return count;
}
