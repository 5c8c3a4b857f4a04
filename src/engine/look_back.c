// The reading part of a scan once more, for single records.
// SPDX-License-Identifier: Apache-2.0
#include "engine/look_back.h"

#include "engine/place_list.h"
#include "engine/worker.h"
#include "input/input.h"

struct looking {
    const struct look_back *look;
    struct field_plan *plans[SOURCE_COUNT];
    struct field_slots slots[SOURCE_COUNT];
    struct recogniser recogniser;
    struct reader *reader;
    struct framer *framer; // NULL: the stream at hand is not wanted
    uint32_t input;        // number of the next stream
};

static void on_record(struct looking *looking, const struct chunk *chunk,
                      const struct record *record)
{
    enum source_id source = recogniser_find(&looking->recogniser, record, SOURCE_COUNT);
    struct event event = {.source = source,
                          .record = record->value,
                          .outer = record->outer,
                          .time = INSTANT_NONE,
                          .is_day_first = chunk->container->is_day_first};
    struct field_slots *slots = &looking->slots[source];
    field_fill(slots, &event);
    sources[source]->finish(slots, &event);
    worker_identify(&event, chunk, record, looking->input);
    if (looking->look->visit_bytes)
        looking->look->visit_bytes(looking->look->context, &event, chunk, record);
    else
        looking->look->visit(looking->look->context, &event, slots);
}

// ---- positions --------------------------------------------------------------------------------

size_t look_back_from(const uint64_t *positions, size_t count, uint64_t position)
{
    size_t from = 0, to = count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (positions[middle] < position)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

// The first position at or behind a place of the input at hand.
static size_t position_from(const struct looking *looking, uint64_t offset)
{
    const struct look_back *look = looking->look;
    uint64_t position = (uint64_t)looking->input << WORKER_POSITION_BITS | offset;
    return look_back_from(look->positions, look->position_count, position);
}

static bool wants_text(void *context, uint64_t offset, struct str text)
{
    const struct looking *looking = context;
    const struct look_back *look = looking->look;
    if (!look->positions)
        return !look->wants_text || look->wants_text(look->context, text);
    return position_from(looking, offset) < position_from(looking, offset + text.len);
}

static bool is_wanted(const struct looking *looking, uint32_t input)
{
    const struct look_back *look = looking->look;
    struct looking there = {.look = look, .input = input};
    return look->wants_input(look->context, input) &&
           (!look->positions ||
            position_from(&there, 0) < position_from(&there, WORKER_OFFSET_MASK));
}

static void on_chunk(struct chunk *chunk, void *context)
{
    struct looking *looking = context;
    struct record record;
    struct unread unread;
    enum read_result result;
    if (!wants_text(looking, chunk->offset, str_of(chunk->bytes, chunk->size))) {
        chunk_free(chunk);
        return;
    }
    reader_start(looking->reader, chunk);
    while ((result = reader_next(looking->reader, &record, &unread)) != READ_END)
        if (result == READ_RECORD)
            on_record(looking, chunk, &record);
    chunk_free(chunk);
}

static bool is_stopped(const struct looking *looking)
{
    const struct scan_options *options = looking->look->options;
    return options->is_interrupted && *options->is_interrupted;
}

static void on_begin(void *context, struct str name, const char *format)
{
    struct looking *looking = context;
    (void)name, (void)format;
    looking->framer = is_wanted(looking, looking->input) ? framer_new() : NULL;
}

static bool on_bytes(void *context, const char *at, size_t size)
{
    struct looking *looking = context;
    if (looking->framer)
        framer_feed(looking->framer, at, size, on_chunk, looking);
    return !is_stopped(looking);
}

static void on_end(void *context, struct str trouble)
{
    struct looking *looking = context;
    (void)trouble; // told by the scan already
    if (looking->framer)
        framer_feed(looking->framer, "", 0, on_chunk, looking);
    framer_free(looking->framer);
    looking->framer = NULL;
    looking->input++;
}

// Wanted inputs among those of one path.
static size_t count_wanted(const struct looking *looking, uint32_t from, uint32_t to)
{
    size_t count = 0;
    for (uint32_t i = from; i < to; i++)
        count += is_wanted(looking, i);
    return count;
}

// ---- single records of a file -------------------------------------------------------------------

static void on_place(const struct chunk *chunk, const struct record *record, void *context)
{
    on_record(context, chunk, record);
}

// Reads nothing but the wanted records. False where that cannot be done: then all of it is read.
static bool read_places(struct looking *looking, const struct input_path *path)
{
    const struct look_back *look = looking->look;
    const struct scan_input *input = &look->inputs[looking->input];
    if (!look->positions || strcmp(input->format, "plain") != 0 ||
        !str_equal(input->path, path->path))
        return false;
    size_t from = position_from(looking, 0), to = position_from(looking, WORKER_OFFSET_MASK);
    struct place_list list = {.path = input->path.at,
                              .positions = look->positions + from,
                              .count = to - from,
                              .mask = WORKER_OFFSET_MASK};
    return place_list_read(&list, looking->reader, on_place, looking);
}

// Gives how many wanted inputs are among those that cannot be read again.
static size_t miss(struct looking *looking, uint32_t from, uint32_t to, const char *why)
{
    size_t wanted = count_wanted(looking, from, to);
    if (wanted && looking->look->miss)
        looking->look->miss(looking->look->context, from, to, why);
    return wanted;
}

static size_t read_path(struct looking *looking, const struct input_path *path, uint32_t from,
                        uint32_t to)
{
    struct input_sink sink = {on_begin, on_bytes, on_end, looking};
    struct error error;
    if (!count_wanted(looking, from, to))
        return 0;
    looking->input = from;
    if (str_is(path->path, "-"))
        return miss(looking, from, to, "standard input cannot be read a second time");
    if (path->trouble.len)
        return miss(looking, from, to, path->trouble.at);
    if (to == from + 1 && read_places(looking, path))
        return 0;
    if (!input_read(path->path, &sink, NULL, NULL, &error))
        return miss(looking, from, to, error.text);
    return looking->input < to ? miss(looking, looking->input, to, "the file has changed") : 0;
}

size_t look_back_run(const struct look_back *look)
{
    struct looking looking = {.look = look, .reader = reader_new()};
    const struct input_list *list = look->list;
    size_t missing = 0;
    if (look->wants_text || look->positions)
        reader_filter(looking.reader, wants_text, &looking);
    for (int s = 0; s < SOURCE_COUNT; s++) {
        looking.plans[s] = field_plan_new((enum source_id)s);
        for (size_t i = 0; i < sources[s]->field_count; i++)
            field_plan_want(looking.plans[s], sources[s]->fields[i]);
        if (look->want)
            look->want(looking.plans[s]);
        field_plan_finish(looking.plans[s]);
        field_slots_init(&looking.slots[s], looking.plans[s]);
    }
    for (size_t i = 0; i < list->count && !is_stopped(&looking); i++)
        missing +=
            read_path(&looking, &list->paths[i], look->first_inputs[i], look->first_inputs[i + 1]);
    for (int s = 0; s < SOURCE_COUNT; s++) {
        field_slots_done(&looking.slots[s]);
        field_plan_free(looking.plans[s]);
    }
    reader_free(looking.reader);
    return missing;
}
