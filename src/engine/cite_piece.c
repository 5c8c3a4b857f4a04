// One record's own text in a line or value that holds several.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "engine/cite_parts.h"
#include "source/scan.h"

#define WORK_LIMIT                                                                                 \
    ((size_t)512                                                                                   \
     << 20)            // bytes looked through in all: then records are shown with those around them
#define DEPTH_LIMIT 64 // of arrays and objects around a record

struct cite_piece {
    struct reader *reader; // of parts of the text, beside the one that read the whole
    struct buf wanted, got;
    size_t work; // bytes that may still be looked through
};

struct cite_piece *cite_piece_new(void)
{
    struct cite_piece *piece = memory_new(sizeof *piece);
    piece->reader = reader_new();
    piece->work = WORK_LIMIT;
    buf_init(&piece->wanted);
    buf_init(&piece->got);
    return piece;
}

void cite_piece_free(struct cite_piece *piece)
{
    if (!piece)
        return;
    reader_free(piece->reader);
    buf_done(&piece->wanted);
    buf_done(&piece->got);
    free(piece);
}

// Whether the object bytes[start, end) of the chunk gives exactly the record that is wanted.
static bool gives_it(struct cite_piece *piece, const struct chunk *chunk, size_t start, size_t end)
{
    struct chunk_span span = {0, (uint32_t)(end - start)};
    struct chunk part = {.container = chunk->container,
                         .offset = chunk->offset + start,
                         .line = 1,
                         .bytes = chunk->bytes + start,
                         .size = end - start,
                         .spans = &span,
                         .span_count = chunk->container->framing == FRAMING_VALUES};
    struct record record;
    struct unread unread;
    reader_start(piece->reader, &part);
    if (reader_next(piece->reader, &record, &unread) != READ_RECORD)
        return false;
    buf_clear(&piece->got);
    json_print(record.value, &piece->got);
    return reader_next(piece->reader, &record, &unread) == READ_END &&
           str_equal(buf_str(&piece->got), buf_str(&piece->wanted));
}

// Objects that are open at `place`, the outermost first: where each begins. Strings are passed over.
static size_t open_objects(const char *bytes, size_t from, size_t place, size_t starts[DEPTH_LIMIT])
{
    size_t depth = 0;
    bool is_string = false;
    for (size_t i = from; i < place; i++) {
        char c = bytes[i];
        if (c == '\\' && is_string)
            i++;
        else if (c == '"')
            is_string = !is_string;
        else if (!is_string && (c == '{' || c == '[')) {
            if (depth == DEPTH_LIMIT)
                return 0;
            starts[depth++] = i;
        } else if (!is_string && (c == '}' || c == ']') && depth) {
            depth--;
        }
    }
    return depth;
}

// The outermost object around `place` that is the record and no more.
static bool find_around(struct cite_piece *piece, const struct chunk *chunk, size_t from, size_t to,
                        size_t place, size_t *start, size_t *size)
{
    size_t starts[DEPTH_LIMIT];
    size_t depth = open_objects(chunk->bytes, from, place, starts);
    for (size_t i = 0; i < depth; i++) {
        struct json_scan scan = {.depth = 1};
        size_t end = starts[i] + 1;
        if (chunk->bytes[starts[i]] != '{' || !json_scan_end(&scan, chunk->bytes, &end, to) ||
            !gives_it(piece, chunk, starts[i], end))
            continue;
        *start = starts[i];
        *size = end - starts[i];
        return true;
    }
    return false;
}

bool cite_piece_find(struct cite_piece *piece, const struct chunk *chunk,
                     const struct record *record, struct str id, size_t *start, size_t *size)
{
    size_t from = (size_t)(record->offset - chunk->offset), to = from + record->size;
    if (chunk->container->framing == FRAMING_CSV)
        return true;
    buf_clear(&piece->wanted);
    json_print(record->value, &piece->wanted);
    if (gives_it(piece, chunk, from, to))
        return true;
    for (size_t at = from; at < to && id.len && piece->work >= record->size; at++) {
        const char *found = memmem(chunk->bytes + at, to - at, id.at, id.len);
        if (!found)
            return false;
        piece->work -= record->size;
        at = (size_t)(found - chunk->bytes);
        if (find_around(piece, chunk, from, to, at, start, size))
            return true;
    }
    return false;
}
