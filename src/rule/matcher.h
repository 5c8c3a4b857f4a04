// Private to rule/: the state of a matcher, shared by the files that find candidates, evaluate them and
// run the whole.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_MATCHER_H
#define STORMGLASS_RULE_MATCHER_H

#include "base/map.h"
#include "rule/memo.h"
#include "rule/recall.h"

// Many texts of one item, to be looked for at once: made when the item turns out to be tested often.
struct item_parts {
    struct needles *needles;
    uint32_t tests; // so far; UINT32_MAX: it cannot be made
};

// The indexes of a source that may lead somewhere from records of one shape.
struct shape_indexes {
    uint32_t shape; // field_shape_number; 0: none yet
    uint32_t count;
    uint32_t *at;
};
#define SHAPE_INDEXES 256 // of shapes at a time, a power of two

// Results of one event are valid where the stamp equals the generation.
struct source_matcher {
    struct source_program *sp; // shared: only its needles come later
    struct field_slots slots;
    uint32_t *item_stamp;     // generation << 1 | result
    struct item_parts *parts; // per item
    uint64_t *rule_stamp;     // generation << 2 | sets of anchors met
    uint32_t *candidates;
    uint32_t candidate_count;
    uint32_t generation; // counts up by one; 31 bits used
    struct recall recall;
    struct memo memo;
    struct rule_ids found_rules, found_items; // room for a look-up that is not remembered
    struct shape_indexes *shapes;             // by number
    struct buf texts;                         // event_texts ...
    uint32_t texts_of;                        // ... of this generation
};

struct matcher {
    struct rule_program *program;
    struct map names[SOURCE_COUNT]; // asked for by matcher_field_text -> slot
    struct arena names_arena;
    struct source_matcher sources[SOURCE_COUNT];
    struct arena arena;
    struct buf buf;
    struct field_slots path_scratch; // parsers for slow paths
    struct json_builder derived;     // holds values of derived fields
};

struct evaluation {
    struct matcher *matcher;
    struct source_matcher *sm;
    const struct event *event;
    struct predicate_scope scope;
};

// Values collected for an item inside an element scope.
struct value_list {
    struct json items[256];
    size_t count;
};

// ---- rule/candidate.c -------------------------------------------------------------------------

// Rules worth evaluating for the event go to sm->candidates; items that whole values decide are marked.
void candidates_find(struct evaluation *e);

// ---- rule/evaluate.c --------------------------------------------------------------------------

bool test_holds(struct evaluation *e, const struct test *test);
bool rule_holds(struct evaluation *e, const struct compiled_rule *rule);

// Values that the item is tested against: of its field, in the element at hand or in the event.
void item_values(struct evaluation *e, const struct item *item, struct value_list *list);

// A derived field's value as JSON, or NONE; valid until the next call.
struct json derived_value(struct evaluation *e, uint32_t slot);

// All texts of the event, those of what it was wrapped in too, a zero byte behind each. Keys and numbers
// are not among them. What stands in one of the event's texts stands in this.
struct str event_texts(struct evaluation *e);

#endif
