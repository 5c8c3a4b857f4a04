// Writing and reading rows of activities.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/activity_state.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/arena.h"
#include "baseline/varint.h"
#include "event/outcome.h"

// A row is compared with the last one of the same user, as far as there is room to remember them: an
// application, an address or a session goes through many rows of one user.
#define MEMORY ((uint32_t)1 << 12)

#define TEXT_COUNT_LIMIT ((uint32_t)1 << 27)

// What a row tells only where it differs from the remembered one: a bit each, the frequent ones low.
enum {
    PART_SHAPE, // operation, flags, kind, source, outcome, actor, logon type, workload
    PART_SYMBOLS,
    // one bit for each of `members`
    PART_TOKEN = PART_SYMBOLS + 19,
    PART_ISSUED,
    PART_THREAD,
    PART_COUNT,
    PART_ASN,
    PART_ERROR,
    PART_NO_ID, // not compared: the record has no GUID
    PART_END
};

static const size_t members[PART_TOKEN - PART_SYMBOLS] = {
    offsetof(struct activity, address),    offsetof(struct activity, session),
    offsetof(struct activity, app),        offsetof(struct activity, client_app),
    offsetof(struct activity, client),     offsetof(struct activity, agent),
    offsetof(struct activity, mailbox),    offsetof(struct activity, detail),
    offsetof(struct activity, target),     offsetof(struct activity, object),
    offsetof(struct activity, device),     offsetof(struct activity, country),
    offsetof(struct activity, city),       offsetof(struct activity, resource),
    offsetof(struct activity, tenant),     offsetof(struct activity, home),
    offsetof(struct activity, target_app), offsetof(struct activity, token_text),
    offsetof(struct activity, id_text),
};
enum { MEMBERS = sizeof members / sizeof members[0] };

static uint32_t *member(struct activity *activity, size_t i)
{
    return (uint32_t *)(void *)((char *)activity + members[i]);
}

static bool is_same_shape(const struct activity *a, const struct activity *b)
{
    return a->operation == b->operation && a->flags == b->flags && a->kind == b->kind &&
           a->source == b->source && a->outcome == b->outcome && a->actor == b->actor &&
           a->logon_type == b->logon_type && a->workload == b->workload;
}

// The row's mask: what of it differs from `last`.
static uint32_t differences(struct activity *row, struct activity *last)
{
    static const uint8_t none[16];
    uint32_t mask = is_same_shape(row, last) ? 0 : 1u << PART_SHAPE;
    for (size_t i = 0; i < MEMBERS; i++)
        mask |= *member(row, i) != *member(last, i) ? 1u << (PART_SYMBOLS + i) : 0;
    mask |= memcmp(row->token, last->token, sizeof row->token) != 0 ? 1u << PART_TOKEN : 0;
    mask |= row->issued_at != last->issued_at ? 1u << PART_ISSUED : 0;
    mask |= row->thread != last->thread ? 1u << PART_THREAD : 0;
    mask |= row->count != last->count ? 1u << PART_COUNT : 0;
    mask |= row->asn != last->asn ? 1u << PART_ASN : 0;
    mask |= row->error != last->error ? 1u << PART_ERROR : 0;
    mask |= memcmp(row->id, none, sizeof none) == 0 ? 1u << PART_NO_ID : 0;
    return mask;
}

static void remember_nothing(struct activity *rows)
{
    for (uint32_t i = 0; i < MEMORY; i++)
        rows[i] = (struct activity){.issued_at = INSTANT_NONE};
}

// ---- writing ----------------------------------------------------------------------------------

struct activity_writer {
    const struct intern *texts;
    uint32_t *numbers; // by symbol: number of the text in the section; 0: not there yet
    uint32_t number_count, text_count;
    int64_t time;
    struct activity last[MEMORY]; // by user, with numbers for symbols
};

struct activity_writer *activity_writer_new(const struct intern *texts)
{
    struct activity_writer *writer = memory_new(sizeof *writer);
    writer->texts = texts;
    remember_nothing(writer->last);
    return writer;
}

void activity_writer_free(struct activity_writer *writer)
{
    if (!writer)
        return;
    free(writer->numbers);
    free(writer);
}

static uint32_t *number_of(struct activity_writer *writer, uint32_t symbol)
{
    if (symbol >= writer->number_count) {
        uint32_t old = writer->number_count, bigger = writer->texts->count;
        assert(symbol < bigger);
        writer->numbers = memory_grow(writer->numbers, bigger * sizeof *writer->numbers);
        memset(writer->numbers + old, 0, (bigger - old) * sizeof *writer->numbers);
        writer->number_count = bigger;
    }
    return &writer->numbers[symbol];
}

// A text that is new stands behind its number, which is one more than those before.
static uint32_t add_text(struct activity_writer *writer, uint32_t symbol, struct buf *out)
{
    uint32_t *number = symbol ? number_of(writer, symbol) : NULL;
    bool is_new = number && !*number;
    if (is_new)
        *number = ++writer->text_count;
    varint_add(out, number ? *number : 0);
    if (is_new)
        varint_add_text(out, intern_text(writer->texts, symbol));
    return number ? *number : 0;
}

