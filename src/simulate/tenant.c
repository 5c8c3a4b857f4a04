// Making the tenant: who works where, with which programs, and what is signed in already.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/tenant.h"

#include <assert.h>

#include "base/encode.h"

const char *const folder_names[FOLDER_COUNT] = {
#define X(id, name) name,
    FOLDER_LIST(X)
#undef X
};

struct str guid_as_text(struct arena *arena, const struct guid *guid)
{
    char text[37];
    guid_print(guid->at, text);
    return arena_copy(arena, str_of(text, 36));
}

// ---- people -----------------------------------------------------------------------------------

// Every pair of names once before any comes again: the step has no divisor in common with the number
// of pairs.
static void make_name(struct tenant *tenant, struct person *person, uint32_t shift)
{
    uint32_t pairs = first_name_count * last_name_count;
    uint32_t pair = (uint32_t)(((uint64_t)person->index * 1009 + shift) % pairs);
    uint32_t round = person->index / pairs;
    const struct name_word *first = &first_names[pair % first_name_count];
    const struct name_word *last = &last_names[pair / first_name_count];
    const char *domain = tenant->domain.at;
    person->name = arena_print(&tenant->arena, "%s %s", first->shown, last->shown);
    if (round)
        person->address = arena_print(&tenant->arena, "%s.%s%u@%s", first->address, last->address,
                                      round + 1, domain);
    else
        person->address =
            arena_print(&tenant->arena, "%s.%s@%s", first->address, last->address, domain);
    person->spelled = person->address;
    if (person->index % 12 == 5) {
        char *at = arena_alloc(&tenant->arena, person->address.len + 1);
        memcpy(at, person->address.at, person->address.len);
        at[0] = (char)(at[0] - 'a' + 'A');
        person->spelled = str_of(at, person->address.len);
    }
}

static const struct department *pick_department(struct chance *chance)
{
    uint16_t shares[DEPARTMENT_LIMIT];
    assert(department_count <= DEPARTMENT_LIMIT);
    for (uint32_t i = 0; i < department_count; i++)
        shares[i] = departments[i].share;
    return &departments[chance_pick(chance, shares, department_count)];
}

static const struct office *pick_office(struct chance *chance)
{
    uint16_t shares[DEPARTMENT_LIMIT];
    assert(office_count <= DEPARTMENT_LIMIT);
    for (uint32_t i = 0; i < office_count; i++)
        shares[i] = offices[i].share;
    return &offices[chance_pick(chance, shares, office_count)];
}

// Which programs a person has: percent of people.
static const struct {
    enum client_id client;
    uint8_t percent;
} usual_clients[] = {{CLIENT_OUTLOOK, 82},     {CLIENT_OWA, 55}, {CLIENT_CRM, 0},
                     {CLIENT_TEAMS, 94},       {CLIENT_MAC, 0},  {CLIENT_ONEDRIVE, 70},
                     {CLIENT_OFFICE_HOME, 60}, {CLIENT_IMAP, 1}};

static void give_clients(struct person *person)
{
    struct chance *chance = &person->chance;
    for (uint32_t i = 0; i < sizeof usual_clients / sizeof usual_clients[0]; i++)
        if (chance_in(chance, usual_clients[i].percent, 100))
            person->clients |= 1u << usual_clients[i].client;
    static const uint16_t phones[] = {34, 26, 10, 30}; // iOS, Android, Apple Mail, none
    static const enum client_id phone[] = {CLIENT_PHONE_IOS, CLIENT_PHONE_ANDROID, CLIENT_SYNC_IOS};
    uint32_t which = chance_pick(chance, phones, 4);
    if (which < 3)
        person->clients |= 1u << phone[which];
    if (person->department->topic == TOPIC_SALES && chance_in(chance, 40, 100))
        person->clients |= 1u << CLIENT_CRM;
    if (chance_in(chance, 7, 100)) {
        person->clients &= ~(1u << CLIENT_OUTLOOK);
        person->clients |= 1u << CLIENT_MAC;
    }
    if (!person_has(person, CLIENT_OUTLOOK) && !person_has(person, CLIENT_MAC))
        person->clients |= 1u << CLIENT_OWA;
    if (person_has(person, CLIENT_OWA) || person_has(person, CLIENT_OFFICE_HOME))
        person->clients |= 1u << CLIENT_SHAREPOINT_WEB;
    if (person->is_admin)
        person->clients |= 1u << CLIENT_EXCHANGE_ADMIN | 1u << CLIENT_POWERSHELL |
                           1u << CLIENT_PORTAL | 1u << CLIENT_OFFICE_HOME;
}

