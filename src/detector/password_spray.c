// A few passwords were tried on many accounts, and perhaps one of them fitted.
// SPDX-License-Identifier: Apache-2.0
//
// A source is an address, a network, or (for sprays spread over many networks) a user agent together with
// an application. Of each the people are kept who failed there though it is no place of theirs, and those
// who succeeded there though it is none. The sources are judged at the end, the narrowest first: what an
// address explains is not counted for its network again.
#include "base/hash.h"
#include "base/keyset.h"
#include "detector/detector.h"
#include "detector/stranger.h"
#include "event/outcome.h"

// Different people from one source within an hour. If a thousand people had just moved to one new network
// and each mistyped a password there once a month, an hour would bring 1.4 of them; ten or more would come
// in less than one of 100,000 hours (Poisson).
#define FAST_USERS 10
// The same over days, where an hour shows less.
#define SLOW_USERS 20
// More tries than this for each person and day are no spray, but a program with an old password.
#define TRIES 10
#define LIVED_LIMIT ((uint32_t)1 << 21)
// A password that fitted may lie for some days before it is used; a week bounds what counts as the same story.
#define AFTER (7 * DAY)

enum source_kind { BY_ADDRESS, BY_NETWORK, BY_PROGRAM, SOURCE_KINDS };
// Of sources {kind's symbol, second symbol}; of people {source, person}, and of the programs that were used in
// vain {source, user agent, 1}. Window: where it begins.
enum { BURST, WINDOW, WINDOW_USERS, USERS, HITS, RIGHT };
enum { FAILS, IN_WINDOW, NETWORK, ADDRESS, IS_RIGHT };
enum { TRIED_APP = 5 }; // of programs: with which application they were last used in vain

struct watch {
    struct stranger_memo memo;
    struct case_table sources[SOURCE_KINDS], people[SOURCE_KINDS];
    struct case_table
        strangers;       // {person}: successes from a new network and country by a new program
    struct keyset lived; // (person, exit) where people got in when nobody had tried others there
    bool is_sprayers;    // the success at hand came from an address from which others were tried
    struct buf text;
};

// What Entra says of a sign-in ("Microsoft Entra authentication and authorization error codes").
enum verdict { NO_TRY, WRONG, RIGHT_BUT_STOPPED, SUCCESS };

static enum verdict verdict_of(const struct activity *activity)
{
    switch (activity->error) {
    case 0:
        return activity->outcome == OUTCOME_SUCCESS ? SUCCESS : NO_TRY;
    case 50126: // wrong name or password
    case 50053: // locked, or an address known for attacks
    case 50034: // no such account
    case 50055: // password expired
    case 50056: // no password
    case 50057: // account disabled
        return WRONG;
    case 50072: // to be enrolled for, or asked for, a second factor: the password was right
    case 50074:
    case 50076:
    case 50079:
    case 50158: // on to another check
    case 53003: // stopped by Conditional Access
        return RIGHT_BUT_STOPPED;
    default:
        return NO_TRY;
    }
}

static void count_fail(struct case_row *source, struct case_row *person,
                       const struct activity *activity, const struct knowledge *k)
{
    int64_t window = (int64_t)source->numbers[WINDOW];
    if (!window || activity->time - window >= HOUR) {
        source->numbers[WINDOW] = (uint64_t)activity->time;
        source->numbers[WINDOW_USERS] = 0;
    }
    if (person->numbers[IN_WINDOW] != source->numbers[WINDOW] || !person->numbers[FAILS])
        source->numbers[WINDOW_USERS]++;
    person->numbers[IN_WINDOW] = source->numbers[WINDOW];
    if (source->numbers[WINDOW_USERS] > source->numbers[BURST])
        source->numbers[BURST] = source->numbers[WINDOW_USERS];
    person->last = activity->time;
    if (!person->numbers[FAILS]++) {
        person->first = activity->time;
        person->numbers[NETWORK] = knowledge_network(k, activity->address);
        person->numbers[ADDRESS] = activity->address;
    }
    if (source->first == INSTANT_NONE)
        source->first = activity->time;
    source->last = activity->time;
    if (!source->draft)
        source->draft = draft_new();
    // Those who were only tried are not the incident's people.
    draft_add_context(source->draft, activity, knowledge_texts(k));
    draft_add_entity(source->draft, ENTITY_IP, knowledge_text(k, activity->address));
}

