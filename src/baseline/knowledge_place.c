// Places that are people's own: where they sign in as a rule, or with a machine they use elsewhere too.
// SPDX-License-Identifier: Apache-2.0
#include <endian.h>
#include <stdlib.h>

#include "base/hash.h"
#include "baseline/habit_ask.h"
#include "baseline/knowledge_learn.h"
#include "event/outcome.h"

// Of a person's days, so many on one network make it an ordinary one.
#define OWN_SHARE 0.25

// Where people are is told by their sign-ins, and without any of them by who opens their mailbox.
static enum habit_kind place_kind(const struct knowledge *k)
{
    return k->has_sign_ins ? HABIT_USER : HABIT_MAILBOX;
}

// A tenant's audit log alone has few sign-ins, and no machines in them: there, programs that open a mailbox
// tell of machines too. Not where sign-in logs are, against which a stolen session would stand out.
static bool is_of_place(const struct knowledge *k, const struct activity *a)
{
    if (a->outcome == OUTCOME_FAILURE || a->time == INSTANT_NONE ||
        agent_family_kind(knowledge_agent(k, a).family) == AGENT_KIND_SCRIPT)
        return false;
    return a->kind == ACTIVITY_SIGN_IN || (a->kind == ACTIVITY_MAIL_ACCESS && !k->has_sign_in_log &&
                                           knowledge_is_own_mailbox(k, a));
}

// Not only within one stretch that lies inside the subject's other days.
static bool is_usual(const struct knowledge *k, uint32_t person, enum habit_facet facet,
                     uint32_t value)
{
    struct habit_answer all = knowledge_habit_days(k, place_kind(k), person, facet, value, 1, 0);
    if (all.first == INSTANT_NONE) // never there: strange if they are elsewhere
        return all.history_before + all.history_after + all.history_inside < HABIT_DAYS_ENOUGH;
    struct habit_answer rest =
        knowledge_habit_days(k, place_kind(k), person, facet, value, all.first, all.last);
    unsigned others = rest.history_before + rest.history_after;
    return others < HABIT_DAYS_ENOUGH || rest.history_before == 0;
}

// ---- whose network it is ----------------------------------------------------------------------

static uint64_t key_of(uint32_t person, uint32_t network)
{
    return hash_mix((uint64_t)person << 32 | network);
}

void own_places_done(struct own_places *own)
{
    keyset_done(&own->asked);
    keyset_done(&own->pairs);
    keyset_done(&own->used);
    keyset_done(&own->counted);
    keyset_done(&own->systems);
    for (int i = 0; i < KNOWLEDGE_COLLEAGUES; i++)
        keyset_done(&own->people[i]);
}

// The machine named was used by the person on days before the network's first or after its last.
static bool has_own_device(const struct knowledge *k, uint32_t person, uint32_t network,
                           uint32_t device)
{
    struct habit_answer all =
        knowledge_habit_days(k, place_kind(k), person, HABIT_NETWORK, network, 1, 0);
    return device && all.first != INSTANT_NONE &&
           knowledge_habit_days(k, place_kind(k), person, HABIT_DEVICE, device, all.first, all.last)
                   .days_outside > 0;
}

// A telephone and a computer, or two computers, with programs that the person uses elsewhere too, came
// together. A thief has what belongs to one of them.
static bool is_second_system(struct knowledge *k, uint32_t person, uint32_t network,
                             const struct activity *a)
{
    uint32_t program = knowledge_agent_symbol(k, a);
    uint64_t key = key_of(person, network);
    enum agent_system system = knowledge_agent(k, a).system;
    enum habit_kind kind = a->kind == ACTIVITY_SIGN_IN ? HABIT_USER : HABIT_MAILBOX;
    struct habit_answer all = knowledge_habit_days(k, kind, person, HABIT_NETWORK, network, 1, 0);
    if (!program || system == SYSTEM_UNKNOWN || all.first == INSTANT_NONE ||
        !knowledge_habit_days(k, kind, person, HABIT_AGENT, program, all.first, all.last)
             .days_outside)
        return false;
    keyset_add(&k->own.systems, key ^ hash_mix(system + 1));
    for (int other = 0; other < SYSTEM_COUNT; other++)
        if (other != (int)system &&
            keyset_has(&k->own.systems, key ^ hash_mix((uint64_t)other + 1)))
            return true;
    return false;
}

