// Microsoft Graph activity: every HTTP request to Graph in the tenant.
// Source: Azure Monitor table MicrosoftGraphActivityLogs; Defender table GraphAPIAuditEvents.
// SPDX-License-Identifier: Apache-2.0
#include "event/read.h"
#include "source/clues.h"

static bool recognise(const struct record *record)
{
    static const char *const categories[] = {"MicrosoftGraphActivityLogs", "GraphAPIAuditEvents"};
    static const char *const proofs[] = {"properties", "RequestUri", "requestUri"};
    if (record_has(record, S("RequestUri")) || record_has(record, S("requestUri")))
        return record_has(record, S("RequestMethod")) || record_has(record, S("requestMethod"));
    if (is_word(record_category(record), categories, 2))
        return record_has_any(record, proofs, 3);
    return record_is_dataset(record, S("azure"), S("graphactivitylogs"));
}

static void finish(struct field_slots *slots, struct event *event)
{
    static const enum field_id times[] = {FIELD_CreationTime, FIELD_TimeGenerated};
    event->id = field_word(slots, FIELD_Id);
    event->time = first_time(slots, event, times, 2);
    if (!text_is_blank(field_word(slots, FIELD_UserId)))
        event->actor = ACTOR_PERSON;
    else if (field_word(slots, FIELD_ServicePrincipalId).len || field_word(slots, FIELD_AppId).len)
        event->actor = ACTOR_APPLICATION;
    else
        event->actor = ACTOR_UNKNOWN;
}

static const enum field_id fields[] = {FIELD_Id,     FIELD_CreationTime,       FIELD_TimeGenerated,
                                       FIELD_UserId, FIELD_ServicePrincipalId, FIELD_AppId};

const struct source source_graph_activity = {.id = SOURCE_GRAPH_ACTIVITY,
                                             .name = "graph_activity",
                                             .recognise = recognise,
                                             .finish = finish,
                                             .fields = fields,
                                             .field_count = sizeof fields / sizeof fields[0]};
