// Where people are on other days, asked once for each person, place and day; and their strange visits.
// SPDX-License-Identifier: Apache-2.0
#include "detector/place.h"

#include <stdlib.h>

#include "base/hash.h"
#include "detector/stranger.h"
#include "event/outcome.h"

void place_done(struct place_watch *watch)
{
    free(watch->answers);
    free(watch->visits);
    case_table_done(&watch->index);
    *watch = (struct place_watch){0};
}

// ---- asking -----------------------------------------------------------------------------------

// Habits of people come from sign-ins; where there is no sign-in log, those of their mailbox stand in.
typedef struct habit_answer ask_standing(const struct knowledge *, const struct activity *,
                                         enum habit_facet, int64_t from, int64_t to);

static struct habit_answer stand(ask_standing *ask, const struct knowledge *k,
                                 const struct activity *a, enum habit_facet facet, int64_t from,
                                 int64_t to)
{
    struct habit_answer answer = ask(k, a, facet, from, to);
    if (answer.standing != HABIT_CANNOT_TELL || a->kind == ACTIVITY_MAIL_ACCESS)
        return answer;
    struct activity as_mail = *a;
    as_mail.kind = ACTIVITY_MAIL_ACCESS;
    as_mail.mailbox = knowledge_person(k, a);
    return ask(k, &as_mail, facet, from, to);
}

static struct habit_answer standing(const struct knowledge *k, const struct activity *a,
                                    enum habit_facet facet, int64_t from, int64_t to)
{
    return stand(knowledge_standing, k, a, facet, from, to);
}

// Without peers and chance: enough where a place turns out to be known, as nearly all do.
static enum habit_standing standing_days(const struct knowledge *k, const struct activity *a,
                                         enum habit_facet facet, int64_t from, int64_t to)
{
    return stand(knowledge_standing_days, k, a, facet, from, to).standing;
}

static unsigned ask(const struct knowledge *k, const struct activity *a, int64_t from, int64_t to)
{
    if (standing_days(k, a, HABIT_NETWORK, from, to) != HABIT_NEW)
        return 0;
    struct habit_answer network = standing(k, a, HABIT_NETWORK, from, to);
    if (network.peers_outside >= PLACE_PEERS_KNOWN ||
        network.history_before + network.history_after < HABIT_DAYS_MEASURE)
        return 0;
    bool is_roaming = network.chance_own > PLACE_ROAMING_CHANCE;
    struct habit_answer country = standing(k, a, HABIT_COUNTRY, from, to);
    unsigned odd = PLACE_NETWORK_NEW;
    if (country.standing == HABIT_NEW && country.chance_own <= PLACE_ROAMING_CHANCE)
        odd |= PLACE_COUNTRY_NEW;
    if (!*knowledge_address(k, a->address)->country)
        odd |= PLACE_COUNTRY_UNKNOWN;
    if (is_roaming && !(odd & PLACE_COUNTRY_NEW))
        return 0;
    struct habit_answer agent = standing(k, a, HABIT_AGENT, from, to);
    if (agent.standing == HABIT_NEW && agent.chance_own <= PLACE_ROAMING_CHANCE)
        odd |= PLACE_AGENT_NEW;
    if (knowledge_address(k, a->address)->class == ADDRESS_HOSTING)
        odd |= PLACE_HOSTING;
    return odd;
}

