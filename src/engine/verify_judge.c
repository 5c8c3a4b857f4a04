// What the later logs mean for each step and each incident.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "engine/verify_parts.h"

const char *verify_status_name(enum verify_status status)
{
    static const char *const names[] = {"done", "partly", "not_yet", "cannot_be_seen"};
    assert((unsigned)status <= VERIFY_CANNOT_SEE);
    return names[status];
}

const char *verify_presence_name(enum verify_presence presence)
{
    static const char *const names[] = {"active", "tried", "quiet", "cannot_tell"};
    assert((unsigned)presence <= VERIFY_NO_LOGS);
    return names[presence];
}

// ---- does a record name it? -------------------------------------------------------------------

struct str verify_part(struct str *target)
{
    struct str all = *target;
    for (size_t i = 0; i + 3 <= all.len; i++)
        if (str_starts(str_of(all.at + i, all.len - i), S(" / "))) {
            *target = str_of(all.at + i + 3, all.len - i - 3);
            return str_of(all.at, i);
        }
    *target = S("");
    return all;
}

// A letter of a name, so that alice@x is not found in malice@x or alice@x.example.
static bool is_name_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '@' || c == '-' || c == '_' ||
           c == '.' || c == '+' || (uint8_t)c >= 0x80;
}

static bool stands_alone(struct str words, size_t from, size_t to)
{
    bool ends_sentence = to < words.len && words.at[to] == '.' &&
                         (to + 1 == words.len || !is_name_letter(words.at[to + 1]));
    return (from == 0 || !is_name_letter(words.at[from - 1])) &&
           (to == words.len || ends_sentence || !is_name_letter(words.at[to]));
}

// `name` is in lower case.
static bool names(struct str words, struct str name)
{
    for (size_t i = 0; name.len && i + name.len <= words.len; i++)
        if (words.at[i] == name.at[0] && memcmp(words.at + i, name.at, name.len) == 0 &&
            stands_alone(words, i, i + name.len))
            return true;
    return false;
}

// One of the texts is the name, or ends with it behind a backslash.
static bool is_called(struct str words, struct str name)
{
    while (name.len && words.len) {
        struct str line = str_cut(&words, '\n');
        struct str tail = str_of(line.at + line.len - name.len, name.len);
        if (line.len >= name.len && str_equal(tail, name) &&
            (line.len == name.len || line.at[line.len - name.len - 1] == '\\'))
            return true;
        if (!words.at)
            break;
    }
    return false;
}

