// Which accesses are the attacker's.
// SPDX-License-Identifier: Apache-2.0
#include "incident/scope_parts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "event/outcome.h"

// An access so long before an incident's first finding or after its last is not the attacker's by what it shares with
// them; and what is a habit outside so much more time is no sign of the attacker.
#define SCOPE_MARGIN (48 * HOUR)
#define THROTTLED_FOR                                                                              \
    (24 * HOUR) // Microsoft Learn, "Use Audit (Premium) to investigate compromised accounts"
#define INSIDER_LIMIT 4096 // each access is held against all of them
#define TAKEN_LIMIT 16     // incidents that one activity may belong to by one thing

static uint32_t first_entity(const struct scope *scope, const struct finding *finding,
                             enum entity_kind kind)
{
    for (size_t i = 0; i < finding->entity_count; i++)
        if (finding->entities[i].kind == kind)
            return knowledge_symbol(scope->knowledge, finding->entities[i].text);
    return 0;
}

static void add_insider(struct scope *scope, const struct insider *insider)
{
    ARRAY_GROW(scope->insiders, scope->insider_count, scope->insider_capacity);
    scope->insiders[scope->insider_count++] = *insider;
}

// Each user with each mailbox that is not the user's own.
static void add_delegates(struct scope *scope, struct insider insider,
                          const struct finding *finding)
{
    insider.is_delegate = true;
    for (size_t i = 0; i < finding->entity_count; i++) {
        struct str user = finding->entities[i].text;
        if (finding->entities[i].kind != ENTITY_USER)
            continue;
        struct activity named = {.user = knowledge_symbol(scope->knowledge, user)};
        insider.person = knowledge_person(scope->knowledge, &named);
        for (size_t m = 0; m < finding->entity_count; m++) {
            insider.mailbox = knowledge_symbol(scope->knowledge, finding->entities[m].text);
            if (finding->entities[m].kind == ENTITY_MAILBOX &&
                knowledge_person_named(scope->knowledge, insider.mailbox) != insider.person &&
                scope->insider_count < INSIDER_LIMIT)
                add_insider(scope, &insider);
        }
    }
}

static void add_insiders(struct scope *scope, uint32_t incident, const struct finding *finding)
{
    struct insider insider = {.incident = incident, .first = finding->first, .last = finding->last};
    if (finding->first == INSTANT_NONE)
        return;
    if (finding->is_delegate && finding->severity >= LEVEL_MEDIUM)
        add_delegates(scope, insider, finding);
    if (!finding->is_insider)
        return;
    struct activity named = {.user = first_entity(scope, finding, ENTITY_USER)};
    insider.person = knowledge_person(scope->knowledge, &named);
    insider.mailbox = first_entity(scope, finding, ENTITY_MAILBOX);
    add_insider(scope, &insider);
}

struct scope *scope_new(const struct knowledge *knowledge, const struct linker *linker,
                        struct incident_list *incidents)
{
    struct scope *scope = memory_new(sizeof *scope);
    scope->knowledge = knowledge;
    scope->linker = linker;
    scope->incidents = incidents;
    arena_init(&scope->arena);
    buf_init(&scope->key);
    map_init(&scope->message_keys);
    map_init(&scope->folder_keys);
    map_init(&scope->found_keys);
    map_init(&scope->reached_keys);
    mark_filter_fill(scope);
    scope->asked = memory_new(ASKED_COUNT * sizeof *scope->asked);
    for (size_t i = 0; i < incidents->count; i++)
        for (size_t f = 0; f < incidents->items[i].finding_count; f++)
            add_insiders(scope, (uint32_t)i,
                         &linker_findings(linker)->items[incidents->items[i].findings[f]]);
    return scope;
}

