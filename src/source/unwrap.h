// Unwrapping: from what an export tool or a SIEM put around a record to what the provider wrote.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SOURCE_UNWRAP_H
#define STORMGLASS_SOURCE_UNWRAP_H

#include "source/container.h"

// Owns what unwrapped values stand in. One for each reader.
struct unwrapper {
    struct json_parser *parser; // of JSON found in text
    struct json_builder built;  // of records put together from dotted names
    struct buf text, repaired;
};

void unwrapper_init(struct unwrapper *unwrapper);
void unwrapper_done(struct unwrapper *unwrapper);

// Parses a text of any kind of memory (copied, so that padding stands behind it). Bytes that are no
// UTF-8 become U+FFFD rather than cost the record.
bool unwrap_parse(struct unwrapper *unwrapper, struct json_parser *parser, struct str text,
                  struct json *out, const char **why);
// The same where JSON_PADDING bytes behind the text are readable: copies only to repair.
bool unwrap_parse_padded(struct unwrapper *unwrapper, struct json_parser *parser, struct str text,
                         struct json *out, const char **why);

// Fills value, outer and category of the record from a parsed object. False and *why when what is
// inside cannot be read.
bool unwrap_record(struct unwrapper *unwrapper, struct json object, struct record *record,
                   const char **why);

// Whether a value may be copied a few levels deep into another without passing JSON_DEPTH_LIMIT.
bool unwrap_is_shallow(struct json value);

// Constant text of a known diagnostic category or Log Analytics table ("SignInLogs"), or NULL.
const char *category_find(struct str name);

// Why a value that is no object is no record; constant text.
const char *why_no_record(enum json_type type);

#endif
