// Looking back: inputs read again for the records that turned out to matter. One thread, no rules.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_LOOK_BACK_H
#define STORMGLASS_ENGINE_LOOK_BACK_H

#include "engine/scan.h"
#include "event/event.h"
#include "event/field.h"
#include "input/input.h"
#include "source/container.h"

struct look_back {
    const struct scan_options *options;
    // The sorted list of paths as the scan walked them (a folder may have changed since); and by path of it the number
    // that its first input had in the scan, and one more at the end.
    const struct input_list *list;
    const uint32_t *first_inputs;
    // Whether an input (a file or archive member) is to be read at all.
    bool (*wants_input)(void *context, uint32_t input);
    // The inputs as the scan found them, by number.
    const struct scan_input *inputs;
    // Where wanted records begin (event.position), in ascending order. NULL: not known, anywhere.
    const uint64_t *positions;
    size_t position_count;
    // Without positions: whether a stretch of an input's text may hold anything wanted; what does not is not
    // parsed. May be NULL: everything may.
    bool (*wants_text)(void *context, struct str text);
    // A record of it: identity, position, id and time are set as the scan did.
    void (*visit)(void *context, const struct event *event, const struct field_slots *slots);
    // The same with the bytes it was read from, for whoever wants these: called instead, unless NULL.
    void (*visit_bytes)(void *context, const struct event *event, const struct chunk *chunk,
                        const struct record *record);
    void (*want)(struct field_plan *plan); // more fields for the slots; may be NULL
    // Inputs [from, to), some of them wanted, could not be read again. May be NULL.
    void (*miss)(void *context, uint32_t from, uint32_t to, const char *why);
    void *context;
};

// The first of `count` ascending positions that is not before `position`; `count` when none is.
size_t look_back_from(const uint64_t *positions, size_t count, uint64_t position);

// Where positions are given, other records may be visited too, and a record more than once.
// Gives how many wanted inputs could not be read again (standard input; files that are gone).
size_t look_back_run(const struct look_back *look);

#endif
