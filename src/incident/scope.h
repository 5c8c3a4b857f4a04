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

void scope_see(struct scope *scope, const struct activity *activity);

// Whether records of an input, and this very record, are to be read again.
bool scope_wants_input(const struct scope *scope, uint32_t input);
bool scope_wants(struct scope *scope, uint64_t identity);
// Positions of the wanted records, in ascending order. Borrowed.
const uint64_t *scope_positions(struct scope *scope, size_t *count);
void scope_record(struct scope *scope, const struct event *event);

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
