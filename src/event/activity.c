// Reading activities out of filled slots: one table from fields to members, then what depends on the kind.
// SPDX-License-Identifier: Apache-2.0
#include "event/activity.h"

#include <assert.h>
#include <stddef.h>

#include "base/encode.h"
#include "base/hash.h"
#include "base/net.h"
#include "event/derived.h"
#include "event/outcome.h"
#include "event/pair.h"
#include "event/read.h"

// ---- texts ------------------------------------------------------------------------------------

void activity_texts_init(struct intern *texts)
{
    uint32_t empty = intern_add(texts, S(""));
    assert(empty == 0);
}

// How a value becomes the text of a symbol: equal things must be one symbol.
enum spelling {
    SPELL_AS_IS,
    SPELL_LOWER,
    SPELL_USER,    // lower case; of "ServicePrincipal_<object id>" the id, as sign-ins name it
    SPELL_GUID,    // only GUIDs other than zero, lower case
    SPELL_SESSION, // GUIDs lower case, other texts as they are
    SPELL_ADDRESS, // an IP address without port
    SPELL_COUNTRY, // two letters, upper case; of "City, State, CC" the last part
};

static uint32_t add_lower(struct intern *texts, struct str text)
{
    char lower[ACTIVITY_TEXT_LIMIT];
    for (size_t i = 0; i < text.len; i++)
        lower[i] = ascii_lower(text.at[i]);
    return intern_add(texts, str_of(lower, text.len));
}

static uint32_t add_user(struct intern *texts, struct str text)
{
    static const struct str prefix = STR("ServicePrincipal_");
    uint8_t guid[16];
    struct str rest = text;
    if (str_starts_fold(text, prefix))
        rest = str_of(text.at + prefix.len, text.len - prefix.len);
    return add_lower(texts, guid_parse(rest, guid) ? rest : text);
}

static bool is_zero(const uint8_t guid[16])
{
    uint8_t any = 0;
    for (int i = 0; i < 16; i++)
        any |= guid[i];
    return any == 0;
}

static uint32_t add_address(struct intern *texts, struct str text)
{
    struct ip ip;
    char printed[IP_SIZE];
    return ip_parse(text, &ip) ? intern_add(texts, str_from(ip_print(&ip, printed))) : 0;
}

static uint32_t add_country(struct intern *texts, struct str text)
{
    struct str rest = text;
    while (rest.at)
        text = str_cut(&rest, ',');
    text = str_trim(text);
    char country[2];
    if (text.len != 2)
        return 0;
    for (int i = 0; i < 2; i++) {
        char lower = ascii_lower(text.at[i]);
        if (lower < 'a' || lower > 'z')
            return 0;
        country[i] = (char)(lower - 32);
    }
    return intern_add(texts, str_of(country, 2));
}

// To the limit, and no letter in two: of UTF-8's at most four bytes the last three begin with the bits 10.
static struct str cut(struct str text)
{
    if (text.len <= ACTIVITY_TEXT_LIMIT)
        return text;
    size_t len = ACTIVITY_TEXT_LIMIT;
    while (len > ACTIVITY_TEXT_LIMIT - 3 && ((uint8_t)text.at[len] & 0xc0) == 0x80)
        len--;
    return str_of(text.at, len);
}

static uint32_t add_text(struct intern *texts, struct str text, enum spelling spelling)
{
    uint8_t guid[16];
    text = cut(text);
    switch (spelling) {
    case SPELL_AS_IS:
        return intern_add(texts, text);
    case SPELL_LOWER:
        return add_lower(texts, text);
    case SPELL_USER:
        return add_user(texts, text);
    case SPELL_GUID:
        return guid_parse(text, guid) && !is_zero(guid) ? add_lower(texts, text) : 0;
    case SPELL_SESSION:
        return guid_parse(text, guid) ? add_lower(texts, text) : intern_add(texts, text);
    case SPELL_ADDRESS:
        return add_address(texts, text);
    case SPELL_COUNTRY:
        return add_country(texts, text);
    }
    return 0;
}

// ---- fields -----------------------------------------------------------------------------------

