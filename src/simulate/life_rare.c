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

// An add-in that reads no mail; or, for those who sell, the CRM's connector, which does.
static void consent(struct world *world, struct person *person, int64_t now)
{
    struct access access = session_access(world, person, CLIENT_OFFICE_HOME, now);
    bool reads_mail = person_has(person, CLIENT_CRM) && chance_in(&person->chance, 1, 2);
    struct app *app = &world->tenant.apps[reads_mail ? APP_CRM : APP_SIGNATURE];
    const struct property properties[] = {
        {S("ConsentContext.IsAdminConsent"), S(""), S("False")},
        {S("ConsentContext.OnBehalfOfAll"), S(""), S("False")},
        {S("ConsentAction.Permissions"), S(""),
         reads_mail
             ? S("[] => [[Id: AAAB, ClientId: 00000000-0000-0000-0000-000000000000, PrincipalId: "
                 ", ConsentType: Principal, Scope:  User.Read Mail.Read offline_access]]")
             : S("[] => [[Id: AAAA, ClientId: 00000000-0000-0000-0000-000000000000, PrincipalId: "
                 ", ConsentType: Principal, Scope:  User.Read Calendars.Read]]")}};
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

static void set_mailbox(struct world *world, const struct access *access, struct person *box)
{
    const struct pair parameters[] = {{S("Identity"), box->address},
                                      {S("IssueWarningQuota"), S("49 GB (52,613,349,376 bytes)")}};
    record_cmdlet(world, access, "Set-Mailbox", box->address, parameters, 2);
}

// For a shared mailbox, an absent colleague or one who left: the delegate reads it from then on.
static void give_access(struct world *world, const struct access *access, struct person *box)
{
    struct tenant *tenant = &world->tenant;
    struct person *person = &tenant->people[chance_below(access->chance, tenant->people_count)];
    const struct pair parameters[] = {{S("Identity"), box->address},
                                      {S("User"), person->address},
                                      {S("AccessRights"), S("FullAccess")},
                                      {S("InheritanceType"), S("All")}};
    record_cmdlet(world, access, "Add-MailboxPermission", box->address, parameters, 4);
    if (person->shared == person->index)
        person->shared = box->index;
}

static void change_directory(struct world *world, const struct access *access,
                             const struct person *person)
{
    static const struct {
        const char *operation, *category, *kind;
    } rows[] = {{"Reset user password.", "UserManagement", "Update"},
                {"Add member to group.", "GroupManagement", "Assign"},
                {"Update user.", "UserManagement", "Update"}};
    uint32_t which = chance_below(access->chance, 3);
    struct change change = {.operation = rows[which].operation,
                            .category = rows[which].category,
                            .kind = rows[which].kind,
                            .target_type = "User",
                            .target = person->object,
                            .target_name = person->spelled};
    record_change(world, access, &change);
}

// The secret of the CRM's application is renewed, as every half year.
static void renew_secret(struct world *world, const struct access *access)
{
    const struct app *app = &world->tenant.apps[APP_CRM];
    const struct property key[] = {
        {S("KeyDescription"), S("[]"),
         S("[\"[KeyIdentifier=0b8c6c1e-90a4-4a53-8c55-d1f0b6f0a9c7,KeyType=Password,KeyUsage="
           "Verify,DisplayName=renewed]\"]")}};
    struct change change = {
        .operation = "Update application \342\200\223 Certificates and secrets management ",
        .category = "ApplicationManagement",
        .kind = "Update",
        .target_type = "Application",
        .target = app->id,
        .target_name = app->name,
        .properties = key,
        .property_count = 1};
    record_change(world, access, &change);
}

// The command line on a server without a browser: the code is typed in at the desk.
static void use_device_code(struct world *world, const struct access *access)
{
    struct sign_in sign_in = {.access = *access,
                              .request = chance_request(access->chance),
                              .resource = RESOURCE_AZURE,
                              .is_interactive = true,
                              .is_audited = true,
                              .protocol = "deviceCode",
                              .transfer = "deviceCodeFlow",
                              .request_type = "Cmsi:Cmsi",
                              .has_second_factor = true,
                              .second_factor = "Mobile app notification",
                              .is_known_device = true};
    sign_in.access.client = &clients[CLIENT_AZURE_CLI];
    record_sign_in(world, &sign_in);
}

static void administer(struct world *world, struct person *admin, int64_t now)
{
    struct chance *chance = &admin->chance;
    struct tenant *tenant = &world->tenant;
    struct person *person = &tenant->people[chance_below(chance, tenant->people_count)];
    struct person *box = &tenant->people[chance_below(chance, tenant->mailbox_count)];
    enum client_id client = chance_in(chance, 1, 2) ? CLIENT_EXCHANGE_ADMIN : CLIENT_POWERSHELL;
    struct access access = session_access(world, admin, client, now);
    static const uint16_t weights[] = {20, 20, 45, 5, 10};
    switch (chance_pick(chance, weights, 5)) {
    case 0:
        set_mailbox(world, &access, box);
        break;
    case 1:
        give_access(world, &access, box);
        break;
    case 2:
        change_directory(world, &access, person);
        break;
    case 3:
        renew_secret(world, &access);
        break;
    default:
        use_device_code(world, &access);
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
