// Which fields the program wants of each source, and where they are found in a record of any
// dialect: one walk over the record fills all wanted slots.
// SPDX-License-Identifier: Apache-2.0
//
// A path is written with dots: "Parameters.ForwardTo". It goes through objects, through arrays (any
// element), through Name/Value bags (Parameters: [{"Name": "ForwardTo", "Value": "x"}] is read both as
// Parameters.Name and as Parameters.ForwardTo), through JSON held in a string, and through keys that
// contain dots themselves.
#ifndef STORMGLASS_EVENT_FIELD_H
#define STORMGLASS_EVENT_FIELD_H

#include "base/arena.h"
#include "event/event.h"

// The typed fields of the schema; rows of field.def.
enum field_id {
#define FIELD(id, name, type, meaning, sigma, ecs) FIELD_##id,
#define PATH(source, id, path)
#include "event/field.def"
#undef FIELD
#undef PATH
    FIELD_COUNT
};

enum field_type { TYPE_TEXT, TYPE_TIME, TYPE_IP, TYPE_GUID, TYPE_USER, TYPE_NUMBER, TYPE_BOOL };

struct field_row {
    const char *name; // Microsoft's name, as in rules and docs
    enum field_type type;
    const char *meaning; // one sentence
    const char *sigma;   // other names Sigma rules use for it, blank-separated
    const char *ecs;     // Elastic Common Schema name, or ""
};
extern const struct field_row field_rows[FIELD_COUNT];

struct field_path_row {
    enum source_id source;
    enum field_id field;
    const char *path;
};
extern const struct field_path_row field_path_rows[];
extern const size_t field_path_row_count;

// ---- plan -------------------------------------------------------------------------------------

#define SLOT_NONE UINT32_MAX
#define FIELD_PATH_DEPTH 12

// The wanted slots of one source. Built at start, then read-only and shared between threads.
struct field_plan;

struct field_plan *field_plan_new(enum source_id source);
void field_plan_free(struct field_plan *plan);

// Slot of a typed field: the same number as the field itself (slots 0..FIELD_COUNT-1 are reserved
// for them); asking marks it wanted.
uint32_t field_plan_want(struct field_plan *plan, enum field_id field);

// Slot of a name as a rule writes it: a typed field (by name, Sigma name or any dialect's path, case
// folded), otherwise that path in the record itself (case folded too; exact in any_json).
uint32_t field_plan_want_name(struct field_plan *plan, struct str name);

// Slot of a name that was wanted (also after finish), or SLOT_NONE.
uint32_t field_plan_find_name(const struct field_plan *plan, struct str name);

// After the last want.
void field_plan_finish(struct field_plan *plan);
uint32_t field_plan_slot_count(const struct field_plan *plan);

// ---- filling ----------------------------------------------------------------------------------

// One value found for a slot. Text is borrowed from the record.
struct field_value {
    struct json json; // the value itself; for containers (object, array of objects) too
    uint32_t next;    // index of the slot's next value + 1, 0 none
};

// Where a slot's values stand: indexes + 1 into values, 0 none; valid when stamp is the generation, otherwise
// nobody has asked for it yet.
struct field_slot {
    uint32_t stamp, first, last;
    bool is_outer; // the record has none: the wrapper was asked
};

#define FIELD_OUTER (UINT64_C(1) << 63) // in pending, and for each slot in lazy: there is a wrapper

#define FIELD_TRACE_LIMIT 48

// The members of the record and its wrapper that were looked at, in this order, by place.
struct field_trace {
    uint16_t places[FIELD_TRACE_LIMIT];
    uint32_t count;
    bool is_partial; // more was looked at
};

// Filled slots of one event; one per thread, reused. A slot is filled when it is asked for.
struct field_slots {
    const struct field_plan *plan;
    struct field_slot *slots;
    uint32_t generation;
    struct json record, outer;
    const struct field_shape *shape; // NULL: all slots are filled
    struct field_shapes *shapes;     // of the records so far
    uint32_t *
        members; // by place: where the record's members, and its wrapper's, have their values on the tape
    uint64_t pending;          // members whose inside has not been looked into: bits as in lazy
    uint64_t outer_pending;    // the same of the wrapper's
    struct field_trace *trace; // NULL: nobody wants to know
    const uint64_t *lazy;      // per slot: the members that it may be found in
    struct field_value *values;
    uint32_t value_count, value_capacity;
    struct json_parser *
        *parsers; // for JSON held in strings: one per nesting, kept until the next fill
    uint32_t parser_count, parser_used;
    struct arena arena; // padded copies of such strings; reset by each fill
};

#define FIELD_VALUE_LIMIT 65536 // values of one event over all slots; more are left out
#define FIELD_PARSER_LIMIT 64   // strings holding JSON descended into per event

void field_slots_init(struct field_slots *slots, const struct field_plan *plan);
void field_slots_done(struct field_slots *slots);

// Takes the event's record (and outer, for paths not found in the record). Both must stay until the next fill.
void field_fill(struct field_slots *slots, const struct event *event);

// Fills the slot.
void field_resolve(const struct field_slots *slots, uint32_t slot);

// Records with the same members in the same order have the same number while it is kept in mind (numbers are not given
// again); 0: not told. What such a record cannot have, by its members, no record of that number has.
uint32_t field_shape_number(const struct field_slots *slots);
bool field_is_possible(const struct field_slots *slots, uint32_t slot);

// Notes from now on in the trace which members of the record's shape are looked at, as if none had been yet. False:
// this cannot be known for the record. Values that were found before stay where they are.
bool field_trace_begin(struct field_slots *slots, struct field_trace *trace);
void field_trace_end(struct field_slots *slots);

// Something else than the slots is being looked at.
static inline void field_trace_all(const struct field_slots *slots)
{
    if (slots->trace)
        slots->trace->is_partial = true;
}

// The value of the member at the place, of a record that has a shape.
struct json field_member(const struct field_slots *slots, uint32_t place);

// First value of a slot, or NULL; go on with field_next.
static inline const struct field_value *field_first(const struct field_slots *slots, uint32_t slot)
{
    const struct field_slot *s = &slots->slots[slot];
    if (s->stamp != slots->generation || slots->pending & slots->lazy[slot])
        field_resolve(slots, slot);
    return s->first ? &slots->values[s->first - 1] : NULL;
}

static inline const struct field_value *field_next(const struct field_slots *slots,
                                                   const struct field_value *value)
{
    return value->next ? &slots->values[value->next - 1] : NULL;
}

// Text of a slot's first value when it is a string, else the empty slice.
static inline struct str field_text(const struct field_slots *slots, uint32_t slot)
{
    const struct field_value *value = field_first(slots, slot);
    return value ? json_str(value->json) : str_of("", 0);
}

// Visits every value that `path` reaches from `from` (slow way: for array elements, explain, group-by
// over wrapped records). Stops when visit gives false.
void field_path_each(struct json from, struct str path, enum source_id source,
                     struct field_slots *scratch, bool (*visit)(struct json value, void *context),
                     void *context);

#endif
