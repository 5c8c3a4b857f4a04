// Reading typed values out of filled slots, whatever their spelling: "True" and true, "50126" and
// 50126. SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_READ_H
#define STORMGLASS_EVENT_READ_H

#include "event/field.h"

// First value that is a text with something in it (white space around it cut off), else empty.
struct str field_word(const struct field_slots *slots, enum field_id field);

// First value that is a whole number or a text of one. False when there is none.
bool field_int(const struct field_slots *slots, enum field_id field, int64_t *out);

// 1 true, 0 false, -1 neither: of true/false, "True"/"TRUE"/"false", 1/0.
int field_bool(const struct field_slots *slots, enum field_id field);

// A value that reads as a time (base/instant.h): text in any spelling, or a number; else
// INSTANT_NONE.
int64_t json_time(struct json value, bool is_day_first);

// First value that reads as a time, else INSTANT_NONE.
int64_t field_time(const struct field_slots *slots, enum field_id field, bool is_day_first);

// True for the texts that stand for nothing: "", "null", "None", "N/A", "Not Available", "Unknown",
// "-", "System.Object[]".
bool text_is_blank(struct str text);

#endif