void scope_free(struct scope *scope)
{
    if (!scope)
        return;
    scope_end_reading(scope);
    arena_done(&scope->arena);
    map_done(&scope->folder_keys);
    map_done(&scope->reached_keys);
    mark_filter_done(&scope->filter);
    free(scope->asked);
    free(scope->trails);
    free(scope->insiders);
    free(scope->trail_slots);
    free(scope->inputs);
    free(scope->items.items);
    free(scope->messages);
    buf_done(&scope->key);
    free(scope->folders);
    free(scope->reached);
    free(scope);
}

void scope_end_reading(struct scope *scope)
{
    map_done(&scope->message_keys);
    map_done(&scope->found_keys);
    keyset_done(&scope->more);
    free(scope->accesses);
    free(scope->positions);
    free(scope->id_bits);
    free(scope->found);
    scope->accesses = NULL;
    scope->positions = NULL;
    scope->id_bits = NULL;
    scope->found = NULL;
    scope->access_count = scope->position_count = scope->found_count = 0;
}

// ---- whose access -----------------------------------------------------------------------------

// How a value stands on days at least `margin` from the incident.
static struct habit_answer ask(const struct scope *scope, enum habit_kind kind, uint32_t subject,
                               enum habit_facet facet, uint32_t value,
                               const struct incident *incident, int64_t margin)
{
    return knowledge_habit_days(scope->knowledge, kind, subject, facet, value,
                                incident->first - margin, incident->last + margin);
}

static bool is_habit(const struct scope *scope, enum habit_kind kind, uint32_t subject,
                     enum habit_facet facet, uint32_t value, const struct incident *incident)
{
    return subject &&
           ask(scope, kind, subject, facet, value, incident, SCOPE_MARGIN).days_outside > 0;
}

// Do the incident's findings name the activity's address?
static bool is_named(const struct scope *scope, const struct activity *activity, uint32_t number)
{
    uint32_t count;
    const uint32_t *named = linker_incidents(scope->linker, ENTITY_IP, activity->address, &count);
    for (uint32_t i = 0; i < count; i++)
        if (named[i] == number)
            return true;
    return false;
}

// By a program that the person, or the mailbox, is used by on no other day.
static bool is_new_program(const struct scope *scope, const struct activity *activity,
                           const struct incident *incident)
{
    return knowledge_standing_days(scope->knowledge, activity, HABIT_AGENT, incident->first,
                                   incident->last)
               .standing == HABIT_NEW;
}

// An address named in the incident that was won in it by many attempts, came with a program new to someone,
// or is nobody's: neighbours of one provider share a network.
static bool is_intruders_address(const struct scope *scope, const struct activity *activity,
                                 uint32_t number)
{
    int64_t won = linker_won(scope->linker, activity->address);
    return (linker_is_strange_address(scope->linker, activity->address) ||
            (won != INSTANT_NONE && won >= scope->incidents->items[number].first)) &&
           is_named(scope, activity, number);
}

// A place where the person signs in as a rule, and did before all this began, is the owner's, whatever session
// or token was used from it, unless by a program that is new with the incident. Sign-ins tell, since reading from there may be the attacker's own habit; without
// any, the mailbox's other days. An export of the attack alone has no such days: then those right before and
// after must do, but not for an address that the findings name.
static bool judge_place(const struct scope *scope, const struct activity *activity, uint32_t number)
{
    const struct knowledge *k = scope->knowledge;
    const struct incident *incident = &scope->incidents->items[number];
    uint32_t person = knowledge_person(k, activity);
    uint32_t network = knowledge_network(k, activity->address);
    if (!person || knowledge_is_neutral(k, activity->address) ||
        !knowledge_is_usual_place(k, person, activity->address) ||
        is_new_program(scope, activity, incident) || is_intruders_address(scope, activity, number))
        return false;
    if (knowledge_is_own_place(k, person, activity->address))
        return true;
    struct habit_answer all =
        knowledge_habit_days(k, HABIT_USER, person, HABIT_NETWORK, network, 1, 0);
    if (all.first != INSTANT_NONE && all.first < incident->first - DAY)
        return true;
    struct habit_answer near =
        ask(scope, HABIT_USER, person, HABIT_NETWORK, network, incident, SCOPE_MARGIN);
    if (near.history_before + near.history_after == 0 && !is_named(scope, activity, number))
        return ask(scope, HABIT_USER, person, HABIT_NETWORK, network, incident, 0).days_outside > 0;
    return all.first == INSTANT_NONE &&
           ask(scope, HABIT_MAILBOX, activity->mailbox, HABIT_NETWORK, network, incident, 0)
                   .days_outside >= HABIT_DAYS_KNOWN;
}

