// Forged tokens: someone who can sign tokens reads chosen mailboxes through Exchange's own web
// interface. Mailbox records carry token identifiers and session ids, and no sign-in log knows them.
// After what Microsoft, CISA and the CSRB published on Storm-0558 (2023): some ten mailboxes, weeks,
// office hours elsewhere, proxies, REST calls under the client strings of a web mail program.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

// The mailbox programs under which such access shows. The last one looks like the provider's own.
static const struct client faces[] = {
    {.app_id = "9199bf20-a13f-4107-85dc-02114787ef48",
     .name = "One Outlook Web",
     .mail_app = "00000002-0000-0ff1-ce00-000000000000",
     .mail_client = "",
     .info = "Client=OWA;%",
     .used = "Browser",
     .resource = RESOURCE_EXCHANGE},
    {.app_id = "00000002-0000-0ff1-ce00-000000000000",
     .name = "Office 365 Exchange Online",
     .mail_app = "00000002-0000-0ff1-ce00-000000000000",
     .mail_client = "00000002-0000-0ff1-ce00-000000000000",
     .info = "Client=REST;Client=RESTSystem;;",
     .used = "Browser",
     .resource = RESOURCE_EXCHANGE},
    {.app_id = "d3590ed6-52b3-4102-aeff-aad2292ab01c",
     .name = "Microsoft Office",
     .mail_app = "00000003-0000-0000-c000-000000000000",
     .mail_client = "d3590ed6-52b3-4102-aeff-aad2292ab01c",
     .info = "Client=REST;;",
     .used = "",
     .resource = RESOURCE_GRAPH},
};

// How the tokens look: like others, used for longer than any token lives, or without identifiers.
enum { FORGE_PLAIN, FORGE_LONG, FORGE_STRIPPED };

// A token that nobody issued; now and then a new one, all in one session or none in any.
static void forge(struct plot *plot, struct victim *victim, int64_t now)
{
    struct chance *chance = &plot->chance;
    if (plot->numbers[2] == FORGE_STRIPPED || victim->token.expires > now)
        return;
    victim->token = token_make(chance, chance_request(chance), now - 3 * SECOND, 0);
    if (plot->numbers[2] == FORGE_LONG)
        victim->token.expires = now + (int64_t)chance_between(chance, 4, 12) * DAY;
    if (!victim->session.until && plot->numbers[0]) {
        victim->session.id = chance_guid(chance);
        victim->session.until = TIME_NEVER;
    }
    victim->address = attack_address(plot);
}

static int64_t step(struct plot *plot, int64_t now)
{
    if (now >= plot->until)
        return TIME_NEVER;
    struct victim *victim = &plot->victims[chance_below(&plot->chance, plot->victim_count)];
    forge(plot, victim, now);
    struct access access = attack_access(plot, victim, now);
    attack_read(plot, victim, &access, (uint32_t)plot->goal);
    return attack_hours(plot, now + chance_gap(&plot->chance, plot->gap) + SECOND);
}

void scenario_forged_token_begin(struct plot *plot)
{
    struct chance *chance = &plot->chance;
    plot->hour_from = (int)chance_below(chance, 14);
    plot->hour_until = plot->hour_from + (int)chance_between(chance, 8, 10);
    enum network_kind kind = chance_in(chance, 2, 3) ? NETWORK_HOSTING : NETWORK_PROXY;
    attack_addresses(plot, kind, NULL, chance_between(chance, 1, 6));
    attack_agent(plot);
    plot->client = &faces[chance_below(chance, 3)];
    plot->numbers[0] = chance_in(chance, 2, 3); // with sessions
    static const uint16_t looks[] = {70, 15, 15};
    plot->numbers[2] = chance_pick(chance, looks, 3);
    uint32_t wanted = chance_between(chance, 1, 10);
    for (uint32_t i = 0; i < wanted; i++)
        attack_victim(plot, i < 3 ? 110 : 0);
    plot->goal = (int)chance_between(chance, 3, 16); // messages a record
    plot->gap = (int64_t)chance_between(chance, 40, 900) * SECOND;
    plot->time = attack_when(plot, 35, 65);
    plot->until = plot->time + (int64_t)chance_between(chance, 3, 40) * DAY;
    plot->step = step;
}
