// Cutting JSON values: walks arrays, concatenated values and wrappers, and notes where records stand.
// SPDX-License-Identifier: Apache-2.0
#include "source/framer.h"
#include "source/wrapper.h"

// The walk is a state machine over bytes. Inside a record it runs at the speed of json_scan_end;
// between records it goes byte by byte. Its decisions depend on positions in the input alone.

static void add_span(struct framer *framer, size_t start, size_t end)
{
    struct chunk *chunk = framer->chunk;
    ARRAY_GROW(chunk->spans, chunk->span_count, chunk->span_capacity);
    chunk->spans[chunk->span_count++] =
        (struct chunk_span){.offset = (uint32_t)start, .size = (uint32_t)(end - start)};
}

static void add_unread(struct framer *framer, size_t at, size_t size, const char *why)
{
    framer_unread(framer, (struct unread){.offset = framer->chunk->offset + at,
                                          .line = framer_line(framer, at),
                                          .bytes = size,
                                          .why = why});
}

static void begin_record(struct values_walk *walk)
{
    walk->start = walk->at++;
    walk->scan = (struct json_scan){.depth = 1};
    walk->state = VALUES_RECORD;
    walk->start_column = walk->is_line_start ? walk->column : 0;
    if (walk->is_line_start)
        walk->record_column = walk->column;
    walk->is_line_start = false;
}

// A line that is no JSON: passed over to its end.
static void begin_garbage(struct framer *framer)
{
    framer_skip(framer, framer->values.at, "text that is no JSON object or array");
    framer->values.state = VALUES_GARBAGE;
    framer->values.is_resyncing = true;
    framer->values.is_line_start = false;
}

// At '{'. False when the bytes do not tell yet whether it is a wrapper.
static bool enter_object(struct framer *framer, bool is_end)
{
    struct values_walk *walk = &framer->values;
    enum wrapper_look look = WRAPPER_NONE;
    size_t at = walk->at + 1;
    unsigned open = 1;
    if (walk->depth < VALUES_NESTING_LIMIT - 1)
        look =
            wrapper_look(framer->chunk->bytes, &at, framer->chunk->size, &open,
                         walk->has_user_wrapper && walk->depth == 0 ? WRAPPER_ANY : WRAPPER_KNOWN);
    if (look == WRAPPER_MORE && !is_end)
        return false;
    if (look == WRAPPER_ARRAY) {
        walk->around[walk->depth++] = open;
        walk->around[walk->depth++] = 0;
        walk->at = at + 1;
        walk->is_line_start = false;
        return true;
    }
    begin_record(walk);
    return true;
}

static void enter_array(struct values_walk *walk)
{
    if (walk->depth == VALUES_NESTING_LIMIT) {
        begin_record(walk); // the reader tells that it is no object
        return;
    }
    walk->around[walk->depth++] = 0;
    walk->at++;
    walk->is_line_start = false;
}

static void leave_array(struct framer *framer)
{
    struct values_walk *walk = &framer->values;
    if (walk->depth == 0) {
        begin_garbage(framer);
        return;
    }
    walk->depth--;
    walk->at++;
    walk->is_line_start = false;
    if (walk->depth && walk->around[walk->depth - 1])
        walk->state = VALUES_MEMBERS;
}

static bool may_begin(const struct values_walk *walk)
{
    return !walk->is_resyncing ||
           (walk->is_line_start && (walk->column == 0 || walk->column == walk->record_column));
}

