// The model of a tenant: people with their devices, habits and mailboxes, shared mailboxes, and the
// applications that work for them. No record is written here. All is owned by the tenant's arena.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_TENANT_H
#define STORMGLASS_SIMULATE_TENANT_H

#include "base/arena.h"
#include "base/instant.h"
#include "simulate/client.h"
#include "simulate/words.h"

#define MAIL_RING 96 // recent messages that a mailbox remembers
#define MAIL_OUTSIDE UINT32_MAX

// A message. Its id, subject, size and sender's address follow from the key (simulate/mail.h).
struct mail {
    uint64_t key;
    uint32_t from;  // index of a person, or MAIL_OUTSIDE
    uint32_t bound; // second of the simulation at which its owner last read it, 0: not yet
    uint8_t folder; // enum folder_id
};

// Mail folders; the first ones are those that everyone has.
#define FOLDER_LIST(X)                                                                             \
    X(INBOX, "Inbox")                                                                              \
    X(SENT, "Sent Items")                                                                          \
    X(DRAFTS, "Drafts")                                                                            \
    X(DELETED, "Deleted Items")                                                                    \
    X(CALENDAR, "Calendar")                                                                        \
    X(ARCHIVE, "Archive")                                                                          \
    X(JUNK, "Junk Email")                                                                          \
    X(CONTACTS, "Contacts")                                                                        \
    X(PROJECTS, "Inbox\\Projects")                                                                 \
    X(CUSTOMERS, "Inbox\\Customers")                                                               \
    X(FEEDS, "RSS Feeds")                                                                          \
    X(RECOVERABLE, "Recoverable Items\\Deletions")
enum folder_id {
#define X(id, name) FOLDER_##id,
    FOLDER_LIST(X)
#undef X
        FOLDER_COUNT
};
extern const char *const folder_names[FOLDER_COUNT];

// An access token: the sign-in request that issued it, and its life.
struct token {
    struct guid request;
    int64_t issued, expires; // 0: there is none
};

// A session: one device signed in until it has to sign in again.
struct session {
    struct guid id;
    int64_t until; // 0: there is none
    struct guid device_id;
    const struct agent *agent;
    bool is_managed;
};

enum place { PLACE_OFFICE, PLACE_HOME, PLACE_TRAVEL };

struct person {
    uint32_t index;
    bool is_shared; // a mailbox without a person
    bool is_admin, has_vpn;
    struct guid object, mailbox;
    uint64_t puid;
    struct str name, address, spelled; // spelled: the address as the directory has it
    const struct department *department;
    const struct office *office;
    uint32_t clients; // bit 1 << client_id
    struct address desk, home, mobile, vpn, vpn_new, away;
    int16_t starts, ends; // minutes of the local day
    uint16_t pace;        // percent of the usual
    struct session sessions[DEVICE_COUNT];
    struct token tokens[CLIENT_COUNT];
    struct mail ring[MAIL_RING];
    uint32_t received, backlog; // messages since the start; from before it
    uint32_t unread;
    uint32_t shared; // index of a shared mailbox the person works in, or its own index
    int64_t synced[FOLDER_COUNT];
    // Bind records since, and until when none are logged.
    uint32_t binds;
    int64_t binds_since, throttled_until;
    int64_t backend_seen; // when the provider's back end last read the mailbox
    // The day under way.
    int64_t day_begins, day_ends, late_until;
    enum place place;
    // A journey, when one is planned (benign scenario).
    int64_t away_from, away_until;
    // From when on the new mail program is used, INSTANT_NONE: not at all (benign scenario).
    int64_t rollout;
    int64_t holiday_from, holiday_until;
    struct chance chance;
};

// Applications of vendors and of the tenant itself.
#define APP_LIST(X)                                                                                \
    X(CRM, "Orbit CRM Mail Connector", SAAS_CRM, false)                                            \
    X(BACKUP, "Keepsafe Backup for Microsoft 365", SAAS_BACKUP, false)                             \
    X(ARCHIVE, "Longshelf Mail Archive", SAAS_ARCHIVE, true)                                       \
    X(SIGNATURE, "Signline Signatures", SAAS_SIGNATURE, false)                                     \
    X(HELPDESK, "func-helpdesk-prod", PROVIDER_EXCHANGE, false)                                    \
    X(NEW_BACKUP, "Vaultline Backup", SAAS_NEW, false)                                             \
    X(LEGACY, "svc-migration-test", SAAS_CRM, true)                                                \
    X(LURE, "", HOSTING_1, false)
enum app_number {
#define X(id, ...) APP_##id,
    APP_LIST(X)
#undef X
        APP_COUNT
};
struct app {
    struct guid id, object; // application and service principal
    struct str id_text;     // the former as text
    struct str name;
    struct address address;
    bool is_ews; // Exchange Web Services, not Graph
    struct token token;
};

struct tenant {
    struct guid id;
    struct str id_text, domain, organization; // contoso.example, contoso.onmicrosoft.com
    struct person *people;                    // people first, then shared mailboxes
    uint32_t people_count, mailbox_count;
    struct app apps[APP_COUNT];
    bool is_search_audited; // off unless someone switched it on
    struct arena arena;
};

#define MAILBOX_LIMIT 100000

// Makes a tenant of so many mailboxes, 1 .. MAILBOX_LIMIT; `start` is the first moment.
void tenant_init(struct tenant *tenant, uint64_t seed, uint32_t mailboxes, int64_t start);
void tenant_done(struct tenant *tenant);

// The GUID as text of the arena.
struct str guid_as_text(struct arena *arena, const struct guid *guid);

static inline bool person_has(const struct person *person, enum client_id client)
{
    return person->clients >> client & 1;
}

// The address of a person's device at a time of the day under way.
struct address person_address(const struct person *person, enum device_kind device,
                              int64_t vpn_change, int64_t time);

// A random person with a mailbox and at least `mail_weight` percent of the usual mail.
struct person *tenant_pick(struct tenant *tenant, struct chance *chance, uint16_t mail_weight);
// The first administrator; there is always one.
struct person *tenant_admin(struct tenant *tenant);

#endif
