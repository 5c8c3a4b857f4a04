// Mailboxes searched from strange places: for words an intruder wants, many times, or for the same words in
// several mailboxes.
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "detector/detector.h"
#include "detector/place.h"

// A day with so many searches is a burst when chance brings one on fewer days than this: 1 in 1,000, about
// once in four working years of a person. Poisson, with the rate of the person's other days.
#define SEARCH_CHANCE 0.001
// The same words in so many mailboxes from one network that is not usual for them.
#define SEARCH_MAILBOXES 3

// What intruders search for. Sources: Microsoft on business e-mail compromise (payments, invoices, banks) and
// on Midnight Blizzard (secrets); CISA AA23-193A and AA24-057A (ways into networks). In the languages of the
// larger tenants; matched anywhere in the text, letters of ASCII folded.
static const char *const wanted[] = {
    "password",     "passwort",    "kennwort",    "mot de passe", "contrase",
    "senha",        "wachtwoord",  "passcode",    "credential",   "secret",
    "api key",      "apikey",      "private key", "token",        "vpn",
    "mfa",          "2fa",         "invoice",     "rechnung",     "facture",
    "factura",      "fattura",     "wire",        "iban",         "swift",
    "remittance",   "bank",        "payment",     "zahlung",      "paiement",
    "pago",         "payroll",     "w-2",         "ach form",     "direct deposit",
    "confidential", "vertraulich",
};

enum { BY_PERSON, BY_NETWORK, TERM_MAILBOX, TERM }; // the last part of a key

// Numbers of cases.
enum { SEARCHES, WANTED, TODAY, MOST, MAILBOXES, IS_HARD };

struct search_case {
    struct activity first,
        wanted;  // the first; of BY_NETWORK `wanted` has the words most widely used
    int64_t day; // of TODAY
};

struct watch {
    struct case_table cases;
    struct search_case *details; // the same numbers as the cases
    uint32_t detail_count, detail_capacity;
    struct case_table totals;   // {person}: numbers[0] all searches
    struct place_watch *places; // shared
    struct buf text;
};

static struct search_case *detail_of(struct watch *watch, const struct case_row *row)
{
    uint32_t number = (uint32_t)(row - watch->cases.rows);
    while (watch->detail_count <= number) {
        ARRAY_GROW(watch->details, watch->detail_count, watch->detail_capacity);
        watch->details[watch->detail_count++] = (struct search_case){.wanted.time = INSTANT_NONE};
    }
    return &watch->details[number];
}

static bool is_wanted(struct str terms)
{
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (str_contains_fold(terms, str_from(wanted[i])))
            return true;
    return false;
}

static struct case_row *add(struct watch *watch, const struct knowledge *k, struct case_key key,
                            const struct activity *a)
{
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return NULL;
    struct search_case *detail = detail_of(watch, row);
    if (!row->draft) {
        row->draft = draft_new();
        row->first = a->time;
        detail->first = *a;
        detail->day = a->time / DAY;
    }
    row->last = a->time;
    if (detail->day != a->time / DAY) {
        detail->day = a->time / DAY;
        row->numbers[TODAY] = 0;
    }
    row->numbers[SEARCHES]++;
    if (++row->numbers[TODAY] > row->numbers[MOST])
        row->numbers[MOST] = row->numbers[TODAY];
    draft_add(row->draft, a, knowledge_texts(k));
    return row;
}

// Counted once: true when the key was not there.
static bool is_new_key(struct case_table *table, struct case_key key)
{
    return !case_table_find(table, key) && case_table_open(table, key);
}

static void see_person(struct watch *watch, const struct knowledge *k, const struct activity *a,
                       uint32_t person, bool is_hard)
{
    struct case_row *row =
        add(watch, k, (struct case_key){{person, place_key(k, a), 0, BY_PERSON}}, a);
    if (!row)
        return;
    struct case_key term = {{person, place_key(k, a), a->detail, TERM}};
    row->numbers[IS_HARD] |= is_hard;
    if (is_wanted(knowledge_text(k, a->detail)) && is_new_key(&watch->totals, term)) {
        if (!row->numbers[WANTED]++)
            detail_of(watch, row)->wanted = *a;
    }
}

// The same words in many mailboxes: letters folded, by their hash.
static void see_network(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    uint32_t network = knowledge_network(k, a->address), mailbox = a->mailbox;
    uint32_t term = (uint32_t)hash_fold(knowledge_text(k, a->detail));
    if (!network || !mailbox || !a->detail)
        return;
    struct case_row *row = add(watch, k, (struct case_key){{network, 0, 0, BY_NETWORK}}, a);
    struct case_row *count =
        case_table_open(&watch->totals, (struct case_key){{network, term, 0, TERM}});
    if (!row || !count)
        return;
    uint64_t mailboxes = count->numbers[0];
    if (is_new_key(&watch->totals, (struct case_key){{network, term, mailbox, TERM_MAILBOX}})) {
        count = case_table_find(&watch->totals, (struct case_key){{network, term, 0, TERM}});
        mailboxes = ++count->numbers[0];
    }
    if (mailboxes > row->numbers[MAILBOXES]) {
        row->numbers[MAILBOXES] = mailboxes;
        detail_of(watch, row)->wanted = *a;
    }
}

