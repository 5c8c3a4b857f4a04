// Entities of an event: which fields they come from, and their one spelling.
// SPDX-License-Identifier: Apache-2.0
#include "event/entity.h"

#include <assert.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/net.h"
#include "event/outcome.h"
#include "event/read.h"

#define MESSAGE_ENTITY_LIMIT 40 // of one event, so that other kinds find room

const char *entity_kind_name(enum entity_kind kind)
{
    static const char *const names[ENTITY_KIND_COUNT] = {
#define X(id, name) name,
        ENTITY_LIST(X)
#undef X
    };
    assert((unsigned)kind < ENTITY_KIND_COUNT);
    return names[kind];
}

// ---- which fields -----------------------------------------------------------------------------

// How a value becomes an entity's text.
enum spelling {
    SPELL_USER,        // any name of a user, lower case; no bare security identifiers
    SPELL_ADDRESS,     // only what looks like user@domain, lower case
    SPELL_GUID,        // only GUIDs other than zero, lower case
    SPELL_TENANT,      // a GUID, or a text with a tenant's GUID after "/tenants/"
    SPELL_TENANT_PATH, // the latter alone: where a bare GUID is an application's
    SPELL_IP,
    SPELL_NUMBER,
    SPELL_COUNTRY, // two letters, upper case; of "City, State, CC" the last part
    SPELL_SESSION, // GUIDs lower case, other texts as they are
    SPELL_TEXT,
};

struct entity_row {
    enum source_id source;
    enum field_id field;
    enum entity_kind kind;
    enum spelling spelling;
};

