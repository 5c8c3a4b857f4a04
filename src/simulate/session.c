// Sessions and tokens of people and applications.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/session.h"

struct token token_make(struct chance *chance, struct guid request, int64_t time,
                        uint8_t long_percent)
{
    bool is_long = chance_in(chance, long_percent, 100);
    int64_t minutes =
        is_long ? chance_between(chance, 20 * 60, 28 * 60) : chance_between(chance, 60, 90);
    return (struct token){request, time, time + minutes * MINUTE};
}

// Continuous access evaluation is for Exchange, SharePoint, Teams and Graph of clients that know it;
// every other token is short.
static void renew(struct world *world, struct person *person, enum client_id id,
                  struct access *access, bool is_interactive)
{
    static const char *const factors[] = {"Mobile app notification", "OATH verification code",
                                          "Text message", "Passkey (device-bound)"};
    const struct client *client = access->client;
    struct chance *chance = access->chance;
    struct token *token = &person->tokens[id];
    const struct session *session = &person->sessions[client->device];
    *token = token_make(chance, chance_request(chance), access->time, client->long_percent);
    struct sign_in sign_in = {.access = *access,
                              .request = token->request,
                              .resource = client->resource,
                              .is_interactive = is_interactive,
                              .is_audited = is_interactive || chance_in(chance, 35, 100),
                              .incoming = is_interactive ? "none" : "primaryRefreshToken",
                              .is_known_device = session->is_managed};
    if (client->device != DEVICE_LAPTOP && !is_interactive)
        sign_in.incoming = "refreshToken";
    sign_in.has_second_factor = is_interactive ? chance_in(chance, 85, 100) : true;
    sign_in.second_factor = factors[person->puid % 4];
    sign_in.protocol = client->device == DEVICE_BROWSER ? "none" : "oAuth2";
    sign_in.access.token = token;
    record_sign_in(world, &sign_in);
}

// What goes wrong before someone is in: a mistyped password, the prompt for a second factor.
static void stumble(struct world *world, const struct access *access)
{
    struct chance *chance = access->chance;
    struct sign_in failed = {.access = *access,
                             .resource = access->client->resource,
                             .is_interactive = true,
                             .is_audited = true};
    failed.access.session = NULL;
    failed.access.token = NULL;
    uint32_t mistakes = chance_in(chance, 12, 100) ? chance_between(chance, 1, 3) : 0;
    for (uint32_t i = 0; i < mistakes; i++) {
        failed.request = chance_request(chance);
        failed.error = 50126;
        failed.access.time = access->time - (int64_t)(mistakes - i) * 11 * SECOND;
        record_sign_in(world, &failed);
    }
    if (chance_in(chance, 30, 100)) {
        static const uint16_t weights[] = {60, 30, 8, 2};
        static const int errors[] = {50074, 50140, 500121, 50055};
        failed.request = chance_request(chance);
        failed.error = errors[chance_pick(chance, weights, 4)];
        failed.has_second_factor = failed.error == 500121;
        failed.second_factor = "Mobile app notification";
        failed.access.time = access->time - 4 * SECOND;
        record_sign_in(world, &failed);
    }
}

static void sign_in_again(struct world *world, struct person *person, enum client_id id,
                          struct access *access)
{
    static const uint16_t hours[DEVICE_COUNT] = {24 * 14, 30, 24 * 60, 24 * 30};
    struct chance *chance = access->chance;
    struct session *session = &person->sessions[access->client->device];
    stumble(world, access);
    session->id = chance_guid(chance);
    uint32_t most = hours[access->client->device];
    session->until = access->time + (int64_t)chance_between(chance, most / 3, most) * HOUR;
    access->session = &session->id;
    renew(world, person, id, access, true);
}

struct access session_access(struct world *world, struct person *person, enum client_id id,
                             int64_t time)
{
    const struct client *client = &clients[id];
    struct session *session = &person->sessions[client->device];
    struct access access = {
        .time = time,
        .chance = &person->chance,
        .user = person,
        .app = id == CLIENT_CRM ? &world->tenant.apps[APP_CRM] : NULL,
        .mailbox = person,
        .client = client,
        .address = person_address(person, client->device, world->conditions.vpn_change, time),
        .agent = session->agent,
        .session = &session->id};
    if (client->device == DEVICE_SERVER) {
        access.address = id == CLIENT_CRM ? world->tenant.apps[APP_CRM].address : person->desk;
        access.agent = NULL;
    }
    if (session->until <= time && client->device != DEVICE_SERVER) {
        sign_in_again(world, person, id, &access);
        access.time = time + (int64_t)chance_between(&person->chance, 2, 20) * SECOND;
    } else if (person->tokens[id].expires <= time) {
        renew(world, person, id, &access, false);
        access.time = time + (int64_t)chance_between(&person->chance, 1, 6) * SECOND;
    }
    access.token = &person->tokens[id];
    if (!chance_in(&person->chance, client->link_percent, 100)) {
        access.token = NULL;
        access.session = NULL;
    }
    if (client->is_from_provider)
        access.address = address_make(NETWORK_PROVIDER_OUTLOOK, &person->chance);
    return access;
}

struct access app_access(struct world *world, struct app *app, struct chance *chance,
                         struct person *mailbox, int64_t time)
{
    bool is_managed = app == &world->tenant.apps[APP_HELPDESK];
    struct access access = {.time = time,
                            .chance = chance,
                            .app = app,
                            .mailbox = mailbox,
                            .client = &clients[CLIENT_CRM],
                            .address = app->address};
    if (app->token.expires <= time) {
        app->token = token_make(chance, chance_request(chance), time, is_managed ? 100 : 0);
        struct sign_in sign_in = {.access = access,
                                  .request = app->token.request,
                                  .resource = app->is_ews ? RESOURCE_EXCHANGE : RESOURCE_GRAPH,
                                  .is_managed_identity = is_managed};
        sign_in.access.token = &app->token;
        record_sign_in(world, &sign_in);
        access.time = time + SECOND;
    }
    access.token = &app->token;
    return access;
}
