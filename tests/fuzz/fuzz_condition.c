// Fuzzes rule/condition: any bytes give a tree over the known names or an error inside the text.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "rule/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const words[] = {"a", "b", "sel_1", "sel_2", "_p", "all", "1"};
enum { WORD_COUNT = sizeof words / sizeof *words };

static size_t walk(const struct sigma_node *node, int depth)
{
    assert(depth <= 4 * CONDITION_DEPTH_LIMIT);
    size_t count = 1;
    assert(node->kind != NODE_AT_LEAST || (node->needed > 1 && node->needed < node->count));
    for (size_t i = 0; i < node->count; i++)
        count += walk(node->children[i], depth + 1);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct map lookup;
    struct condition_name names[WORD_COUNT];
    struct sigma_node nodes[WORD_COUNT];
    arena_init(&arena);
    map_init(&lookup);
    for (size_t i = 0; i < WORD_COUNT; i++) {
        nodes[i] = (struct sigma_node){.kind = NODE_ITEM, .field = str_from(words[i])};
        names[i] = (struct condition_name){.name = nodes[i].field, .node = &nodes[i]};
        map_add(&lookup, nodes[i].field, NULL)->number = i;
    }
    struct condition_scope scope = {.arena = &arena,
                                    .names = names,
                                    .count = WORD_COUNT,
                                    .lookup = &lookup,
                                    .noun = "selection"};
    struct error error = {""};
    size_t offset = 0;
    struct sigma_node *node =
        condition_parse(&scope, str_of((const char *)data, size), &offset, &error);
    if (node)
        assert(walk(node, 0) <= 8 * CONDITION_NODE_LIMIT);
    else
        assert(error.text[0] && offset <= size);
    map_done(&lookup);
    arena_done(&arena);
    return 0;
}
