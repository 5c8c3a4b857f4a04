// Streams of records on their way into files.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/output.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "simulate/pen.h"

#define HELD 64 // records of a stream that wait to come late or twice
#define PIECE ((size_t)1 << 18)

const char *const feed_names[FEED_COUNT] = {
#define X(id, name) name,
    FEED_LIST(X)
#undef X
};

// One log in one dialect: a file, or one after the other.
struct stream {
    const struct dialect *dialect;
    enum feed feed;
    bool is_open;
    uint32_t file, part;
    uint64_t rows, records, copies; // rows of this file
    struct buf text;
    struct buf held[HELD];
    bool is_copy[HELD];
};

struct file_row {
    char name[96];
    enum feed feed;
    const struct dialect *dialect;
    uint64_t records, copies;
};

struct output {
    const struct simulate_sink *sink;
    struct stream streams[DIALECT_COUNT][FEED_COUNT];
    enum dialect_id chosen[GROUP_COUNT][DIALECT_COUNT];
    uint32_t chosen_count[GROUP_COUNT];
    int64_t start, end;
    struct file_row *files;
    size_t file_count, file_capacity;
    struct buf wrapped;
    uint64_t records;
    bool is_failed;
    struct error error;
};

struct output *output_new(uint32_t chosen, int64_t start, int64_t end,
                          const struct simulate_sink *sink)
{
    struct output *output = memory_new(sizeof *output);
    output->sink = sink;
    output->start = start;
    output->end = end;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < DIALECT_COUNT; i++) {
            enum dialect_group group = dialects[i].group;
            bool is_wanted = round == 0 ? chosen >> i & 1 : true;
            // The second round is for groups of which none was chosen.
            if (!is_wanted || (round == 1 && output->chosen_count[group] &&
                               (chosen >> output->chosen[group][0] & 1)))
                continue;
            output->chosen[group][output->chosen_count[group]++] = (enum dialect_id)i;
        }
    for (int i = 0; i < DIALECT_COUNT; i++)
        for (int k = 0; k < FEED_COUNT; k++) {
            output->streams[i][k].dialect = &dialects[i];
            output->streams[i][k].feed = (enum feed)k;
        }
    return output;
}

void output_free(struct output *output)
{
    if (!output)
        return;
    for (int i = 0; i < DIALECT_COUNT; i++)
        for (int k = 0; k < FEED_COUNT; k++) {
            struct stream *stream = &output->streams[i][k];
            buf_done(&stream->text);
            for (int h = 0; h < HELD; h++)
                buf_done(&stream->held[h]);
        }
    buf_done(&output->wrapped);
    free(output->files);
    free(output);
}

bool output_failed(const struct output *output)
{
    return output->is_failed;
}

// ---- files ------------------------------------------------------------------------------------

static void flush(struct output *output, struct stream *stream)
{
    if (stream->text.len && !output->is_failed)
        output->is_failed = !output->sink->write(output->sink->context, stream->file,
                                                 buf_str(&stream->text), &output->error);
    buf_clear(&stream->text);
}

static uint32_t open_file(struct output *output, const char *name)
{
    if (output->file_count >= SIMULATE_FILE_LIMIT) {
        output->is_failed = true;
        error_set(&output->error, "more than %d files", SIMULATE_FILE_LIMIT);
    }
    ARRAY_GROW(output->files, output->file_count, output->file_capacity);
    struct file_row *row = &output->files[output->file_count];
    *row = (struct file_row){0};
    snprintf(row->name, sizeof row->name, "%s", name);
    if (!output->is_failed)
        output->is_failed = !output->sink->open(output->sink->context, (uint32_t)output->file_count,
                                                row->name, &output->error);
    return (uint32_t)output->file_count++;
}

static void stream_open(struct output *output, struct stream *stream)
{
    const struct dialect *dialect = stream->dialect;
    char name[96];
    stream->part++;
    if (dialect->rows)
        snprintf(name, sizeof name, "%s-%02u%s", dialect->files[stream->feed], stream->part,
                 dialect->ending);
    else
        snprintf(name, sizeof name, "%s%s", dialect->files[stream->feed], dialect->ending);
    stream->file = open_file(output, name);
    output->files[stream->file].feed = stream->feed;
    output->files[stream->file].dialect = dialect;
    stream->is_open = true;
    stream->rows = 0;
    buf_add(&stream->text, str_from(dialect->open));
}

static void stream_close(struct output *output, struct stream *stream)
{
    if (!stream->is_open)
        return;
    buf_add(&stream->text, str_from(stream->dialect->close));
    flush(output, stream);
    if (!output->is_failed)
        output->is_failed =
            !output->sink->close(output->sink->context, stream->file, &output->error);
    stream->is_open = false;
}

// ---- rows -------------------------------------------------------------------------------------

