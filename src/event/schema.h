// The schema as documentation, and the names that go with it.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_SCHEMA_H
#define STORMGLASS_EVENT_SCHEMA_H

#include "base/buf.h"
#include "event/field.h"

const char *field_type_name(enum field_type type); // "text", "time" ...

// Names of the sources as in report.json (contract.md); source/source.c says the same of its list.
const char *event_source_name(enum source_id source);

// docs/fields.md: every field, its meaning, names and paths.
void field_print_markdown(struct buf *out);

#endif