static void count(struct watch *watch, const struct knowledge *k, enum source_kind kind,
                  struct case_key key, const struct activity *activity, enum verdict verdict)
{
    struct case_row *source = key.part[0] ? case_table_open(&watch->sources[kind], key) : NULL;
    if (!source)
        return;
    uint32_t number = (uint32_t)(source - watch->sources[kind].rows) + 1;
    struct case_key who = {{number, knowledge_person(k, activity)}};
    struct case_row *person = case_table_open(&watch->people[kind], who);
    if (!person)
        return;
    struct case_key program = {{number, activity->agent, 1}};
    if (verdict == WRONG) {
        count_fail(source, person, activity, k);
        struct case_row *used = case_table_open(&watch->people[kind], program);
        if (used)
            used->numbers[TRIED_APP] = activity->app;
        return;
    }
    // Before the first failure it is nobody's spray. In a network or with a program that many share, someone has
    // to be strange besides, or was tried there himself by the same program.
    if (source->last == INSTANT_NONE || activity->time - source->last > AFTER)
        return;
    bool is_tried =
        person->numbers[FAILS] && case_table_find(&watch->people[kind], program) != NULL;
    if (kind != BY_ADDRESS && !is_tried && !watch->is_sprayers &&
        !stranger_is_strange(stranger_marks(&watch->memo, k, activity)))
        return;
    if (!person->draft)
        person->draft = draft_new();
    draft_add(person->draft, activity, knowledge_texts(k));
    person->numbers[IS_RIGHT] |= verdict == RIGHT_BUT_STOPPED ? 1 : 2;
}

// The tries of others at an address that is no place of theirs.
static uint64_t others_tries(const struct watch *watch, const struct activity *activity,
                             uint32_t person)
{
    const struct case_row *source =
        case_table_find(&watch->sources[BY_ADDRESS], (struct case_key){{activity->address}});
    if (!source || !source->draft)
        return 0;
    uint32_t number = (uint32_t)(source - watch->sources[BY_ADDRESS].rows) + 1;
    const struct case_row *own =
        case_table_find(&watch->people[BY_ADDRESS], (struct case_key){{number, person}});
    return draft_count(source->draft) - (own ? own->numbers[FAILS] : 0);
}

// From the very address others were tried who do not live there, and now this person gets in who never was behind
// that exit, though perhaps in its provider's network: an intruder's proxy may be next door to the victim. One try
// is enough: it counts only where the address, or its network, is found to spray.
static bool is_sprayers(struct watch *watch, const struct knowledge *k,
                        const struct activity *activity)
{
    uint32_t person = knowledge_person(k, activity);
    uint64_t key = hash_mix(knowledge_exit(k, activity->address) ^ hash_mix(person));
    bool is_tried = others_tries(watch, activity, person) > 0;
    if (!is_tried && watch->lived.count < LIVED_LIMIT)
        keyset_add(&watch->lived, key);
    return is_tried && watch->lived.count < LIVED_LIMIT && !keyset_has(&watch->lived, key);
}

// A network that became this person's own only after it was sprayed from is the intruder's, who stayed.
static bool is_late(const struct watch *watch, const struct knowledge *k,
                    const struct activity *activity)
{
    uint32_t network = knowledge_network(k, activity->address);
    const struct case_row *source =
        case_table_find(&watch->sources[BY_NETWORK], (struct case_key){{network}});
    if (!source || source->first == INSTANT_NONE)
        return false;
    return knowledge_habit_days(k, HABIT_USER, knowledge_person(k, activity), HABIT_NETWORK,
                                network, 1, 0)
               .first >= source->first;
}

// The success came by the very program that failed there for others, which may well call itself what the person uses
// too. Gives the application that was tried with it (what is used with the password is often another), else 0.
static uint32_t tried_app(const struct watch *watch, const struct activity *activity)
{
    const struct case_row *source =
        case_table_find(&watch->sources[BY_ADDRESS], (struct case_key){{activity->address}});
    if (!watch->is_sprayers || !source)
        return 0;
    uint32_t number = (uint32_t)(source - watch->sources[BY_ADDRESS].rows) + 1;
    const struct case_row *program = case_table_find(
        &watch->people[BY_ADDRESS], (struct case_key){{number, activity->agent, 1}});
    return program ? (uint32_t)program->numbers[TRIED_APP] : 0;
}