// Days at home between days at the office: who is there is not anywhere else then. A thief comes on days on
// which the victim is somewhere too; whether a weekend is the one's or the other's cannot be told.
static bool is_instead(const struct knowledge *k, uint32_t person, uint32_t network)
{
    struct habit_alone alone =
        habit_ask_alone(k->habit, place_kind(k), person, HABIT_NETWORK, network);
    return alone.alone >= HABIT_DAYS_KNOWN && 4 * alone.alone >= 3 * alone.weekdays &&
           alone.others_between > 0;
}

// A colleague's ordinary network: as a rule, from the first of their days on, and on days enough that it is not
// the few of an intruder.
static bool is_daily(const struct knowledge *k, uint32_t person, uint32_t network)
{
    struct habit_answer all =
        knowledge_habit(k, place_kind(k), person, HABIT_NETWORK, network, 1, 0);
    if (all.days_outside < HABIT_DAYS_MEASURE || all.share < OWN_SHARE)
        return false;
    return knowledge_habit(k, place_kind(k), person, HABIT_NETWORK, network, all.first, all.last)
               .history_before == 0;
}

// A company's exit is a few addresses side by side, where its provider's network is the whole town's.
static uint64_t prefix_of(const struct knowledge *k, uint32_t address)
{
    const struct ip *ip = &k->places[k->place_of[address] - 1].ip;
    uint64_t prefix;
    memcpy(&prefix, ip->bytes + (ip_is_v4(ip) ? 8 : 0), sizeof prefix);
    unsigned cut = ip_is_v4(ip) ? 8 : 16; // to a /24, a /48
    return hash_mix(be64toh(prefix) >> cut) ^ (uint64_t)ip_is_v4(ip);
}

uint64_t knowledge_exit(const struct knowledge *k, uint32_t address)
{
    uint32_t network = knowledge_network(k, address);
    if (!network)
        return 0;
    return knowledge_address(k, address)->asn ? prefix_of(k, address) : hash_mix(network);
}

static void count_person(struct own_places *own, uint64_t prefix)
{
    int i = 0;
    while (i < KNOWLEDGE_COLLEAGUES && !keyset_add(&own->people[i], prefix))
        i++;
}

void knowledge_compare_places(struct knowledge *k, const struct activity *a)
{
    struct own_places *own = &k->own;
    uint32_t person = knowledge_person(k, a), network = knowledge_network(k, a->address);
    if (!is_of_place(k, a) || !person || !network || knowledge_is_neutral(k, a->address))
        return;
    uint64_t key = key_of(person, network);
    uint64_t machine = ((uint64_t)a->device << 32 | (a->agent ? a->agent : a->client)) + 1;
    keyset_add(&own->used, key);
    if (!keyset_add(&own->asked, hash_mix((uint64_t)person << 32 | a->address) ^ hash_mix(machine)))
        return;
    bool is_own = has_own_device(k, person, network, a->device) ||
                  is_second_system(k, person, network, a) || is_instead(k, person, network);
    if (is_own)
        keyset_add(&own->pairs, key);
    uint64_t prefix = prefix_of(k, a->address);
    if ((is_own || is_daily(k, person, network)) &&
        keyset_add(&own->counted, prefix ^ hash_mix(person)))
        count_person(own, prefix);
}

bool knowledge_is_scripts_place(const struct knowledge *k, uint32_t person, uint32_t address)
{
    return !keyset_has(&k->own.used, key_of(person, knowledge_network(k, address)));
}

