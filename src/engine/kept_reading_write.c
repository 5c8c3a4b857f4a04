// Writes the section `reading`: what is an attacker's first of all, of the rest the newest for which there is
// room.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "base/keyset.h"
#include "engine/kept_reading.h"

#define ROW_BYTES 24 // beside a piece's bytes, at most

// ---- of attackers -----------------------------------------------------------------------------

// What this run found of a message stands for what was kept of it; of records all that they gave.
static struct kept_piece *all_pieces(const struct kept *kept, size_t *count)
{
    struct keyset renewed = {0};
    struct kept_piece *all = memory_new((kept->piece_count + kept->news_count + 1) * sizeof *all);
    *count = 0;
    for (size_t i = 0; i < kept->news_count; i++) {
        all[(*count)++] = kept->news[i];
        if (kept->news[i].kind == PIECE_FOUND)
            keyset_add(&renewed, kept->news[i].identity);
    }
    for (size_t i = 0; i < kept->piece_count; i++)
        if (kept->pieces[i].kind != PIECE_FOUND || !keyset_has(&renewed, kept->pieces[i].identity))
            all[(*count)++] = kept->pieces[i];
    keyset_done(&renewed);
    if (*count)
        qsort(all, *count, sizeof *all, kept_piece_compare);
    return all;
}

static void write_piece(struct buf *out, enum piece_kind kind, int64_t time, uint64_t identity,
                        struct str bytes)
{
    varint_add(out, kind);
    varint_add_signed(out, time);
    varint_add(out, identity);
    varint_add_text(out, bytes);
}

static void write_pieces(const struct kept_piece *all, size_t count, enum piece_kind kind,
                         int64_t from, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        bool is_copy = i && kept_piece_compare(&all[i - 1], &all[i]) == 0;
        if (all[i].kind == kind && all[i].time >= from && !is_copy)
            write_piece(out, kind, all[i].time, all[i].identity, all[i].bytes);
    }
}

// From which time on there is room for those of attackers: everything, as a rule.
static int64_t reported_from(const struct kept *kept, const struct kept_piece *all, size_t count)
{
    int64_t from = kept->from;
    for (uint64_t bytes = UINT64_MAX; bytes > KEPT_REPORTED_BYTES;) {
        bytes = 0;
        for (size_t i = 0; i < count; i++)
            bytes += all[i].time >= from ? all[i].bytes.len + ROW_BYTES : 0;
        if (bytes > KEPT_REPORTED_BYTES)
            from = kept_later(kept, from);
    }
    return from;
}

// ---- of others --------------------------------------------------------------------------------

struct others {
    const struct kept *kept;
    struct keyset reported; // identities
    struct keyset seen;     // pieces of the record at hand
    uint64_t *bytes;        // by hour since kept->from
    size_t hours;
    int64_t from;
    uint64_t identity;
    enum piece_kind kind; // that is written
    struct buf *out;
};

static bool is_new(struct others *o, const struct observation *row)
{
    if (row->time < o->from ||
        (row->rule == PIECE_OTHER && keyset_has(&o->reported, row->identity)))
        return false;
    if (row->identity != o->identity)
        keyset_done(&o->seen);
    o->identity = row->identity;
    return keyset_add(&o->seen,
                      hash_mix(hash_str(row->entities) ^ (uint64_t)row->time) + row->rule);
}

static void on_measure(const struct observation *row, void *context)
{
    struct others *o = context;
    if (!is_new(o, row))
        return;
    size_t hour = (size_t)((row->time - o->kept->from) / HOUR);
    o->bytes[hour < o->hours ? hour : o->hours - 1] += row->entities.len + ROW_BYTES;
}

static void on_write(const struct observation *row, void *context)
{
    struct others *o = context;
    if (row->rule == o->kind && is_new(o, row))
        write_piece(o->out, o->kind, row->time, row->identity, row->entities);
}

// The first hour from which on everything has room.
static int64_t others_from(const struct others *o, size_t room)
{
    uint64_t sum = 0;
    size_t hour = o->hours;
    while (hour > 0 && sum + o->bytes[hour - 1] <= room)
        sum += o->bytes[--hour];
    return hour ? o->kept->from + (int64_t)hour * HOUR : o->kept->from;
}

static void begin(struct others *o)
{
    keyset_done(&o->seen);
    o->identity = 0;
}

static bool write_others(struct others *o, struct observation_log **logs, size_t count,
                         struct error *error)
{
    o->hours = KEPT_WINDOW / HOUR + 2; // the last: everything later
    o->bytes = memory_new(o->hours * sizeof *o->bytes);
    o->from = o->kept->from;
    bool is_done = observation_each(logs, count, on_measure, o, error);
    o->from = others_from(o, KEPT_READING_BYTES - 2 * KEPT_REPORTED_BYTES);
    for (o->kind = PIECE_OTHER; o->kind <= PIECE_HINT && is_done; o->kind++) {
        begin(o);
        is_done = observation_each(logs, count, on_write, o, error);
    }
    begin(o);
    free(o->bytes);
    return is_done;
}

// ---- all --------------------------------------------------------------------------------------

bool kept_take_readings(struct kept *kept, struct observation_log **logs, size_t count,
                        struct error *error)
{
    size_t piece_count;
    struct buf *out = &kept->sections[KEPT_READING];
    struct kept_piece *all = all_pieces(kept, &piece_count);
    struct observation_log **both = memory_new((count + 1) * sizeof(struct observation_log *));
    struct others others = {.kept = kept, .out = out};
    for (size_t i = 0; i < count; i++)
        both[i] = logs[i];
    both[count] = kept->readings;
    int64_t from = reported_from(kept, all, piece_count);
    for (size_t i = 0; i < piece_count; i++)
        if (all[i].kind == PIECE_REPORTED && all[i].time >= from)
            keyset_add(&others.reported, all[i].identity);
    buf_clear(out);
    write_pieces(all, piece_count, PIECE_REPORTED, from, out);
    bool is_done = kept->newest == INSTANT_NONE || write_others(&others, both, count + 1, error);
    write_pieces(all, piece_count, PIECE_FOUND, from, out);
    keyset_done(&others.reported);
    free(both);
    free(all);
    return is_done;
}