static struct str lower(struct verify_work *work, struct str text)
{
    char *at = arena_alloc(&work->out->arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        at[i] = ascii_lower(text.at[i]);
    return str_of(at, text.len);
}

// By its own text, or what else the account is called.
static bool names_account(struct verify_work *work, struct str words, struct str part)
{
    char room[VERIFY_KEY_SIZE];
    if (names(words, part))
        return true;
    const struct map_entry *entry = map_find(&work->accounts, verify_key(room, ENTITY_USER, part));
    for (const struct verify_alias *alias = entry ? entry->pointer : NULL; alias;
         alias = alias->next)
        if (names(words, lower(work, alias->other)))
            return true;
    return false;
}

// ---- steps ------------------------------------------------------------------------------------

struct inquest {
    const struct verify_incident *incident;
    const struct str *done_by;
    size_t done_count;
    struct str first, second; // of the target, in lower case; empty: none
    bool is_known;            // false: the report does not name the first
    bool *is_used;            // by record: it answers a target of this step
    struct str refused;       // Id of a record that would show it but is the attacker's
    struct str harm;          // Id of one that sets again what the step takes away
};

// Does the record do what the step says, whoever it is done to? *is_said: by a word of its own.
static bool shows(const struct inquest *q, const struct verify_record *record, bool *is_said)
{
    for (size_t i = 0; i < q->done_count; i++) {
        char room[VERIFY_OPERATION_SIZE];
        struct str word = q->done_by[i], operation = str_cut(&word, '|');
        *is_said = word.at != NULL;
        if (str_equal(verify_operation(room, operation), record->key) &&
            (!*is_said || str_contains_fold(record->words, str_trim(word))))
            return true;
    }
    return false;
}

// Whether the record does it to the target; *is_exact: it names this very thing.
static bool answers(struct verify_work *work, const struct inquest *q,
                    const struct verify_record *record, bool *is_exact)
{
    if (record->time <= q->incident->last || !shows(q, record, is_exact))
        return false;
    if (!q->first.len)
        return true;
    *is_exact = !q->second.len || is_called(record->words, q->second) ||
                (str_index(q->second, '@') < q->second.len &&
                 names_account(work, record->words, q->second));
    return !q->is_known || names_account(work, record->words, q->first);
}

// Of a session or token of an attacker's, or of an address or application of theirs that is not everybody's.
static bool is_attackers(const struct verify_work *work, const struct verify_record *record)
{
    bool is = record->is_attackers;
    for (int i = 0; i < VERIFY_USED; i++)
        for (uint32_t at = record->used[i]; at && !is; at = work->watches[at - 1].next)
            is = !work->watches[at - 1].is_context && !verify_is_shared(&work->watches[at - 1]);
    return is;
}

// The first record that does, exactly or not. One that names less than the target answers one target only, and
// only where it does not name another exactly: two rules are not removed by one removal.
static void ask(struct verify_work *work, struct inquest *q, bool wants_exact,
                struct verify_target *target)
{
    for (size_t i = 0; i < work->record_count && target->time == INSTANT_NONE; i++) {
        const struct verify_record *record = &work->records[i];
        bool is_exact;
        if (!answers(work, q, record, &is_exact) || is_exact != wants_exact)
            continue;
        if (record->is_harm) {
            q->harm = record->id;
        } else if (is_attackers(work, record)) {
            q->refused = q->refused.len ? q->refused : record->id;
        } else if (is_exact || !q->first.len || !q->is_used[i]) {
            q->is_used[i] = true;
            *target = (struct verify_target){target->text, record->time,      record->id,
                                             record->who,  record->operation, is_exact};
        }
    }
}

// Commands of Exchange are Verb-Noun or one word; changes of the directory are words with blanks.
static enum verify_feed feed_of(struct str done_by)
{
    struct str operation = str_trim(str_cut(&done_by, '|'));
    return str_index(operation, ' ') < operation.len ? FEED_DIRECTORY : FEED_EXCHANGE;
}

static void explain(struct verify_work *work, const struct inquest *q, struct verify_step *step)
{
    static const char *const feeds[] = {"Exchange", "the directory"};
    char time[INSTANT_SIZE];
    struct arena *arena = &work->out->arena;
    bool is_covered = false;
    for (size_t i = 0; i < q->done_count; i++)
        is_covered = is_covered || work->latest[feed_of(q->done_by[i])] > q->incident->last;
    if (!q->done_count) {
        step->status = VERIFY_CANNOT_SEE;
        step->why = S("no log shows it; ask those who were to do it");
    } else if (!is_covered) {
        step->status = VERIFY_CANNOT_SEE;
        step->why =
            arena_print(arena, "the logs hold no record of %s after %s",
                        feeds[feed_of(q->done_by[0])], instant_print(q->incident->last, time));
    } else if (q->refused.len) {
        step->status = VERIFY_NOT_YET;
        step->why = arena_print(arena,
                                "record %.*s shows it, but comes from an address, session or "
                                "application of the incident",
                                (int)q->refused.len, q->refused.at);
    } else if (q->harm.len) {
        step->status = VERIFY_NOT_YET;
        step->why = arena_print(arena, "record %.*s sets again what is to be taken away",
                                (int)q->harm.len, q->harm.at);
    } else {
        step->status = VERIFY_NOT_YET;
        step->why = S("no record shows it");
    }
}

static void ask_all(struct verify_work *work, struct inquest *q, bool wants_exact,
                    struct verify_step *step)
{
    for (size_t i = 0; i < step->target_count; i++) {
        struct str rest = step->targets[i].text;
        q->first = lower(work, verify_part(&rest));
        q->second = lower(work, rest);
        q->is_known = !str_starts(q->first, S("("));
        ask(work, q, wants_exact, &step->targets[i]);
    }
}

static void judge_step(struct verify_work *work, struct verify_incident *incident,
                       struct verify_step *step)
{
    size_t done = 0;
    struct inquest q = {.incident = incident, .refused = S(""), .harm = S("")};
    q.done_by = remedy_done_by(work->book, step->name, &q.done_count);
    q.is_used = memory_new(work->record_count + 1);
    if (q.done_count) {
        ask_all(work, &q, true, step);
        ask_all(work, &q, false, step);
    }
    free(q.is_used);
    for (size_t i = 0; i < step->target_count; i++) {
        int64_t time = step->targets[i].time;
        done += time != INSTANT_NONE;
        incident->last_step = time > incident->last_step ? time : incident->last_step;
    }
    step->why = S("");
    step->status = done == step->target_count ? VERIFY_DONE : VERIFY_PARTLY;
    if (!done)
        explain(work, &q, step);
}

// ---- incidents --------------------------------------------------------------------------------

static int by_time(const void *left, const void *right)
{
    const struct verify_record *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return str_compare(a->id, b->id);
}

static int by_text(const void *left, const void *right)
{
    const struct verify_thing *a = left, *b = right;
    return a->kind != b->kind ? (int)a->kind - (int)b->kind : str_compare(a->text, b->text);
}

static void add_thing(struct verify_work *work, struct verify_watch *watch)
{
    struct verify_incident *incident = &work->out->incidents[watch->incident];
    struct verify_thing *thing = &watch->thing;
    if (!thing->count && !thing->failures)
        return;
    thing->record = arena_copy(&work->out->arena, str_from(watch->record));
    thing->who = arena_copy(&work->out->arena, str_from(watch->who));
    for (uint32_t i = 0; i < watch->time_count; i++)
        thing->after_steps +=
            incident->last_step != INSTANT_NONE && watch->times[i] > incident->last_step;
    thing->is_shared = verify_is_shared(watch);
    incident->things[incident->thing_count++] = *thing;
    if (thing->is_shared)
        return;
    if (thing->count)
        incident->presence = VERIFY_ACTIVE;
    else if (incident->presence != VERIFY_ACTIVE)
        incident->presence = VERIFY_TRIED;
}

void verify_judge(struct verify_work *work)
{
    struct verification *out = work->out;
    uint32_t *counts = ARENA_ARRAY(&out->arena, uint32_t, out->incident_count + 1);
    if (work->record_count)
        qsort(work->records, work->record_count, sizeof *work->records, by_time);
    for (uint32_t i = 0; i < work->watch_count; i++)
        counts[work->watches[i].incident]++;
    for (size_t i = 0; i < out->incident_count; i++) {
        struct verify_incident *incident = &out->incidents[i];
        for (size_t k = 0; k < incident->step_count; k++)
            judge_step(work, incident, &incident->steps[k]);
        incident->presence = out->later ? VERIFY_QUIET : VERIFY_NO_LOGS;
        incident->things = ARENA_ARRAY(&out->arena, struct verify_thing, counts[i] + 1);
    }
    for (uint32_t i = 0; i < work->watch_count; i++)
        add_thing(work, &work->watches[i]);
    for (size_t i = 0; i < out->incident_count; i++)
        if (out->incidents[i].thing_count)
            qsort(out->incidents[i].things, out->incidents[i].thing_count,
                  sizeof(struct verify_thing), by_text);
}
