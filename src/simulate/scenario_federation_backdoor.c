// Federation: from an administrator's account a domain is made federated with the intruder's own
// identity provider. From then on sign-ins of chosen users are minted there, without password or
// second factor; Entra's log names the other issuer.
// After public reports on Golden SAML and federated domain backdoors (Mandiant, 2020 and later).
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

static void enter(struct plot *plot, int64_t now)
{
    struct sign_in sign_in = {.is_interactive = true,
                              .is_audited = true,
                              .has_second_factor = chance_in(&plot->chance, 1, 2),
                              .second_factor = "Text message"};
    const struct client *mail = plot->client;
    plot->client = &clients[CLIENT_PORTAL];
    attack_sign_in(plot, &plot->victims[0], &sign_in, now, true);
    plot->client = mail;
}

static void change_domain(struct plot *plot, int64_t now, const char *operation, const char *kind,
                          const struct property *properties, uint32_t count)
{
    struct access access = attack_access(plot, &plot->victims[0], now);
    struct change change = {.operation = operation,
                            .category = "DirectoryManagement",
                            .kind = kind,
                            .target_type = "Domain",
                            .target = plot->world->tenant.id,
                            .target_name = plot->texts[0],
                            .properties = properties,
                            .property_count = count};
    access.client = &clients[CLIENT_PORTAL];
    access.mailbox = NULL;
    record_change(plot->world, &access, &change);
}

static void federate(struct plot *plot, int64_t now)
{
    const struct property name[] = {{S("Name"), S(""), plot->texts[0]}};
    const struct property live[] = {{S("LiveType"), S("[\"Managed\"]"), S("[\"Federated\"]")}};
    const struct property settings[] = {
        {S("IssuerUri"), S(""), plot->texts[1]},
        {S("PassiveLogOnUri"), S(""), plot->texts[2]},
        {S("FederatedIdpMfaBehavior"), S(""), S("acceptIfMfaDoneByFederatedIdp")}};
    if (plot->numbers[0]) { // a domain of the intruder's own
        change_domain(plot, now, "Add unverified domain.", "Add", name, 1);
        change_domain(plot, now + 4 * MINUTE, "Verify domain.", "Update", name, 1);
    }
    change_domain(plot, now + 6 * MINUTE, "Set domain authentication.", "Update", live, 1);
    change_domain(plot, now + 6 * MINUTE + 2 * SECOND, "Set federation settings on domain.",
                  "Update", settings, 3);
}

// A sign-in that the other provider vouches for.
static void mint(struct plot *plot, struct victim *victim, int64_t now)
{
    struct sign_in sign_in = {.is_interactive = true,
                              .is_audited = chance_in(&plot->chance, 3, 4),
                              .has_second_factor = true,
                              .incoming = "saml20",
                              .protocol = "saml20",
                              .request_type = "Login:reprocess",
                              .issuer = plot->texts[1].at};
    attack_sign_in(plot, victim, &sign_in, now, true);
}

static int64_t step(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    if (now >= plot->until)
        return TIME_NEVER;
    if (plot->phase == 0) {
        plot->phase++;
        enter(plot, now);
        return now + (int64_t)chance_between(chance, 2, 60) * MINUTE;
    }
    if (plot->phase == 1) {
        plot->phase++;
        federate(plot, now);
        return now + (int64_t)chance_between(chance, 20, 3000) * MINUTE;
    }
    uint32_t number = 1 + chance_below(chance, plot->victim_count - 1);
    struct victim *victim = &plot->victims[number];
    if (victim->token.expires <= now) {
        mint(plot, victim, now);
        return now + (int64_t)chance_between(chance, 3, 60) * SECOND;
    }
    struct access access = attack_access(plot, victim, now);
    attack_read(plot, victim, &access, (uint32_t)plot->goal);
    return attack_hours(plot, now + chance_gap(chance, plot->gap) + SECOND);
}

void scenario_federation_backdoor_begin(struct plot *plot)
{
    struct chance *chance = &plot->chance;
    struct tenant *tenant = &plot->world->tenant;
    static const char *const names[] = {"sso-portal.example", "id-services.example",
                                        "login-hub.example", "trust-gate.example"};
    const char *name = names[chance_below(chance, 4)];
    plot->hour_from = (int)chance_below(chance, 14);
    plot->hour_until = plot->hour_from + 10;
    enum network_kind kind = chance_in(chance, 1, 2) ? NETWORK_PROXY : NETWORK_HOSTING;
    attack_addresses(plot, kind, NULL, chance_between(chance, 1, 4));
    attack_agent(plot);
    plot->numbers[0] = chance_in(chance, 1, 2);
    plot->texts[0] = plot->numbers[0] ? str_from(name) : tenant->domain;
    plot->texts[1] = arena_print(&tenant->arena, "https://%s/adfs/services/trust", name);
    plot->texts[2] = arena_print(&tenant->arena, "https://%s/adfs/ls/", name);
    plot->client = &clients[CLIENT_OWA];
    plot->victims[0] =
        (struct victim){.person = tenant_admin(tenant), .address = plot->addresses[0]};
    plot->victim_count = 1;
    uint32_t wanted = chance_between(chance, 1, 8);
    for (uint32_t i = 0; i < wanted; i++)
        attack_victim(plot, 100);
    plot->goal = (int)chance_between(chance, 3, 16);
    plot->gap = (int64_t)chance_between(chance, 60, 900) * SECOND;
    plot->time = attack_when(plot, 30, 60);
    plot->until = plot->time + (int64_t)chance_between(chance, 3, 20) * DAY;
    plot->step = plot->victim_count > 1 ? step : NULL;
}
