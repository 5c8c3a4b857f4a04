// The reader: records out of chunks of JSON, a line or a span at a time, broken ones passed over.
// SPDX-License-Identifier: Apache-2.0
#include "source/reader.h"

#include <stdlib.h>

#include "source/scan.h"
#include "source/wrapper.h"

struct reader *reader_new(void)
{
    struct reader *reader = memory_new(sizeof *reader);
    reader->parser = json_parser_new();
    unwrapper_init(&reader->unwrapper);
    json_builder_init(&reader->built);
    buf_init(&reader->cell);
    return reader;
}

void reader_free(struct reader *reader)
{
    if (!reader)
        return;
    json_parser_free(reader->parser);
    unwrapper_done(&reader->unwrapper);
    json_builder_done(&reader->built);
    buf_done(&reader->cell);
    free(reader->row.cells);
    free(reader->audit_data);
    free(reader);
}

void reader_filter(struct reader *reader, reader_wants *wants, void *context)
{
    reader->wants = wants;
    reader->wants_context = context;
}

void reader_start(struct reader *reader, const struct chunk *chunk)
{
    reader->chunk = chunk;
    reader->at = reader->column = reader->span = reader->line_at = 0;
    reader->end = chunk->container->framing == FRAMING_VALUES ? 0 : chunk->size;
    reader->depth = 0;
    reader->line = chunk->line;
}

enum read_result reader_unread(struct reader *reader, size_t start, size_t end, const char *why,
                               struct unread *unread)
{
    const struct chunk *chunk = reader->chunk;
    if (start > reader->line_at) {
        reader->line += count_line_feeds(chunk->bytes + reader->line_at, start - reader->line_at);
        reader->line_at = start;
    }
    *unread = (struct unread){
        .offset = chunk->offset + start, .line = reader->line, .bytes = end - start, .why = why};
    return READ_UNREAD;
}

