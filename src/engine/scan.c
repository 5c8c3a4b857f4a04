// The scan: inputs are cut into chunks, worker threads read the chunks, and what they found is merged.
// SPDX-License-Identifier: Apache-2.0
#include "engine/scan.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "engine/caps.h"
#include "engine/cite.h"
#include "engine/copies.h"
#include "engine/detect.h"
#include "engine/kept.h"
#include "engine/kept_workers.h"
#include "input/input.h"

#define THREAD_LIMIT 256

// One file or archive member while it is being read; freed when its last chunk is done.
struct stream {
    struct framer *framer;
    uint32_t input;
    const char *path;
    atomic_uint pending; // chunks under way, and one for the reading itself
};

struct job {
    struct chunk *chunk;
    struct stream *stream;
};

// Chunks waiting for a worker.
struct queue {
    pthread_mutex_t lock;
    pthread_cond_t is_filled;
    struct job jobs[2 * THREAD_LIMIT];
    unsigned head, count, limit;
    bool is_closed;
};

struct scan {
    const struct scan_options *options;
    struct sigma_set *rules; // the options' or none
    struct sigma_set no_rules;
    struct scan_result *result;
    struct worker_shared shared;
    struct rule_program *program;
    struct correlation_engine *correlations;
    struct worker *workers; // the first is the reading thread's own
    unsigned threads;
    struct queue queue;
    size_t input_capacity;
    struct input_list list; // of paths
    uint32_t *first_inputs; // by path of the list: the number of its first input
    struct trail trail;     // with is_citing
    struct stream *stream;  // being read
    uint64_t bytes_done, bytes_total, stream_bytes;
    int64_t last_progress, started;
    atomic_uint_fast64_t records, unread, matches; // for progress
};

// ---- streams ----------------------------------------------------------------------------------

static int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000;
}

static void stream_release(struct stream *stream)
{
    if (atomic_fetch_sub(&stream->pending, 1) != 1)
        return;
    framer_free(stream->framer);
    free(stream);
}

static void run_job(struct scan *scan, struct worker *worker, struct job job)
{
    uint64_t records = worker->records, unread = worker->unread, matches = worker->matches;
    worker_chunk(worker, job.chunk, job.stream->input, job.stream->path);
    atomic_fetch_add(&scan->records, worker->records - records);
    atomic_fetch_add(&scan->unread, worker->unread - unread);
    atomic_fetch_add(&scan->matches, worker->matches - matches);
    chunk_free(job.chunk);
    stream_release(job.stream);
}

// Puts a chunk in line for the workers; when the line is full the reading thread does one itself.
static void hand_out(struct scan *scan, struct job job)
{
    struct queue *queue = &scan->queue;
    if (scan->threads == 1) {
        run_job(scan, &scan->workers[0], job);
        return;
    }
    pthread_mutex_lock(&queue->lock);
    bool is_full = queue->count >= queue->limit;
    if (!is_full) {
        queue->jobs[(queue->head + queue->count++) % (2 * THREAD_LIMIT)] = job;
        pthread_cond_signal(&queue->is_filled);
    }
    pthread_mutex_unlock(&queue->lock);
    if (is_full)
        run_job(scan, &scan->workers[0], job);
}

static bool take(struct queue *queue, struct job *job, bool is_waiting)
{
    pthread_mutex_lock(&queue->lock);
    while (is_waiting && !queue->count && !queue->is_closed)
        pthread_cond_wait(&queue->is_filled, &queue->lock);
    bool is_taken = queue->count > 0;
    if (is_taken) {
        *job = queue->jobs[queue->head];
        queue->head = (queue->head + 1) % (2 * THREAD_LIMIT);
        queue->count--;
    }
    pthread_mutex_unlock(&queue->lock);
    return is_taken;
}

struct worker_thread {
    struct scan *scan;
    struct worker *worker;
    pthread_t thread;
};

// Of observations only few will matter, unless they are kept.
static void sort_logs(const struct scan *scan, struct worker *worker)
{
    if (scan->shared.kept)
        observation_log_sort(worker->observations);
    if (worker->activities)
        activity_log_sort(worker->activities);
}

