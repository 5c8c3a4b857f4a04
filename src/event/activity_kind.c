// What operations mean: one table from the provider's words to kinds of activity.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "event/activity.h"

const char *activity_kind_name(enum activity_kind kind)
{
    static const char *const names[ACTIVITY_KIND_COUNT] = {
#define X(id, name, text) name,
        ACTIVITY_LIST(X)
#undef X
    };
    assert((unsigned)kind < ACTIVITY_KIND_COUNT);
    return names[kind];
}

// Operations of the audit log and activities of the directory, which name the same things; sorted in byte
// order of their lower-case names without the full stop and blanks that directory records put behind them.
// Sources: Purview "Audit log activities"; Entra "Audit activity reference".
struct operation_row {
    const char *name;
    enum activity_kind kind;
};

static const struct operation_row rows[] = {
    {"add app role assignment grant to user", ACTIVITY_APP_PERMISSION},
    {"add app role assignment to service principal", ACTIVITY_APP_PERMISSION},
    {"add delegated permission grant", ACTIVITY_CONSENT},
    {"add eligible member to role", ACTIVITY_ROLE},
    {"add member to role", ACTIVITY_ROLE},
    {"add oauth2permissiongrant", ACTIVITY_CONSENT},
    {"add partner to company", ACTIVITY_FEDERATION},
    {"add registered owner to device", ACTIVITY_DEVICE},
    {"add registered users to device", ACTIVITY_DEVICE},
    {"add service principal credentials", ACTIVITY_APP_CREDENTIAL},
    {"add unverified domain", ACTIVITY_FEDERATION},
    {"add verified domain", ACTIVITY_FEDERATION},
    {"add-federateddomain", ACTIVITY_FEDERATION},
    {"add-mailboxfolderpermission", ACTIVITY_MAIL_PERMISSION},
    {"add-mailboxpermission", ACTIVITY_MAIL_PERMISSION},
    {"add-recipientpermission", ACTIVITY_MAIL_PERMISSION},
    {"add-rolegroupmember", ACTIVITY_ROLE},
    {"addfolderpermissions", ACTIVITY_MAIL_PERMISSION},
    {"admin registered security info", ACTIVITY_METHOD},
    {"admin updated security info", ACTIVITY_METHOD},
    {"adminmailaccess", ACTIVITY_EDISCOVERY},
    {"caseadded", ACTIVITY_EDISCOVERY},
    {"consent to application", ACTIVITY_CONSENT},
    {"create", ACTIVITY_MAIL_CREATE},
    {"disable strong authentication", ACTIVITY_METHOD},
    {"fileaccessed", ACTIVITY_FILE},
    {"filedownloaded", ACTIVITY_FILE},
    {"filemodified", ACTIVITY_FILE},
    {"filepreviewed", ACTIVITY_FILE},
    {"filesyncdownloadedfull", ACTIVITY_FILE},
    {"fileuploaded", ACTIVITY_FILE},
    {"harddelete", ACTIVITY_MAIL_DELETE},
    {"mailitemsaccessed", ACTIVITY_MAIL_ACCESS},
    {"messagebind", ACTIVITY_MAIL_ACCESS},
    {"modifyfolderpermissions", ACTIVITY_MAIL_PERMISSION},
    {"move", ACTIVITY_MAIL_MOVE},
    {"movetodeleteditems", ACTIVITY_MAIL_MOVE},
    {"new-compliancesearch", ACTIVITY_EDISCOVERY},
    {"new-compliancesearchaction", ACTIVITY_EDISCOVERY},
    {"new-inboundconnector", ACTIVITY_TRANSPORT_RULE},
    {"new-inboxrule", ACTIVITY_MAIL_RULE},
    {"new-mailboxexportrequest", ACTIVITY_EDISCOVERY},
    {"new-mailboxsearch", ACTIVITY_EDISCOVERY},
    {"new-managementroleassignment", ACTIVITY_IMPERSONATION},
    {"new-outboundconnector", ACTIVITY_TRANSPORT_RULE},
    {"new-rolegroup", ACTIVITY_IMPERSONATION},
    {"new-transportrule", ACTIVITY_TRANSPORT_RULE},
    {"owaauth", ACTIVITY_OWA_TOKEN},
    {"register device", ACTIVITY_DEVICE},
    {"search-mailbox", ACTIVITY_EDISCOVERY},
    {"searchcreated", ACTIVITY_EDISCOVERY},
    {"searchexportdownloaded", ACTIVITY_EDISCOVERY},
    {"searchexported", ACTIVITY_EDISCOVERY},
    {"searchpreviewed", ACTIVITY_EDISCOVERY},
    {"searchqueryinitiated", ACTIVITY_MAIL_SEARCH},
    {"searchqueryinitiatedexchange", ACTIVITY_MAIL_SEARCH},
    {"searchstarted", ACTIVITY_EDISCOVERY},
    {"send", ACTIVITY_MAIL_SEND},
    {"sendas", ACTIVITY_MAIL_SEND},
    {"sendonbehalf", ACTIVITY_MAIL_SEND},
    {"set domain authentication", ACTIVITY_FEDERATION},
    {"set federation settings on domain", ACTIVITY_FEDERATION},
    {"set-adminauditlogconfig", ACTIVITY_AUDIT_CHANGE},
    {"set-inboundconnector", ACTIVITY_TRANSPORT_RULE},
    {"set-inboxrule", ACTIVITY_MAIL_RULE},
    {"set-mailbox", ACTIVITY_OTHER}, // by its parameters: forwarding, auditing, or neither
    {"set-mailboxauditbypassassociation", ACTIVITY_AUDIT_CHANGE},
    {"set-mailboxfolderpermission", ACTIVITY_MAIL_PERMISSION},
    {"set-organizationconfig", ACTIVITY_OTHER}, // by its parameters, like set-mailbox
    {"set-transportrule", ACTIVITY_TRANSPORT_RULE},
    {"softdelete", ACTIVITY_MAIL_DELETE},
    {"start-compliancesearch", ACTIVITY_EDISCOVERY},
    {"update application - certificates and secrets management", ACTIVITY_APP_CREDENTIAL},
    {"update application \xe2\x80\x93 certificates and secrets management",
     ACTIVITY_APP_CREDENTIAL},
    {"update service principal - certificates and secrets management", ACTIVITY_APP_CREDENTIAL},
    {"updateinboxrules", ACTIVITY_MAIL_RULE},
    {"user changed default security info", ACTIVITY_METHOD},
    {"user deleted security info", ACTIVITY_METHOD},
    {"user registered all required security info", ACTIVITY_METHOD},
    {"user registered security info", ACTIVITY_METHOD},
    {"userloggedin", ACTIVITY_SIGN_IN},
    {"userloginfailed", ACTIVITY_SIGN_IN},
    {"verify domain", ACTIVITY_FEDERATION},
    {"viewedsearchpreviewed", ACTIVITY_EDISCOVERY},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

// The longest name in the table; longer operations are in none of its rows.
#define NAME_LIMIT 72

static int compare(const void *key, const void *row)
{
    const struct str *name = key;
    const char *other = ((const struct operation_row *)row)->name;
    return str_compare(*name, str_from(other));
}

enum activity_kind activity_kind_find(enum source_id source, struct str operation)
{
    char lower[NAME_LIMIT];
    while (operation.len &&
           (operation.at[operation.len - 1] == ' ' || operation.at[operation.len - 1] == '.'))
        operation.len--;
    if (source == SOURCE_ENTRA_SIGNIN)
        return ACTIVITY_SIGN_IN;
    if (source == SOURCE_GRAPH_ACTIVITY)
        return ACTIVITY_GRAPH;
    if (source == SOURCE_MESSAGE_TRACE)
        return ACTIVITY_MESSAGE;
    if (source != SOURCE_M365_AUDIT && source != SOURCE_ENTRA_AUDIT)
        return ACTIVITY_OTHER;
    enum activity_kind unlisted =
        source == SOURCE_ENTRA_AUDIT ? ACTIVITY_DIRECTORY : ACTIVITY_OTHER;
    if (operation.len > NAME_LIMIT)
        return unlisted;
    for (size_t i = 0; i < operation.len; i++)
        lower[i] = ascii_lower(operation.at[i]);
    struct str name = str_of(lower, operation.len);
    const struct operation_row *row = bsearch(&name, rows, ROWS, sizeof rows[0], compare);
    return row ? row->kind : unlisted;
}
