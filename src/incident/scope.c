// Which accesses are the attacker's, and which messages their records name.
// SPDX-License-Identifier: Apache-2.0
#include "incident/scope_parts.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "event/outcome.h"
#include "event/read.h"

#define THROTTLED_FOR                                                                              \
    (24 * HOUR)        // Microsoft Learn, "Use Audit (Premium) to investigate compromised accounts"
#define INPUT_BITS 44  // of event.position below the input's number
#define TAKEN_LIMIT 16 // incidents that one activity may belong to by one thing

struct scope *scope_new(const struct knowledge *knowledge, const struct linker *linker,
                        struct incident_list *incidents)
{
    struct scope *scope = memory_new(sizeof *scope);
    scope->knowledge = knowledge;
    scope->linker = linker;
    scope->incidents = incidents;
    arena_init(&scope->arena);
    map_init(&scope->message_keys);
    map_init(&scope->unknown_ids);
    map_init(&scope->reached_keys);
    return scope;
}

void scope_free(struct scope *scope)
{
    if (!scope)
        return;
    arena_done(&scope->arena);
    map_done(&scope->message_keys);
    map_done(&scope->unknown_ids);
    map_done(&scope->reached_keys);
    free(scope->trails);
    free(scope->trail_slots);
    free(scope->accesses);
    free(scope->inputs);
    free(scope->messages);
    free(scope->folders);
    free(scope->reached);
    free(scope);
}

// ---- whose access -----------------------------------------------------------------------------

// Whatever session or token was used from a place where the person signs in as a rule, and did before all
// this began, it was theirs. Without sign-ins the mailbox's other days tell.
static bool is_owners_place(const struct scope *scope, const struct activity *activity,
                            const struct incident *incident)
{
    const struct knowledge *k = scope->knowledge;
    uint32_t person = knowledge_person(k, activity);
    uint32_t network = knowledge_network(k, activity->address);
    if (knowledge_is_neutral(k, activity->address) ||
        !knowledge_is_usual_place(k, person, activity->address))
        return false;
    struct habit_answer sign_ins = knowledge_habit(k, HABIT_USER, person, HABIT_NETWORK, network, 1, 0);
    if (sign_ins.first != INSTANT_NONE)
        return sign_ins.first < incident->first - DAY;
    struct habit_answer reads = knowledge_habit(k, HABIT_MAILBOX, activity->mailbox, HABIT_NETWORK,
                                                network, incident->first, incident->last);
    return reads.days_outside >= HABIT_DAYS_KNOWN;
}

// A thing of an activity by which it may be the attacker's. What is theirs alone (an application of their
// own) proves more than what they took over (a session, a token) or came through (an address).
struct mark {
    enum entity_kind kind;
    uint32_t symbol;
    bool is_theirs;
};

enum { MARKS = 4 };

static void read_marks(const struct scope *scope, const struct activity *activity,
                       struct mark marks[MARKS])
{
    uint32_t app = activity->client_app ? activity->client_app : activity->app;
    marks[0] = (struct mark){ENTITY_APP, app, true};
    marks[1] = (struct mark){ENTITY_TOKEN, knowledge_token(scope->knowledge, activity), false};
    marks[2] = (struct mark){ENTITY_SESSION, activity->session, false};
    marks[3] = (struct mark){ENTITY_IP, activity->address, false};
}

static bool is_attackers(const struct scope *scope, const struct activity *activity,
                         const struct mark *mark, uint32_t number)
{
    const struct incident *incident = &scope->incidents->items[number];
    if (activity->time == INSTANT_NONE || activity->time < incident->first - LINK_GAP ||
        activity->time > incident->last + LINK_GAP)
        return false;
    return mark->is_theirs || !is_owners_place(scope, activity, incident);
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
    scope->has_news = true;
}

// The incidents that an activity belongs to by its marks.
static uint32_t find_incidents(const struct scope *scope, const struct activity *activity,
                               uint32_t found[MARKS * TAKEN_LIMIT])
{
    struct mark marks[MARKS];
    uint32_t taken = 0, count;
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
    uint32_t found[MARKS * TAKEN_LIMIT];
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
    if (is_owners_place(scope, activity, incident))
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

static struct reached *reached_open(struct scope *scope, uint32_t incident, uint32_t mailbox)
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
    size_t input = (size_t)(position >> INPUT_BITS);
    if (input >= scope->input_count) {
        size_t bigger = 2 * (input + 1);
        scope->inputs = memory_grow(scope->inputs, bigger * sizeof *scope->inputs);
        memset(scope->inputs + scope->input_count, 0,
               (bigger - scope->input_count) * sizeof *scope->inputs);
        scope->input_count = bigger;
    }
    scope->inputs[input] = true;
}

