// What a scope is made of; for scope.c (which fills it) and scope_write.c (which writes it out).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INCIDENT_SCOPE_PARTS_H
#define STORMGLASS_INCIDENT_SCOPE_PARTS_H

#include "base/map.h"
#include "incident/scope.h"

// One mail access of the attacker's.
struct access {
    uint64_t identity;
    int64_t time;
    uint32_t incident, mailbox; // number; symbol
    uint32_t count;
    bool is_sync;
};

struct message {
    uint32_t incident, mailbox;
    struct str id; // InternetMessageId
    struct incident_message said;
};

struct folder {
    uint32_t incident, mailbox;
    struct incident_presumed said;
};

// What the attacker did in one mailbox.
struct reached {
    uint32_t incident, mailbox;
    uint64_t accesses, operations, messages; // binds' OperationCount; messages named
    int64_t first, last;
};

// A session or address that the attacker came to use beside those that findings name.
struct trail {
    enum entity_kind kind;
    uint32_t symbol, incident;
};

#define TRAIL_LIMIT ((uint32_t)1 << 16)

struct scope {
    const struct knowledge *knowledge;
    const struct linker *linker;
    struct incident_list *incidents;
    struct arena arena;
    struct trail *trails;
    uint32_t trail_count, trail_capacity;
    uint32_t *trail_slots; // by (kind, symbol): trail + 1
    uint32_t trail_mask;
    bool has_news; // since the last scope_trace_end
    struct access *accesses;
    size_t access_count, access_capacity;
    bool is_sealed; // accesses are sorted by identity
    bool *inputs;   // that hold accesses
    size_t input_count;
    struct message *messages;
    size_t message_count, message_capacity;
    struct map message_keys; // incident, mailbox and id -> message
    struct map unknown_ids; // InternetMessageId -> the first message with it; subject not known yet
    struct folder *folders;
    size_t folder_count, folder_capacity;
    struct reached *reached;
    size_t reached_count, reached_capacity;
    struct map reached_keys;
};

#endif
