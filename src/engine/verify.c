// Reads later logs for what an earlier report asks: the attacker's things, and records that show steps done.
// SPDX-License-Identifier: Apache-2.0
#include "engine/verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/hash.h"
#include "engine/sample.h"
#include "engine/verify_parts.h"
#include "event/outcome.h"
#include "hypothesis/quote.h"

#define TEXT_MEMORY                                                                                \
    ((size_t)256 << 20) // of the texts of activities; nothing refers to them for long
#define ALIAS_LIMIT 8

struct pass {
    struct verify_work *work;
    struct matcher *matcher;
    struct intern texts;
    struct activity activity;
    volatile sig_atomic_t *is_interrupted;
};

// ---- words ------------------------------------------------------------------------------------

struct str verify_operation(char room[VERIFY_OPERATION_SIZE], struct str operation)
{
    size_t len = 0;
    for (size_t i = 0; i < operation.len && len + 1 < VERIFY_OPERATION_SIZE; i++) {
        struct str rest = str_of(operation.at + i, operation.len - i);
        bool is_dash = str_starts(rest, S("\xe2\x80\x93"));
        room[len++] = is_dash ? '-' : ascii_lower(operation.at[i]);
        i += is_dash ? 2 : 0;
    }
    struct str lower = str_trim(str_of(room, len));
    while (lower.len && (lower.at[lower.len - 1] == '.' || lower.at[lower.len - 1] == ' '))
        lower.len--;
    return lower;
}

// Every text in the value, a line each, in lower case; JSON within texts as it is.
static void add_words(struct json value, int depth, struct buf *out)
{
    struct str text = json_str(value);
    if (out->len > VERIFY_TEXT_LIMIT || depth > 16)
        return;
    for (size_t i = 0; i < text.len; i++)
        buf_add_char(out, text.at[i] == '\n' ? ' ' : ascii_lower(text.at[i]));
    if (json_type(value) == JSON_STRING)
        buf_add_char(out, '\n');
    for (struct json_member m = json_members(value); json_member_next(&m);)
        add_words(m.value, depth + 1, out);
    for (struct json_element e = json_elements(value); json_element_next(&e);)
        add_words(e.value, depth + 1, out);
}

static struct str name_of(const struct pass *pass, uint32_t symbol)
{
    return intern_text(&pass->texts, symbol);
}

static struct str who_of(const struct pass *pass)
{
    const struct activity *a = &pass->activity;
    struct str user = name_of(pass, a->user);
    if (user.len)
        return user;
    return name_of(pass, a->detail).len ? name_of(pass, a->detail) : name_of(pass, a->object);
}

// ---- the attacker's things --------------------------------------------------------------------

static void note(struct pass *pass, struct verify_watch *watch, struct str id)
{
    const struct activity *a = &pass->activity;
    struct verify_thing *thing = &watch->thing;
    struct str who = who_of(pass);
    if (thing->first == INSTANT_NONE || a->time < thing->first ||
        (a->time == thing->first && str_compare(id, str_from(watch->record)) < 0)) {
        thing->first = a->time;
        snprintf(watch->record, sizeof watch->record, "%.*s", (int)id.len, id.at);
        snprintf(watch->who, sizeof watch->who, "%.*s", (int)who.len, who.at);
    }
    thing->last = a->time > thing->last ? a->time : thing->last;
    if (a->outcome == OUTCOME_FAILURE) {
        thing->failures++;
        return;
    }
    thing->count++;
    if (watch->time_count < VERIFY_TIMES) {
        ARRAY_GROW(watch->times, watch->time_count, watch->time_capacity);
        watch->times[watch->time_count++] = a->time;
    }
}

// The first watch of the thing, as index + 1; 0: it is of no incident.
static uint32_t find(const struct pass *pass, enum entity_kind kind, struct str text)
{
    char room[VERIFY_KEY_SIZE];
    const struct map_entry *entry =
        text.len ? map_find(&pass->work->keys, verify_key(room, kind, text)) : NULL;
    return entry ? (uint32_t)entry->number : 0;
}

