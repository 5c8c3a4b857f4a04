// Who is who: a person's object id, PUID and addresses are one symbol, which names none but them.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "baseline/knowledge_learn.h"

// An account is renamed once or twice, or has an address in the tenant's first domain (contoso.onmicrosoft.com)
// beside its own. A number that is met with more addresses is no account's: records of applications that act for
// many people can have the application's.
#define PERSON_ADDRESSES 3

static bool is_address_text(struct str text)
{
    size_t at = str_index(text, '@');
    return at > 0 && at + 1 < text.len && str_index(text, ' ') == text.len;
}

// That a number (object id or PUID) and an address stood in one record.
void meet_person(struct knowledge *k, const struct activity *activity)
{
    struct met *met = &k->met;
    struct called called = {activity->object, activity->user};
    if (!called.number || !called.address || called.number == called.address)
        return;
    if (called.number == met->latest.number && called.address == met->latest.address)
        return;
    met->latest = called;
    if (!is_address_text(knowledge_text(k, called.address)) ||
        !keyset_add(&met->pairs, hash_mix((uint64_t)called.number << 32 | called.address)))
        return;
    ARRAY_GROW(met->items, met->count, met->capacity);
    met->items[met->count++] = called;
}

void met_done(struct met *met)
{
    keyset_done(&met->pairs);
    free(met->items);
    *met = (struct met){0};
}

static int by_number(const void *a, const void *b)
{
    const struct called *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->address < y->address ? -1 : x->address > y->address;
}

static uint32_t root_of(const struct knowledge *k, uint32_t symbol)
{
    while (k->persons[symbol] && k->persons[symbol] != symbol)
        symbol = k->persons[symbol];
    return symbol;
}

// One of two that are the same: an address before a number, the least text before others, whatever came first.
static void unite(struct knowledge *k, uint32_t a, uint32_t b)
{
    a = root_of(k, a);
    b = root_of(k, b);
    bool is_a = is_address_text(knowledge_text(k, a)), is_b = is_address_text(knowledge_text(k, b));
    if (is_a != is_b ? is_b : str_compare(knowledge_text(k, b), knowledge_text(k, a)) < 0) {
        uint32_t other = a;
        a = b;
        b = other;
    }
    k->persons[b] = a;
    k->persons[a] = a;
}

void settle_persons(struct knowledge *k)
{
    struct met *met = &k->met;
    if (met->count)
        qsort(met->items, met->count, sizeof *met->items, by_number);
    for (size_t from = 0, to; from < met->count; from = to) {
        for (to = from + 1; to < met->count && met->items[to].number == met->items[from].number;)
            to++;
        for (size_t i = from; i < to && to - from <= PERSON_ADDRESSES; i++) {
            struct called one = met->items[i];
            uint32_t more = one.number > one.address ? one.number : one.address;
            k->persons = knowledge_grow(k->persons, &k->person_count, more, sizeof *k->persons);
            unite(k, one.number, one.address);
        }
    }
    for (uint32_t i = 0; i < k->person_count; i++)
        if (k->persons[i])
            k->persons[i] = root_of(k, i);
    met_done(met);
}

// ---- questions --------------------------------------------------------------------------------

uint32_t knowledge_person_named(const struct knowledge *k, uint32_t name)
{
    return name < k->person_count && k->persons[name] ? k->persons[name] : name;
}

uint32_t knowledge_person(const struct knowledge *k, const struct activity *activity)
{
    if (activity->actor == ACTOR_APPLICATION && activity->object)
        return activity->object; // of its service principal, as sign-ins name it
    uint32_t object = activity->object;
    if (object && object < k->person_count && k->persons[object])
        return k->persons[object];
    return knowledge_person_named(k, activity->user ? activity->user : object);
}

bool knowledge_is_own_mailbox(const struct knowledge *k, const struct activity *activity)
{
    uint32_t person = knowledge_person(k, activity);
    return activity->mailbox && person == knowledge_person_named(k, activity->mailbox);
}
