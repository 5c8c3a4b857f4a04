// Azure activity: operations on subscriptions and resources through Azure Resource Manager.
// Source: Azure Monitor table AzureActivity, REST eventtypes/management, diagnostic records.
// SPDX-License-Identifier: Apache-2.0
#include "event/read.h"
#include "source/clues.h"

static bool is_subscription(struct str resource)
{
    return str_starts_fold(resource, S("/subscriptions/"));
}

static bool recognise(const struct record *record)
{
    static const char *const names[] = {"OperationName", "OperationNameValue", "operationName"};
    static const char *const proofs[] = {"EventDataId",           "eventDataId",
                                         "ResourceProviderValue", "ResourceProvider",
                                         "ActivityStatusValue",   "ActivityStatus"};
    static const char *const callers[] = {"Caller", "CallerIpAddress", "caller"};
    if (record_has(record, S("Operation")))
        return false;
    if (record_has_any(record, names, 3)) {
        if (record_has_any(record, callers, 3))
            return record_has_any(record, proofs, sizeof proofs / sizeof proofs[0]);
        struct str resource = json_str(json_find(record->value, S("resourceId")));
        return is_subscription(resource);
    }
    return record_is_dataset(record, S("azure"), S("activitylogs"));
}

static void finish(struct field_slots *slots, struct event *event)
{
    event->id = field_word(slots, FIELD_Id);
    event->time = field_time(slots, FIELD_TimeGenerated, event->is_day_first);
    struct str caller = field_word(slots, FIELD_Caller);
    if (is_address(caller))
        event->actor = ACTOR_PERSON;
    else
        event->actor = is_guid(caller) ? ACTOR_APPLICATION : ACTOR_UNKNOWN;
}

static const enum field_id fields[] = {FIELD_Id, FIELD_TimeGenerated, FIELD_Caller};

const struct source source_azure_activity = {.id = SOURCE_AZURE_ACTIVITY,
                                             .name = "azure_activity",
                                             .recognise = recognise,
                                             .finish = finish,
                                             .fields = fields,
                                             .field_count = sizeof fields / sizeof fields[0]};
