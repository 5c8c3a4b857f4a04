// Any bytes through framer and reader: nothing crashes, everything lies inside the input, and pieces
// of any size give the same.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "source/container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
    struct reader *reader;
    uint64_t size, records, unread, hash, end_of_last_chunk;
    struct buf text; // of the record in hand: reading it whole must be safe
};

static void mix(struct outcome *outcome, uint64_t number)
{
    outcome->hash = hash_mix(outcome->hash ^ number);
}

static void note_unread(struct outcome *outcome, const struct unread *unread)
{
    outcome->unread++;
    assert(unread->why && unread->line > 0);
    assert(unread->offset + unread->bytes <= outcome->size);
    mix(outcome, unread->offset);
    mix(outcome, unread->bytes);
    mix(outcome, unread->line);
}

static void take_chunk(struct chunk *chunk, void *context)
{
    struct outcome *outcome = context;
    struct record record;
    struct unread unread;
    enum read_result result;
    assert(chunk->offset >= outcome->end_of_last_chunk);
    outcome->end_of_last_chunk = chunk->offset + chunk->size;
    assert(outcome->end_of_last_chunk <= outcome->size);
    reader_start(outcome->reader, chunk);
    for (size_t i = 0; i < chunk->unread_count; i++)
        note_unread(outcome, &chunk->unread[i]);
    while ((result = reader_next(outcome->reader, &record, &unread)) != READ_END) {
        if (result == READ_UNREAD) {
            note_unread(outcome, &unread);
            continue;
        }
        outcome->records++;
        assert(json_type(record.value) == JSON_OBJECT);
        assert(record.offset >= chunk->offset);
        assert(record.offset + record.size <= outcome->end_of_last_chunk);
        buf_clear(&outcome->text);
        json_print(record.value, &outcome->text);
        if (record.outer.tape)
            json_print(record.outer, &outcome->text);
        mix(outcome, hash_str(buf_str(&outcome->text)));
        mix(outcome, record.offset);
    }
    chunk_free(chunk);
}

static struct outcome run(const char *bytes, size_t size, size_t piece)
{
    struct outcome outcome = {.reader = reader_new(), .size = size};
    struct framer *framer = framer_new();
    buf_init(&outcome.text);
    for (size_t at = 0; at < size; at += piece) {
        size_t count = piece < size - at ? piece : size - at;
        char *exact = malloc(count); // reading past a piece is seen
        assert(exact);
        memcpy(exact, bytes + at, count);
        framer_feed(framer, exact, count, take_chunk, &outcome);
        free(exact);
    }
    framer_feed(framer, NULL, 0, take_chunk, &outcome);
    enum container_id id = framer_container(framer)->id;
    assert(container_name(id));
    mix(&outcome, id);
    framer_free(framer);
    reader_free(outcome.reader);
    buf_done(&outcome.text);
    return outcome;
}

// The first byte is the size of the pieces.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *bytes = (const char *)data + 1;
    struct outcome whole = run(bytes, size - 1, size);
    struct outcome pieces = run(bytes, size - 1, 1 + data[0] % 64u);
    assert(whole.records == pieces.records && whole.unread == pieces.unread);
    assert(whole.hash == pieces.hash);
    return 0;
}
