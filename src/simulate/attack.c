// The common acts of intruders.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

// ---- where and when ---------------------------------------------------------------------------

int64_t attack_hours(const struct plot *plot, int64_t time)
{
    int from = plot->hour_from, length = plot->hour_until - plot->hour_from;
    if (length >= 24 || length <= 0)
        return time;
    int64_t day = time / DAY * DAY, opens = day + from * HOUR, closes = opens + length * HOUR;
    int weekday = instant_split(time).weekday;
    if (weekday >= 6 && length <= 10) // works in an office of its own
        return day + (8 - weekday) * DAY + from * HOUR + time % (29 * MINUTE);
    if (time < opens)
        return opens + time % (29 * MINUTE);
    return time < closes ? time : opens + DAY + time % (29 * MINUTE);
}

int64_t attack_when(struct plot *plot, uint32_t least, uint32_t most)
{
    const struct world *world = plot->world;
    int64_t length = world->end - world->start;
    uint32_t percent = chance_between(&plot->chance, least, most);
    int64_t time =
        world->start + length / 100 * percent + (int64_t)chance_below(&plot->chance, 7200) * SECOND;
    int64_t moved = attack_hours(plot, time);
    // In a short run the working hours must not push everything behind the end.
    return moved < world->end - 2 * HOUR ? moved : time;
}

void attack_addresses(struct plot *plot, enum network_kind kind, const char *country,
                      uint32_t count)
{
    // Strangers' homes are rented where the victims live, as often as not.
    static const char *const near[] = {"NL", "GB", "US"};
    if (kind == NETWORK_PROXY && !country && chance_in(&plot->chance, 1, 2))
        country = near[chance_below(&plot->chance, 3)];
    plot->address_count = count > 8 ? 8 : count;
    for (uint32_t i = 0; i < plot->address_count; i++)
        plot->addresses[i] =
            address_make(network_pick(kind, country, &plot->chance), &plot->chance);
}

struct address attack_address(struct plot *plot)
{
    return plot->addresses[chance_below(&plot->chance, plot->address_count)];
}

void attack_agent(struct plot *plot)
{
    const struct agent_list *list = &agent_lists[AGENTS_ATTACK];
    plot->agent = &list->items[chance_below(&plot->chance, list->count)];
}

struct victim *attack_victim(struct plot *plot, uint16_t mail_weight)
{
    if (plot->victim_count == VICTIM_LIMIT)
        return NULL;
    for (int trial = 0; trial < 32; trial++) {
        struct person *person = tenant_pick(&plot->world->tenant, &plot->chance, mail_weight);
        bool is_known = false;
        for (uint32_t i = 0; i < plot->victim_count; i++)
            is_known |= plot->victims[i].person == person;
        if (is_known)
            continue;
        struct victim *victim = &plot->victims[plot->victim_count++];
        *victim = (struct victim){.person = person, .address = attack_address(plot)};
        victim->next = chance_below(&plot->chance, person->backlog / 2 + 1);
        return victim;
    }
    return NULL;
}

// ---- signing in -------------------------------------------------------------------------------

struct access attack_access(struct plot *plot, struct victim *victim, int64_t time)
{
    bool has_session = victim->session.until > 0;
    bool has_token = victim->token.expires > 0;
    return (struct access){.time = time,
                           .chance = &plot->chance,
                           .user = victim->person,
                           .app = plot->app,
                           .mailbox = victim->person,
                           .client = plot->client,
                           .address = victim->address,
                           .agent = plot->agent,
                           .session = has_session ? &victim->session.id : NULL,
                           .token = has_token ? &victim->token : NULL,
                           .plot = plot};
}

void attack_sign_in(struct plot *plot, struct victim *victim, struct sign_in *sign_in, int64_t time,
                    bool is_new_session)
{
    struct chance *chance = &plot->chance;
    if (is_new_session) {
        victim->session.id = chance_guid(chance);
        victim->session.until = time + 60 * DAY;
    }
    victim->token =
        token_make(chance, chance_request(chance), time, plot->client->long_percent / 2);
    sign_in->access = attack_access(plot, victim, time);
    sign_in->request = victim->token.request;
    sign_in->resource = plot->client->resource;
    record_sign_in(plot->world, sign_in);
}

void attack_renew(struct plot *plot, struct victim *victim, int64_t time)
{
    struct sign_in sign_in = {.incoming = "refreshToken",
                              .has_second_factor = true,
                              .is_audited = chance_in(&plot->chance, 35, 100),
                              .protocol = "oAuth2"};
    if (victim->token.expires <= time)
        attack_sign_in(plot, victim, &sign_in, time - 2 * SECOND, false);
}

// ---- mail -------------------------------------------------------------------------------------

