// One address reads the mail of several people, and nobody lives there.
// SPDX-License-Identifier: Apache-2.0
//
// Who works from a place leaves all kinds of traces: signs in, sends, files, opens documents. Who holds forged
// or stolen tokens reads. Where no sign-in log tells which tokens were issued, that is what is left to see.
//
//   address ─┬─ anything but reading, by a person ─▶ lived in
//            └─ people's own mailboxes read ───────▶ two or more, and never lived in ─▶ candidate
//   candidates that share mailboxes ─▶ one finding
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/keyset.h"
#include "detector/case_table.h"
#include "detector/detector.h"
#include "detector/mail_read.h"
#include "event/app_name.h"
#include "event/outcome.h"

#define LIVED_LIMIT ((uint32_t)1 << 20)
// A couple of colleagues who look into their mail at home and do nothing else do not do so often.
#define ACCESSES 10 // in each of two mailboxes
#define MAILBOXES 2
#define MANY 3 // mailboxes that make it grave
#define GROUP_LIMIT 4096

// Numbers of an address, {address}, and of a mailbox read from there, {address, mailbox}.
enum { PEOPLE, APP, CLIENT_APP, CLASS, SAMPLE };
enum { ACCESS_COUNT, MESSAGES };

struct watch {
    struct keyset lived;   // addresses; once it is full, nowhere is known to be deserted
    struct keyset workers; // people who live anywhere
    struct case_table addresses, pairs;
    struct buf text;
};

// ---- seeing -----------------------------------------------------------------------------------

static bool is_reading(const struct activity *a)
{
    return a->kind == ACTIVITY_MAIL_ACCESS || a->kind == ACTIVITY_MAIL_SEARCH ||
           a->kind == ACTIVITY_GRAPH;
}

static bool is_life(const struct activity *a)
{
    return !is_reading(a) && a->kind != ACTIVITY_MESSAGE && a->outcome != OUTCOME_FAILURE &&
           (a->actor == ACTOR_PERSON || a->kind == ACTIVITY_SIGN_IN) &&
           !(a->flags & ACTIVITY_IS_SERVICE);
}

// By a program that anyone may use: a service of another firm has places of its own.
static bool is_own_mail(const struct knowledge *k, const struct activity *a)
{
    uint32_t caller = a->client_app ? a->client_app : a->app;
    return mail_read_counts(a) && knowledge_is_own_mailbox(k, a) && a->actor != ACTOR_APPLICATION &&
           caller && app_name_find(knowledge_text(k, caller)) &&
           knowledge_client(k, a->client) != CLIENT_ACTIVE_SYNC;
}

static void add(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    struct case_row *pair =
        case_table_open(&watch->pairs, (struct case_key){{a->address, a->mailbox}});
    struct case_row *row = case_table_open(&watch->addresses, (struct case_key){{a->address}});
    if (!pair || !row)
        return;
    bool is_first = pair->numbers[ACCESS_COUNT]++ == 0;
    pair->numbers[MESSAGES] += a->count;
    row->numbers[PEOPLE] += is_first;
    if (row->first == INSTANT_NONE || a->time < row->first)
        row->first = a->time;
    if (row->last == INSTANT_NONE || a->time > row->last)
        row->last = a->time;
    row->numbers[APP] = a->app;
    row->numbers[CLIENT_APP] = a->client_app;
    row->numbers[CLASS] = (uint64_t)knowledge_client(k, a->client);
    if (row->numbers[PEOPLE] <
        MAILBOXES) // most addresses are one person's: what is read later will do
        return;
    if (!row->draft)
        row->draft = draft_new();
    draft_add(row->draft, a, knowledge_texts(k));
}

static void see(struct detection *detection, const struct activity *a)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    uint64_t key = hash_mix(a->address);
    if (!a->address || a->time == INSTANT_NONE || knowledge_is_neutral(k, a->address))
        return;
    if (is_life(a)) {
        if (watch->lived.count < LIVED_LIMIT && keyset_add(&watch->lived, key)) {
            struct case_row *row =
                case_table_find(&watch->addresses, (struct case_key){{a->address}});
            if (row)
                draft_free(case_take(row));
        }
        if (watch->workers.count < LIVED_LIMIT)
            keyset_add(&watch->workers, hash_mix(knowledge_person(k, a)));
    } else if (is_own_mail(k, a) && !keyset_has(&watch->lived, key)) {
        add(watch, k, a);
    }
}