struct member_row {
    enum source_id source;
    enum field_id field;
    size_t offset; // of the symbol in struct activity
    enum spelling spelling;
};

#define ROW(source, field, member, spelling)                                                       \
    {                                                                                              \
        SOURCE_##source, FIELD_##field, offsetof(struct activity, member), SPELL_##spelling        \
    }

// A member is given by the first row that has a value.
static const struct member_row rows[] = {
    ROW(M365_AUDIT, Operation, operation, AS_IS),
    ROW(M365_AUDIT, UserId, user, USER),
    ROW(M365_AUDIT, TokenObjectId, object, GUID),
    ROW(M365_AUDIT, UserKey, object, GUID),
    ROW(M365_AUDIT, MailboxOwnerUPN, mailbox, LOWER),
    ROW(M365_AUDIT, AppId, app, GUID),
    ROW(M365_AUDIT, ClientAppId, client_app, GUID),
    ROW(M365_AUDIT, SessionId, session, SESSION),
    ROW(M365_AUDIT, ClientIP, address, ADDRESS),
    ROW(M365_AUDIT, ClientInfoString, client, AS_IS),
    ROW(M365_AUDIT, UserAgent, agent, AS_IS),
    ROW(M365_AUDIT, DeviceId, device, LOWER),
    ROW(M365_AUDIT, TokenTenantId, tenant, GUID),
    ROW(M365_AUDIT, OrganizationId, home, GUID),

    ROW(ENTRA_SIGNIN, UserPrincipalName, user, LOWER),
    ROW(ENTRA_SIGNIN, ServicePrincipalId, user, LOWER),
    ROW(ENTRA_SIGNIN, UserId, object, GUID),
    ROW(ENTRA_SIGNIN, AppId, app, GUID),
    ROW(ENTRA_SIGNIN, ResourceIdentity, resource, GUID),
    ROW(ENTRA_SIGNIN, SessionId, session, SESSION),
    ROW(ENTRA_SIGNIN, ClientIP, address, ADDRESS),
    ROW(ENTRA_SIGNIN, UserAgent, agent, AS_IS),
    ROW(ENTRA_SIGNIN, DeviceId, device, LOWER),
    ROW(ENTRA_SIGNIN, Country, country, COUNTRY),
    ROW(ENTRA_SIGNIN, Location, country, COUNTRY),
    ROW(ENTRA_SIGNIN, City, city, AS_IS),
    ROW(ENTRA_SIGNIN, HomeTenantId, tenant, GUID),
    ROW(ENTRA_SIGNIN, OrganizationId, home, GUID),
    ROW(ENTRA_SIGNIN, ResultDescription, detail, AS_IS),

    ROW(ENTRA_AUDIT, Operation, operation, AS_IS),
    ROW(ENTRA_AUDIT, UserPrincipalName, user, LOWER),
    ROW(ENTRA_AUDIT, ServicePrincipalId, user, LOWER),
    ROW(ENTRA_AUDIT, InitiatedByApp, user, LOWER),
    ROW(ENTRA_AUDIT, Actor, object, GUID),
    ROW(ENTRA_AUDIT, AppId, app, GUID),
    ROW(ENTRA_AUDIT, ClientIP, address, ADDRESS),
    ROW(ENTRA_AUDIT, UserAgent, agent, AS_IS),
    ROW(ENTRA_AUDIT, OrganizationId, home, GUID),
    ROW(ENTRA_AUDIT, TargetUser, target, LOWER),
    ROW(ENTRA_AUDIT, TargetDisplayName, target, LOWER),
    ROW(ENTRA_AUDIT, UserDisplayName, detail, AS_IS),
    ROW(ENTRA_AUDIT, InitiatedByApp, detail, AS_IS),

    ROW(GRAPH_ACTIVITY, Operation, operation, AS_IS),
    ROW(GRAPH_ACTIVITY, UserId, object, GUID),
    ROW(GRAPH_ACTIVITY, ServicePrincipalId, user, LOWER),
    ROW(GRAPH_ACTIVITY, AppId, app, GUID),
    ROW(GRAPH_ACTIVITY, SessionId, session, SESSION),
    ROW(GRAPH_ACTIVITY, ClientIP, address, ADDRESS),
    ROW(GRAPH_ACTIVITY, UserAgent, agent, AS_IS),
    ROW(GRAPH_ACTIVITY, DeviceId, device, LOWER),
    ROW(GRAPH_ACTIVITY, OrganizationId, home, GUID),
    ROW(GRAPH_ACTIVITY, RequestUri, detail, AS_IS),

    ROW(MESSAGE_TRACE, SenderAddress, user, LOWER),
    ROW(MESSAGE_TRACE, RecipientAddress, mailbox, LOWER),
    ROW(MESSAGE_TRACE, ClientIP, address, ADDRESS),
    ROW(MESSAGE_TRACE, Subject, detail, AS_IS),
};
enum { ROWS = sizeof rows / sizeof rows[0] };

