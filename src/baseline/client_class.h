// What ClientInfoString says of a mailbox's client: by which protocol or server component it came in,
// which program it called itself and which application id it named.
//   Client=OWA;Mozilla/5.0 (Windows NT 10.0; ...) ...      Client=MSExchangeRPC
//   Client=REST;Client=RESTSystem;;                         Client=OutlookService;Outlook-iOS/2.0;
//   Client=WebServices;ExchangeWebServicesProxy/.../python-requests/2.25.1[AppId=<id>];
//   Client=ActiveSync;UserAgent=Apple-iPhone9C1/1402.100;Action=/Microsoft-Server-ActiveSync/...
// Sources: MailItemsAccessed records of real exports; Microsoft's CSS-Exchange scripts, which name
// clients by this text (MIT). The field is not documented; what is not known is CLIENT_OTHER.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_CLIENT_CLASS_H
#define STORMGLASS_BASELINE_CLIENT_CLASS_H

#include "baseline/user_agent.h"

// Nothing behind this many bytes is looked at.
#define CLIENT_READ_LIMIT 2048

// Classes: id, name (as in the logs, stable: it is kept in state files), words for reports.
#define CLIENT_LIST(ROW)                                                                           \
    ROW(NONE, "none", "no client named")                                                           \
    ROW(OTHER, "other", "a client of an unknown kind")                                             \
    ROW(OWA, "OWA", "Outlook on the web")                                                          \
    ROW(ONE_OUTLOOK, "OneOutlook", "the new Outlook for Windows")                                  \
    ROW(MAPI, "MSExchangeRPC", "Outlook on the desktop (MAPI)")                                    \
    ROW(REST, "REST", "the REST interface (Graph, Outlook REST)")                                  \
    ROW(REST_SYSTEM, "RESTSystem", "the REST interface as used by Microsoft's own services")       \
    ROW(GRAPH, "Graph", "Microsoft Graph")                                                         \
    ROW(WEB_SERVICES, "WebServices", "Exchange Web Services")                                      \
    ROW(OUTLOOK_SERVICE, "OutlookService", "Outlook for iOS, Android or Mac")                      \
    ROW(ACTIVE_SYNC, "ActiveSync", "Exchange ActiveSync")                                          \
    ROW(POP_IMAP, "POP3/IMAP4", "POP or IMAP")                                                     \
    ROW(POP, "POP3", "POP")                                                                        \
    ROW(IMAP, "IMAP4", "IMAP")                                                                     \
    ROW(POWERSHELL, "Management", "Exchange management")                                           \
    ROW(DISCOVERY, "EDiscoverySearch", "eDiscovery")                                               \
    ROW(MIGRATION, "Migration", "mailbox migration")                                               \
    ROW(TRANSPORT, "Hub Transport", "mail transport")                                              \
    ROW(ASSISTANT, "Assistant", "a mailbox assistant of Exchange")                                 \
    ROW(SERVER, "Server", "another component of Exchange")

#define CLIENT_ENUM(id, name, words) CLIENT_##id,
enum client_class { CLIENT_LIST(CLIENT_ENUM) CLIENT_COUNT };
#undef CLIENT_ENUM

struct client {
    enum client_class class;
    struct user_agent agent;
    struct str agent_text; // borrowed from the text read; empty when it names no program
    struct str app_id;     // the id in [AppId=...], borrowed; empty when there is none
};

// Any text, hostile ones included; never fails.
struct client client_read(struct str text);

const char *client_class_name(enum client_class class);  // "MSExchangeRPC"
const char *client_class_words(enum client_class class); // "Outlook on the desktop (MAPI)"
// The class of a stable name, CLIENT_OTHER for an unknown one.
enum client_class client_class_find(struct str name);

// To add a class: a row in CLIENT_LIST, its names in client_class.c, a case in its test.

#endif