static void *work(void *context)
{
    struct worker_thread *self = context;
    struct job job;
    while (take(&self->scan->queue, &job, true))
        run_job(self->scan, self->worker, job);
    sort_logs(self->scan, self->worker);
    return NULL;
}

// ---- reading ----------------------------------------------------------------------------------

static void on_chunk(struct chunk *chunk, void *context)
{
    struct scan *scan = context;
    atomic_fetch_add(&scan->stream->pending, 1);
    if (scan->options->is_citing)
        trail_add_chunk(&scan->trail, scan->stream->input, chunk);
    hand_out(scan, (struct job){chunk, scan->stream});
}

static struct scan_input *add_input(struct scan *scan, struct str path)
{
    struct scan_result *result = scan->result;
    ARRAY_GROW(result->inputs, result->input_count, scan->input_capacity);
    struct scan_input *input = &result->inputs[result->input_count++];
    *input = (struct scan_input){.path = arena_copy(&result->arena, path),
                                 .format = "plain",
                                 .container = container_name(CONTAINER_EMPTY),
                                 .first = INSTANT_NONE,
                                 .last = INSTANT_NONE};
    return input;
}

static void add_warning(struct scan *scan, struct scan_input *input, struct str text)
{
    struct arena *arena = &scan->result->arena;
    struct str *more = ARENA_ARRAY(arena, struct str, input->warning_count + 1);
    if (input->warning_count)
        memcpy(more, input->warnings, input->warning_count * sizeof *more);
    more[input->warning_count++] = arena_copy(arena, text);
    input->warnings = more;
}

static void on_begin(void *context, struct str name, const char *format)
{
    struct scan *scan = context;
    struct scan_input *input = add_input(scan, name);
    input->format = arena_copy(&scan->result->arena, str_from(format)).at;
    struct stream *stream = memory_new(sizeof *stream);
    stream->framer = framer_new();
    stream->input = (uint32_t)(scan->result->input_count - 1);
    stream->path = input->path.at;
    atomic_init(&stream->pending, 1);
    scan->stream = stream;
    scan->stream_bytes = 0;
}

static bool is_interrupted(const struct scan *scan)
{
    return scan->options->is_interrupted && *scan->options->is_interrupted;
}

static void tell_progress(struct scan *scan)
{
    int64_t now = scan->options->progress ? clock_now() : 0;
    if (!scan->options->progress || now - scan->last_progress < SECOND / 10)
        return;
    scan->last_progress = now;
    struct scan_progress progress = {
        .bytes = scan->bytes_done + scan->stream_bytes,
        .bytes_total = scan->bytes_total,
        .records = atomic_load(&scan->records),
        .unread = atomic_load(&scan->unread),
        .matches = atomic_load(&scan->matches),
        .path = scan->stream ? scan->stream->path : "",
    };
    scan->options->progress(&progress, scan->options->context);
}

static bool on_bytes(void *context, const char *at, size_t size)
{
    struct scan *scan = context;
    framer_feed(scan->stream->framer, at, size, on_chunk, scan);
    scan->stream_bytes += size;
    tell_progress(scan);
    return !is_interrupted(scan);
}

static void on_end(void *context, struct str trouble)
{
    struct scan *scan = context;
    struct stream *stream = scan->stream;
    framer_feed(stream->framer, "", 0, on_chunk, scan);
    struct scan_input *input = &scan->result->inputs[stream->input];
    const struct container *container = framer_container(stream->framer);
    input->container = container_name(container->id);
    input->bytes = scan->stream_bytes;
    if (trouble.len) {
        add_warning(scan, input, trouble);
        scan->result->has_unreadable = true;
    }
    for (size_t i = 0; i < container->lost_count; i++) {
        struct str text =
            arena_print(&scan->result->arena,
                        "column %.*s says \"System.Object\": its content was lost "
                        "when this file was exported",
                        (int)container->lost_columns[i].len, container->lost_columns[i].at);
        add_warning(scan, input, text);
    }
    scan->stream = NULL;
    stream_release(stream);
}

static void add_unreadable(struct scan *scan, struct str path, struct str why)
{
    struct scan_input *input = add_input(scan, path);
    add_warning(scan, input,
                arena_print(&scan->result->arena, "cannot be read: %.*s", (int)why.len, why.at));
    scan->result->has_unreadable = true;
}