enum { ASK_PLACE, ASK_APP, ASK_WORK, ASK_INSIDER };

// People do much from one place: what was judged for the same incident as it is holds.
static struct asked *recall(const struct scope *scope, uint32_t kind,
                            const struct activity *activity, uint32_t symbol, uint32_t number)
{
    const struct incident *incident = &scope->incidents->items[number];
    struct ask_key key = {.first = incident->first,
                          .last = incident->last,
                          .kind = kind,
                          .person = knowledge_person(scope->knowledge, activity),
                          .mailbox = activity->mailbox,
                          .symbol = symbol,
                          .incident = number,
                          .agent = activity->agent,
                          .client = activity->client,
                          .is_mail = activity->kind == ACTIVITY_MAIL_ACCESS};
    return asked_open(scope, &key);
}

static bool is_owners_place(const struct scope *scope, const struct activity *activity,
                            uint32_t number)
{
    struct asked *asked = recall(scope, ASK_PLACE, activity, activity->address, number);
    if (!asked->is_set)
        asked->answer = judge_place(scope, activity, number);
    asked->is_set = true;
    return asked->answer;
}

// An application that this person or mailbox is used to, too, says nothing of who it was.
static bool is_owners_app(const struct scope *scope, const struct activity *activity, uint32_t app,
                          uint32_t number)
{
    const struct incident *incident = &scope->incidents->items[number];
    uint32_t person = knowledge_person(scope->knowledge, activity);
    struct asked *asked = recall(scope, ASK_APP, activity, app, number);
    if (!asked->is_set)
        asked->answer =
            is_habit(scope, HABIT_USER, person, HABIT_APP_ID, app, incident) ||
            is_habit(scope, HABIT_MAILBOX, activity->mailbox, HABIT_APP_ID, app, incident) ||
            is_habit(scope, HABIT_MAILBOX, activity->mailbox, HABIT_CLIENT_APP, app, incident);
    asked->is_set = true;
    return asked->answer;
}

// A thing of an activity by which it may be the attacker's. What is theirs alone (an application of their
// own) proves more than what they took over (a session, a token) or came through (an address).
struct mark {
    enum entity_kind kind;
    uint32_t symbol;
    bool is_theirs;
};

enum { MARKS = 4 };
static_assert(MARKS * TAKEN_LIMIT <= SCOPE_NUMBERS, "all that one activity may belong to fit");

static void read_marks(const struct scope *scope, const struct activity *activity,
                       struct mark marks[MARKS])
{
    uint32_t app = activity->client_app ? activity->client_app : activity->app;
    marks[0] = (struct mark){ENTITY_APP, app, true};
    uint32_t token = mark_filter_has_token(&scope->filter, activity)
                         ? knowledge_token(scope->knowledge, activity)
                         : 0;
    marks[1] = (struct mark){ENTITY_TOKEN, token, false};
    marks[2] = (struct mark){ENTITY_SESSION, activity->session, false};
    marks[3] = (struct mark){ENTITY_IP, activity->address, false};
}

