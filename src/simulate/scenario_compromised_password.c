// A guessed password: a spray over the tenant's names, fast from a few addresses or slow over days
// from many, until one is right; then the mailbox is used, sometimes with a legacy protocol.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

// One try at one name.
static void guess(struct plot *plot, int64_t now, struct person *person)
{
    struct victim target = {.person = person, .address = attack_address(plot)};
    struct sign_in sign_in = {.access = attack_access(plot, &target, now),
                              .resource = plot->client->resource,
                              .is_interactive = true,
                              .is_audited = true,
                              .error = chance_in(&plot->chance, 1, 40) ? 50053 : 50126,
                              .protocol = plot->numbers[0] ? "ropc" : "none",
                              .request_type = plot->numbers[0] ? "OAuth2:Token" : "Login:login"};
    sign_in.access.client = plot->numbers[0] ? &clients[CLIENT_AZURE_CLI] : plot->client;
    sign_in.request = chance_request(&plot->chance);
    sign_in.access.is_failure = true;
    record_sign_in(plot->world, &sign_in);
}

static void enter(struct plot *plot, int64_t now)
{
    struct sign_in sign_in = {.is_interactive = true,
                              .is_audited = true,
                              .protocol = plot->numbers[0] ? "ropc" : "none",
                              .request_type = plot->numbers[0] ? "OAuth2:Token" : "Login:login"};
    struct victim *victim = &plot->victims[0];
    attack_sign_in(plot, victim, &sign_in, now, true);
    if (chance_in(&plot->chance, 1, 2))
        victim->address = attack_address(plot);
}

static int64_t use(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    struct victim *victim = &plot->victims[0];
    attack_renew(plot, victim, now);
    struct access access = attack_access(plot, victim, now);
    uint32_t what = chance_below(chance, 20);
    if (what == 0 && plot->client == &clients[CLIENT_OWA] && plot->numbers[3]++ < 2)
        attack_rule(plot, victim, &access);
    else if (what == 1)
        attack_send(plot, victim, &access);
    else if (what == 2)
        attack_hide(plot, victim, &access);
    else
        attack_read(plot, victim, &access, (uint32_t)plot->goal);
    return now + chance_gap(chance, plot->gap) + SECOND;
}

static int64_t step(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    struct tenant *tenant = &plot->world->tenant;
    if (now >= plot->until)
        return TIME_NEVER;
    if (plot->phase < plot->count) {
        // In the order of a list of names; the right one is somewhere in it.
        uint32_t place = (uint32_t)plot->phase++ * 7 + (uint32_t)plot->numbers[2];
        guess(plot, now, &tenant->people[place % tenant->people_count]);
        return now + chance_gap(chance, (int64_t)plot->numbers[1]) + SECOND / 2;
    }
    if (plot->phase == plot->count) {
        plot->phase++;
        enter(plot, now);
        return now + (int64_t)chance_between(chance, 1, 300) * MINUTE;
    }
    return use(plot, now);
}

void scenario_compromised_password_begin(struct plot *plot)
{
    struct chance *chance = &plot->chance;
    struct tenant *tenant = &plot->world->tenant;
    bool is_slow = chance_in(chance, 1, 2);
    int64_t length = plot->world->end - plot->world->start;
    attack_addresses(plot, is_slow ? NETWORK_PROXY : NETWORK_HOSTING, NULL,
                     is_slow ? 8 : chance_between(chance, 1, 3));
    attack_agent(plot);
    static const enum client_id programs[] = {CLIENT_OWA, CLIENT_OWA, CLIENT_IMAP, CLIENT_OUTLOOK};
    plot->client = &clients[programs[chance_below(chance, 4)]];
    plot->numbers[0] = chance_in(chance, 1, 2); // resource owner password credentials
    plot->numbers[2] = chance_below(chance, 1000);
    uint32_t names = tenant->people_count < 400 ? tenant->people_count : 400;
    plot->count = (int)chance_between(chance, names / 2 + 1, names);
    plot->numbers[1] = is_slow ? (uint64_t)(length / 4 / plot->count)
                               : (uint64_t)chance_between(chance, 2, 20) * SECOND;
    attack_victim(plot, 0);
    plot->goal = (int)chance_between(chance, 2, 10);
    plot->gap = (int64_t)chance_between(chance, 40, 1500) * SECOND;
    plot->time = is_slow ? attack_when(plot, 15, 30) : attack_when(plot, 35, 65);
    plot->until = plot->world->end;
    if (!is_slow)
        plot->until = plot->time + (int64_t)chance_between(chance, 1, 6) * DAY;
    plot->step = step;
}