static bool is_text_good(const struct activity_writer *writer, uint32_t symbol)
{
    return intern_text(writer->texts, symbol).len <= ACTIVITY_STATE_TEXT;
}

static bool is_time(int64_t time)
{
    return time >= ACTIVITY_TIME_LEAST && time <= ACTIVITY_TIME_MOST;
}

static bool can_be_kept(const struct activity_writer *writer, struct activity *row)
{
    bool is_good = is_time(row->time) && writer->text_count < TEXT_COUNT_LIMIT - MEMBERS - 2 &&
                   (row->issued_at == INSTANT_NONE || is_time(row->issued_at)) &&
                   is_text_good(writer, row->user) && is_text_good(writer, row->operation);
    for (size_t i = 0; i < MEMBERS && is_good; i++)
        is_good = is_text_good(writer, *member(row, i));
    return is_good;
}

static void add_bytes(struct buf *out, const void *at, size_t len)
{
    buf_add(out, str_of(at, len));
}

static void add_u64(struct buf *out, uint64_t number)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(number >> (8 * i));
    add_bytes(out, bytes, sizeof bytes);
}

static void add_shape(struct buf *out, const struct activity *row)
{
    varint_add(out, row->flags);
    varint_add(out, row->kind);
    varint_add(out, row->source);
    varint_add(out, row->outcome);
    varint_add(out, row->actor);
    varint_add(out, (uint64_t)(row->logon_type + 1));
    varint_add(out, row->workload);
}

static void add_numbers(struct buf *out, const struct activity *row, uint32_t mask)
{
    if (mask >> PART_TOKEN & 1)
        add_bytes(out, row->token, sizeof row->token);
    if (mask >> PART_ISSUED & 1) {
        varint_add(out, row->issued_at != INSTANT_NONE);
        if (row->issued_at != INSTANT_NONE)
            varint_add_signed(out, row->issued_at - row->time);
    }
    if (mask >> PART_THREAD & 1)
        add_u64(out, row->thread);
    if (mask >> PART_COUNT & 1)
        varint_add(out, row->count);
    if (mask >> PART_ASN & 1)
        varint_add(out, row->asn);
    if (mask >> PART_ERROR & 1)
        varint_add_signed(out, row->error);
    if (!(mask >> PART_NO_ID & 1))
        add_bytes(out, row->id, sizeof row->id);
}

// What is already in the section is compared by number; what is new differs from everything.
static uint32_t known(struct activity_writer *writer, uint32_t symbol)
{
    uint32_t number = symbol ? *number_of(writer, symbol) : 0;
    return symbol && !number ? UINT32_MAX : number;
}

bool activity_writer_add(struct activity_writer *writer, const struct activity *activity,
                         struct buf *out)
{
    struct activity row = *activity, symbols = *activity;
    if (!can_be_kept(writer, &row))
        return false;
    row.count = row.count ? row.count : 1;
    varint_add_signed(out, row.time - writer->time);
    writer->time = row.time;
    add_u64(out, row.identity);
    row.user = add_text(writer, row.user, out);
    struct activity *last = &writer->last[row.user & (MEMORY - 1)];
    row.operation = known(writer, row.operation);
    for (size_t i = 0; i < MEMBERS; i++)
        *member(&row, i) = known(writer, *member(&row, i));
    uint32_t mask = differences(&row, last);
    varint_add(out, mask);
    if (mask >> PART_SHAPE & 1) {
        row.operation = add_text(writer, symbols.operation, out);
        add_shape(out, &row);
    }
    for (size_t i = 0; i < MEMBERS; i++)
        if (mask >> (PART_SYMBOLS + i) & 1)
            *member(&row, i) = add_text(writer, *member(&symbols, i), out);
    add_numbers(out, &row, mask);
    *last = row;
    return true;
}

// ---- reading ----------------------------------------------------------------------------------

struct activity_reader {
    struct varint_reader bytes;
    struct intern *texts; // a text's number is its symbol
    bool has_rows;
    int64_t time;
    uint64_t identity; // of the row before
    struct activity last[MEMORY];
};

static void require(struct activity_reader *reader, bool is_right)
{
    reader->bytes.is_bad = reader->bytes.is_bad || !is_right;
}

static void read_bytes(struct activity_reader *reader, void *to, size_t len)
{
    struct str *left = &reader->bytes.left;
    if (reader->bytes.is_bad || left->len < len) {
        reader->bytes.is_bad = true;
        memset(to, 0, len);
        return;
    }
    memcpy(to, left->at, len);
    *left = str_of(left->at + len, left->len - len);
}

static uint64_t read_u64(struct activity_reader *reader)
{
    uint8_t bytes[8];
    uint64_t number = 0;
    read_bytes(reader, bytes, sizeof bytes);
    for (int i = 0; i < 8; i++)
        number |= (uint64_t)bytes[i] << (8 * i);
    return number;
}

