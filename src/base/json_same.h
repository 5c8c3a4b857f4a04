// What tells values on tapes apart quickly, for tables that remember what a value came to.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_JSON_SAME_H
#define STORMGLASS_BASE_JSON_SAME_H

#include "base/json.h"
#include "base/load.h"

// A word of the tape without where it leads to.
static inline uint64_t json_type_word(uint64_t word)
{
    return word & ~JSON_PAYLOAD;
}

// Is the next word the value?
static inline bool json_is_number(uint64_t word)
{
    uint64_t type = word >> 56;
    return type == JSON_INT || type == JSON_UINT || type == JSON_DOUBLE;
}

// Length, beginning and end of a text of a tape (JSON_TEXT_PADDING says that there are eight bytes): differs for most
// texts that do.
static inline uint64_t json_text_mark(struct str text)
{
    if (text.len < 8)
        return (load8(text.at) & ((UINT64_C(1) << (8 * text.len)) - 1)) ^ (uint64_t)text.len << 56;
    return load8(text.at) ^ (load8(text.at + text.len - 8) << 1) ^ (uint64_t)text.len << 56;
}

// Are the bytes the same? Behind both texts seven more must be readable.
static inline bool json_same_text(const char *a, const char *b, size_t len)
{
    size_t i = 0;
    for (; i + 8 <= len; i += 8)
        if (load8(a + i) != load8(b + i))
            return false;
    return i == len || (load8(a + i) ^ load8(b + i)) << (64 - 8 * (len - i)) == 0;
}

#endif
