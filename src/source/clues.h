// What sources look at to recognise their records: keys, and the name of the log they came from.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SOURCE_CLUES_H
#define STORMGLASS_SOURCE_CLUES_H

#include "source/source.h"

// Is there a member of this key, whatever its value?
static inline bool record_has(const struct record *record, struct str key)
{
    return json_type(json_find(record->value, key)) != JSON_NONE;
}

// Is there a member of one of the keys?
bool record_has_any(const struct record *record, const char *const *keys, size_t count);

// Does the object `properties` of a diagnostic record have one of the keys?
bool record_has_property(const struct record *record, const char *const *keys, size_t count);

// Diagnostic category or table: as the wrapper says, else the record's own "category", "Category",
// "$table" or "Type". Empty when there is none.
struct str record_category(const struct record *record);

// Is the text one of the words, case folded?
bool is_word(struct str text, const char *const *words, size_t count);

// Elastic's data set ("azure.signinlogs"), from event.dataset, data_stream.dataset or the object
// azure.<set>; `set` is the last part.
bool record_is_dataset(const struct record *record, struct str group, struct str set);

// First time of the fields, in their order.
int64_t first_time(const struct field_slots *slots, const struct event *event,
                   const enum field_id *fields, size_t count);

// Looks like user@domain or a GUID.
bool is_address(struct str text);
bool is_guid(struct str text);

#endif