// Whoever uses it and is none of the incident's people.
static void note_outsider(struct pass *pass, struct verify_watch *watch)
{
    char room[VERIFY_KEY_SIZE];
    struct str who = who_of(pass);
    if (!who.len || pass->activity.outcome == OUTCOME_FAILURE || verify_is_shared(watch) ||
        map_find(&pass->work->people, verify_person(room, watch->incident, who)))
        return;
    uint64_t hash = hash_fold(who);
    for (uint32_t i = 0; i < watch->outsider_count; i++)
        if (watch->outsiders[i] == hash)
            return;
    watch->outsiders[watch->outsider_count++] = hash;
}

// A session or token used from an address of the incident that is not the attacker's is used by its owner.
static bool is_owners(const struct pass *pass, uint32_t incident, uint32_t address)
{
    for (uint32_t at = address; at; at = pass->work->watches[at - 1].next)
        if (pass->work->watches[at - 1].incident == incident)
            return pass->work->watches[at - 1].is_context;
    return false;
}

// Counts the event for every incident that the thing is the attacker's in; false where there is none.
static bool see(struct pass *pass, enum entity_kind kind, uint32_t first, uint32_t address,
                struct str id)
{
    bool is_any = false;
    struct verify_work *work = pass->work;
    for (uint32_t at = first; at; at = work->watches[at - 1].next) {
        struct verify_watch *watch = &work->watches[at - 1];
        bool is_credential = kind == ENTITY_SESSION || kind == ENTITY_TOKEN;
        if (kind == ENTITY_IP || kind == ENTITY_APP)
            note_outsider(pass, watch);
        if (watch->is_context || (is_credential && is_owners(pass, watch->incident, address)))
            continue;
        is_any = true;
        if (pass->activity.time > work->out->until)
            note(pass, watch, id);
    }
    return is_any;
}

// A rule of the same name in the same mailbox, made or changed again. Commands that remove one are another kind.
static void see_rule(struct pass *pass, struct str id)
{
    const struct activity *a = &pass->activity;
    struct str operation = name_of(pass, a->operation);
    struct buf text;
    if (a->kind != ACTIVITY_MAIL_RULE || str_starts_fold(operation, S("Remove")))
        return;
    buf_init(&text);
    quote_plain(&text, name_of(pass, a->mailbox));
    buf_add(&text, S(" / "));
    quote_plain(&text, name_of(pass, a->detail));
    see(pass, ENTITY_RULE, find(pass, ENTITY_RULE, buf_str(&text)), 0, id);
    buf_done(&text);
}

// Whether the event is of a session or token of an attacker's; `used` are the watches of its address and
// applications, of which only the end of the reading tells whether others use them too.
static bool see_things(struct pass *pass, struct str id, uint32_t used[VERIFY_USED])
{
    const struct activity *a = &pass->activity;
    char token[23] = "";
    if (a->flags & ACTIVITY_HAS_TOKEN)
        guid_to_uti(a->token, token);
    used[0] = find(pass, ENTITY_IP, name_of(pass, a->address));
    used[1] = find(pass, ENTITY_APP, name_of(pass, a->app));
    used[2] = a->client_app == a->app ? 0 : find(pass, ENTITY_APP, name_of(pass, a->client_app));
    uint32_t session = find(pass, ENTITY_SESSION, name_of(pass, a->session));
    uint32_t issued = find(pass, ENTITY_TOKEN, str_from(token));
    bool is_session = see(pass, ENTITY_SESSION, session, used[0], id);
    bool is_token = see(pass, ENTITY_TOKEN, issued, used[0], id);
    see(pass, ENTITY_IP, used[0], 0, id);
    see(pass, ENTITY_APP, used[1], 0, id);
    see(pass, ENTITY_APP, used[2], 0, id);
    return is_session || is_token;
}

