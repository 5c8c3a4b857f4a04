// Records for tests: JSON text made an event of its source, and an event described as text.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_SUPPORT_SAMPLE_H
#define STORMGLASS_TESTS_SUPPORT_SAMPLE_H

#include "event/entity.h"
#include "source/source.h"

// A record, recognised, filled with every typed field and finished. Owns all it points to.
struct sample {
    struct json_parser *parser;
    char *bytes;
    struct record record;
    struct field_plan *plan;
    struct field_slots slots;
    struct event event;
    struct arena arena;
    struct entity_list entities;
};

// Makes the sample of a JSON text: the record itself, or {"$outer": {...}, "$record": {...}}. Ends
// the program with a message when the text is no JSON.
void sample_init(struct sample *sample, struct str text);
void sample_done(struct sample *sample);

// What is to be known of the event: source, id, time, actor, outcome, entities, typed fields.
void sample_describe(struct sample *sample, struct buf *out);

// Whole file as text; empty and false when it cannot be read. Free with buf_done.
bool file_read(const char *path, struct buf *out);

#endif