// The actor's own fields come first in each kind: the first entity found of a kind is the actor's.
static const struct entity_row rows[] = {
    {SOURCE_M365_AUDIT, FIELD_OrganizationId, ENTITY_TENANT, SPELL_TENANT},
    {SOURCE_M365_AUDIT, FIELD_MailboxOwnerUPN, ENTITY_MAILBOX, SPELL_ADDRESS},
    {SOURCE_M365_AUDIT, FIELD_DestMailboxOwnerUPN, ENTITY_MAILBOX, SPELL_ADDRESS},
    {SOURCE_M365_AUDIT, FIELD_ParameterIdentity, ENTITY_MAILBOX, SPELL_ADDRESS},
    {SOURCE_M365_AUDIT, FIELD_AppId, ENTITY_APP, SPELL_GUID},
    {SOURCE_M365_AUDIT, FIELD_ClientAppId, ENTITY_CLIENT_APP, SPELL_GUID},
    {SOURCE_M365_AUDIT, FIELD_ClientIP, ENTITY_IP, SPELL_IP},
    {SOURCE_M365_AUDIT, FIELD_Country, ENTITY_COUNTRY, SPELL_COUNTRY},
    {SOURCE_M365_AUDIT, FIELD_SessionId, ENTITY_SESSION, SPELL_SESSION},
    {SOURCE_M365_AUDIT, FIELD_UniqueTokenId, ENTITY_TOKEN, SPELL_TEXT},

    {SOURCE_ENTRA_SIGNIN, FIELD_OrganizationId, ENTITY_TENANT, SPELL_TENANT},
    {SOURCE_ENTRA_SIGNIN, FIELD_ResourceId, ENTITY_TENANT, SPELL_TENANT_PATH},
    {SOURCE_ENTRA_SIGNIN, FIELD_HomeTenantId, ENTITY_TENANT, SPELL_TENANT},
    {SOURCE_ENTRA_SIGNIN, FIELD_UserPrincipalName, ENTITY_USER, SPELL_USER},
    {SOURCE_ENTRA_SIGNIN, FIELD_AppId, ENTITY_APP, SPELL_GUID},
    {SOURCE_ENTRA_SIGNIN, FIELD_ClientIP, ENTITY_IP, SPELL_IP},
    {SOURCE_ENTRA_SIGNIN, FIELD_ActorIP, ENTITY_IP, SPELL_IP},
    {SOURCE_ENTRA_SIGNIN, FIELD_ASN, ENTITY_ASN, SPELL_NUMBER},
    {SOURCE_ENTRA_SIGNIN, FIELD_Country, ENTITY_COUNTRY, SPELL_COUNTRY},
    {SOURCE_ENTRA_SIGNIN, FIELD_Location, ENTITY_COUNTRY, SPELL_COUNTRY},
    {SOURCE_ENTRA_SIGNIN, FIELD_SessionId, ENTITY_SESSION, SPELL_SESSION},
    {SOURCE_ENTRA_SIGNIN, FIELD_UniqueTokenId, ENTITY_TOKEN, SPELL_TEXT},

    {SOURCE_ENTRA_AUDIT, FIELD_OrganizationId, ENTITY_TENANT, SPELL_TENANT},
    {SOURCE_ENTRA_AUDIT, FIELD_UserPrincipalName, ENTITY_USER, SPELL_ADDRESS},
    {SOURCE_ENTRA_AUDIT, FIELD_TargetUser, ENTITY_USER, SPELL_ADDRESS},
    {SOURCE_ENTRA_AUDIT, FIELD_AppId, ENTITY_APP, SPELL_GUID},
    {SOURCE_ENTRA_AUDIT, FIELD_ClientIP, ENTITY_IP, SPELL_IP},

    {SOURCE_GRAPH_ACTIVITY, FIELD_OrganizationId, ENTITY_TENANT, SPELL_TENANT},
    {SOURCE_GRAPH_ACTIVITY, FIELD_UserId, ENTITY_USER, SPELL_USER},
    {SOURCE_GRAPH_ACTIVITY, FIELD_AppId, ENTITY_APP, SPELL_GUID},
    {SOURCE_GRAPH_ACTIVITY, FIELD_ClientIP, ENTITY_IP, SPELL_IP},
    {SOURCE_GRAPH_ACTIVITY, FIELD_SessionId, ENTITY_SESSION, SPELL_SESSION},
    {SOURCE_GRAPH_ACTIVITY, FIELD_UniqueTokenId, ENTITY_TOKEN, SPELL_TEXT},

    {SOURCE_MESSAGE_TRACE, FIELD_OrganizationId, ENTITY_TENANT, SPELL_TENANT},
    {SOURCE_MESSAGE_TRACE, FIELD_SenderAddress, ENTITY_USER, SPELL_ADDRESS},
    {SOURCE_MESSAGE_TRACE, FIELD_RecipientAddress, ENTITY_MAILBOX, SPELL_ADDRESS},
    {SOURCE_MESSAGE_TRACE, FIELD_ClientIP, ENTITY_IP, SPELL_IP},

    {SOURCE_AZURE_ACTIVITY, FIELD_OrganizationId, ENTITY_TENANT, SPELL_TENANT},
    {SOURCE_AZURE_ACTIVITY, FIELD_UserPrincipalName, ENTITY_USER, SPELL_ADDRESS},
    {SOURCE_AZURE_ACTIVITY, FIELD_AppId, ENTITY_APP, SPELL_GUID},
    {SOURCE_AZURE_ACTIVITY, FIELD_ClientIP, ENTITY_IP, SPELL_IP},

    {SOURCE_ANY_JSON, FIELD_UserPrincipalName, ENTITY_USER, SPELL_USER},
    {SOURCE_ANY_JSON, FIELD_ClientIP, ENTITY_IP, SPELL_IP},
    {SOURCE_ANY_JSON, FIELD_Country, ENTITY_COUNTRY, SPELL_COUNTRY},
    {SOURCE_ANY_JSON, FIELD_Computer, ENTITY_SERVICE, SPELL_TEXT},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

void entity_want(struct field_plan *plan)
{
    // Beside the rows: what special cases below look at.
    static const enum field_id others[] = {
        FIELD_Id,         FIELD_UserId,        FIELD_RecordType,     FIELD_Workload,
        FIELD_Operation,  FIELD_ObjectId,      FIELD_AlertEntityId,  FIELD_RuleName,
        FIELD_ResultType, FIELD_ParameterName, FIELD_ParameterValue, FIELD_InternetMessageId};
    for (int i = 0; i < ROWS; i++)
        field_plan_want(plan, rows[i].field);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        field_plan_want(plan, others[i]);
    outcome_want(plan);
}

// ---- spelling ---------------------------------------------------------------------------------

static struct str lower(struct arena *arena, struct str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = ascii_lower(text.at[i]);
    return str_of(copy, text.len);
}

static bool is_address(struct str text)
{
    size_t at = str_index(text, '@');
    return at > 0 && at + 1 < text.len && str_index(text, ' ') == text.len &&
           str_index(text, '/') == text.len;
}

static bool is_security_identifier(struct str text)
{
    return text.len > 4 && str_starts_fold(text, S("S-1-"));
}

// Empty when the text is no GUID or only zeros, which stand for "no application".
static struct str guid_spelling(struct arena *arena, struct str text)
{
    uint8_t guid[16];
    uint8_t any = 0;
    if (!guid_parse(text, guid))
        return S("");
    for (int i = 0; i < 16; i++)
        any |= guid[i];
    if (!any)
        return S("");
    char printed[37];
    guid_print(guid, printed);
    return arena_copy(arena, str_of(printed, 36));
}

static struct str tenant_spelling(struct arena *arena, struct str text)
{
    static const struct str label = STR("/tenants/");
    if (str_starts_fold(text, label) && text.len >= label.len + 36)
        text = str_of(text.at + label.len, 36);
    return guid_spelling(arena, text);
}

// Loopback and unspecified addresses say nothing about where someone was.
static struct str ip_spelling(struct arena *arena, struct str text)
{
    struct ip ip;
    char printed[IP_SIZE];
    if (!ip_parse(text, &ip))
        return S("");
    struct str canonical = str_from(ip_print(&ip, printed));
    if (str_is(canonical, "::1") || str_is(canonical, "::") || str_is(canonical, "0.0.0.0") ||
        str_starts(canonical, S("127.")))
        return S("");
    return arena_copy(arena, canonical);
}

static struct str country_spelling(struct arena *arena, struct str text)
{
    struct str rest = text;
    while (rest.at)
        text = str_cut(&rest, ',');
    text = str_trim(text);
    if (text.len != 2 ||
        !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", text.at[0]))
        return S("");
    char *copy = arena_alloc(arena, 3);
    for (int i = 0; i < 2; i++)
        copy[i] = text.at[i] >= 'a' && text.at[i] <= 'z' ? (char)(text.at[i] & ~0x20) : text.at[i];
    return str_of(copy, 2);
}

// AADSessionId and Exchange's SessionId are one GUID in different cases; other sessions keep
// theirs.
static struct str session_spelling(struct arena *arena, struct str text)
{
    uint8_t guid[16];
    return guid_parse(text, guid) ? guid_spelling(arena, text) : arena_copy(arena, text);
}

static struct str spell(struct arena *arena, struct str text, enum spelling spelling)
{
    text = str_trim(text);
    if (text_is_blank(text))
        return S("");
    switch (spelling) {
    case SPELL_USER:
        return is_security_identifier(text) ? S("") : lower(arena, text);
    case SPELL_ADDRESS:
        return is_address(text) ? lower(arena, text) : S("");
    case SPELL_GUID:
        return guid_spelling(arena, text);
    case SPELL_TENANT:
        return tenant_spelling(arena, text);
    case SPELL_TENANT_PATH:
        return str_starts_fold(text, S("/tenants/")) ? tenant_spelling(arena, text) : S("");
    case SPELL_IP:
        return ip_spelling(arena, text);
    case SPELL_NUMBER: {
        int64_t number;
        return str_to_int64(text, &number) && number > 0 ? arena_copy(arena, text) : S("");
    }
    case SPELL_COUNTRY:
        return country_spelling(arena, text);
    case SPELL_SESSION:
        return session_spelling(arena, text);
    case SPELL_TEXT:
        return arena_copy(arena, text);
    }
    return S("");
}

// ---- collecting -------------------------------------------------------------------------------

static bool list_has(const struct entity_list *list, enum entity_kind kind, struct str text)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].kind == kind && str_equal(list->items[i].text, text))
            return true;
    return false;
}

