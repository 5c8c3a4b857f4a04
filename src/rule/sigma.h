// Sigma rules as read: YAML documents turned into trees with every modifier applied and every name
// resolved, ready to be compiled (rule/compile.h). A sigma_set owns all it holds in its arena.
// Source: Sigma rules, correlation and filter specifications 2.1 (SigmaHQ/sigma-specification).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_SIGMA_H
#define STORMGLASS_RULE_SIGMA_H

#include "base/arena.h"
#include "base/error.h"
#include "base/instant.h"
#include "base/map.h"
#include "base/net.h"

// ---- values -----------------------------------------------------------------------------------

// A text pattern with wildcards. Escapes are resolved and contains/startswith/endswith have put their
// wildcards: `text` has the literal bytes; where wild[i] is '*' or '?' the byte i is that wildcard
// and not a literal. wild == NULL: all literal. Adjacent '*' are merged. In a VALUE_PLACEHOLDER the
// two percent signs around a name have wild[i] == '%'; any other percent sign is a literal.
struct sigma_pattern {
    struct str text;
    const char *wild;
};

enum sigma_value_kind {
    VALUE_PATTERN,     // pattern, matched against the whole value
    VALUE_NUMBER,      // equals number; a text value that spells the same number matches too
    VALUE_BOOL,        // true/false; the texts "true"/"false" match too (case folded)
    VALUE_NULL,        // the field is absent, null or (YAML null) has no value
    VALUE_REGEX,       // regex source and flags (base/regex.h), unanchored
    VALUE_CIDR,        // address in prefix
    VALUE_EXISTS,      // boolean: the field is there (even if null or empty) or not
    VALUE_COMPARE,     // number compared with `compare`
    VALUE_FIELD,       // fieldref: equals (or starts with ...) the value of field `text`
    VALUE_PLACEHOLDER, // expand with a %name% that no placeholder file defines: pattern whose
                       // %name% parts are replaced with the event's own fields at match time
    VALUE_TIME_PART,   // minute/hour/... of a time compared with number
};

enum sigma_compare { COMPARE_EQ, COMPARE_LT, COMPARE_LTE, COMPARE_GT, COMPARE_GTE, COMPARE_NEQ };
enum sigma_time_part { PART_MINUTE, PART_HOUR, PART_DAY, PART_WEEK, PART_MONTH, PART_YEAR };
enum sigma_shape { SHAPE_EQUALS, SHAPE_STARTS, SHAPE_ENDS, SHAPE_CONTAINS };

struct sigma_value {
    enum sigma_value_kind kind;
    struct sigma_pattern pattern; // PATTERN, PLACEHOLDER
    struct str text;              // REGEX source, FIELD name; for others the value as written
    double number;                // NUMBER, COMPARE, TIME_PART
    bool boolean;                 // BOOL, EXISTS
    unsigned regex_flags;
    struct ip_prefix prefix;
    enum sigma_compare compare; // COMPARE, TIME_PART
    enum sigma_time_part part;
    enum sigma_shape shape; // FIELD
};

// ---- trees ------------------------------------------------------------------------------------

enum sigma_node_kind {
    NODE_TRUE, // all of (nothing): vacuous truth
    NODE_FALSE,
    NODE_ITEM,        // one field (or keywords) against values
    NODE_AND,         // children
    NODE_OR,          // children
    NODE_NOT,         // one child
    NODE_AT_LEAST,    // at least `count` of the children
    NODE_ANY_ELEMENT, // field[any]: one element of the array at `field` satisfies the child, whose
    NODE_ALL_ELEMENTS // item fields are relative to the element; [all]: every element, and there is one
};

struct sigma_node {
    enum sigma_node_kind kind;
    struct str name; // selection identifier when this is the root of a named selection, else empty
    int line, column;
    struct sigma_node **children;
    size_t count; // of children; NODE_AT_LEAST's needed count is in `needed`
    size_t needed;
    // NODE_ITEM:
    // As written, without modifiers. Empty for keywords and, with is_keyword false inside an element
    // scope, for the element itself ("Field[any]: text", "Field[all]|startswith: text").
    struct str field;
    struct sigma_value *values;
    size_t value_count;
    bool is_all; // every value must match (some value of the field each), else one of them
    bool is_cased;
    bool is_negated; // neq: true when the field is there and none of the values matches
    bool is_keyword; // matched unanchored against every text value (and number) of the event
};

// ---- rules ------------------------------------------------------------------------------------

enum sigma_level { LEVEL_INFO, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL };
const char *sigma_level_name(enum sigma_level level); // "info" ... "critical" (contract.md)
// Reads "informational" and "info" too. False for anything else.
bool sigma_level_parse(struct str text, enum sigma_level *out);

struct sigma_logsource {
    struct str product, service, category; // lower case; empty: not given
};