// The same with the whole life of each value left out, of an intruder who stays too long for the margin.
static unsigned ask_of_life(const struct knowledge *k, const struct activity *a)
{
    unsigned odd = PLACE_NETWORK_NEW;
    if (stranger_standing(k, a, HABIT_NETWORK) != HABIT_NEW)
        return 0;
    struct habit_answer all = stand(knowledge_standing_days, k, a, HABIT_NETWORK, 1, 0);
    // Ranges of addresses are as wide as a town: others who use them on other days live there too.
    const struct address_answer *place = knowledge_address(k, a->address);
    if (!place->asn &&
        standing(k, a, HABIT_NETWORK, all.first, all.last).peers_outside >= PLACE_PEERS_KNOWN)
        return 0;
    // Of somewhere used for days that is not known to be abroad says nothing.
    if (!*place->country)
        odd |= all.first / DAY == all.last / DAY ? PLACE_COUNTRY_UNKNOWN : 0u;
    else if (stranger_standing(k, a, HABIT_COUNTRY) == HABIT_NEW)
        odd |= PLACE_COUNTRY_NEW;
    if (stranger_standing(k, a, HABIT_AGENT) == HABIT_NEW)
        odd |= PLACE_AGENT_NEW;
    if (knowledge_address(k, a->address)->class == ADDRESS_HOSTING)
        odd |= PLACE_HOSTING;
    return odd;
}

static unsigned judge(const struct knowledge *k, const struct activity *a)
{
    int64_t first = a->time / DAY * DAY, last = first + DAY - 1;
    if (knowledge_is_own_place(k, knowledge_person(k, a), a->address))
        return 0;
    unsigned odd = ask(k, a, first - PLACE_MARGIN, last + PLACE_MARGIN);
    return odd ? odd : ask_of_life(k, a);
}

unsigned place_odd(struct place_watch *watch, const struct knowledge *k, const struct activity *a)
{
    if (a->time == INSTANT_NONE || knowledge_is_neutral(k, a->address))
        return 0;
    bool is_mail = a->kind == ACTIVITY_MAIL_ACCESS;
    struct place_key key = {.person = knowledge_person(k, a),
                            .mailbox = is_mail ? a->mailbox : 0,
                            .address = a->address,
                            .agent = a->agent,
                            .client = a->client,
                            .day = (int32_t)(a->time / DAY),
                            .is_mail = is_mail,
                            .is_set = true};
    if (!watch->answers)
        watch->answers = memory_new(PLACE_ANSWERS * sizeof *watch->answers);
    struct place_answer *kept =
        &watch->answers[hash_bytes(&key, sizeof key, 5) & (PLACE_ANSWERS - 1)];
    if (memcmp(&kept->key, &key, sizeof key) != 0)
        *kept = (struct place_answer){key, judge(k, a)};
    return kept->odd;
}

bool place_is_strange(unsigned odd)
{
    return odd & (PLACE_COUNTRY_NEW | PLACE_COUNTRY_UNKNOWN | PLACE_AGENT_NEW | PLACE_HOSTING);
}

bool place_is_very_strange(unsigned odd)
{
    return ((odd & PLACE_COUNTRY_NEW) != 0) + ((odd & PLACE_AGENT_NEW) != 0) +
               ((odd & PLACE_HOSTING) != 0) >=
           2;
}

// ---- visits -----------------------------------------------------------------------------------

bool place_is_human(const struct knowledge *k, const struct activity *a)
{
    if (a->time == INSTANT_NONE || a->outcome == OUTCOME_FAILURE || a->actor == ACTOR_PROVIDER ||
        a->actor == ACTOR_SYSTEM || a->actor == ACTOR_APPLICATION)
        return false;
    return !knowledge_is_system_name(k, a->user);
}

static void remember(struct place_watch *watch, struct case_key key, const struct activity *a)
{
    struct case_row *row = case_table_open(&watch->index, key);
    if (!row)
        return;
    if (row->numbers[0]) {
        watch->visits[row->numbers[0] - 1].last = a->time;
        return;
    }
    ARRAY_GROW(watch->visits, watch->visit_count, watch->visit_capacity);
    watch->visits[watch->visit_count++] = (struct place_visit){a->time, a->time, *a};
    row->numbers[0] = watch->visit_count;
}

