// Application credentials: the intruder, already in an administrator's account, gives a forgotten
// application a new secret and the right to read all mail; the application then signs in from another
// network and goes through chosen mailboxes.
// After Microsoft on Midnight Blizzard (January 2024).
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

static void change_app(struct plot *plot, int64_t now, const char *operation, const char *kind,
                       const char *type, const struct property *properties, uint32_t count)
{
    struct access access = attack_access(plot, &plot->victims[0], now);
    struct app *app = &plot->world->tenant.apps[APP_LEGACY];
    struct change change = {.operation = operation,
                            .category = "ApplicationManagement",
                            .kind = kind,
                            .target_type = type,
                            .target = app->object,
                            .target_name = app->name,
                            .properties = properties,
                            .property_count = count};
    access.client = &clients[CLIENT_PORTAL];
    access.app = NULL;
    access.mailbox = NULL;
    record_change(plot->world, &access, &change);
}

static void enter(struct plot *plot, int64_t now)
{
    struct sign_in sign_in = {.is_interactive = true,
                              .is_audited = true,
                              .has_second_factor = chance_in(&plot->chance, 1, 2),
                              .second_factor = "Text message"};
    struct app *app = plot->app;
    plot->app = NULL;
    plot->client = &clients[CLIENT_PORTAL];
    attack_sign_in(plot, &plot->victims[0], &sign_in, now, true);
    plot->app = app;
    plot->client = &clients[CLIENT_CRM];
}

static void add_secret(struct plot *plot, int64_t now)
{
    static const struct property key[] = {
        {STR("KeyDescription"), STR("[]"),
         STR("[\"[KeyIdentifier=6f1d7e0a-52c1-4d3a-9b7e-3b1c5d9e8f20,KeyType=Password,KeyUsage="
             "Verify,DisplayName=sync]\"]")}};
    change_app(plot, now, "Update application \342\200\223 Certificates and secrets management ",
               "Update", "Application", key, 1);
    if (chance_in(&plot->chance, 1, 2))
        change_app(plot, now + 20 * SECOND, "Add service principal credentials.", "Update",
                   "ServicePrincipal", key, 1);
}

static void add_right(struct plot *plot, int64_t now)
{
    const struct property full[] = {
        {S("AppRole.Id"), S(""), S("dc890d15-9560-4a4c-9b7f-a736ec74ec40")},
        {S("AppRole.Value"), S(""), S("full_access_as_app")},
        {S("ServicePrincipal.ObjectID"), S(""), S("00000002-0000-0ff1-ce00-000000000000")}};
    const struct property read[] = {
        {S("AppRole.Id"), S(""), S("810c84a8-4a9e-49e6-bf7d-12d183f40d01")},
        {S("AppRole.Value"), S(""), S("Mail.Read")},
        {S("ServicePrincipal.ObjectID"), S(""), S("00000003-0000-0000-c000-000000000000")}};
    change_app(plot, now, "Add app role assignment to service principal.", "Assign",
               "ServicePrincipal", plot->app->is_ews ? full : read, 3);
}

// The application by itself: a token of its own, one mailbox after the other.
static void read_as_app(struct plot *plot, int64_t now)
{
    struct app *app = plot->app;
    uint32_t number = 1 + chance_below(&plot->chance, plot->victim_count - 1);
    struct victim *victim = &plot->victims[number];
    struct access access = {.time = now,
                            .chance = &plot->chance,
                            .app = app,
                            .mailbox = victim->person,
                            .client = plot->client,
                            .address = app->address,
                            .plot = plot};
    if (app->token.expires <= now) {
        app->token = token_make(&plot->chance, chance_request(&plot->chance), now, 0);
        struct sign_in sign_in = {.access = access,
                                  .request = app->token.request,
                                  .resource = app->is_ews ? RESOURCE_EXCHANGE : RESOURCE_GRAPH,
                                  .has_secret = true};
        sign_in.access.token = &app->token;
        record_sign_in(plot->world, &sign_in);
        access.time += 2 * SECOND;
    }
    access.token = &app->token;
    attack_read(plot, victim, &access, (uint32_t)plot->goal);
}

static int64_t step(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    if (now >= plot->until)
        return TIME_NEVER;
    switch (plot->phase++) {
    case 0:
        enter(plot, now);
        return now + (int64_t)chance_between(chance, 1, 30) * MINUTE;
    case 1:
        add_secret(plot, now);
        return now + (int64_t)chance_between(chance, 1, 20) * MINUTE;
    case 2:
        add_right(plot, now);
        return now + (int64_t)chance_between(chance, 10, 2000) * MINUTE;
    default:
        read_as_app(plot, now);
        return now + chance_gap(chance, plot->gap) + SECOND;
    }
}

void scenario_app_credential_abuse_begin(struct plot *plot)
{
    struct chance *chance = &plot->chance;
    struct tenant *tenant = &plot->world->tenant;
    enum network_kind kind = chance_in(chance, 2, 3) ? NETWORK_PROXY : NETWORK_HOSTING;
    attack_addresses(plot, kind, NULL, chance_between(chance, 1, 4));
    attack_agent(plot);
    plot->app = ARENA_NEW(&tenant->arena, struct app);
    *plot->app = tenant->apps[APP_LEGACY];
    plot->app->is_ews = chance_in(chance, 2, 3);
    plot->app->address = attack_address(plot);
    plot->client = &clients[CLIENT_CRM];
    plot->victims[0] =
        (struct victim){.person = tenant_admin(tenant), .address = attack_address(plot)};
    plot->victim_count = 1;
    uint32_t wanted = chance_between(chance, 5, 20);
    for (uint32_t i = 0; i < wanted; i++)
        attack_victim(plot, i < 4 ? 100 : 0);
    if (plot->victim_count < 2)
        plot->victims[plot->victim_count++] = plot->victims[0];
    plot->goal = (int)chance_between(chance, 4, 20);
    plot->gap = (int64_t)chance_between(chance, 15, 400) * SECOND;
    plot->time = attack_when(plot, 30, 60);
    plot->until = plot->time + (int64_t)chance_between(chance, 2, 20) * DAY;
    plot->step = step;
}
