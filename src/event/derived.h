// Values that no record has but that follow from it: who acted, how it ended, the other spelling of
// a number that also has a name.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_DERIVED_H
#define STORMGLASS_EVENT_DERIVED_H

#include "event/field.h"

// Can the field have a derived value, beside those found in the record? ActorClass and Outcome have
// nothing else; Status is the Outcome; ResultType is 0 where the portal writes none; RecordType, UserType and LogonType give the name of a number
// and the number of a name.
bool field_is_derived(enum field_id field);

// Does the derived value follow from the field's own value alone (a number's name, a name's number)?
bool field_is_twin(enum field_id field);

// Wants what deriving the field takes, the field too.
void field_derived_want(struct field_plan *plan, enum field_id field);

// The derived value, or the empty slice. For ActorClass the event must be finished. Constant text.
struct str field_derived(const struct event *event, const struct field_slots *slots,
                         enum field_id field);

#endif
