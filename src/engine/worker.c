// From a chunk's records to matches, observations and counts.
// SPDX-License-Identifier: Apache-2.0
#include "engine/worker.h"

#include <stdlib.h>

#include "base/hash.h"
#include "engine/kept.h"

// Records with an Id that a summary tells apart: beyond, copies are summed up as often as they come.
#define SUMMED_LIMIT ((size_t)64 << 20)

// Of many threads each still gets a quarter: shorter runs would be so many that reading them back took more.
#define SHARES 4

static size_t share(size_t limit, unsigned threads)
{
    return limit / (threads < SHARES ? threads : SHARES);
}

void worker_init(struct worker *worker, const struct worker_shared *shared)
{
    *worker = (struct worker){.shared = shared};
    worker->matcher = matcher_new(shared->program);
    worker->reader = reader_new();
    worker->findings = finding_collector_new(shared->rules);
    worker->observations = observation_log_new(share(OBSERVATION_MEMORY_LIMIT, shared->threads));
    worker->prospects = correlation_prospects(shared->correlations);
    worker->sightings = sighting_log_new(share(SIGHTING_MEMORY_LIMIT, shared->threads));
    if (shared->options->is_summary)
        worker->tallies = tally_set_new();
    buf_init(&worker->packed);
    if (shared->kept) {
        worker->matched = observation_log_new(OBSERVATION_MEMORY_LIMIT);
        worker->readings = observation_log_new(OBSERVATION_MEMORY_LIMIT);
    }
    if (shared->options->is_detecting) {
        worker->activities = activity_log_new(share(ACTIVITY_MEMORY_LIMIT, shared->threads));
        activity_texts_init(&worker->texts);
        worker->activity_memo = activity_memo_new();
    }
    for (int s = 0; s < SOURCE_COUNT; s++)
        field_slots_init(&worker->entity_slots[s], shared->entity_plans[s]);
    arena_init(&worker->arena);
}

void worker_end_reading(struct worker *worker)
{
    matcher_free(worker->matcher);
    reader_free(worker->reader);
    activity_memo_free(worker->activity_memo);
    intern_forget_recent(&worker->texts);
    sighting_log_free(worker->sightings);
    keyset_done(&worker->summed);
    worker->activity_memo = NULL;
    worker->matcher = NULL;
    worker->reader = NULL;
    worker->sightings = NULL;
}

void worker_end_matches(struct worker *worker)
{
    finding_collector_free(worker->findings);
    observation_log_free(worker->observations);
    prospects_free(worker->prospects);
    worker->prospects = NULL;
    worker->findings = NULL;
    worker->observations = NULL;
}

void worker_done(struct worker *worker)
{
    worker_end_reading(worker);
    worker_end_matches(worker);
    observation_log_free(worker->matched);
    observation_log_free(worker->readings);
    free(worker->items.items);
    buf_done(&worker->packed);
    tally_set_free(worker->tallies);
    activity_log_free(worker->activities);
    intern_done(&worker->texts);
    message_log_done(&worker->messages);
    for (int s = 0; s < SOURCE_COUNT; s++)
        field_slots_done(&worker->entity_slots[s]);
    for (size_t i = 0; i < worker->input_capacity; i++)
        free(worker->inputs[i].unread);
    free(worker->inputs);
    arena_done(&worker->arena);
}

static struct input_counts *counts_of(struct worker *worker, size_t input)
{
    if (input >= worker->input_capacity) {
        size_t old = worker->input_capacity, bigger = (input + 1) * 2;
        worker->inputs = memory_grow(worker->inputs, bigger * sizeof *worker->inputs);
        memset(worker->inputs + old, 0, (bigger - old) * sizeof *worker->inputs);
        for (size_t i = old; i < bigger; i++)
            worker->inputs[i].first = worker->inputs[i].last = INSTANT_NONE;
        worker->input_capacity = bigger;
    }
    return &worker->inputs[input];
}

