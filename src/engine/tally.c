// Tallies: hash tables from text to counts, sorted when finished.
// SPDX-License-Identifier: Apache-2.0
#include "engine/tally.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/keyset.h"
#include "base/map.h"
#include "event/derived.h"

enum tally_id {
    TALLY_OPERATIONS,
    TALLY_USERS,
    TALLY_APPS,
    TALLY_IPS,
    TALLY_COUNTRIES,
    TALLY_CLIENTS,
    TALLY_DAYS,
    TALLY_SIGNINS,
    TALLY_COUNT
};

#define TALLY_USER_LIMIT 4096 // users remembered for one key, to count distinct ones

struct counter {
    struct str key;
    uint64_t count, successes, failures;
    int64_t first, last;
    struct keyset users; // hashes of their names
};

struct tally_table {
    struct map keys; // -> struct counter *
    uint64_t others;
};

struct tally_set {
    struct arena arena;
    struct tally_table tables[TALLY_COUNT];
    uint64_t by_source[SOURCE_COUNT];
    size_t key_bytes;
};

struct tally_set *tally_set_new(void)
{
    struct tally_set *set = memory_new(sizeof *set);
    arena_init(&set->arena);
    for (int t = 0; t < TALLY_COUNT; t++)
        map_init(&set->tables[t].keys);
    return set;
}

void tally_set_free(struct tally_set *set)
{
    if (!set)
        return;
    for (int t = 0; t < TALLY_COUNT; t++) {
        struct map *keys = &set->tables[t].keys;
        for (uint32_t i = 0; i < keys->count; i++)
            keyset_done(&((struct counter *)keys->entries[i].pointer)->users);
        map_done(keys);
    }
    arena_done(&set->arena);
    free(set);
}

void tally_want(struct field_plan *plan)
{
    static const enum field_id wanted[] = {
        FIELD_Operation,        FIELD_OperationName, FIELD_ActivityDisplayName,
        FIELD_ClientInfoString, FIELD_ClientAppUsed, FIELD_UserAgent,
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        field_plan_want(plan, wanted[i]);
    field_derived_want(plan, FIELD_Outcome);
}

static struct counter *counter_of(struct tally_set *set, enum tally_id id, struct str key)
{
    struct tally_table *table = &set->tables[id];
    struct map_entry *entry = map_find(&table->keys, key);
    if (entry)
        return entry->pointer;
    if (table->keys.count >= TALLY_KEY_LIMIT || set->key_bytes + key.len > TALLY_BYTES_LIMIT) {
        table->others++;
        return NULL;
    }
    struct counter *counter = ARENA_NEW(&set->arena, struct counter);
    counter->key = arena_copy(&set->arena, key);
    set->key_bytes += key.len;
    counter->first = counter->last = INSTANT_NONE;
    map_add(&table->keys, counter->key, NULL)->pointer = counter;
    return counter;
}

static void counter_widen(struct counter *counter, int64_t first, int64_t last)
{
    if (first != INSTANT_NONE && (counter->first == INSTANT_NONE || first < counter->first))
        counter->first = first;
    if (last != INSTANT_NONE && (counter->last == INSTANT_NONE || last > counter->last))
        counter->last = last;
}

static void counter_add_user(struct counter *counter, uint64_t user)
{
    if (counter->users.count < TALLY_USER_LIMIT)
        keyset_add(&counter->users, user);
}

// What one event adds to every key it has.
struct addition {
    struct tally_set *set;
    int64_t time;
    struct str user;
    bool is_success, is_failure;
};

static void add(const struct addition *a, enum tally_id id, struct str key)
{
    if (!key.len)
        return;
    struct counter *counter = counter_of(a->set, id, key);
    if (!counter)
        return;
    counter->count++;
    counter->successes += a->is_success;
    counter->failures += a->is_failure;
    counter_widen(counter, a->time, a->time);
    if (a->user.len && id != TALLY_OPERATIONS && id != TALLY_USERS && id != TALLY_DAYS &&
        id != TALLY_SIGNINS)
        counter_add_user(counter, hash_str(a->user));
}

static struct str first_text(const struct field_slots *slots, const enum field_id *fields,
                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str text = str_trim(field_text(slots, (uint32_t)fields[i]));
        if (text.len)
            return text;
    }
    return str_of("", 0);
}