void place_see(struct place_watch *watch, const struct knowledge *k, const struct activity *a)
{
    if (a->kind != ACTIVITY_SIGN_IN && a->kind != ACTIVITY_MAIL_ACCESS)
        return;
    uint32_t person = knowledge_person(k, a);
    bool is_own_mail = a->kind == ACTIVITY_MAIL_ACCESS && knowledge_is_own_mailbox(k, a);
    if ((a->kind != ACTIVITY_SIGN_IN && !is_own_mail) || !person || !place_is_human(k, a) ||
        !place_is_strange(place_odd(watch, k, a)))
        return;
    // One visit for each day; a person's latest day is found by going back from the day asked for.
    remember(watch, (struct case_key){{person, 0, (uint32_t)(a->time / DAY), 0}}, a);
    if (a->session)
        remember(watch, (struct case_key){{person, a->session, 0, 1}}, a);
}

static const struct place_visit *find(const struct place_watch *watch, struct case_key key)
{
    const struct case_row *row = case_table_find(&watch->index, key);
    return row && row->numbers[0] ? &watch->visits[row->numbers[0] - 1] : NULL;
}

const struct place_visit *place_before(const struct place_watch *watch, const struct knowledge *k,
                                       const struct activity *a, int64_t window)
{
    uint32_t person = knowledge_person(k, a);
    const struct place_visit *visit = NULL;
    if (a->session)
        visit = find(watch, (struct case_key){{person, a->session, 0, 1}});
    for (int64_t day = a->time / DAY; !visit && day >= (a->time - window) / DAY; day--)
        visit = find(watch, (struct case_key){{person, 0, (uint32_t)day, 0}});
    bool is_own_session = visit && a->session && visit->evidence.session == a->session;
    if (visit && !is_own_session && visit->last < a->time - window)
        return NULL;
    return visit;
}

bool place_is_usual(const struct knowledge *k, const struct activity *a)
{
    if (a->time == INSTANT_NONE || knowledge_is_neutral(k, a->address))
        return false;
    int64_t first = a->time / DAY * DAY, last = first + DAY - 1;
    enum habit_standing wide =
        standing_days(k, a, HABIT_NETWORK, first - PLACE_MARGIN, last + PLACE_MARGIN);
    return wide == HABIT_KNOWN || wide == HABIT_SEEN ||
           knowledge_is_own_place(k, knowledge_person(k, a), a->address) ||
           stranger_standing(k, a, HABIT_NETWORK) >= HABIT_SEEN;
}

bool place_is_in_visit(const struct knowledge *k, const struct place_visit *visit,
                       const struct activity *a)
{
    return visit && a->session && visit->evidence.session == a->session && !place_is_usual(k, a);
}

// ---- words ------------------------------------------------------------------------------------

void place_print(const struct knowledge *k, const struct activity *a, struct buf *out)
{
    struct str address = knowledge_text(k, a->address);
    struct str network = knowledge_text(k, knowledge_network(k, a->address));
    const char *country = knowledge_address(k, a->address)->country;
    if (!address.len) {
        buf_add(out, S("an unknown address"));
        return;
    }
    buf_print(out, "%.*s", (int)address.len, address.at);
    if (network.len)
        buf_print(out, " (%.*s%s%s)", (int)network.len, network.at, *country ? ", " : "", country);
}

uint32_t place_key(const struct knowledge *k, const struct activity *a)
{
    uint32_t network = knowledge_is_neutral(k, a->address) ? 0 : knowledge_network(k, a->address);
    return network ? network : knowledge_person(k, a);
}

struct str place_person(const struct knowledge *k, const struct activity *a)
{
    return knowledge_text(k, knowledge_person(k, a));
}

struct case_key place_name_key_of(struct place_names *names, const struct knowledge *k,
                                  uint32_t symbol, uint32_t last)
{
    struct place_name *name = &names->rows[symbol % PLACE_NAMES];
    if (!symbol || name->symbol != symbol) {
        struct case_key key = place_name_key(knowledge_text(k, symbol), 0);
        *name = (struct place_name){symbol, {key.part[0], key.part[1]}};
    }
    return (struct case_key){{name->hash[0], name->hash[1], 0, last}};
}

struct case_key place_name_key(struct str name, uint32_t last)
{
    uint64_t hash = hash_fold(str_of(name.at, str_index(name, '@')));
    return (struct case_key){{(uint32_t)hash, (uint32_t)(hash >> 32), 0, last}};
}
