// From the workers' activities to findings and incidents.
// SPDX-License-Identifier: Apache-2.0
#include "engine/detect.h"

#include <assert.h>
#include <stdlib.h>

#include "baseline/knowledge.h"
#include "detector/detector.h"
#include "engine/investigate.h"
#include "engine/kept.h"
#include "engine/learn.h"
#include "engine/locate.h"
#include "engine/look_back.h"
#include "incident/dossier.h"
#include "incident/gap.h"
#include "incident/scope.h"

struct detecting {
    const struct worker *workers;
    unsigned worker_count;
    struct activity_part *parts; // the workers' and the state file's
    unsigned count;
    struct relay relay; // over these, without listeners
    struct knowledge *knowledge;
    struct linker *linker;
    struct scope *scope;
    struct dossier_set *dossiers;
    struct kept *kept; // NULL: no state file
    const struct scan_options *options;
    const struct input_list *list;
    const uint32_t *first_inputs;
    struct scan_result *result;
};

// The symbols of a table that stays as those of the first worker's.
static uint32_t *common_symbols(struct intern *common, const struct intern *own)
{
    uint32_t *symbols = memory_new((own->count + 1) * sizeof *symbols);
    for (uint32_t i = 0; i < own->count; i++)
        symbols[i] = intern_add(common, intern_text(own, i));
    return symbols;
}

// One walk over all activities for a single listener.
static bool walk(struct detecting *d, relay_hear *hear, struct error *error)
{
    struct relay relay = d->relay;
    relay.listeners = &(struct relay_listener){.hear = hear, .context = d};
    relay.listener_count = 1;
    return relay_run(&relay, error);
}

// ---- coverage ---------------------------------------------------------------------------------

struct covering {
    struct coverage_part *part;
    struct coverage_range *ranges;
    size_t capacity;
    struct arena *arena;
};

static bool on_range(const struct coverage_answer *range, void *context)
{
    struct covering *c = context;
    ARRAY_GROW(c->ranges, c->part->range_count, c->capacity);
    c->ranges[c->part->range_count++] =
        (struct coverage_range){.from = range->from,
                                .to = range->to,
                                .records = range->records,
                                .state = coverage_state_report(range->state),
                                .is_unsure = range->state == COVERAGE_CANNOT_TELL,
                                .why = arena_copy(c->arena, str_from(range->why)),
                                .how = arena_copy(c->arena, str_from(range->how))};
    c->part->has_feed = c->part->has_feed || range->records;
    return true;
}

static void report_coverage(struct detecting *d)
{
    struct scan_result *result = d->result;
    const struct coverage *coverage = knowledge_coverage(d->knowledge);
    result->coverage = ARENA_ARRAY(&result->arena, struct coverage_part, COVERAGE_SOURCE_COUNT);
    for (int s = 0; s < COVERAGE_SOURCE_COUNT; s++) {
        struct coverage_part *part = &result->coverage[result->coverage_count++];
        *part = (struct coverage_part){.source = coverage_source_name((enum coverage_source)s)};
        struct covering c = {.part = part, .arena = &result->arena};
        coverage_each_range(coverage, (enum coverage_source)s, on_range, &c);
        part->ranges = ARENA_ARRAY(&result->arena, struct coverage_range, part->range_count + 1);
        if (part->range_count)
            memcpy(part->ranges, c.ranges, part->range_count * sizeof *part->ranges);
        free(c.ranges);
    }
}

// ---- incidents --------------------------------------------------------------------------------

static void hear_link(void *context, size_t number, const struct relay_batch *batch)
{
    const struct detecting *d = context;
    (void)number;
    for (size_t i = 0; i < batch->count; i++)
        linker_see(d->linker, &batch->rows[i]);
}

static void hear_trace(void *context, size_t number, const struct relay_batch *batch)
{
    const struct detecting *d = context;
    (void)number;
    for (size_t i = 0; i < batch->count; i++)
        scope_trace(d->scope, &batch->rows[i]);
}

static void hear_scope(void *context, size_t number, const struct relay_batch *batch)
{
    const struct detecting *d = context;
    uint32_t numbers[SCOPE_NUMBERS];
    (void)number;
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t count = scope_see(d->scope, &batch->rows[i], numbers);
        dossier_see(d->dossiers, &batch->rows[i], numbers, count);
    }
}

