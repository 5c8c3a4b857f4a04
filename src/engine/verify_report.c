// Reads an earlier report.json: incidents, their steps, and what was the attacker's.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/encode.h"
#include "base/json.h"
#include "engine/report_file.h"
#include "engine/verify_parts.h"
#include "event/app_name.h"

// Of targets of one step; more than a report lists (REMEDY_TARGET_LIMIT).
#define TARGET_LIMIT 10000

static struct str text_of(struct verify_work *work, struct json object, const char *key)
{
    return arena_copy(&work->out->arena, json_str(json_find(object, str_from(key))));
}

static int64_t time_of(struct json object, const char *key)
{
    return instant_parse_rfc3339(json_str(json_find(object, str_from(key))));
}

static size_t count_of(struct json array, size_t limit)
{
    size_t count = 0;
    for (struct json_element e = json_elements(array); count < limit && json_element_next(&e);)
        count++;
    return count;
}

// ---- steps ------------------------------------------------------------------------------------

static void read_targets(struct verify_work *work, struct json list, struct verify_step *step)
{
    size_t count = count_of(list, TARGET_LIMIT);
    step->targets = ARENA_ARRAY(&work->out->arena, struct verify_target, count + 1);
    for (struct json_element e = json_elements(list);
         step->target_count < count && json_element_next(&e);)
        step->targets[step->target_count++] = (struct verify_target){
            .text = arena_copy(&work->out->arena, json_str(e.value)), .time = INSTANT_NONE};
    if (!count) // the incident as a whole
        step->targets[step->target_count++] = (struct verify_target){.time = INSTANT_NONE};
}

static void want_operations(struct verify_work *work, struct str name)
{
    size_t count;
    const struct str *done_by = remedy_done_by(work->book, name, &count);
    for (size_t i = 0; i < count; i++) {
        struct str rest = done_by[i];
        char room[VERIFY_OPERATION_SIZE];
        struct str operation = verify_operation(room, str_cut(&rest, '|'));
        map_add(&work->operations, arena_copy(&work->out->arena, operation), NULL);
    }
}

// Directory records may name an account by its object id: what else it is called is learned from the logs.
static void want_account(struct verify_work *work, struct str target)
{
    char room[VERIFY_KEY_SIZE];
    struct str key = verify_key(room, ENTITY_USER, verify_part(&target));
    if (!map_find(&work->accounts, key))
        map_add(&work->accounts, arena_copy(&work->out->arena, key), NULL);
}

static void read_steps(struct verify_work *work, struct json list, struct verify_incident *incident)
{
    size_t count = count_of(list, REMEDY_STEP_LIMIT);
    incident->steps = ARENA_ARRAY(&work->out->arena, struct verify_step, count + 1);
    for (struct json_element e = json_elements(list);
         incident->step_count < count && json_element_next(&e);) {
        struct verify_step *step = &incident->steps[incident->step_count++];
        step->name = text_of(work, e.value, "name");
        step->step = text_of(work, e.value, "step");
        read_targets(work, json_find(e.value, S("targets")), step);
        for (size_t i = 0; i < step->target_count; i++)
            want_account(work, step->targets[i].text);
        want_operations(work, step->name);
    }
}

// ---- the attacker's things --------------------------------------------------------------------

static struct str lower(char *room, int len)
{
    size_t size = len < VERIFY_KEY_SIZE ? (size_t)len : VERIFY_KEY_SIZE - 1;
    for (size_t i = 0; i < size; i++)
        room[i] = ascii_lower(room[i]);
    return str_of(room, size);
}

struct str verify_key(char room[VERIFY_KEY_SIZE], enum entity_kind kind, struct str text)
{
    return lower(room, snprintf(room, VERIFY_KEY_SIZE, "%s:%.*s", entity_kind_name(kind),
                                (int)text.len, text.at));
}

struct str verify_person(char room[VERIFY_KEY_SIZE], uint32_t incident, struct str user)
{
    return lower(room, snprintf(room, VERIFY_KEY_SIZE, "%u:%.*s", (unsigned)incident, (int)user.len,
                                user.at));
}

// The first to name a thing says whether it is context.
static void watch(struct verify_work *work, uint32_t incident, enum entity_kind kind,
                  struct str text, bool is_context)
{
    char room[VERIFY_KEY_SIZE];
    if (!text.len || work->watch_count == VERIFY_THING_LIMIT)
        return;
    struct arena *arena = &work->out->arena;
    struct str key = verify_key(room, kind, text);
    struct map_entry *entry = map_find(&work->keys, key);
    if (!entry)
        entry = map_add(&work->keys, arena_copy(arena, key), NULL);
    for (uint64_t at = entry->number; at; at = work->watches[at - 1].next)
        if (work->watches[at - 1].incident == incident)
            return;
    ARRAY_GROW(work->watches, work->watch_count, work->watch_capacity);
    work->watches[work->watch_count++] =
        (struct verify_watch){.thing = {.kind = kind,
                                        .text = arena_copy(arena, text),
                                        .first = INSTANT_NONE,
                                        .last = INSTANT_NONE},
                              .incident = incident,
                              .is_context = is_context,
                              .next = (uint32_t)entry->number};
    entry->number = work->watch_count;
}

