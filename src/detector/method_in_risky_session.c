// After a strange sign-in, an authentication method or device was registered from there: a way to come back.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/arena.h"
#include "detector/detector.h"
#include "detector/stranger.h"
#include "detector/symbol_rows.h"
#include "event/outcome.h"

// Intruders secure their way back in the session in which they came.
#define AFTER DAY
// A person's first days are those on which methods are registered from everywhere; unless it is the log
// that begins then.
#define FIRST_DAYS HABIT_DAYS_KNOWN
#define LOG_BEGINS (7 * DAY)
#define PEOPLE_LIMIT ((uint32_t)1 << 17)
// Strange sign-ins of a person that are remembered, the latest.
#define KEPT 4

struct person {
    struct activity sign_ins[KEPT]; // a ring
    unsigned marks[KEPT];
    uint32_t count;
};

// {person, network of the sign-in}. first: time from the first sign-in to the change; last: of the sign-in.
enum { MARKS, ADDRESS, AGENT, CHANGES, IS_FIRST_DAYS };

struct watch {
    struct stranger_memo memo;
    struct egress egress;
    struct case_table cases;
    struct person *people;
    uint32_t count, capacity;
    struct symbol_rows numbers;
    struct buf text;
};

static void remember(struct watch *watch, const struct knowledge *k,
                     const struct activity *activity)
{
    if (!stranger_may_judge(k, activity) || stranger_has_own_device(k, activity))
        return;
    unsigned marks = stranger_marks(&watch->memo, k, activity);
    if (!stranger_is_strange(marks))
        return;
    uint32_t before = watch->numbers.count;
    uint32_t number =
        symbol_rows_open(&watch->numbers, knowledge_person(k, activity), PEOPLE_LIMIT);
    if (watch->numbers.count > before) {
        ARRAY_GROW(watch->people, watch->count, watch->capacity);
        watch->people[watch->count++] = (struct person){0};
    }
    if (!number)
        return;
    struct person *person = &watch->people[number - 1];
    person->sign_ins[person->count % KEPT] = *activity;
    person->marks[person->count % KEPT] = marks;
    person->count++;
}

// The directory's own registration service acts for the user it names as target.
static uint32_t person_of(const struct knowledge *k, const struct activity *activity)
{
    bool is_for = activity->actor != ACTOR_PERSON && activity->target;
    struct activity target = {.user = activity->target};
    return knowledge_person(k, is_for ? &target : activity);
}

// The latest remembered sign-in within AFTER that the change belongs to; NULL when there is none.
static const struct activity *find_sign_in(const struct knowledge *k, const struct person *person,
                                           const struct activity *change, unsigned *marks)
{
    uint32_t kept = person->count < KEPT ? person->count : KEPT;
    for (uint32_t i = 1; i <= kept; i++) {
        uint32_t at = (person->count - i) % KEPT;
        const struct activity *sign_in = &person->sign_ins[at];
        bool is_session = change->session && change->session == sign_in->session;
        bool is_place =
            !knowledge_is_neutral(k, change->address) &&
            knowledge_network(k, change->address) == knowledge_network(k, sign_in->address);
        // Registered by a service, without a place: only at once.
        bool is_bare = knowledge_is_neutral(k, change->address) && !change->session &&
                       change->time - sign_in->time <= HOUR;
        if (change->time - sign_in->time > AFTER || !(is_session || is_place || is_bare))
            continue;
        *marks = person->marks[at];
        return sign_in;
    }
    return NULL;
}

