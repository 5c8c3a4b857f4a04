// People at work: days, places, programs, and what they do with them.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/life.h"

#include <assert.h>

// ---- days -------------------------------------------------------------------------------------

// Public holidays, month * 100 + day. Enough that weeks are not all alike.
static const struct {
    const char *country;
    int date;
} holidays[] = {{"NL", 1225}, {"NL", 1226}, {"NL", 101}, {"NL", 427},  {"GB", 1225},
                {"GB", 1226}, {"GB", 101},  {"GB", 831}, {"US", 907},  {"US", 704},
                {"US", 1126}, {"US", 1225}, {"US", 101}, {"DE", 1003}, {"DE", 1225},
                {"DE", 101},  {"DE", 501},  {"SG", 809}, {"SG", 1225}, {"SG", 101}};

static bool is_free(const struct person *person, int64_t local)
{
    struct instant_parts parts = instant_split(local);
    if (parts.weekday >= 6)
        return true;
    for (size_t i = 0; i < sizeof holidays / sizeof holidays[0]; i++)
        if (holidays[i].date == parts.month * 100 + parts.day &&
            strcmp(holidays[i].country, person->office->country) == 0)
            return true;
    return person->holiday_from != INSTANT_NONE && local >= person->holiday_from &&
           local < person->holiday_until;
}

static bool has_phone(const struct person *person)
{
    return person_has(person, CLIENT_PHONE_IOS) || person_has(person, CLIENT_PHONE_ANDROID) ||
           person_has(person, CLIENT_SYNC_IOS);
}

// Some go on journeys for their work.
static void plan_journey(struct person *person, int64_t morning)
{
    struct chance *chance = &person->chance;
    if (!person->department->is_travelling || !chance_in(chance, 1, 60) ||
        person->away_from != INSTANT_NONE)
        return;
    person->away_from = morning - 3 * HOUR;
    person->away_until = morning + (int64_t)chance_between(chance, 2, 5) * DAY;
}

// Plans the local day that begins after `now`. Gives its first moment of work.
static int64_t plan_day(struct person *person, int64_t now)
{
    struct chance *chance = &person->chance;
    int64_t ahead = person->office->ahead * MINUTE;
    int64_t day = (now + ahead) / DAY * DAY; // local midnight, in local time
    int64_t opens = day + person->starts * MINUTE - ahead;
    if (opens <= now) {
        day += DAY;
        opens += DAY;
    }
    opens += (int64_t)chance_below(chance, 40) * MINUTE;
    person->day_begins = opens;
    plan_journey(person, opens);
    if (is_free(person, day + 12 * HOUR)) {
        bool looks = has_phone(person) && chance_in(chance, 55, 100);
        person->day_begins = person->day_ends = opens;
        person->late_until = opens + (looks ? 10 * HOUR : 0);
    } else {
        person->place = chance_in(chance, 60, 100) ? PLACE_OFFICE : PLACE_HOME;
        person->day_ends = opens + (person->ends - person->starts) * MINUTE;
        bool looks = has_phone(person) && chance_in(chance, 70, 100);
        person->late_until = looks ? person->day_ends + 5 * HOUR : person->day_ends;
    }
    return opens + (int64_t)chance_below(chance, 600) * SECOND;
}

// ---- mail -------------------------------------------------------------------------------------

uint32_t mail_choose(struct world *world, struct person *mailbox, struct chance *chance,
                     uint32_t most, int64_t now, struct mail *out)
{
    uint32_t second = (uint32_t)((now - world->start) / SECOND) + 1, count = 0;
    for (uint32_t trial = 0; trial < most * 2 && count < most; trial++) {
        struct mail *mail = mail_recent(mailbox, chance_below(chance, 30));
        if (!mail || (mail->bound && second - mail->bound < 3600))
            continue;
        mail->bound = second;
        out[count++] = *mail;
    }
    if (!count || chance_in(chance, 5, 100)) { // something old
        struct mail mail =
            mail_backlog(&world->tenant, mailbox, chance_below(chance, mailbox->backlog));
        if (count < most)
            out[count++] = mail;
    }
    return count;
}

void mail_arrives(struct world *world, struct person *recipient, uint64_t key, int64_t time)
{
    struct mail mail = {.key = key, .from = MAIL_OUTSIDE, .folder = FOLDER_INBOX};
    mail_receive(recipient, key, MAIL_OUTSIDE, FOLDER_INBOX);
    record_trace(world, time, &mail, recipient);
}

void mail_goes(struct world *world, const struct access *access, uint64_t key,
               struct person *const *recipients, uint32_t count)
{
    uint32_t from = access->mailbox->index;
    struct mail mail = {.key = key, .from = from, .folder = FOLDER_SENT};
    bool is_own = access->user == access->mailbox;
    record_item(world, access, is_own ? "Send" : "SendAs", &mail);
    mail_receive(access->mailbox, key, from, FOLDER_SENT);
    for (uint32_t i = 0; i < count; i++) {
        mail_receive(recipients[i], key, from, FOLDER_INBOX);
        record_trace(world, access->time + 2 * SECOND, &mail, recipients[i]);
    }
}