static bool step_between(struct framer *framer, bool is_end)
{
    struct values_walk *walk = &framer->values;
    char c = framer->chunk->bytes[walk->at];
    if (c == '\n') {
        walk->is_line_start = true;
        walk->column = 0;
        walk->at++;
    } else if (is_blank(c)) {
        walk->column++;
        walk->at++;
    } else if (c == '\xef' || c == '\xbb' || c == '\xbf') {
        walk->at++; // a byte order mark, where files were joined
    } else if (c == ',') {
        walk->is_line_start = false;
        walk->at++;
    } else if ((c == '{' || c == '[') && may_begin(walk)) {
        walk->is_resyncing = false;
        if (c == '{')
            return enter_object(framer, is_end);
        enter_array(walk);
    } else if (c == ']') {
        leave_array(framer);
    } else if (walk->depth == 0) {
        begin_garbage(framer);
    } else {
        walk->start = walk->at;
        walk->scan = (struct json_scan){0};
        walk->state = VALUES_SCALAR;
        walk->is_line_start = false;
    }
    return true;
}

// The record's end is not within the limit. Where another record seems to begin inside, in the same
// column, a bracket is missing: goes on there, and the reader reports what stands before. Otherwise
// it is passed over to its end.
static void over_limit(struct framer *framer)
{
    struct values_walk *walk = &framer->values;
    size_t again = find_line_start(framer->chunk->bytes, walk->start,
                                   walk->start + RECORD_SIZE_LIMIT, walk->start_column);
    if (again < walk->start + RECORD_SIZE_LIMIT) {
        add_span(framer, walk->start, again);
        walk->at = again;
        walk->state = VALUES_BETWEEN;
        walk->is_line_start = true;
        walk->column = walk->start_column;
        return;
    }
    framer_skip(framer, walk->start, "a record larger than 32 MiB");
    walk->state = VALUES_SKIP;
}

static void step_record(struct framer *framer)
{
    struct values_walk *walk = &framer->values;
    size_t size = framer->chunk->size, limit = walk->start + RECORD_SIZE_LIMIT;
    if (json_scan_end(&walk->scan, framer->chunk->bytes, &walk->at, size < limit ? size : limit)) {
        add_span(framer, walk->start, walk->at);
        walk->state = VALUES_BETWEEN;
    } else if (walk->at >= limit) {
        over_limit(framer);
    }
}

// Numbers, words and strings in an array are no records; the reader says so.
static void step_scalar(struct framer *framer)
{
    struct values_walk *walk = &framer->values;
    const char *bytes = framer->chunk->bytes;
    for (; walk->at < framer->chunk->size; walk->at++) {
        char c = bytes[walk->at];
        if (walk->at - walk->start >= CHUNK_SIZE) {
            framer_skip(framer, walk->start, "text that is no JSON object or array");
            walk->state = VALUES_GARBAGE;
            return;
        }
        if (walk->scan.escaped) {
            walk->scan.escaped = 0;
        } else if (c == '"' || (c == '\\' && walk->scan.string)) {
            walk->scan.string = c == '"' ? ~walk->scan.string : walk->scan.string;
            walk->scan.escaped = c == '\\';
        } else if (!walk->scan.string && (is_blank(c) || c == ',' || c == ']' || c == '{')) {
            add_span(framer, walk->start, walk->at);
            walk->state = VALUES_BETWEEN;
            return;
        }
    }
}

static void step_garbage(struct framer *framer, size_t end)
{
    struct values_walk *walk = &framer->values;
    const char *bytes = framer->chunk->bytes;
    const char *feed = memchr(bytes + walk->at, '\n', end - walk->at);
    walk->at = feed ? (size_t)(feed - bytes) : end;
    if (!feed)
        return;
    framer_skip_end(framer, walk->at);
    walk->state = VALUES_BETWEEN;
}