// Folders and mailboxes repeat: more than can be told apart in a report is of no use.
#define REACH_LIMIT ((size_t)1 << 18)

static void add_reach(struct scope *scope, uint32_t incident, uint32_t mailbox,
                      struct incident_presumed said)
{
    if (scope->folder_count == REACH_LIMIT)
        return;
    ARRAY_GROW(scope->folders, scope->folder_count, scope->folder_capacity);
    scope->folders[scope->folder_count++] = (struct folder){incident, mailbox, said};
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
        add_reach(scope, number, activity->mailbox,
                  (struct incident_presumed){.folder = S(""),
                                             .why = REACH_THROTTLED,
                                             .from = activity->time,
                                             .to = activity->time + THROTTLED_FOR,
                                             .record = S("")});
    if (scope->access_count == SCOPE_ACCESS_LIMIT)
        return;
    want_input(scope, activity->position);
    ARRAY_GROW(scope->accesses, scope->access_count, scope->access_capacity);
    scope->accesses[scope->access_count++] = (struct access){.identity = activity->identity,
                                                             .time = activity->time,
                                                             .incident = number,
                                                             .mailbox = activity->mailbox,
                                                             .count = activity->count,
                                                             .is_sync = is_sync};
}

static void take(struct scope *scope, const struct activity *activity, uint32_t number)
{
    if (activity->kind == ACTIVITY_MAIL_ACCESS && activity->mailbox)
        take_access(scope, activity, number);
    else
        scope->incidents->items[number].other_actions++;
}

void scope_see(struct scope *scope, const struct activity *activity)
{
    uint32_t found[MARKS * TAKEN_LIMIT];
    if (!knowledge_is_token_bearing(activity))
        return;
    uint32_t count = find_incidents(scope, activity, found);
    for (uint32_t i = 0; i < count; i++)
        take(scope, activity, found[i]);
}

// ---- records again ----------------------------------------------------------------------------

static int by_identity(const void *left, const void *right)
{
    const struct access *a = left, *b = right;
    if (a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    return a->incident < b->incident ? -1 : a->incident > b->incident;
}

// The first access of a record, or NULL; accesses of other incidents in the same record follow it.
static const struct access *access_find(const struct scope *scope, uint64_t identity)
{
    size_t from = 0, to = scope->access_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (scope->accesses[middle].identity < identity)
            from = middle + 1;
        else
            to = middle;
    }
    bool is_there = from < scope->access_count && scope->accesses[from].identity == identity;
    return is_there ? &scope->accesses[from] : NULL;
}

bool scope_wants_input(const struct scope *scope, uint32_t input)
{
    return input < scope->input_count && scope->inputs[input];
}

static void seal(struct scope *scope)
{
    if (!scope->is_sealed && scope->access_count)
        qsort(scope->accesses, scope->access_count, sizeof *scope->accesses, by_identity);
    scope->is_sealed = true;
}

bool scope_wants(struct scope *scope, uint64_t identity)
{
    seal(scope);
    return access_find(scope, identity) != NULL;
}

static struct str text_of(struct scope *scope, struct json object, struct str key)
{
    return arena_copy(&scope->arena, str_trim(json_str(json_find(object, key))));
}

static void add_message(struct scope *scope, const struct access *access, struct json item,
                        struct str folder, struct str record)
{
    struct str id = str_trim(json_str(json_find(item, S("InternetMessageId"))));
    if (!id.len)
        return;
    uint32_t parts[2] = {access->incident, access->mailbox};
    struct buf key;
    buf_init(&key);
    buf_add(&key, str_of((const char *)parts, sizeof parts));
    buf_add(&key, id);
    struct map_entry *entry = map_find(&scope->message_keys, buf_str(&key));
    if (!entry && scope->message_count < INCIDENT_MESSAGE_LIMIT) {
        struct str copy = arena_copy(&scope->arena, buf_str(&key));
        map_add(&scope->message_keys, copy, NULL)->number = scope->message_count;
        ARRAY_GROW(scope->messages, scope->message_count, scope->message_capacity);
        struct message *message = &scope->messages[scope->message_count++];
        *message = (struct message){.incident = access->incident, .mailbox = access->mailbox};
        message->id = str_of(copy.at + sizeof parts, id.len);
        message->said = (struct incident_message){
            .message_id = message->id,
            .subject = text_of(scope, item, S("Subject")),
            .folder = arena_copy(&scope->arena, folder),
            .first_read = access->time,
            .bytes = (uint64_t)json_int(json_find(item, S("SizeInBytes"))),
            .record = arena_copy(&scope->arena, record),
        };
        reached_open(scope, access->incident, access->mailbox)->messages++;
    } else if (entry && access->time < scope->messages[entry->number].said.first_read) {
        scope->messages[entry->number].said.first_read = access->time;
        scope->messages[entry->number].said.record = arena_copy(&scope->arena, record);
    }
    buf_done(&key);
}

