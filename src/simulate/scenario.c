// The list of scenarios.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/scenario.h"

#include <string.h>

const struct scenario scenarios[] = {
#define X(scenario_name, hypothesis, is_attack, text)                                              \
    {#scenario_name, hypothesis, text, is_attack, scenario_##scenario_name##_begin},
    SCENARIO_LIST(X)
#undef X
};
const size_t scenario_count = sizeof scenarios / sizeof scenarios[0];

const struct scenario *scenario_find(const char *name)
{
    for (size_t i = 0; i < scenario_count; i++)
        if (strcmp(scenarios[i].name, name) == 0)
            return &scenarios[i];
    return NULL;
}