// Whether the activity's person is one of the incident's insiders or delegates; `is_place`: whether its address is one
// where any of these is as a rule.
static bool judge_insiders(const struct scope *scope, const struct activity *activity,
                           uint32_t number, bool is_place)
{
    uint32_t person = knowledge_person(scope->knowledge, activity), last = 0;
    for (size_t i = 0; i < scope->insider_count; i++) {
        const struct insider *insider = &scope->insiders[i];
        if (insider->incident != number || insider->person == last)
            continue;
        last = insider->person; // of a delegate there is one for each mailbox
        if (is_place ? knowledge_is_usual_place(scope->knowledge, last, activity->address)
                     : last == person)
            return true;
    }
    return false;
}

static bool is_asked(const struct scope *scope, const struct activity *activity, uint32_t number,
                     bool is_place)
{
    uint32_t kind = is_place ? ASK_WORK : ASK_INSIDER;
    struct asked *asked = recall(scope, kind, activity, activity->address, number);
    if (!asked->is_set)
        asked->answer = judge_insiders(scope, activity, number, is_place);
    asked->is_set = true;
    return asked->answer;
}

// Where an insider is as a rule others are, too: the address of an office is no sign of the attacker; nor are there
// the insider's own sessions, in which all else is done that they do. What they read beyond habit, and of others'
// mailboxes, is theirs all the same (is_insiders).
static bool is_insiders_life(const struct scope *scope, const struct activity *activity,
                             const struct mark *mark, uint32_t number)
{
    return scope->insider_count && is_asked(scope, activity, number, true) &&
           (mark->kind == ENTITY_IP || is_asked(scope, activity, number, false));
}

static bool is_attackers(const struct scope *scope, const struct activity *activity,
                         const struct mark *mark, uint32_t number)
{
    const struct incident *incident = &scope->incidents->items[number];
    if (activity->time == INSTANT_NONE || incident->first == INSTANT_NONE ||
        activity->time < incident->first - SCOPE_MARGIN ||
        activity->time > incident->last + SCOPE_MARGIN)
        return false;
    if (mark->is_theirs)
        return !is_owners_app(scope, activity, mark->symbol, number);
    if (is_insiders_life(scope, activity, mark, number))
        return false;
    return !is_owners_place(scope, activity, number);
}

// ---- trails -----------------------------------------------------------------------------------

static uint32_t *trail_slot(const struct scope *scope, enum entity_kind kind, uint32_t symbol)
{
    uint64_t hash = hash_mix((uint64_t)kind << 32 | symbol);
    for (uint32_t at = (uint32_t)hash & scope->trail_mask;; at = (at + 1) & scope->trail_mask) {
        uint32_t *slot = &scope->trail_slots[at];
        const struct trail *trail = *slot ? &scope->trails[*slot - 1] : NULL;
        if (!trail || (trail->kind == kind && trail->symbol == symbol))
            return slot;
    }
}

static const struct trail *trail_find(const struct scope *scope, const struct mark *mark)
{
    if (!scope->trail_slots || !mark->symbol)
        return NULL;
    uint32_t number = *trail_slot(scope, mark->kind, mark->symbol);
    return number ? &scope->trails[number - 1] : NULL;
}

static void add_trail(struct scope *scope, enum entity_kind kind, uint32_t symbol,
                      uint32_t incident)
{
    struct mark mark = {.kind = kind, .symbol = symbol};
    uint32_t count;
    linker_incidents(scope->linker, kind, symbol, &count);
    if (!symbol || count || scope->trail_count == TRAIL_LIMIT || trail_find(scope, &mark))
        return;
    if (2 * (scope->trail_count + 1) > scope->trail_mask) {
        uint32_t size = scope->trail_slots ? 2 * (scope->trail_mask + 1) : 64;
        free(scope->trail_slots);
        scope->trail_slots = memory_new(size * sizeof *scope->trail_slots);
        scope->trail_mask = size - 1;
        for (uint32_t i = 0; i < scope->trail_count; i++)
            *trail_slot(scope, scope->trails[i].kind, scope->trails[i].symbol) = i + 1;
    }
    ARRAY_GROW(scope->trails, scope->trail_count, scope->trail_capacity);
    *trail_slot(scope, kind, symbol) = scope->trail_count + 1;
    scope->trails[scope->trail_count++] = (struct trail){kind, symbol, incident};
    mark_filter_add(&scope->filter, symbol);
    scope->has_news = true;
}

