// Tokens that cannot be genuine, whatever the sign-in logs hold: used before their issue or after any token's
// life, of two users or tenants, of a foreign issuer, or with an identifier that no sign-in service gives.
// SPDX-License-Identifier: Apache-2.0
#include "detector/case_table.h"
#include "detector/detector.h"
#include "detector/mail_read.h"
#include "event/event.h"

// The tenant of personal Microsoft accounts (learn.microsoft.com/entra/identity-platform/access-token-claims,
// claim iss). In 2023 a key of that tenant signed tokens that were accepted for organisations.
#define CONSUMER_TENANT "9188040d-6c67-4c5b-b112-36a304b66dad"

// What may be wrong. Those `by_rate` may come of an export that spells times or identifiers differently, or
// of a client with connections that outlive their tokens: then peers are wrong too. "The sign-in was at another
// time" (ISSUED_OTHER_TIME) is none of them: logs round and delay.
enum fault { CONSUMER, FOREIGN, TWO_USERS, TWO_TENANTS, AFTER_USE, TOO_OLD, BAD_ID, FAULTS };

static const struct {
    unsigned bit; // enum issued_impossible
    bool by_rate;
    enum sigma_level level;
    const char *words; // behind the number of accesses
} faults[FAULTS] = {
    [CONSUMER] =
        {ISSUED_FOREIGN, false, LEVEL_CRITICAL,
         "with a token of the tenant of personal Microsoft accounts, as in the intrusion of "
         "2023"},
    [FOREIGN] = {ISSUED_FOREIGN, false, LEVEL_HIGH,
                 "with a token that another tenant issued, though the user is no guest"},
    [TWO_USERS] = {ISSUED_TWO_USERS, false, LEVEL_HIGH, "with a token known of another user too"},
    [TWO_TENANTS] = {ISSUED_TWO_TENANTS, false, LEVEL_HIGH, "with a token known of two tenants"},
    [AFTER_USE] = {ISSUED_AFTER_USE, true, LEVEL_HIGH, "before the token's time of issue"},
    [TOO_OLD] =
        {ISSUED_TOO_OLD, true, LEVEL_MEDIUM,
         "longer after the token's issue than any token lives (28 hours, of applications 24)"},
    [BAD_ID] = {ISSUED_IMPOSSIBLE_ID, true, LEVEL_MEDIUM,
                "with a token identifier of a form that no sign-in service gives"},
};

// Numbers of a group of peers: those that name a time of issue, an identifier; then faults by rate.
enum { DATED, NAMED, FAULTS_FROM };

struct watch {
    struct case_table cases, peers;
    uint64_t all[FAULTS_FROM + FAULTS - AFTER_USE]; // the same numbers, of all groups
    struct buf text;
};

// ---- seeing -----------------------------------------------------------------------------------

// Counts of a case are halves of its first numbers.
enum { IS_NETWORK = (FAULTS + 1) / 2 };

static uint64_t count_of(const struct case_row *row, enum fault fault)
{
    return row->numbers[fault / 2] >> (fault % 2 * 32) & UINT32_MAX;
}

static void count(struct case_row *row, enum fault fault)
{
    if (count_of(row, fault) < UINT32_MAX)
        row->numbers[fault / 2] += (uint64_t)1 << (fault % 2 * 32);
}

static bool is_guest(const struct knowledge *k, const struct activity *activity)
{
    return activity->actor == ACTOR_PARTNER || activity->flags & ACTIVITY_IS_EXTERNAL ||
           knowledge_is_guest_name(k, activity->user);
}

// Bits of enum fault. What says "another user" is believed only where the user goes by an address or is an
// application: records that give a number of the directory alone may not have found their person.
static unsigned find_faults(const struct knowledge *k, const struct activity *activity,
                            unsigned impossible)
{
    unsigned found = 0;
    if (!impossible)
        return 0;
    bool is_named = activity->actor == ACTOR_APPLICATION ||
                    knowledge_is_address_name(k, knowledge_person(k, activity));
    if (is_guest(k, activity))
        impossible &= ~(unsigned)(ISSUED_FOREIGN | ISSUED_TWO_TENANTS | ISSUED_TWO_USERS);
    if (!is_named)
        impossible &= ~(unsigned)ISSUED_TWO_USERS;
    // Behind Microsoft's own addresses stand managed identities and services whose connections outlive their
    // tokens.
    if (knowledge_is_neutral(k, activity->address))
        impossible &= ~(unsigned)(ISSUED_TOO_OLD | ISSUED_AFTER_USE);
    bool is_consumer = str_is(knowledge_text(k, activity->tenant), CONSUMER_TENANT);
    for (int i = 0; i < FAULTS; i++)
        if (impossible & faults[i].bit && (i > FOREIGN || (i == CONSUMER) == is_consumer))
            found |= 1u << i;
    return found;
}