// What the code below the table looks at.
static const enum field_id others[] = {FIELD_UniqueTokenId,
                                       FIELD_IssuedAtTime,
                                       FIELD_IntraSystemId,
                                       FIELD_Workload,
                                       FIELD_RecordType,
                                       FIELD_UserType,
                                       FIELD_LogonType,
                                       FIELD_ExternalAccess,
                                       FIELD_MailAccessType,
                                       FIELD_IsThrottled,
                                       FIELD_OperationCount,
                                       FIELD_RecipientCount,
                                       FIELD_Parameters,
                                       FIELD_ParameterIdentity,
                                       FIELD_RuleName,
                                       FIELD_QueryText,
                                       FIELD_ObjectId,
                                       FIELD_OperationProperties,
                                       FIELD_ModifiedPropertyName,
                                       FIELD_ModifiedPropertyNew,
                                       FIELD_ModifiedProperties,
                                       FIELD_Target,
                                       FIELD_SendAsUser,
                                       FIELD_ErrorNumber,
                                       FIELD_LogonError,
                                       FIELD_ResultType,
                                       FIELD_ASN,
                                       FIELD_Category,
                                       FIELD_SignInEventTypes,
                                       FIELD_IsInteractive,
                                       FIELD_AuthenticationProtocol,
                                       FIELD_OriginalTransferMethod,
                                       FIELD_TokenIssuerType,
                                       FIELD_ClientAppUsed,
                                       FIELD_RequestType,
                                       FIELD_Subject};

void activity_want(struct field_plan *plan)
{
    for (int i = 0; i < ROWS; i++)
        field_plan_want(plan, rows[i].field);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        field_plan_want(plan, others[i]);
    outcome_want(plan);
}

static uint32_t *member_of(struct activity *activity, size_t offset)
{
    return (uint32_t *)(void *)((char *)activity + offset);
}

// The first value that says something.
static struct str say(const struct field_slots *slots, enum field_id field)
{
    struct str word = field_word(slots, field);
    return text_is_blank(word) ? S("") : word;
}

static void read_members(const struct event *event, const struct field_slots *slots,
                         struct intern *texts, struct activity *out)
{
    for (int i = 0; i < ROWS; i++) {
        if (rows[i].source != event->source)
            continue;
        uint32_t *member = member_of(out, rows[i].offset);
        struct str word = *member ? S("") : say(slots, rows[i].field);
        if (word.len)
            *member = add_text(texts, word, rows[i].spelling);
    }
}

static void set(struct activity *out, enum activity_flag flag, bool is_set)
{
    if (is_set)
        out->flags |= (uint16_t)flag;
}

// A failure must not become 0 where it is cut to the size of the member.
static int32_t error_of(int64_t number)
{
    return number > INT32_MAX   ? INT32_MAX
           : number < INT32_MIN ? INT32_MIN
                                : (int32_t)number;
}

static bool is_one_of(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_fold(word, str_from(words[i])))
            return true;
    return false;
}

// ---- identifiers ------------------------------------------------------------------------------

bool token_parse(struct str text, uint8_t token[16])
{
    return uti_to_guid(text, token) || guid_parse(text, token);
}

