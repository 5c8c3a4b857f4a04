// A session went on somewhere else than where it was begun: its cookie or token was taken along.
// SPDX-License-Identifier: Apache-2.0
//
// A session id stands for one authentication and stays with every token that comes of it, in sign-ins,
// mail records and Graph requests (Entra, linkable identifiers). Only uses that are strange for the
// person are kept; of all others only in which network the session was first seen.
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/keyset.h"
#include "detector/detector.h"
#include "detector/stranger.h"
#include "detector/symbol_rows.h"

// Sessions that are remembered: 24 bytes each, and 4 for each text.
#define SESSION_LIMIT ((uint32_t)1 << 20)
#define EXIT_LIMIT ((uint32_t)1 << 20)
// Two places within this time are two users of one session: the way between networks of two countries, a
// machine closed and opened in between, takes longer.
#define TOGETHER HOUR
// Going to a private VPN and back are two changes; more, in turns, are two users.
#define IN_TURNS 3

struct session {
    uint32_t network, last_network; // where it was first and last seen
    int64_t last;
    bool has_own;          // also seen as is usual for the person
    uint32_t program;      // by which it was last seen so
    uint16_t countries[2]; // the first in which it was; 0: none
    uint32_t changes;      // within TOGETHER, to or from a network that is strange; roaming is none
    bool was_strange;
};

// A case: strange uses of a session through one exit of a network, {session, network, person, exit}; at the end
// joined by {person, network}.
enum { MARKS, ADDRESS, AGENT, CLIENT, OWN_DEVICE, CHANGES };
#define PROGRAM (STRANGER_AGENT | STRANGER_SCRIPT)

struct watch {
    struct stranger_memo memo;
    struct case_table cases, people, programs;
    struct egress egress;
    struct session *sessions;
    uint32_t session_count, session_capacity;
    struct symbol_rows numbers; // of sessions
    struct keyset exits;        // (person, exit) where the person's own programs were
    struct buf text;
};

static struct session *session_open(struct watch *watch, uint32_t symbol)
{
    uint32_t before = watch->numbers.count;
    uint32_t number = symbol_rows_open(&watch->numbers, symbol, SESSION_LIMIT);
    if (watch->numbers.count > before) {
        ARRAY_GROW(watch->sessions, watch->session_count, watch->session_capacity);
        watch->sessions[watch->session_count++] = (struct session){0};
    }
    return number ? &watch->sessions[number - 1] : NULL;
}

static void keep(struct watch *watch, const struct knowledge *k, const struct activity *activity,
                 unsigned marks)
{
    uint64_t exit = knowledge_exit(k, activity->address);
    struct case_key key = {{activity->session, knowledge_network(k, activity->address),
                            knowledge_person(k, activity), (uint32_t)(exit ^ exit >> 32)}};
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    if (!row->draft) {
        row->draft = draft_new();
        row->numbers[ADDRESS] = activity->address;
    }
    draft_add(row->draft, activity, knowledge_texts(k));
    row->numbers[MARKS] |= marks;
    if (!row->numbers[AGENT] && !row->numbers[CLIENT]) {
        row->numbers[AGENT] = activity->agent;
        row->numbers[CLIENT] = activity->client;
    }
    if (stranger_has_own_device(k, activity))
        row->numbers[OWN_DEVICE]++;
}

static uint64_t key_of_exit(const struct knowledge *k, uint32_t person, uint32_t address)
{
    return hash_mix(knowledge_exit(k, address) ^ hash_mix(person));
}

// Its two letters; 0: not known.
static uint16_t country_of(const struct knowledge *k, uint32_t address)
{
    const char *country = knowledge_address(k, address)->country;
    return (uint16_t)((unsigned char)country[0] << 8 | (unsigned char)country[1]);
}

static void note_country(struct session *session, uint16_t country)
{
    for (int i = 0; i < 2; i++) {
        if (!session->countries[i])
            session->countries[i] = country;
        if (session->countries[i] == country)
            return;
    }
}

// Family and system; 0: none is named.
static uint32_t program_of(const struct knowledge *k, const struct activity *activity)
{
    struct user_agent agent = knowledge_agent(k, activity);
    return agent.family == AGENT_NONE ? 0 : (uint32_t)agent.family << 8 | (uint32_t)agent.system;
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    egress_see(&watch->egress, k, activity);
    if (!activity->session || !stranger_may_judge(k, activity))
        return;
    struct session *session = session_open(watch, activity->session);
    uint32_t network = knowledge_network(k, activity->address);
    if (!session || !network)
        return;
    unsigned marks = stranger_marks(&watch->memo, k, activity);
    bool is_strange = marks & STRANGER_NETWORK;
    if ((marks & STRANGER_OWN_AGENT) && watch->exits.count < EXIT_LIMIT)
        keyset_add(&watch->exits, key_of_exit(k, knowledge_person(k, activity), activity->address));
    if (!session->network)
        session->network = network;
    else if (session->last_network != network && (is_strange || session->was_strange) &&
             activity->time - session->last <= TOGETHER)
        session->changes++;
    session->last_network = network;
    session->last = activity->time;
    session->was_strange = is_strange;
    // A program by which this very session was used where it belongs came along, few days of its as there may be.
    uint32_t program = program_of(k, activity);
    if (is_strange && program && program == session->program && !(marks & STRANGER_SCRIPT))
        marks &= ~(unsigned)STRANGER_AGENT;
    if (marks & (STRANGER_NETWORK | STRANGER_SCRIPT)) {
        keep(watch, k, activity, marks);
        return;
    }
    session->has_own = true;
    session->program = program ? program : session->program;
    note_country(session, country_of(k, activity->address));
}

