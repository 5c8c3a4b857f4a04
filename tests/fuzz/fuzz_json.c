// Fuzzes base/json: what is parsed prints, parses again to the same print, and survives a copy.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool parse(struct json_parser *parser, struct str text, struct json *out)
{
    char *padded = memory_new(text.len + JSON_PADDING);
    if (text.len)
        memcpy(padded, text.at, text.len);
    const char *why = NULL;
    bool is_parsed = json_parse(parser, padded, text.len, out, &why);
    assert(is_parsed || (why && *why));
    free(padded); // the tape has copies of its texts
    return is_parsed;
}

static void check_copy(struct json value, struct str printed)
{
    struct json_builder builder;
    struct buf buf;
    json_builder_init(&builder);
    buf_init(&buf);
    json_build_object(&builder);
    json_build_key(&builder, S("key"));
    json_build_copy(&builder, value);
    json_build_end(&builder);
    json_print(json_find_fold(json_built(&builder), S("KEY")), &buf);
    assert(str_equal(buf_str(&buf), printed));
    buf_done(&buf);
    json_builder_done(&builder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_parser *parser = json_parser_new();
    struct json value;
    struct buf first, second;
    buf_init(&first);
    buf_init(&second);
    if (parse(parser, str_of((const char *)data, size), &value)) {
        json_print(value, &first);
        check_copy(value, buf_str(&first));
        bool is_parsed = parse(parser, buf_str(&first), &value);
        assert(is_parsed);
        json_print(value, &second);
        assert(str_equal(buf_str(&first), buf_str(&second)));
        json_find(value, S("a"));
    }
    buf_done(&first);
    buf_done(&second);
    json_parser_free(parser);
    return 0;
}