static void widen(int64_t *first, int64_t *last, int64_t time)
{
    if (time == INSTANT_NONE)
        return;
    if (*first == INSTANT_NONE || time < *first)
        *first = time;
    if (*last == INSTANT_NONE || time > *last)
        *last = time;
}

// ---- matches ----------------------------------------------------------------------------------

static void collect_entities(struct worker *worker)
{
    if (worker->has_entities)
        return;
    struct field_slots *slots = &worker->entity_slots[worker->event.source];
    field_fill(slots, &worker->event);
    entity_collect(&worker->event, slots, &worker->arena, &worker->entities);
    worker->has_entities = true;
}

// What stands for the Id of a record that has none: "logs/a.json@1024".
static struct str where_of(struct worker *worker)
{
    if (worker->event.id.len)
        return str_of("", 0);
    uint64_t offset = worker->event.position & WORKER_OFFSET_MASK;
    return arena_print(&worker->arena, "%s@%llu", worker->path, (unsigned long long)offset);
}

static void observe(struct worker *worker, const struct sigma_rule *rule)
{
    size_t count;
    const struct str *fields =
        correlation_fields(worker->shared->correlations, rule->index, &count);
    if (!fields)
        return;
    struct str *values = ARENA_ARRAY(&worker->arena, struct str, count + 1);
    uint64_t *hashes = ARENA_ARRAY(&worker->arena, uint64_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        values[i] = matcher_field_text(worker->matcher, &worker->event, fields[i]);
        hashes[i] = values[i].at ? hash_fold(values[i]) : 0;
    }
    struct entity_list sketch;
    entity_sketch(&worker->event, matcher_slots(worker->matcher, worker->event.source), &sketch);
    struct observation observation = {
        .rule = rule->index,
        .time = worker->event.time,
        .identity = worker->event.identity,
        .position = worker->event.position,
        .id = worker->event.id,
        .where = where_of(worker),
        .values = values,
        .hashes = hashes,
        .entities = entity_pack(&worker->arena, &sketch),
    };
    struct error error;
    observation.prospect = prospects_count(worker->prospects, &observation);
    if (!observation_log_add(worker->observations, &observation, count, &error) &&
        !worker->trouble.text[0])
        worker->trouble = error;
}

// For the state file: what finding_add is told, for the next run to tell again.
static void keep_match(struct worker *worker, const struct sigma_rule *rule, struct str where)
{
    struct error error;
    struct observation match = {.rule = rule->index,
                                .time = worker->event.time,
                                .identity = worker->event.identity,
                                .position = worker->event.position,
                                .id = worker->event.id,
                                .where = where,
                                .entities = entity_pack(&worker->arena, &worker->entities)};
    if (!observation_log_add(worker->matched, &match, 0, &error) && !worker->trouble.text[0])
        worker->trouble = error;
}

static void on_match(const struct sigma_rule *rule, void *context)
{
    struct worker *worker = context;
    if (!rule->is_silent)
        collect_entities(worker);
    observe(worker, rule);
    if (rule->is_silent)
        return;
    struct str where = where_of(worker);
    finding_add(worker->findings, rule, &worker->event, &worker->entities, where);
    if (worker->matched)
        keep_match(worker, rule, where);
    worker->matches++;
}

// ---- records ----------------------------------------------------------------------------------

// Ids are GUIDs in either case: bit 5 of every byte is set before hashing, which folds the letters and
// leaves digits and dashes alone.
static uint64_t id_hash(struct str id)
{
    uint64_t hash = id.len * UINT64_C(0x9e3779b97f4a7c15);
    size_t i = 0;
    for (; i + 8 <= id.len; i += 8) {
        uint64_t word;
        memcpy(&word, id.at + i, sizeof word);
        hash = hash_mix(hash ^ (word | UINT64_C(0x2020202020202020)));
    }
    uint64_t tail = 0;
    memcpy(&tail, id.at + i, id.len - i);
    return hash_mix(hash ^ (tail | UINT64_C(0x2020202020202020)));
}

