// Records of few values that come again and again, by chance from a seed: for what remembers records.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_SUPPORT_FEW_VALUES_H
#define STORMGLASS_TESTS_SUPPORT_FEW_VALUES_H

#include "base/buf.h"
#include "base/json.h"

struct few_values {
    uint64_t seed;
    size_t left_out; // a member is left out once in so many times
};

// Below `below`, each number as likely.
size_t few_chance(struct few_values *few, size_t below);

// Adds a member with one of the values (JSON), the first of them most often; or none.
void few_add(struct few_values *few, struct buf *out, const char *name, const char *const *values,
             size_t count);
#define FEW_ADD(few, out, name, ...)                                                               \
    do {                                                                                           \
        static const char *const few_list[] = {__VA_ARGS__};                                       \
        few_add(few, out, name, few_list, sizeof few_list / sizeof *few_list);                     \
    } while (0)

// The text, which gets the parser's padding behind it, as a value: borrowed until the parser's next.
struct json few_parse(struct json_parser *parser, struct buf *text);

#endif
