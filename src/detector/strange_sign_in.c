// Someone signed in from where he never was, by what he never used.
// SPDX-License-Identifier: Apache-2.0
//
// By itself this is mostly a journey or a new telephone; incidents need it to show how someone came in.
#include <stdlib.h>

#include "base/arena.h"
#include "detector/detector.h"
#include "detector/stranger.h"
#include "detector/symbol_rows.h"
#include "event/outcome.h"

// No journey to another country and back: between two sign-ins in which the person took part in a place of
// their own, none further than this from the strange one.
#define MEANWHILE (6 * HOUR)
// The same between messages sent and searches made there: what nobody leaves to a machine. Where there are so many
// of them, the first and the last of a day would be too far apart to say anything.
#define MEANWHILE_AT_WORK (3 * HOUR)
#define PEOPLE_LIMIT ((uint32_t)1 << 20)

// So many people who are strange at one way out, each by a new program, are no colleagues on a journey.
#define TOGETHER 2

// {person, network, exit}: a neighbour with the same provider is another case. Findings: {person, network, level}.
enum { MARKS, ADDRESS, PROGRAM, OWN_DEVICE, IS_MEANWHILE, IS_STALE };

struct person {
    int64_t home_until; // so long a strange sign-in counts as meanwhile
    int64_t away;       // last seen there
    uint32_t number;    // of the case of `away`
    bool was_home_before;
};

struct watch {
    struct stranger_memo memo;
    struct egress egress;
    struct case_table cases, groups;
    struct case_table exits; // {exit}: numbers[0] people with a new program
    struct symbol_rows numbers;
    struct person *people; // by number of the person
    uint32_t count, capacity;
    struct buf text;
};

static struct person *person_open(struct watch *watch, uint32_t symbol)
{
    uint32_t before = watch->numbers.count;
    uint32_t number = symbol_rows_open(&watch->numbers, symbol, PEOPLE_LIMIT);
    if (watch->numbers.count > before) {
        ARRAY_GROW(watch->people, watch->count, watch->capacity);
        watch->people[watch->count++] = (struct person){INSTANT_NONE, INSTANT_NONE, 0, false};
    }
    return number ? &watch->people[number - 1] : NULL;
}

static void see_at_home(struct watch *watch, struct person *person, int64_t time, int64_t meanwhile)
{
    if (person->home_until == INSTANT_NONE || time + meanwhile > person->home_until)
        person->home_until = time + meanwhile;
    if (person->was_home_before && time - person->away <= meanwhile)
        watch->cases.rows[person->number].numbers[IS_MEANWHILE] = 1;
    person->was_home_before = false;
}

static void see_away(struct person *person, uint32_t number, int64_t time)
{
    person->was_home_before = person->home_until != INSTANT_NONE && time <= person->home_until;
    person->away = time;
    person->number = number;
}

static uint32_t exit_of(const struct knowledge *k, uint32_t address)
{
    uint64_t exit = knowledge_exit(k, address);
    return (uint32_t)(exit ^ exit >> 32);
}

// How long what needs the person says where the person is; 0: it does not need anyone.
static int64_t meanwhile_of(const struct activity *activity)
{
    if (activity->kind == ACTIVITY_SIGN_IN)
        return activity->flags & ACTIVITY_IS_INTERACTIVE ? MEANWHILE : 0;
    bool is_by_hand =
        activity->kind == ACTIVITY_MAIL_SEND || activity->kind == ACTIVITY_MAIL_SEARCH;
    return is_by_hand ? MEANWHILE_AT_WORK : 0;
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    egress_see(&watch->egress, k, activity);
    int64_t meanwhile = meanwhile_of(activity);
    bool is_sign_in = activity->kind == ACTIVITY_SIGN_IN;
    if ((!is_sign_in && !meanwhile) || !stranger_may_judge(k, activity))
        return;
    unsigned marks = stranger_marks(&watch->memo, k, activity);
    struct person *person = person_open(watch, knowledge_person(k, activity));
    if (person && meanwhile && (marks & STRANGER_OWN_NETWORK))
        see_at_home(watch, person, activity->time, meanwhile);
    if (!is_sign_in || !(marks & STRANGER_NETWORK))
        return;
    struct case_key key = {
        {knowledge_person(k, activity), knowledge_network(k, activity->address)}};
    key.part[2] = exit_of(k, activity->address);
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    bool is_new = marks & STRANGER_AGENT;
    if (is_new && !(row->numbers[MARKS] & STRANGER_AGENT) &&
        !stranger_has_own_device(k, activity)) {
        struct case_row *exit = case_table_open(&watch->exits, (struct case_key){{key.part[2]}});
        if (exit)
            exit->numbers[0]++;
    }
    row->numbers[IS_STALE] |= is_new && knowledge_agent(k, activity).is_stale;
    if (!row->draft)
        row->draft = draft_new();
    if (!row->numbers[ADDRESS] ||
        stranger_weight(marks) > stranger_weight((unsigned)row->numbers[MARKS])) {
        row->numbers[ADDRESS] = activity->address;
        row->numbers[PROGRAM] = activity->agent;
    }
    row->numbers[MARKS] |= marks;
    row->numbers[OWN_DEVICE] += stranger_has_own_device(k, activity);
    draft_add(row->draft, activity, knowledge_texts(k));
    if (person)
        see_away(person, (uint32_t)(row - watch->cases.rows), activity->time);
}

static uint64_t people_there(const struct watch *watch, const struct case_row *row)
{
    const struct case_row *exit =
        case_table_find(&watch->exits, (struct case_key){{row->key.part[2]}});
    return exit ? exit->numbers[0] : 0;
}