// The incidents that an activity belongs to by its marks.
static uint32_t find_incidents(const struct scope *scope, const struct activity *activity,
                               uint32_t found[SCOPE_NUMBERS])
{
    struct mark marks[MARKS];
    uint32_t taken = 0, count;
    if (!mark_filter_has(&scope->filter, activity))
        return 0;
    read_marks(scope, activity, marks);
    for (int m = 0; m < MARKS; m++) {
        const uint32_t *numbers =
            linker_incidents(scope->linker, marks[m].kind, marks[m].symbol, &count);
        const struct trail *trail = count ? NULL : trail_find(scope, &marks[m]);
        if (trail) {
            numbers = &trail->incident;
            count = 1;
        }
        for (uint32_t i = 0; i < count && i < TAKEN_LIMIT; i++) {
            bool is_taken = false;
            for (uint32_t t = 0; t < taken; t++)
                is_taken = is_taken || found[t] == numbers[i];
            if (!is_taken && is_attackers(scope, activity, &marks[m], numbers[i]))
                found[taken++] = numbers[i];
        }
    }
    return taken;
}

void scope_trace(struct scope *scope, const struct activity *activity)
{
    uint32_t found[SCOPE_NUMBERS];
    bool is_sign_in = activity->kind == ACTIVITY_SIGN_IN && activity->outcome != OUTCOME_FAILURE;
    if (!is_sign_in && !knowledge_is_token_bearing(activity))
        return;
    uint32_t count = find_incidents(scope, activity, found);
    if (count != 1) // what belongs to two cannot tell them apart
        return;
    struct incident *incident = &scope->incidents->items[found[0]];
    if (activity->time < incident->first || activity->time > incident->last) {
        incident->first = activity->time < incident->first ? activity->time : incident->first;
        incident->last = activity->time > incident->last ? activity->time : incident->last;
        scope->has_news = true;
    }
    if (is_owners_place(scope, activity, found[0]))
        return;
    add_trail(scope, ENTITY_SESSION, activity->session, found[0]);
    if (!knowledge_is_neutral(scope->knowledge, activity->address))
        add_trail(scope, ENTITY_IP, activity->address, found[0]);
}

bool scope_trace_end(struct scope *scope)
{
    bool has_news = scope->has_news;
    scope->has_news = false;
    return has_news;
}

// ---- accesses ---------------------------------------------------------------------------------

struct reached *reached_open(struct scope *scope, uint32_t incident, uint32_t mailbox)
{
    uint32_t parts[2] = {incident, mailbox};
    struct str key = str_of((const char *)parts, sizeof parts);
    struct map_entry *entry = map_find(&scope->reached_keys, key);
    if (entry)
        return &scope->reached[entry->number];
    map_add(&scope->reached_keys, arena_copy(&scope->arena, key), NULL)->number =
        scope->reached_count;
    ARRAY_GROW(scope->reached, scope->reached_count, scope->reached_capacity);
    struct reached *reached = &scope->reached[scope->reached_count++];
    *reached = (struct reached){
        .incident = incident, .mailbox = mailbox, .first = INSTANT_NONE, .last = INSTANT_NONE};
    return reached;
}

static void want_input(struct scope *scope, uint64_t position)
{
    size_t input = (size_t)(position >> SCOPE_INPUT_BITS);
    if (input >= scope->input_count) {
        size_t bigger = 2 * (input + 1);
        scope->inputs = memory_grow(scope->inputs, bigger * sizeof *scope->inputs);
        memset(scope->inputs + scope->input_count, 0,
               (bigger - scope->input_count) * sizeof *scope->inputs);
        scope->input_count = bigger;
    }
    scope->inputs[input] = true;
}