// ---- judging ----------------------------------------------------------------------------------

// The mailbox was read on days enough before or after without the address.
static bool has_other_days(const struct knowledge *k, const struct case_row *row, uint32_t mailbox)
{
    uint32_t network = knowledge_network(k, row->key.part[0]);
    struct habit_answer answer =
        knowledge_habit(k, HABIT_MAILBOX, mailbox, HABIT_NETWORK, network, row->first, row->last);
    return answer.history_before + answer.history_after >= HABIT_DAYS_ENOUGH;
}

static struct case_row *address_of(const struct watch *watch, const struct case_row *pair)
{
    return case_table_find(&watch->addresses, (struct case_key){{pair->key.part[0]}});
}

// Candidates that share a mailbox are one reader's. `parents` by number of the address.
static uint32_t root_of(uint32_t *parents, uint32_t number)
{
    while (parents[number] != number)
        number = parents[number] = parents[parents[number]];
    return number;
}

static int by_mailbox(const void *left, const void *right)
{
    const struct case_row *a = *(struct case_row *const *)left;
    const struct case_row *b = *(struct case_row *const *)right;
    if (a->key.part[1] != b->key.part[1])
        return a->key.part[1] < b->key.part[1] ? -1 : 1;
    return (a->key.part[0] > b->key.part[0]) - (a->key.part[0] < b->key.part[0]);
}

struct reader {
    uint32_t root, addresses, mailboxes, busy; // busy: ACCESSES or more
    uint64_t accesses, messages;
};

// What the pairs of one reader, sorted by mailbox, come to.
static struct reader add_up(struct watch *watch, struct case_row **pairs, size_t count,
                            uint32_t *parents, uint32_t root)
{
    struct reader reader = {.root = root};
    uint64_t accesses = 0;
    uint32_t mailbox = 0;
    for (size_t i = 0; i < count; i++) {
        struct case_row *address = address_of(watch, pairs[i]);
        if (root_of(parents, (uint32_t)(address - watch->addresses.rows)) != root)
            continue;
        if (pairs[i]->key.part[1] != mailbox) {
            mailbox = pairs[i]->key.part[1];
            reader.mailboxes++;
            accesses = 0;
        }
        reader.busy +=
            accesses < ACCESSES && accesses + pairs[i]->numbers[ACCESS_COUNT] >= ACCESSES;
        accesses += pairs[i]->numbers[ACCESS_COUNT];
        reader.accesses += pairs[i]->numbers[ACCESS_COUNT];
        reader.messages += pairs[i]->numbers[MESSAGES];
    }
    return reader;
}

static void write_statement(const struct knowledge *k, const struct case_row *row,
                            const struct reader *reader, struct buf *out)
{
    struct str address = knowledge_text(k, row->key.part[0]);
    buf_clear(out);
    mail_read_print_way(k, (enum client_class)row->numbers[CLASS], (uint32_t)row->numbers[APP],
                        (uint32_t)row->numbers[CLIENT_APP], out);
    buf_print(out, " read %llu messages of %u people from %.*s",
              (unsigned long long)reader->messages, reader->mailboxes, (int)address.len,
              address.at);
    if (reader->addresses > 1)
        buf_print(out, " and %u more %s", reader->addresses - 1,
                  reader->addresses > 2 ? "addresses" : "address");
    buf_add_char(out, ' ');
    mail_read_print_days(out, draft_first(row->draft), draft_last(row->draft));
    buf_print(
        out,
        " (%llu accesses), each in their own name. Nobody signed in, sent mail or did anything else "
        "from there, as these people do where they work, and on their other days none of them "
        "was there.",
        (unsigned long long)reader->accesses);
}