static void read_path(struct scan *scan, const struct input_path *path)
{
    if (scan->options->is_citing)
        trail_add_path(&scan->trail, path->path);
    if (path->trouble.len) {
        add_unreadable(scan, path->path, path->trouble);
        return;
    }
    struct input_sink sink = {on_begin, on_bytes, on_end, scan};
    size_t before = scan->result->input_count;
    char sha256[65] = "";
    uint64_t size = 0;
    struct error error = {{0}};
    if (!input_read(path->path, &sink, scan->options->is_hashing ? sha256 : NULL, &size, &error)) {
        add_unreadable(scan, path->path, str_from(error.text));
        return;
    }
    for (size_t i = before; i < scan->result->input_count; i++) {
        struct scan_input *input = &scan->result->inputs[i];
        memcpy(input->sha256, sha256, sizeof sha256);
        if (str_equal(input->path, path->path))
            input->bytes = size;
    }
    scan->bytes_done += path->bytes ? path->bytes : size;
    scan->stream_bytes = 0;
    scan->result->bytes += size;
}

static void read_all(struct scan *scan)
{
    struct input_list *list = &scan->list;
    input_list_init(list);
    for (size_t i = 0; i < scan->options->path_count; i++)
        input_list_add(list, scan->options->paths[i]);
    input_list_finish(list);
    for (size_t i = 0; i < list->count; i++)
        scan->bytes_total += list->paths[i].bytes;
    scan->first_inputs = memory_new((list->count + 1) * sizeof *scan->first_inputs);
    for (size_t i = 0; i < list->count; i++) {
        scan->first_inputs[i] = (uint32_t)scan->result->input_count;
        if (!is_interrupted(scan))
            read_path(scan, &list->paths[i]);
    }
    scan->first_inputs[list->count] = (uint32_t)scan->result->input_count;
}

// ---- threads ----------------------------------------------------------------------------------

static void run_threads(struct scan *scan)
{
    struct queue *queue = &scan->queue;
    struct worker_thread *threads = memory_new(scan->threads * sizeof *threads);
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->is_filled, NULL);
    queue->limit = 2 * scan->threads;
    unsigned started = 1;
    for (unsigned i = 1; i < scan->threads; i++, started++) {
        threads[i] = (struct worker_thread){.scan = scan, .worker = &scan->workers[i]};
        if (pthread_create(&threads[i].thread, NULL, work, &threads[i]) != 0)
            break; // fewer threads do the same work
    }
    read_all(scan);
    pthread_mutex_lock(&queue->lock);
    queue->is_closed = true;
    pthread_cond_broadcast(&queue->is_filled);
    pthread_mutex_unlock(&queue->lock);
    struct job job;
    while (take(queue, &job, false))
        run_job(scan, &scan->workers[0], job);
    sort_logs(scan, &scan->workers[0]);
    for (unsigned i = 1; i < started; i++)
        pthread_join(threads[i].thread, NULL);
    pthread_mutex_destroy(&queue->lock);
    pthread_cond_destroy(&queue->is_filled);
    free(threads);
}

// ---- result -----------------------------------------------------------------------------------

static void warn_of_caps(struct scan *scan, struct scan_input *input)
{
    const char *text = cap_warning(input->records);
    if (text)
        add_warning(scan, input, str_from(text));
}

static void widen_total(struct scan_result *result, const struct scan_input *input)
{
    if (input->first != INSTANT_NONE &&
        (result->first == INSTANT_NONE || input->first < result->first))
        result->first = input->first;
    if (input->last != INSTANT_NONE && (result->last == INSTANT_NONE || input->last > result->last))
        result->last = input->last;
}

static void take_counts(struct scan *scan, const struct worker *worker)
{
    struct scan_result *result = scan->result;
    for (size_t i = 0; i < result->input_count; i++) {
        struct scan_input *input = &result->inputs[i];
        if (i < worker->input_capacity) {
            const struct input_counts *counts = &worker->inputs[i];
            memcpy(input->sources, counts->sources, sizeof input->sources);
            input->records = counts->records;
            input->duplicates = counts->duplicates;
            input->unread_count = counts->unread_count;
            input->unread_listed = counts->unread_listed;
            input->unread = ARENA_ARRAY(&result->arena, struct unread, counts->unread_listed + 1);
            if (counts->unread_listed)
                memcpy(input->unread, counts->unread,
                       counts->unread_listed * sizeof *input->unread);
            input->first = counts->first;
            input->last = counts->last;
            result->filtered += counts->filtered;
        }
        warn_of_caps(scan, input);
        widen_total(result, input);
        result->records += input->records;
        result->duplicates += input->duplicates;
        result->unread += input->unread_count;
    }
    result->matches = worker->matches;
}