// Activities come in order of time, so the throttled time at hand is the mailbox's last.
static void add_throttled(struct scope *scope, struct reached *reached, int64_t time)
{
    struct incident_presumed *last =
        reached->throttled ? &scope->folders[reached->throttled - 1].said : NULL;
    if (last && time <= last->to) {
        last->to = time + THROTTLED_FOR;
        return;
    }
    if (scope->folder_count == SCOPE_REACH_LIMIT)
        return;
    ARRAY_GROW(scope->folders, scope->folder_count, scope->folder_capacity);
    struct folder *folder = &scope->folders[scope->folder_count++];
    *folder = (struct folder){.incident = reached->incident, .mailbox = reached->mailbox};
    folder->said = (struct incident_presumed){.folder = S(""),
                                              .why = REACH_THROTTLED,
                                              .from = time,
                                              .to = time + THROTTLED_FOR,
                                              .record = S("")};
    reached->throttled = scope->folder_count;
}

static void take_access(struct scope *scope, const struct activity *activity, uint32_t number)
{
    struct reached *reached = reached_open(scope, number, activity->mailbox);
    bool is_sync = activity->flags & ACTIVITY_IS_SYNC;
    reached->accesses++;
    reached->operations += is_sync ? 0 : activity->count;
    if (reached->first == INSTANT_NONE)
        reached->first = activity->time;
    reached->last = activity->time;
    if (activity->flags & ACTIVITY_IS_THROTTLED)
        add_throttled(scope, reached, activity->time);
    if (scope->access_count == SCOPE_ACCESS_LIMIT)
        return;
    bool is_kept = activity->position >= POSITION_KEPT;
    if (!is_kept)
        want_input(scope, activity->position);
    ARRAY_GROW(scope->accesses, scope->access_count, scope->access_capacity);
    scope->accesses[scope->access_count++] = (struct access){.identity = activity->identity,
                                                             .position = activity->position,
                                                             .time = activity->time,
                                                             .incident = number,
                                                             .mailbox = activity->mailbox,
                                                             .count = activity->count,
                                                             .is_sync = is_sync,
                                                             .is_kept = is_kept};
}

static void take(struct scope *scope, const struct activity *activity, uint32_t number)
{
    if (activity->kind == ACTIVITY_MAIL_ACCESS && activity->mailbox)
        take_access(scope, activity, number);
    else
        scope->incidents->items[number].other_actions++;
}

static bool is_insiders(const struct scope *scope, const struct activity *activity,
                        const struct insider *insider)
{
    return activity->kind == ACTIVITY_MAIL_ACCESS && activity->mailbox == insider->mailbox &&
           activity->time >= insider->first && activity->time <= insider->last &&
           (insider->is_delegate || !(activity->flags & ACTIVITY_IS_SYNC)) &&
           knowledge_person(scope->knowledge, activity) == insider->person;
}

static bool is_among(const uint32_t *numbers, uint32_t count, uint32_t number)
{
    for (uint32_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

uint32_t scope_see(struct scope *scope, const struct activity *activity,
                   uint32_t numbers[SCOPE_NUMBERS])
{
    uint32_t count = find_incidents(scope, activity, numbers);
    if (!knowledge_is_token_bearing(activity))
        return count;
    for (uint32_t i = 0; i < count; i++)
        take(scope, activity, numbers[i]);
    const struct insider *taken = NULL; // those of one incident stand together
    uint32_t marked = count;
    for (uint32_t i = 0; i < scope->insider_count; i++) {
        const struct insider *insider = &scope->insiders[i];
        if ((taken && taken->incident == insider->incident) ||
            !is_insiders(scope, activity, insider) || is_among(numbers, marked, insider->incident))
            continue;
        take(scope, activity, insider->incident);
        taken = insider;
        if (count < SCOPE_NUMBERS)
            numbers[count++] = insider->incident;
    }
    return count;
}