// Records of earlier runs may be in any input of their time.
static bool wants_input(void *context, uint32_t input)
{
    struct detecting *d = context;
    const struct scan_input *one = &d->result->inputs[input];
    return scope_wants_input(d->scope, input) ||
           (d->kept && one->sources[SOURCE_M365_AUDIT] && one->first != INSTANT_NONE &&
            scope_wants_time(d->scope, one->first, one->last));
}

static bool wants_any_input(void *context, uint32_t input)
{
    const struct scan_input *one = &((struct detecting *)context)->result->inputs[input];
    return one->sources[SOURCE_M365_AUDIT] || one->sources[SOURCE_MESSAGE_TRACE];
}

static bool wants_message(void *context, struct str text)
{
    return scope_wants_text(((struct detecting *)context)->scope, text);
}

static void on_record(void *context, const struct event *event, const struct field_slots *slots)
{
    struct detecting *d = context;
    (void)slots;
    if (scope_wants(d->scope, event->identity))
        scope_record(d->scope, event);
}

static void on_join(void *context, const struct event *event, const struct field_slots *slots)
{
    struct detecting *d = context;
    if (event->source == SOURCE_M365_AUDIT || event->source == SOURCE_MESSAGE_TRACE)
        scope_join(d->scope, slots);
}

static void add_tag(struct str id, void *context)
{
    message_tags_add(context, id);
}

// Where the records stand that may name the messages. NULL: not known, or nowhere.
static uint64_t *find_messages(const struct detecting *d, bool *is_known, size_t *count)
{
    const struct message_log **logs = memory_new(d->worker_count * sizeof *logs);
    struct message_tags tags = {0};
    uint64_t *positions = NULL;
    for (unsigned i = 0; i < d->worker_count; i++)
        logs[i] = &d->workers[i].messages;
    scope_each_id(d->scope, add_tag, &tags);
    *is_known = message_log_find(logs, d->worker_count, &tags, &positions, count);
    message_tags_done(&tags);
    free(logs);
    return positions;
}

static void read_messages(struct detecting *d, struct look_back look)
{
    bool is_known;
    uint64_t *positions = find_messages(d, &is_known, &look.position_count);
    look.positions = positions;
    look.wants_input = wants_any_input;
    look.wants_text = wants_message;
    look.visit = on_join;
    look.want = scope_want;
    if (!is_known || positions)
        look_back_run(&look);
    free(positions);
}

static bool read_again(struct detecting *d, struct error *error)
{
    struct look_back look = {.options = d->options,
                             .list = d->list,
                             .first_inputs = d->first_inputs,
                             .inputs = d->result->inputs,
                             .wants_input = wants_input,
                             .visit = on_record,
                             .context = d};
    if (d->kept && !kept_scope_readings(d->kept, d->scope, error))
        return false;
    // Where records of earlier runs stand, if they are among the inputs, is not known.
    if (!scope_has_missing(d->scope))
        look.positions = scope_positions(d->scope, &look.position_count);
    d->result->unread_again = look_back_run(&look);
    if (d->kept && !kept_scope_found(d->kept, d->scope, error))
        return false;
    if (scope_wants_join(d->scope))
        read_messages(d, look);
    return true;
}

static bool make_incidents(struct detecting *d, struct error *error)
{
    struct incident_list *incidents = &d->result->incidents;
    d->linker = linker_new(d->knowledge, &d->result->findings);
    bool is_done = walk(d, hear_link, error);
    linker_finish(d->linker, incidents);
    if (is_done && incidents->count) {
        d->scope = scope_new(d->knowledge, d->linker, incidents);
        if (d->kept)
            scope_keep(d->scope, &(struct scope_keeper){kept_reading, kept_found, d->kept});
        for (int i = 0; i < SCOPE_TRACES && is_done; i++) {
            is_done = walk(d, hear_trace, error);
            if (!scope_trace_end(d->scope))
                break;
        }
        d->dossiers = dossier_set_new(d->knowledge, &d->result->findings, incidents);
        is_done = is_done && walk(d, hear_scope, error);
        dossier_set_finish(d->dossiers);
        is_done = read_again(d, error) && is_done;
        scope_finish(d->scope);
        scope_free(d->scope);
        for (size_t i = 0; i < incidents->count; i++)
            incident_find_gaps(&incidents->items[i], knowledge_coverage(d->knowledge),
                               &incidents->arena);
    }
    incident_list_sort(incidents);
    if (is_done && incidents->count)
        investigate_run(d->dossiers, d->options, d->result, d->worker_count);
    dossier_set_free(d->dossiers);
    linker_free(d->linker);
    return is_done;
}

