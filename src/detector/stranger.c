// Marks by the habits of the person and of the person's mailbox.
// SPDX-License-Identifier: Apache-2.0
#include "detector/stranger.h"

#include "base/hash.h"
#include "event/outcome.h"

// The person as user (sign-ins) and as owner of a mailbox (accesses): habits of both speak for the person.
static struct activity as_user(const struct activity *activity)
{
    struct activity a = *activity;
    a.kind = ACTIVITY_SIGN_IN;
    return a;
}

static struct activity as_owner(const struct knowledge *k, const struct activity *activity)
{
    struct activity a = *activity;
    a.kind = ACTIVITY_MAIL_ACCESS;
    a.mailbox = knowledge_person(k, activity);
    return a;
}

// The chance of one day: whoever stays for a week is no more at home for it.
static double chance_of(const struct knowledge *k, const struct activity *activity,
                        enum habit_facet facet, int64_t from, int64_t to)
{
    struct habit_answer rest = knowledge_standing(k, activity, facet, from, to);
    return rest.chance_own > rest.chance_peers ? rest.chance_own : rest.chance_peers;
}

// A value that was not there on the person's first days, though it may be there on many since: an intruder's who
// stays to the end of a short export. `rest`: how it stands with all its days left out.
static bool is_newcomer(const struct knowledge *k, const struct activity *activity,
                        enum habit_facet facet, const struct habit_answer *rest)
{
    // Nobody takes to a script, and to where there is nothing but scripts, like to a new telephone or home.
    bool is_script =
        facet == HABIT_AGENT
            ? agent_family_kind(knowledge_agent(k, activity).family) == AGENT_KIND_SCRIPT
            : (facet == HABIT_NETWORK || facet == HABIT_COUNTRY) &&
                  knowledge_is_scripts_place(k, knowledge_person(k, activity), activity->address);
    if (is_script)
        return rest->history_before > 0;
    // Ranges of addresses are no networks: whoever gets another address is in another.
    bool is_range = facet == HABIT_NETWORK && !knowledge_address(k, activity->address)->asn;
    return !is_range && rest->history_before >= HABIT_DAYS_ENOUGH &&
           !knowledge_has_replaced(k, activity, facet);
}

// One side of the person: new, known, or nothing to say.
static enum habit_standing stand(const struct knowledge *k, const struct activity *activity,
                                 enum habit_facet facet)
{
    struct habit_answer all = knowledge_standing_days(k, activity, facet, 1, 0);
    // Nothing is learned of failures and of Graph requests: such a value needs no days left out.
    bool is_never = all.first == INSTANT_NONE;
    int64_t from = is_never ? 1 : all.first, to = is_never ? 0 : all.last;
    struct habit_answer rest = knowledge_standing_days(k, activity, facet, from, to);
    // Often, unless it came in the midst of the person's days to stand beside what was there.
    bool is_late = is_newcomer(k, activity, facet, &rest);
    if (all.days_outside >= HABIT_DAYS_KNOWN && all.share >= STRANGER_CHANCE && !is_late)
        return HABIT_KNOWN;
    if (rest.standing == HABIT_NEW && chance_of(k, activity, facet, from, to) > STRANGER_CHANCE)
        return all.days_outside && !is_late ? HABIT_SEEN : HABIT_CANNOT_TELL;
    return rest.standing;
}

enum habit_standing stranger_standing(const struct knowledge *k, const struct activity *activity,
                                      enum habit_facet facet)
{
    struct activity user = as_user(activity), owner = as_owner(k, activity);
    enum habit_standing a = stand(k, &user, facet);
    if (a == HABIT_SEEN || a == HABIT_KNOWN)
        return a;
    enum habit_standing b = stand(k, &owner, facet);
    return b == HABIT_CANNOT_TELL ? a : b;
}

bool stranger_has_own_device(const struct knowledge *k, const struct activity *activity)
{
    return activity->device && stranger_standing(k, activity, HABIT_DEVICE) >= HABIT_SEEN;
}

bool stranger_may_judge(const struct knowledge *k, const struct activity *activity)
{
    return activity->time != INSTANT_NONE && activity->outcome != OUTCOME_FAILURE &&
           activity->actor != ACTOR_PROVIDER && activity->actor != ACTOR_SYSTEM &&
           activity->actor != ACTOR_APPLICATION && !(activity->flags & ACTIVITY_IS_SERVICE) &&
           knowledge_person(k, activity) && !knowledge_is_neutral(k, activity->address);
}

static unsigned marks_of(const struct knowledge *k, const struct activity *activity)
{
    unsigned marks = activity->flags & ACTIVITY_IS_LEGACY ? STRANGER_LEGACY : 0;
    const struct address_answer *place = knowledge_address(k, activity->address);
    enum habit_standing network = stranger_standing(k, activity, HABIT_NETWORK);
    if (knowledge_is_own_place(k, knowledge_person(k, activity), activity->address))
        network = HABIT_KNOWN;
    if (network == HABIT_NEW) {
        marks |= STRANGER_NETWORK;
        // Rented machines stand in Azure too.
        if (place->class == ADDRESS_HOSTING || place->class == ADDRESS_MICROSOFT)
            marks |= STRANGER_HOSTING;
        if (place->class == ADDRESS_MOBILE)
            marks |= STRANGER_MOBILE;
    }
    if (network >= HABIT_SEEN)
        marks |= STRANGER_OWN_NETWORK;
    if (!place->country[0])
        marks |= STRANGER_NOWHERE;
    else if (network == HABIT_NEW && stranger_standing(k, activity, HABIT_COUNTRY) == HABIT_NEW)
        marks |= STRANGER_COUNTRY;
    struct user_agent agent = knowledge_agent(k, activity);
    if (agent.family == AGENT_NONE)
        return marks;
    enum habit_standing program = stranger_standing(k, activity, HABIT_AGENT);
    if (program >= HABIT_SEEN)
        marks |= STRANGER_OWN_AGENT;
    else if (program == HABIT_NEW)
        marks |= agent_family_kind(agent.family) == AGENT_KIND_SCRIPT
                     ? STRANGER_AGENT | STRANGER_SCRIPT
                     : STRANGER_AGENT;
    return marks;
}

