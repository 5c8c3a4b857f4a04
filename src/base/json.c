// Reading values off the tape, printing them, and building tapes by hand.
// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

#define COUNT_LIMIT UINT64_C(0xffffff) // where the count of a container saturates
#define TAPE_LIMIT (UINT32_C(1) << 31) // words; callers bound their records far below

// ---- reading ----------------------------------------------------------------------------------

struct json json_find(struct json object, struct str key)
{
    if (json_type(object) != JSON_OBJECT)
        return (struct json){0};
    const uint64_t *tape = object.tape;
    uint32_t end = (uint32_t)tape[object.at] - 1;
    for (uint32_t at = object.at + 1; at < end; at = json_skip(tape, at + 1))
        if (str_equal(json_text_at(tape, object.text, at), key))
            return json_at(object, at + 1);
    return (struct json){0};
}

struct json json_find_fold(struct json object, struct str key)
{
    if (json_type(object) != JSON_OBJECT)
        return (struct json){0};
    const uint64_t *tape = object.tape;
    uint32_t end = (uint32_t)tape[object.at] - 1;
    for (uint32_t at = object.at + 1; at < end; at = json_skip(tape, at + 1))
        if (str_equal_fold(json_text_at(tape, object.text, at), key))
            return json_at(object, at + 1);
    return (struct json){0};
}

static double double_of(uint64_t word)
{
    double number;
    memcpy(&number, &word, sizeof number);
    return number;
}

// Numbers outside int64 stop at its ends.
static int64_t clamp_double(double number)
{
    if (number >= 0x1p63)
        return INT64_MAX;
    return number >= -0x1p63 ? (int64_t)number : INT64_MIN;
}

int64_t json_int(struct json value)
{
    switch (json_type(value)) {
    case JSON_INT:
        return (int64_t)value.tape[value.at + 1];
    case JSON_UINT: {
        uint64_t number = value.tape[value.at + 1];
        return number > INT64_MAX ? INT64_MAX : (int64_t)number;
    }
    case JSON_DOUBLE:
        return clamp_double(double_of(value.tape[value.at + 1]));
    default:
        return 0;
    }
}

double json_double(struct json value)
{
    switch (json_type(value)) {
    case JSON_INT:
        return (double)(int64_t)value.tape[value.at + 1];
    case JSON_UINT:
        return (double)value.tape[value.at + 1];
    case JSON_DOUBLE:
        return double_of(value.tape[value.at + 1]);
    default:
        return 0;
    }
}

// ---- printing ---------------------------------------------------------------------------------

static void print_uint(uint64_t number, bool is_negative, struct buf *out)
{
    char text[24], *at = text + sizeof text;
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    if (is_negative)
        *--at = '-';
    buf_add(out, str_of(at, (size_t)(text + sizeof text - at)));
}

static void print_int(int64_t number, struct buf *out)
{
    print_uint(number < 0 ? 0 - (uint64_t)number : (uint64_t)number, number < 0, out);
}

// The fewest digits that read back as the same number; ".0" keeps a whole one a double.
static void print_double(double number, struct buf *out)
{
    if (!isfinite(number)) { // no JSON text makes one
        buf_add(out, S("null"));
        return;
    }
    char text[40];
    size_t len = 0;
    double again = 0;
    bool is_whole = true;
    for (int digits = 15; digits <= 17; digits++) {
        len = (size_t)snprintf(text, sizeof text, "%.*g", digits, number);
        is_whole = true;
        for (size_t i = 0; i < len; i++) {
            char c = text[i];
            if (c == 'e')
                is_whole = false;
            else if ((c < '0' || c > '9') && c != '-' && c != '+') {
                text[i] = '.'; // the locale may have another decimal point
                is_whole = false;
            }
        }
        if (str_to_double(str_of(text, len), &again) && again == number)
            break;
    }
    buf_add(out, str_of(text, len));
    if (is_whole)
        buf_add(out, S(".0"));
}