static bool step_members(struct framer *framer, bool is_end)
{
    struct values_walk *walk = &framer->values;
    size_t at = walk->at;
    unsigned open = walk->around[walk->depth - 1];
    switch (wrapper_look(framer->chunk->bytes, &at, framer->chunk->size, &open, WRAPPER_TAIL)) {
    case WRAPPER_ARRAY:
        walk->around[walk->depth - 1] = open;
        if (walk->depth < VALUES_NESTING_LIMIT) {
            walk->around[walk->depth++] = 0;
            walk->at = at + 1;
            walk->state = VALUES_BETWEEN;
        }
        return true;
    case WRAPPER_END:
        walk->depth--;
        walk->at = at;
        walk->state = VALUES_BETWEEN;
        return true;
    case WRAPPER_MORE:
        if (!is_end)
            return false;
        break;
    case WRAPPER_NONE:
        break;
    }
    walk->scan = (struct json_scan){.depth = walk->around[walk->depth - 1]};
    walk->state = VALUES_TAIL;
    return true;
}

static void step_tail(struct framer *framer, size_t end)
{
    struct values_walk *walk = &framer->values;
    if (!json_scan_end(&walk->scan, framer->chunk->bytes, &walk->at, end))
        return;
    walk->depth--;
    walk->state = VALUES_BETWEEN;
}

static void step_skip(struct framer *framer)
{
    struct values_walk *walk = &framer->values;
    if (!json_scan_end(&walk->scan, framer->chunk->bytes, &walk->at, framer->chunk->size))
        return;
    framer_skip_end(framer, walk->at);
    framer_drop(framer, walk->at);
    walk->at = 0;
    walk->state = VALUES_BETWEEN;
}

void values_end(struct framer *framer)
{
    struct values_walk *walk = &framer->values;
    size_t size = framer->chunk->size;
    if (walk->state == VALUES_RECORD || walk->state == VALUES_SCALAR)
        add_span(framer, walk->start, size);
    else if (walk->state == VALUES_TAIL || walk->state == VALUES_MEMBERS)
        add_unread(framer, size, 0, "the input ends inside the object around the records");
    else if (walk->state == VALUES_BETWEEN && walk->depth)
        add_unread(framer, size, 0, "the input ends before the array of records is closed");
    walk->depth = 0;
    walk->state = VALUES_BETWEEN;
    walk->at = size;
}

// Gives the first `cut` bytes away; the walk's indexes follow.
static size_t cut_at(struct values_walk *walk, size_t cut)
{
    walk->at -= cut;
    walk->start = walk->start > cut ? walk->start - cut : 0;
    return cut;
}

// Where the walk may look now. States whose bytes are of no use go only to the size of a chunk, so
// that they can be cut off there.
static size_t walk_end(const struct framer *framer)
{
    bool is_useless = framer->values.state == VALUES_GARBAGE || framer->values.state == VALUES_TAIL;
    size_t size = framer->chunk->size;
    return is_useless && size > CHUNK_SIZE ? CHUNK_SIZE : size;
}

static bool walk_step(struct framer *framer, bool is_end)
{
    switch (framer->values.state) {
    case VALUES_BETWEEN:
        return step_between(framer, is_end);
    case VALUES_MEMBERS:
        return step_members(framer, is_end);
    case VALUES_RECORD:
        step_record(framer);
        break;
    case VALUES_SCALAR:
        step_scalar(framer);
        break;
    case VALUES_GARBAGE:
        step_garbage(framer, walk_end(framer));
        break;
    case VALUES_TAIL:
        step_tail(framer, walk_end(framer));
        break;
    case VALUES_SKIP:
        step_skip(framer);
        break;
    }
    return true;
}

size_t values_cut(struct framer *framer, bool is_end)
{
    struct values_walk *walk = &framer->values;
    for (;;) {
        bool is_open = walk->state == VALUES_RECORD || walk->state == VALUES_SCALAR;
        if (walk->state == VALUES_SKIP && walk->start)
            return cut_at(walk, walk->start);
        if (walk->state == VALUES_SKIP) {
            framer_drop(framer, walk->at);
            walk->at = 0;
        } else if (!is_open && walk->at >= CHUNK_SIZE) {
            return cut_at(walk, walk->at);
        }
        if (walk->at == framer->chunk->size || !walk_step(framer, is_end))
            return 0;
    }
}