static void add_folder(struct scope *scope, const struct access *access, struct str path,
                       struct str record)
{
    add_reach(scope, access->incident, access->mailbox,
              (struct incident_presumed){.folder = arena_copy(&scope->arena, path),
                                         .why = REACH_SYNC,
                                         .from = access->time,
                                         .to = access->time,
                                         .record = arena_copy(&scope->arena, record)});
}

// "Not Available" stands where Exchange does not tell the path.
static struct str folder_path(struct json folder)
{
    struct str path = str_trim(json_str(json_find(folder, S("Path"))));
    return text_is_blank(path) ? str_trim(json_str(json_find(folder, S("Name")))) : path;
}

static void read_access(struct scope *scope, const struct access *access, const struct event *event)
{
    struct json record = event->record, item = json_find(record, S("Item"));
    struct json folders = json_find(record, S("Folders"));
    struct str parent = folder_path(json_find(item, S("ParentFolder")));
    bool has_folders = false;
    for (struct json_element f = json_elements(folders); json_element_next(&f);) {
        struct str path = folder_path(f.value);
        has_folders = true;
        if (access->is_sync)
            add_folder(scope, access, path, event->id);
        struct json items = json_find(f.value, S("FolderItems"));
        for (struct json_element i = json_elements(items); json_element_next(&i);)
            add_message(scope, access, i.value, path, event->id);
    }
    if (access->is_sync && !has_folders)
        add_folder(scope, access, parent, event->id);
    struct json messages = json_find(record, S("Messages"));
    for (struct json_element m = json_elements(messages); json_element_next(&m);)
        add_message(scope, access, m.value, parent, event->id);
    if (!access->is_sync)
        add_message(scope, access, item, parent, event->id);
}

void scope_record(struct scope *scope, const struct event *event)
{
    seal(scope);
    const struct access *access = access_find(scope, event->identity);
    const struct access *end = scope->accesses + scope->access_count;
    for (; access && access < end && access->identity == event->identity; access++)
        read_access(scope, access, event);
}

// ---- subjects ---------------------------------------------------------------------------------

bool scope_wants_join(const struct scope *scope)
{
    for (size_t i = 0; i < scope->message_count; i++)
        if (!scope->messages[i].said.subject.len)
            return true;
    return false;
}

void scope_want(struct field_plan *plan)
{
    static const enum field_id fields[] = {FIELD_InternetMessageId, FIELD_Subject, FIELD_UserId,
                                           FIELD_SenderAddress};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        field_plan_want(plan, fields[i]);
}

static void index_ids(struct scope *scope)
{
    for (size_t i = 0; i < scope->message_count; i++)
        if (!scope->messages[i].said.subject.len || !scope->messages[i].said.sender.len)
            map_add(&scope->unknown_ids, scope->messages[i].id, NULL)->number = i;
}

void scope_join(struct scope *scope, const struct field_slots *slots)
{
    struct str id = field_word(slots, FIELD_InternetMessageId);
    if (!id.len)
        return;
    if (!scope->unknown_ids.count)
        index_ids(scope);
    struct map_entry *entry = map_find(&scope->unknown_ids, id);
    if (!entry)
        return;
    // Records with several messages list as many subjects; only a single one is surely this message's.
    const struct field_value *subject = field_first(slots, FIELD_Subject);
    struct incident_message *said = &scope->messages[entry->number].said;
    struct str text = subject && !subject->next ? json_str(subject->json) : S("");
    struct str sender = field_word(slots, FIELD_SenderAddress);
    struct str operation = field_word(slots, FIELD_Operation);
    if (!sender.len && str_starts(operation, S("Send")))
        sender = field_word(slots, FIELD_UserId);
    if (!said->subject.len && text.len)
        said->subject = arena_copy(&scope->arena, text);
    if (!said->sender.len && sender.len)
        said->sender = arena_copy(&scope->arena, sender);
}