// Someone got in who is new in every way. A password that was guessed is often used from elsewhere than where it
// was tried.
static void note_stranger(struct watch *watch, const struct knowledge *k,
                          const struct activity *activity, unsigned marks)
{
    const unsigned all = STRANGER_NETWORK | STRANGER_COUNTRY | STRANGER_AGENT;
    if ((marks & all) != all || stranger_has_own_device(k, activity))
        return;
    struct case_row *row =
        case_table_open(&watch->strangers, (struct case_key){{knowledge_person(k, activity)}});
    if (row && !row->draft) {
        row->draft = draft_new();
        row->first = activity->time;
        row->numbers[ADDRESS] = activity->address;
    }
    if (row)
        draft_add(row->draft, activity, knowledge_texts(k));
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    if (activity->kind != ACTIVITY_SIGN_IN || activity->time == INSTANT_NONE ||
        (activity->flags & ACTIVITY_IS_SERVICE) || !knowledge_person(k, activity) ||
        knowledge_is_neutral(k, activity->address))
        return;
    enum verdict verdict = verdict_of(activity);
    watch->is_sprayers = verdict == SUCCESS && is_sprayers(watch, k, activity);
    // The intruder may have the victim's provider, in whose network the victim is at home.
    if (verdict == NO_TRY ||
        (!watch->is_sprayers &&
         knowledge_is_own_place(k, knowledge_person(k, activity), activity->address)))
        return;
    unsigned marks = stranger_marks(&watch->memo, k, activity);
    if (verdict == SUCCESS)
        note_stranger(watch, k, activity, marks);
    if ((marks & STRANGER_OWN_NETWORK) && !watch->is_sprayers && !is_late(watch, k, activity))
        return;
    count(watch, k, BY_ADDRESS, (struct case_key){{activity->address}}, activity, verdict);
    count(watch, k, BY_NETWORK, (struct case_key){{knowledge_network(k, activity->address)}},
          activity, verdict);
    uint32_t tried = tried_app(watch, activity);
    if (tried || !(marks & STRANGER_OWN_AGENT))
        count(watch, k, BY_PROGRAM,
              (struct case_key){{activity->agent, tried ? tried : activity->app}}, activity,
              verdict);
}

// ---- judging ----------------------------------------------------------------------------------

// What was found of a narrower kind: its addresses, its networks.
static bool is_explained(const struct watch *watch, enum source_kind kind,
                         const struct case_row *person)
{
    const struct {
        enum source_kind kind;
        uint32_t symbol;
    } rows[] = {{BY_ADDRESS, (uint32_t)person->numbers[ADDRESS]},
                {BY_NETWORK, (uint32_t)person->numbers[NETWORK]}};
    for (int i = 0; i < 2; i++) {
        const struct case_row *row = rows[i].kind < kind
                                         ? case_table_find(&watch->sources[rows[i].kind],
                                                           (struct case_key){{rows[i].symbol}})
                                         : NULL;
        if (row && row->numbers[USERS] && !row->draft) // reported
            return true;
    }
    return false;
}

static void add_up(struct watch *watch, enum source_kind kind)
{
    for (uint32_t i = 0; i < watch->people[kind].count; i++) {
        const struct case_row *person = &watch->people[kind].rows[i];
        struct case_row *source = &watch->sources[kind].rows[person->key.part[0] - 1];
        if (person->numbers[FAILS] && !is_explained(watch, kind, person))
            source->numbers[USERS]++;
        source->numbers[HITS] += (person->numbers[IS_RIGHT] & 2) != 0;
        source->numbers[RIGHT] += person->numbers[IS_RIGHT] == 1;
    }
}

static bool is_spray(const struct case_row *source)
{
    uint64_t users = source->numbers[USERS], hits = source->numbers[HITS];
    if (!source->draft)
        return false;
    uint64_t days = (uint64_t)((source->last - source->first) / DAY) + 1;
    bool is_many =
        (source->numbers[BURST] >= FAST_USERS && users >= FAST_USERS) || users >= SLOW_USERS;
    // Where most of those who fail get in after all people are at home: a new office or proxy.
    return is_many && hits * 2 <= users && draft_count(source->draft) <= TRIES * users * days;
}

static void take_hits(struct watch *watch, enum source_kind kind, uint32_t number,
                      struct draft *into)
{
    for (uint32_t i = 0; i < watch->people[kind].count; i++) {
        struct case_row *person = &watch->people[kind].rows[i];
        if (person->key.part[0] == number && person->draft)
            draft_merge(into, case_take(person));
    }
}

static void write_statement(const struct knowledge *k, enum source_kind kind,
                            const struct case_row *source, struct buf *out)
{
    struct str name = knowledge_text(k, source->key.part[0]);
    uint64_t hits = source->numbers[HITS], right = source->numbers[RIGHT];
    buf_clear(out);
    if (kind == BY_PROGRAM)
        buf_print(out, "Programs that call themselves '%.*s' tried",
                  (int)(name.len < 80 ? name.len : 80), name.at);
    else
        buf_print(out, "From %s%.*s someone tried", kind == BY_NETWORK ? "the network " : "",
                  (int)name.len, name.at);
    buf_print(out, " passwords of %llu accounts (%llu records of failed sign-ins)",
              (unsigned long long)source->numbers[USERS],
              (unsigned long long)draft_count(source->draft));
    if (source->numbers[BURST] >= FAST_USERS)
        buf_print(out, ", up to %llu accounts within an hour",
                  (unsigned long long)source->numbers[BURST]);
    buf_add(out, S("; it is no place from which these people sign in otherwise. "));
    if (hits)
        buf_print(out, "%llu account%s let in from there.", (unsigned long long)hits,
                  hits == 1 ? " was" : "s were");
    else if (right)
        buf_print(out,
                  "For %llu account%s the password was right, and only a second factor or "
                  "policy stopped the sign-in.",
                  (unsigned long long)right, right == 1 ? "" : "s");
    else
        buf_add(out, S("None was let in from there."));
}

