// Malicious consent: users are lured into consenting to an application with a harmless name. It keeps
// their mail rights without their password, and reads through Graph from rented servers.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

static const struct str lures[] = {STR("Mail Archive Sync"), STR("Document Viewer Pro"),
                                   STR("Calendar Insights"), STR("SecureDocs Upgrade"),
                                   STR("Meeting Notes AI")};
static const struct str scopes[] = {
    STR("[] => [[Id: BQAA, ClientId: 00000000-0000-0000-0000-000000000000, PrincipalId: , "
        "ConsentType: Principal, Scope:  Mail.Read offline_access User.Read]]"),
    STR("[] => [[Id: BQAB, ClientId: 00000000-0000-0000-0000-000000000000, PrincipalId: , "
        "ConsentType: Principal, Scope:  Mail.ReadWrite Mail.Send offline_access User.Read]]"),
    STR("[] => [[Id: BQAC, ClientId: 00000000-0000-0000-0000-000000000000, PrincipalId: , "
        "ConsentType: Principal, Scope:  EWS.AccessAsUser.All offline_access openid]]")};

// The user's own click, at the usual place: the application appears, the grant, the consent.
static void consent(struct plot *plot, struct victim *victim, int64_t now)
{
    struct person *person = victim->person;
    struct access access = {
        .time = now,
        .chance = &plot->chance,
        .user = person,
        .client = &clients[CLIENT_OFFICE_HOME],
        .address = person_address(person, DEVICE_BROWSER, plot->world->conditions.vpn_change, now),
        .agent = person->sessions[DEVICE_BROWSER].agent,
        .session = &person->sessions[DEVICE_BROWSER].id,
        .plot = plot,
        .is_lured = true};
    const struct property properties[] = {
        {S("ConsentContext.IsAdminConsent"), S(""), S("False")},
        {S("ConsentContext.OnBehalfOfAll"), S(""), S("False")},
        {S("ConsentAction.Permissions"), S(""), scopes[plot->numbers[0]]}};
    const struct property grant[] = {
        {S("DelegatedPermissionGrant.Scope"), S(""),
         plot->numbers[0] == 2 ? S("EWS.AccessAsUser.All offline_access openid")
                               : S("Mail.Read offline_access User.Read")},
        {S("DelegatedPermissionGrant.ConsentType"), S(""), S("Principal")}};
    struct change change = {.operation = "Add service principal.",
                            .category = "ApplicationManagement",
                            .kind = "Add",
                            .target_type = "ServicePrincipal",
                            .target = plot->app->object,
                            .target_name = plot->app->name};
    if (plot->count == 0)
        record_change(plot->world, &access, &change);
    access.time += SECOND;
    change.operation = "Add delegated permission grant.";
    change.properties = grant;
    change.property_count = 2;
    record_change(plot->world, &access, &change);
    access.time += SECOND;
    change.operation = "Consent to application.";
    change.kind = "Assign";
    change.properties = properties;
    change.property_count = 3;
    record_change(plot->world, &access, &change);
}

static void redeem(struct plot *plot, struct victim *victim, int64_t now)
{
    struct sign_in sign_in = {.is_audited = true,
                              .incoming = "refreshToken",
                              .has_second_factor = true,
                              .protocol = "oAuth2"};
    attack_sign_in(plot, victim, &sign_in, now, true);
}

static int64_t step(struct plot *plot, int64_t now)
{
    struct chance *chance = &plot->chance;
    if (now >= plot->until)
        return TIME_NEVER;
    if (plot->count < (int)plot->victim_count) {
        struct victim *victim = &plot->victims[plot->count];
        if (plot->phase++ == 0) {
            consent(plot, victim, now);
            return now + (int64_t)chance_between(chance, 3, 90) * SECOND;
        }
        redeem(plot, victim, now);
        plot->phase = 0;
        plot->count++;
        return now + (int64_t)chance_between(chance, 2, 300) * MINUTE;
    }
    struct victim *victim = &plot->victims[chance_below(chance, plot->victim_count)];
    attack_renew(plot, victim, now);
    struct access access = attack_access(plot, victim, now);
    attack_read(plot, victim, &access, (uint32_t)plot->goal);
    if (plot->numbers[0] < 2)
        record_graph(plot->world, &access, "GET",
                     S("https://graph.microsoft.com/v1.0/me/mailFolders/inbox/messages?$top=50"),
                     200);
    return now + chance_gap(chance, plot->gap) + SECOND;
}

void scenario_malicious_app_consent_begin(struct plot *plot)
{
    struct chance *chance = &plot->chance;
    attack_addresses(plot, NETWORK_HOSTING, NULL, chance_between(chance, 1, 3));
    attack_agent(plot);
    plot->app = ARENA_NEW(&plot->world->tenant.arena, struct app);
    *plot->app = plot->world->tenant.apps[APP_LURE];
    plot->app->id = chance_guid(chance);
    plot->app->object = chance_guid(chance);
    plot->app->id_text = guid_as_text(&plot->world->tenant.arena, &plot->app->id);
    plot->app->name = lures[chance_below(chance, 5)];
    plot->numbers[0] = chance_below(chance, 3);
    plot->app->is_ews = plot->numbers[0] == 2;
    plot->client = &clients[CLIENT_CRM]; // Graph, in the name of a third party
    uint32_t wanted = chance_between(chance, 1, 6);
    for (uint32_t i = 0; i < wanted; i++)
        attack_victim(plot, 0);
    plot->goal = (int)chance_between(chance, 4, 24);
    plot->gap = (int64_t)chance_between(chance, 60, 1500) * SECOND;
    plot->time = attack_when(plot, 30, 60);
    plot->until = plot->time + (int64_t)chance_between(chance, 2, 14) * DAY;
    plot->step = step;
}