static void add(struct entity_list *list, enum entity_kind kind, struct str text)
{
    if (text.len && list->count < ENTITY_LIMIT && !list_has(list, kind, text))
        list->items[list->count++] = (struct entity){kind, text};
}

static struct str value_text(struct arena *arena, struct json value)
{
    enum json_type type = json_type(value);
    if (type == JSON_INT || type == JSON_UINT)
        return arena_print(arena, "%lld", (long long)json_int(value));
    return json_str(value);
}

struct collecting {
    const struct event *event;
    const struct field_slots *slots;
    struct arena *arena;
    struct entity_list *out;
};

static void add_field(struct collecting *c, enum field_id field, enum entity_kind kind,
                      enum spelling spelling)
{
    for (const struct field_value *v = field_first(c->slots, field); v;
         v = field_next(c->slots, v)) {
        if (c->out->count >= ENTITY_LIMIT)
            return;
        add(c->out, kind, spell(c->arena, value_text(c->arena, v->json), spelling));
    }
}

// Who did it; a system actor of the tenant ("SecurityComplianceAlerts") is no user.
static void add_audit_user(struct collecting *c)
{
    bool is_system = event_actor(c->event, c->slots) == ACTOR_SYSTEM;
    add_field(c, FIELD_UserId, ENTITY_USER, is_system ? SPELL_ADDRESS : SPELL_USER);
}

