// Filling the baselines: who is who and where first, then habits and what was issued.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/knowledge_learn.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "event/outcome.h"

// Room for a symbol in an array by symbol.
void *knowledge_grow(void *array, uint32_t *count, uint32_t symbol, size_t size)
{
    if (symbol < *count)
        return array;
    uint32_t bigger = symbol + 1 + symbol / 2;
    array = memory_grow(array, (size_t)bigger * size);
    memset((char *)array + (size_t)*count * size, 0, (size_t)(bigger - *count) * size);
    *count = bigger;
    return array;
}

// ---- who is who, where, and what could be seen ------------------------------------------------

static void meet_address(struct knowledge *k, const struct activity *activity)
{
    struct ip ip;
    uint32_t address = activity->address;
    if (!address)
        return;
    k->place_of = knowledge_grow(k->place_of, &k->place_of_count, address, sizeof *k->place_of);
    if (!k->place_of[address] && ip_parse(knowledge_text(k, address), &ip)) {
        ARRAY_GROW(k->places, k->place_count, k->place_capacity);
        k->places[k->place_count++] = (struct place){.ip = ip};
        k->place_of[address] = (uint32_t)k->place_count;
    }
    bool says_something = activity->asn || activity->country || activity->city;
    if (activity->kind != ACTIVITY_SIGN_IN || !says_something || !k->place_of[address])
        return;
    struct address_record record = {.asn = activity->asn,
                                    .country = knowledge_text(k, activity->country),
                                    .city = knowledge_text(k, activity->city)};
    address_learn(k->book, &k->places[k->place_of[address] - 1].ip, activity->time, &record);
}

static void meet_client(struct knowledge *k, uint32_t client)
{
    if (!client)
        return;
    k->clients = knowledge_grow(k->clients, &k->client_count, client, sizeof *k->clients);
    if (!k->clients[client])
        k->clients[client] = (uint8_t)(client_read(knowledge_text(k, client)).class + 1);
}

struct way *way_find(const struct knowledge *k, const struct way *key)
{
    uint64_t hash = hash_mix(key->app ^ (uint64_t)key->client_app << 32) ^ hash_mix(key->class);
    for (uint32_t at = (uint32_t)hash & k->way_mask;; at = (at + 1) & k->way_mask) {
        struct way *way = &k->ways[at];
        if (!way->symbol || (way->app == key->app && way->client_app == key->client_app &&
                             way->class == key->class))
            return way;
    }
}

static void grow_ways(struct knowledge *k)
{
    struct way *old = k->ways;
    uint32_t count = old ? k->way_mask + 1 : 0, bigger = count ? count * 2 : 256;
    k->ways = memory_new(bigger * sizeof *k->ways);
    k->way_mask = bigger - 1;
    for (uint32_t i = 0; i < count; i++)
        if (old[i].symbol)
            *way_find(k, &old[i]) = old[i];
    free(old);
}

// "REST app=<id> caller=<id>": the text a habit is kept under.
static uint32_t way_symbol(struct knowledge *k, const struct way *key)
{
    struct buf text;
    buf_init(&text);
    struct str app = knowledge_text(k, key->app), caller = knowledge_text(k, key->client_app);
    buf_print(&text, "%s app=%.*s caller=%.*s", client_class_name((enum client_class)key->class),
              (int)app.len, app.at, (int)caller.len, caller.at);
    char room[HABIT_TEXT_LIMIT];
    uint32_t symbol = intern_add(k->texts, habit_text(buf_str(&text), room));
    buf_done(&text);
    return symbol;
}

static void meet_way(struct knowledge *k, const struct activity *activity)
{
    if (activity->kind != ACTIVITY_MAIL_ACCESS && activity->kind != ACTIVITY_MAIL_SEND)
        return;
    struct way key = {activity->app, activity->client_app,
                      (uint32_t)knowledge_client(k, activity->client), 0};
    if (2 * k->way_count >= k->way_mask)
        grow_ways(k);
    struct way *way = way_find(k, &key);
    if (way->symbol)
        return;
    key.symbol = way_symbol(k, &key);
    *way = key;
    k->way_count++;
}

void knowledge_meet(struct knowledge *k, const struct activity *activity)
{
    int64_t time = activity->time;
    if (time != INSTANT_NONE && (k->first == INSTANT_NONE || time < k->first))
        k->first = time;
    if (time != INSTANT_NONE && (k->last == INSTANT_NONE || time > k->last))
        k->last = time;
    meet_person(k, activity);
    meet_names(k, activity);
    meet_address(k, activity);
    meet_client(k, activity->client);
    meet_program(k, activity);
    meet_way(k, activity);
}

// ---- habits -----------------------------------------------------------------------------------

#define FACTS_MOST 20 // of one activity
#define FACTS_AT_ONCE 64

struct facts {
    struct habit_fact items[FACTS_AT_ONCE + FACTS_MOST];
    size_t count;
    const struct activity *activity; // whose facts are added
};

static void add_fact(struct facts *facts, enum habit_kind kind, uint32_t subject,
                     enum habit_facet facet, uint32_t value, uint32_t count)
{
    if (!subject)
        return;
    assert(facts->count < sizeof facts->items / sizeof facts->items[0]);
    facts->items[facts->count++] = (struct habit_fact){.time = facts->activity->time,
                                                       .subject = subject,
                                                       .value = value,
                                                       .count = count,
                                                       .kind = (uint8_t)kind,
                                                       .facet = (uint8_t)facet};
}