// The session of strange uses, where it was elsewhere too; else NULL.
static const struct session *moved_session(const struct watch *watch, const struct case_row *row)
{
    const struct session *session =
        &watch->sessions[symbol_rows_find(&watch->numbers, row->key.part[0]) - 1];
    return session->network == row->key.part[1] && !session->has_own ? NULL : session;
}

// Of the person in the network by programs new for him or her, and of those through one exit.
static struct case_key key_of_programs(const struct case_row *row, bool is_of_exit)
{
    return (struct case_key){
        {row->key.part[2], row->key.part[1], is_of_exit ? row->key.part[3] : 0, is_of_exit}};
}

static void note_program(struct watch *watch, const struct case_row *row)
{
    if (!(row->numbers[MARKS] & PROGRAM) || !moved_session(watch, row))
        return;
    case_table_open(&watch->programs, key_of_programs(row, false));
    case_table_open(&watch->programs, key_of_programs(row, true));
}

// The person has the same provider as a stranger with another program: through that exit it is the person.
static bool is_neighbour(const struct watch *watch, const struct case_row *row)
{
    return (row->numbers[MARKS] & STRANGER_OWN_AGENT) &&
           case_table_find(&watch->programs, key_of_programs(row, false)) &&
           !case_table_find(&watch->programs, key_of_programs(row, true));
}

// The country is none that is new, where the session is used as is usual for the person in it, too: who comes home
// from a journey with which the logs begin.
static bool is_in_own_country(const struct knowledge *k, const struct session *session,
                              const struct case_row *row)
{
    uint16_t country = country_of(k, (uint32_t)row->numbers[ADDRESS]);
    return country && (country == session->countries[0] || country == session->countries[1]);
}

// Strange uses of a session that was elsewhere too become a case of the person's.
static void join(struct watch *watch, const struct knowledge *k, struct case_row *row)
{
    const struct session *session = moved_session(watch, row);
    if (!session || is_neighbour(watch, row))
        return;
    if (is_in_own_country(k, session, row))
        row->numbers[MARKS] &= ~(uint64_t)STRANGER_COUNTRY;
    struct case_key key = {{row->key.part[2], row->key.part[1]}};
    struct case_row *into = case_table_open(&watch->people, key);
    if (!into)
        return;
    if (!into->draft) {
        into->draft = case_take(row);
        memcpy(into->numbers, row->numbers, sizeof into->numbers);
        into->first = session->network;
    } else {
        draft_merge(into->draft, case_take(row));
        into->numbers[MARKS] |= row->numbers[MARKS];
        into->numbers[OWN_DEVICE] += row->numbers[OWN_DEVICE];
    }
    if (session->changes > into->numbers[CHANGES])
        into->numbers[CHANGES] = session->changes;
}

// iCloud Private Relay lets Safari out through content networks (Apple, "About iCloud Private Relay":
// Akamai, Cloudflare, Fastly), in the region where its user is.
static bool may_be_relay(const struct knowledge *k, const struct case_row *row, unsigned marks)
{
    static const uint32_t relays[] = {13335, 20940, 36183, 54113};
    struct activity a = {.agent = (uint32_t)row->numbers[AGENT]};
    struct user_agent agent = knowledge_agent(k, &a);
    uint32_t asn = knowledge_address(k, (uint32_t)row->numbers[ADDRESS])->asn;
    bool is_relay = false;
    for (size_t i = 0; i < sizeof relays / sizeof relays[0]; i++)
        is_relay |= asn == relays[i];
    return is_relay && !(marks & (STRANGER_COUNTRY | STRANGER_AGENT)) &&
           (agent.system == SYSTEM_IOS || agent.system == SYSTEM_MACOS);
}

// In the network of the person's provider, but through a way out by which none of the person's programs went: a
// script that the person runs goes out like they do.
static bool is_next_door(const struct watch *watch, const struct knowledge *k,
                         const struct case_row *row)
{
    uint64_t key = key_of_exit(k, row->key.part[0], (uint32_t)row->numbers[ADDRESS]);
    return watch->exits.count < EXIT_LIMIT && !keyset_has(&watch->exits, key);
}

