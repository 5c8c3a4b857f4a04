// Entra directory audit: changes to users, groups, roles, applications, policies.
// Source: Graph resource type directoryAudit; Azure Monitor table AuditLogs.
// SPDX-License-Identifier: Apache-2.0
#include "event/read.h"
#include "source/clues.h"

static bool recognise(const struct record *record)
{
    static const char *const details[] = {"InitiatedBy", "initiatedBy", "TargetResources",
                                          "targetResources", "LoggedByService"};
    static const char *const properties[] = {"initiatedBy", "targetResources",
                                             "activityDisplayName", "loggedByService"};
    static const char *const categories[] = {"AuditLogs"};
    if (record_has(record, S("ActivityDisplayName")) ||
        record_has(record, S("activityDisplayName")))
        return record_has_any(record, details, sizeof details / sizeof details[0]);
    // Diagnostic records; Intune's have the category too, but other properties.
    if (record_has(record, S("properties")))
        return record_has_property(record, properties, sizeof properties / sizeof properties[0]);
    if (is_word(record_category(record), categories, 1))
        return record_has(record, S("OperationName"));
    if (record_has(record, S("Activity")) && record_has(record, S("ActorType"))) // Entra portal
        return true;
    return record_is_dataset(record, S("azure"), S("auditlogs"));
}

static enum actor_class actor_of(const struct field_slots *slots)
{
    if (is_address(field_word(slots, FIELD_UserPrincipalName)))
        return ACTOR_PERSON;
    if (field_word(slots, FIELD_InitiatedByApp).len ||
        field_word(slots, FIELD_ServicePrincipalId).len)
        return ACTOR_APPLICATION;
    return field_word(slots, FIELD_Actor).len ? ACTOR_PERSON : ACTOR_UNKNOWN;
}

static void finish(struct field_slots *slots, struct event *event)
{
    static const enum field_id times[] = {FIELD_ActivityDateTime, FIELD_TimeGenerated};
    event->id = field_word(slots, FIELD_Id);
    event->time = first_time(slots, event, times, 2);
    event->actor = actor_of(slots);
}

static const enum field_id fields[] = {
    FIELD_Id,    FIELD_ActivityDateTime, FIELD_TimeGenerated,     FIELD_UserPrincipalName,
    FIELD_Actor, FIELD_InitiatedByApp,   FIELD_ServicePrincipalId};

const struct source source_entra_audit = {.id = SOURCE_ENTRA_AUDIT,
                                          .name = "entra_audit",
                                          .recognise = recognise,
                                          .finish = finish,
                                          .fields = fields,
                                          .field_count = sizeof fields / sizeof fields[0]};