// Recursion is bounded by the depth limit of parser and builder.
static void print_container(struct json value, char open, char close, struct buf *out)
{
    char before = open;
    for (struct json_member m = json_members(value); json_member_next(&m); before = ',') {
        buf_add_char(out, before);
        buf_add_json(out, m.key);
        buf_add_char(out, ':');
        json_print(m.value, out);
    }
    for (struct json_element e = json_elements(value); json_element_next(&e); before = ',') {
        buf_add_char(out, before);
        json_print(e.value, out);
    }
    if (before == open)
        buf_add_char(out, open);
    buf_add_char(out, close);
}

void json_print(struct json value, struct buf *out)
{
    switch (json_type(value)) {
    case JSON_OBJECT:
        print_container(value, '{', '}', out);
        break;
    case JSON_ARRAY:
        print_container(value, '[', ']', out);
        break;
    case JSON_STRING:
        buf_add_json(out, json_str(value));
        break;
    case JSON_INT:
        print_int(json_int(value), out);
        break;
    case JSON_UINT:
        print_uint(value.tape[value.at + 1], false, out);
        break;
    case JSON_DOUBLE:
        print_double(json_double(value), out);
        break;
    case JSON_TRUE:
        buf_add(out, S("true"));
        break;
    case JSON_FALSE:
        buf_add(out, S("false"));
        break;
    case JSON_NULL:
    case JSON_NONE:
        buf_add(out, S("null"));
        break;
    }
}

// ---- building ---------------------------------------------------------------------------------

// While a container is open the payload of its first word is its count; json_build_end puts the
// final layout there.

void json_builder_init(struct json_builder *builder)
{
    *builder = (struct json_builder){0};
}

void json_builder_done(struct json_builder *builder)
{
    free(builder->tape);
    free(builder->text);
    json_builder_init(builder);
}

void json_builder_reset(struct json_builder *builder)
{
    builder->count = 0;
    builder->text_len = 0;
    builder->depth = 0;
}

// Room for `words` more on the tape.
static uint64_t *reserve_words(struct json_builder *builder, uint32_t words)
{
    if (words > builder->capacity - builder->count) {
        uint64_t needed = (uint64_t)builder->count + words;
        assert(needed <= TAPE_LIMIT);
        uint64_t capacity = builder->capacity ? (uint64_t)builder->capacity * 2 : 256;
        capacity = capacity < needed ? needed : capacity;
        builder->tape = memory_grow(builder->tape, capacity * sizeof *builder->tape);
        builder->capacity = (uint32_t)capacity;
    }
    return builder->tape + builder->count;
}

static uint8_t *reserve_text(struct json_builder *builder, size_t bytes)
{
    if (bytes > builder->text_capacity - builder->text_len) {
        assert(bytes <= JSON_PAYLOAD - builder->text_len);
        size_t needed = builder->text_len + bytes;
        size_t capacity = builder->text_capacity ? builder->text_capacity * 2 : 4096;
        capacity = capacity < needed ? needed : capacity;
        builder->text = memory_grow(builder->text, capacity + JSON_TEXT_PADDING);
        builder->text_capacity = capacity;
    }
    return builder->text + builder->text_len;
}

static void add_word(struct json_builder *builder, enum json_type type, uint64_t payload)
{
    *reserve_words(builder, 1) = (uint64_t)type << 56 | payload;
    builder->count++;
}

static inline uint64_t *innermost(struct json_builder *builder)
{
    return &builder->tape[builder->open[builder->depth - 1]];
}

// Every value begins here: the array it stands in counts it. Objects count their keys.
static void count_element(struct json_builder *builder)
{
    if (builder->depth && *innermost(builder) >> 56 == JSON_ARRAY)
        ++*innermost(builder);
}

static void open_container(struct json_builder *builder, enum json_type type)
{
    assert(builder->depth < JSON_DEPTH_LIMIT);
    count_element(builder);
    add_word(builder, type, 0);
    builder->open[builder->depth++] = builder->count - 1;
}

void json_build_object(struct json_builder *builder)
{
    open_container(builder, JSON_OBJECT);
}