unsigned stranger_marks(struct stranger_memo *memo, const struct knowledge *k,
                        const struct activity *activity)
{
    if (activity->time == INSTANT_NONE || knowledge_is_neutral(k, activity->address))
        return 0;
    // All that an answer depends on.
    struct stranger_memo_row key = {knowledge_person(k, activity),
                                    activity->address,
                                    activity->agent,
                                    activity->client,
                                    activity->flags & ACTIVITY_IS_LEGACY,
                                    0};
    struct stranger_memo_row *row =
        &memo->rows[hash_bytes(&key, sizeof key, 11) & (STRANGER_MEMO - 1)];
    key.marks = row->marks;
    if (!key.person || memcmp(row, &key, sizeof key) != 0) {
        key.marks = marks_of(k, activity);
        *row = key;
    }
    return key.marks;
}

unsigned stranger_weight(unsigned marks)
{
    unsigned weight = 0;
    for (unsigned mark = STRANGER_NETWORK; mark <= STRANGER_HOSTING; mark <<= 1)
        weight += (marks & mark) != 0;
    return weight;
}

bool stranger_is_strange(unsigned marks)
{
    return (marks & STRANGER_NETWORK) &&
           (marks & (STRANGER_COUNTRY | STRANGER_AGENT | STRANGER_NOWHERE));
}

// ---- words ------------------------------------------------------------------------------------

void stranger_print(unsigned marks, struct buf *out)
{
    static const char *const words[] = {"network", "country", "program"};
    const char *found[3];
    size_t count = 0;
    for (unsigned i = 0; i < 3; i++)
        if (marks & STRANGER_NETWORK << i)
            found[count++] = words[i];
    for (size_t i = 0; i < count; i++)
        buf_print(out, "%s %s", i == 0 ? "The" : i + 1 < count ? ", the" : " and the", found[i]);
    if (!count)
        buf_add(out, S("Nothing of this"));
    buf_print(out, " %s new for this person", count > 1 ? "are" : "is");
    if (marks & STRANGER_HOSTING)
        buf_add(out, S("; the network is one of servers for rent"));
    buf_add(out, S("."));
}

void stranger_print_place(const struct knowledge *k, uint32_t address, struct buf *out)
{
    struct str text = knowledge_text(k, address);
    struct str network = knowledge_text(k, knowledge_network(k, address));
    const char *country = knowledge_address(k, address)->country;
    buf_print(out, "%.*s", (int)text.len, text.at);
    if (network.len)
        buf_print(out, " (%.*s%s%s)", (int)network.len, network.at, *country ? ", " : "", country);
}

void stranger_print_agent(const struct knowledge *k, uint32_t agent, uint32_t client,
                          struct buf *out)
{
    struct activity a = {.agent = agent, .client = client};
    struct user_agent is = knowledge_agent(k, &a);
    if (is.family == AGENT_NONE) {
        buf_print(out, "a program that named itself nowhere");
        return;
    }
    buf_print(out, "%s", agent_family_words(is.family));
    if (is.is_stale)
        buf_print(out, " (version %u, long out of date)", is.version);
    if (is.system != SYSTEM_UNKNOWN)
        buf_print(out, " on %s", agent_system_words(is.system));
}

// ---- ways out that people share ---------------------------------------------------------------

static struct case_key key_of_exit(uint64_t exit)
{
    return (struct case_key){{(uint32_t)(exit >> 32), (uint32_t)exit}};
}

// The person is there with a program that they use on other days than those of the network, or has been there from the
// first of their days on. An intruder comes later, and with programs of his own.
static bool is_at_home_there(const struct knowledge *k, const struct activity *activity,
                             const struct habit_answer *network)
{
    return knowledge_standing_days(k, activity, HABIT_NETWORK, network->first, network->last)
                   .history_before == 0 ||
           knowledge_standing_days(k, activity, HABIT_AGENT, network->first, network->last)
                   .days_outside > 0;
}

void egress_see(struct egress *egress, const struct knowledge *k, const struct activity *activity)
{
    if (activity->kind != ACTIVITY_SIGN_IN || !stranger_may_judge(k, activity))
        return;
    uint32_t person = knowledge_person(k, activity);
    uint64_t exit = knowledge_exit(k, activity->address);
    struct case_row *row = exit ? case_table_open(&egress->exits, key_of_exit(exit)) : NULL;
    if (!row)
        return;
    size_t count = 0;
    while (count < EGRESS_PEOPLE && row->numbers[count] && row->numbers[count] != person)
        count++;
    if (count == EGRESS_PEOPLE || row->numbers[count] == person)
        return;
    struct habit_answer all = knowledge_standing_days(k, activity, HABIT_NETWORK, 1, 0);
    if (all.days_outside >= HABIT_DAYS_KNOWN && all.share >= EGRESS_SHARE &&
        is_at_home_there(k, activity, &all))
        row->numbers[count] = person;
}

bool egress_is_shared(const struct egress *egress, const struct knowledge *k, uint32_t address)
{
    const struct case_row *row =
        case_table_find(&egress->exits, key_of_exit(knowledge_exit(k, address)));
    return row && row->numbers[EGRESS_PEOPLE - 1] != 0;
}

void egress_done(struct egress *egress)
{
    case_table_done(&egress->exits);
}