bool knowledge_is_colleagues_place(const struct knowledge *k, uint32_t address)
{
    return knowledge_network(k, address) &&
           keyset_has(&k->own.people[KNOWLEDGE_COLLEAGUES - 1], prefix_of(k, address));
}

bool knowledge_is_own_place(const struct knowledge *k, uint32_t person, uint32_t address)
{
    uint32_t network = knowledge_network(k, address);
    if (!network)
        return false;
    return keyset_has(&k->own.pairs, key_of(person, network)) ||
           knowledge_is_colleagues_place(k, address);
}

// ---- usual and strange ------------------------------------------------------------------------

bool knowledge_is_usual_place(const struct knowledge *k, uint32_t person, uint32_t address)
{
    uint32_t network = knowledge_network(k, address);
    if (!address || (network && knowledge_is_neutral(k, address)))
        return true;
    return knowledge_is_own_place(k, person, address) ||
           is_usual(k, person, HABIT_NETWORK, network);
}

bool knowledge_knows_places(const struct knowledge *k, uint32_t person)
{
    struct habit_answer all = knowledge_habit(k, place_kind(k), person, HABIT_NETWORK, 0, 1, 0);
    return all.history_before + all.history_after >= HABIT_DAYS_ENOUGH;
}

// Nor one that several others have as well: that is rolled out, unless it is a script.
bool knowledge_is_new_program(const struct knowledge *k, const struct activity *a)
{
    bool is_mail = a->kind == ACTIVITY_MAIL_ACCESS && a->mailbox;
    uint32_t subject = is_mail ? a->mailbox : knowledge_person(k, a);
    uint32_t program = knowledge_agent_symbol(k, a);
    enum habit_kind kind = is_mail ? HABIT_MAILBOX : HABIT_USER;
    if (!program || !subject)
        return false;
    struct habit_answer all = knowledge_habit_days(k, kind, subject, HABIT_AGENT, program, 1, 0);
    if (all.first == INSTANT_NONE || all.days_outside >= all.history_before + all.history_after)
        return false;
    struct habit_answer rest =
        knowledge_habit_days(k, kind, subject, HABIT_AGENT, program, all.first, all.last);
    if (rest.standing != HABIT_NEW || rest.history_before == 0)
        return false;
    if (agent_family_kind(knowledge_agent(k, a).family) == AGENT_KIND_SCRIPT)
        return true; // of several victims as well
    rest = knowledge_habit(k, kind, subject, HABIT_AGENT, program, all.first, all.last);
    return rest.peers_outside + rest.peers_inside < KNOWLEDGE_COLLEAGUES;
}

bool knowledge_is_usual_country(const struct knowledge *k, uint32_t person, uint32_t address)
{
    uint32_t country = place_country(k, address);
    return country && is_usual(k, person, HABIT_COUNTRY, country);
}

bool knowledge_is_strange(const struct knowledge *k, const struct activity *activity)
{
    if (activity->time == INSTANT_NONE || knowledge_is_neutral(k, activity->address))
        return false;
    // From its first to its last use, so that an intruder of two days does not make each day usual by the other.
    struct habit_answer all = knowledge_standing_days(k, activity, HABIT_NETWORK, 1, 0);
    if (all.first == INSTANT_NONE || all.days_outside >= HABIT_DAYS_KNOWN)
        return false;
    int64_t from = all.first, to = all.last;
    if (knowledge_standing_days(k, activity, HABIT_NETWORK, from, to).standing != HABIT_NEW)
        return false;
    enum habit_standing country =
        knowledge_standing_days(k, activity, HABIT_COUNTRY, from, to).standing;
    enum habit_standing agent =
        knowledge_standing_days(k, activity, HABIT_AGENT, from, to).standing;
    return (country != HABIT_KNOWN && country != HABIT_SEEN) || agent == HABIT_NEW;
}
