// Records as the services write them. Each function writes one record, or what belongs together, and
// sends it. Field names, their order and values follow exports seen and the vendor's schemas: Office
// 365 Management Activity API schema, Graph resource types signIn and directoryAudit, Azure Monitor
// table MicrosoftGraphActivityLogs.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_RECORD_H
#define STORMGLASS_SIMULATE_RECORD_H

#include "simulate/plot.h"
#include "simulate/world.h"

// Who does something to a mailbox or a service, with what and from where.
struct access {
    int64_t time;
    struct chance *chance;     // of whoever acts
    const struct person *user; // NULL: an application by itself
    const struct app *app;     // it, or the one that acts for the user; NULL: the client's own id
    struct person *mailbox;    // whose
    const struct client *client;
    struct address address;
    const struct agent *agent;
    const struct guid *session; // NULL: none
    const struct token *token;  // NULL: no linkable identifier
    bool is_admin_logon;        // LogonType 1; otherwise 0 in the own mailbox, 2 in others
    struct plot *plot;
    bool is_lured;   // the victim's own act
    bool is_failure; // an attempt: the user is a target, no more
};

struct pair {
    struct str name, value;
};
struct property {
    struct str name, old_value, new_value; // plain text
};

// MailItemsAccessed. Bind: up to BIND_LIMIT messages, grouped by folder. A plot's are noted as read.
// More than 1,000 Bind records of a mailbox within 24 hours end their logging for a day, as Exchange
// does (learn.microsoft.com/purview/audit-log-investigate-accounts); whoever reads then is not seen.
#define BIND_LIMIT 24
void record_bind(struct world *world, const struct access *access, const struct mail *mails,
                 uint32_t count);
void record_sync(struct world *world, const struct access *access, enum folder_id folder);

// Create, Update, Send, SendAs (one item); MoveToDeletedItems, SoftDelete, HardDelete (a group).
void record_item(struct world *world, const struct access *access, const char *operation,
                 const struct mail *mail);
void record_delete(struct world *world, const struct access *access, const char *operation,
                   const struct mail *mails, uint32_t count);
// UpdateInboxRules, as desktop programs leave it.
void record_rule(struct world *world, const struct access *access, struct str name,
                 struct str actions);
void record_search(struct world *world, const struct access *access, struct str query);

// An Exchange cmdlet. `object` as ObjectId; access->mailbox is not looked at.
void record_cmdlet(struct world *world, const struct access *access, const char *operation,
                   struct str object, const struct pair *parameters, uint32_t count);
// The provider's own accounts: no address, no session.
void record_provider_cmdlet(struct world *world, struct chance *chance, int64_t time,
                            const char *operation, struct str object, const struct pair *parameters,
                            uint32_t count);
// Security & Compliance Center: searches of eDiscovery.
void record_discovery(struct world *world, const struct access *access, const char *operation,
                      struct str object, struct str query);

// SharePoint and OneDrive, Teams.
void record_file(struct world *world, const struct access *access, const char *operation,
                 uint64_t file);
void record_teams(struct world *world, const struct access *access, const char *operation);

// A change in the directory: in Entra's audit log and in the unified one.
struct change {
    const char *operation, *category, *kind; // "Add user.", "UserManagement", "Update"
    const char *target_type;                 // "User", "ServicePrincipal" ...
    struct guid target;
    struct str target_name;
    const struct property *properties;
    uint32_t property_count;
};
void record_change(struct world *world, const struct access *access, const struct change *change);

// A sign-in: Entra's record, and the unified audit log's when `is_audited`.
struct sign_in {
    struct access access; // session NULL: none; token NULL: a failure
    struct guid request;
    enum resource_id resource;
    const char *resource_name; // NULL: the resource's
    bool is_interactive, is_audited, is_managed_identity;
    int error;
    const char *protocol, *transfer; // NULL: none
    const char *incoming;            // incomingTokenType, NULL: none
    bool has_second_factor;
    const char *second_factor;
    const char *issuer;       // NULL: Entra itself
    const char *request_type; // of the audit record, NULL: the usual
    bool is_known_device;
    bool has_secret; // service principals: a secret, not a certificate
};
void record_sign_in(struct world *world, const struct sign_in *sign_in);

// Graph's own log of requests.
void record_graph(struct world *world, const struct access *access, const char *method,
                  struct str uri, int status);

// A row of the message trace.
void record_trace(struct world *world, int64_t time, const struct mail *mail,
                  const struct person *recipient);

#endif