static uint32_t read_text(struct activity_reader *reader)
{
    uint32_t number = (uint32_t)varint_read(&reader->bytes, reader->texts->count);
    if (reader->bytes.is_bad || number < reader->texts->count)
        return number;
    struct str text = varint_read_text(&reader->bytes, ACTIVITY_STATE_TEXT);
    require(reader, text.len > 0 && number < TEXT_COUNT_LIMIT);
    // A text that is there already has a number.
    if (!reader->bytes.is_bad)
        require(reader, intern_add(reader->texts, text) == number);
    return reader->bytes.is_bad ? 0 : number;
}

static int64_t read_time(struct activity_reader *reader, int64_t from)
{
    int64_t delta = varint_read_signed(&reader->bytes);
    int64_t most = ACTIVITY_TIME_MOST - ACTIVITY_TIME_LEAST;
    bool is_near = delta >= -most && delta <= most;
    require(reader, is_near && is_time(from + (is_near ? delta : 0)));
    return reader->bytes.is_bad ? 0 : from + delta;
}

static void read_shape(struct activity_reader *reader, struct activity *row)
{
    struct varint_reader *in = &reader->bytes;
    row->operation = read_text(reader);
    row->flags = (uint16_t)varint_read(in, 2 * ACTIVITY_IS_MULTI_FACTOR - 1);
    row->kind = (uint8_t)varint_read(in, ACTIVITY_KIND_COUNT - 1);
    row->source = (uint8_t)varint_read(in, SOURCE_COUNT - 1);
    row->outcome = (uint8_t)varint_read(in, OUTCOME_COUNT - 1);
    row->actor = (uint8_t)varint_read(in, ACTOR_CLASS_COUNT - 1);
    row->logon_type = (int8_t)((int)varint_read(in, INT8_MAX + 1) - 1);
    row->workload = (uint8_t)varint_read(in, WORKLOAD_MANAGED_IDENTITY);
}

static void read_numbers(struct activity_reader *reader, struct activity *row, uint32_t mask)
{
    struct varint_reader *in = &reader->bytes;
    if (mask >> PART_TOKEN & 1)
        read_bytes(reader, row->token, sizeof row->token);
    if (mask >> PART_ISSUED & 1)
        row->issued_at = varint_read(in, 1) ? read_time(reader, row->time) : INSTANT_NONE;
    if (mask >> PART_THREAD & 1)
        row->thread = read_u64(reader);
    if (mask >> PART_COUNT & 1)
        row->count = (uint32_t)varint_read(in, UINT32_MAX);
    if (mask >> PART_ASN & 1)
        row->asn = (uint32_t)varint_read(in, UINT32_MAX);
    if (mask >> PART_ERROR & 1) {
        int64_t error = varint_read_signed(in);
        require(reader, error >= INT32_MIN && error <= INT32_MAX);
        row->error = in->is_bad ? 0 : (int32_t)error;
    }
    memset(row->id, 0, sizeof row->id);
    if (!(mask >> PART_NO_ID & 1))
        read_bytes(reader, row->id, sizeof row->id);
}

static bool read_row(struct activity_reader *reader, struct activity *out)
{
    int64_t time = read_time(reader, reader->time);
    uint64_t identity = read_u64(reader);
    require(reader, !reader->has_rows || time > reader->time ||
                        (time == reader->time && identity > reader->identity));
    uint32_t user = read_text(reader);
    struct activity *last = &reader->last[user & (MEMORY - 1)], before = *last, row = before;
    uint32_t mask = (uint32_t)varint_read(&reader->bytes, (1u << PART_END) - 1);
    row.time = time;
    row.identity = identity;
    row.user = user;
    if (mask >> PART_SHAPE & 1)
        read_shape(reader, &row);
    for (size_t i = 0; i < MEMBERS; i++)
        if (mask >> (PART_SYMBOLS + i) & 1)
            *member(&row, i) = read_text(reader);
    read_numbers(reader, &row, mask);
    require(reader, row.count >= 1 && differences(&row, &before) == mask);
    if (reader->bytes.is_bad)
        return false;
    reader->has_rows = true;
    reader->time = time;
    reader->identity = identity;
    *last = row;
    *out = row;
    out->position = POSITION_KEPT;
    return true;
}

bool activity_state_read(struct str content, struct intern *texts,
                         bool (*visit)(const struct activity *activity, void *context),
                         void *context, struct error *error)
{
    struct activity_reader *reader = memory_new(sizeof *reader);
    assert(texts->count == 1);
    reader->bytes.left = content;
    reader->texts = texts;
    remember_nothing(reader->last);
    struct activity row;
    bool is_wanted = true;
    while (is_wanted && reader->bytes.left.len && read_row(reader, &row))
        is_wanted = visit(&row, context);
    bool is_good = !reader->bytes.is_bad;
    free(reader);
    return is_good ||
           error_set(error, "a row is not well-formed; the state file is damaged: take a "
                            "copy of it, or remove it and learn again from the exports");
}
