// Section `reading`: which messages and folders the records of mail accesses name, and subjects and senders of
// such messages, since the records themselves are not kept. Reading it, and using it in the run.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "engine/kept_reading.h"

// ---- packing ----------------------------------------------------------------------------------

// The folder of most items is that of the item before: 0. Others are told, their length plus one before them.
static void pack_folder(struct buf *out, const struct scope_item *item, struct str *last)
{
    if (str_equal(item->folder, *last)) {
        varint_add(out, 0);
        return;
    }
    varint_add(out, item->folder.len + 1);
    buf_add(out, item->folder);
    *last = item->folder;
}

static bool pack_reading(const struct scope_reading *reading, struct buf *out)
{
    struct str folder = S("");
    bool is_good = reading->count <= READING_ITEM_LIMIT && reading->record.len <= KEPT_TEXT_LIMIT;
    for (size_t i = 0; i < reading->count && is_good; i++)
        is_good = reading->items[i].id.len <= KEPT_TEXT_LIMIT &&
                  reading->items[i].subject.len <= KEPT_TEXT_LIMIT &&
                  reading->items[i].folder.len < KEPT_TEXT_LIMIT;
    if (!is_good)
        return false;
    varint_add(out, reading->is_sync);
    varint_add_text(out, reading->record);
    varint_add(out, reading->count);
    for (size_t i = 0; i < reading->count; i++) {
        varint_add_text(out, reading->items[i].id);
        varint_add_text(out, reading->items[i].subject);
        pack_folder(out, &reading->items[i], &folder);
        varint_add(out, reading->items[i].bytes);
    }
    return true;
}

static bool pack_found(const struct scope_found *found, struct buf *out)
{
    if (found->id.len > KEPT_TEXT_LIMIT || found->subject.len > KEPT_TEXT_LIMIT ||
        found->sender.len > KEPT_TEXT_LIMIT)
        return false;
    varint_add_text(out, found->id);
    varint_add_text(out, found->subject);
    varint_add_text(out, found->sender);
    return true;
}

static struct str unpack_folder(struct varint_reader *in, struct str *last)
{
    size_t len = varint_read(in, KEPT_TEXT_LIMIT);
    if (!len)
        return *last;
    if (in->is_bad || len - 1 > in->left.len) {
        in->is_bad = true;
        return *last;
    }
    *last = str_of(in->left.at, len - 1);
    in->left = str_of(in->left.at + len - 1, in->left.len - len + 1);
    return *last;
}

// The items are in the arena, texts in the bytes. False when these are no such piece.
static bool unpack_reading(struct str bytes, struct arena *arena, struct scope_reading *out)
{
    struct varint_reader in = {.left = bytes};
    struct str folder = S("");
    out->is_sync = varint_read(&in, 1);
    out->record = varint_read_text(&in, KEPT_TEXT_LIMIT);
    out->count = varint_read(&in, READING_ITEM_LIMIT);
    if (in.is_bad || 4 * out->count > in.left.len)
        return false;
    struct scope_item *items = ARENA_ARRAY(arena, struct scope_item, out->count + 1);
    for (size_t i = 0; i < out->count; i++) {
        items[i].id = varint_read_text(&in, KEPT_TEXT_LIMIT);
        items[i].subject = varint_read_text(&in, KEPT_TEXT_LIMIT);
        items[i].folder = unpack_folder(&in, &folder);
        items[i].bytes = varint_read(&in, INT64_MAX);
    }
    out->items = items;
    return !in.is_bad && !in.left.len;
}

static bool unpack_found(struct str bytes, struct scope_found *out)
{
    struct varint_reader in = {.left = bytes};
    out->id = varint_read_text(&in, KEPT_TEXT_LIMIT);
    out->subject = varint_read_text(&in, KEPT_TEXT_LIMIT);
    out->sender = varint_read_text(&in, KEPT_TEXT_LIMIT);
    return !in.is_bad && !in.left.len;
}

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
    if (kept_is_time(time) && pack_reading(reading, &bytes))
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
    if (kept_is_time(time) && pack_found(found, &bytes))
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
    if (!kept_is_time(time) || !pack_reading(reading, scratch))
        return true;
    return add_row(log, (struct kept_piece){PIECE_OTHER, time, reading->identity, buf_str(scratch)},
                   error);
}

bool kept_add_hint(struct observation_log *log, const struct scope_found *hint, int64_t time,
                   struct buf *scratch, struct error *error)
{
    buf_clear(scratch);
    if (!kept_is_time(time) || !pack_found(hint, scratch))
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
    bool is_wanted = scope_wants(f->scope, identity) && unpack_reading(bytes, &f->arena, &reading);
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
    if (row->rule == PIECE_HINT && unpack_found(row->entities, &hint))
        scope_add_found(context, &hint);
}

bool kept_scope_found(struct kept *kept, struct scope *scope, struct error *error)
{
    struct scope_found found;
    for (size_t i = 0; i < kept->piece_count; i++)
        if (kept->pieces[i].kind == PIECE_FOUND && unpack_found(kept->pieces[i].bytes, &found))
            scope_add_found(scope, &found);
    return observation_each(&kept->readings, 1, on_hint, scope, error);
}

// ---- the section ------------------------------------------------------------------------------

int kept_piece_compare(const void *left, const void *right)
{
    const struct kept_piece *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    return str_compare(a->bytes, b->bytes);
}

static bool read_piece(struct varint_reader *in, struct arena *arena, struct kept_piece *out)
{
    struct scope_reading reading;
    struct scope_found found;
    out->kind = (enum piece_kind)varint_read(in, PIECE_KIND_COUNT - 1);
    out->time = varint_read_signed(in);
    out->identity = varint_read(in, UINT64_MAX);
    out->bytes = varint_read_text(in, KEPT_READING_BYTES);
    if (in->is_bad || !kept_is_time(out->time))
        return false;
    return out->kind >= PIECE_HINT ? unpack_found(out->bytes, &found)
                                   : unpack_reading(out->bytes, arena, &reading);
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
    struct varint_reader in = {.left = content};
    struct kept_piece piece, last = {.kind = PIECE_REPORTED, .time = INT64_MIN, .bytes = S("")};
    struct arena arena;
    bool is_taken = true, is_good = true;
    arena_init(&arena);
    while (is_taken && is_good && in.left.len) {
        is_good = read_piece(&in, &arena, &piece);
        is_taken = !is_good || take_piece(module, &piece, error);
        last.bytes = piece.bytes; // of one record in any order
        is_good = is_good && kept_piece_compare(&last, &piece) <= 0;
        last = piece;
        arena_reset(&arena);
    }
    arena_done(&arena);
    return is_taken && (is_good || kept_is_damaged(error));
}
