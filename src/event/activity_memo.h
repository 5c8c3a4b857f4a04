// What activities have in common is read once. Most records say again what was done, who did it, or with what program
// from where and in which session, as one of the records before; only the few things that are a record's own are new.
// SPDX-License-Identifier: Apache-2.0
//
// Why it is exact: such a piece of an activity follows from the values of some members (event/activity_part.h). Which
// members those are is noted while it is read (field_trace), for each shape of records the union of them. Records of one
// shape that have the same values in all these members would be looked at in the same way with the same result. Values
// are compared as a whole, never by a hash alone. Forgetting anything at any time costs time and nothing else; so do all
// the limits below.
#ifndef STORMGLASS_EVENT_ACTIVITY_MEMO_H
#define STORMGLASS_EVENT_ACTIVITY_MEMO_H

#include "event/activity.h"

#define ACTIVITY_MEMO_MEMORY_LIMIT                                                                 \
    ((size_t)6 << 20)           // bytes; beyond, all is forgotten; more do not fit into caches
#define ACTIVITY_MEMO_WORDS 320 // of eight bytes, of the values of a record

// One per reading thread and table of texts.
struct activity_memo;
struct activity_memo *activity_memo_new(void);
void activity_memo_free(struct activity_memo *memo);

// The event that will be read next. What is known lies far away in memory and is sent for in two steps: after the first
// where it is, after the second what it is; each takes as long as some hundred instructions. The memo must have been
// asked with the same slots before. After expecting, only the slots' values may change, not their event.
void activity_memo_expect(struct activity_memo *memo, const struct event *event,
                          const struct field_slots *slots);
void activity_memo_fetch(const struct activity_memo *memo);

// Does what activity_read does, for the event that is expected. The memo must have been asked with the same texts
// before, which must keep their symbols.
void activity_memo_read(struct activity_memo *memo, const struct event *event,
                        struct field_slots *slots, struct intern *texts, struct activity *out);

// How many pieces of activities were known: what the memo is good for.
uint64_t activity_memo_hits(const struct activity_memo *memo);

#endif
