// Reading activities out of filled slots: one table from fields to members, then what depends on the kind.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stddef.h>

#include "base/encode.h"
#include "event/activity_part.h"
#include "event/outcome.h"
#include "event/read.h"

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
    ROW(M365_AUDIT, UserKey, object, KEY),
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
    ROW(GRAPH_ACTIVITY, RequestUri, detail, ONCE),

    ROW(MESSAGE_TRACE, SenderAddress, user, LOWER),
    ROW(MESSAGE_TRACE, RecipientAddress, mailbox, LOWER),
    ROW(MESSAGE_TRACE, ClientIP, address, ADDRESS),
    ROW(MESSAGE_TRACE, Subject, detail, ONCE),
};
enum { ROWS = sizeof rows / sizeof rows[0] };

// Sources with rows whose texts are seldom said again.
static const bool has_once[SOURCE_COUNT] = {
    [SOURCE_GRAPH_ACTIVITY] = true, [SOURCE_MESSAGE_TRACE] = true};

// Manners of intern_recent: spellings are those below.
#define KIND_MANNER 100

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
                                       FIELD_AuthenticationRequirement,
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

static enum activity_piece piece_of(const struct member_row *row)
{
    if (row->spelling == SPELL_ONCE)
        return PIECE_OWN;
    switch (row->offset) {
    case offsetof(struct activity, operation):
    case offsetof(struct activity, target):
    case offsetof(struct activity, detail):
        return PIECE_WHAT;
    case offsetof(struct activity, user):
    case offsetof(struct activity, object):
    case offsetof(struct activity, mailbox):
    case offsetof(struct activity, tenant):
    case offsetof(struct activity, home):
        return PIECE_WHO;
    case offsetof(struct activity, session):
    case offsetof(struct activity, address):
    case offsetof(struct activity, country):
    case offsetof(struct activity, city):
        return PIECE_WHERE;
    default:
        return PIECE_WITH;
    }
}

// Two rounds: where texts are kept is far away, and so all of them are sent for before the first is needed.
static void read_members(const struct event *event, const struct field_slots *slots,
                         struct intern *texts, enum activity_piece piece, struct activity *out)
{
    struct str words[ROWS];
    int from = 0, to;
    while (from < ROWS && rows[from].source != event->source) // rows of a source stand together
        from++;
    for (to = from; to < ROWS && rows[to].source == event->source;)
        to++;
    for (int i = from; i < to; i++) {
        words[i] = S("");
        if (piece_of(&rows[i]) != piece)
            continue;
        words[i] = activity_word(slots, rows[i].field);
        activity_text_expect(texts, (unsigned)i + 1, words[i], rows[i].spelling);
    }
    for (int i = from; i < to; i++) {
        uint32_t *member = member_of(out, rows[i].offset);
        if (words[i].len && !*member)
            *member = activity_text_of(texts, (unsigned)i + 1, words[i], rows[i].spelling);
    }
}

// ---- identifiers ------------------------------------------------------------------------------

bool token_parse(struct str text, uint8_t token[16])
{
    return uti_to_guid(text, token) || guid_parse(text, token);
}

#define GUID_LENGTH ((size_t)36)

struct str activity_id(const struct activity *activity, const struct intern *texts,
                       char text[ACTIVITY_ID_SIZE])
{
    struct str rest = intern_text(texts, activity->id_text);
    char guid[GUID_LENGTH + 1];
    if (!(activity->flags & ACTIVITY_HAS_GUID))
        return rest;
    guid_print(activity->id, guid);
    memcpy(text, guid, GUID_LENGTH);
    if (rest.len)
        memcpy(text + GUID_LENGTH, rest.at, rest.len);
    return str_of(text, GUID_LENGTH + rest.len);
}

// A GUID is kept as bytes where its text comes back from them; what follows it is mostly said again.
static void read_id(struct str id, struct intern *texts, struct activity *out)
{
    struct str guid = str_of(id.at, id.len < GUID_LENGTH ? id.len : GUID_LENGTH);
    char again[GUID_LENGTH + 1];
    if (guid_parse(guid, out->id)) {
        guid_print(out->id, again);
        if (str_equal(guid, str_of(again, GUID_LENGTH))) {
            activity_set(out, ACTIVITY_HAS_GUID, true);
            id = str_of(id.at + GUID_LENGTH, id.len - GUID_LENGTH);
        }
    }
    if (id.len)
        out->id_text = activity_text(texts, id, SPELL_AS_IS);
}

static void read_token(const struct event *event, const struct field_slots *slots,
                       struct intern *texts, struct activity *out)
{
    struct str text = activity_word(slots, FIELD_UniqueTokenId);
    bool is_sign_in = out->kind == ACTIVITY_SIGN_IN;
    bool is_token = text.len && token_parse(text, out->token) && !guid_is_zero(out->token);
    if (!is_token && is_sign_in) { // a sign-in's request id is the number of the token it gave
        text =
            event->source == SOURCE_M365_AUDIT ? activity_word(slots, FIELD_IntraSystemId) : S("");
        is_token =
            token_parse(text.len ? text : event->id, out->token) && !guid_is_zero(out->token);
    }
    activity_set(out, ACTIVITY_HAS_TOKEN, is_token);
    if (!is_token && !is_sign_in && text.len) {
        out->token_text = activity_text(texts, text, SPELL_AS_IS);
        activity_set(out, ACTIVITY_HAS_BAD_TOKEN, true);
    }
    // Before 1970 is how services write that they do not know (0001-01-01, 1601-01-01).
    out->issued_at = field_time(slots, FIELD_IssuedAtTime, event->is_day_first);
    if (out->issued_at <= 0)
        out->issued_at = INSTANT_NONE;
}