static void write_stranger(const struct knowledge *k, const struct case_row *source,
                           const struct case_row *stranger, struct buf *out)
{
    struct str person = knowledge_text(k, stranger->key.part[0]);
    buf_clear(out);
    buf_print(out, "%.*s was let in at ", (int)person.len, person.at);
    stranger_print_place(k, (uint32_t)stranger->numbers[ADDRESS], out);
    buf_print(
        out,
        ", where network, country and program are new for this person, within a week of tries "
        "of the passwords of %llu accounts, this one among them, from elsewhere.",
        (unsigned long long)source->numbers[USERS]);
}

// Those who were tried from the source and let in somewhere else soon after, as strangers who had not been there
// before: a finding each, since what was tried and where it was used may be nobody's in common.
static void report_strangers(struct detection *detection, enum source_kind kind, uint32_t number)
{
    struct watch *watch = detection_state(detection);
    const struct case_row *source = &watch->sources[kind].rows[number - 1];
    for (uint32_t i = 0; i < watch->people[kind].count; i++) {
        const struct case_row *person = &watch->people[kind].rows[i];
        struct case_row *row =
            person->key.part[0] == number && person->numbers[FAILS]
                ? case_table_find(&watch->strangers, (struct case_key){{person->key.part[1]}})
                : NULL;
        if (!row || !row->draft || row->first <= person->first || row->first > person->last + AFTER)
            continue;
        write_stranger(detection_knowledge(detection), source, row, &watch->text);
        detection_find(detection, case_take(row), LEVEL_MEDIUM, 0.6, buf_str(&watch->text));
    }
}

static void report(struct detection *detection, enum source_kind kind, uint32_t number)
{
    struct watch *watch = detection_state(detection);
    struct case_row *source = &watch->sources[kind].rows[number - 1];
    enum sigma_level level = LEVEL_LOW;
    if (source->numbers[HITS])
        level = kind == BY_ADDRESS ? LEVEL_CRITICAL : LEVEL_HIGH;
    else if (source->numbers[RIGHT])
        level = LEVEL_MEDIUM;
    write_statement(detection_knowledge(detection), kind, source, &watch->text);
    struct draft *draft = case_take(source);
    if (source->numbers[HITS] || source->numbers[RIGHT])
        take_hits(watch, kind, number, draft);
    detection_find(detection, draft, level, kind == BY_PROGRAM ? 0.7 : 0.9, buf_str(&watch->text));
    if (!source->numbers[HITS])
        report_strangers(detection, kind, number);
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (enum source_kind kind = BY_ADDRESS; kind < SOURCE_KINDS; kind++) {
        add_up(watch, kind);
        for (uint32_t i = 0; i < watch->sources[kind].count; i++)
            if (is_spray(&watch->sources[kind].rows[i]))
                report(detection, kind, i + 1);
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (int kind = 0; kind < SOURCE_KINDS; kind++) {
        case_table_done(&watch->sources[kind]);
        case_table_done(&watch->people[kind]);
    }
    case_table_done(&watch->strangers);
    keyset_done(&watch->lived);
    buf_done(&watch->text);
}

const struct detector detector_password_spray = {
    .name = "password_spray",
    .title = "Passwords were tried on many accounts",
    .attack = "T1110.003 T1078.004",
    .meaning =
        "From one address, from one network, or by one program through many networks, sign-ins of many "
        "people failed by their passwords, few tries for each: ten people within an hour or twenty over "
        "days, none of whom signs in from there otherwise. A success from the same source is the account "
        "that was broken into. So may be, and is medium, a first success elsewhere within a week of the tries, in a "
        "country and network and by a program that are all new for the person. Alone, the attempts are only context.",
    .false_positives =
        "A person's own typing mistakes, and a service with an old password: one account, however many "
        "failures. The company's own way out to the Internet: people who sign in from the network on other "
        "days are not counted, and a source where more than half of those who fail get in is a new office. "
        "Sources with more than ten tries for each person and day are programs gone wrong. Someone who travels in the "
        "week of a spray and signs in abroad by another program than at home, not from a device of their own: ask.",
    .is_intruders_place = true,
    .state_size = sizeof(struct watch),
    .kinds = DETECTOR_SEES(SIGN_IN),
    .see = see,
    .end = end,
    .release = release,
};