static void on_fire(const struct firing *firing, void *context)
{
    finding_add_firing(context, firing);
}

// The observations of all workers, and behind them those that are kept.
static bool gather_observations(struct scan *scan, struct observation_log **logs, size_t *count,
                                struct error *error)
{
    *count = scan->threads;
    for (unsigned i = 0; i < scan->threads; i++)
        logs[i] = scan->workers[i].observations;
    if (!scan->shared.kept)
        return true;
    logs[scan->threads] = kept_observations(scan->shared.kept, logs, scan->threads, error);
    *count += 1;
    return logs[scan->threads] != NULL;
}

static bool correlate(struct scan *scan, struct error *error)
{
    size_t count;
    if (scan->workers[0].trouble.text[0]) {
        *error = scan->workers[0].trouble;
        return false;
    }
    struct observation_log **logs = memory_new((scan->threads + 1) * sizeof *logs);
    if (!gather_observations(scan, logs, &count, error)) {
        free(logs);
        return false;
    }
    struct correlation_engine *engine =
        correlation_new(scan->rules, on_fire, scan->workers[0].findings);
    // What is kept from earlier runs was not counted.
    const struct prospects *prospects = scan->shared.kept ? NULL : scan->workers[0].prospects;
    bool is_done = observation_replay(logs, count, prospects, engine, error);
    scan->result->dropped_observations = correlation_dropped(engine);
    correlation_free(engine);
    free(logs);
    return is_done;
}

// Merging and detection need room of their own: what the steps before them needed goes first.
static void end_reading(struct scan *scan)
{
    for (unsigned i = 0; i < scan->threads; i++)
        worker_end_reading(&scan->workers[i]);
    memory_trim();
}

static void end_matches(struct scan *scan)
{
    if (scan->shared.kept)
        return; // they go into the state file once it is known from when on
    for (unsigned i = 0; i < scan->threads; i++)
        worker_end_matches(&scan->workers[i]);
    memory_trim();
}

// The records that the report rests on, once it is known what it says.
static bool cite(struct scan *scan, struct error *error)
{
    struct citing citing = {.options = scan->options,
                            .workers = scan->workers,
                            .worker_count = scan->threads,
                            .list = &scan->list,
                            .first_inputs = scan->first_inputs,
                            .trail = &scan->trail};
    return cite_records(&citing, scan->result, error);
}

static bool conclude(struct scan *scan, struct error *error)
{
    copies_count(scan->workers, scan->threads);
    end_reading(scan);
    for (unsigned i = 1; i < scan->threads; i++)
        worker_merge(&scan->workers[0], &scan->workers[i]);
    take_counts(scan, &scan->workers[0]);
    bool is_done = correlate(scan, error);
    if (is_done && scan->shared.kept)
        is_done = kept_add_matches(scan->shared.kept, scan->workers[0].findings, error);
    finding_finish(scan->workers[0].findings, &scan->result->findings);
    end_matches(scan);
    if (is_done && scan->options->is_detecting)
        is_done = detect_run(scan->workers, scan->threads, scan->options, &scan->list,
                             scan->first_inputs, scan->result, error);
    if (is_done && scan->shared.kept)
        is_done = kept_workers(scan->shared.kept, scan->workers, scan->threads, scan->options,
                               scan->result, error);
    if (is_done && scan->options->is_citing)
        is_done = cite(scan, error);
    if (scan->options->is_summary)
        tally_finish(scan->workers[0].tallies, &scan->result->arena, &scan->result->summary);
    scan->result->is_interrupted = is_interrupted(scan);
    scan->result->seconds = (double)(clock_now() - scan->started) / (double)SECOND;
    return is_done;
}