static bool is_signin(const struct event *event, struct str operation)
{
    return event->source == SOURCE_ENTRA_SIGNIN || str_is(operation, "UserLoggedIn") ||
           str_is(operation, "UserLoginFailed");
}

static void add_entities(const struct addition *a, const struct entity_list *entities)
{
    static const enum tally_id ids[ENTITY_KIND_COUNT] = {
        [ENTITY_USER] = TALLY_USERS,        [ENTITY_APP] = TALLY_APPS,
        [ENTITY_CLIENT_APP] = TALLY_APPS,   [ENTITY_IP] = TALLY_IPS,
        [ENTITY_COUNTRY] = TALLY_COUNTRIES,
    };
    for (size_t i = 0; i < entities->count; i++) {
        const struct entity *entity = &entities->items[i];
        if (ids[entity->kind] || entity->kind == ENTITY_USER)
            add(a, ids[entity->kind], entity->text);
    }
}

void tally_event(struct tally_set *set, const struct event *event, const struct field_slots *slots,
                 const struct entity_list *entities)
{
    static const enum field_id operations[] = {FIELD_Operation, FIELD_ActivityDisplayName,
                                               FIELD_OperationName};
    static const enum field_id clients[] = {FIELD_ClientInfoString, FIELD_ClientAppUsed,
                                            FIELD_UserAgent};
    struct addition a = {.set = set, .time = event->time};
    struct str operation = first_text(slots, operations, 3);
    for (size_t i = 0; i < entities->count && !a.user.len; i++)
        if (entities->items[i].kind == ENTITY_USER)
            a.user = entities->items[i].text;
    if (is_signin(event, operation)) {
        struct str outcome = field_derived(event, slots, FIELD_Outcome);
        a.is_success = str_is(outcome, "success");
        a.is_failure = str_is(outcome, "failure");
        add(&a, TALLY_SIGNINS, a.user);
    }
    set->by_source[event->source]++;
    add(&a, TALLY_OPERATIONS, operation);
    add_entities(&a, entities);
    add(&a, TALLY_CLIENTS, first_text(slots, clients, 3));
    if (event->time != INSTANT_NONE) {
        char day[INSTANT_SIZE];
        instant_print(event->time, day);
        add(&a, TALLY_DAYS, str_of(day, 10));
    }
}

static int by_count(const void *a, const void *b)
{
    const struct tally_entry *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return str_compare(x->key, y->key);
}

static struct tally finish(const struct tally_table *table, struct arena *arena)
{
    struct tally out = {.count = table->keys.count, .others = table->others};
    out.items = ARENA_ARRAY(arena, struct tally_entry, out.count + 1);
    for (size_t i = 0; i < out.count; i++) {
        const struct counter *c = table->keys.entries[i].pointer;
        out.items[i] = (struct tally_entry){.key = arena_copy(arena, c->key),
                                            .count = c->count,
                                            .successes = c->successes,
                                            .failures = c->failures,
                                            .first = c->first,
                                            .last = c->last,
                                            .users = c->users.count};
    }
    if (out.count)
        qsort(out.items, out.count, sizeof *out.items, by_count);
    return out;
}

void tally_finish(const struct tally_set *set, struct arena *arena, struct scan_summary *out)
{
    struct tally *const tallies[TALLY_COUNT] = {
        [TALLY_OPERATIONS] = &out->operations,
        [TALLY_USERS] = &out->users,
        [TALLY_APPS] = &out->apps,
        [TALLY_IPS] = &out->ips,
        [TALLY_COUNTRIES] = &out->countries,
        [TALLY_CLIENTS] = &out->clients,
        [TALLY_DAYS] = &out->days,
        [TALLY_SIGNINS] = &out->signins,
    };
    for (int t = 0; t < TALLY_COUNT; t++)
        *tallies[t] = finish(&set->tables[t], arena);
    memcpy(out->by_source, set->by_source, sizeof out->by_source);
}