// Copies are counted when all is read.
static void remember(struct worker *worker, uint32_t input)
{
    struct error error;
    if (!sighting_log_add(worker->sightings, worker->event.identity, input, &error) &&
        !worker->trouble.text[0])
        worker->trouble = error;
}

void worker_count_duplicate(uint32_t input, void *context)
{
    counts_of(context, input)->duplicates++;
}

void worker_identify(struct event *event, const struct chunk *chunk, const struct record *record,
                     uint32_t input)
{
    event->position = (uint64_t)input << WORKER_POSITION_BITS | record->offset;
    if (event->id.len)
        event->identity = id_hash(event->id);
    else
        event->identity =
            hash_bytes(chunk->bytes + (record->offset - chunk->offset), record->size, 11);
}

// Each record once: one thread reads for summaries.
static void add_to_summary(struct worker *worker)
{
    struct event *event = &worker->event;
    if (event->id.len && worker->summed.count < SUMMED_LIMIT &&
        !keyset_add(&worker->summed, event->identity))
        return;
    struct field_slots *slots = &worker->entity_slots[event->source];
    collect_entities(worker);
    tally_event(worker->tallies, event, slots, &worker->entities);
}

// For the state file: the messages and folders that an access names, which may turn out to be an attacker's in
// a run that no longer has the record.
static void keep_reading(struct worker *worker, const struct activity *activity)
{
    struct error error;
    const struct event *event = &worker->event;
    bool is_sync = activity->flags & ACTIVITY_IS_SYNC;
    if (activity->kind != ACTIVITY_MAIL_ACCESS || !activity->mailbox ||
        !knowledge_is_token_bearing(activity))
        return;
    worker->items.count = 0;
    scope_read(event, is_sync, &worker->items);
    struct scope_reading reading = {.identity = event->identity,
                                    .record = event->id,
                                    .is_sync = is_sync,
                                    .items = worker->items.items,
                                    .count = worker->items.count};
    if (!kept_add_reading(worker->readings, &reading, event->time, &worker->packed, &error) &&
        !worker->trouble.text[0])
        worker->trouble = error;
}

// The same of subjects and senders of messages.
static void keep_hint(struct worker *worker, const struct field_slots *slots)
{
    struct error error;
    struct scope_found hint;
    const struct event *event = &worker->event;
    if ((event->source == SOURCE_M365_AUDIT || event->source == SOURCE_MESSAGE_TRACE) &&
        scope_read_found(slots, &hint) &&
        !kept_add_hint(worker->readings, &hint, event->time, &worker->packed, &error) &&
        !worker->trouble.text[0])
        worker->trouble = error;
}

// What detectors will look at once all is read, in order of time.
static void keep_activity(struct worker *worker, struct field_slots *slots)
{
    struct event *event = &worker->event;
    struct activity activity;
    struct error error;
    if (event->source == SOURCE_ANY_JSON || event->source == SOURCE_AZURE_ACTIVITY)
        return;
    activity_memo_read(worker->activity_memo, event, slots, &worker->texts, &activity);
    if (worker->readings) {
        keep_reading(worker, &activity);
        keep_hint(worker, slots);
    }
    if (!event->id.len)
        activity.id_text = intern_add(&worker->texts, where_of(worker));
    if (!activity_log_add(worker->activities, &activity, &error) && !worker->trouble.text[0])
        worker->trouble = error;
}

