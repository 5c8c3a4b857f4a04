// Device-code phishing: the user types the intruder's code into the real sign-in page. The token goes
// to the intruder's device, sometimes by way of the authentication broker and a device registration;
// then mail is read with a first-party program.
// After Microsoft on Storm-2372 (February 2025) and Volexity on device-code campaigns.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

static const enum client_id tools[] = {CLIENT_OUTLOOK, CLIENT_GRAPH_TOOLS,
                                       CLIENT_VISUAL_STUDIO_CODE};

// The approval by the user, from the usual place; the log shows it with the device code's protocol.
static void approve(struct plot *plot, struct victim *victim, int64_t now)
{
    struct person *person = victim->person;
    struct sign_in sign_in = {.is_interactive = true,
                              .is_audited = true,
                              .protocol = "deviceCode",
                              .transfer = "deviceCodeFlow",
                              .request_type = "Cmsi:Cmsi",
                              .is_known_device = person->sessions[DEVICE_BROWSER].is_managed,
                              .has_second_factor = true,
                              .second_factor = "Mobile app notification"};
    victim->session.id = chance_guid(&plot->chance);
    victim->session.until = now + 60 * DAY;
    sign_in.access = attack_access(plot, victim, now);
    sign_in.access.client = plot->numbers[0] ? &clients[CLIENT_BROKER] : plot->client;
    sign_in.access.address =
        person_address(person, DEVICE_BROWSER, plot->world->conditions.vpn_change, now);
    sign_in.access.agent = person->sessions[DEVICE_BROWSER].agent;
    sign_in.access.is_lured = true;
    sign_in.request = chance_request(&plot->chance);
    sign_in.resource = sign_in.access.client->resource;
    record_sign_in(plot->world, &sign_in);
}

// The intruder's tool takes the token from its own address.
static void redeem(struct plot *plot, struct victim *victim, int64_t now)
{
    const struct client *mail = plot->client;
    struct sign_in sign_in = {.is_audited = true,
                              .protocol = "deviceCode",
                              .transfer = "deviceCodeFlow",
                              .has_second_factor = true};
    if (plot->numbers[0])
        plot->client = &clients[CLIENT_BROKER];
    attack_sign_in(plot, victim, &sign_in, now, false);
    plot->client = mail;
}

static void register_device(struct plot *plot, struct victim *victim, int64_t now)
{
    struct access access = attack_access(plot, victim, now);
    struct chance *chance = &plot->chance;
    const struct property properties[] = {
        {S("DeviceOSType"), S(""), S("Windows")},
        {S("DeviceTrustType"), S(""), S("Workplace")},
        {S("DisplayName"), S(""),
         chance_in(chance, 1, 2) ? S("DESKTOP-7H2KQ1V") : S("WIN-LAPTOP01")}};
    struct change change = {.operation = "Add registered owner to device.",
                            .category = "Device",
                            .kind = "Assign",
                            .target_type = "Device",
                            .target = chance_guid(chance),
                            .target_name = properties[2].new_value,
                            .properties = properties,
                            .property_count = 3};
    access.client = &clients[CLIENT_BROKER];
    access.mailbox = NULL;
    record_change(plot->world, &access, &change);
}

static int64_t step(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    struct victim *victim = &plot->victims[plot->count];
    int phase = plot->phase++;
    if (now >= plot->until)
        return TIME_NEVER;
    if (phase == 0) {
        approve(plot, victim, now);
        return now + (int64_t)chance_between(chance, 2, 20) * SECOND;
    }
    if (phase == 1) {
        redeem(plot, victim, now);
        return now + (int64_t)chance_between(chance, 1, 40) * MINUTE;
    }
    if (phase == 2) {
        if (plot->numbers[0])
            register_device(plot, victim, now);
        if (plot->count + 1 < (int)plot->victim_count) {
            plot->count++;
            plot->phase = 0;
        }
        return now + (int64_t)chance_between(chance, 5, 600) * MINUTE;
    }
    return attack_read_step(plot, now);
}

void scenario_device_code_phishing_begin(struct plot *plot)
{
    struct chance *chance = &plot->chance;
    plot->hour_from = (int)chance_below(chance, 12);
    plot->hour_until = plot->hour_from + 12;
    enum network_kind kind = chance_in(chance, 1, 2) ? NETWORK_HOSTING : NETWORK_PROXY;
    attack_addresses(plot, kind, NULL, chance_between(chance, 1, 3));
    attack_agent(plot);
    plot->client = &clients[tools[chance_below(chance, 3)]];
    plot->numbers[0] = chance_in(chance, 1, 2); // by way of the broker
    uint32_t wanted = chance_between(chance, 1, 3);
    for (uint32_t i = 0; i < wanted; i++)
        attack_victim(plot, 80);
    plot->goal = (int)chance_between(chance, 3, 20);
    plot->gap = (int64_t)chance_between(chance, 20, 600) * SECOND;
    plot->time = attack_when(plot, 35, 65);
    plot->until = plot->time + (int64_t)chance_between(chance, 1, 8) * DAY;
    plot->step = step;
}