static uint32_t choose(struct plot *plot, struct victim *victim, uint32_t most, struct mail *mails)
{
    const struct tenant *tenant = &plot->world->tenant;
    struct person *person = victim->person;
    uint32_t count = 0, goal = chance_between(&plot->chance, 1, most);
    // Half of the time what came last, otherwise on through the older mail.
    if (chance_in(&plot->chance, 1, 2)) {
        uint32_t back = chance_below(&plot->chance, 40);
        for (; count < goal; back++) {
            const struct mail *mail = mail_recent(person, back);
            if (!mail)
                break;
            mails[count++] = *mail;
        }
    }
    while (count < goal) {
        mails[count++] = mail_backlog(tenant, person, victim->next % person->backlog);
        victim->next++;
    }
    return count;
}

void attack_sync(struct plot *plot, const struct access *access, uint32_t folders)
{
    struct access next = *access;
    for (uint32_t i = 0; i < folders && i < FOLDER_FEEDS; i++) {
        record_sync(plot->world, &next, (enum folder_id)i);
        next.time += (int64_t)chance_between(&plot->chance, 2, 60) * SECOND;
    }
}

// Desktop Outlook takes whole folders: all of them with a new profile, then what is new.
static bool is_synced(struct plot *plot, struct victim *victim, const struct access *access)
{
    if (access->client != &clients[CLIENT_OUTLOOK])
        return false;
    bool is_first = victim->synced == 0;
    if (!is_first && (access->time - victim->synced < HOUR || chance_in(&plot->chance, 1, 3)))
        return false;
    victim->synced = access->time;
    attack_sync(plot, access, is_first ? chance_between(&plot->chance, 4, 10) : 1);
    return true;
}

void attack_read(struct plot *plot, struct victim *victim, const struct access *access,
                 uint32_t most)
{
    struct mail mails[BIND_LIMIT];
    if (is_synced(plot, victim, access))
        return;
    uint32_t count = choose(plot, victim, most > BIND_LIMIT ? BIND_LIMIT : most, mails);
    record_bind(plot->world, access, mails, count);
}

void attack_hide(struct plot *plot, struct victim *victim, const struct access *access)
{
    struct mail mails[3];
    uint32_t count = 0;
    for (uint32_t back = 0; back < 3; back++) {
        const struct mail *mail = mail_recent(victim->person, back);
        if (mail)
            mails[count++] = *mail;
    }
    if (count)
        record_delete(plot->world, access,
                      chance_in(&plot->chance, 1, 2) ? "HardDelete" : "SoftDelete", mails, count);
}

void attack_rule(struct plot *plot, struct victim *victim, const struct access *access)
{
    static const struct str names[] = {STR("."),        STR(".."), STR("a"),   STR("zz"),
                                       STR("Archive1"), STR("-"),  STR("Sync")};
    static const struct str words[] = {STR("invoice;payment;bank"), STR("wire;transfer;IBAN"),
                                       STR("password;security;sign-in"), STR("hack;phish;fraud")};
    static const struct str folders[] = {STR("RSS Feeds"), STR("Archive"),
                                         STR("Conversation History"), STR("Deleted Items")};
    struct chance *chance = &plot->chance;
    struct str name = names[chance_below(chance, 7)];
    char text[160];
    struct buf object = {.at = text, .capacity = sizeof text};
    buf_add(&object, victim->person->address);
    buf_add(&object, S("\\"));
    buf_add(&object, name);
    struct str word = words[chance_below(chance, 4)], folder = folders[chance_below(chance, 4)];
    const struct pair parameters[] = {{S("AlwaysDeleteOutlookRulesBlob"), S("False")},
                                      {S("Force"), S("False")},
                                      {S("Name"), name},
                                      {S("SubjectOrBodyContainsWords"), word},
                                      {S("MoveToFolder"), folder},
                                      {S("MarkAsRead"), S("True")},
                                      {S("StopProcessingRules"), S("True")}};
    record_cmdlet(plot->world, access, "New-InboxRule", buf_str(&object), parameters, 7);
}

void attack_send(struct plot *plot, struct victim *victim, const struct access *access)
{
    struct chance *chance = &plot->chance;
    struct tenant *tenant = &plot->world->tenant;
    struct person *recipients[4];
    (void)victim;
    uint32_t count = chance_between(chance, 0, 4);
    for (uint32_t i = 0; i < count; i++)
        recipients[i] = &tenant->people[chance_below(chance, tenant->people_count)];
    mail_goes(plot->world, access, chance_next(chance), recipients, count);
}

int64_t attack_read_step(struct plot *plot, int64_t now)
{
    if (now >= plot->until || !plot->victim_count)
        return TIME_NEVER;
    struct victim *victim = &plot->victims[chance_below(&plot->chance, plot->victim_count)];
    attack_renew(plot, victim, now);
    struct access access = attack_access(plot, victim, now);
    attack_read(plot, victim, &access, (uint32_t)plot->goal);
    return attack_hours(plot, now + chance_gap(&plot->chance, plot->gap) + SECOND);
}
