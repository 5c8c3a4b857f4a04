// Single records made into events outside a scan: for `explain` and for the cases of rules.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_SAMPLE_H
#define STORMGLASS_ENGINE_SAMPLE_H

#include "rule/match.h"
#include "source/source.h"

// rule_compile with the fields that sources need to finish events.
struct rule_program *sample_compile(struct sigma_set *set, const struct sigma_logsource *narrow);

// Makes the event of a record and fills the matcher with it, so that matcher_run can follow. `source`
// SOURCE_COUNT: recognised. The event borrows the record.
void sample_event(struct matcher *matcher, const struct record *record, enum source_id source,
                  struct event *out);

// Reads every record of a file, a folder or "-" in order and visits its event; `where` is
// "input@offset". Ends when visit gives false. False and `error` when a path cannot be read; *unread
// counts the pieces passed over.
typedef bool sample_visit(const struct event *event, struct str where, void *context);
bool sample_each(struct matcher *matcher, struct str path, sample_visit *visit, void *context,
                 uint64_t *unread, struct error *error);

#endif
