// Entities: whom and what an event is about, in the kinds and spellings of contract.md (ENTITIES).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_ENTITY_H
#define STORMGLASS_EVENT_ENTITY_H

#include "event/field.h"

// In the order in which reports list them.
#define ENTITY_LIST(X)                                                                             \
    X(TENANT, "tenant")                                                                            \
    X(USER, "user")                                                                                \
    X(MAILBOX, "mailbox")                                                                          \
    X(APP, "app")                                                                                  \
    X(CLIENT_APP, "client_app")                                                                    \
    X(IP, "ip")                                                                                    \
    X(ASN, "asn")                                                                                  \
    X(COUNTRY, "country")                                                                          \
    X(SESSION, "session")                                                                          \
    X(TOKEN, "token")                                                                              \
    X(MESSAGE, "message")                                                                          \
    X(RULE, "rule")                                                                                \
    X(SERVICE, "service")

enum entity_kind {
#define X(id, name) ENTITY_##id,
    ENTITY_LIST(X)
#undef X
        ENTITY_KIND_COUNT
};
const char *entity_kind_name(enum entity_kind kind);

struct entity {
    enum entity_kind kind;
    struct str text; // addresses and GUIDs lower case, ip without port, brackets, ::ffff:
};

#define ENTITY_LIMIT 64 // entities of one event; more are left out

struct entity_list {
    struct entity items[ENTITY_LIMIT];
    size_t count;
};

// Wants the fields that entities come from (for the plan used on matched records).
void entity_want(struct field_plan *plan);

// Collects the entities of an event whose slots are filled; text is owned by the arena. Sorted by
// kind, then text, but for the actor's own (who did it, from where), which stands first of its
// kind; no duplicates.
void entity_collect(const struct event *event, const struct field_slots *slots, struct arena *arena,
                    struct entity_list *out);

// A few of them (user, mailbox, apps, address, session) as they are written in the record, borrowed
// from it: cheap, for events of which most will come to nothing. entity_spell makes them what
// entity_collect gives.
void entity_sketch(const struct event *event, const struct field_slots *slots,
                   struct entity_list *out);
void entity_spell(struct entity_list *list, struct arena *arena);

// The entity that findings are grouped by: first present of user, mailbox, app, ip; NULL if none.
const struct entity *entity_actor(const struct entity_list *list);

#endif