static void keep(struct watch *watch, const struct knowledge *k, const struct activity *sign_in,
                 const struct activity *change, unsigned marks)
{
    struct case_key key = {{knowledge_person(k, sign_in), knowledge_network(k, sign_in->address)}};
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    if (!row->draft) {
        row->draft = draft_new();
        row->first = change->time - sign_in->time;
        row->numbers[ADDRESS] = sign_in->address;
        row->numbers[AGENT] = sign_in->agent;
        unsigned before =
            knowledge_standing(k, sign_in, HABIT_NETWORK, sign_in->time, sign_in->time)
                .history_before;
        row->numbers[IS_FIRST_DAYS] = before < FIRST_DAYS;
    }
    if (row->last == INSTANT_NONE || sign_in->time > row->last) // once
        draft_add(row->draft, sign_in, knowledge_texts(k));
    draft_add(row->draft, change, knowledge_texts(k));
    row->numbers[MARKS] |= marks;
    row->numbers[CHANGES]++;
    row->last = sign_in->time > row->last ? sign_in->time : row->last;
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    egress_see(&watch->egress, k, activity);
    if (activity->time == INSTANT_NONE || activity->outcome == OUTCOME_FAILURE)
        return;
    if (activity->kind == ACTIVITY_SIGN_IN)
        remember(watch, k, activity);
    if (activity->kind != ACTIVITY_METHOD && activity->kind != ACTIVITY_DEVICE)
        return;
    uint32_t number = symbol_rows_find(&watch->numbers, person_of(k, activity));
    unsigned marks = 0;
    const struct activity *sign_in =
        number ? find_sign_in(k, &watch->people[number - 1], activity, &marks) : NULL;
    if (sign_in)
        keep(watch, k, sign_in, activity, marks);
}

static void write_statement(const struct knowledge *k, const struct case_row *row, struct buf *out)
{
    struct str person = knowledge_text(k, row->key.part[0]);
    char span[INSTANT_SIZE];
    buf_clear(out);
    buf_print(out, "%.*s signed in from ", (int)person.len, person.at);
    stranger_print_place(k, (uint32_t)row->numbers[ADDRESS], out);
    buf_add(out, S(" by "));
    stranger_print_agent(k, (uint32_t)row->numbers[AGENT], 0, out);
    buf_print(out,
              ", and %s later an authentication method or device of the account was "
              "registered or changed (%llu record%s). ",
              instant_print_span(row->first, span), (unsigned long long)row->numbers[CHANGES],
              row->numbers[CHANGES] == 1 ? "" : "s");
    stranger_print((unsigned)row->numbers[MARKS], out);
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        unsigned marks = (unsigned)row->numbers[MARKS];
        bool is_log_beginning = row->last - knowledge_first(k) <= LOG_BEGINS;
        if (egress_is_shared(&watch->egress, k, (uint32_t)row->numbers[ADDRESS]) ||
            (row->numbers[IS_FIRST_DAYS] && !is_log_beginning))
            continue;
        enum sigma_level level = LEVEL_HIGH;
        if ((marks & STRANGER_MOBILE) && !(marks & STRANGER_COUNTRY))
            level = LEVEL_LOW; // a new telephone
        else if (!(marks & (STRANGER_AGENT | STRANGER_HOSTING)) || row->numbers[IS_FIRST_DAYS])
            level = LEVEL_MEDIUM; // perhaps a journey; perhaps new
        write_statement(k, row, &watch->text);
        detection_find(detection, case_take(row), level, level == LEVEL_HIGH ? 0.8 : 0.6,
                       buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    egress_done(&watch->egress);
    case_table_done(&watch->cases);
    symbol_rows_done(&watch->numbers);
    free(watch->people);
    buf_done(&watch->text);
}

const struct detector detector_method_in_risky_session = {
    .name = "method_in_risky_session",
    .title = "An authentication method or device was registered after a strange sign-in",
    .attack = "T1098.005 T1556.006 T1078.004",
    .meaning =
        "Within a day after a sign-in from a network that this person never used, with a country or program "
        "that is new as well, an authentication method or a device of the account was registered or changed "
        "in the same session or from the same network. Intruders do so to come back after the password is "
        "changed.",
    .false_positives =
        "Onboarding: a person's first three days are left out, unless the log itself begins then. A new "
        "telephone in a new carrier's network in the person's country is low. On a journey, with the "
        "programs the person uses otherwise, it is medium; with the person's own device it is understood. "
        "The company's own way out to the Internet is understood.",
    .state_size = sizeof(struct watch),
    .kinds = DETECTOR_SEES(SIGN_IN) | DETECTOR_SEES(METHOD) | DETECTOR_SEES(DEVICE),
    .see = see,
    .end = end,
    .release = release,
};
