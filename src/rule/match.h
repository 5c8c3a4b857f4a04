// Matching: a set of Sigma rules compiled for every source, and matchers (one per thread) that tell
// which rules an event satisfies.
// SPDX-License-Identifier: Apache-2.0
//
// Rules are found through anchors: each rule needs one of a few texts to stand in one of a few fields
// (many rules: of two sets one each). An event's fields are looked up in hash tables (whole values) and
// searched for needles (parts of values), and only rules whose anchors are in the event are evaluated.
// What a field's text came to is remembered for the events that follow (rule/recall.h), and what all that was
// looked at in an event came to (rule/memo.h).
#ifndef STORMGLASS_RULE_MATCH_H
#define STORMGLASS_RULE_MATCH_H

#include "event/field.h"
#include "rule/sigma.h"

struct rule_program;

// Typed fields that somebody else needs filled along with the rules'.
struct field_wants {
    const enum field_id *fields;
    size_t count;
    void (*also)(struct field_plan *plan); // wants more of them; may be NULL
};

// Compiles every rule of a finished set for the sources its logsource means (rule/logsource.h); sets
// sigma_rule.is_logsource_known. `narrow` (may be NULL) is --logsource; `wants` (may be NULL) has
// SOURCE_COUNT entries. The set must outlive the program.
struct rule_program *rule_compile(struct sigma_set *set, const struct sigma_logsource *narrow,
                                  const struct field_wants *wants);
void rule_program_free(struct rule_program *program);

// The fields a matcher fills for events of this source; the typed fields in it may be read from
// matcher_slots after matcher_fill.
struct field_plan *rule_program_plan(const struct rule_program *program, enum source_id source);

struct matcher;
struct matcher *matcher_new(struct rule_program *program);
void matcher_free(struct matcher *matcher);

// Fills the slots for the event (first step; the source's `finish` needs them) ...
struct field_slots *matcher_fill(struct matcher *matcher, const struct event *event);

// ... then calls `matched` for every rule that the filled event satisfies, in order of the set.
typedef void matcher_matched(const struct sigma_rule *rule, void *context);
void matcher_run(struct matcher *matcher, const struct event *event, matcher_matched *matched,
                 void *context);

// What matcher_fill filled last for the source.
const struct field_slots *matcher_slots(const struct matcher *matcher, enum source_id source);

// Values of a field, as a rule would see them, of the event last filled, e.g. for group-by: the text
// of the first value (numbers and booleans printed), or at == NULL. Owned by the matcher until the
// next fill.
struct str matcher_field_text(struct matcher *matcher, const struct event *event, struct str field);

// Explains one rule on an event (fills it itself): every node of its conditions, depth first, with
// the result and, for items, the texts the event has in that field.
typedef void matcher_visit(const struct sigma_node *node, int depth, bool result,
                           const struct str *values, size_t value_count, void *context);
void matcher_explain(struct matcher *matcher, const struct sigma_rule *rule,
                     const struct event *event, matcher_visit *visit, void *context);

#endif
