// Pairs of a name and a value, as records list parameters and properties: an array of
// {"Name": "ForwardTo", "Value": "x"}, an object {"ForwardTo": "x"} that an export made of it, or either as
// JSON in a text. Names and values read as two lists of their own do not stay in step: a value can be
// missing, be a list, or stand in the list of names because its own name is "Name".
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_PAIR_H
#define STORMGLASS_EVENT_PAIR_H

#include "event/field.h"

// `text` is the value when it is a text, "True" or "False" when it is a boolean, of a list its first text,
// otherwise empty. Borrowed until the next fill.
typedef void (*pair_visit)(struct str name, struct str text, void *context);

// Visits the pairs of a wanted field that holds such lists (Parameters, ModifiedProperties,
// OperationProperties), in the order of the record; of changed properties the new value.
void pair_each(const struct field_slots *slots, enum field_id field, pair_visit visit,
               void *context);

#endif
