// What people do now and then: rules, absence notes, passwords, consents; and administrators' work.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/life.h"

static void make_rule(struct world *world, struct person *person, int64_t now)
{
    static const struct {
        struct str name, words, folder;
    } rules[] = {{STR("Newsletters"), STR("Newsletter"), STR("Newsletters")},
                 {STR("Tickets"), STR("Ticket"), STR("Customers")},
                 {STR("Projects"), STR("status week"), STR("Projects")},
                 {STR("Invoices to folder"), STR("Invoice"), STR("Invoices")},
                 {STR("Calendar replies"), STR("Accepted:"), STR("Deleted Items")}};
    uint32_t which = chance_below(&person->chance, 5);
    if (!person_has(person, CLIENT_OWA)) {
        struct access access = session_access(world, person, CLIENT_OUTLOOK, now);
        record_rule(world, &access, rules[which].name, S("MoveToFolder"));
        return;
    }
    struct access access = session_access(world, person, CLIENT_OWA, now);
    const struct pair parameters[] = {{S("AlwaysDeleteOutlookRulesBlob"), S("False")},
                                      {S("Force"), S("False")},
                                      {S("Name"), rules[which].name},
                                      {S("SubjectContainsWords"), rules[which].words},
                                      {S("MoveToFolder"), rules[which].folder},
                                      {S("StopProcessingRules"), S("True")}};
    record_cmdlet(world, &access, "New-InboxRule", person->address, parameters, 6);
}

static void be_absent(struct world *world, struct person *person, int64_t now)
{
    struct access access = session_access(world, person, CLIENT_OWA, now);
    const struct pair parameters[] = {{S("Identity"), person->address},
                                      {S("AutoReplyState"), S("Scheduled")},
                                      {S("ExternalAudience"), S("All")}};
    record_cmdlet(world, &access, "Set-MailboxAutoReplyConfiguration", person->address, parameters,
                  3);
}

static void change_own(struct world *world, struct person *person, int64_t now)
{
    struct access access = session_access(world, person, CLIENT_OFFICE_HOME, now);
    bool is_password = chance_in(&person->chance, 1, 2);
    const struct property methods[] = {
        {S("StrongAuthenticationMethod"), S("[]"), S("[{\"MethodType\":6,\"Default\":true}]")}};
    struct change change = {.operation = is_password ? "Change user password." : "Update user.",
                            .category = "UserManagement",
                            .kind = "Update",
                            .target_type = "User",
                            .target = person->object,
                            .target_name = person->spelled,
                            .properties = methods,
                            .property_count = is_password ? 0 : 1};
    access.mailbox = NULL;
    record_change(world, &access, &change);
}

// An add-in that reads no mail.
static void consent(struct world *world, struct person *person, int64_t now)
{
    struct access access = session_access(world, person, CLIENT_OFFICE_HOME, now);
    struct app *app = &world->tenant.apps[APP_SIGNATURE];
    const struct property properties[] = {
        {S("ConsentContext.IsAdminConsent"), S(""), S("False")},
        {S("ConsentContext.OnBehalfOfAll"), S(""), S("False")},
        {S("ConsentAction.Permissions"), S(""),
         S("[] => [[Id: AAAA, ClientId: 00000000-0000-0000-0000-000000000000, PrincipalId: , "
           "ConsentType: Principal, Scope:  User.Read Calendars.Read]]")}};
    struct change change = {.operation = "Consent to application.",
                            .category = "ApplicationManagement",
                            .kind = "Assign",
                            .target_type = "ServicePrincipal",
                            .target = app->object,
                            .target_name = app->name,
                            .properties = properties,
                            .property_count = 3};
    access.mailbox = NULL;
    record_change(world, &access, &change);
}

// ---- administrators ---------------------------------------------------------------------------

static void administer(struct world *world, struct person *admin, int64_t now)
{
    struct chance *chance = &admin->chance;
    struct tenant *tenant = &world->tenant;
    struct person *person = &tenant->people[chance_below(chance, tenant->people_count)];
    struct person *box = &tenant->people[chance_below(chance, tenant->mailbox_count)];
    enum client_id client = chance_in(chance, 1, 2) ? CLIENT_EXCHANGE_ADMIN : CLIENT_POWERSHELL;
    struct access access = session_access(world, admin, client, now);
    const struct pair mailbox[] = {{S("Identity"), box->address},
                                   {S("IssueWarningQuota"), S("49 GB (52,613,349,376 bytes)")}};
    const struct pair permission[] = {{S("Identity"), box->address},
                                      {S("User"), person->address},
                                      {S("AccessRights"), S("FullAccess")},
                                      {S("InheritanceType"), S("All")}};
    struct change change = {.category = "UserManagement",
                            .kind = "Update",
                            .target_type = "User",
                            .target = person->object,
                            .target_name = person->spelled};
    switch (chance_below(chance, 5)) {
    case 0:
        record_cmdlet(world, &access, "Set-Mailbox", box->address, mailbox, 2);
        break;
    case 1:
        if (box->is_shared)
            record_cmdlet(world, &access, "Add-MailboxPermission", box->address, permission, 4);
        else
            record_cmdlet(world, &access, "Set-CASMailbox", box->address, mailbox, 1);
        break;
    case 2:
        change.operation = "Reset user password.";
        record_change(world, &access, &change);
        break;
    case 3:
        change.operation = "Add member to group.";
        change.category = "GroupManagement";
        change.kind = "Assign";
        record_change(world, &access, &change);
        break;
    default:
        change.operation = "Update user.";
        record_change(world, &access, &change);
        break;
    }
}

void life_rare(struct world *world, struct person *person, int64_t now)
{
    static const uint16_t weights[] = {35, 25, 30, 10};
    if (person->is_admin) {
        administer(world, person, now);
        return;
    }
    switch (chance_pick(&person->chance, weights, 4)) {
    case 0:
        make_rule(world, person, now);
        break;
    case 1:
        be_absent(world, person, now);
        break;
    case 2:
        change_own(world, person, now);
        break;
    default:
        consent(world, person, now);
        break;
    }
}