static enum source_id read_record(struct worker *worker, const struct chunk *chunk,
                                  const struct record *record, uint32_t input, enum source_id hint)
{
    const struct scan_options *options = worker->shared->options;
    struct input_counts *counts = counts_of(worker, input);
    struct event *event = &worker->event;
    enum source_id source = recogniser_find(&worker->recogniser, record, hint);
    *event = (struct event){.source = source,
                            .record = record->value,
                            .outer = record->outer,
                            .time = INSTANT_NONE,
                            .is_day_first = chunk->container->is_day_first};
    worker->has_entities = false;
    if (worker->arena.used)
        arena_reset(&worker->arena);
    struct field_slots *slots = matcher_fill(worker->matcher, event);
    sources[source]->finish(slots, event);
    if (worker->activities)
        activity_memo_expect(worker->activity_memo, event, slots);
    worker_identify(event, chunk, record, input);
    counts->records++;
    worker->records++;
    counts->sources[source] = true;
    widen(&counts->first, &counts->last, event->time);
    // Of those filtered, too: they may say what a message is called.
    if (worker->activities && (source == SOURCE_M365_AUDIT || source == SOURCE_MESSAGE_TRACE))
        message_log_add(&worker->messages, slots, event->position);
    if (event->time != INSTANT_NONE &&
        ((options->since != INSTANT_NONE && event->time < options->since) ||
         (options->until != INSTANT_NONE && event->time >= options->until))) {
        counts->filtered++;
        if (event->id.len)
            remember(worker, input);
        return source;
    }
    if (event->id.len)
        remember(worker, input);
    if (worker->tallies)
        add_to_summary(worker);
    if (worker->activities)
        activity_memo_fetch(worker->activity_memo);
    matcher_run(worker->matcher, event, on_match, worker);
    if (worker->activities)
        keep_activity(worker, slots);
    return source;
}

static void add_unread(struct worker *worker, const struct unread *unread, uint32_t input)
{
    struct input_counts *counts = counts_of(worker, input);
    counts->unread_count++;
    worker->unread++;
    if (counts->unread_listed >= SCAN_UNREAD_LIMIT)
        return;
    ARRAY_GROW(counts->unread, counts->unread_listed, counts->unread_capacity);
    counts->unread[counts->unread_listed++] = *unread;
}

void worker_chunk(struct worker *worker, const struct chunk *chunk, uint32_t input,
                  const char *path)
{
    struct record record;
    struct unread unread;
    enum source_id hint = SOURCE_COUNT;
    enum read_result result;
    worker->path = path;
    for (size_t i = 0; i < chunk->unread_count; i++)
        add_unread(worker, &chunk->unread[i], input);
    reader_start(worker->reader, chunk);
    while ((result = reader_next(worker->reader, &record, &unread)) != READ_END) {
        if (result == READ_RECORD) {
            hint = read_record(worker, chunk, &record, input, hint);
            continue;
        }
        if (worker->shared->options->needs_lines && !unread.line)
            unread.line = chunk_line_at(chunk, unread.offset);
        add_unread(worker, &unread, input);
    }
}

// ---- merging ----------------------------------------------------------------------------------

static int by_offset(const void *a, const void *b)
{
    const struct unread *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void merge_counts(struct input_counts *into, struct input_counts *from)
{
    into->records += from->records;
    into->duplicates += from->duplicates;
    into->unread_count += from->unread_count;
    into->filtered += from->filtered;
    widen(&into->first, &into->last, from->first);
    widen(&into->first, &into->last, from->last);
    for (int s = 0; s < SOURCE_COUNT; s++)
        into->sources[s] = into->sources[s] || from->sources[s];
    for (size_t i = 0; i < from->unread_listed; i++) {
        ARRAY_GROW(into->unread, into->unread_listed, into->unread_capacity);
        into->unread[into->unread_listed++] = from->unread[i];
    }
    if (into->unread_listed)
        qsort(into->unread, into->unread_listed, sizeof *into->unread, by_offset);
    if (into->unread_listed > SCAN_UNREAD_LIMIT)
        into->unread_listed = SCAN_UNREAD_LIMIT;
}

void worker_merge(struct worker *into, struct worker *from)
{
    for (size_t i = 0; i < from->input_capacity; i++) {
        struct input_counts *counts = &from->inputs[i];
        if (counts->records || counts->unread_count || counts->duplicates)
            merge_counts(counts_of(into, i), counts);
    }
    finding_merge(into->findings, from->findings);
    prospects_merge(into->prospects, from->prospects);
    into->matches += from->matches;
    if (!into->trouble.text[0])
        into->trouble = from->trouble;
}
