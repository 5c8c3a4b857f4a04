// JSON as simdjson's tape, read from C. A parser owns the tape and the text of its last document;
// a builder makes tapes of the same shape (for CSV rows and unwrapped records); a json value is a
// borrowed cursor into either.
// SPDX-License-Identifier: Apache-2.0
//
// Tape (simdjson doc/tape.md): one 64-bit word per item, type in the high 8 bits, payload in the low
// 56. '{' '[': low 32 bits of the payload = index of the word after the closing one, next 24 bits =
// count (saturating). '"': byte offset into the text, where a 4-byte length, the bytes and a zero
// stand. 'l' 'u' 'd': the value is the next word. 't' 'f' 'n': alone. Object members are key, value.
#ifndef STORMGLASS_BASE_JSON_H
#define STORMGLASS_BASE_JSON_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JSON_PADDING 64      // readable bytes a parsed text must have behind it
#define JSON_TEXT_PADDING 24 // readable bytes behind every text that a tape has
#define JSON_DEPTH_LIMIT 256 // deeper documents are refused

struct json {
    const uint64_t *tape; // NULL: no value
    const uint8_t *text;
    uint32_t at; // index of the value's first word
};

enum json_type {
    JSON_NONE = 0,
    JSON_OBJECT = '{',
    JSON_ARRAY = '[',
    JSON_STRING = '"',
    JSON_INT = 'l',
    JSON_UINT = 'u',
    JSON_DOUBLE = 'd',
    JSON_TRUE = 't',
    JSON_FALSE = 'f',
    JSON_NULL = 'n',
};

struct json_parser;
struct json_parser *json_parser_new(void);
void json_parser_free(struct json_parser *parser);

// Parses one document of `len` bytes at `at`, behind which JSON_PADDING bytes must be readable (any
// content). The value is borrowed until the parser's next call. On failure gives false and in *why a
// constant text ("unterminated string", "invalid UTF-8", ...).
bool json_parse(struct json_parser *parser, const char *at, size_t len, struct json *out,
                const char **why);

// Names the SIMD implementation in use ("haswell", "icelake", "fallback" ...).
const char *json_implementation(void);

#ifdef __cplusplus
}
#endif

static inline enum json_type json_type(struct json value)
{
    return value.tape ? (enum json_type)(value.tape[value.at] >> 56) : JSON_NONE;
}

// Index of the word behind the value at `at`.
static inline uint32_t json_skip(const uint64_t *tape, uint32_t at)
{
    uint64_t word = tape[at];
    char type = (char)(word >> 56);
    if (type == '{' || type == '[')
        return (uint32_t)word;
    return at + 1 + (uint32_t)(type == 'l' || type == 'u' || type == 'd');
}

// What a word of the tape holds besides its type.
#define JSON_PAYLOAD UINT64_C(0x00ffffffffffffff)

// Text of the string word at `at` (keys too).
static inline struct str json_text_at(const uint64_t *tape, const uint8_t *text, uint32_t at)
{
    const uint8_t *entry = text + (tape[at] & JSON_PAYLOAD);
    uint32_t len;
    memcpy(&len, entry, sizeof len);
    return str_of((const char *)entry + sizeof len, len);
}

static inline struct json json_at(struct json value, uint32_t at)
{
    return (struct json){value.tape, value.text, at};
}

// Members of an object, in order:
//   for (struct json_member m = json_members(v); json_member_next(&m);) use(m.key, m.value);
// Elements of an array:
//   for (struct json_element e = json_elements(v); json_element_next(&e);) use(e.value);
// A value of another type has none.
struct json_member {
    struct str key;
    struct json value;
    uint32_t next, end;
};

static inline struct json_member json_members(struct json object)
{
    struct json_member m = {{"", 0}, object, 0, 0};
    if (json_type(object) == JSON_OBJECT) {
        m.next = object.at + 1;
        m.end = (uint32_t)object.tape[object.at] - 1;
    }
    return m;
}

static inline bool json_member_next(struct json_member *m)
{
    if (m->next >= m->end)
        return false;
    m->key = json_text_at(m->value.tape, m->value.text, m->next);
    m->value.at = m->next + 1;
    m->next = json_skip(m->value.tape, m->value.at);
    return true;
}

struct json_element {
    struct json value;
    uint32_t next, end;
};

static inline struct json_element json_elements(struct json array)
{
    struct json_element e = {array, 0, 0};
    if (json_type(array) == JSON_ARRAY) {
        e.next = array.at + 1;
        e.end = (uint32_t)array.tape[array.at] - 1;
    }
    return e;
}

static inline bool json_element_next(struct json_element *e)
{
    if (e->next >= e->end)
        return false;
    e->value.at = e->next;
    e->next = json_skip(e->value.tape, e->next);
    return true;
}

// Member of an object by exact key (the first when there are several), or a value of JSON_NONE.
struct json json_find(struct json object, struct str key);
// The same with ASCII case folded.
struct json json_find_fold(struct json object, struct str key);

// Content of a string value; empty slice for any other type.
static inline struct str json_str(struct json value)
{
    return json_type(value) == JSON_STRING ? json_text_at(value.tape, value.text, value.at)
                                           : str_of("", 0);
}

// Numbers; 0 for other types. json_int cuts fractions and stops at the ends of int64.
int64_t json_int(struct json value);
double json_double(struct json value);

// Writes the value as compact JSON: integers exact, doubles as short as they read back ("1.0" stays
// a double), JSON_NONE as null.
void json_print(struct json value, struct buf *out);

// ---- building ---------------------------------------------------------------------------------

// Makes a tape by hand; owned by the builder, reset for each record. Order of calls as in the text:
// object, key, value, key, value, end. Depth at most JSON_DEPTH_LIMIT.
struct json_builder {
    uint64_t *tape;
    uint32_t count, capacity;
    uint8_t *text;
    size_t text_len, text_capacity;
    uint32_t open[JSON_DEPTH_LIMIT];
    uint32_t depth;
};

void json_builder_init(struct json_builder *builder);
void json_builder_done(struct json_builder *builder);
void json_builder_reset(struct json_builder *builder);
void json_build_object(struct json_builder *builder);
void json_build_array(struct json_builder *builder);
void json_build_end(struct json_builder *builder); // closes the innermost
void json_build_key(struct json_builder *builder, struct str key);
void json_build_str(struct json_builder *builder, struct str text);
void json_build_int(struct json_builder *builder, int64_t number);
void json_build_bool(struct json_builder *builder, bool value);
void json_build_null(struct json_builder *builder);
// Copies a value of another tape, whole; JSON_NONE becomes null. The texts of the value must lie in
// one range in the order of its words, as parser and builder lay them.
void json_build_copy(struct json_builder *builder, struct json value);
// The built value (everything must be closed); borrowed until the next call on the builder.
struct json json_built(const struct json_builder *builder);

#endif