struct str activity_id(const struct activity *activity, const struct intern *texts, char text[37])
{
    if (!(activity->flags & ACTIVITY_HAS_GUID))
        return intern_text(texts, activity->id_text);
    guid_print(activity->id, text);
    return str_of(text, 36);
}

// An Id is kept as bytes only where its text comes back from them.
static void read_id(struct str id, struct intern *texts, struct activity *out)
{
    char again[37];
    if (guid_parse(id, out->id)) {
        guid_print(out->id, again);
        if (str_equal(id, str_of(again, 36))) {
            set(out, ACTIVITY_HAS_GUID, true);
            return;
        }
    }
    if (id.len)
        out->id_text = add_text(texts, id, SPELL_AS_IS);
}

static void read_token(const struct event *event, const struct field_slots *slots,
                       struct intern *texts, struct activity *out)
{
    struct str text = say(slots, FIELD_UniqueTokenId);
    bool is_sign_in = out->kind == ACTIVITY_SIGN_IN;
    bool is_token = text.len && token_parse(text, out->token) && !is_zero(out->token);
    if (!is_token && is_sign_in) { // a sign-in's request id is the number of the token it gave
        text = event->source == SOURCE_M365_AUDIT ? say(slots, FIELD_IntraSystemId) : S("");
        is_token = token_parse(text.len ? text : event->id, out->token) && !is_zero(out->token);
    }
    set(out, ACTIVITY_HAS_TOKEN, is_token);
    if (!is_token && !is_sign_in && text.len) {
        out->token_text = add_text(texts, text, SPELL_AS_IS);
        set(out, ACTIVITY_HAS_BAD_TOKEN, true);
    }
    // Before 1970 is how services write that they do not know (0001-01-01, 1601-01-01).
    out->issued_at = field_time(slots, FIELD_IssuedAtTime, event->is_day_first);
    if (out->issued_at <= 0)
        out->issued_at = INSTANT_NONE;
}

// ---- the audit log ----------------------------------------------------------------------------

static uint8_t audit_workload(const struct field_slots *slots)
{
    static const struct {
        const char *name;
        enum activity_workload workload;
    } names[] = {
        {"Exchange", WORKLOAD_EXCHANGE},     {"AzureActiveDirectory", WORKLOAD_DIRECTORY},
        {"SharePoint", WORKLOAD_SHAREPOINT}, {"OneDrive", WORKLOAD_SHAREPOINT},
        {"MicrosoftTeams", WORKLOAD_TEAMS},  {"SecurityComplianceCenter", WORKLOAD_COMPLIANCE}};
    struct str word = field_word(slots, FIELD_Workload);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_equal_fold(word, str_from(names[i].name)))
            return (uint8_t)names[i].workload;
    return WORKLOAD_UNKNOWN;
}

// Parameters that switch auditing, and which way does harm.
static const struct {
    const char *name;
    bool is_harm_off;
} audit_switches[] = {{"AuditEnabled", true},
                      {"UnifiedAuditLogIngestionEnabled", true},
                      {"AdminAuditLogEnabled", true},
                      {"AuditDisabled", false},
                      {"AuditBypassEnabled", false}};

// A command being read: what its parameters make of the activity.
struct command {
    struct activity *out;
    bool is_open;     // its kind follows from the parameters
    bool is_harmless; // auditing was switched on, and nothing else is known
    struct str name;  // of the rule
};

// Auditing: a switch the wrong way, or what is recorded and how long it is kept. Switched the right way
// and nothing beside it, a command of auditing is none that a detector should see.
static void read_audit_parameter(struct command *command, struct str word, bool is_off)
{
    static const char *const audits[] = {"AuditOwner", "AuditDelegate", "AuditAdmin",
                                         "AuditLogAgeLimit"};
    static const char *const neutral[] = {"Identity", "Force", "Confirm"};
    bool is_harm = is_one_of(word, audits, 4), is_switch = false;
    for (size_t i = 0; i < sizeof audit_switches / sizeof audit_switches[0]; i++)
        if (str_equal_fold(word, str_from(audit_switches[i].name))) {
            is_switch = true;
            is_harm = is_off == audit_switches[i].is_harm_off;
        }
    if (command->is_open && is_harm && command->out->kind == ACTIVITY_OTHER)
        command->out->kind = ACTIVITY_AUDIT_CHANGE;
    if (is_harm || (!is_switch && !is_one_of(word, neutral, 3)))
        command->is_harmless = false;
}

