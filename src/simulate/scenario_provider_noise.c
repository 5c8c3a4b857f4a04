// A wave of the provider's maintenance: cmdlets by its own accounts every few minutes for a day.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

void scenario_provider_noise_begin(struct plot *plot)
{
    struct conditions *c = &plot->world->conditions;
    c->is_maintained = true;
    c->maintenance_from = attack_when(plot, 30, 70);
    c->maintenance_until =
        c->maintenance_from + (int64_t)chance_between(&plot->chance, 8, 30) * HOUR;
    story_time(&plot->story, c->maintenance_from);
    story_time(&plot->story, c->maintenance_until);
}
