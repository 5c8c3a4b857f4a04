// Two days without Entra's sign-in logs, as after a changed diagnostic setting. The audit log goes on.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

void scenario_sign_in_gap_begin(struct plot *plot)
{
    struct world *world = plot->world;
    struct conditions *c = &world->conditions;
    int64_t length = world->end - world->start;
    int64_t gap = 2 * DAY < length / 2 ? 2 * DAY : length / 2;
    uint32_t percent = chance_between(&plot->chance, 30, 50);
    c->gap_from = world->start + length / 100 * percent / HOUR * HOUR;
    c->gap_until = c->gap_from + gap;
    story_time(&plot->story, c->gap_from);
    story_time(&plot->story, c->gap_until);
}