static void read_parameter(struct str word, struct str text, void *context)
{
    static const char *const forwards[] = {"ForwardTo",   "RedirectTo", "ForwardAsAttachmentTo",
                                           "BlindCopyTo", "CopyTo",     "RedirectMessageTo"};
    static const char *const hides[] = {"DeleteMessage", "SoftDeleteMessage", "MoveToFolder",
                                        "MarkAsRead"};
    static const char *const mailbox[] = {"ForwardingSmtpAddress", "ForwardingAddress"};
    struct command *command = context;
    bool is_off = !text.len || str_equal_fold(text, S("False"));
    set(command->out, ACTIVITY_FORWARDS, !is_off && is_one_of(word, forwards, 6));
    set(command->out, ACTIVITY_HIDES, !is_off && is_one_of(word, hides, 4));
    read_audit_parameter(command, word, is_off);
    if (command->is_open && text.len && is_one_of(word, mailbox, 2)) {
        command->out->kind = ACTIVITY_MAIL_FORWARDING;
        set(command->out, ACTIVITY_FORWARDS, true);
    }
    if (str_is(word, "Name"))
        command->name = text;
}

// UpdateInboxRules describes the rule in properties: their texts name the actions. What the rule is
// called and what it looks for are not what it does.
static void read_rule_property(struct str word, struct str text, void *context)
{
    static const char *const notes[] = {"RuleName", "RuleCondition", "RuleOperation", "RuleId"};
    struct activity *out = context;
    if (is_one_of(word, notes, 4))
        return;
    set(out, ACTIVITY_FORWARDS,
        str_contains_fold(text, S("Forward")) || str_contains_fold(text, S("Redirect")));
    set(out, ACTIVITY_HIDES,
        str_contains_fold(text, S("Delete")) || str_contains_fold(text, S("MoveToFolder")) ||
            str_contains_fold(text, S("MarkAsRead")));
}

static bool is_mailbox_address(struct str text)
{
    size_t at = str_index(text, '@');
    return at > 0 && at + 1 < text.len && str_index(text, ' ') == text.len &&
           str_index(text, '\\') == text.len;
}

// What an Exchange command was run on; the mailbox it names is the one acted on.
static void read_command(const struct field_slots *slots, struct intern *texts,
                         struct activity *out)
{
    struct str identity = say(slots, FIELD_ParameterIdentity);
    struct str object = identity.len ? identity : say(slots, FIELD_ObjectId);
    if (object.len)
        out->target = add_text(texts, object, SPELL_LOWER);
    if (!out->mailbox && is_mailbox_address(object))
        out->mailbox = out->target;
    struct command command = {.out = out,
                              .is_open = out->kind == ACTIVITY_OTHER,
                              .is_harmless = out->kind == ACTIVITY_AUDIT_CHANGE};
    bool has_parameters = field_first(slots, FIELD_Parameters);
    pair_each(slots, FIELD_Parameters, read_parameter, &command);
    if (has_parameters && command.is_harmless)
        out->kind = ACTIVITY_OTHER;
    if (out->kind == ACTIVITY_MAIL_RULE) {
        pair_each(slots, FIELD_OperationProperties, read_rule_property, out);
        if (!out->mailbox) // rules are made in one's own mailbox unless the command says otherwise
            out->mailbox = out->user;
    }
    struct str name = say(slots, FIELD_RuleName);
    if (!name.len)
        name = command.name;
    if (name.len)
        out->detail = add_text(texts, name, SPELL_AS_IS);
}

// "Re: AW: Invoice" and "invoice" are one thread: marks of up to three letters are passed over, in any
// language.
static uint64_t thread_of(struct str subject)
{
    for (subject = str_trim(subject);;) {
        size_t colon = str_index(subject, ':');
        if (colon == 0 || colon > 3 || colon == subject.len)
            break;
        subject = str_trim(str_of(subject.at + colon + 1, subject.len - colon - 1));
    }
    return subject.len ? hash_fold(subject) : 0;
}

