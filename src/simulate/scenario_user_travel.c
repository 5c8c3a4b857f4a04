// Journeys: some people work from hotels and airports far away for some days.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

void scenario_user_travel_begin(struct plot *plot)
{
    struct world *world = plot->world;
    struct chance *chance = &plot->chance;
    uint32_t wanted = chance_between(chance, 2, 6);
    int64_t time = attack_when(plot, 20, 60);
    for (uint32_t i = 0; i < wanted; i++) {
        struct person *person = tenant_pick(&world->tenant, chance, 0);
        enum network_id network;
        do
            network = network_pick(NETWORK_TRAVEL, NULL, chance);
        while (strcmp(networks[network].country, person->office->country) == 0);
        person->away = address_make(network, chance);
        person->away_from = time + (int64_t)chance_below(chance, 48) * HOUR;
        person->away_until = person->away_from + (int64_t)chance_between(chance, 2, 6) * DAY;
        story_time(&plot->story, person->away_from);
        story_time(&plot->story, person->away_until);
        story_add(&plot->story, SET_USERS, person->address);
        story_add_address(&plot->story, person->away);
    }
}