static void give_networks(struct person *person)
{
    struct chance *chance = &person->chance;
    const char *country = person->office->country;
    person->desk = address_make(person->office->network, chance);
    person->desk.host = 1 + person->desk.host % 3; // few egress addresses
    person->home = address_make(network_pick(NETWORK_HOME, country, chance), chance);
    person->mobile = address_make(network_pick(NETWORK_MOBILE, country, chance), chance);
    person->vpn = address_make(NETWORK_VPN_EUROPE, chance);
    person->vpn_new = address_make(NETWORK_VPN_NEW, chance);
    person->away = address_make(network_pick(NETWORK_TRAVEL, NULL, chance), chance);
    person->has_vpn = chance_in(chance, 35, 100);
}

// Sessions and tokens that are older than the logs: their sign-ins were never exported.
static void give_sessions(struct person *person, int64_t start)
{
    struct chance *chance = &person->chance;
    static const enum agent_set sets[DEVICE_COUNT] = {AGENTS_DESKTOP, AGENTS_DESKTOP, AGENTS_PHONE,
                                                      AGENTS_DESKTOP};
    static const uint8_t days[DEVICE_COUNT] = {14, 1, 60, 30};
    bool is_managed = chance_in(chance, 80, 100);
    struct guid laptop = chance_guid(chance);
    for (int device = 0; device < DEVICE_COUNT; device++) {
        struct session *session = &person->sessions[device];
        session->id = chance_guid(chance);
        session->device_id = device == DEVICE_PHONE ? chance_guid(chance) : laptop;
        session->is_managed = is_managed && device != DEVICE_PHONE;
        session->agent =
            &agent_lists[sets[device]].items[chance_below(chance, agent_lists[sets[device]].count)];
        session->until = start + (int64_t)chance_below(chance, days[device] * 24u) * HOUR;
    }
    if (person_has(person, CLIENT_MAC))
        person->sessions[DEVICE_LAPTOP].agent = &agent_lists[AGENTS_DESKTOP].items[4];
    for (int client = 0; client < CLIENT_COUNT; client++) {
        struct token *token = &person->tokens[client];
        bool is_long = chance_in(chance, clients[client].long_percent, 100);
        int64_t life = is_long ? 24 * HOUR : 75 * MINUTE;
        token->request = chance_request(chance);
        token->issued = start - (int64_t)chance_below(chance, (uint32_t)(life / SECOND)) * SECOND;
        token->expires = token->issued + life;
    }
}

static void make_person(struct person *person, uint64_t seed, int64_t start)
{
    struct chance *chance = &person->chance;
    *chance = chance_of(seed, "person", person->index);
    person->object = chance_guid(chance);
    person->mailbox = chance_guid(chance);
    person->puid = UINT64_C(0x1003200000000000) | (chance_next(chance) & 0xffffffffff);
    person->department = pick_department(chance);
    if (person->index == 0) {
        person->department = &departments[department_count - 1];
        person->is_admin = true;
    }
    person->is_admin |= person->department->topic == TOPIC_SECURITY && chance_in(chance, 30, 100);
    person->office = pick_office(chance);
    person->starts = (int16_t)chance_between(chance, 7 * 60, 9 * 60 + 30);
    person->ends = (int16_t)(person->starts + (int16_t)chance_between(chance, 450, 600));
    person->pace = (uint16_t)(chance_between(chance, 50, 150));
    person->backlog = chance_between(chance, 400, 6000);
    person->away_from = person->rollout = person->holiday_from = INSTANT_NONE;
    if (chance_in(chance, 6, 100)) {
        person->holiday_from = start + (int64_t)chance_below(chance, 20) * DAY;
        person->holiday_until = person->holiday_from + (int64_t)chance_between(chance, 3, 14) * DAY;
    }
    give_clients(person);
    give_networks(person);
    give_sessions(person, start);
    person->shared = person->index;
}

// ---- shared mailboxes ---------------------------------------------------------------------------

