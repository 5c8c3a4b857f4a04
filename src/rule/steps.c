// A rule's conditions as one walk: trees of AND, OR and NOT become steps that say where to go on.
// SPDX-License-Identifier: Apache-2.0
#include "rule/program.h"

static size_t test_size(const struct test *test)
{
    size_t size = 1;
    for (size_t i = 0; i < test->count; i++)
        size += test_size(test->children[i]);
    return size;
}

static uint32_t step_add(struct step *steps, uint32_t *count, struct step step)
{
    steps[*count] = step;
    return (*count)++;
}

// Adds the steps of the test, the last first; gives the one that begins it, or where it leads at once.
static uint32_t steps_add(struct step *steps, uint32_t *count, const struct test *test,
                          uint32_t yes, uint32_t no)
{
    uint32_t next;
    switch (test->kind) {
    case NODE_TRUE:
        return yes;
    case NODE_FALSE:
        return no;
    case NODE_NOT:
        return steps_add(steps, count, test->children[0], no, yes);
    case NODE_AND:
        next = yes;
        for (size_t i = test->count; i-- > 0;)
            next = steps_add(steps, count, test->ordered[i], next, no);
        return next;
    case NODE_OR:
        next = no;
        for (size_t i = test->count; i-- > 0;)
            next = steps_add(steps, count, test->ordered[i], yes, next);
        return next;
    case NODE_ITEM:
        return step_add(steps, count, (struct step){NULL, test->item, yes, no});
    case NODE_AT_LEAST:
    case NODE_ANY_ELEMENT:
    case NODE_ALL_ELEMENTS:
        break;
    }
    return step_add(steps, count, (struct step){test, 0, yes, no});
}

void steps_compile(struct arena *arena, struct compiled_rule *rule)
{
    size_t size = 0;
    uint32_t count = 0, next = STEP_NO; // one of the conditions is enough
    for (size_t i = 0; i < rule->count; i++)
        size += test_size(rule->conditions[i]);
    struct step *steps = ARENA_ARRAY(arena, struct step, size + 1);
    for (size_t i = rule->count; i-- > 0;)
        next = steps_add(steps, &count, rule->conditions[i], STEP_YES, next);
    rule->steps = steps;
    rule->first_step = next;
}