static void begin(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    watch->places = detection_places(detection);
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    const struct activity *a = activity;
    uint32_t person = knowledge_person(k, a);
    if (a->kind != ACTIVITY_MAIL_SEARCH || !person || !place_is_human(k, a))
        return;
    struct case_row *total =
        case_table_open(&watch->totals, (struct case_key){{person, 0, 0, BY_PERSON}});
    if (total)
        total->numbers[0]++;
    unsigned odd = place_odd(watch->places, k, a);
    bool is_session = place_is_in_visit(k, place_before(watch->places, k, a, 0), a);
    if (place_is_strange(odd) || is_session)
        see_person(watch, k, a, person, is_session || place_is_very_strange(odd));
    if (odd) // a network known to be new; without history nothing is known
        see_network(watch, k, a);
}

// ---- judging ----------------------------------------------------------------------------------

// Chance of `count` or more where `rate` are usual.
static double poisson_tail(double rate, uint64_t count)
{
    double term = exp(-rate), below = 0;
    for (uint64_t i = 0; i < count && i < 1000; i++) {
        below += term;
        term *= rate / (double)(i + 1);
    }
    return below < 1 ? 1 - below : 0;
}

// Searches a day on the person's other days, one more counted than there were (Laplace); below 0 when there
// are too few days to compare with.
static double usual_rate(const struct watch *watch, const struct knowledge *k,
                         const struct case_row *row)
{
    const struct case_row *total =
        case_table_find(&watch->totals, (struct case_key){{row->key.part[0], 0, 0, BY_PERSON}});
    int64_t days =
        knowledge_last(k) / DAY - knowledge_first(k) / DAY - (row->last / DAY - row->first / DAY);
    if (!total || days < HABIT_DAYS_MEASURE || total->numbers[0] < row->numbers[SEARCHES])
        return -1;
    return (double)(total->numbers[0] - row->numbers[SEARCHES] + 1) / (double)days;
}

static void report_network(struct detection *detection, struct case_row *row)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    const struct search_case *detail = detail_of(watch, row);
    struct str words = knowledge_text(k, detail->wanted.detail);
    buf_clear(&watch->text);
    buf_print(&watch->text,
              "The same words ('%.*s') were searched in %llu mailboxes from one network, ",
              (int)words.len, words.at, (unsigned long long)row->numbers[MAILBOXES]);
    place_print(k, &detail->first, &watch->text);
    buf_print(&watch->text, ", which is not usual for those who searched: %llu searches in all.",
              (unsigned long long)row->numbers[SEARCHES]);
    detection_find(detection, case_take(row), LEVEL_HIGH, 0.75, buf_str(&watch->text));
}

static void report_person(struct detection *detection, struct case_row *row)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    const struct search_case *detail = detail_of(watch, row);
    double rate = usual_rate(watch, k, row);
    bool is_burst = rate >= 0 && poisson_tail(rate, row->numbers[MOST]) < SEARCH_CHANCE;
    uint64_t words = row->numbers[WANTED];
    if (!is_burst && !words)
        return;
    struct str who = place_person(k, &detail->first);
    struct str first = knowledge_text(k, words ? detail->wanted.detail : detail->first.detail);
    buf_clear(&watch->text);
    buf_print(&watch->text, "%llu mailbox search%s by %.*s from ",
              (unsigned long long)row->numbers[SEARCHES], row->numbers[SEARCHES] == 1 ? "" : "es",
              (int)who.len, who.at);
    place_print(k, &detail->first, &watch->text);
    buf_add(&watch->text,
            S(", where this person is on no other day, or in a session that was used there. "));
    if (is_burst)
        buf_print(&watch->text, "%llu of them on one day, against %.2f a day otherwise. ",
                  (unsigned long long)row->numbers[MOST], rate);
    if (words)
        buf_print(
            &watch->text,
            "%llu different search%s for what intruders look for (secrets, payments), such as "
            "'%.*s'.",
            (unsigned long long)words, words == 1 ? " was" : "es were", (int)first.len, first.at);
    enum sigma_level level = words > 1 && (is_burst || row->numbers[IS_HARD]) ? LEVEL_HIGH
                             : words > 1 || (words && is_burst)               ? LEVEL_MEDIUM
                                                                              : LEVEL_LOW;
    detection_find(detection, case_take(row), level, words ? 0.7 : 0.5,
                   str_trim(buf_str(&watch->text)));
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        if (row->key.part[3] == BY_NETWORK && row->numbers[MAILBOXES] >= SEARCH_MAILBOXES)
            report_network(detection, row);
    }
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        if (row->key.part[3] != BY_PERSON)
            continue;
        // What the network's finding holds is not told again.
        const struct case_row *network =
            case_table_find(&watch->cases, (struct case_key){{row->key.part[1], 0, 0, BY_NETWORK}});
        if (!network || network->numbers[MAILBOXES] < SEARCH_MAILBOXES)
            report_person(detection, row);
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->totals);
    free(watch->details);
    buf_done(&watch->text);
}

const struct detector detector_search_burst = {
    .name = "search_burst",
    .title = "Mailboxes were searched from a strange place",
    .attack = "T1213 T1119 T1114.002",
    .meaning =
        "From where the account's owner never is, or in a session that was used there, a mailbox was "
        "searched for what intruders look for (passwords, invoices, payments, ways into the network), "
        "or far more often than on the owner's other days; or the same words were searched in three "
        "mailboxes or more from one network that none of those who searched usually uses.",
    .false_positives =
        "Help desks and service accounts that search many mailboxes: no finding from the network they "
        "always use. People who search their own mail at the usual place: none, whatever the words. "
        "Travellers who search for an invoice: medium at most, unless program or rented servers are "
        "new as well. Searches are not logged by default, so that there may be none to see.",
    .asks_places = true,
    .state_size = sizeof(struct watch),
    .begin = begin,
    .kinds = DETECTOR_SEES(MAIL_SEARCH),
    .see = see,
    .end = end,
    .release = release,
};