// A value that is a text; unknown ones are no habit.
static void add_text_fact(struct facts *facts, enum habit_kind kind, uint32_t subject,
                          enum habit_facet facet, uint32_t value)
{
    if (value)
        add_fact(facts, kind, subject, facet, value, 1);
}

// What people and mailboxes share: from where, when, with what.
static void add_common(struct knowledge *k, struct facts *facts, enum habit_kind kind,
                       uint32_t subject)
{
    const struct activity *a = facts->activity;
    bool is_neutral = knowledge_is_neutral(k, a->address);
    if (!is_neutral) {
        add_text_fact(facts, kind, subject, HABIT_NETWORK, knowledge_network(k, a->address));
        add_text_fact(facts, kind, subject, HABIT_COUNTRY, place_country(k, a->address));
    }
    add_text_fact(facts, kind, subject, HABIT_AGENT, knowledge_agent_symbol(k, a));
    add_text_fact(facts, kind, subject, HABIT_DEVICE, a->device);
    add_text_fact(facts, kind, subject, HABIT_APP_ID, a->app);
    add_text_fact(facts, kind, subject, HABIT_CLIENT_APP, a->client_app);
    add_fact(facts, kind, subject, HABIT_HOUR, habit_hour_of_week(a->time), 1);
}

static void learn_mail(struct knowledge *k, struct facts *facts, uint32_t person)
{
    const struct activity *a = facts->activity;
    uint32_t caller = a->client_app ? a->client_app : a->app, way = knowledge_way(k, a);
    add_common(k, facts, HABIT_MAILBOX, a->mailbox);
    add_text_fact(facts, HABIT_MAILBOX, a->mailbox, HABIT_WAY, way);
    if (a->logon_type >= 0)
        add_fact(facts, HABIT_MAILBOX, a->mailbox, HABIT_LOGON_TYPE, (uint32_t)a->logon_type, 1);
    add_fact(facts, HABIT_MAILBOX, a->mailbox, HABIT_VOLUME, 0, a->count);
    // Of an application: which mailboxes it opens, from where, how much it reads.
    add_text_fact(facts, HABIT_APP, caller, HABIT_OPENED, a->mailbox);
    if (!knowledge_is_neutral(k, a->address))
        add_text_fact(facts, HABIT_APP, caller, HABIT_NETWORK, knowledge_network(k, a->address));
    add_fact(facts, HABIT_APP, caller, HABIT_VOLUME, 0, a->count);
    add_text_fact(facts, HABIT_TENANT, a->home, HABIT_WAY, way);
    add_text_fact(facts, HABIT_TENANT, a->home, HABIT_APP_ID, caller);
    if (person &&
        !knowledge_is_own_mailbox(k, a)) // delegates, administrators, applications: whose mailbox
        add_text_fact(facts, HABIT_USER, person, HABIT_OPENED, a->mailbox);
}

void knowledge_learn(struct knowledge *k, const struct activity *activity)
{
    knowledge_learn_issued(k, activity);
    knowledge_learn_coverage(k, activity);
    knowledge_learn_habits(k, activity, 1);
}

static void add_facts(struct knowledge *k, struct facts *facts)
{
    const struct activity *a = facts->activity;
    uint32_t person = knowledge_person(k, a);
    if (a->time == INSTANT_NONE || a->outcome == OUTCOME_FAILURE || a->actor == ACTOR_PROVIDER)
        return;
    if (a->kind == ACTIVITY_SIGN_IN) {
        k->has_sign_ins = k->has_sign_ins || person;
        k->has_sign_in_log = k->has_sign_in_log || a->source == SOURCE_ENTRA_SIGNIN;
        add_common(k, facts, HABIT_USER, person);
        return;
    }
    if (a->kind == ACTIVITY_MAIL_ACCESS)
        learn_mail(k, facts, person);
    add_text_fact(facts, HABIT_USER, person, HABIT_OPERATION, a->operation);
}

// Facts of several activities go into the store together: the more it knows to come, the less it waits for memory.
void knowledge_learn_habits(struct knowledge *k, const struct activity *activities, size_t count)
{
    struct facts facts;
    facts.count = 0;
    for (size_t i = 0; i < count; i++) {
        facts.activity = &activities[i];
        add_facts(k, &facts);
        if (facts.count < FACTS_AT_ONCE && i + 1 < count)
            continue;
        habit_add(k->habit, facts.items, facts.count);
        facts.count = 0;
    }
}

// ---- steps ------------------------------------------------------------------------------------

static void settle_places(struct knowledge *k)
{
    char text[ADDRESS_NETWORK_SIZE];
    for (size_t i = 0; i < k->place_count; i++) {
        struct place *place = &k->places[i];
        address_find(k->book, k->databases, k->database_count, &place->ip, &place->answer);
        uint64_t network = address_network(&place->answer, &place->ip);
        place->network = intern_add(k->texts, str_from(address_network_print(network, text)));
        place->country = intern_add(k->texts, str_from(place->answer.country));
        place->is_neutral = place_is_neutral(&place->answer);
    }
}

void knowledge_settle(struct knowledge *k)
{
    switch (k->settled++) {
    case 0:
        settle_persons(k);
        settle_places(k);
        settle_programs(k);
        break;
    case 1:
        issued_seal(k->issued);
        habit_settle(k->habit);
        coverage_seal(k->coverage);
        break;
    default:
        break;
    }
}
