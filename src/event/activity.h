// Activities: what stateful detectors need of an event, as a row of numbers. Texts are symbols of a
// table that belongs to the caller (base/intern.h; symbol 0 is the empty text and means: not there), so
// that millions of rows stay small, sort fast and can be written to disk as they are.
// SPDX-License-Identifier: Apache-2.0
//
//   event + filled slots ──activity_read──▶ struct activity ──engine: sorted by time──▶ baselines, detectors
#ifndef STORMGLASS_EVENT_ACTIVITY_H
#define STORMGLASS_EVENT_ACTIVITY_H

#include "base/intern.h"
#include "event/field.h"

// What was done, told apart as far as detectors treat it differently. To add one: a row here, and rows
// of the operations that mean it in activity_kind.c.
//   id, name, what it is
#define ACTIVITY_LIST(X)                                                                           \
    X(OTHER, "other", "anything else")                                                             \
    X(SIGN_IN, "sign_in", "a sign-in, or a token given to someone who had signed in")              \
    X(MAIL_ACCESS, "mail_access", "messages read or a folder synchronised (MailItemsAccessed)")    \
    X(MAIL_SEND, "mail_send", "a message sent, by its owner, as or on behalf of another")          \
    X(MAIL_CREATE, "mail_create", "a message or other item made in a mailbox")                     \
    X(MAIL_MOVE, "mail_move", "messages moved between folders, to deleted items too")              \
    X(MAIL_DELETE, "mail_delete", "messages deleted so that the owner no longer sees them")        \
    X(MAIL_SEARCH, "mail_search", "a mailbox searched")                                            \
    X(MAIL_RULE, "mail_rule", "an inbox rule made or changed")                                     \
    X(MAIL_FORWARDING, "mail_forwarding", "a mailbox set to forward")                              \
    X(MAIL_PERMISSION, "mail_permission", "rights on a mailbox or folder given")                   \
    X(IMPERSONATION, "impersonation", "the right to act as any mailbox given")                     \
    X(TRANSPORT_RULE, "transport_rule", "a mail flow rule or connector made or changed")           \
    X(AUDIT_CHANGE, "audit_change", "auditing switched off, narrowed or bypassed")                 \
    X(EDISCOVERY, "ediscovery", "a compliance search made, run or exported")                       \
    X(OWA_TOKEN, "owa_token", "Outlook on the web gave out a token (OWAAuth)")                     \
    X(CONSENT, "consent", "an application was given permissions by consent")                       \
    X(APP_PERMISSION, "app_permission",                                                            \
      "an application was given permissions by an administrator")                                  \
    X(APP_CREDENTIAL, "app_credential", "a secret or certificate was added to an application")     \
    X(FEDERATION, "federation", "a domain's authentication or trust was changed")                  \
    X(METHOD, "method", "a user's authentication methods were changed")                            \
    X(DEVICE, "device", "a device was registered or joined")                                       \
    X(ROLE, "role", "a directory role was given")                                                  \
    X(DIRECTORY, "directory", "any other change in the directory")                                 \
    X(GRAPH, "graph", "a Graph request")                                                           \
    X(FILE, "file", "a file read, shared or changed")                                              \
    X(MESSAGE, "message", "a message passed (message trace)")

enum activity_kind {
#define X(id, name, text) ACTIVITY_##id,
    ACTIVITY_LIST(X)
#undef X
        ACTIVITY_KIND_COUNT
};
const char *activity_kind_name(enum activity_kind kind);

enum activity_flag {
    ACTIVITY_IS_SYNC = 1 << 0,        // mail access: a whole folder
    ACTIVITY_IS_THROTTLED = 1 << 1,   // mail access: more was read than is logged
    ACTIVITY_IS_INTERACTIVE = 1 << 2, // sign-in: the user took part
    ACTIVITY_IS_DEVICE_CODE = 1 << 3, // sign-in: by a code typed in elsewhere
    ACTIVITY_IS_FEDERATED = 1 << 4,   // sign-in: the token came from a federated issuer
    ACTIVITY_IS_LEGACY = 1 << 5,      // sign-in: a protocol without second factor
    ACTIVITY_HIDES = 1 << 6, // rule: deletes, moves away, marks as read; audit change: less is seen
    ACTIVITY_FORWARDS = 1 << 7,     // rule, mailbox, transport: sends copies on
    ACTIVITY_REACHES_MAIL = 1 << 8, // consent, permission, Graph request: mail is in its reach
    ACTIVITY_IS_EXTERNAL = 1 << 9,  // ExternalAccess: run by someone outside the tenant
    ACTIVITY_IS_SERVICE = 1 << 10,  // sign-in of a service principal or managed identity
    ACTIVITY_HAS_TOKEN = 1 << 11,   // `token` is set
    ACTIVITY_HAS_GUID = 1 << 12, // `id` is set, with what follows it in id_text; else id_text alone
    ACTIVITY_HAS_BAD_TOKEN = 1 << 13, // a token identifier that is none: token_text
    // sign-in: what it took in all (authenticationRequirement); neither where the log does not say
    ACTIVITY_IS_SINGLE_FACTOR = 1 << 14,
    ACTIVITY_IS_MULTI_FACTOR = 1 << 15,
};

