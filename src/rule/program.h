// Private to rule/: how compiled rules look. One source_program for each kind of log.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_PROGRAM_H
#define STORMGLASS_RULE_PROGRAM_H

#include <stdatomic.h>

#include "base/regex.h"
#include "rule/logsource.h"
#include "rule/match.h"
#include "rule/needle.h"

// ---- tests ------------------------------------------------------------------------------------

enum pattern_shape {
    PATTERN_ANY, // "*": any value
    PATTERN_EXACT,
    PATTERN_PREFIX,
    PATTERN_SUFFIX,
    PATTERN_CONTAINS,
    PATTERN_GLOB
};

// One alternative of an item, ready to be tested against a value.
struct predicate {
    const struct sigma_value *value;
    enum pattern_shape shape;
    bool is_cased;
    struct str literal; // of EXACT..CONTAINS: ASCII lower case unless cased; a number as printed
    struct regex *regex;
    uint32_t slot; // FIELD: the other field
    bool is_loose; // not among the texts that item_needles_new looks for
};

// One field against its values; shared by all rules that ask the same.
struct item {
    const struct sigma_node *node;
    struct str field;
    uint32_t slot;        // SLOT_NONE for keywords and for items inside element scopes
    bool is_derived;      // the field may have a derived value too
    bool is_numbers_only; // every value is a number
    bool is_plain_number; // numbers only, one of them is enough
    bool is_simple;       // patterns only, one of them is enough, nothing derived
    bool is_of_text;      // asks for nothing but the one value, when that is a text
    uint32_t place;       // among those items of its slot that are
    bool is_indexed; // its values are in the slot's exact index: holds if and only if found there
    struct predicate *predicates;
    size_t count;
    // Texts looked for inside the field by predicates that are not is_loose: worth looking for all at
    // once from ITEM_PARTS_LEAST on.
    uint32_t part_count;
};

// The tree of a condition, with items by number.
struct test {
    enum sigma_node_kind kind;
    const struct sigma_node *origin;
    uint32_t item;
    uint32_t slot;          // of the array, for element scopes
    struct test **children; // as written
    struct test **ordered;  // the cheapest to test first
    size_t count, needed;
    unsigned cost;
};

// The conditions of a rule as one walk: a test, and which step follows when it holds and when it does
// not.
struct step {
    const struct test *tree; // other than an item: counts, element scopes
    uint32_t item;
    uint32_t yes, no; // step numbers, or how the walk ends
};
#define STEP_NO (UINT32_MAX - 1)
#define STEP_YES UINT32_MAX

struct compiled_rule {
    const struct sigma_rule *rule;
    struct test **conditions;
    size_t count;
    const struct step *steps;
    uint32_t first_step;
    enum logsource_part part;
    bool has_second; // a second set of anchors must be met too
};

// ---- anchors ----------------------------------------------------------------------------------

enum anchor_kind { ANCHOR_EXACT, ANCHOR_PART, ANCHOR_PRESENT };

#define ANCHOR_MARK(rule, is_second) ((rule) << 1 | (uint32_t)(is_second))

#define ANCHOR_EXACT_LIMIT 128 // longer whole values are anchored by a part

// Numbers of rules or items. Where anchors lead to rules, a number is ANCHOR_MARK of the rule and of the
// set of anchors that was met.
struct rule_ids {
    uint32_t *at;
    uint32_t count, capacity;
};

struct exact_entry {
    uint64_t hash;   // of the text, 0 empty place
    struct str text; // lower case
    struct rule_ids rules;
    struct rule_ids items; // indexed items that hold when the value is this
};

// What leads from the values of one slot to rules.
struct slot_index {
    uint32_t slot;   // SLOT_NONE: the whole event (keywords)
    bool is_derived; // the field may have a derived value too ...
    bool is_twin;    // ... that follows from its own value alone
    struct exact_entry *exact;
    uint32_t exact_mask, exact_count;
    size_t longest_exact;
    // Texts to stand inside the value, lower case; rules by their number.
    struct str *part_texts;
    struct rule_ids *part_rules;
    uint32_t part_count;
    // Finds them; made when first needed, by whichever thread comes first.
    _Atomic(struct needles *) needles;
    struct rule_ids present;
};

struct source_program {
    enum source_id source;
    struct field_plan *plan;
    struct item *items;
    uint32_t item_count, item_capacity;
    struct compiled_rule *rules;
    uint32_t rule_count, rule_capacity;
    struct slot_index *indexes;
    uint32_t index_count, index_capacity;
    uint32_t *index_slots; // of each index the slot that must have a value; SLOT_NONE: always asked
    struct rule_ids always;
    uint32_t workload_slot, record_type_slot; // for logsource parts
    bool has_parts;                           // some rule wants only a part of the source
    uint32_t *text_items;                     // per slot: how many items are is_of_text
};

struct rule_program {
    const struct sigma_set *set;
    struct arena arena;
    struct source_program sources[SOURCE_COUNT];
    struct regex **regexes;
    size_t regex_count, regex_capacity;
};

#define ITEM_PARTS_LEAST 6   // fewer texts are looked for one by one ...
#define ITEM_PARTS_AFTER 200 // ... and more, until the item was tested this often by a matcher

// The longest stretch of a pattern without wildcards.
struct str pattern_literal(const struct sigma_pattern *pattern);

// rule/anchor.c: can the text be part of a number or boolean as it is printed?
bool literal_is_in_number(struct str literal);

// rule/regex_literal.c: a text, lower case (ASCII), that stands in every text the regular expression
// matches, letters folded; empty when none is known. Lives in the arena.
struct str regex_literal(struct arena *arena, const struct sigma_value *value);

// Lower-case ASCII copy.
struct str lower_copy(struct arena *arena, struct str text);

// Hash of a value's text as exact anchors know it; `lower` is already lower case.
uint64_t anchor_hash(struct str lower);

// rule/steps.c: makes the steps of the rule's conditions, which live in the arena.
void steps_compile(struct arena *arena, struct compiled_rule *rule);

// rule/index.c: builds the indexes from each rule's anchors.
void anchors_build(struct rule_program *program, struct source_program *sp);
void anchors_free(struct source_program *sp);

// Finds the texts of an index that has some; made at the first call.
const struct needles *index_needles(struct slot_index *index);

// rule/predicate.c: does the value satisfy the predicate? `other` gives field values for FIELD and
// PLACEHOLDER.
struct predicate_scope {
    const struct field_slots *slots;
    const struct event *event;
    struct arena *arena; // scratch
    struct buf *buf;     // scratch
    struct json element; // inside an element scope: fields are relative to it
    struct field_slots *scratch;
};
bool predicate_test(const struct predicate *predicate, struct json value,
                    struct predicate_scope *scope);
// Text of a value as patterns see it: strings as they are, numbers and booleans printed, containers
// as JSON; at == NULL for null. Lives in scope->arena or the record.
struct str value_text(struct json value, struct predicate_scope *scope);
bool text_matches(const struct predicate *predicate, struct str text);

#endif
