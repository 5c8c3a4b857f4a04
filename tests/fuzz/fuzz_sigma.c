// Fuzzes rule/sigma: any bytes give whole trees or problems with a place, the same each time.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "rule/sigma.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(const struct sigma_value *value)
{
    const struct sigma_pattern *pattern = &value->pattern;
    for (size_t i = 0; pattern->wild && i < pattern->text.len; i++) {
        char wild = pattern->wild[i];
        assert(wild == 0 || wild == '*' || wild == '?' ||
               (wild == '%' && value->kind == VALUE_PLACEHOLDER));
        assert(wild == 0 || pattern->text.at[i] == wild);
        assert(wild != '*' || i == 0 || pattern->wild[i - 1] != '*');
    }
}

// Selections are shared between branches, so a budget bounds the walk.
static void walk(const struct sigma_node *node, int depth, size_t *budget)
{
    assert(depth < 256);
    if (*budget == 0)
        return;
    --*budget;
    if (node->kind == NODE_ITEM)
        assert(node->value_count > 0 && node->count == 0);
    if (node->kind == NODE_AND || node->kind == NODE_OR || node->kind == NODE_AT_LEAST)
        assert(node->count > 1);
    if (node->kind == NODE_AT_LEAST)
        assert(node->needed > 1 && node->needed < node->count);
    if (node->kind == NODE_NOT || node->kind >= NODE_ANY_ELEMENT)
        assert(node->count == 1);
    for (size_t i = 0; i < node->value_count; i++)
        check_value(&node->values[i]);
    for (size_t i = 0; i < node->count; i++)
        walk(node->children[i], depth + 1, budget);
}

static void check_set(const struct sigma_set *set)
{
    size_t budget = 100000;
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct sigma_rule *rule = set->rules[i];
        assert(rule->index == i && rule->condition_count > 0 && rule->id.len > 0);
        for (size_t k = 0; k < rule->condition_count; k++)
            walk(rule->conditions[k], 0, &budget);
    }
    for (size_t i = 0; i < set->correlation_count; i++) {
        const struct sigma_correlation *correlation = set->correlations[i];
        assert(correlation->source_count > 0 && correlation->timespan > 0);
        assert((correlation->test_count > 0) != (correlation->condition != NULL));
        for (size_t k = 0; k < correlation->source_count; k++)
            assert(correlation->sources[k].index < (correlation->sources[k].is_correlation
                                                        ? set->correlation_count
                                                        : set->rule_count));
    }
    for (size_t i = 0; i < set->problem_count; i++)
        for (size_t k = 0; k < set->problems[i].text.len; k++)
            assert((uint8_t)set->problems[i].text.at[k] >= 0x20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536)
        return -1;
    struct sigma_set set;
    sigma_set_init(&set);
    sigma_set_placeholder(&set, S("p"), S("one\ntwo*\n"));
    sigma_read(&set, S("fuzz.yml"), str_of((const char *)data, size));
    sigma_finish(&set, NULL);
    check_set(&set);
    sigma_set_done(&set);
    return 0;
}