// False: understood.
static bool judge(const struct watch *watch, const struct knowledge *k, const struct case_row *row,
                  unsigned marks, enum sigma_level *level)
{
    bool is_program = marks & PROGRAM;
    bool is_shared = egress_is_shared(&watch->egress, k, (uint32_t)row->numbers[ADDRESS]);
    if (is_shared) // the tenant's own way out
        marks &= PROGRAM;
    unsigned weight = stranger_weight(marks);
    *level = LEVEL_LOW;
    if ((marks & STRANGER_MOBILE) && weight < 2) // roaming
        return false;
    if (may_be_relay(k, row, marks))
        return false;
    if (weight < 2) { // chance may explain the network, but not a script of its own besides
        if (!is_shared && (marks & STRANGER_SCRIPT) &&
            (!(marks & STRANGER_OWN_NETWORK) || is_next_door(watch, k, row)))
            *level = LEVEL_MEDIUM;
        return marks & STRANGER_SCRIPT;
    }
    if (row->numbers[OWN_DEVICE]) // on a journey, or through a private VPN
        return is_program || (marks & STRANGER_HOSTING);
    *level = LEVEL_HIGH;
    if (is_program)
        return true;
    // The same program. In a new country, long after: a journey, of which strange_sign_in tells. In a network
    // of rented servers: a private VPN, unless it is used in turns with the place where the person is.
    if (!(marks & STRANGER_HOSTING))
        return row->numbers[CHANGES] >= IN_TURNS;
    if (row->numbers[CHANGES] < IN_TURNS)
        *level = LEVEL_MEDIUM;
    return true;
}

static void write_statement(const struct knowledge *k, const struct case_row *row, unsigned marks,
                            struct buf *out)
{
    struct str person = knowledge_text(k, row->key.part[0]);
    struct str from = knowledge_text(k, (uint32_t)row->first);
    uint64_t count = draft_count(row->draft);
    buf_clear(out);
    buf_print(out, "A session of %.*s", (int)person.len, person.at);
    if ((uint32_t)row->first != row->key.part[1])
        buf_print(out, ", first seen in %.*s,", (int)from.len, from.at);
    else // begun by the stranger
        buf_add(out, S(", also seen as is usual for this person,"));
    buf_add(out, S(" was used from "));
    stranger_print_place(k, (uint32_t)row->numbers[ADDRESS], out);
    buf_add(out, S(" by "));
    stranger_print_agent(k, (uint32_t)row->numbers[AGENT], (uint32_t)row->numbers[CLIENT], out);
    buf_print(out, " (%llu record%s)", (unsigned long long)count, count == 1 ? "" : "s");
    buf_add(out, row->numbers[CHANGES] ? S(", and in two networks within an hour. ") : S(". "));
    stranger_print(marks, out);
    if (row->numbers[OWN_DEVICE])
        buf_add(out, S(" The person's own device was named."));
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++)
        note_program(watch, &watch->cases.rows[i]);
    for (uint32_t i = 0; i < watch->cases.count; i++)
        join(watch, k, &watch->cases.rows[i]);
    for (uint32_t i = 0; i < watch->people.count; i++) {
        struct case_row *row = &watch->people.rows[i];
        unsigned marks = (unsigned)row->numbers[MARKS];
        enum sigma_level level;
        if (!judge(watch, k, row, marks, &level))
            continue;
        write_statement(k, row, marks, &watch->text);
        detection_find(detection, case_take(row), level,
                       level == LEVEL_HIGH && row->numbers[CHANGES] ? 0.9 : 0.7,
                       buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->people);
    case_table_done(&watch->programs);
    egress_done(&watch->egress);
    free(watch->sessions);
    symbol_rows_done(&watch->numbers);
    keyset_done(&watch->exits);
    buf_done(&watch->text);
}

const struct detector detector_session_moved = {
    .name = "session_moved",
    .title = "A session was used somewhere else than where it was issued",
    .attack = "T1539 T1550.004 T1557",
    .meaning =
        "One session was seen in the network where it belongs and in another that this person never "
        "used, with a new country, a new program or in a network of servers for rent. Cookies and tokens "
        "that were stolen, by a phishing proxy between user and sign-in page or by malware, look like this.",
    .false_positives =
        "Roaming between home, office and telephone: networks that the person uses on other days are "
        "understood, and a new mobile carrier alone is; so is a country in which the session is used at usual places as "
        "well. The company's VPN or proxy: an exit that three "
        "people use habitually is understood, though not the network of a provider at which three live. "
        "Microsoft's own services that fetch for a user have neutral addresses. A journey: the person's own device, or the same program, be it only of this "
        "session, with no use elsewhere in the same hour. iCloud Private Relay: Apple systems through content networks in the person's country. "
        "A private VPN that was never used before is medium where the log names no device and it is not used in "
        "turns with another network.",
    .state_size = sizeof(struct watch),
    .see = see,
    .end = end,
    .release = release,
};
