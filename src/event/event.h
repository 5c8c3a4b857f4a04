// An event: one record of a log as its source understood it. Everything in it is borrowed from the
// chunk being read and dies with the next record.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_EVENT_H
#define STORMGLASS_EVENT_EVENT_H

#include "base/instant.h"
#include "base/json.h"

// Kinds of logs (contract.md: report.json "sources"). The order is that of source/source.h's list.
enum source_id {
    SOURCE_M365_AUDIT,
    SOURCE_ENTRA_SIGNIN,
    SOURCE_ENTRA_AUDIT,
    SOURCE_GRAPH_ACTIVITY,
    SOURCE_MESSAGE_TRACE,
    SOURCE_AZURE_ACTIVITY,
    SOURCE_ANY_JSON,
    SOURCE_COUNT
};

// Who acted (m365_audit's derived field ActorClass), from UserType, UserKey, UserId, ExternalAccess
// and ClientIP: domain facts in source/m365_audit.c.
enum actor_class {
    ACTOR_UNKNOWN,
    ACTOR_PERSON,
    ACTOR_PROVIDER, // Microsoft's own data-centre actors
    ACTOR_APPLICATION,
    ACTOR_PARTNER, // delegated administration from another tenant
    ACTOR_SYSTEM,  // the tenant's own system and policy actors
    ACTOR_CLASS_COUNT
};
const char *actor_class_name(enum actor_class actor); // "person" ...

struct field_slots;

// The position of records that earlier runs read (docs/state.md): behind all inputs of this one.
#define POSITION_KEPT (UINT64_C(0xfffff) << 44)

struct event {
    enum source_id source;
    struct json record; // the provider's record, unwrapped
    struct json outer;  // what it was wrapped in (CSV row, Graph query, diagnostic record), or none
    bool is_day_first;  // slashed dates of its input are day first (container.is_day_first)
    int64_t time;       // INSTANT_NONE: unknown
    struct str id;      // the record's own Id; empty: none
    uint64_t identity;  // hash of the Id or, without one, of the record's bytes
    uint64_t position;  // input number << 44 | offset in the input: where it was read
    // Who acted: ask event_actor. Where it takes effort it is found out when asked, by actor_of.
    enum actor_class actor;
    enum actor_class (*actor_of)(const struct event *event, const struct field_slots *slots);
};

// Who acted. The slots are those the event was filled into, or others with the source's own fields.
static inline enum actor_class event_actor(const struct event *event,
                                           const struct field_slots *slots)
{
    return event->actor_of ? event->actor_of(event, slots) : event->actor;
}

#endif