struct sigma_rule {
    uint32_t index;  // position in the set
    struct str path; // file as given
    int line;        // of its document
    struct str title, id, name, status, description, author, date;
    enum sigma_level level;
    struct str *tags;
    size_t tag_count;
    struct str *references, *false_positives, *investigation;
    size_t reference_count, false_positive_count, investigation_count;
    struct sigma_logsource logsource;
    // Several conditions are alternatives (any may match). Filters are already ANDed in.
    struct sigma_node **conditions;
    struct str *condition_texts;
    size_t condition_count;
    // Referenced by a correlation whose generate is false: gives no findings of its own.
    bool is_silent;
    bool is_logsource_known; // filled by the caller that routes (rule/logsource.h)
};

enum correlation_type {
    CORRELATION_EVENT_COUNT,
    CORRELATION_VALUE_COUNT,
    CORRELATION_TEMPORAL,
    CORRELATION_TEMPORAL_ORDERED,
    CORRELATION_VALUE_SUM,
    CORRELATION_VALUE_AVG,
    CORRELATION_VALUE_PERCENTILE,
    CORRELATION_VALUE_MEDIAN
};
enum correlation_window { WINDOW_SLIDING, WINDOW_TUMBLING, WINDOW_SESSION };

struct correlation_test { // all of a correlation's tests must hold
    enum sigma_compare compare;
    double number;
};

// A rule or correlation that a correlation refers to.
struct correlation_source {
    bool is_correlation;
    uint32_t index; // into sigma_set.rules or .correlations
};

struct correlation_alias {
    struct str name;    // as used in group-by
    struct str *fields; // one per source (same order); empty: the source has none
};

struct sigma_correlation {
    uint32_t index;
    struct str path;
    int line;
    struct str title, id, name, status, description, author, date;
    enum sigma_level level;
    struct str *tags;
    size_t tag_count;
    struct str *references, *false_positives, *investigation;
    size_t reference_count, false_positive_count, investigation_count;
    enum correlation_type type;
    enum correlation_window window;
    struct correlation_source *sources;
    size_t source_count;
    struct str *group_by;
    size_t group_by_count;
    struct correlation_alias *aliases;
    size_t alias_count;
    int64_t timespan, gap; // microseconds; gap for sessions (0: the timespan)
    struct correlation_test *tests;
    size_t test_count;
    struct str *fields; // condition.field (one, or a list for value_count: the tuple)
    size_t field_count;
    double percentile; // 0..100 for value_percentile (default 50)
    // Extended temporal condition ("a and (b or not c)"): a tree whose NODE_ITEMs carry the index of
    // the source in `needed`; NULL when not used.
    struct sigma_node *condition;
    bool is_generate;
    bool is_silent; // referenced by another correlation whose generate is false
};

// ---- sets -------------------------------------------------------------------------------------

// Something to tell the author of a rule.
struct sigma_problem {
    struct str path;
    int line, column;
    bool is_error;   // the document is not used; otherwise a warning
    struct str text; // "unknown modifier 'contians'; did you mean 'contains'?"
};

struct sigma_set {
    struct arena arena;
    struct sigma_rule **rules;
    size_t rule_count, rule_capacity;
    struct sigma_correlation **correlations;
    size_t correlation_count, correlation_capacity;
    struct sigma_problem *problems; // in order of path, line
    size_t problem_count, problem_capacity;
    size_t document_count; // documents read, refused ones too
    void *reading;         // private to sigma.c until sigma_finish
};

void sigma_set_init(struct sigma_set *set);
void sigma_set_done(struct sigma_set *set);

// Placeholder values for |expand: one value a line of the text (blank lines and # comments passed
// over). To be called before the rules are read.
void sigma_set_placeholder(struct sigma_set *set, struct str name, struct str text);

// Reads every document of one file's text: detections, correlations, filters, `action: global`,
// `action: repeat`, `action: reset`. A refused document becomes a problem; the others are kept.
void sigma_read(struct sigma_set *set, struct str path, struct str text);

// What to keep: rules outside are left out before names are resolved (correlations pull in what they
// refer to). All lists may be empty.
struct sigma_narrow {
    enum sigma_level least_level;
    struct str *statuses; // keep only these
    size_t status_count;
    struct str *tags; // keep only rules with one of these tags (exact, or prefix "attack.t1114")
    size_t tag_count;
    struct str *excluded_ids;
    size_t excluded_count;
};

// After the last file: resolves correlations' references and filters, marks silent rules, sorts rules
// by (path, line) so that order of reading does not matter, and gives duplicates of an id a warning
// (the first in that order is kept). `narrow` may be NULL.
void sigma_finish(struct sigma_set *set, const struct sigma_narrow *narrow);

#endif
