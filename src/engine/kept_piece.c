// Pieces of the section `reading` as bytes.
// SPDX-License-Identifier: Apache-2.0
#include "engine/kept_piece.h"

#include <assert.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/hash.h"
#include "engine/kept_words.h"

// Of all pieces of a section in memory.
#define PACKED_LIMIT ((KEPT_REPORTED_BYTES + KEPT_OTHERS_BYTES) * (uint64_t)KEPT_PACKED_RATIO)
#define HASH_SIZE 8
#define GUID_SIZE 16

enum piece_mark {
    PIECE_IS_SYNC = 1 << 0,
    PIECE_HAS_GUID = 1 << 1, // the record's Id is a GUID in lower case
    PIECE_MARKS = 1 << 2
};

// ---- in memory --------------------------------------------------------------------------------

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

bool piece_pack_reading(const struct scope_reading *reading, struct buf *out)
{
    struct str folder = S("");
    size_t sum = 0;
    bool is_good = reading->count <= READING_ITEM_LIMIT && reading->record.len <= KEPT_TEXT_LIMIT;
    for (size_t i = 0; i < reading->count && is_good; i++) {
        const struct scope_item *item = &reading->items[i];
        sum += item->id.len + item->subject.len + item->folder.len;
        is_good = item->id.len <= KEPT_TEXT_LIMIT && item->subject.len <= KEPT_TEXT_LIMIT &&
                  item->folder.len < KEPT_TEXT_LIMIT && sum <= PIECE_TEXT_LIMIT;
    }
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

bool piece_pack_found(const struct scope_found *found, struct buf *out)
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

bool piece_unpack_reading(struct str bytes, struct arena *arena, struct scope_reading *out)
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

bool piece_unpack_found(struct str bytes, struct scope_found *out)
{
    struct varint_reader in = {.left = bytes};
    out->id = varint_read_text(&in, KEPT_TEXT_LIMIT);
    out->subject = varint_read_text(&in, KEPT_TEXT_LIMIT);
    out->sender = varint_read_text(&in, KEPT_TEXT_LIMIT);
    return !in.is_bad && !in.left.len;
}

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

// ---- into the section -------------------------------------------------------------------------

struct piece_writer {
    struct buf *out;
    struct buf own; // that of one which only counts
    struct word_writer *words;
    struct arena arena; // of one piece
    int64_t time;       // of the piece before
};

struct piece_writer *piece_writer_new(struct buf *out)
{
    struct piece_writer *writer = memory_new(sizeof *writer);
    *writer = (struct piece_writer){.out = out, .words = word_writer_new(out)};
    arena_init(&writer->arena);
    buf_init(&writer->own);
    return writer;
}

struct piece_writer *piece_counter_new(void)
{
    struct piece_writer *writer = memory_new(sizeof *writer);
    *writer = (struct piece_writer){.out = &writer->own, .words = word_counter_new(&writer->own)};
    arena_init(&writer->arena);
    buf_init(&writer->own);
    return writer;
}

void piece_writer_free(struct piece_writer *writer)
{
    if (!writer)
        return;
    word_writer_free(writer->words);
    arena_done(&writer->arena);
    buf_done(&writer->own);
    free(writer);
}

static void write_reading(struct piece_writer *w, uint64_t identity,
                          const struct scope_reading *reading)
{
    uint8_t guid[GUID_SIZE];
    bool is_guid = kept_is_guid(reading->record, guid);
    for (int i = 0; i < HASH_SIZE; i++)
        buf_add_char(w->out, (char)(identity >> (8 * i)));
    varint_add(w->out, (reading->is_sync ? PIECE_IS_SYNC : 0u) | (is_guid ? PIECE_HAS_GUID : 0u));
    if (is_guid)
        buf_add(w->out, str_of((const char *)guid, sizeof guid));
    else
        word_add(w->words, reading->record);
    varint_add(w->out, reading->count);
    for (size_t i = 0; i < reading->count; i++) {
        word_add(w->words, reading->items[i].id);
        word_add(w->words, reading->items[i].subject);
        word_add(w->words, reading->items[i].folder);
        varint_add(w->out, reading->items[i].bytes);
    }
}

static void write_found(struct piece_writer *w, const struct scope_found *found)
{
    word_add(w->words, found->id);
    word_add(w->words, found->subject);
    word_add(w->words, found->sender);
}

size_t piece_write(struct piece_writer *w, const struct kept_piece *piece)
{
    struct scope_reading reading;
    struct scope_found found;
    if (w->out == &w->own)
        buf_clear(w->out);
    size_t before = w->out->len;
    bool is_found = piece->kind == PIECE_HINT || piece->kind == PIECE_FOUND;
    bool is_good = is_found ? piece_unpack_found(piece->bytes, &found)
                            : piece_unpack_reading(piece->bytes, &w->arena, &reading);
    assert(is_good); // nothing else was packed
    varint_add(w->out, piece->kind);
    varint_add_signed(w->out, piece->time - w->time);
    w->time = piece->time;
    if (is_found)
        write_found(w, &found);
    else
        write_reading(w, piece->identity, &reading);
    arena_reset(&w->arena);
    return w->out->len - before;
}

// ---- from the section -------------------------------------------------------------------------

struct piece_reader {
    struct word_reader words;
    struct arena arena; // of one piece
    struct buf packed;
    struct kept_piece last;
    uint64_t packed_bytes; // of all
    bool is_bad;
};

struct piece_reader *piece_reader_new(struct str content)
{
    struct piece_reader *reader = memory_new(sizeof *reader);
    *reader = (struct piece_reader){.last = {.kind = PIECE_REPORTED, .bytes = S("")}};
    word_reader_init(&reader->words, content);
    arena_init(&reader->arena);
    buf_init(&reader->packed);
    return reader;
}

static uint64_t read_hash(struct varint_reader *in)
{
    uint8_t bytes[HASH_SIZE];
    uint64_t hash = 0;
    if (!kept_read_bytes(in, bytes, sizeof bytes))
        return 0;
    for (int i = 0; i < HASH_SIZE; i++)
        hash |= (uint64_t)bytes[i] << (8 * i);
    return hash;
}

static struct str read_record(struct piece_reader *r, bool is_guid)
{
    uint8_t guid[GUID_SIZE];
    if (!is_guid)
        return word_read(&r->words, KEPT_TEXT_LIMIT);
    if (!kept_read_bytes(&r->words.in, guid, sizeof guid))
        return S("");
    char *text = arena_alloc(&r->arena, 37);
    guid_print(guid, text);
    return str_of(text, 36);
}

static bool read_reading(struct piece_reader *r, uint64_t *identity)
{
    struct varint_reader *in = &r->words.in;
    *identity = read_hash(in);
    uint64_t marks = varint_read(in, PIECE_MARKS - 1);
    struct scope_reading reading = {.is_sync = marks & PIECE_IS_SYNC};
    reading.record = read_record(r, marks & PIECE_HAS_GUID);
    reading.count = varint_read(in, READING_ITEM_LIMIT);
    if (in->is_bad || 4 * reading.count > in->left.len)
        return false;
    struct scope_item *items = ARENA_ARRAY(&r->arena, struct scope_item, reading.count + 1);
    for (size_t i = 0; i < reading.count && !in->is_bad; i++) {
        items[i].id = word_read(&r->words, KEPT_TEXT_LIMIT);
        items[i].subject = word_read(&r->words, KEPT_TEXT_LIMIT);
        items[i].folder = word_read(&r->words, KEPT_TEXT_LIMIT - 1);
        items[i].bytes = varint_read(in, INT64_MAX);
    }
    reading.items = items;
    return !in->is_bad && piece_pack_reading(&reading, &r->packed);
}

static bool read_found(struct piece_reader *r, uint64_t *identity)
{
    struct scope_found found;
    found.id = word_read(&r->words, KEPT_TEXT_LIMIT);
    found.subject = word_read(&r->words, KEPT_TEXT_LIMIT);
    found.sender = word_read(&r->words, KEPT_TEXT_LIMIT);
    *identity = hash_str(found.id);
    return !r->words.in.is_bad && piece_pack_found(&found, &r->packed);
}

bool piece_read(struct piece_reader *r, struct kept_piece *out)
{
    struct varint_reader *in = &r->words.in;
    if (r->is_bad || !in->left.len)
        return false;
    buf_clear(&r->packed);
    arena_reset(&r->arena);
    struct kept_piece piece = {.time = r->last.time};
    piece.kind = (enum piece_kind)varint_read(in, PIECE_KIND_COUNT - 1);
    r->is_bad = !kept_read_time(in, &piece.time) ||
                !(piece.kind >= PIECE_HINT ? read_found(r, &piece.identity)
                                           : read_reading(r, &piece.identity));
    // Pieces of one record may come in any order.
    bool is_first = !r->last.bytes.len;
    r->last.bytes = piece.bytes = buf_str(&r->packed);
    r->packed_bytes += piece.bytes.len;
    r->is_bad = r->is_bad || (!is_first && kept_piece_compare(&r->last, &piece) > 0) ||
                r->packed_bytes > PACKED_LIMIT;
    if (r->is_bad)
        return false;
    *out = r->last = piece;
    return true;
}

bool piece_reader_free(struct piece_reader *reader)
{
    bool is_good = !reader->is_bad;
    word_reader_done(&reader->words);
    arena_done(&reader->arena);
    buf_done(&reader->packed);
    free(reader);
    return is_good;
}