// ---- records that show steps ------------------------------------------------------------------

static void learn_alias(struct pass *pass, struct str name, struct str other)
{
    char room[VERIFY_KEY_SIZE];
    struct arena *arena = &pass->work->out->arena;
    struct map_entry *entry =
        name.len && other.len ? map_find(&pass->work->accounts, verify_key(room, ENTITY_USER, name))
                              : NULL;
    int count = 0;
    if (!entry)
        return;
    for (const struct verify_alias *alias = entry->pointer; alias; alias = alias->next, count++)
        if (str_equal(alias->other, other))
            return;
    if (count == ALIAS_LIMIT)
        return;
    struct verify_alias *alias = ARENA_NEW(arena, struct verify_alias);
    *alias = (struct verify_alias){arena_copy(arena, other), entry->pointer};
    entry->pointer = alias;
}

static void keep_record(struct pass *pass, const struct event *event, struct str id, struct str key,
                        bool is_attackers, const uint32_t used[VERIFY_USED])
{
    const struct activity *a = &pass->activity;
    struct verify_work *work = pass->work;
    struct arena *arena = &work->out->arena;
    if (work->record_count == VERIFY_RECORD_LIMIT || arena->used > VERIFY_MEMORY_LIMIT) {
        work->out->unlisted++;
        return;
    }
    struct buf words;
    buf_init(&words);
    add_words(event->record, 0, &words);
    if (event->outer.tape)
        add_words(event->outer, 0, &words);
    ARRAY_GROW(work->records, work->record_count, work->record_capacity);
    // Set, not taken away: the same command does both.
    bool is_harm = (a->kind == ACTIVITY_MAIL_FORWARDING && a->flags & ACTIVITY_FORWARDS) ||
                   (a->kind == ACTIVITY_AUDIT_CHANGE && a->flags & ACTIVITY_HIDES);
    work->records[work->record_count++] = (struct verify_record){
        .time = a->time,
        .id = arena_copy(arena, id),
        .who = arena_copy(arena, who_of(pass)),
        .operation = arena_copy(arena, str_trim(name_of(pass, a->operation))),
        .key = arena_copy(arena, key),
        .words = arena_copy(arena, buf_str(&words)),
        .is_harm = is_harm,
        .is_attackers = is_attackers,
        .used = {used[0], used[1], used[2]}};
    buf_done(&words);
}

// ---- every record -----------------------------------------------------------------------------

static void note_feed(struct pass *pass, const struct event *event)
{
    const struct activity *a = &pass->activity;
    bool is_directory = event->source == SOURCE_ENTRA_AUDIT ||
                        (event->source == SOURCE_M365_AUDIT && a->workload == WORKLOAD_DIRECTORY);
    bool is_exchange = event->source == SOURCE_M365_AUDIT && a->workload == WORKLOAD_EXCHANGE;
    int64_t *latest = is_directory  ? &pass->work->latest[FEED_DIRECTORY]
                      : is_exchange ? &pass->work->latest[FEED_EXCHANGE]
                                    : NULL;
    if (latest && a->time > *latest)
        *latest = a->time;
}

static void note_times(struct verification *out, int64_t time)
{
    out->first = out->first == INSTANT_NONE || time < out->first ? time : out->first;
    out->last = time > out->last ? time : out->last;
    out->later += time > out->until;
}

