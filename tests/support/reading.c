// Framer and reader over bytes in memory.
// SPDX-License-Identifier: Apache-2.0
#include "support/reading.h"

struct reading_state {
    struct reading *out;
    struct reader *reader;
};

static void add_json(struct buf *out, struct json value)
{
    if (value.tape)
        json_print(value, out);
    else
        buf_add_char(out, '-');
    buf_add_char(out, '\n');
}

static void add_unread(struct reading *out, const struct unread *unread)
{
    out->unread_count++;
    out->unread_bytes += unread->bytes;
    buf_print(&out->unread, "%llu+%llu %llu: %s\n", (unsigned long long)unread->offset,
              (unsigned long long)unread->bytes, (unsigned long long)unread->line, unread->why);
}

// What the framer found before `offset`, so that all stands in order.
static void add_cut_unread(struct reading *out, const struct chunk *chunk, size_t *next,
                           uint64_t offset)
{
    for (; *next < chunk->unread_count && chunk->unread[*next].offset <= offset; ++*next)
        add_unread(out, &chunk->unread[*next]);
}

static void take_chunk(struct chunk *chunk, void *context)
{
    struct reading_state *state = context;
    struct reading *out = state->out;
    struct record record;
    struct unread unread;
    enum read_result result;
    size_t next = 0;
    out->chunk_count++;
    buf_print(&out->chunks, "%llu+%zu\n", (unsigned long long)chunk->offset, chunk->size);
    reader_start(state->reader, chunk);
    while ((result = reader_next(state->reader, &record, &unread)) != READ_END) {
        add_cut_unread(out, chunk, &next, result == READ_RECORD ? record.offset : unread.offset);
        if (result == READ_UNREAD) {
            add_unread(out, &unread);
            continue;
        }
        out->record_count++;
        add_json(&out->records, record.value);
        add_json(&out->outers, record.outer);
        buf_print(&out->categories, "%s\n", record.category ? record.category : "-");
        buf_print(&out->places, "%llu+%u\n", (unsigned long long)record.offset, record.size);
    }
    add_cut_unread(out, chunk, &next, UINT64_MAX);
    chunk_free(chunk);
}

void reading_init(struct reading *reading, struct str bytes, size_t first, size_t piece)
{
    *reading = (struct reading){0};
    struct reading_state state = {reading, reader_new()};
    struct framer *framer = framer_new();
    size_t at = 0;
    while (at < bytes.len) {
        size_t size = at == 0 && first ? first : piece ? piece : bytes.len;
        if (size > bytes.len - at)
            size = bytes.len - at;
        framer_feed(framer, bytes.at + at, size, take_chunk, &state);
        at += size;
    }
    framer_feed(framer, NULL, 0, take_chunk, &state);
    const struct container *container = framer_container(framer);
    reading->id = container->id;
    reading->framing = container->framing;
    reading->is_day_first = container->is_day_first;
    for (size_t i = 0; i < container->lost_count; i++) {
        buf_add(&reading->lost, container->lost_columns[i]);
        buf_add_char(&reading->lost, '\n');
    }
    framer_free(framer);
    reader_free(state.reader);
}

void reading_done(struct reading *reading)
{
    buf_done(&reading->records);
    buf_done(&reading->outers);
    buf_done(&reading->categories);
    buf_done(&reading->unread);
    buf_done(&reading->chunks);
    buf_done(&reading->places);
    buf_done(&reading->lost);
}