// A summary counts the first of several copies, and copies in two exports may differ: one thread reads
// them in order of path.
static unsigned thread_count(const struct scan_options *options)
{
    if (options->is_summary)
        return 1;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned wanted =
        options->threads ? options->threads : (unsigned)(processors > 0 ? processors : 1);
    return wanted > THREAD_LIMIT ? THREAD_LIMIT : wanted;
}

static void want_for_detectors(struct field_plan *plan)
{
    activity_want(plan);
    message_log_want(plan);
}

static void want_for_state(struct field_plan *plan)
{
    want_for_detectors(plan);
    scope_want(plan);
}

static bool prepare(struct scan *scan, struct error *error)
{
    // Whom an observation is about.
    static const enum field_id basics[] = {FIELD_UserId,          FIELD_UserPrincipalName,
                                           FIELD_MailboxOwnerUPN, FIELD_ClientIP,
                                           FIELD_AppId,           FIELD_ClientAppId};
    enum { BASICS = sizeof basics / sizeof basics[0] };
    enum field_id fields[SOURCE_COUNT][FIELD_COUNT];
    struct field_wants wants[SOURCE_COUNT];
    for (int s = 0; s < SOURCE_COUNT; s++) {
        size_t count = sources[s]->field_count;
        if (count)
            memcpy(fields[s], sources[s]->fields, count * sizeof fields[s][0]);
        memcpy(fields[s] + count, basics, sizeof basics);
        wants[s] = (struct field_wants){fields[s], count + BASICS,
                                        scan->options->state          ? want_for_state
                                        : scan->options->is_detecting ? want_for_detectors
                                                                      : NULL};
    }
    scan->program = rule_compile(scan->rules, &scan->options->narrow, wants);
    scan->correlations = correlation_new(scan->rules, on_fire, NULL);
    scan->threads = thread_count(scan->options);
    scan->shared = (struct worker_shared){.options = scan->options,
                                          .threads = scan->threads,
                                          .rules = scan->rules,
                                          .program = scan->program,
                                          .correlations = scan->correlations};
    if (scan->options->state) {
        scan->shared.kept = kept_open(scan->options->state, scan->rules, scan->correlations, error);
        if (!scan->shared.kept)
            return false;
    }
    for (int s = 0; s < SOURCE_COUNT; s++) {
        struct field_plan *plan = field_plan_new((enum source_id)s);
        entity_want(plan);
        for (size_t i = 0; i < sources[s]->field_count; i++)
            field_plan_want(plan, sources[s]->fields[i]);
        tally_want(plan);
        field_plan_finish(plan);
        scan->shared.entity_plans[s] = plan;
    }
    scan->workers = memory_new(scan->threads * sizeof *scan->workers);
    for (unsigned i = 0; i < scan->threads; i++)
        worker_init(&scan->workers[i], &scan->shared);
    return true;
}

static void release(struct scan *scan)
{
    for (unsigned i = 0; scan->workers && i < scan->threads; i++)
        worker_done(&scan->workers[i]);
    free(scan->workers);
    free(scan->first_inputs);
    input_list_done(&scan->list);
    trail_done(&scan->trail);
    kept_free(scan->shared.kept);
    for (int s = 0; s < SOURCE_COUNT; s++)
        field_plan_free(scan->shared.entity_plans[s]);
    correlation_free(scan->correlations);
    rule_program_free(scan->program);
    sigma_set_done(&scan->no_rules);
    free(scan);
}

bool scan_run(const struct scan_options *options, struct scan_result *out, struct error *error)
{
    struct scan *scan = memory_new(sizeof *scan);
    *out = (struct scan_result){.first = INSTANT_NONE, .last = INSTANT_NONE};
    arena_init(&out->arena);
    scan->options = options;
    scan->result = out;
    scan->started = clock_now();
    sigma_set_init(&scan->no_rules);
    sigma_finish(&scan->no_rules, NULL);
    scan->rules = options->rules ? options->rules : &scan->no_rules;
    bool is_done = prepare(scan, error);
    if (is_done) {
        run_threads(scan);
        is_done = conclude(scan, error);
    }
    release(scan);
    return is_done;
}

void scan_result_done(struct scan_result *result)
{
    finding_list_done(&result->findings);
    incident_list_done(&result->incidents);
    cited_list_free(result->cited);
    free(result->inputs);
    arena_done(&result->arena);
}
