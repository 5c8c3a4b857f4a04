// For tests: rules from text, events from text, and which rules match.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_SUPPORT_RULES_H
#define STORMGLASS_TESTS_SUPPORT_RULES_H

#include "rule/match.h"
#include "rule/sigma.h"

// Rules compiled from text, with a matcher.
struct rule_bed {
    struct sigma_set set;
    struct rule_program *program;
    struct matcher *matcher;
};

// Reads and compiles; problems stay in set.problems.
void rule_bed_init(struct rule_bed *rules, struct str text);
void rule_bed_done(struct rule_bed *rules);

// How many rules the event (JSON text, of the source) satisfies; titles are appended to `titles`
// (may be NULL), separated by '|'.
size_t rule_bed_count(struct rule_bed *rules, enum source_id source, struct str event,
                      struct buf *titles);

// A file of the shared data, whole, with JSON_PADDING behind; NULL when there is none. From
// $STORMGLASS_SHARED or ../shared/data. To be freed.
char *shared_file(const char *name, size_t *size);

#endif