static void report(struct detection *detection, struct reader *reader, uint32_t *parents)
{
    struct watch *watch = detection_state(detection);
    struct case_row *first = &watch->addresses.rows[reader->root];
    struct draft *draft = case_take(first);
    for (uint32_t i = 0; i < watch->addresses.count; i++) {
        struct case_row *row = &watch->addresses.rows[i];
        bool is_of = root_of(parents, i) == reader->root && (row == first || row->draft);
        reader->addresses += is_of;
        if (is_of && row != first)
            draft_merge(draft, case_take(row));
    }
    first->draft = draft;
    write_statement(detection_knowledge(detection), first, reader, &watch->text);
    bool is_many = reader->mailboxes >= MANY;
    detection_find(detection, case_take(first), is_many ? LEVEL_HIGH : LEVEL_MEDIUM,
                   is_many ? 0.8 : 0.6, buf_str(&watch->text));
}

static bool is_candidate(const struct watch *watch, const struct case_row *row)
{
    return row && row->draft && row->numbers[PEOPLE] >= MAILBOXES &&
           watch->lived.count < LIVED_LIMIT &&
           !keyset_has(&watch->lived, hash_mix(row->key.part[0]));
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    uint32_t count = watch->addresses.count, kept = 0;
    struct case_row **pairs = memory_new((watch->pairs.count + 1) * sizeof(struct case_row *));
    uint32_t *parents = memory_new((count + 1) * sizeof *parents);
    for (uint32_t i = 0; i < count; i++)
        parents[i] = i;
    for (uint32_t i = 0; i < watch->pairs.count; i++) {
        struct case_row *pair = &watch->pairs.rows[i], *row = address_of(watch, pair);
        if (is_candidate(watch, row) && has_other_days(k, row, pair->key.part[1]) &&
            keyset_has(&watch->workers, hash_mix(pair->key.part[1])))
            pairs[kept++] = pair;
    }
    qsort(pairs, kept, sizeof(struct case_row *), by_mailbox);
    for (uint32_t i = 1; i < kept; i++) {
        if (pairs[i]->key.part[1] != pairs[i - 1]->key.part[1])
            continue;
        uint32_t a =
            root_of(parents, (uint32_t)(address_of(watch, pairs[i]) - watch->addresses.rows));
        uint32_t b =
            root_of(parents, (uint32_t)(address_of(watch, pairs[i - 1]) - watch->addresses.rows));
        parents[a > b ? a : b] = a < b ? a : b;
    }
    for (uint32_t i = 0, groups = 0; i < count && groups < GROUP_LIMIT; i++) {
        if (root_of(parents, i) != i || !is_candidate(watch, &watch->addresses.rows[i]))
            continue;
        groups++;
        struct reader reader = add_up(watch, pairs, kept, parents, i);
        if (reader.busy >= MAILBOXES)
            report(detection, &reader, parents);
    }
    free(pairs);
    free(parents);
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    keyset_done(&watch->lived);
    keyset_done(&watch->workers);
    case_table_done(&watch->addresses);
    case_table_done(&watch->pairs);
    buf_done(&watch->text);
}

const struct detector detector_address_many_mailboxes = {
    .name = "address_many_mailboxes",
    .title = "One address read the mail of several people and did nothing else",
    .attack = "T1114.002 T1550.001 T1606",
    .meaning =
        "From an address, or several that read the same mailboxes, the mail of two or more people was read "
        "in their names by programs that anyone may use, at least ten times each, and nothing else was "
        "ever done from there: no sign-in, no message sent, no document opened. The people are seen at "
        "work elsewhere, on three days or more without this address. Forged or stolen tokens are "
        "used like this; without sign-in logs it is what can still be seen of them.",
    .false_positives =
        "Services of other firms that read for many people have application ids of their own and are "
        "not looked at. An office, a home or a hotel: people send, sign in and open documents there. A "
        "couple of colleagues who only read at home, and began to in the middle of the logs: ask them.",
    .is_intruders_place = true,
    .state_size = sizeof(struct watch),
    .see = see,
    .end = end,
    .release = release,
};
