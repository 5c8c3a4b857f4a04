// Members by chance.
// SPDX-License-Identifier: Apache-2.0
#include "support/few_values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

size_t few_chance(struct few_values *few, size_t below)
{
    few->seed = hash_mix(few->seed + UINT64_C(0x9e3779b97f4a7c15));
    return (size_t)(few->seed % below);
}

void few_add(struct few_values *few, struct buf *out, const char *name, const char *const *values,
             size_t count)
{
    if (few_chance(few, few->left_out))
        buf_print(out, "%s\"%s\":%s", out->len > 1 ? "," : "", name,
                  values[few_chance(few, 3) ? 0 : few_chance(few, count)]);
}

struct json few_parse(struct json_parser *parser, struct buf *text)
{
    struct json value;
    const char *why = "";
    size_t len = text->len;
    for (int i = 0; i < JSON_PADDING; i++)
        buf_add_char(text, ' ');
    assert_true(json_parse(parser, buf_str(text).at, len, &value, &why));
    return value;
}
