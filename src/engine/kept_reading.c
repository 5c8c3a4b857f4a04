// Which messages and folders the records of mail accesses name, and subjects and senders of such messages, since
// the records themselves are not kept: gathered in this run, and used of earlier ones.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "engine/kept_piece.h"

// ---- this run ---------------------------------------------------------------------------------

static void add_news(struct kept *kept, struct kept_piece piece, struct str bytes)
{
    ARRAY_GROW(kept->news, kept->news_count, kept->news_capacity);
    piece.bytes = arena_copy(&kept->arena, bytes);
    kept->news[kept->news_count++] = piece;
}

void kept_reading(void *context, int64_t time, const struct scope_reading *reading)
{
    struct buf bytes;
    buf_init(&bytes);
    if (kept_is_time(time) && piece_pack_reading(reading, &bytes))
        add_news(context,
                 (struct kept_piece){
                     .kind = PIECE_REPORTED, .time = time, .identity = reading->identity},
                 buf_str(&bytes));
    buf_done(&bytes);
}

void kept_found(void *context, int64_t time, const struct scope_found *found)
{
    struct buf bytes;
    buf_init(&bytes);
    if (kept_is_time(time) && piece_pack_found(found, &bytes))
        add_news(
            context,
            (struct kept_piece){.kind = PIECE_FOUND, .time = time, .identity = hash_str(found->id)},
            buf_str(&bytes));
    buf_done(&bytes);
}

static bool add_row(struct observation_log *log, struct kept_piece piece, struct error *error)
{
    struct observation row = {.rule = piece.kind,
                              .time = piece.time,
                              .identity = piece.identity,
                              .position = POSITION_KEPT,
                              .id = S(""),
                              .where = S(""),
                              .entities = piece.bytes};
    return observation_log_add(log, &row, 0, error);
}

bool kept_add_reading(struct observation_log *log, const struct scope_reading *reading,
                      int64_t time, struct buf *scratch, struct error *error)
{
    buf_clear(scratch);
    if (!kept_is_time(time) || !piece_pack_reading(reading, scratch))
        return true;
    return add_row(log, (struct kept_piece){PIECE_OTHER, time, reading->identity, buf_str(scratch)},
                   error);
}

bool kept_add_hint(struct observation_log *log, const struct scope_found *hint, int64_t time,
                   struct buf *scratch, struct error *error)
{
    buf_clear(scratch);
    if (!kept_is_time(time) || !piece_pack_found(hint, scratch))
        return true;
    return add_row(log, (struct kept_piece){PIECE_HINT, time, hash_str(hint->id), buf_str(scratch)},
                   error);
}

// ---- earlier runs -----------------------------------------------------------------------------

struct feeding {
    struct kept *kept;
    struct scope *scope;
    struct arena arena;
};

static bool feed(struct feeding *f, uint64_t identity, struct str bytes)
{
    struct scope_reading reading = {.identity = identity};
    bool is_wanted =
        scope_wants(f->scope, identity) && piece_unpack_reading(bytes, &f->arena, &reading);
    if (is_wanted)
        scope_again(f->scope, &reading);
    arena_reset(&f->arena);
    return is_wanted;
}

// What is an attacker's now is kept as such from now on.
static void on_other(const struct observation *row, void *context)
{
    struct feeding *f = context;
    if (row->rule == PIECE_OTHER && feed(f, row->identity, row->entities))
        add_news(f->kept,
                 (struct kept_piece){
                     .kind = PIECE_REPORTED, .time = row->time, .identity = row->identity},
                 row->entities);
}

bool kept_scope_readings(struct kept *kept, struct scope *scope, struct error *error)
{
    struct feeding f = {.kept = kept, .scope = scope};
    arena_init(&f.arena);
    for (size_t i = 0; i < kept->piece_count; i++)
        if (kept->pieces[i].kind == PIECE_REPORTED)
            feed(&f, kept->pieces[i].identity, kept->pieces[i].bytes);
    bool is_done = observation_each(&kept->readings, 1, on_other, &f, error);
    arena_done(&f.arena);
    return is_done;
}

static void on_hint(const struct observation *row, void *context)
{
    struct scope_found hint;
    if (row->rule == PIECE_HINT && piece_unpack_found(row->entities, &hint))
        scope_add_found(context, &hint);
}

bool kept_scope_found(struct kept *kept, struct scope *scope, struct error *error)
{
    struct scope_found found;
    for (size_t i = 0; i < kept->piece_count; i++)
        if (kept->pieces[i].kind == PIECE_FOUND &&
            piece_unpack_found(kept->pieces[i].bytes, &found))
            scope_add_found(scope, &found);
    return observation_each(&kept->readings, 1, on_hint, scope, error);
}

static bool take_piece(struct kept *kept, const struct kept_piece *piece, struct error *error)
{
    if (piece->kind == PIECE_OTHER || piece->kind == PIECE_HINT)
        return add_row(kept->readings, *piece, error);
    ARRAY_GROW(kept->pieces, kept->piece_count, kept->piece_capacity);
    kept->pieces[kept->piece_count] = *piece;
    kept->pieces[kept->piece_count++].bytes = arena_copy(&kept->arena, piece->bytes);
    return true;
}

bool kept_load_readings(void *module, struct str content, struct error *error)
{
    struct piece_reader *reader = piece_reader_new(content);
    struct kept_piece piece;
    bool is_taken = true;
    while (is_taken && piece_read(reader, &piece))
        is_taken = take_piece(module, &piece, error);
    bool is_good = piece_reader_free(reader);
    return is_taken && (is_good || kept_is_damaged(error));
}