// Few operations make up most of a log: what one means is found out once.
static uint8_t read_kind(enum source_id source, struct str operation, struct intern *texts)
{
    bool is_known;
    struct intern_recent *recent =
        intern_recent(texts, (uint8_t)(KIND_MANNER + source), ROWS + 1, operation, &is_known);
    if (!recent)
        return (uint8_t)activity_kind_find(source, operation);
    if (!is_known)
        recent->symbol = activity_kind_find(source, operation);
    return (uint8_t)recent->symbol;
}

// ---- all --------------------------------------------------------------------------------------

static void read_what(const struct event *event, const struct field_slots *slots,
                      struct intern *texts, struct activity *out)
{
    out->kind = read_kind(event->source, field_word(slots, FIELD_Operation), texts);
    read_members(event, slots, texts, PIECE_WHAT, out);
    if (event->source == SOURCE_M365_AUDIT)
        activity_read_audit(event, slots, out);
    if (out->kind == ACTIVITY_SIGN_IN)
        activity_read_sign_in(event, slots, out);
    out->outcome = (uint8_t)event_outcome(slots, event);
}

static void read_who(const struct event *event, const struct field_slots *slots,
                     struct intern *texts, struct activity *out)
{
    read_members(event, slots, texts, PIECE_WHO, out);
    out->actor = (uint8_t)event_actor(event, slots);
}

static void read_with(const struct event *event, const struct field_slots *slots,
                      struct intern *texts, struct activity *out)
{
    read_members(event, slots, texts, PIECE_WITH, out);
}

static void read_where(const struct event *event, const struct field_slots *slots,
                       struct intern *texts, struct activity *out)
{
    int64_t number;
    read_members(event, slots, texts, PIECE_WHERE, out);
    if (event->source == SOURCE_ENTRA_SIGNIN && field_int(slots, FIELD_ASN, &number) &&
        number > 0 && number <= UINT32_MAX)
        out->asn = (uint32_t)number;
}

static void read_own(const struct event *event, const struct field_slots *slots,
                     struct intern *texts, struct activity *out)
{
    read_id(event->id, texts, out);
    if (has_once[event->source])
        read_members(event, slots, texts, PIECE_OWN, out);
    if (event->source == SOURCE_M365_AUDIT)
        activity_read_audit_own(slots, texts, out);
    if (out->kind != ACTIVITY_SIGN_IN &&
        (event->source == SOURCE_ENTRA_AUDIT || out->workload == WORKLOAD_DIRECTORY))
        activity_read_directory(event, slots, texts, out);
    if (event->source == SOURCE_GRAPH_ACTIVITY) {
        struct str uri = field_word(slots, FIELD_RequestUri);
        activity_set(out, ACTIVITY_REACHES_MAIL,
                     str_contains_fold(uri, S("/messages")) ||
                         str_contains_fold(uri, S("/mailFolders")));
    }
    read_token(event, slots, texts, out);
    if (out->kind == ACTIVITY_SIGN_IN && out->outcome == OUTCOME_SUCCESS)
        out->detail = 0; // why it failed: Graph writes "Other." where it did not
}

void activity_begin(const struct event *event, struct activity *out)
{
    *out = (struct activity){.time = event->time,
                             .identity = event->identity,
                             .position = event->position,
                             .issued_at = INSTANT_NONE,
                             .source = (uint8_t)event->source,
                             .count = 1,
                             .logon_type = -1};
}

void activity_read_piece(enum activity_piece piece, const struct event *event,
                         const struct field_slots *slots, struct intern *texts,
                         struct activity *out)
{
    static void (*const readers[PIECE_COUNT])(const struct event *, const struct field_slots *,
                                              struct intern *,
                                              struct activity *) = {[PIECE_WHAT] = read_what,
                                                                    [PIECE_WHO] = read_who,
                                                                    [PIECE_WITH] = read_with,
                                                                    [PIECE_WHERE] = read_where,
                                                                    [PIECE_OWN] = read_own};
    readers[piece](event, slots, texts, out);
}

#define FROM(first, after)                                                                         \
    {                                                                                              \
        offsetof(struct activity, first),                                                          \
            offsetof(struct activity, after) - offsetof(struct activity, first)                    \
    }

static const struct {
    size_t offset, size;
} pieces[PIECE_OWN] = {[PIECE_WHO] = FROM(user, kind),
                       [PIECE_WHAT] = FROM(kind, app),
                       [PIECE_WITH] = FROM(app, session),
                       [PIECE_WHERE] = FROM(session, id_text)};

void activity_piece_get(enum activity_piece piece, const struct activity *from,
                        char out[PIECE_SIZE])
{
    assert(piece < PIECE_OWN && pieces[piece].size <= PIECE_SIZE);
    memcpy(out, (const char *)from + pieces[piece].offset, pieces[piece].size);
}

void activity_piece_put(enum activity_piece piece, const char from[PIECE_SIZE],
                        struct activity *out)
{
    assert(piece < PIECE_OWN);
    memcpy((char *)out + pieces[piece].offset, from, pieces[piece].size);
}

void activity_read(const struct event *event, const struct field_slots *slots, struct intern *texts,
                   struct activity *out)
{
    activity_begin(event, out);
    for (enum activity_piece piece = 0; piece < PIECE_COUNT; piece++)
        activity_read_piece(piece, event, slots, texts, out);
}
