// Names of what an event carries.
// SPDX-License-Identifier: Apache-2.0
#include "event/event.h"

#include <assert.h>

#include "event/schema.h"

const char *actor_class_name(enum actor_class actor)
{
    static const char *const names[ACTOR_CLASS_COUNT] = {
        [ACTOR_UNKNOWN] = "unknown",   [ACTOR_PERSON] = "person",
        [ACTOR_PROVIDER] = "provider", [ACTOR_APPLICATION] = "application",
        [ACTOR_PARTNER] = "partner",   [ACTOR_SYSTEM] = "system"};
    assert((unsigned)actor < ACTOR_CLASS_COUNT);
    return names[actor];
}

const char *event_source_name(enum source_id source)
{
    static const char *const names[SOURCE_COUNT] = {[SOURCE_M365_AUDIT] = "m365_audit",
                                                    [SOURCE_ENTRA_SIGNIN] = "entra_signin",
                                                    [SOURCE_ENTRA_AUDIT] = "entra_audit",
                                                    [SOURCE_GRAPH_ACTIVITY] = "graph_activity",
                                                    [SOURCE_MESSAGE_TRACE] = "message_trace",
                                                    [SOURCE_AZURE_ACTIVITY] = "azure_activity",
                                                    [SOURCE_ANY_JSON] = "any_json"};
    assert((unsigned)source < SOURCE_COUNT);
    return names[source];
}