static void count_peer(struct watch *watch, const struct activity *activity, struct case_key key,
                       unsigned found)
{
    struct case_row *row = case_table_open(&watch->peers, key);
    bool is_named = activity->flags & (ACTIVITY_HAS_TOKEN | ACTIVITY_HAS_BAD_TOKEN);
    bool is_dated = activity->issued_at != INSTANT_NONE && activity->time != INSTANT_NONE;
    uint64_t *numbers[2] = {watch->all, row ? row->numbers : NULL};
    for (int i = 0; i < 2 && numbers[i]; i++) {
        numbers[i][DATED] += is_dated;
        numbers[i][NAMED] += is_named;
        for (int f = AFTER_USE; f < FAULTS; f++)
            numbers[i][FAULTS_FROM + f - AFTER_USE] += found >> f & 1;
    }
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    if (!knowledge_is_token_bearing(activity))
        return;
    uint32_t class = (uint32_t)knowledge_client(k, activity->client);
    unsigned found = find_faults(k, activity, detection_issuance(detection)->impossible);
    count_peer(watch, activity, (struct case_key){{class, activity->app, activity->client_app}},
               found);
    if (!found)
        return;
    struct mail_place place = mail_read_place(k, activity);
    struct case_key key = {{class, activity->app, activity->client_app, place.symbol}};
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    if (!row->draft)
        row->draft = draft_new();
    draft_add(row->draft, activity, knowledge_texts(k));
    row->numbers[IS_NETWORK] = place.is_network;
    for (int i = 0; i < FAULTS; i++)
        if (found >> i & 1)
            count(row, (enum fault)i);
}

// ---- judging ----------------------------------------------------------------------------------

enum verdict { IS_USUAL, CANNOT_TELL, IS_EXCEPTION };

// By what the others show: Laplace's rule of succession, as for identifiers that are missing. Too few
// others tell nothing; where most accesses of all are wrong, it is the export.
static enum verdict judge(const uint64_t *numbers, enum fault fault, uint64_t own)
{
    uint64_t seen = numbers[fault == BAD_ID ? NAMED : DATED];
    uint64_t others = seen - own, wrong = numbers[FAULTS_FROM + fault - AFTER_USE] - own;
    if (1 / ((double)others + 2) > ISSUED_PEER_CHANCE)
        return wrong || own > others ? IS_USUAL : CANNOT_TELL;
    return ((double)wrong + 1) / ((double)others + 2) <= ISSUED_PEER_CHANCE ? IS_EXCEPTION
                                                                            : IS_USUAL;
}

// The peers decide; where they are too few, all of the tenant.
static enum verdict judge_fault(const struct watch *watch, const struct case_row *row,
                                enum fault fault)
{
    uint64_t own = count_of(row, fault);
    struct case_key key = {{row->key.part[0], row->key.part[1], row->key.part[2]}};
    const struct case_row *peers = case_table_find(&watch->peers, key);
    if (!faults[fault].by_rate)
        return IS_EXCEPTION;
    enum verdict all = judge(watch->all, fault, own);
    bool is_enough =
        peers && (double)peers->numbers[fault == BAD_ID ? NAMED : DATED] - (double)own >=
                     1 / ISSUED_PEER_CHANCE;
    return is_enough ? judge(peers->numbers, fault, own) : all;
}

static void report(struct detection *detection, struct case_row *row)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    struct buf *out = &watch->text;
    enum sigma_level level = LEVEL_INFO;
    struct str place = knowledge_text(k, row->key.part[3]);
    buf_clear(out);
    mail_read_print_way(k, (enum client_class)row->key.part[0], row->key.part[1], row->key.part[2],
                        out);
    buf_print(out, " %s %.*s ", row->numbers[IS_NETWORK] ? "from" : "by", (int)place.len, place.at);
    mail_read_print_days(out, draft_first(row->draft), draft_last(row->draft));
    const char *join = ", accesses that no genuine token explains: ";
    for (int i = 0; i < FAULTS; i++) {
        uint64_t own = count_of(row, (enum fault)i);
        enum verdict verdict = own ? judge_fault(watch, row, (enum fault)i) : IS_USUAL;
        if (verdict == IS_USUAL)
            continue;
        enum sigma_level mine = verdict == IS_EXCEPTION ? faults[i].level : faults[i].level - 1;
        level = mine > level ? mine : level;
        buf_print(out, "%s%llu %s", join, (unsigned long long)own, faults[i].words);
        join = ", ";
    }
    buf_add_char(out, '.');
    if (level >= LEVEL_LOW)
        detection_find(detection, case_take(row), level, level >= LEVEL_HIGH ? 0.9 : 0.6,
                       buf_str(out));
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++)
        report(detection, &watch->cases.rows[i]);
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->peers);
    buf_done(&watch->text);
}

const struct detector detector_impossible_token = {
    .name = "impossible_token",
    .title = "A token was used that cannot be genuine",
    .attack = "T1606 T1550.001",
    .meaning =
        "An access bore a token that was used before its issue, later than any token lives, for two "
        "users or in two tenants, that a foreign tenant issued, or whose identifier has a form that no "
        "sign-in service gives. A token of the tenant of personal accounts for a user of the "
        "organisation is what the forgery of 2023 looked like.",
    .false_positives =
        "Guests and partners bring tokens that their own tenant issued: they are left out. Exports that "
        "shift times or cut identifiers, and clients whose connections outlive their tokens, are wrong "
        "for all accesses of a kind: times and identifiers count only where at most one in a hundred "
        "others is wrong, and a step less where there are too few others to tell. That a sign-in was "
        "logged at another time than the token says is never enough.",
    .state_size = sizeof(struct watch),
    .see = see,
    .end = end,
    .release = release,
};