static void make_shared(struct tenant *tenant, struct person *box, uint64_t seed, int64_t start)
{
    static const char *const names[] = {"info",     "invoices",  "support", "careers",
                                        "orders",   "reception", "press",   "facilities",
                                        "projects", "returns"};
    uint32_t number = box->index - tenant->people_count;
    make_person(box, seed, start);
    box->is_shared = true;
    box->is_admin = false;
    box->clients = 0;
    const char *name = names[number % 10];
    if (number < 10)
        box->address = arena_print(&tenant->arena, "%s@%s", name, tenant->domain.at);
    else
        box->address =
            arena_print(&tenant->arena, "%s-%u@%s", name, number / 10 + 1, tenant->domain.at);
    box->name = box->spelled = box->address;
    // A few people work in it.
    for (uint32_t i = 0; i < 4 && tenant->people_count > 1; i++) {
        struct person *user = &tenant->people[chance_below(&box->chance, tenant->people_count)];
        user->shared = box->index;
    }
}

static void make_apps(struct tenant *tenant, uint64_t seed)
{
    static const struct {
        const char *name;
        enum network_id network;
        bool is_ews;
    } rows[] = {
#define X(id, name, network, is_ews) {name, NETWORK_##network, is_ews},
        APP_LIST(X)
#undef X
    };
    for (uint32_t i = 0; i < APP_COUNT; i++) {
        struct chance chance = chance_of(seed, "app", i);
        struct app *app = &tenant->apps[i];
        app->id = chance_guid(&chance);
        app->object = chance_guid(&chance);
        app->id_text = guid_as_text(&tenant->arena, &app->id);
        app->name = str_from(rows[i].name);
        app->address = address_make(rows[i].network, &chance);
        app->is_ews = rows[i].is_ews;
    }
}

void tenant_init(struct tenant *tenant, uint64_t seed, uint32_t mailboxes, int64_t start)
{
    static const char *const companies[] = {"contoso.example", "adventure-works.example",
                                            "fourthcoffee.example", "margies.example"};
    assert(mailboxes >= 1 && mailboxes <= MAILBOX_LIMIT);
    struct chance chance = chance_of(seed, "tenant", 0);
    *tenant = (struct tenant){.organization = STR("contoso.onmicrosoft.com")};
    arena_init(&tenant->arena);
    tenant->id = chance_guid(&chance);
    tenant->id_text = guid_as_text(&tenant->arena, &tenant->id);
    tenant->domain = str_from(companies[chance_below(&chance, 4)]);
    tenant->is_search_audited = chance_in(&chance, 1, 2);
    tenant->mailbox_count = mailboxes;
    tenant->people_count = mailboxes - mailboxes / 20;
    tenant->people = ARENA_ARRAY(&tenant->arena, struct person, mailboxes);
    uint32_t shift = chance_below(&chance, 1600);
    for (uint32_t i = 0; i < mailboxes; i++) {
        struct person *person = &tenant->people[i];
        person->index = i;
        if (i < tenant->people_count) {
            make_name(tenant, person, shift);
            make_person(person, seed, start);
        } else {
            make_shared(tenant, person, seed, start);
        }
    }
    make_apps(tenant, seed);
}

void tenant_done(struct tenant *tenant)
{
    arena_done(&tenant->arena);
}

// ---- asking -------------------------------------------------------------------------------------

struct address person_address(const struct person *person, enum device_kind device,
                              int64_t vpn_change, int64_t time)
{
    bool is_away =
        person->away_from != INSTANT_NONE && time >= person->away_from && time < person->away_until;
    bool is_working = time >= person->day_begins && time < person->day_ends;
    if (is_away)
        return person->away;
    if (device == DEVICE_PHONE)
        // Between mobile network and wireless network, by the quarter of an hour.
        return !is_working && time / (15 * MINUTE) % 5 ? person->home : person->mobile;
    if (!is_working || person->place == PLACE_HOME) {
        if (!person->has_vpn)
            return person->home;
        return time < vpn_change ? person->vpn : person->vpn_new;
    }
    return person->desk;
}

struct person *tenant_pick(struct tenant *tenant, struct chance *chance, uint16_t mail_weight)
{
    struct person *person = NULL;
    for (int trial = 0; trial < 64; trial++) {
        person = &tenant->people[chance_below(chance, tenant->people_count)];
        if (person->department->mail_weight >= mail_weight)
            break;
    }
    return person;
}

struct person *tenant_admin(struct tenant *tenant)
{
    return &tenant->people[0];
}
