// How an event ended, decided for each kind of record: what "Success" means differs between
// workloads. SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_OUTCOME_H
#define STORMGLASS_EVENT_OUTCOME_H

#include "event/field.h"

enum outcome { OUTCOME_UNKNOWN, OUTCOME_SUCCESS, OUTCOME_FAILURE, OUTCOME_COUNT };
const char *outcome_name(enum outcome outcome); // "unknown", "success", "failure"

// Wants the fields that the outcome is decided by.
void outcome_want(struct field_plan *plan);

// The outcome of an event whose slots are filled. For sign-ins in the audit log ResultStatus is not
// believed: failed ones have carried "Success"; the operation and the error decide.
enum outcome event_outcome(const struct field_slots *slots, const struct event *event);

#endif
