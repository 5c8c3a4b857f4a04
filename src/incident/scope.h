// Scope: which messages an incident's attacker read: proved, presumed, unknown. In four looks:
//   scope_trace   every activity in order of time, some times over: what else the attacker used
//   scope_see     every activity in order of time: which accesses are the attacker's
//   scope_record  those records again, whole: the messages and folders they name
//   scope_join    other mail records: subjects and senders of these messages
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INCIDENT_SCOPE_H
#define STORMGLASS_INCIDENT_SCOPE_H

#include "event/event.h"
#include "incident/link.h"

// Accesses kept over all incidents; beyond it they are counted but their messages are not listed.
#define SCOPE_ACCESS_LIMIT ((size_t)1 << 20)

struct scope;
// All borrowed until scope_free; `incidents` gets the result.
struct scope *scope_new(const struct knowledge *knowledge, const struct linker *linker,
                        struct incident_list *incidents);
void scope_free(struct scope *scope);

// Follows the attacker: a session that came through their address, an address that their session came
// through, where it is strange for the person; and the time they were there. All activities in order of
// time; true from scope_trace_end: something new was found, once more may find more (at most
// SCOPE_TRACES times).
#define SCOPE_TRACES 4
void scope_trace(struct scope *scope, const struct activity *activity);
bool scope_trace_end(struct scope *scope);

// Takes an access that is the attacker's. Gives how many incidents' attacker did this, which are written to
// `numbers`: of anything that names a thing of theirs, of sign-ins that failed too.
#define SCOPE_NUMBERS 64
uint32_t scope_see(struct scope *scope, const struct activity *activity,
                   uint32_t numbers[SCOPE_NUMBERS]);

// Whether records of an input, and this very record, are to be read again.
bool scope_wants_input(const struct scope *scope, uint32_t input);
bool scope_wants(struct scope *scope, uint64_t identity);
// Positions of the wanted records, in ascending order. Borrowed.
const uint64_t *scope_positions(struct scope *scope, size_t *count);
void scope_record(struct scope *scope, const struct event *event);

// What a record of an access names. Sync: folders, as `folder` of the items; else messages.
struct scope_item {
    struct str id, subject, folder; // id: InternetMessageId
    uint64_t bytes;
};
struct scope_items {
    struct scope_item *items;
    size_t count, capacity;
};
// Adds what the record of an access names to `out`, whose texts are the event's.
void scope_read(const struct event *event, bool is_sync, struct scope_items *out);

struct scope_reading {
    uint64_t identity; // of the record
    struct str record; // its Id
    bool is_sync;
    const struct scope_item *items;
    size_t count;
};
// What other records say of a message.
struct scope_found {
    struct str id, subject, sender;
};
// False when a record's slots (filled with what scope_want wants) say nothing of a single message.
bool scope_read_found(const struct field_slots *slots, struct scope_found *out);

// For runs whose inputs do not hold all records (position POSITION_KEPT): what was read of the attackers'
// accesses is handed out to be kept, borrowed for the call, with the time of the access or of the message's first
// read ...
struct scope_keeper {
    void (*reading)(void *context, int64_t time, const struct scope_reading *reading);
    void (*found)(void *context, int64_t time, const struct scope_found *found);
    void *context;
};
void scope_keep(struct scope *scope, const struct scope_keeper *keeper);
// ... and comes back here: readings before the inputs are read again, what was found after the last record. The
// texts are copied.
void scope_again(struct scope *scope, const struct scope_reading *reading);
void scope_add_found(struct scope *scope, const struct scope_found *text);
// Whether some record of an earlier run between the times is still wanted, so that an input of that time is.
bool scope_wants_time(struct scope *scope, int64_t first, int64_t last);
// Whether there is any such record: scope_positions has none of theirs.
bool scope_has_missing(const struct scope *scope);

// Whether there are messages whose subjects are not known yet.
bool scope_wants_join(const struct scope *scope);
// The InternetMessageIds of the messages, each at least once.
void scope_each_id(const struct scope *scope, void (*visit)(struct str id, void *context),
                   void *context);
// Whether the text of records may name one of these messages: false only when it does not.
bool scope_wants_text(struct scope *scope, struct str text);
void scope_join(struct scope *scope, const struct field_slots *slots);
// Wants the fields that scope_join reads.
void scope_want(struct field_plan *plan);

// Writes mailboxes, messages and bounds into the incidents.
void scope_finish(struct scope *scope);

#endif