// A directory record's object is who was changed, an alert's whom it is about, an Exchange
// command's the mailbox it was run on.
static void add_audit_object(struct collecting *c)
{
    struct str workload = field_word(c->slots, FIELD_Workload);
    if (str_equal_fold(workload, S("Exchange")))
        add_field(c, FIELD_ObjectId, ENTITY_MAILBOX, SPELL_ADDRESS);
    if (str_equal_fold(workload, S("AzureActiveDirectory")) ||
        str_equal_fold(workload, S("SecurityComplianceCenter")))
        add_field(c, FIELD_ObjectId, ENTITY_USER, SPELL_ADDRESS);
    add_field(c, FIELD_AlertEntityId, ENTITY_USER, SPELL_ADDRESS);
}

// Value of the parameter Name of an admin command: {"Name": "Name", "Value": "x"} among the others,
// or {"Name": "x"} alone where an export made an object of them.
static struct str named_parameter(const struct field_slots *slots)
{
    const struct field_value *name = field_first(slots, FIELD_ParameterName);
    const struct field_value *value = field_first(slots, FIELD_ParameterValue);
    if (name && !value)
        return json_str(name->json);
    for (; name && value; name = field_next(slots, name), value = field_next(slots, value))
        if (str_is(json_str(name->json), "Name"))
            return json_str(value->json);
    return S("");
}

// Inbox and transport rules: the name that was given, else the last part of the object
// ("...\mailbox\rule").
static void add_audit_rule(struct collecting *c)
{
    struct str operation = field_word(c->slots, FIELD_Operation);
    if (!str_ends_fold(operation, S("InboxRule")) && !str_ends_fold(operation, S("InboxRules")) &&
        !str_ends_fold(operation, S("TransportRule")))
        return;
    struct str name = str_trim(named_parameter(c->slots));
    if (!name.len)
        name = field_word(c->slots, FIELD_RuleName);
    if (!name.len) {
        struct str rest = field_word(c->slots, FIELD_ObjectId);
        while (rest.at)
            name = str_cut(&rest, '\\');
    }
    add(c->out, ENTITY_RULE, arena_copy(c->arena, name));
}

// The token that a sign-in's answer carried is named by the request (uti = request id).
static void add_request_token(struct collecting *c, enum field_id request)
{
    uint8_t guid[16];
    char uti[23];
    if (!guid_parse(field_word(c->slots, request), guid))
        return;
    guid_to_uti(guid, uti);
    add(c->out, ENTITY_TOKEN, arena_copy(c->arena, str_of(uti, 22)));
}

// Sign-ins written into the audit log (record type 15): the record's Id is the request id.
static bool is_audit_signin(const struct field_slots *slots)
{
    int64_t type = 0;
    return (field_int(slots, FIELD_RecordType, &type) && type == 15) ||
           str_equal_fold(field_word(slots, FIELD_RecordType), S("AzureActiveDirectoryStsLogon"));
}

static void add_token(struct collecting *c)
{
    if (field_word(c->slots, FIELD_UniqueTokenId).len)
        return; // the record names it
    if (event_outcome(c->slots, c->event) == OUTCOME_FAILURE)
        return; // none was issued
    if (c->event->source == SOURCE_M365_AUDIT && is_audit_signin(c->slots))
        add_request_token(c, FIELD_Id);
    // Risk detections have an Id of their own and no result.
    if (c->event->source == SOURCE_ENTRA_SIGNIN && field_first(c->slots, FIELD_ResultType))
        add_request_token(c, FIELD_Id);
}

static void add_messages(struct collecting *c)
{
    size_t left = MESSAGE_ENTITY_LIMIT;
    const struct field_value *v = field_first(c->slots, FIELD_InternetMessageId);
    for (; v && left && c->out->count < ENTITY_LIMIT; v = field_next(c->slots, v)) {
        size_t before = c->out->count;
        add(c->out, ENTITY_MESSAGE, spell(c->arena, json_str(v->json), SPELL_TEXT));
        left -= c->out->count - before;
    }
}