size_t reader_byte_order_mark(const struct reader *reader, size_t at)
{
    bool has_room = at < reader->end && reader->end - at >= 3;
    return has_room && memcmp(reader->chunk->bytes + at, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

// ---- values -----------------------------------------------------------------------------------

// Begins an array's elements. False when there are too many arrays around them.
static bool open_array(struct reader *reader, struct json array)
{
    if (reader->depth == READER_NESTING_LIMIT)
        return false;
    reader->elements[reader->depth++] = json_elements(array);
    return true;
}

// A value read: an object is a record, arrays and wrappers are opened (READ_END: go on).
static enum read_result give(struct reader *reader, struct json value, struct record *record,
                             struct unread *unread)
{
    enum json_type type = json_type(value);
    struct json array = type == JSON_ARRAY ? value : (struct json){0};
    if (type == JSON_OBJECT)
        array = wrapper_array(value);
    if (array.tape && open_array(reader, array))
        return READ_END;
    if (type != JSON_OBJECT)
        return reader_unread(reader, reader->item, reader->item_end, why_no_record(type), unread);
    record->offset = reader->chunk->offset + reader->item;
    record->size = (uint32_t)(reader->item_end - reader->item);
    const char *why;
    if (!unwrap_record(&reader->unwrapper, value, record, &why))
        return reader_unread(reader, reader->item, reader->item_end, why, unread);
    return READ_RECORD;
}

static enum read_result next_element(struct reader *reader, struct record *record,
                                     struct unread *unread)
{
    struct json_element *element = &reader->elements[reader->depth - 1];
    if (!json_element_next(element)) {
        reader->depth--;
        return READ_END;
    }
    return give(reader, element->value, record, unread);
}

// Parses bytes[start, end); the text behind serves as padding.
static bool parse(struct reader *reader, size_t start, size_t end, struct json *value,
                  const char **why)
{
    reader->item = start;
    reader->item_end = end;
    return unwrap_parse_padded(&reader->unwrapper, reader->parser,
                               str_of(reader->chunk->bytes + start, end - start), value, why);
}

// A line that is no whole value: the value may go on in the next lines, up to one that begins another,
// or end before the line does.
static enum read_result read_over_lines(struct reader *reader, size_t line_end, const char *why,
                                        struct record *record, struct unread *unread)
{
    const char *bytes = reader->chunk->bytes;
    size_t start = reader->at;
    if (bytes[start] != '{' && bytes[start] != '[') {
        reader->at = line_end;
        return reader_unread(reader, start, line_end, "text that is no JSON object or array",
                             unread);
    }
    size_t limit = find_line_start(bytes, start, reader->end, reader->column);
    struct json_scan scan = {.depth = 1};
    size_t end = start + 1;
    struct json value;
    bool is_ended = json_scan_end(&scan, bytes, &end, limit);
    reader->at = end;
    if (is_ended && end != line_end && parse(reader, start, end, &value, &why))
        return give(reader, value, record, unread);
    while (end > start && is_blank(bytes[end - 1]))
        end--;
    return reader_unread(reader, start, end, why, unread);
}

// Passes over what may stand between values; where arrays were swallowed, their ends too.
static size_t skip_between(const struct reader *reader)
{
    const char *bytes = reader->chunk->bytes;
    bool may_close = reader->chunk->container->framing == FRAMING_VALUES;
    size_t at = reader->at;
    while (at < reader->end) {
        size_t mark = reader_byte_order_mark(reader, at);
        bool is_between =
            is_blank(bytes[at]) || bytes[at] == ',' || (may_close && bytes[at] == ']');
        if (!mark && !is_between)
            break;
        at += mark ? mark : 1;
    }
    return at;
}

// The next value of the stretch [at, end), most often a line. READ_END: go on, or nothing is left.
static enum read_result next_value(struct reader *reader, struct record *record,
                                   struct unread *unread)
{
    const char *bytes = reader->chunk->bytes;
    size_t at = reader->at = skip_between(reader), end = reader->end;
    if (at == end)
        return READ_END;
    const char *feed = memchr(bytes + at, '\n', end - at);
    size_t line_end = feed ? (size_t)(feed - bytes) : end;
    while (is_blank(bytes[line_end - 1]))
        line_end--;
    struct json value;
    const char *why;
    // Only what looks whole is passed over: a value may go on in the next lines.
    bool is_whole = bytes[at] == '{' && bytes[line_end - 1] == '}';
    if (is_whole && !reader_wants_bytes(reader, at, line_end)) {
        reader->at = line_end;
        return READ_END;
    }
    if (!parse(reader, at, line_end, &value, &why))
        return read_over_lines(reader, line_end, why, record, unread);
    reader->at = line_end;
    return give(reader, value, record, unread);
}

// The next span. A broken one may have swallowed others when a bracket is missing: they are looked
// for at line starts in the same column.
static enum read_result next_span(struct reader *reader, struct record *record,
                                  struct unread *unread)
{
    const struct chunk *chunk = reader->chunk;
    struct chunk_span span = chunk->spans[reader->span++];
    struct json value;
    const char *why;
    size_t start = span.offset, end = start + span.size;
    if (!reader_wants_bytes(reader, start, end))
        return READ_END;
    if (parse(reader, start, end, &value, &why))
        return give(reader, value, record, unread);
    size_t line = start;
    while (line > 0 && chunk->bytes[line - 1] == ' ')
        line--;
    bool begins_line = line == 0 || chunk->bytes[line - 1] == '\n';
    reader->column = begins_line ? start - line : 0;
    size_t again = find_line_start(chunk->bytes, start, end, reader->column);
    reader->at = again;
    reader->end = end;
    while (again > start && is_blank(chunk->bytes[again - 1]))
        again--;
    return reader_unread(reader, start, again, why, unread);
}

// ---- the next of anything ---------------------------------------------------------------------

static bool is_done(const struct reader *reader)
{
    return reader->at == reader->end && reader->span >= reader->chunk->span_count;
}

enum read_result reader_next(struct reader *reader, struct record *record, struct unread *unread)
{
    const struct chunk *chunk = reader->chunk;
    for (;;) {
        enum read_result result;
        if (reader->depth) {
            result = next_element(reader, record, unread);
        } else if (is_done(reader)) {
            return READ_END;
        } else if (chunk->container->framing == FRAMING_CSV) {
            result = reader_next_row(reader, record, unread);
        } else if (reader->at < reader->end) {
            result = next_value(reader, record, unread);
        } else {
            result = next_span(reader, record, unread);
        }
        if (result != READ_END)
            return result;
    }
}
