// Private to rule/: which rules records came to, by what was looked at to find out. One memo per matcher and source.
// SPDX-License-Identifier: Apache-2.0
//
// Why it is exact: while an event is matched, the members of its record (and wrapper) that are looked at are noted in
// their order (event/field.h, field_trace). Which member is looked at next, and in the end which rules hold, depends on
// nothing but the record's shape and the values seen so far. So the values seen lead through a tree, and a record that
// comes to a leaf of it would be looked at in the same way with the same result. Values are compared as a whole, never
// by a hash alone. Forgetting anything at any time costs time and nothing else; so do all the limits below.
//
// A member that has too many values, or too long ones, closes the way: records that come there are matched as if there
// were no memo. Where few records come to a leaf, their shape rests for a while.
#ifndef STORMGLASS_RULE_MEMO_H
#define STORMGLASS_RULE_MEMO_H

#include "base/arena.h"
#include "base/rest.h"
#include "event/field.h"

#define MEMO_SHAPES 2048                    // remembered at a time, a power of two
#define MEMO_MEMORY_LIMIT ((size_t)4 << 20) // bytes; beyond, all is forgotten and learned anew
#define MEMO_VALUES 32                      // of one member in one place of the tree
#define MEMO_TEXT_LIMIT 512                 // bytes of texts in a value
#define MEMO_WORDS 64                       // of a value on the tape
#define MEMO_ROUND 512                      // after so many records a shape is judged ...
#define MEMO_HITS_LEAST 128                 // ... by how many of them came to a leaf
#define MEMO_REST_FIRST 1024                // records passed over after a bad round; doubled with
#define MEMO_REST_MOST 65536                // each bad round up to this

struct memo_node;

struct memo_shape {
    uint32_t shape; // field_shape_number; 0: none yet
    // What is known of the actor besides the record's members.
    enum actor_class actor;
    enum actor_class (*actor_of)(const struct event *event, const struct field_slots *slots);
    struct memo_node *root;
    struct rest rest; // of records
};

struct memo {
    struct arena arena;
    struct memo_shape *shapes; // by number and actor
};

void memo_init(struct memo *memo);
void memo_done(struct memo *memo);

// The rules that hold for the event, by number and in order.
struct memo_rules {
    const uint32_t *at;
    uint32_t count;
};

// What the event comes to, or NULL: it must be matched; *is_worth then says whether to keep what it comes to. Valid
// until the next memo_keep. The slots are filled with the event.
const struct memo_rules *memo_find(struct memo *memo, const struct field_slots *slots,
                                   const struct event *event, bool *is_worth);

// Keeps what the event came to, for which the trace was noted.
void memo_keep(struct memo *memo, const struct field_slots *slots, const struct event *event,
               const struct field_trace *trace, struct memo_rules rules);

#endif