// The mailbox that is worked in: seldom a shared one.
static struct person *worked_in(struct world *world, struct person *person)
{
    if (person->shared != person->index && chance_in(&person->chance, 12, 100))
        return &world->tenant.people[person->shared];
    return person;
}

static enum client_id mail_client(const struct person *person, struct chance *chance, int64_t now)
{
    enum client_id found[8];
    uint32_t count = 0;
    bool has_new = person->rollout != INSTANT_NONE && now >= person->rollout;
    if (has_new)
        return chance_in(chance, 85, 100) ? CLIENT_NEW_OUTLOOK : CLIENT_OWA;
    static const enum client_id all[] = {CLIENT_OWA, CLIENT_MAC, CLIENT_OUTLOOK};
    for (uint32_t i = 0; i < 3; i++)
        if (person_has(person, all[i]))
            found[count++] = all[i];
    return count ? found[chance_below(chance, count)] : CLIENT_OWA;
}

static bool phone_client(const struct person *person, enum client_id *out)
{
    static const enum client_id all[] = {CLIENT_PHONE_IOS, CLIENT_PHONE_ANDROID, CLIENT_SYNC_IOS};
    for (uint32_t i = 0; i < 3; i++)
        if (person_has(person, all[i])) {
            *out = all[i];
            return true;
        }
    return false;
}

// A folder that was synchronised within the hour is not logged again.
static void sync_folder(struct world *world, struct person *person, int64_t now)
{
    static const uint16_t weights[] = {40, 18, 5, 10, 12, 4, 4, 4, 6, 6};
    enum client_id client = person_has(person, CLIENT_OUTLOOK) ? CLIENT_OUTLOOK : CLIENT_MAC;
    if (!person_has(person, client))
        return;
    uint32_t folder = chance_pick(&person->chance, weights, 10);
    if (person->synced[folder] && now - person->synced[folder] < HOUR)
        return;
    struct access access = session_access(world, person, client, now);
    person->synced[folder] = now;
    record_sync(world, &access, (enum folder_id)folder);
}

static void read_with(struct world *world, struct person *person, enum client_id client,
                      int64_t now)
{
    struct mail mails[BIND_LIMIT];
    struct access access = session_access(world, person, client, now);
    access.mailbox = worked_in(world, person);
    uint32_t most = chance_between(&person->chance, 1, 6);
    uint32_t count = mail_choose(world, access.mailbox, &person->chance, most, now, mails);
    if (count)
        record_bind(world, &access, mails, count);
}

static void act_read(struct world *world, struct person *person, int64_t now)
{
    enum client_id client = mail_client(person, &person->chance, now);
    if (client == CLIENT_OUTLOOK)
        sync_folder(world, person, now);
    else
        read_with(world, person, client, now);
}

static void act_sync(struct world *world, struct person *person, int64_t now)
{
    sync_folder(world, person, now);
}

static void act_phone(struct world *world, struct person *person, int64_t now)
{
    enum client_id client;
    if (phone_client(person, &client))
        read_with(world, person, client, now);
}

static void act_crm(struct world *world, struct person *person, int64_t now)
{
    if (person_has(person, CLIENT_CRM))
        read_with(world, person, CLIENT_CRM, now);
}

static void act_send(struct world *world, struct person *person, int64_t now)
{
    struct chance *chance = &person->chance;
    struct person *recipients[4];
    struct tenant *tenant = &world->tenant;
    struct access access = session_access(world, person, mail_client(person, chance, now), now);
    uint64_t key = chance_next(chance);
    uint32_t count = chance_in(chance, 35, 100) ? 0 : chance_between(chance, 1, 4);
    for (uint32_t i = 0; i < count; i++)
        recipients[i] = &tenant->people[chance_below(chance, tenant->mailbox_count)];
    if (chance_in(chance, 40, 100)) {
        struct mail draft = {.key = key, .from = person->index, .folder = FOLDER_DRAFTS};
        record_item(world, &access, "Create", &draft);
        access.time += (int64_t)chance_between(chance, 20, 240) * SECOND;
    }
    mail_goes(world, &access, key, recipients, count);
}

static void act_tidy(struct world *world, struct person *person, int64_t now)
{
    static const char *const operations[] = {"MoveToDeletedItems", "SoftDelete", "HardDelete",
                                             "Update"};
    static const uint16_t weights[] = {55, 22, 8, 15};
    struct chance *chance = &person->chance;
    struct mail mails[4];
    struct mail *newest = mail_recent(person, chance_below(chance, 20));
    if (!newest || newest->folder == FOLDER_DELETED)
        return;
    mails[0] = *newest;
    struct access access = session_access(world, person, mail_client(person, chance, now), now);
    uint32_t which = chance_pick(chance, weights, 4);
    if (which == 3) {
        record_item(world, &access, "Update", &mails[0]);
        return;
    }
    newest->folder = which ? FOLDER_RECOVERABLE : FOLDER_DELETED;
    record_delete(world, &access, operations[which], mails, 1);
}

