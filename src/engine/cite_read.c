// Reads cited records again and keeps their bytes, the most important as far as there is room.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "engine/cite_parts.h"
#include "engine/look_back.h"
#include "source/source.h"

#define UNREAD "could not be read again: "

// The header of a CSV input, copied once.
struct header {
    uint32_t input;
    const struct str *columns;
    size_t count;
};

struct rereading {
    const struct citing *citing;
    const struct scan_result *result;
    struct cite_choice *choice;
    struct cited_list *list;
    uint32_t *order;     // items whose place is known, by position
    uint64_t *positions; // of them
    size_t count;
    struct cite_piece *piece;
    struct header *headers;
    size_t header_count, header_capacity;
    size_t held, total; // bytes
    size_t end;         // items from here on have no room
};

// ---- order --------------------------------------------------------------------------------------

static int by_position(const void *left, const void *right, void *context)
{
    const struct cite_place *places = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (places[a].position != places[b].position)
        return places[a].position < places[b].position ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void put_in_order(struct rereading *r)
{
    const struct cite_place *places = r->choice->places;
    r->order = memory_new((r->list->count + 1) * sizeof *r->order);
    r->positions = memory_new((r->list->count + 1) * sizeof *r->positions);
    for (size_t i = 0; i < r->list->count; i++)
        if (places[i].position < POSITION_KEPT)
            r->order[r->count++] = (uint32_t)i;
    qsort_r(r->order, r->count, sizeof *r->order, by_position, r->choice->places);
    for (size_t i = 0; i < r->count; i++) {
        struct cited_record *record = &r->list->items[r->order[i]];
        r->positions[i] = places[r->order[i]].position;
        record->input = (uint32_t)(r->positions[i] >> WORKER_POSITION_BITS);
        record->offset = r->positions[i] & WORKER_OFFSET_MASK;
    }
}

// The first of the order at or behind a position.
static size_t order_from(const struct rereading *r, uint64_t position)
{
    return look_back_from(r->positions, r->count, position);
}

static size_t order_of_input(const struct rereading *r, uint32_t input)
{
    return order_from(r, (uint64_t)input << WORKER_POSITION_BITS);
}

// ---- what is kept -------------------------------------------------------------------------------

static void drop_text(struct rereading *r, struct cited_record *record)
{
    r->held -= record->text_size;
    free(record->text);
    record->text = NULL;
    record->text_size = 0;
}

// The records there is room for are the first so many by importance, however they come in.
static void let_go(struct rereading *r)
{
    while (r->held > r->total) {
        struct cited_record *last = &r->list->items[--r->end];
        drop_text(r, last);
    }
}

static void keep_text(struct rereading *r, size_t item, struct str text)
{
    struct cited_record *record = &r->list->items[item];
    struct sha256 *sha = sha256_new();
    sha256_add(sha, text.at, text.len);
    sha256_finish(sha, record->sha256);
    record->bytes = text.len;
    if (item >= r->end)
        return;
    size_t len = text.len < CITED_TEXT_LIMIT ? text.len : CITED_TEXT_LIMIT;
    for (int i = 0; i < 3 && len < text.len && (text.at[len] & 0xc0) == 0x80; i++)
        len--; // not within a letter
    record->text = memory_grow(NULL, len + 1);
    record->text_size = len;
    memcpy(record->text, text.at, len);
    r->held += len;
    let_go(r);
}

static void keep_header(struct rereading *r, struct cited_record *record,
                        const struct container *container)
{
    struct arena *arena = &r->list->arena;
    if (container->framing != FRAMING_CSV)
        return;
    if (!r->header_count || r->headers[r->header_count - 1].input != record->input) {
        struct str *columns = ARENA_ARRAY(arena, struct str, container->column_count + 1);
        for (size_t i = 0; i < container->column_count; i++)
            columns[i] = arena_copy(arena, container->columns[i]);
        ARRAY_GROW(r->headers, r->header_count, r->header_capacity);
        r->headers[r->header_count++] =
            (struct header){record->input, columns, container->column_count};
    }
    record->columns = r->headers[r->header_count - 1].columns;
    record->column_count = r->headers[r->header_count - 1].count;
    record->delimiter = container->delimiter;
}

// Whether this is the record of that id: its Id in any case of letters, or none where the id is a place.
static bool is_it(const struct rereading *r, size_t item, const struct event *event)
{
    if (!r->choice->places[item].identity)
        return true;
    return str_equal_fold(event->id, r->list->items[item].id);
}

static void take(struct rereading *r, size_t item, const struct event *event,
                 const struct chunk *chunk, const struct record *record)
{
    struct cited_record *cited = &r->list->items[item];
    size_t start = (size_t)(record->offset - chunk->offset), size = record->size;
    if (!cite_piece_find(r->piece, chunk, record, event->id, &start, &size))
        cited->note = S("one of several records of this line or value, which is shown as a whole");
    struct str text = str_of(chunk->bytes + start, size);
    while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
        text.len--;
    cited->offset = chunk->offset + start;
    cited->line = chunk_line_at(chunk, cited->offset);
    cited->time = event->time;
    cited->source = source_name(event->source);
    keep_header(r, cited, chunk->container);
    keep_text(r, item, text);
}

static void on_record(void *context, const struct event *event, const struct chunk *chunk,
                      const struct record *record)
{
    struct rereading *r = context;
    for (size_t i = order_from(r, event->position);
         i < r->count && r->positions[i] == event->position; i++) {
        size_t item = r->order[i];
        bool is_new = !r->list->items[item].bytes && !r->list->items[item].omitted.len;
        if (is_new && is_it(r, item, event))
            take(r, item, event, chunk, record);
    }
}

// ---- what is missing ----------------------------------------------------------------------------

// Nothing of these inputs stands for what was read before.
static void drop_inputs(struct rereading *r, uint32_t from, uint32_t to, const char *why)
{
    struct str said = arena_print(&r->list->arena, UNREAD "%s", why);
    for (size_t i = order_of_input(r, from); i < order_of_input(r, to); i++) {
        struct cited_record *record = &r->list->items[r->order[i]];
        drop_text(r, record);
        record->bytes = record->line = 0;
        record->sha256[0] = 0;
        record->time = INSTANT_NONE;
        record->source = NULL;
        record->note = S("");
        record->omitted = said;
    }
}

static void on_miss(void *context, uint32_t from, uint32_t to, const char *why)
{
    drop_inputs(context, from, to, why);
}

// Bytes are evidence only where the file is the one that was hashed.
static void drop_changed(struct rereading *r)
{
    const struct citing *c = r->citing;
    for (size_t i = 0; i < c->list->count; i++) {
        uint32_t from = c->first_inputs[i], to = c->first_inputs[i + 1];
        size_t first = order_of_input(r, from);
        bool is_cited = first < order_of_input(r, to);
        if (!is_cited || r->list->items[r->order[first]].omitted.len ||
            str_is(c->list->paths[i].path, "-") ||
            trail_is_same(c->trail, i, c->list->paths[i].path))
            continue;
        drop_inputs(r, from, to, "the file has changed since it was read");
    }
}

static void say_why(struct rereading *r)
{
    const struct scan_options *options = r->citing->options;
    bool is_interrupted = options->is_interrupted && *options->is_interrupted;
    for (size_t i = 0; i < r->list->count; i++) {
        struct cited_record *record = &r->list->items[i];
        const struct cite_place *place = &r->choice->places[i];
        if (record->omitted.len || (record->bytes && i < r->end))
            continue;
        if (record->bytes)
            record->omitted = S("no room: the records before it take all there is");
        else if (record->input == CITED_NO_INPUT)
            record->omitted =
                place->is_kept || (place->identity && r->result->state)
                    ? S(UNREAD "an earlier run read it, and it is not among the inputs of this one")
                    : S(UNREAD "where it stands is not known");
        else
            record->omitted = is_interrupted ? S(UNREAD "the scan was interrupted")
                                             : S(UNREAD "it no longer stands where it was read");
    }
}

static bool wants_input(void *context, uint32_t input)
{
    const struct rereading *r = context;
    return order_of_input(r, input) < order_of_input(r, input + 1);
}

// ---- lines --------------------------------------------------------------------------------------

static void count_lines_of(struct rereading *r, uint32_t input, struct str path)
{
    struct line_counter counter;
    line_counter_open(&counter, r->citing->trail, path);
    for (size_t i = order_of_input(r, input); i < order_of_input(r, input + 1); i++) {
        struct cited_record *record = &r->list->items[r->order[i]];
        uint64_t position = (uint64_t)input << WORKER_POSITION_BITS | record->offset;
        if (record->bytes)
            record->line = line_counter_at(&counter, position);
    }
    line_counter_close(&counter);
}

// Of files that may have been read place by place (look_back.c); the others' chunks told the line.
static void count_lines(struct rereading *r)
{
    const struct citing *c = r->citing;
    for (size_t i = 0; i < c->list->count; i++) {
        uint32_t input = c->first_inputs[i];
        struct str path = c->list->paths[i].path;
        if (c->first_inputs[i + 1] == input + 1 && wants_input(r, input) &&
            strcmp(r->result->inputs[input].format, "plain") == 0 &&
            str_equal(r->result->inputs[input].path, path) && !str_is(path, "-"))
            count_lines_of(r, input, path);
    }
}

// ---- all ----------------------------------------------------------------------------------------

void cite_read(const struct citing *citing, const struct scan_result *result, size_t total,
               struct cite_choice *choice)
{
    struct rereading r = {.citing = citing,
                          .result = result,
                          .choice = choice,
                          .list = choice->list,
                          .total = total,
                          .end = choice->list->count};
    put_in_order(&r);
    if (r.count) {
        r.piece = cite_piece_new();
        struct look_back look = {.options = citing->options,
                                 .first_inputs = citing->first_inputs,
                                 .list = citing->list,
                                 .wants_input = wants_input,
                                 .inputs = result->inputs,
                                 .positions = r.positions,
                                 .position_count = r.count,
                                 .visit_bytes = on_record,
                                 .miss = on_miss,
                                 .context = &r};
        look_back_run(&look);
        count_lines(&r);
        drop_changed(&r);
        cite_piece_free(r.piece);
    }
    say_why(&r);
    free(r.order);
    free(r.positions);
    free(r.headers);
}
