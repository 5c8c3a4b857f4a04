// Planned administration: a new backup product is registered, consented to by an administrator, and
// from the next night on reads every mailbox; an eDiscovery search runs; permissions are given.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

static struct access admin_access(struct plot *plot, enum client_id client, int64_t now)
{
    struct access access = session_access(plot->world, plot->admin, client, now);
    access.plot = plot;
    return access;
}

static void register_backup(struct plot *plot, int64_t now)
{
    const struct app *app = &plot->world->tenant.apps[APP_NEW_BACKUP];
    struct access access = admin_access(plot, CLIENT_PORTAL, now);
    const struct property consent[] = {
        {S("ConsentContext.IsAdminConsent"), S(""), S("True")},
        {S("ConsentContext.OnBehalfOfAll"), S(""), S("True")},
        {S("ConsentAction.Permissions"), S(""),
         S("[] => [[Id: AAAA, ConsentType: AllPrincipals, Scope:  Mail.Read User.Read.All]]")}};
    const struct property role[] = {
        {S("AppRole.Value"), S(""), S("Mail.Read")},
        {S("AppRole.DisplayName"), S(""), S("Read mail in all mailboxes")}};
    struct change change = {.operation = "Add service principal.",
                            .category = "ApplicationManagement",
                            .kind = "Add",
                            .target_type = "ServicePrincipal",
                            .target = app->object,
                            .target_name = app->name};
    access.mailbox = NULL;
    record_change(plot->world, &access, &change);
    access.time += 5 * SECOND;
    change.operation = "Add app role assignment to service principal.";
    change.kind = "Assign";
    change.properties = role;
    change.property_count = 2;
    record_change(plot->world, &access, &change);
    access.time += 2 * SECOND;
    change.operation = "Consent to application.";
    change.properties = consent;
    change.property_count = 3;
    record_change(plot->world, &access, &change);
    story_add(&plot->story, SET_CLIENT_APPS, app->id_text);
    story_add_address(&plot->story, app->address);
    plot->world->conditions.backup_from = now + 2 * HOUR;
}

static void search(struct plot *plot, int64_t now, const char *operation)
{
    struct access access = admin_access(plot, CLIENT_PORTAL, now);
    access.mailbox = NULL;
    record_discovery(plot->world, &access, operation, S("Case 2026-114 supplier dispute"),
                     S("(subject:\"Contract draft\") OR (subject:NDA)"));
}

static void give_permission(struct plot *plot, int64_t now)
{
    struct tenant *tenant = &plot->world->tenant;
    struct person *box = &tenant->people[tenant->mailbox_count - 1];
    struct person *user = tenant_pick(tenant, &plot->chance, 0);
    struct access access = admin_access(plot, CLIENT_EXCHANGE_ADMIN, now);
    const struct pair parameters[] = {{S("Identity"), box->address},
                                      {S("User"), user->address},
                                      {S("AccessRights"), S("FullAccess")},
                                      {S("InheritanceType"), S("All")}};
    access.mailbox = box;
    record_cmdlet(plot->world, &access, "Add-MailboxPermission", box->address, parameters, 4);
}

static int64_t step(struct plot *plot, int64_t now)
{
    switch (plot->phase++) {
    case 0:
        register_backup(plot, now);
        return now + 3 * HOUR;
    case 1:
        search(plot, now, "SearchCreated");
        return now + 40 * SECOND;
    case 2:
        search(plot, now, "SearchStarted");
        return now + 25 * MINUTE;
    case 3:
        search(plot, now, "SearchExported");
        return now + DAY;
    case 4:
        give_permission(plot, now);
        return TIME_NEVER;
    default:
        return TIME_NEVER;
    }
}

void scenario_administrative_activity_begin(struct plot *plot)
{
    plot->hour_from = 8;
    plot->hour_until = 16;
    plot->admin = tenant_admin(&plot->world->tenant);
    plot->time = attack_when(plot, 25, 55);
    plot->step = step;
}
