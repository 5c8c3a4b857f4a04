// Sources: what the bytes mean. A source recognises its records, and makes events of them.
// SPDX-License-Identifier: Apache-2.0
//
// To add one: write source/<name>.c with a `const struct source source_<name>`, add a line to
// SOURCE_LIST and an enum in event/event.h, give its fields paths in event/field.def, and put a
// golden folder under tests/source/<name>/.
#ifndef STORMGLASS_SOURCE_SOURCE_H
#define STORMGLASS_SOURCE_SOURCE_H

#include "event/event.h"
#include "event/field.h"
#include "source/container.h"

// In order of enum source_id; any_json is last: it takes what no other recognised.
#define SOURCE_LIST(X)                                                                             \
    X(m365_audit)                                                                                  \
    X(entra_signin)                                                                                \
    X(entra_audit)                                                                                 \
    X(graph_activity)                                                                              \
    X(message_trace)                                                                               \
    X(azure_activity)                                                                              \
    X(any_json)

struct source {
    enum source_id id;
    const char *name; // as in report.json
    // Is this record of this kind? Looks at keys only, never at file names.
    bool (*recognise)(const struct record *record);
    // Fills the event's id, time and actor from the slots (after field_fill). What an id is put
    // together from lives in the slots' arena, until the next fill.
    void (*finish)(struct field_slots *slots, struct event *event);
    // Typed fields that `finish` and reports need filled.
    const enum field_id *fields;
    size_t field_count;
};

#define X(name) extern const struct source source_##name;
SOURCE_LIST(X)
#undef X
extern const struct source *const sources[SOURCE_COUNT];
const char *source_name(enum source_id id);

// Remembers which source records of a shape (their keys, and the values that tell sources apart)
// belong to; one per thread.
#define SHAPE_COUNT 256
struct recogniser {
    uint64_t shapes[SHAPE_COUNT]; // 0: none
    enum source_id sources[SHAPE_COUNT];
};
enum source_id recogniser_find(struct recogniser *recogniser, const struct record *record,
                               enum source_id hint);

// Which source a record belongs to. `hint` is the source of the record before it in the same chunk
// (tried first; SOURCE_COUNT for none).
enum source_id source_recognise(const struct record *record, enum source_id hint);

#endif
