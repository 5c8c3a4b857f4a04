// Private to rule/: anchors, the few texts of which one must stand in an event before a rule is worth
// evaluating.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_ANCHOR_H
#define STORMGLASS_RULE_ANCHOR_H

#include "rule/program.h"

struct anchor {
    uint32_t slot; // SLOT_NONE: anywhere in the event
    enum anchor_kind kind;
    struct str text; // EXACT, PART: lower case
};

// Any one of these must be met. score: how rarely that happens, higher is rarer.
struct anchor_set {
    struct anchor *items;
    size_t count, capacity;
    int score;
    bool is_possible; // false: the test can hold without any anchor
};

// The rarest anchors of a rule. The texts live in the arena, the array is the caller's to free.
struct anchor_set anchors_first(struct arena *arena, const struct source_program *sp,
                                const struct compiled_rule *rule);

// A second set that must be met too, or one without anchors. It costs a look-up, so it comes only from
// fields that have an index when this is called.
struct anchor_set anchors_second(struct arena *arena, const struct source_program *sp,
                                 const struct compiled_rule *rule);

#endif
