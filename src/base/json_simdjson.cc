// Wraps simdjson's DOM parser behind json.h; the only C++ file. No exception leaves it.
// SPDX-License-Identifier: Apache-2.0
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <new>

#include "base/json.h"

using simdjson::error_code;

// One document's limit. A parser of this capacity reserves about ten times as much address space.
static constexpr size_t SIZE_LIMIT = size_t(1) << 30;
static constexpr size_t FIRST_CAPACITY = size_t(64) << 10;

static_assert(simdjson::SIMDJSON_PADDING <= JSON_PADDING, "callers provide enough padding");
static_assert(simdjson::SIMDJSON_PADDING >= JSON_TEXT_PADDING, "so much stands behind all texts");

struct json_parser {
    simdjson::dom::parser parser{SIZE_LIMIT};
};

static const char *explain(error_code code)
{
    switch (code) {
    case simdjson::CAPACITY:
        return "document larger than 1 GiB";
    case simdjson::MEMALLOC:
        return "out of memory";
    case simdjson::DEPTH_ERROR:
        return "nested too deeply";
    case simdjson::STRING_ERROR:
        return "invalid escape in a string";
    case simdjson::T_ATOM_ERROR:
        return "invalid word starting with t (true?)";
    case simdjson::F_ATOM_ERROR:
        return "invalid word starting with f (false?)";
    case simdjson::N_ATOM_ERROR:
        return "invalid word starting with n (null?)";
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE:
        return "invalid number";
    case simdjson::UTF8_ERROR:
        return "invalid UTF-8";
    case simdjson::EMPTY:
        return "no JSON value";
    case simdjson::UNESCAPED_CHARS:
        return "unescaped control character in a string";
    case simdjson::UNCLOSED_STRING:
        return "unterminated string";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
        return "text ends inside an array or object";
    case simdjson::TRAILING_CONTENT:
        return "text after the end of the document";
    case simdjson::UNSUPPORTED_ARCHITECTURE:
        return "this processor is not supported by simdjson";
    default:
        return "invalid JSON structure";
    }
}

struct json_parser *json_parser_new(void)
{
    auto *created = new (std::nothrow) json_parser;
    if (created == nullptr) {
        std::fputs("stormglass: out of memory (JSON parser)\n", stderr);
        std::exit(3);
    }
    return created;
}

void json_parser_free(struct json_parser *parser)
{
    delete parser;
}

// Grows by doubling, so that many documents of slowly rising size cost few allocations.
static error_code make_room(simdjson::dom::parser &parser, size_t len)
{
    if (len <= parser.capacity() && len <= parser.doc.capacity() && parser.capacity() != 0)
        return simdjson::SUCCESS;
    if (len > SIZE_LIMIT)
        return simdjson::CAPACITY;
    size_t capacity = FIRST_CAPACITY;
    while (capacity < len)
        capacity *= 2;
    error_code code = parser.doc.allocate(capacity);
    return code ? code : parser.allocate(capacity, JSON_DEPTH_LIMIT);
}

bool json_parse(struct json_parser *parser, const char *at, size_t len, struct json *out,
                const char **why)
{
    error_code code = make_room(parser->parser, len);
    if (!code)
        code = parser->parser.parse(at, len, false).error();
    if (code) {
        *why = explain(code);
        return false;
    }
    // Word 0 is the root; the value follows it.
    *out = json{parser->parser.doc.tape.get(), parser->parser.doc.string_buf.get(), 1};
    return true;
}

const char *json_implementation(void)
{
    return simdjson::get_active_implementation()->name().c_str();
}
