// Reads records one by one, without threads, and makes events of them.
// SPDX-License-Identifier: Apache-2.0
#include "engine/sample.h"

#include "base/hash.h"
#include "input/input.h"

struct rule_program *sample_compile(struct sigma_set *set, const struct sigma_logsource *narrow)
{
    struct field_wants wants[SOURCE_COUNT];
    for (size_t i = 0; i < SOURCE_COUNT; i++)
        wants[i] = (struct field_wants){sources[i]->fields, sources[i]->field_count, NULL};
    return rule_compile(set, narrow, wants);
}

void sample_event(struct matcher *matcher, const struct record *record, enum source_id source,
                  struct event *out)
{
    if (source == SOURCE_COUNT)
        source = source_recognise(record, SOURCE_COUNT);
    *out = (struct event){.source = source,
                          .record = record->value,
                          .outer = record->outer,
                          .time = INSTANT_NONE,
                          .position = record->offset};
    struct field_slots *slots = matcher_fill(matcher, out);
    sources[source]->finish(slots, out);
    out->identity =
        out->id.len ? hash_str(out->id) : hash_bytes(&record->offset, sizeof record->offset, 11);
}

struct reading {
    struct matcher *matcher;
    struct framer *framer;
    struct reader *reader;
    struct arena arena;
    struct str name; // of the stream
    sample_visit *visit;
    void *context;
    uint64_t unread;
    bool is_ended;
    struct error trouble;
};

static void on_chunk(struct chunk *chunk, void *context)
{
    struct reading *reading = context;
    struct record record;
    struct unread unread;
    enum read_result result;
    reader_start(reading->reader, chunk);
    reading->unread += chunk->unread_count;
    while (!reading->is_ended &&
           (result = reader_next(reading->reader, &record, &unread)) != READ_END) {
        if (result == READ_UNREAD) {
            reading->unread++;
            continue;
        }
        struct event event;
        sample_event(reading->matcher, &record, SOURCE_COUNT, &event);
        struct str where = arena_print(&reading->arena, "%.*s@%llu", (int)reading->name.len,
                                       reading->name.at, (unsigned long long)record.offset);
        reading->is_ended = !reading->visit(&event, where, reading->context);
    }
    arena_reset(&reading->arena);
    chunk_free(chunk);
}

static void on_begin(void *context, struct str name, const char *format)
{
    struct reading *reading = context;
    (void)format;
    reading->name = name;
    reading->framer = framer_new();
}

static bool on_bytes(void *context, const char *at, size_t size)
{
    struct reading *reading = context;
    framer_feed(reading->framer, at, size, on_chunk, reading);
    return !reading->is_ended;
}

static void on_end(void *context, struct str trouble)
{
    struct reading *reading = context;
    framer_feed(reading->framer, "", 0, on_chunk, reading);
    framer_free(reading->framer);
    reading->framer = NULL;
    if (trouble.len && !reading->is_ended && !reading->trouble.text[0])
        error_set(&reading->trouble, "%.*s: %.*s", (int)reading->name.len, reading->name.at,
                  (int)trouble.len, trouble.at);
}

bool sample_each(struct matcher *matcher, struct str path, sample_visit *visit, void *context,
                 uint64_t *unread, struct error *error)
{
    struct reading reading = {
        .matcher = matcher, .reader = reader_new(), .visit = visit, .context = context};
    struct input_sink sink = {on_begin, on_bytes, on_end, &reading};
    arena_init(&reading.arena);
    bool is_read = input_read_all(path, &sink, &reading.is_ended, error);
    if (is_read && reading.trouble.text[0] && !reading.is_ended) {
        *error = reading.trouble;
        is_read = false;
    }
    *unread = reading.unread;
    reader_free(reading.reader);
    arena_done(&reading.arena);
    return is_read;
}