static void read_subject(const struct field_slots *slots, struct intern *texts,
                         struct activity *out)
{
    if (out->kind < ACTIVITY_MAIL_ACCESS || out->kind > ACTIVITY_MAIL_DELETE)
        return;
    struct str subject = field_word(slots, FIELD_Subject);
    out->thread = thread_of(subject);
    if (out->kind != ACTIVITY_MAIL_ACCESS && subject.len)
        out->detail = add_text(texts, subject, SPELL_AS_IS);
}

static void read_audit(const struct event *event, const struct field_slots *slots,
                       struct intern *texts, struct activity *out)
{
    int64_t number;
    out->workload = audit_workload(slots);
    if (field_int(slots, FIELD_RecordType, &number) && number == 275)
        out->kind = ACTIVITY_OWA_TOKEN;
    if (out->workload == WORKLOAD_DIRECTORY && out->kind == ACTIVITY_OTHER)
        out->kind = ACTIVITY_DIRECTORY; // as in the directory's own log
    if ((field_int(slots, FIELD_LogonType, &number) ||
         str_to_int64(field_derived(event, slots, FIELD_LogonType), &number)) &&
        number >= 0 && number < 16)
        out->logon_type = (int8_t)number;
    set(out, ACTIVITY_IS_EXTERNAL, field_bool(slots, FIELD_ExternalAccess) == 1);
    if (out->kind == ACTIVITY_MAIL_ACCESS) {
        set(out, ACTIVITY_IS_SYNC, str_equal_fold(say(slots, FIELD_MailAccessType), S("Sync")));
        set(out, ACTIVITY_IS_THROTTLED, field_bool(slots, FIELD_IsThrottled) == 1);
    }
    bool has_count = out->kind == ACTIVITY_MAIL_SEND
                         ? field_int(slots, FIELD_RecipientCount, &number)
                         : field_int(slots, FIELD_OperationCount, &number);
    if (has_count && number > 0)
        out->count = number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
    if (out->kind == ACTIVITY_SIGN_IN && field_int(slots, FIELD_ErrorNumber, &number))
        out->error = error_of(number);
    if (out->kind == ACTIVITY_SIGN_IN)
        out->detail = add_text(texts, say(slots, FIELD_LogonError), SPELL_AS_IS);
    if (out->kind == ACTIVITY_MAIL_SEARCH || out->kind == ACTIVITY_EDISCOVERY)
        out->detail = add_text(texts, say(slots, FIELD_QueryText), SPELL_AS_IS);
    if (out->kind == ACTIVITY_MAIL_SEND)
        out->target = add_text(texts, say(slots, FIELD_SendAsUser), SPELL_LOWER);
    read_subject(slots, texts, out);
    // Commands are called Verb-Noun; changes of the directory can have a hyphen between blanks.
    struct str operation = intern_text(texts, out->operation);
    bool is_command = str_index(operation, '-') < operation.len &&
                      str_index(operation, ' ') == operation.len;
    if (is_command || out->kind == ACTIVITY_MAIL_RULE)
        read_command(slots, texts, out);
}

// ---- the directory ----------------------------------------------------------------------------

// Permissions by which mail can be read. Source: Microsoft Graph permissions reference; Office 365
// Exchange Online's own roles.
static bool reaches_mail(struct str text)
{
    static const struct str words[] = {
        STR("Mail."), STR("full_access_as_app"), STR("full_access_as_user"),
        STR("EWS.AccessAsUser"), STR("IMAP.Access"), STR("POP.Access"),
        // the same as role ids: full_access_as_app, Mail.Read,
        // Mail.ReadWrite
        STR("dc890d15-9560-4a4c-9b7f-a736ec74ec40"), STR("810c84a8-4a9e-49e6-bf7d-12d183f40d01"),
        STR("e2a3a72e-5f79-4c64-b1b1-878b674786c9")};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_contains_fold(text, words[i]))
            return true;
    return false;
}

