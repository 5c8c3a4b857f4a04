// Inside of the reader: what lines, values and CSV rows share.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SOURCE_READER_H
#define STORMGLASS_SOURCE_READER_H

#include "source/container.h"
#include "source/csv.h"
#include "source/unwrap.h"

#define READER_NESTING_LIMIT 16 // arrays in a value, as VALUES_NESTING_LIMIT

struct reader {
    const struct chunk *chunk;
    size_t at;     // next byte to look at
    size_t end;    // of the stretch that is read value by value
    size_t column; // where a value begins again after broken ones
    size_t span;   // FRAMING_VALUES: next span
    // Arrays being read element by element; their place in the chunk.
    struct json_element elements[READER_NESTING_LIMIT];
    unsigned depth;
    size_t item, item_end;
    // Line feeds before this index are counted.
    size_t line_at;
    uint64_t line;
    reader_wants *wants; // may be NULL
    void *wants_context;
    struct json_parser *parser;
    struct unwrapper unwrapper;
    // CSV
    struct csv_row row;
    struct json_builder built; // a row, or a wrapper's other columns
    struct buf cell;           // a cell without its doubled quotes
    char *audit_data;          // the same for the column that holds the record
    size_t audit_data_capacity;
};

// Says that bytes[start, end) of the chunk could not be read.
enum read_result reader_unread(struct reader *reader, size_t start, size_t end, const char *why,
                               struct unread *unread);

// Whether bytes[start, end) of the chunk are wanted.
static inline bool reader_wants_bytes(const struct reader *reader, size_t start, size_t end)
{
    const struct chunk *chunk = reader->chunk;
    return !reader->wants || reader->wants(reader->wants_context, chunk->offset + start,
                                           str_of(chunk->bytes + start, end - start));
}

// Bytes of a byte order mark at `at`, as files that were joined have at their seams: 3 or 0.
size_t reader_byte_order_mark(const struct reader *reader, size_t at);

// The next row of a CSV chunk; READ_END at its end.
enum read_result reader_next_row(struct reader *reader, struct record *record,
                                 struct unread *unread);

#endif