static void add_special(struct collecting *c)
{
    if (c->event->source == SOURCE_M365_AUDIT) {
        add_audit_user(c);
        add_audit_object(c);
        add_audit_rule(c);
    }
    // Graph activity and sign-ins without a name still have an object id.
    bool is_unnamed = c->event->source == SOURCE_ENTRA_SIGNIN &&
                      !field_word(c->slots, FIELD_UserPrincipalName).len;
    if (is_unnamed)
        add_field(c, FIELD_UserId, ENTITY_USER, SPELL_GUID);
    add_token(c);
    add_messages(c);
}

static int compare(const void *left, const void *right)
{
    const struct entity *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return str_compare(a->text, b->text);
}

static const enum entity_kind actor_kinds[] = {ENTITY_USER, ENTITY_MAILBOX, ENTITY_APP, ENTITY_IP};
enum { ACTOR_KINDS = sizeof actor_kinds / sizeof actor_kinds[0] };

static bool is_actor_kind(enum entity_kind kind)
{
    for (int i = 0; i < ACTOR_KINDS; i++)
        if (actor_kinds[i] == kind)
            return true;
    return false;
}

// Sorts by kind and text, then moves the first found of each kind an actor may be to the front of
// its kind, where entity_actor looks.
static void sort(struct entity_list *list)
{
    struct str first[ENTITY_KIND_COUNT] = {{0}};
    for (size_t i = list->count; i-- > 0;)
        first[list->items[i].kind] = list->items[i].text;
    qsort(list->items, list->count, sizeof list->items[0], compare);
    for (size_t i = 0, start = 0; i < list->count; i++) {
        struct entity item = list->items[i];
        if (i == 0 || list->items[i - 1].kind != item.kind)
            start = i;
        if (i == start || !is_actor_kind(item.kind) || !str_equal(item.text, first[item.kind]))
            continue;
        memmove(&list->items[start + 1], &list->items[start], (i - start) * sizeof item);
        list->items[start] = item;
    }
}

void entity_collect(const struct event *event, const struct field_slots *slots, struct arena *arena,
                    struct entity_list *out)
{
    struct collecting c = {event, slots, arena, out};
    out->count = 0;
    for (int i = 0; i < ROWS; i++)
        if (rows[i].source == event->source)
            add_field(&c, rows[i].field, rows[i].kind, rows[i].spelling);
    add_special(&c);
    sort(out);
}

const struct entity *entity_actor(const struct entity_list *list)
{
    for (int k = 0; k < ACTOR_KINDS; k++)
        for (size_t i = 0; i < list->count; i++)
            if (list->items[i].kind == actor_kinds[k])
                return &list->items[i];
    return NULL;
}

// ---- sketches ---------------------------------------------------------------------------------

static const struct {
    enum field_id field;
    enum entity_kind kind;
} sketch_rows[] = {
    {FIELD_UserPrincipalName, ENTITY_USER},  {FIELD_UserId, ENTITY_USER},
    {FIELD_MailboxOwnerUPN, ENTITY_MAILBOX}, {FIELD_AppId, ENTITY_APP},
    {FIELD_ClientAppId, ENTITY_CLIENT_APP},  {FIELD_ClientIP, ENTITY_IP},
    {FIELD_SessionId, ENTITY_SESSION},
};

void entity_sketch(const struct event *event, const struct field_slots *slots,
                   struct entity_list *out)
{
    (void)event;
    bool has_user = false;
    out->count = 0;
    for (size_t i = 0; i < sizeof sketch_rows / sizeof sketch_rows[0]; i++) {
        bool is_user = sketch_rows[i].kind == ENTITY_USER;
        struct str text = field_text(slots, (uint32_t)sketch_rows[i].field);
        if (!text.len || (is_user && has_user))
            continue;
        has_user = has_user || is_user;
        out->items[out->count++] = (struct entity){sketch_rows[i].kind, text};
    }
}

void entity_spell(struct entity_list *list, struct arena *arena)
{
    static const enum spelling spellings[ENTITY_KIND_COUNT] = {
        [ENTITY_USER] = SPELL_USER, [ENTITY_MAILBOX] = SPELL_ADDRESS,
        [ENTITY_APP] = SPELL_GUID,  [ENTITY_CLIENT_APP] = SPELL_GUID,
        [ENTITY_IP] = SPELL_IP,     [ENTITY_SESSION] = SPELL_SESSION,
    };
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct entity entity = list->items[i];
        entity.text = spell(arena, entity.text, spellings[entity.kind]);
        if (entity.text.len)
            list->items[kept++] = entity;
    }
    list->count = kept;
    sort(list);
}