// The first GUID that stands in a text like ["id"] or "id;name".
static struct str guid_in(struct str text)
{
    uint8_t guid[16];
    for (size_t i = 0; i + 36 <= text.len; i++)
        if (guid_parse(str_of(text.at + i, 36), guid))
            return str_of(text.at + i, 36);
    return S("");
}

// What a directory change gives: reach to mail, and the application it names, by the property that says
// it best (the others may name the resource).
struct changes {
    struct activity *out;
    struct str app;
    size_t rank; // of the property that named it
};

static void read_change(struct str word, struct str text, void *context)
{
    static const char *const names[] = {"ServicePrincipal.AppId", "AppId",
                                        "ServicePrincipal.ServicePrincipalNames",
                                        "TargetId.ServicePrincipalNames"};
    struct changes *changes = context;
    set(changes->out, ACTIVITY_REACHES_MAIL, reaches_mail(text));
    for (size_t i = 0; i < changes->rank; i++)
        if (str_equal_fold(word, str_from(names[i])) && guid_in(text).len) {
            changes->app = guid_in(text);
            changes->rank = i;
        }
}

// The value behind one in quotes of its own is the same without them (field_fill gives both).
static bool is_unquoted(struct str quoted, struct str text)
{
    return quoted.len >= 2 && quoted.at[0] == '"' && quoted.at[quoted.len - 1] == '"' &&
           (str_index(quoted, '\\') < quoted.len ||
            str_equal(text, str_of(quoted.at + 1, quoted.len - 2)));
}

// Properties in columns (the portal's CSV): names and values are lists of their own.
static void read_columns(const struct field_slots *slots, struct changes *changes)
{
    const struct field_value *name = field_first(slots, FIELD_ModifiedPropertyName);
    const struct field_value *value = field_first(slots, FIELD_ModifiedPropertyNew);
    while (name && value) {
        struct str text = json_str(value->json);
        read_change(json_str(name->json), text, changes);
        name = field_next(slots, name);
        value = field_next(slots, value);
        if (value && is_unquoted(text, json_str(value->json)))
            value = field_next(slots, value);
    }
}

static void read_changes(const struct field_slots *slots, struct intern *texts,
                         struct activity *out)
{
    struct changes changes = {.out = out, .rank = 4};
    if (field_first(slots, FIELD_ModifiedProperties))
        pair_each(slots, FIELD_ModifiedProperties, read_change, &changes);
    else
        read_columns(slots, &changes);
    if (changes.app.len)
        out->target_app = add_text(texts, changes.app, SPELL_GUID);
}

static void read_directory(const struct event *event, const struct field_slots *slots,
                           struct intern *texts, struct activity *out)
{
    struct str target = say(slots, FIELD_Target);
    if (event->source == SOURCE_ENTRA_AUDIT)
        out->workload = WORKLOAD_DIRECTORY;
    for (const struct field_value *v = field_first(slots, FIELD_Target); v;
         v = field_next(slots, v)) // the address among a target's names says most
        if (is_mailbox_address(json_str(v->json)))
            target = json_str(v->json);
    if (!out->target && target.len)
        out->target = add_text(texts, target, SPELL_LOWER);
    read_changes(slots, texts, out);
}

// ---- sign-ins ---------------------------------------------------------------------------------

static uint8_t sign_in_workload(const struct field_slots *slots)
{
    struct str category = say(slots, FIELD_Category), type = say(slots, FIELD_SignInEventTypes);
    if (str_contains_fold(category, S("NonInteractive")) ||
        str_contains_fold(type, S("nonInteractive")))
        return WORKLOAD_NON_INTERACTIVE;
    if (str_contains_fold(category, S("ManagedIdentity")) ||
        str_contains_fold(type, S("managedIdentity")))
        return WORKLOAD_MANAGED_IDENTITY;
    if (str_contains_fold(category, S("ServicePrincipal")) ||
        str_contains_fold(type, S("servicePrincipal")))
        return WORKLOAD_SERVICE_PRINCIPAL;
    if (say(slots, FIELD_ServicePrincipalId).len && !say(slots, FIELD_UserId).len &&
        !say(slots, FIELD_UserPrincipalName).len) // nothing says it, and there is no user
        return WORKLOAD_SERVICE_PRINCIPAL;
    if (field_bool(slots, FIELD_IsInteractive) == 0)
        return WORKLOAD_NON_INTERACTIVE;
    return WORKLOAD_INTERACTIVE;
}