// ---- all --------------------------------------------------------------------------------------

static void hear_part(void *context, size_t number, const struct relay_batch *batch)
{
    detector_run_see_part(context, number, batch->rows, batch->notes, batch->count);
}

static bool run_detectors(const struct detecting *d, struct detector_run *run, struct error *error)
{
    struct relay relay = d->relay;
    struct relay_listener listeners[RELAY_LISTENERS];
    relay.listeners = listeners;
    relay.listener_count = detector_run_parts(run);
    assert(relay.listener_count <= RELAY_LISTENERS);
    for (size_t i = 0; i < relay.listener_count; i++)
        listeners[i] = (struct relay_listener){hear_part, run, i};
    learn_note_issuances(d->knowledge, &relay);
    return relay_run(&relay, error);
}

static bool detect(struct detecting *d, struct error *error)
{
    struct finding_list *findings = &d->result->findings;
    struct detector_run *run = detector_run_new(d->knowledge);
    bool is_done = run_detectors(d, run, error);
    if (is_done)
        detector_run_end(run, findings);
    detector_run_free(run);
    if (d->options->database_count)
        locate_findings(findings, d->knowledge);
    finding_list_sort(findings);
    return is_done;
}

// How the inputs were read says what may be missing.
static void tell_inputs(struct detecting *d)
{
    if (d->kept)
        kept_tell(d->kept, d->options, d->knowledge);
    else
        knowledge_tell_window(d->knowledge, d->options->since, d->options->until);
    for (size_t i = 0; i < d->result->input_count; i++) {
        const struct scan_input *input = &d->result->inputs[i];
        for (int s = 0; s < SOURCE_COUNT; s++)
            if (input->sources[s])
                knowledge_tell_input(d->knowledge, (enum source_id)s, input->records,
                                     input->unread_count, input->first, input->last);
    }
}

// Walked over again and again: once in order is enough. What is kept is asked for by parts.
static void join_activities(struct detecting *d, struct worker *workers)
{
    struct activity_log *joined = d->kept ? NULL : activity_log_join(d->parts, d->count);
    if (!joined)
        return;
    for (unsigned i = 0; i < d->worker_count; i++) {
        activity_log_free(workers[i].activities);
        workers[i].activities = NULL;
    }
    workers[0].activities = joined;
    d->parts[0] = (struct activity_part){joined, NULL};
    d->count = 1;
}

bool detect_run(struct worker *workers, unsigned count, const struct scan_options *options,
                const struct input_list *list, const uint32_t *first_inputs,
                struct scan_result *result, struct error *error)
{
    struct kept *kept = workers[0].shared->kept;
    struct detecting d = {.workers = workers,
                          .worker_count = count,
                          .count = count,
                          .kept = kept,
                          .options = options,
                          .list = list,
                          .first_inputs = first_inputs,
                          .result = result};
    struct intern *texts = &workers[0].texts;
    uint32_t **symbols = memory_new((count + 1) * sizeof *symbols);
    d.parts = memory_new((count + 1) * sizeof *d.parts);
    for (unsigned i = 0; i < count; i++) {
        symbols[i] = i ? intern_move(texts, &workers[i].texts) : NULL;
        d.parts[i] = (struct activity_part){workers[i].activities, symbols[i]};
    }
    if (kept) {
        symbols[count] = common_symbols(texts, kept_texts(kept));
        kept_texts_done(kept);
        d.parts[d.count++] = (struct activity_part){kept_activities(kept), symbols[count]};
    }
    join_activities(&d, workers);
    memory_trim();
    d.relay = (struct relay){.parts = d.parts, .part_count = d.count, .threads = count};
    d.knowledge = knowledge_new(texts);
    for (size_t i = 0; i < options->database_count; i++)
        knowledge_add_database(d.knowledge, options->databases[i]);
    tell_inputs(&d);
    bool is_done = learn_run(d.knowledge, &d.relay, error);
    if (is_done)
        report_coverage(&d);
    if (is_done && !options->is_coverage_only)
        is_done = detect(&d, error) && make_incidents(&d, error);
    if (is_done && kept)
        is_done = kept_take_activities(kept, d.parts, d.count, texts, error);
    knowledge_free(d.knowledge);
    for (unsigned i = 0; i < count + 1; i++)
        free(symbols[i]);
    free(symbols);
    free(d.parts);
    return is_done;
}
