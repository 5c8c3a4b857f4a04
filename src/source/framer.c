// The framer: gathers bytes, recognises the container from its head, cuts chunks of whole records.
// SPDX-License-Identifier: Apache-2.0
#include "source/framer.h"

#include <stdlib.h>

#include "source/recognise.h"

#define PIECE ((size_t)1 << 16) // bytes added at a time beyond CHUNK_SIZE

// ---- chunks -----------------------------------------------------------------------------------

static struct chunk *chunk_new(size_t capacity)
{
    struct chunk *chunk = memory_new(sizeof *chunk);
    chunk->capacity = capacity;
    // Not memory_new: zeroing would cost as much as the copying in.
    chunk->bytes = memory_grow(NULL, capacity + JSON_PADDING);
    return chunk;
}

void chunk_free(struct chunk *chunk)
{
    if (!chunk)
        return;
    free(chunk->bytes);
    free(chunk->spans);
    free(chunk->unread);
    free(chunk);
}

uint64_t chunk_line_at(const struct chunk *chunk, uint64_t offset)
{
    if (offset < chunk->offset)
        return chunk->line;
    uint64_t size = offset - chunk->offset;
    return chunk->line + count_line_feeds(chunk->bytes, size < chunk->size ? size : chunk->size);
}

static struct chunk *next_chunk(struct framer *framer, const char *rest, size_t size)
{
    size_t capacity = CHUNK_SIZE + PIECE;
    while (capacity < size)
        capacity *= 2;
    struct chunk *chunk = chunk_new(capacity);
    chunk->container = &framer->container;
    chunk->number = framer->number++;
    if (size)
        memcpy(chunk->bytes, rest, size);
    chunk->size = size;
    return chunk;
}

static void emit_front(struct framer *framer, size_t cut)
{
    struct chunk *done = framer->chunk;
    uint64_t line = framer_line(framer, cut);
    framer->chunk = next_chunk(framer, done->bytes + cut, done->size - cut);
    framer->chunk->offset = done->offset + cut;
    framer->chunk->line = framer->line = line;
    framer->line_at = 0;
    if (done->size - cut < JSON_PADDING) // what is left of the padding was never written
        memset(done->bytes + done->size, ' ', JSON_PADDING);
    done->size = cut;
    framer->emit(done, framer->context);
}

// ---- for the cutters --------------------------------------------------------------------------

uint64_t framer_line(struct framer *framer, size_t at)
{
    if (at > framer->line_at) {
        framer->line +=
            count_line_feeds(framer->chunk->bytes + framer->line_at, at - framer->line_at);
        framer->line_at = at;
    }
    return framer->line;
}

void framer_drop(struct framer *framer, size_t size)
{
    struct chunk *chunk = framer->chunk;
    chunk->line = framer_line(framer, size);
    framer->line_at = 0;
    chunk->offset += size;
    chunk->size -= size;
    memmove(chunk->bytes, chunk->bytes + size, chunk->size);
}

void framer_unread(struct framer *framer, struct unread unread)
{
    struct chunk *chunk = framer->chunk;
    ARRAY_GROW(chunk->unread, chunk->unread_count, chunk->unread_capacity);
    chunk->unread[chunk->unread_count++] = unread;
}

void framer_skip(struct framer *framer, size_t at, const char *why)
{
    framer->skip = (struct unread){
        .offset = framer->chunk->offset + at, .line = framer_line(framer, at), .why = why};
    framer->is_skipping = true;
}

void framer_skip_end(struct framer *framer, size_t at)
{
    framer->skip.bytes = framer->chunk->offset + at - framer->skip.offset;
    framer->is_skipping = false;
    framer_unread(framer, framer->skip);
}

// ---- feeding ----------------------------------------------------------------------------------

struct framer *framer_new(void)
{
    struct framer *framer = memory_new(sizeof *framer);
    arena_init(&framer->container.arena);
    framer->container.id = CONTAINER_EMPTY;
    framer->chunk = next_chunk(framer, NULL, 0);
    framer->chunk->line = framer->line = 1;
    framer->values.is_line_start = true;
    return framer;
}

void framer_free(struct framer *framer)
{
    if (!framer)
        return;
    chunk_free(framer->chunk);
    arena_done(&framer->container.arena);
    free(framer);
}

const struct container *framer_container(const struct framer *framer)
{
    return &framer->container;
}

// Passes over a byte order mark and, for CSV, what stands before the header's end.
static void recognise(struct framer *framer, bool is_end)
{
    struct chunk *chunk = framer->chunk;
    framer->is_recognised = true;
    if (chunk->size >= 3 && memcmp(chunk->bytes, "\xef\xbb\xbf", 3) == 0)
        framer_drop(framer, 3);
    size_t records = container_recognise(&framer->container, str_of(chunk->bytes, chunk->size),
                                         is_end, &framer->values.has_user_wrapper);
    framer_drop(framer, records);
    if (container_is_foreign(framer->container.id))
        framer_skip(framer, 0, framer->container.why);
    csv_scan_start(&framer->csv, framer->container.delimiter);
}

static void cut_chunks(struct framer *framer, bool is_end)
{
    size_t (*const cutters[])(struct framer *, bool) = {
        [FRAMING_LINES] = lines_cut, [FRAMING_VALUES] = values_cut, [FRAMING_CSV] = csv_cut};
    if (container_is_foreign(framer->container.id) || framer->container.id == CONTAINER_EMPTY) {
        framer_drop(framer, framer->chunk->size);
        return;
    }
    while (framer->chunk->size) {
        size_t cut = cutters[framer->container.framing](framer, is_end);
        if (!cut)
            break;
        emit_front(framer, cut);
    }
}

static void add_bytes(struct chunk *chunk, const char *bytes, size_t size)
{
    if (chunk->size + size > chunk->capacity) {
        while (chunk->capacity < chunk->size + size)
            chunk->capacity *= 2;
        chunk->bytes = memory_grow(chunk->bytes, chunk->capacity + JSON_PADDING);
    }
    memcpy(chunk->bytes + chunk->size, bytes, size);
    chunk->size += size;
}

static void end_input(struct framer *framer)
{
    if (!framer->is_recognised)
        recognise(framer, true);
    cut_chunks(framer, true);
    if (framer->container.framing == FRAMING_VALUES)
        values_end(framer);
    if (framer->is_skipping)
        framer_skip_end(framer, framer->chunk->size);
    framer->is_ended = true;
    if (framer->chunk->size || framer->chunk->unread_count)
        emit_front(framer, framer->chunk->size);
}

void framer_feed(struct framer *framer, const char *bytes, size_t size,
                 void (*emit)(struct chunk *chunk, void *context), void *context)
{
    framer->emit = emit;
    framer->context = context;
    if (framer->is_ended)
        return;
    if (size == 0) {
        end_input(framer);
        return;
    }
    while (size) {
        // First just the head, then up to the size of a chunk, then in pieces: a long record grows
        // the chunk.
        size_t filled = framer->chunk->size;
        size_t wanted = framer->is_recognised ? CHUNK_SIZE + 1 : CONTAINER_HEAD_SIZE;
        size_t room = filled < wanted ? wanted - filled : PIECE;
        size_t count = size < room ? size : room;
        add_bytes(framer->chunk, bytes, count);
        bytes += count;
        size -= count;
        if (!framer->is_recognised && framer->chunk->size == CONTAINER_HEAD_SIZE)
            recognise(framer, false);
        if (framer->is_recognised)
            cut_chunks(framer, false);
    }
}
