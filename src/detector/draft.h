// Drafts: the events and entities of a finding while a detector gathers them. Bounded like findings are:
// the earliest FINDING_EVENT_LIMIT events are listed, all are counted.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_DRAFT_H
#define STORMGLASS_DETECTOR_DRAFT_H

#include "detector/finding.h"
#include "event/activity.h"

struct draft;
struct draft *draft_new(void);
void draft_free(struct draft *draft);

// An event that the finding rests on: its record id ("@" and its position when it has none), and its
// entities (user, mailbox, applications, address, session, token, country).
void draft_add(struct draft *draft, const struct activity *activity, const struct intern *texts);
// An event that only gives context: listed, but its entities are not the attacker's.
void draft_add_context(struct draft *draft, const struct activity *activity,
                       const struct intern *texts);
// An entity beside those.
void draft_add_entity(struct draft *draft, enum entity_kind kind, struct str text);

uint64_t draft_count(const struct draft *draft); // events added, copies too
int64_t draft_first(const struct draft *draft);
int64_t draft_last(const struct draft *draft);

// Moves `from` into `into`; `from` is freed.
void draft_merge(struct draft *into, struct draft *from);

// Makes a finding of it: everything but detector, title, severity, confidence and statement. The draft
// holds nothing after it.
void draft_finish(struct draft *draft, struct arena *arena, struct finding *out);

#endif