static void put_row(struct output *output, struct stream *stream, struct str row, bool is_copy)
{
    const struct dialect *dialect = stream->dialect;
    if (stream->is_open && dialect->rows && stream->rows >= dialect->rows)
        stream_close(output, stream);
    if (!stream->is_open)
        stream_open(output, stream);
    if (stream->rows)
        buf_add(&stream->text, str_from(dialect->separator));
    buf_add(&stream->text, row);
    stream->rows++;
    output->files[stream->file].records += !is_copy;
    output->files[stream->file].copies += is_copy;
    if (stream->text.len >= PIECE)
        flush(output, stream);
}

static void hold(struct output *output, struct stream *stream, struct str row, uint32_t slot,
                 bool is_copy)
{
    struct buf *held = &stream->held[slot];
    if (held->len)
        put_row(output, stream, buf_str(held), stream->is_copy[slot]);
    buf_clear(held);
    buf_add(held, row);
    stream->is_copy[slot] = is_copy;
}

static struct stream *stream_for(struct output *output, enum feed feed, int64_t time)
{
    static const enum dialect_group groups[FEED_COUNT] = {
        [FEED_AUDIT] = GROUP_AUDIT,           [FEED_INTERACTIVE] = GROUP_ENTRA,
        [FEED_NON_INTERACTIVE] = GROUP_ENTRA, [FEED_SERVICE] = GROUP_ENTRA,
        [FEED_MANAGED] = GROUP_ENTRA,         [FEED_DIRECTORY] = GROUP_ENTRA,
        [FEED_GRAPH] = GROUP_GRAPH,           [FEED_TRACE] = GROUP_TRACE};
    enum dialect_group group = groups[feed];
    uint32_t count = output->chosen_count[group];
    int64_t share = (time - output->start) * count / (output->end - output->start);
    share = share < 0 ? 0 : share >= count ? count - 1 : share;
    return &output->streams[output->chosen[group][share]][feed];
}

// Whether a record comes late or twice follows from its id, so that it is the same in every run that
// has the record. Management API and Search-UnifiedAuditLog are known for both.
void output_write(struct output *output, const struct emission *emission, struct str text)
{
    struct stream *stream = stream_for(output, emission->feed, emission->time);
    const struct dialect *dialect = stream->dialect;
    uint64_t bits = hash_bytes(emission->id.at, emission->id.len, (uint64_t)emission->time);
    uint32_t fate = (uint32_t)(bits % 100), slot = (uint32_t)(bits >> 32) % HELD;
    buf_clear(&output->wrapped);
    dialect->wrap(&output->wrapped, emission, text, stream->records);
    stream->records++;
    output->records++;
    struct str row = buf_str(&output->wrapped);
    if (fate < dialect->late_percent) {
        hold(output, stream, row, slot, false);
        return;
    }
    put_row(output, stream, row, false);
    if (fate >= 100u - dialect->twice_percent)
        hold(output, stream, row, slot, true);
}

bool output_finish(struct output *output, struct error *error)
{
    for (int i = 0; i < DIALECT_COUNT; i++)
        for (int k = 0; k < FEED_COUNT; k++) {
            struct stream *stream = &output->streams[i][k];
            for (int h = 0; h < HELD; h++)
                if (stream->held[h].len)
                    put_row(output, stream, buf_str(&stream->held[h]), stream->is_copy[h]);
            stream_close(output, stream);
        }
    if (output->is_failed && error)
        *error = output->error;
    return !output->is_failed;
}

bool output_extra(struct output *output, const char *name, struct str text, struct error *error)
{
    uint32_t file = open_file(output, name);
    output->files[file].feed = FEED_COUNT;
    const struct simulate_sink *sink = output->sink;
    bool is_fine = !output->is_failed && sink->write(sink->context, file, text, &output->error) &&
                   sink->close(sink->context, file, &output->error);
    if (!is_fine) {
        output->is_failed = true;
        *error = output->error;
    }
    return is_fine;
}

void output_put_files(const struct output *output, struct buf *out)
{
    PUT(out, "[");
    for (size_t i = 0; i < output->file_count; i++) {
        const struct file_row *row = &output->files[i];
        buf_add(out, i ? S(",\n    {") : S("\n    {"));
        PUT(out, "\"name\":");
        buf_add_json(out, str_from(row->name));
        MEMBER_TEXT(out, "log", str_from(feed_names[row->feed]));
        MEMBER_TEXT(out, "dialect", str_from(row->dialect->name));
        MEMBER_NUMBER(out, "records", (int64_t)row->records);
        MEMBER_NUMBER(out, "copies", (int64_t)row->copies);
        PUT(out, "}");
    }
    PUT(out, "]");
}

uint64_t output_records(const struct output *output)
{
    return output->records;
}

uint32_t output_files(const struct output *output)
{
    return (uint32_t)output->file_count;
}