// Protocols that know no second factor. Source: Entra, "Block legacy authentication".
static bool is_legacy(struct str client)
{
    static const char *const names[] = {"IMAP4",
                                        "IMAP",
                                        "POP3",
                                        "POP",
                                        "Authenticated SMTP",
                                        "SMTP",
                                        "Exchange ActiveSync",
                                        "MAPI Over HTTP",
                                        "Exchange Web Services",
                                        "Autodiscover",
                                        "Offline Address Book",
                                        "Exchange Online PowerShell",
                                        "Reporting Web Services",
                                        "Other clients",
                                        "Outlook Anywhere (RPC over HTTP)"};
    return is_one_of(client, names, sizeof names / sizeof names[0]);
}

static void read_sign_in(const struct event *event, const struct field_slots *slots,
                         struct intern *texts, struct activity *out)
{
    int64_t number;
    (void)texts;
    if (event->source == SOURCE_M365_AUDIT) {
        set(out, ACTIVITY_IS_DEVICE_CODE,
            str_equal_fold(say(slots, FIELD_RequestType), S("Cmsi:Cmsi")));
        return;
    }
    out->workload = sign_in_workload(slots);
    set(out, ACTIVITY_IS_INTERACTIVE, out->workload == WORKLOAD_INTERACTIVE);
    set(out, ACTIVITY_IS_SERVICE,
        out->workload == WORKLOAD_SERVICE_PRINCIPAL || out->workload == WORKLOAD_MANAGED_IDENTITY);
    set(out, ACTIVITY_IS_DEVICE_CODE,
        str_equal_fold(say(slots, FIELD_AuthenticationProtocol), S("deviceCode")) ||
            str_equal_fold(say(slots, FIELD_OriginalTransferMethod), S("deviceCodeFlow")));
    struct str issuer = say(slots, FIELD_TokenIssuerType);
    set(out, ACTIVITY_IS_FEDERATED,
        issuer.len && !str_equal_fold(issuer, S("AzureAD")) &&
            !str_equal_fold(issuer, S("UnknownFutureValue")));
    set(out, ACTIVITY_IS_LEGACY, is_legacy(say(slots, FIELD_ClientAppUsed)));
    if (field_int(slots, FIELD_ResultType, &number))
        out->error = error_of(number);
    if (field_int(slots, FIELD_ASN, &number) && number > 0 && number <= UINT32_MAX)
        out->asn = (uint32_t)number;
}

// ---- all --------------------------------------------------------------------------------------

void activity_read(const struct event *event, const struct field_slots *slots, struct intern *texts,
                   struct activity *out)
{
    *out = (struct activity){.time = event->time,
                             .identity = event->identity,
                             .position = event->position,
                             .source = (uint8_t)event->source,
                             .count = 1,
                             .logon_type = -1};
    struct str operation = field_word(slots, FIELD_Operation);
    out->kind = (uint8_t)activity_kind_find(event->source, operation);
    read_id(event->id, texts, out);
    read_members(event, slots, texts, out);
    if (event->source == SOURCE_M365_AUDIT)
        read_audit(event, slots, texts, out);
    if (out->kind == ACTIVITY_SIGN_IN)
        read_sign_in(event, slots, texts, out);
    else if (event->source == SOURCE_ENTRA_AUDIT || out->workload == WORKLOAD_DIRECTORY)
        read_directory(event, slots, texts, out);
    if (event->source == SOURCE_GRAPH_ACTIVITY) {
        struct str uri = field_word(slots, FIELD_RequestUri);
        set(out, ACTIVITY_REACHES_MAIL,
            str_contains_fold(uri, S("/messages")) || str_contains_fold(uri, S("/mailFolders")));
    }
    read_token(event, slots, texts, out);
    out->outcome = (uint8_t)event_outcome(slots, event);
    out->actor = (uint8_t)event_actor(event, slots);
}
