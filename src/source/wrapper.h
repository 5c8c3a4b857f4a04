// Wrappers: objects that only carry the records, such as {"value":[...]} and {"records":[...]}.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SOURCE_WRAPPER_H
#define STORMGLASS_SOURCE_WRAPPER_H

#include "base/json.h"

// A member that decides must begin within this many bytes of the wrapper's start.
#define WRAPPER_LOOK_LIMIT ((size_t)1 << 16)

enum wrapper_look {
    WRAPPER_NONE,  // no wrapper: a record
    WRAPPER_ARRAY, // *at is at the '[' of the array of records
    WRAPPER_END,   // *at is behind the wrapper's last '}'
    WRAPPER_MORE,  // the bytes do not tell yet
};

enum wrapper_strictness {
    WRAPPER_KNOWN, // members before the array must be ones that such wrappers have
    WRAPPER_ANY,   // any members may stand before an array "records" or "value"
    WRAPPER_TAIL,  // an array was found before: any members may stand between
};

// Looks at the members from *at: behind the '{', or behind a member's value. *depth: open objects of
// the wrapper (1 behind the '{'; 2 in {"hits":{"hits":[).
enum wrapper_look wrapper_look(const char *bytes, size_t *at, size_t size, unsigned *depth,
                               enum wrapper_strictness strictness);

// The array of records of a parsed wrapper, or JSON_NONE.
struct json wrapper_array(struct json object);

// Whether this object, whose first members may be anything, has "records" or "value" with an array of
// objects and nothing that a record has (a time, an id, an operation).
bool wrapper_is_likely(const char *bytes, size_t at, size_t size);

#endif
