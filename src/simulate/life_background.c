// What goes on without anyone at a keyboard: mail that arrives, vendors' applications at night, the
// provider's back ends and maintenance.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/life.h"
#include "simulate/pen.h"

// ---- mail from outside ------------------------------------------------------------------------

static bool is_night(const struct person *person, int64_t now)
{
    int64_t hour = (now + person->office->ahead * MINUTE) / HOUR % 24;
    return hour < 6 || hour >= 22;
}

static int64_t deliver(struct world *world, void *self, int64_t now)
{
    struct chance *chance = &world->chance;
    struct tenant *tenant = &world->tenant;
    struct person *person = &tenant->people[chance_below(chance, tenant->mailbox_count)];
    (void)self;
    if (!is_night(person, now) || chance_in(chance, 20, 100))
        mail_arrives(world, person, chance_next(chance), now);
    return now + chance_gap(chance, DAY / 34 / tenant->mailbox_count) + SECOND / 8;
}

// ---- the provider's back ends -----------------------------------------------------------------

// First-party services that read mail with tokens of their own, which no sign-in log shows: search,
// suggestions, notifications, loop components. Their client string is the one that REST clients of
// intruders have shown too.
#define BACKEND(id, what)                                                                          \
    {                                                                                              \
        .app_id = (id), .name = (what), .mail_app = (id), .mail_client = (id),                     \
        .info = "Client=REST;Client=RESTSystem;;", .used = "", .resource = RESOURCE_EXCHANGE       \
    }
