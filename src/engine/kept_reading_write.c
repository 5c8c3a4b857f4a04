// Writes the section `reading`: what is an attacker's first of all, of the rest the newest for which there is
// room.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "base/keyset.h"
#include "engine/kept_piece.h"

#define ROW_BYTES 24 // beside a piece's bytes, at most
#define RETRY (6 * HOUR)

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

static void write_pieces(const struct kept_piece *all, size_t count, enum piece_kind kind,
                         int64_t from, struct piece_writer *writer)
{
    for (size_t i = 0; i < count; i++) {
        bool is_copy = i && kept_piece_compare(&all[i - 1], &all[i]) == 0;
        if (all[i].kind == kind && all[i].time >= from && !is_copy)
            piece_write(writer, &all[i]);
    }
}

// From which time on there is room for those of attackers: everything, as a rule.
static int64_t reported_from(const struct kept *kept, const struct kept_piece *all, size_t count)
{
    int64_t from = kept->from;
    for (uint64_t bytes = UINT64_MAX; bytes > kept->limits.reported_bytes;) {
        bytes = 0;
        for (size_t i = 0; i < count; i++)
            bytes += all[i].time >= from ? all[i].bytes.len + ROW_BYTES : 0;
        if (bytes > kept->limits.reported_bytes)
            from = kept_later(kept, from);
    }
    return from;
}

// ---- of others --------------------------------------------------------------------------------

struct others {
    const struct kept *kept;
    struct observation_log **logs;
    size_t count;
    struct keyset reported; // identities
    struct keyset seen;     // pieces of the record at hand
    uint64_t *bytes;        // by hour since kept->from
    size_t hours;
    uint64_t sum; // of them
    int64_t from;
    uint64_t identity;
    enum piece_kind kind;        // that is written
    struct piece_writer *writer; // or what counts; NULL: bytes in memory
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

static void begin(struct others *o)
{
    keyset_done(&o->seen);
    o->identity = 0;
    o->sum = 0;
    memset(o->bytes, 0, o->hours * sizeof *o->bytes);
}

// What the next run has to hold must not be much more than what is in the file.
static void add_row(struct others *o, const struct observation *row)
{
    const struct kept_piece piece = {(enum piece_kind)row->rule, row->time, row->identity,
                                     row->entities};
    uint64_t bytes = row->entities.len + ROW_BYTES;
    if (o->writer) {
        uint64_t written = piece_write(o->writer, &piece);
        bytes /= KEPT_PACKED_RATIO;
        bytes = written > bytes ? written : bytes;
    }
    size_t hour = (size_t)((row->time - o->kept->from) / HOUR);
    o->bytes[hour < o->hours ? hour : o->hours - 1] += bytes;
    o->sum += bytes;
}

static void on_measure(const struct observation *row, void *context)
{
    if (is_new(context, row))
        add_row(context, row);
}

static void on_write(const struct observation *row, void *context)
{
    struct others *o = context;
    if (row->rule == o->kind && is_new(o, row))
        add_row(o, row);
}

// The first hour from which on everything has room.
static int64_t first_hour(const struct others *o)
{
    uint64_t sum = 0;
    size_t hour = o->hours;
    while (hour > 0 && sum + o->bytes[hour - 1] <= o->kept->limits.others_bytes)
        sum += o->bytes[--hour];
    return hour ? o->kept->from + (int64_t)hour * HOUR : o->kept->from;
}

// From when on there is room: as a rule that is seen by what is in memory alone.
static bool measure_others(struct others *o, struct error *error)
{
    o->from = o->kept->from;
    begin(o);
    if (!observation_each(o->logs, o->count, on_measure, o, error))
        return false;
    if (o->sum <= o->kept->limits.others_bytes)
        return true;
    begin(o);
    o->writer = piece_counter_new();
    bool is_done = observation_each(o->logs, o->count, on_measure, o, error);
    piece_writer_free(o->writer);
    o->from = first_hour(o);
    return is_done;
}

static bool write_others(struct others *o, struct piece_writer *writer, struct error *error)
{
    bool is_done = true;
    uint64_t sum = 0;
    o->writer = writer;
    for (o->kind = PIECE_OTHER; o->kind <= PIECE_HINT && is_done; o->kind++) {
        begin(o);
        is_done = observation_each(o->logs, o->count, on_write, o, error);
        sum += o->sum;
    }
    o->sum = sum;
    return is_done;
}

// ---- all --------------------------------------------------------------------------------------

struct attackers {
    struct kept_piece *all;
    size_t count;
    int64_t from;
};

static bool write_all(struct others *o, const struct attackers *a, struct buf *out,
                      struct error *error)
{
    buf_clear(out);
    struct piece_writer *writer = piece_writer_new(out);
    write_pieces(a->all, a->count, PIECE_REPORTED, a->from, writer);
    bool is_done = write_others(o, writer, error);
    write_pieces(a->all, a->count, PIECE_FOUND, a->from, writer);
    piece_writer_free(writer);
    return is_done;
}

// Without the earliest hours texts that they told are told later, so that it may have become too much again.
static bool write_what_fits(struct others *o, const struct attackers *a, struct buf *out,
                            struct error *error)
{
    bool is_done = measure_others(o, error);
    while (is_done && (is_done = write_all(o, a, out, error)) &&
           o->sum > o->kept->limits.others_bytes)
        o->from += RETRY;
    return is_done;
}

bool kept_take_readings(struct kept *kept, struct observation_log **logs, size_t count,
                        struct error *error)
{
    struct buf *out = &kept->sections[KEPT_READING];
    struct attackers a = {0};
    struct observation_log **both = memory_new((count + 1) * sizeof(struct observation_log *));
    struct others others = {.kept = kept,
                            .logs = both,
                            .count = count + 1,
                            .hours = KEPT_WINDOW / HOUR + 2,
                            .from = kept->from};
    others.bytes = memory_new(others.hours * sizeof *others.bytes); // the last: everything later
    for (size_t i = 0; i < count; i++)
        both[i] = logs[i];
    both[count] = kept->readings;
    a.all = all_pieces(kept, &a.count);
    a.from = reported_from(kept, a.all, a.count);
    for (size_t i = 0; i < a.count; i++)
        if (a.all[i].kind == PIECE_REPORTED && a.all[i].time >= a.from)
            keyset_add(&others.reported, a.all[i].identity);
    bool is_done = kept->newest == INSTANT_NONE || write_what_fits(&others, &a, out, error);
    kept->from_reading = others.from;
    keyset_done(&others.reported);
    keyset_done(&others.seen);
    free(others.bytes);
    free(both);
    free(a.all);
    return is_done;
}