// An application that is anybody's tells nothing of the attacker.
static bool is_telling(enum entity_kind kind, struct str text)
{
    uint8_t guid[16];
    bool is_app = kind == ENTITY_APP || kind == ENTITY_CLIENT_APP;
    return !is_app || (guid_parse(text, guid) && !app_name_find(text));
}

// What the attacker used, as the steps name it: rules ("mailbox / rule"), addresses, applications. *has_addresses
// and *has_apps: whether they do.
static void watch_targets(struct verify_work *work, uint32_t number, bool *has_addresses,
                          bool *has_apps)
{
    const struct verify_incident *incident = &work->out->incidents[number];
    *has_addresses = *has_apps = false;
    for (size_t i = 0; i < incident->step_count; i++) {
        const struct verify_step *step = &incident->steps[i];
        enum remedy_kind of = remedy_kind_of(work->book, step->name);
        bool is_app = of == REMEDY_APP || of == REMEDY_CONSENT || of == REMEDY_CREDENTIAL;
        if (!is_app && of != REMEDY_RULE && of != REMEDY_ADDRESS)
            continue;
        enum entity_kind kind = is_app ? ENTITY_APP : of == REMEDY_RULE ? ENTITY_RULE : ENTITY_IP;
        for (size_t t = 0; t < step->target_count; t++) {
            struct str text = step->targets[t].text; // of an application the id, then its name
            struct str thing = is_app ? verify_part(&text) : text;
            if (!is_app || is_telling(ENTITY_APP, thing))
                watch(work, number, kind, thing, false);
        }
        *has_addresses = *has_addresses || kind == ENTITY_IP;
        *has_apps = *has_apps || is_app;
    }
}

static void watch_entities(struct verify_work *work, struct json entities, uint32_t incident,
                           enum entity_kind kind, bool is_context)
{
    struct json list = json_find(entities, str_from(entity_kind_name(kind)));
    for (struct json_element e = json_elements(list); json_element_next(&e);)
        if (is_telling(kind, json_str(e.value)))
            watch(work, incident, kind == ENTITY_CLIENT_APP ? ENTITY_APP : kind, json_str(e.value),
                  is_context);
}

static void read_people(struct verify_work *work, struct json entities, uint32_t incident)
{
    static const char *const kinds[] = {"user", "mailbox"};
    for (size_t k = 0; k < 2; k++)
        for (struct json_element e = json_elements(json_find(entities, str_from(kinds[k])));
             json_element_next(&e);) {
            char room[VERIFY_KEY_SIZE];
            struct str key = verify_person(room, incident, json_str(e.value));
            if (!map_find(&work->people, key))
                map_add(&work->people, arena_copy(&work->out->arena, key), NULL);
        }
}

static void read_things(struct verify_work *work, struct json entities, uint32_t incident)
{
    bool has_addresses, has_apps;
    watch_targets(work, incident, &has_addresses, &has_apps);
    watch_entities(work, entities, incident, ENTITY_IP, has_addresses);
    watch_entities(work, entities, incident, ENTITY_APP, has_apps);
    watch_entities(work, entities, incident, ENTITY_CLIENT_APP, has_apps);
    watch_entities(work, entities, incident, ENTITY_SESSION, false);
    watch_entities(work, entities, incident, ENTITY_TOKEN, false);
    read_people(work, entities, incident);
}

// ---- all --------------------------------------------------------------------------------------

static void read_incident(struct verify_work *work, struct json object)
{
    uint32_t number = (uint32_t)work->out->incident_count++;
    struct verify_incident *incident = &work->out->incidents[number];
    *incident = (struct verify_incident){.id = text_of(work, object, "id"),
                                         .title = text_of(work, object, "title"),
                                         .last = time_of(object, "last"),
                                         .last_step = INSTANT_NONE};
    read_steps(work, json_find(object, S("remediation")), incident);
    read_things(work, json_find(object, S("entities")), number);
}

// How far the logs went; a record dated after the report was written says nothing of that.
static int64_t end_of(struct json report)
{
    int64_t end = INSTANT_NONE, written = time_of(report, "generated_at");
    for (struct json_element e = json_elements(json_find(report, S("inputs")));
         json_element_next(&e);) {
        int64_t last = time_of(e.value, "last");
        if (last > end && (written == INSTANT_NONE || last <= written))
            end = last;
    }
    return end;
}

static void read_json(struct verify_work *work, struct json report)
{
    struct verification *out = work->out;
    struct json list = json_find(report, S("incidents"));
    size_t count = count_of(list, VERIFY_INCIDENT_LIMIT);
    out->incidents = ARENA_ARRAY(&out->arena, struct verify_incident, count + 1);
    out->until = end_of(report);
    for (struct json_element e = json_elements(list);
         out->incident_count < count && json_element_next(&e);)
        read_incident(work, e.value);
    for (size_t i = 0; i < out->incident_count; i++)
        if (out->until == INSTANT_NONE || out->incidents[i].last > out->until)
            out->until = out->incidents[i].last;
}

// The report itself, or that of the folder.
bool verify_read_report(struct verify_work *work, struct str path, struct error *error)
{
    struct report_file file;
    struct arena *arena = &work->out->arena;
    bool is_read = report_file_open(&file, arena_copy(arena, path).at, error);
    work->out->report = arena_copy(arena, str_from(file.path));
    if (is_read)
        read_json(work, file.root);
    report_file_close(&file);
    return is_read;
}