struct activity {
    int64_t time;      // INSTANT_NONE: unknown
    uint64_t identity; // event.identity: equal for copies of one record
    uint64_t position; // event.position
    int64_t issued_at; // of the token; INSTANT_NONE: unknown
    uint64_t
        thread; // of mail: hash of the subject without "RE:", "FW:" and the like, letters folded; 0: none
    uint8_t token
        [16]; // decoded UniqueTokenId, in the order of the GUID's text; for sign-ins without one
              // the request id, which is the same number (domain: uti = request id)
    uint8_t id[16]; // the record's Id where it is, or begins with, a GUID
    // Who: these four groups are each read as one (event/activity_part.h).
    uint32_t user;    // UPN or other name, lower case; of applications their object id
    uint32_t object;  // object id of the user (claim oid), else the PUID
    uint32_t mailbox; // owner's address, lower case
    uint32_t tenant;  // of the token (claim tid), or the home tenant of a sign-in
    uint32_t home;    // OrganizationId: the tenant whose log it is
    uint8_t actor;    // enum actor_class
    // What.
    uint8_t kind, source, outcome; // enum activity_kind, source_id, outcome
    int8_t logon_type;             // -1 unknown
    uint8_t workload;              // enum activity_workload
    uint16_t flags;
    uint32_t operation;
    uint32_t target; // what it was done to: mailbox, user, object
    uint32_t
        detail; // rule's name, search text, error text, subject of what was sent, moved or deleted,
                // name of who began a directory change: for people
    int32_t error; // of sign-ins; 0 success or unknown
    // With.
    uint32_t app, client_app, resource; // application ids, lower case
    uint32_t client;                    // ClientInfoString
    uint32_t agent;                     // UserAgent
    uint32_t device;
    // Where.
    uint32_t session; // lower case when it is a GUID
    uint32_t address; // IP as ip_print spells it
    uint32_t country, city;
    uint32_t asn;
    // Of the record alone.
    uint32_t id_text;    // what of its Id is no GUID: of a message trace "/" and the recipient
    uint32_t target_app; // application id of what it was done to
    uint32_t token_text; // as written, where it is no token identifier
    uint32_t count;      // what the record stands for: messages read, recipients; at least 1
};

// Which feed a record came by, as far as completeness differs (baseline/coverage.h).
enum activity_workload {
    WORKLOAD_UNKNOWN,
    WORKLOAD_EXCHANGE,
    WORKLOAD_DIRECTORY, // AzureActiveDirectory in the audit log
    WORKLOAD_SHAREPOINT,
    WORKLOAD_TEAMS,
    WORKLOAD_COMPLIANCE,
    WORKLOAD_INTERACTIVE, // sign-in logs by kind
    WORKLOAD_NON_INTERACTIVE,
    WORKLOAD_SERVICE_PRINCIPAL,
    WORKLOAD_MANAGED_IDENTITY,
};

// Wants the fields that activities are read from.
void activity_want(struct field_plan *plan);

// Reads an event whose slots are filled and whose time, id and identity are set. Texts go to `texts`, in
// which the empty text must be symbol 0 (activity_texts_init). Values longer than ACTIVITY_TEXT_LIMIT bytes
// are cut there, or before the letter that stands across it.
#define ACTIVITY_TEXT_LIMIT 512
void activity_read(const struct event *event, const struct field_slots *slots, struct intern *texts,
                   struct activity *out);
void activity_texts_init(struct intern *texts);

// What an operation of a source means.
enum activity_kind activity_kind_find(enum source_id source, struct str operation);

// UniqueTokenId (22 characters, base64url of a GUID's bytes as .NET writes them) or a GUID's text, as the
// 16 bytes of the GUID in the order of its text. False when it is neither.
// Source: Microsoft Entra, linkable token identifiers; AzureAD/MSIdentityTools decodes them so.
bool token_parse(struct str text, uint8_t token[16]);

// The record's Id, into `text` where it has to be put together.
#define ACTIVITY_ID_SIZE (36 + ACTIVITY_TEXT_LIMIT)
struct str activity_id(const struct activity *activity, const struct intern *texts,
                       char text[ACTIVITY_ID_SIZE]);

#endif