// ---- other services ---------------------------------------------------------------------------

static void act_file(struct world *world, struct person *person, int64_t now)
{
    static const char *const operations[] = {"FileAccessed", "FileModified", "PageViewed",
                                             "FileDownloaded", "FileUploaded"};
    static const uint16_t weights[] = {45, 18, 15, 12, 10};
    struct chance *chance = &person->chance;
    enum client_id client = person_has(person, CLIENT_ONEDRIVE) && chance_in(chance, 1, 2)
                                ? CLIENT_ONEDRIVE
                            : person_has(person, CLIENT_SHAREPOINT_WEB) ? CLIENT_SHAREPOINT_WEB
                                                                        : CLIENT_ONEDRIVE;
    if (!chance_in(chance, person->department->file_weight, 130))
        return;
    struct access access = session_access(world, person, client, now);
    uint64_t file = chance_next(chance);
    record_file(world, &access, operations[chance_pick(chance, weights, 5)], file);
}

static void act_teams(struct world *world, struct person *person, int64_t now)
{
    static const char *const operations[] = {"MessageSent", "MessagesListed", "ChatRetrieved",
                                             "MeetingParticipantDetail", "TeamsSessionStarted"};
    static const uint16_t weights[] = {40, 15, 20, 15, 10};
    if (!person_has(person, CLIENT_TEAMS))
        return;
    struct access access = session_access(world, person, CLIENT_TEAMS, now);
    record_teams(world, &access, operations[chance_pick(&person->chance, weights, 5)]);
}

static void act_graph(struct world *world, struct person *person, int64_t now)
{
    static const struct str uris[] = {
        STR("https://graph.microsoft.com/v1.0/me"),
        STR("https://graph.microsoft.com/v1.0/me/photo/$value"),
        STR("https://graph.microsoft.com/v1.0/me/calendarView?$top=20"),
        STR("https://graph.microsoft.com/v1.0/me/drive/recent"),
        STR("https://graph.microsoft.com/v1.0/me/joinedTeams")};
    enum client_id client =
        person_has(person, CLIENT_OFFICE_HOME) ? CLIENT_OFFICE_HOME : CLIENT_CRM;
    if (!person_has(person, client))
        return;
    struct access access = session_access(world, person, client, now);
    uint32_t which = chance_below(&person->chance, 5);
    record_graph(world, &access, "GET", uris[which], which == 1 ? 404 : 200);
}

static void act_search(struct world *world, struct person *person, int64_t now)
{
    static const struct str words[] = {STR("invoice"), STR("minutes"),   STR("from:support"),
                                       STR("quote"),   STR("itinerary"), STR("contract"),
                                       STR("photos"),  STR("password")};
    if (!world->tenant.is_search_audited || !person_has(person, CLIENT_OWA))
        return;
    struct access access = session_access(world, person, CLIENT_OWA, now);
    record_search(world, &access, words[chance_below(&person->chance, 8)]);
}

// A scanner or an old program that fetches mail for someone.
static void act_imap(struct world *world, struct person *person, int64_t now)
{
    if (person_has(person, CLIENT_IMAP))
        read_with(world, person, CLIENT_IMAP, now);
}

static const struct action {
    uint16_t weight; // in ten thousand
    bool is_mail;    // follows the department's mail weight
    void (*act)(struct world *world, struct person *person, int64_t now);
} actions[] = {{3300, true, act_read}, {1500, true, act_sync},  {1500, true, act_phone},
               {620, true, act_send},  {650, true, act_tidy},   {500, true, act_crm},
               {900, false, act_file}, {600, false, act_teams}, {420, false, act_graph},
               {40, true, act_search}, {200, true, act_imap},   {6, false, life_rare}};
#define ACTION_COUNT (sizeof actions / sizeof actions[0])

static const struct action *pick_action(struct person *person)
{
    uint16_t weights[ACTION_COUNT];
    for (size_t i = 0; i < ACTION_COUNT; i++)
        weights[i] = (uint16_t)(actions[i].is_mail
                                    ? actions[i].weight * person->department->mail_weight / 100u
                                    : actions[i].weight);
    if (person->is_admin) // whose rare acts are their work
        weights[ACTION_COUNT - 1] = 200;
    return &actions[chance_pick(&person->chance, weights, ACTION_COUNT)];
}

int64_t life_step(struct world *world, void *self, int64_t now)
{
    struct person *person = self;
    struct chance *chance = &person->chance;
    if (now >= person->day_ends && now >= person->late_until)
        return plan_day(person, now);
    if (now < person->day_ends) {
        pick_action(person)->act(world, person, now);
        int64_t next = now + chance_gap(chance, 125 * SECOND * 100 / person->pace);
        if (next / HOUR != now / HOUR && chance_in(chance, 12, 100))
            next += (int64_t)chance_between(chance, 20, 60) * MINUTE; // lunch, a meeting
        return next + SECOND / 2;
    }
    act_phone(world, person, now);
    int64_t next = now + chance_gap(chance, 35 * MINUTE);
    return next < person->late_until ? next : person->late_until;
}