static void use(struct pass *pass, const struct event *event, struct str where)
{
    const struct activity *a = &pass->activity;
    char room[VERIFY_OPERATION_SIZE];
    struct str id = event->id.len ? event->id : where;
    note_times(pass->work->out, a->time);
    note_feed(pass, event);
    learn_alias(pass, name_of(pass, a->user), name_of(pass, a->object));
    learn_alias(pass, name_of(pass, a->object), name_of(pass, a->user));
    struct str operation = verify_operation(room, name_of(pass, a->operation));
    bool may_show = map_find(&pass->work->operations, operation) && a->outcome != OUTCOME_FAILURE;
    bool is_later = a->time > pass->work->out->until;
    // A copy of a record that was seen: exports overlap.
    if ((is_later || may_show) && !keyset_add(&pass->work->seen, event->identity))
        return;
    uint32_t used[VERIFY_USED];
    bool is_attackers = see_things(pass, id, used);
    if (is_later)
        see_rule(pass, id);
    if (may_show)
        keep_record(pass, event, id, operation, is_attackers, used);
}

static bool on_event(const struct event *event, struct str where, void *context)
{
    struct pass *pass = context;
    pass->work->out->records++;
    if (intern_bytes(&pass->texts) > TEXT_MEMORY || !pass->texts.count) {
        intern_done(&pass->texts);
        pass->texts = (struct intern){0};
        activity_texts_init(&pass->texts);
    }
    activity_read(event, matcher_slots(pass->matcher, event->source), &pass->texts,
                  &pass->activity);
    if (event->time != INSTANT_NONE)
        use(pass, event, where);
    pass->work->out->is_interrupted = pass->is_interrupted && *pass->is_interrupted;
    return !pass->work->out->is_interrupted;
}

static struct rule_program *compile(struct sigma_set *none)
{
    struct field_wants wants[SOURCE_COUNT];
    for (size_t i = 0; i < SOURCE_COUNT; i++)
        wants[i] = (struct field_wants){sources[i]->fields, sources[i]->field_count, activity_want};
    return rule_compile(none, NULL, wants);
}

static void read_logs(struct verify_work *work, const struct str *paths, size_t path_count,
                      volatile sig_atomic_t *is_interrupted)
{
    struct sigma_set none; // no rules
    struct error error;
    sigma_set_init(&none);
    sigma_finish(&none, NULL);
    struct rule_program *program = compile(&none);
    struct pass pass = {
        .work = work, .matcher = matcher_new(program), .is_interrupted = is_interrupted};
    for (size_t i = 0; i < path_count && !work->out->is_interrupted; i++) {
        uint64_t unread = 0;
        if (!sample_each(pass.matcher, paths[i], on_event, &pass, &unread, &error) &&
            !work->out->trouble.len)
            work->out->trouble = arena_copy(&work->out->arena, str_from(error.text));
        work->out->unread += unread;
    }
    intern_done(&pass.texts);
    matcher_free(pass.matcher);
    rule_program_free(program);
    sigma_set_done(&none);
}

static void work_done(struct verify_work *work)
{
    for (uint32_t i = 0; i < work->watch_count; i++)
        free(work->watches[i].times);
    free(work->watches);
    free(work->records);
    map_done(&work->people);
    map_done(&work->keys);
    map_done(&work->operations);
    map_done(&work->accounts);
    keyset_done(&work->seen);
    remedy_book_free(work->book);
}

bool verify_run(struct str report, const struct str *paths, size_t path_count,
                volatile sig_atomic_t *is_interrupted, struct verification *out,
                struct error *error)
{
    struct verify_work work = {.out = out, .latest = {INSTANT_NONE, INSTANT_NONE}};
    *out =
        (struct verification){.until = INSTANT_NONE, .first = INSTANT_NONE, .last = INSTANT_NONE};
    arena_init(&out->arena);
    map_init(&work.people);
    map_init(&work.keys);
    map_init(&work.operations);
    map_init(&work.accounts);
    work.book = remedy_book_builtin(error);
    bool is_read = work.book && verify_read_report(&work, report, error);
    if (is_read) {
        read_logs(&work, paths, path_count, is_interrupted);
        verify_judge(&work);
    }
    work_done(&work);
    return is_read;
}

void verification_done(struct verification *verification)
{
    arena_done(&verification->arena);
}
