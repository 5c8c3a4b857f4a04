// A stolen session: the user signs in through a phishing proxy, which passes on password and second
// factor and keeps the session cookie; or malware takes the cookie of the session the user has. It is
// replayed from elsewhere, its tokens renewed, and mail read; then a rule, and mail sent in the user's
// name. After public reports on adversary-in-the-middle kits (Microsoft, from July 2022 on) and on
// cookie stealers.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

// The cookie of the browser at work: a session that the log knows as the user's own.
static void take_cookie(struct victim *victim)
{
    victim->session = victim->person->sessions[DEVICE_BROWSER];
    victim->session.until = TIME_NEVER;
}

// The proxy's own sign-in with the user's password: interactive, for the office portal.
static void phish(struct plot *plot, struct victim *victim, int64_t now)
{
    const struct client *mail = plot->client;
    struct sign_in sign_in = {.is_interactive = true,
                              .is_audited = true,
                              .has_second_factor = true,
                              .second_factor = "Mobile app notification",
                              .request_type = "SAS:ProcessAuth"};
    plot->client = &clients[CLIENT_OFFICE_HOME];
    attack_sign_in(plot, victim, &sign_in, now, true);
    plot->client = mail;
    // The cookie is used where the proxy is, or from a second place within minutes.
    victim->address = attack_address(plot);
    if (chance_in(&plot->chance, 2, 3))
        attack_agent(plot);
}

static void replay(struct plot *plot, struct victim *victim, int64_t now)
{
    struct sign_in sign_in = {.is_audited = true,
                              .incoming = "refreshToken",
                              .has_second_factor = true,
                              .protocol = "none"};
    attack_sign_in(plot, victim, &sign_in, now, false);
}

static int64_t step(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    struct victim *victim = &plot->victims[plot->count];
    if (now >= plot->until)
        return TIME_NEVER;
    switch (plot->phase) {
    case 0:
        if (plot->numbers[2])
            take_cookie(victim);
        else
            phish(plot, victim, now);
        plot->phase = 1;
        return now + (int64_t)chance_between(chance, 20, 1800) * SECOND;
    case 1:
        replay(plot, victim, now);
        plot->phase = plot->count + 1 < (int)plot->victim_count ? 0 : 2;
        plot->count += plot->phase == 0;
        return now + (int64_t)chance_between(chance, 1, 240) * MINUTE;
    default:
        break;
    }
    victim = &plot->victims[chance_below(chance, plot->victim_count)];
    attack_renew(plot, victim, now);
    struct access access = attack_access(plot, victim, now);
    if (plot->phase == 3 && plot->numbers[0])
        attack_rule(plot, victim, &access);
    else if (plot->phase > 8 && plot->numbers[1] && chance_in(chance, 1, 6))
        attack_send(plot, victim, &access);
    else if (plot->phase > 8 && chance_in(chance, 1, 14))
        attack_hide(plot, victim, &access);
    else
        attack_read(plot, victim, &access, (uint32_t)plot->goal);
    plot->phase++;
    return now + chance_gap(chance, plot->gap) + SECOND;
}

void scenario_stolen_session_begin(struct plot *plot)
{
    struct chance *chance = &plot->chance;
    enum network_kind kind = chance_in(chance, 1, 2) ? NETWORK_HOSTING : NETWORK_PROXY;
    attack_addresses(plot, kind, NULL, chance_between(chance, 1, 4));
    attack_agent(plot);
    plot->client = &clients[CLIENT_OWA];
    uint32_t wanted = chance_between(chance, 1, 4);
    for (uint32_t i = 0; i < wanted; i++)
        attack_victim(plot, 0);
    plot->goal = (int)chance_between(chance, 2, 9);
    plot->gap = (int64_t)chance_between(chance, 30, 1200) * SECOND;
    plot->numbers[0] = chance_in(chance, 3, 4); // makes a rule
    plot->numbers[1] = chance_in(chance, 1, 2); // sends mail
    plot->numbers[2] = chance_in(chance, 1, 3); // malware, not a proxy
    plot->time = attack_when(plot, 35, 70);
    plot->until = plot->time + (int64_t)chance_between(chance, 10, 120) * HOUR;
    plot->step = step;
}
