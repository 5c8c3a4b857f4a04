// The Microsoft 365 unified audit log: one record for each thing done in Exchange, SharePoint,
// Teams, the directory and others. Source: Office 365 Management Activity API schema
// (learn.microsoft.com/office/office-365-management-api). SPDX-License-Identifier: Apache-2.0
#include "event/derived.h"
#include "event/read.h"
#include "source/clues.h"

static bool recognise(const struct record *record)
{
    if (record_has(record, S("Operation")))
        return record_has(record, S("Workload")) || record_has(record, S("RecordType")) ||
               record_has(record, S("OfficeWorkload"));
    // Search-UnifiedAuditLog's own columns when AuditData is missing.
    if (record_has(record, S("Operations")) && record_has(record, S("UserIds")))
        return true;
    // Graph audit query whose auditData was left out.
    if (record_has(record, S("auditLogRecordType")))
        return true;
    if (record_has(record, S("o365.audit.Operation")))
        return true;
    return record_is_dataset(record, S("o365"), S("audit"));
}

// Microsoft's own accounts: the data centre's system account and services, and support staff of the
// data-centre forests (Administrator@apcprd03.prod.outlook.com).
static bool is_provider_name(struct str user)
{
    return str_starts_fold(user, S("NT AUTHORITY\\")) || str_starts_fold(user, S("NT SERVICE\\")) ||
           str_is(user, "S-1-5-18") || str_ends_fold(user, S(".prod.outlook.com"));
}

static bool is_application_name(struct str user, struct str key)
{
    return str_starts_fold(user, S("ServicePrincipal_")) ||
           str_equal_fold(user, S("app@sharepoint")) || str_starts_fold(key, S("i:0i.t|"));
}

// UserType by its number; names (Log Analytics) are turned into numbers by field_derived.
static int64_t user_type(const struct event *event, const struct field_slots *slots)
{
    int64_t type = -1;
    if (!field_int(slots, FIELD_UserType, &type))
        str_to_int64(field_derived(event, slots, FIELD_UserType), &type);
    return type;
}

// Someone outside the tenant: without an address and a session it is Microsoft's own machinery,
// with them a partner's delegated administrator.
static enum actor_class outsider(const struct field_slots *slots)
{
    bool has_origin =
        field_word(slots, FIELD_ClientIP).len || field_word(slots, FIELD_SessionId).len;
    return has_origin ? ACTOR_PARTNER : ACTOR_PROVIDER;
}

static enum actor_class actor_of(const struct event *event, const struct field_slots *slots)
{
    struct str user = field_word(slots, FIELD_UserId);
    struct str key = field_word(slots, FIELD_UserKey);
    enum {
        REGULAR,
        RESERVED,
        ADMIN,
        DC_ADMIN,
        SYSTEM,
        APPLICATION,
        SERVICE_PRINCIPAL,
        CUSTOM_POLICY,
        SYSTEM_POLICY,
        PARTNER,
        GUEST
    };
    int64_t type = user_type(event, slots);
    if (type == DC_ADMIN || is_provider_name(user))
        return ACTOR_PROVIDER;
    if (type == APPLICATION || type == SERVICE_PRINCIPAL || is_application_name(user, key))
        return ACTOR_APPLICATION;
    if (type == PARTNER)
        return ACTOR_PARTNER;
    if (type == SYSTEM || type == CUSTOM_POLICY || type == SYSTEM_POLICY)
        return ACTOR_SYSTEM;
    if (field_bool(slots, FIELD_ExternalAccess) == 1)
        return outsider(slots);
    if (str_starts_fold(user, S("SHAREPOINT\\")))
        return ACTOR_SYSTEM;
    if (type == REGULAR || type == ADMIN || type == GUEST || is_address(user))
        return ACTOR_PERSON;
    return ACTOR_UNKNOWN;
}

static void finish(struct field_slots *slots, struct event *event)
{
    static const enum field_id times[] = {FIELD_CreationTime, FIELD_TimeGenerated, FIELD_StartTime};
    event->id = field_word(slots, FIELD_Id);
    event->time = first_time(slots, event, times, 3);
    event->actor_of = actor_of;
}

static const enum field_id fields[] = {
    FIELD_Id,       FIELD_CreationTime, FIELD_TimeGenerated,  FIELD_StartTime, FIELD_UserId,
    FIELD_UserType, FIELD_UserKey,      FIELD_ExternalAccess, FIELD_ClientIP,  FIELD_SessionId};

const struct source source_m365_audit = {.id = SOURCE_M365_AUDIT,
                                         .name = "m365_audit",
                                         .recognise = recognise,
                                         .finish = finish,
                                         .fields = fields,
                                         .field_count = sizeof fields / sizeof fields[0]};