void json_build_array(struct json_builder *builder)
{
    open_container(builder, JSON_ARRAY);
}

void json_build_end(struct json_builder *builder)
{
    assert(builder->depth > 0);
    uint32_t start = builder->open[--builder->depth];
    enum json_type type = (enum json_type)(builder->tape[start] >> 56);
    uint64_t count = builder->tape[start] & JSON_PAYLOAD;
    add_word(builder, type == JSON_OBJECT ? '}' : ']', start);
    count = count < COUNT_LIMIT ? count : COUNT_LIMIT;
    builder->tape[start] = (uint64_t)type << 56 | count << 32 | builder->count;
}

static void add_text(struct json_builder *builder, struct str text)
{
    assert(text.len <= UINT32_MAX);
    uint32_t len = (uint32_t)text.len;
    uint8_t *entry = reserve_text(builder, sizeof len + text.len + 1);
    memcpy(entry, &len, sizeof len);
    if (len)
        memcpy(entry + sizeof len, text.at, len);
    entry[sizeof len + len] = 0;
    add_word(builder, JSON_STRING, builder->text_len);
    builder->text_len += sizeof len + text.len + 1;
}

void json_build_key(struct json_builder *builder, struct str key)
{
    assert(builder->depth > 0 && *innermost(builder) >> 56 == JSON_OBJECT);
    ++*innermost(builder);
    add_text(builder, key);
}

void json_build_str(struct json_builder *builder, struct str text)
{
    count_element(builder);
    add_text(builder, text);
}

void json_build_int(struct json_builder *builder, int64_t number)
{
    count_element(builder);
    add_word(builder, JSON_INT, 0);
    *reserve_words(builder, 1) = (uint64_t)number;
    builder->count++;
}

void json_build_bool(struct json_builder *builder, bool value)
{
    count_element(builder);
    add_word(builder, value ? JSON_TRUE : JSON_FALSE, 0);
}

void json_build_null(struct json_builder *builder)
{
    count_element(builder);
    add_word(builder, JSON_NULL, 0);
}

// Both the parser and the builder lay texts down in the order of their words, so the texts of one
// value are one range: it is copied at once, and the words only move by two constants.
void json_build_copy(struct json_builder *builder, struct json value)
{
    if (!value.tape) {
        json_build_null(builder);
        return;
    }
    assert(value.tape != builder->tape);
    count_element(builder);
    uint32_t end = json_skip(value.tape, value.at);
    uint64_t *to = reserve_words(builder, end - value.at);
    uint32_t move = builder->count - value.at; // modulo 2^32
    uint64_t text_from = UINT64_MAX, text_last = 0;
    for (uint32_t at = value.at; at < end; at++) {
        uint64_t word = value.tape[at];
        switch ((char)(word >> 56)) {
        case '{':
        case '[':
        case '}':
        case ']':
            word = (word & ~UINT64_C(0xffffffff)) | (uint32_t)((uint32_t)word + move);
            break;
        case '"':
            text_last = word & JSON_PAYLOAD;
            text_from = text_from == UINT64_MAX ? text_last : text_from;
            assert(text_last >= text_from);
            word = (uint64_t)JSON_STRING << 56 | (text_last - text_from + builder->text_len);
            break;
        case 'l':
        case 'u':
        case 'd':
            *to++ = word;
            word = value.tape[++at];
            break;
        default:
            break;
        }
        *to++ = word;
    }
    builder->count += end - value.at;
    if (text_from == UINT64_MAX)
        return;
    uint32_t last_len;
    memcpy(&last_len, value.text + text_last, sizeof last_len);
    size_t bytes = text_last - text_from + sizeof last_len + last_len + 1;
    memcpy(reserve_text(builder, bytes), value.text + text_from, bytes);
    builder->text_len += bytes;
}

struct json json_built(const struct json_builder *builder)
{
    assert(builder->depth == 0);
    if (builder->count == 0)
        return (struct json){0};
    return (struct json){builder->tape, builder->text, 0};
}