// Of someone in a new country by a new program: at home in the meantime, by a text that no browser has any more,
// or together with others to whom the same happened.
static bool is_no_traveller(const struct watch *watch, const struct case_row *row)
{
    bool is_abroad = row->numbers[MARKS] & STRANGER_COUNTRY;
    return row->numbers[IS_MEANWHILE] ||
           (is_abroad && (row->numbers[IS_STALE] || people_there(watch, row) >= TOGETHER));
}

// False: understood.
static bool judge(const struct watch *watch, const struct knowledge *k, const struct case_row *row,
                  enum sigma_level *level)
{
    unsigned marks = (unsigned)row->numbers[MARKS];
    bool is_telephone =
        (marks & STRANGER_MOBILE) && !(marks & (STRANGER_COUNTRY | STRANGER_SCRIPT));
    bool is_odd = marks & (STRANGER_HOSTING | STRANGER_LEGACY | STRANGER_SCRIPT);
    if (egress_is_shared(&watch->egress, k, (uint32_t)row->numbers[ADDRESS]) || is_telephone)
        return false;
    *level = LEVEL_INFO;
    if (marks &
        (STRANGER_LEGACY | STRANGER_SCRIPT)) { // in a new network, which these never travel to
        *level = LEVEL_MEDIUM;
        return true;
    }
    if (!stranger_is_strange(marks)) // a private VPN, or the café next door
        return false;
    if (row->numbers[OWN_DEVICE]) // a journey
        return marks & STRANGER_COUNTRY;
    if (is_odd)
        *level = LEVEL_MEDIUM;
    else if ((marks & STRANGER_AGENT) && (marks & (STRANGER_COUNTRY | STRANGER_NOWHERE)))
        *level = is_no_traveller(watch, row) ? LEVEL_MEDIUM : LEVEL_LOW;
    return true;
}

static void write_statement(const struct watch *watch, const struct knowledge *k,
                            const struct case_row *row, struct buf *out)
{
    struct str person = knowledge_text(k, row->key.part[0]);
    uint64_t count = draft_count(row->draft);
    unsigned marks = (unsigned)row->numbers[MARKS];
    buf_clear(out);
    buf_print(out, "%.*s signed in from ", (int)person.len, person.at);
    stranger_print_place(k, (uint32_t)row->numbers[ADDRESS], out);
    buf_add(out, S(" by "));
    stranger_print_agent(k, (uint32_t)row->numbers[PROGRAM], 0, out);
    buf_print(out, " (%llu record%s)", (unsigned long long)count, count == 1 ? "" : "s");
    buf_add(out,
            marks & STRANGER_LEGACY ? S(", by a protocol that knows no second factor. ") : S(". "));
    stranger_print(marks, out);
    if (row->numbers[IS_MEANWHILE])
        buf_add(
            out,
            S(" Within hours before and after, the person signed in, or sent or searched mail, at a place "
              "of their own."));
    uint64_t people = people_there(watch, row);
    if (people >= TOGETHER && (marks & STRANGER_AGENT))
        buf_print(out, " So did %llu other%s there, by programs new for them.",
                  (unsigned long long)people - 1, people == TOGETHER ? "" : "s");
    if (row->numbers[OWN_DEVICE])
        buf_add(out, S(" The person's own device was named."));
}

// What is judged alike of one person in one network is one finding, told by the first.
static void gather(struct watch *watch, const struct knowledge *k, uint32_t number)
{
    struct case_row *row = &watch->cases.rows[number];
    enum sigma_level level;
    if (!judge(watch, k, row, &level))
        return;
    struct case_key key = {{row->key.part[0], row->key.part[1], level}};
    struct case_row *group = case_table_open(&watch->groups, key);
    if (!group)
        return;
    if (group->draft) {
        draft_merge(group->draft, case_take(row));
        return;
    }
    memcpy(group->numbers, row->numbers, sizeof group->numbers);
    group->draft = case_take(row);
    group->first = row->key.part[2];
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++)
        gather(watch, k, i);
    for (uint32_t i = 0; i < watch->groups.count; i++) {
        struct case_row *row = &watch->groups.rows[i];
        enum sigma_level level = (enum sigma_level)row->key.part[2];
        row->key.part[2] = (uint32_t)row->first; // as in the cases
        write_statement(watch, k, row, &watch->text);
        detection_find(detection, case_take(row), level, level == LEVEL_MEDIUM ? 0.6 : 0.4,
                       buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    egress_done(&watch->egress);
    case_table_done(&watch->cases);
    case_table_done(&watch->groups);
    case_table_done(&watch->exits);
    symbol_rows_done(&watch->numbers);
    free(watch->people);
    buf_done(&watch->text);
}

const struct detector detector_strange_sign_in = {
    .name = "strange_sign_in",
    .title = "A sign-in from somewhere new by something new",
    .attack = "T1078.004",
    .meaning =
        "Someone signed in with success from a network that this person never used, in a new country or by a "
        "program of a new kind. It is medium where the network rents out servers, where the protocol knows "
        "no second factor, where a script signed in, or where country and program are new and the person took part in "
        "sign-ins at a place of their own within six hours before and after, or sent or searched mail there within three, "
        "the program is a browser long out of date, or "
        "the same happened to others at that address; otherwise it tells, inside an incident, how someone "
        "came in.",
    .false_positives =
        "Journeys: with the person's own device or the programs used otherwise they are information only. New "
        "telephones in a carrier's network of the person's country are understood, and so are exits that "
        "three colleagues use habitually. People with fewer than three days of history are not judged.",
    .state_size = sizeof(struct watch),
    .kinds = DETECTOR_SEES(SIGN_IN) | DETECTOR_SEES(MAIL_SEND) | DETECTOR_SEES(MAIL_SEARCH),
    .see = see,
    .end = end,
    .release = release,
};