static const struct client backends[] = {
    BACKEND("66a88757-258c-4c72-893c-3e8bed4d6899", "Office 365 Search Service"),
    BACKEND("7ae974c5-1af7-4923-af3a-fb1fd14dcb7e", "OutlookUserSettingsConsumer"),
    BACKEND("4e445925-163e-42ca-b801-9073bfa46d17", "SharePoint Home Notifier"),
    BACKEND("cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "Microsoft Teams Services"),
};

static int64_t backend(struct world *world, void *self, int64_t now)
{
    static const uint16_t weights[] = {50, 20, 10, 20};
    struct chance *chance = self;
    struct tenant *tenant = &world->tenant;
    struct person *person = &tenant->people[chance_below(chance, tenant->mailbox_count)];
    struct mail mails[3];
    int64_t next = now + chance_gap(chance, DAY / 30 / tenant->mailbox_count) + SECOND / 8;
    uint32_t count = 0, most = chance_between(chance, 1, 3);
    if (is_night(person, now) && chance_in(chance, 70, 100))
        return next;
    for (uint32_t back = 0; back < most; back++) {
        struct mail *mail = mail_recent(person, back);
        if (mail)
            mails[count++] = *mail;
    }
    if (!count || now - person->backend_seen < 10 * MINUTE)
        return next;
    person->backend_seen = now;
    struct access access = {.time = now,
                            .chance = chance,
                            .user = person,
                            .mailbox = person,
                            .address = address_make(NETWORK_PROVIDER_EXCHANGE, chance)};
    access.client = &backends[chance_pick(chance, weights, 4)];
    record_bind(world, &access, mails, count);
    return next;
}

// ---- vendors' applications --------------------------------------------------------------------

// One that goes round all mailboxes each night.
struct round {
    struct app *app;
    struct chance chance;
    uint32_t next;
    int64_t begins; // hour of the day in UTC, as a time
    uint32_t most;
};

static int64_t go_round(struct world *world, void *self, int64_t now)
{
    struct round *round = self;
    struct tenant *tenant = &world->tenant;
    struct mail mails[BIND_LIMIT];
    if (round->app == &tenant->apps[APP_NEW_BACKUP] && now < world->conditions.backup_from)
        return now + HOUR;
    struct person *box = &tenant->people[round->next];
    struct access access = app_access(world, round->app, &round->chance, box, now);
    uint32_t count = 0, most = chance_between(&round->chance, 2, round->most);
    for (uint32_t back = 0; back < most; back++) {
        struct mail *mail = mail_recent(box, back);
        if (mail)
            mails[count++] = *mail;
    }
    if (count)
        record_bind(world, &access, mails, count);
    round->next = (round->next + 1) % tenant->mailbox_count;
    if (round->next == 0) {
        int64_t tomorrow = (now / DAY + 1) * DAY + round->begins;
        return tomorrow + (int64_t)chance_below(&round->chance, 900) * SECOND;
    }
    int64_t most_gap = 4 * HOUR / tenant->mailbox_count;
    return now + chance_gap(&round->chance, most_gap < 20 * SECOND ? most_gap : 20 * SECOND) +
           SECOND / 16;
}

static void begin_rounds(struct world *world)
{
    static const struct {
        enum app_number app;
        uint8_t hour;
        uint8_t most;
    } rows[] = {{APP_BACKUP, 1, 20}, {APP_ARCHIVE, 4, 12}, {APP_NEW_BACKUP, 2, 24}};
    for (uint32_t i = 0; i < 3; i++) {
        struct round *round = ARENA_NEW(&world->tenant.arena, struct round);
        round->app = &world->tenant.apps[rows[i].app];
        round->chance = chance_of(world->options->seed, "round", i);
        round->begins = rows[i].hour * HOUR;
        round->most = rows[i].most;
        world_add(world, world->start + round->begins, go_round, round);
    }
}

// The help desk's function, a managed identity, and the signature service: Graph calls all day.
static int64_t call_graph(struct world *world, void *self, int64_t now)
{
    struct chance *chance = self;
    struct tenant *tenant = &world->tenant;
    struct person *person = &tenant->people[chance_below(chance, tenant->people_count)];
    bool is_helpdesk = chance_in(chance, 1, 3);
    struct app *app = &tenant->apps[is_helpdesk ? APP_HELPDESK : APP_SIGNATURE];
    struct access access = app_access(world, app, chance, NULL, now);
    char text[200];
    struct buf uri = {.at = text, .capacity = sizeof text};
    PUT(&uri, "https://graph.microsoft.com/v1.0/users/");
    buf_add(&uri, person->address);
    buf_add(&uri, is_helpdesk ? S("?$select=displayName,department") : S("/mailboxSettings"));
    record_graph(world, &access, "GET", buf_str(&uri), 200);
    return now + chance_gap(chance, 8 * MINUTE) + SECOND;
}

// ---- the provider's maintenance ---------------------------------------------------------------

static struct str long_name(struct world *world, struct str name)
{
    return arena_print(&world->tenant.arena,
                       "EURPR04A010.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/"
                       "contoso.onmicrosoft.com/%.*s",
                       (int)name.len, name.at);
}

struct maintenance {
    struct chance chance;
    struct str discovery, management;
};

static void maintain(struct world *world, struct maintenance *self, int64_t now)
{
    struct chance *chance = &self->chance;
    struct tenant *tenant = &world->tenant;
    struct person *person = &tenant->people[chance_below(chance, tenant->mailbox_count)];
    const struct pair permission[] = {{S("DomainController"), S("")},
                                      {S("Identity"), self->discovery},
                                      {S("User"), self->management},
                                      {S("AccessRights"), S("FullAccess")}};
    const struct pair log[] = {{S("DomainController"), S("")},
                               {S("Identity"), S("Admin Audit Log Settings")},
                               {S("AdminAuditLogAgeLimit"), S("90.00:00:00")}};
    const struct pair mailbox[] = {{S("Identity"), person->address},
                                   {S("ComplianceTagHoldApplied"), S("False")}};
    switch (chance_below(chance, 6)) {
    case 0:
    case 1:
        record_provider_cmdlet(world, chance, now, "Add-MailboxPermission", self->discovery,
                               permission, 4);
        break;
    case 2:
        record_provider_cmdlet(world, chance, now, "Set-AdminAuditLogConfig",
                               S("Admin Audit Log Settings"), log, 3);
        break;
    case 3:
        record_provider_cmdlet(world, chance, now, "Install-AdminAuditLogConfig",
                               S("Admin Audit Log Settings"), log, 1);
        break;
    case 4:
        record_provider_cmdlet(world, chance, now, "Set-TenantObjectVersion", S(""), log, 1);
        break;
    default:
        record_provider_cmdlet(world, chance, now, "Set-Mailbox", person->address, mailbox, 2);
        break;
    }
}

static int64_t maintenance_step(struct world *world, void *self, int64_t now)
{
    struct maintenance *maintenance = self;
    const struct conditions *c = &world->conditions;
    bool is_wave = c->is_maintained && now >= c->maintenance_from && now < c->maintenance_until;
    maintain(world, maintenance, now);
    int64_t mean = is_wave ? 2 * MINUTE : 5 * HOUR;
    int64_t next = now + chance_gap(&maintenance->chance, mean) + SECOND;
    if (c->is_maintained && now < c->maintenance_from && next > c->maintenance_from)
        next = c->maintenance_from + SECOND;
    return next;
}

void life_begin_background(struct world *world)
{
    struct arena *arena = &world->tenant.arena;
    uint64_t seed = world->options->seed;
    struct chance *back = ARENA_NEW(arena, struct chance);
    struct chance *calls = ARENA_NEW(arena, struct chance);
    struct maintenance *maintenance = ARENA_NEW(arena, struct maintenance);
    *back = chance_of(seed, "backend", 0);
    *calls = chance_of(seed, "calls", 0);
    maintenance->chance = chance_of(seed, "maintenance", 0);
    maintenance->discovery =
        long_name(world, S("DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}"));
    maintenance->management = long_name(world, S("Discovery Management"));
    world_add(world, world->start + SECOND, deliver, NULL);
    world_add(world, world->start + 2 * SECOND, backend, back);
    world_add(world, world->start + MINUTE, call_graph, calls);
    world_add(world, world->start + chance_below(&maintenance->chance, 18000) * SECOND,
              maintenance_step, maintenance);
    begin_rounds(world);
}

void life_begin(struct world *world)
{
    for (uint32_t i = 0; i < world->tenant.people_count; i++) {
        struct person *person = &world->tenant.people[i];
        // The first step plans the day: as if it were the evening before.
        person->day_ends = person->late_until = world->start - DAY;
        world_add(world, world->start, life_step, person);
    }
    life_begin_background(world);
}
