// Where records stand that name one message: what looking back needs to find a message's subject and sender
// without reading everything again. Kept by each worker while it reads; eight bytes a record.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_MESSAGE_LOG_H
#define STORMGLASS_ENGINE_MESSAGE_LOG_H

#include "event/field.h"

#define MESSAGE_LOG_LIMIT ((size_t)1 << 23) // records of one log; beyond it nothing can be told

struct message_log_input {
    uint32_t input;
    size_t first; // record of the log
};

// A zeroed struct is an empty log.
struct message_log {
    uint64_t *records; // place in the input, and a tag of the message's id
    size_t count, capacity;
    struct message_log_input *inputs; // stretches of records of one input
    size_t input_count, input_capacity;
    bool is_full;
};

void message_log_done(struct message_log *log);

// Wants the field that message_log_add reads.
void message_log_want(struct field_plan *plan);
// Adds the record when it names a message, and no second one: others say nothing sure of any. `position` as in
// event.position.
void message_log_add(struct message_log *log, const struct field_slots *slots, uint64_t position);

// Ids whose records are looked for.
struct message_tags {
    uint64_t *bits; // NULL: none
};
void message_tags_add(struct message_tags *tags, struct str id);
void message_tags_done(struct message_tags *tags);

// Positions of the records that may name one of the ids, in ascending order; the caller's to free. False where
// a log could not hold all records.
bool message_log_find(const struct message_log *const *logs, size_t log_count,
                      const struct message_tags *tags, uint64_t **positions, size_t *count);

#endif
