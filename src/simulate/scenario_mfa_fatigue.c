// Fatigue: the intruder has the password and asks for the second factor again and again, by night,
// until the user approves one prompt. Then another method is registered, its notice is deleted, and
// mail is read.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

static void prompt(struct plot *plot, struct victim *victim, int64_t now, bool is_approved)
{
    struct sign_in sign_in = {.is_interactive = true,
                              .is_audited = true,
                              .error = is_approved ? 0 : 500121,
                              .has_second_factor = true,
                              .second_factor = "Mobile app notification",
                              .request_type = "SAS:ProcessAuth"};
    if (is_approved) {
        attack_sign_in(plot, victim, &sign_in, now, true);
        return;
    }
    sign_in.access = attack_access(plot, victim, now);
    sign_in.request = chance_request(&plot->chance);
    sign_in.resource = plot->client->resource;
    sign_in.access.is_failure = true;
    record_sign_in(plot->world, &sign_in);
}

static void register_method(struct plot *plot, struct victim *victim, int64_t now)
{
    struct access access = attack_access(plot, victim, now);
    const struct property methods[] = {
        {S("StrongAuthenticationMethod"), S("[{\"MethodType\":6,\"Default\":true}]"),
         S("[{\"MethodType\":6,\"Default\":true},{\"MethodType\":7,\"Default\":false}]")},
        {S("StrongAuthenticationPhoneAppDetail"), S("[]"),
         S("[{\"DeviceName\":\"Pixel 7\",\"PhoneAppVersion\":\"6.2508.5321\"}]")}};
    struct change change = {.operation = "Update user.",
                            .category = "UserManagement",
                            .kind = "Update",
                            .target_type = "User",
                            .target = victim->person->object,
                            .target_name = victim->person->spelled,
                            .properties = methods,
                            .property_count = 2};
    access.mailbox = NULL;
    record_change(plot->world, &access, &change);
    // The notice comes and is deleted at once.
    struct access mail = attack_access(plot, victim, now + MINUTE);
    mail_arrives(plot->world, victim->person, chance_next(&plot->chance), now + 30 * SECOND);
    attack_hide(plot, victim, &mail);
}

static int64_t step(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    struct victim *victim = &plot->victims[0];
    if (now >= plot->until)
        return TIME_NEVER;
    if (plot->phase < plot->count) {
        plot->phase++;
        prompt(plot, victim, now, false);
        // Prompts come in bursts of some minutes.
        bool is_pause = chance_in(chance, 1, 12);
        if (is_pause)
            now += (int64_t)chance_between(chance, 10, 90) * MINUTE;
        return now + (int64_t)chance_between(chance, 15, 50) * SECOND;
    }
    if (plot->phase == plot->count) {
        plot->phase++;
        prompt(plot, victim, now, true);
        return now + (int64_t)chance_between(chance, 1, 20) * MINUTE;
    }
    if (plot->phase == plot->count + 1) {
        plot->phase++;
        if (plot->numbers[0])
            register_method(plot, victim, now);
        return now + (int64_t)chance_between(chance, 1, 60) * MINUTE;
    }
    return attack_read_step(plot, now);
}

void scenario_mfa_fatigue_begin(struct plot *plot)
{
    struct chance *chance = &plot->chance;
    enum network_kind kind = chance_in(chance, 1, 2) ? NETWORK_HOSTING : NETWORK_PROXY;
    attack_addresses(plot, kind, NULL, 1);
    attack_agent(plot);
    plot->client = &clients[CLIENT_OWA];
    struct victim *victim = attack_victim(plot, 0);
    plot->count = (int)chance_between(chance, 8, 40);
    plot->numbers[0] = chance_in(chance, 2, 3); // registers a method
    plot->goal = (int)chance_between(chance, 2, 10);
    plot->gap = (int64_t)chance_between(chance, 30, 900) * SECOND;
    // About two in the morning where the user lives.
    int64_t time = attack_when(plot, 35, 65) / DAY * DAY;
    plot->time = time + 26 * HOUR - victim->person->office->ahead * MINUTE +
                 (int64_t)chance_below(chance, 9000) * SECOND;
    if (plot->time >= plot->world->end - 3 * HOUR)
        plot->time = attack_when(plot, 35, 65);
    plot->until = plot->time + (int64_t)chance_between(chance, 12, 120) * HOUR;
    plot->step = step;
}
