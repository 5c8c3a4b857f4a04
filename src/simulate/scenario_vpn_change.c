// The company's VPN moves to another provider: from one moment on many people come from another
// network in another country, in the middle of their sessions.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

void scenario_vpn_change_begin(struct plot *plot)
{
    struct world *world = plot->world;
    int64_t time = attack_when(plot, 35, 65);
    world->conditions.vpn_change = time;
    story_time(&plot->story, time);
    story_time(&plot->story, world->end);
    for (uint32_t i = 0; i < world->tenant.people_count; i++) {
        const struct person *person = &world->tenant.people[i];
        if (!person->has_vpn)
            continue;
        story_add(&plot->story, SET_USERS, person->address);
        story_add_address(&plot->story, person->vpn_new);
    }
}
