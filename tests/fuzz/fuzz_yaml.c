// Fuzzes base/yaml: any bytes give trees within the limits or an error with its place.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const struct yaml *node, int depth)
{
    assert(node->line >= 1 && node->column >= 1);
    assert(depth <= YAML_DEPTH_LIMIT + 1);
    size_t count = 0, total = 1;
    for (const struct yaml *child = node->first; child; child = child->next, count++) {
        assert((child->value != NULL) == (node->kind == YAML_MAPPING));
        total += walk(child, depth + 1);
        if (child->value)
            total += walk(child->value, depth + 1);
    }
    assert(count == node->count);
    bool boolean;
    int64_t number;
    double real;
    yaml_is_null(node);
    yaml_to_bool(node, &boolean);
    yaml_to_int(node, &number);
    yaml_to_double(node, &real);
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena);
    struct yaml **documents;
    size_t count, total = 0;
    struct error error = {""};
    if (yaml_parse(&arena, str_of((const char *)data, size), &documents, &count, &error)) {
        for (size_t i = 0; i < count; i++)
            total += walk(documents[i], 1);
        assert(total <= YAML_NODE_LIMIT);
    } else {
        assert(error.text[0] >= '1' && error.text[0] <= '9');
    }
    arena_done(&arena);
    return 0;
}
