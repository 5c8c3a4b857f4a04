// A department moves to the new Outlook: within some days its people read mail with a program that
// nobody used before.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

void scenario_new_client_rollout_begin(struct plot *plot)
{
    struct world *world = plot->world;
    struct chance *chance = &plot->chance;
    const struct department *department = tenant_pick(&world->tenant, chance, 0)->department;
    int64_t time = attack_when(plot, 30, 60);
    uint32_t hours = chance_between(chance, 24, 96);
    for (uint32_t i = 0; i < world->tenant.people_count; i++) {
        struct person *person = &world->tenant.people[i];
        if (person->department != department)
            continue;
        person->rollout = time + (int64_t)chance_below(chance, hours) * HOUR;
        // Nothing was ever issued for a program that was not there.
        person->tokens[CLIENT_NEW_OUTLOOK] = (struct token){0};
        story_time(&plot->story, person->rollout);
        story_add(&plot->story, SET_USERS, person->address);
        story_add(&plot->story, SET_MAILBOXES, person->address);
    }
    story_add(&plot->story, SET_CLIENT_APPS, str_from(clients[CLIENT_NEW_OUTLOOK].app_id));
}
