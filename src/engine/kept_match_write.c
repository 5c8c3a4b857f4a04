// Writes the section `match`: rows of this run and of earlier ones, in order of time, each once.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/encode.h"
#include "base/hash.h"
#include "engine/kept_match.h"

struct match_writer {
    struct kept *kept;
    struct buf rules, rows;
    uint32_t *numbers; // by index into kept->rule_rows: number in the section + 1
    uint32_t rule_count;
    struct intern texts;
    struct keyset seen; // rows
    int64_t from, time;
    bool is_observation; // the rows at hand
    uint64_t count, unkept;
};

static void write_text(struct match_writer *w, struct str text)
{
    uint32_t count = w->texts.count, number = intern_add(&w->texts, text);
    varint_add(&w->rows, number);
    if (number == count)
        varint_add_text(&w->rows, text);
}

static void write_u64(struct buf *out, uint64_t number)
{
    for (int i = 0; i < 8; i++)
        buf_add_char(out, (char)(number >> (8 * i)));
}

static uint32_t number_of(struct match_writer *w, uint32_t rule)
{
    if (w->numbers[rule])
        return w->numbers[rule] - 1;
    size_t count = 0;
    const struct str *fields = kept_fields(w->kept, rule, &count);
    varint_add_text(&w->rules, w->kept->rule_rows[rule].name);
    varint_add(&w->rules, count);
    for (size_t i = 0; i < count; i++)
        varint_add_text(&w->rules, fields[i]);
    w->numbers[rule] = ++w->rule_count;
    return w->rule_count - 1;
}

// ---- rows -------------------------------------------------------------------------------------

static bool can_be_kept(const struct match_writer *w, const struct observation *row,
                        const struct entity_list *entities, size_t values)
{
    bool is_good = row->id.len <= KEPT_TEXT_LIMIT && row->where.len <= KEPT_TEXT_LIMIT &&
                   w->kept->rule_rows[row->rule].name.len <= KEPT_TEXT_LIMIT &&
                   values <= MATCH_FIELD_LIMIT &&
                   w->texts.count < MATCH_TEXT_LIMIT - 2 - ENTITY_LIMIT - MATCH_FIELD_LIMIT;
    for (size_t i = 0; i < entities->count; i++)
        is_good = is_good && entities->items[i].text.len <= KEPT_TEXT_LIMIT;
    for (size_t i = 0; i < values && is_good; i++)
        is_good = row->values[i].len <= KEPT_TEXT_LIMIT;
    return is_good;
}

// Copies of a record that gave the same are one row; those that gave something else are their own.
static bool is_new(struct match_writer *w, const struct observation *row, size_t values)
{
    uint64_t hash = hash_mix(row->rule * UINT64_C(2) + w->is_observation) ^ row->identity;
    hash = hash_mix(hash ^ (uint64_t)row->time) ^ hash_str(row->id);
    hash = hash_mix(hash) ^ hash_str(row->where);
    hash = hash_mix(hash) ^ hash_str(row->entities);
    for (size_t i = 0; i < values; i++)
        hash = hash_mix(hash + (row->values[i].at != NULL)) ^
               hash_str(str_of(row->values[i].at ? row->values[i].at : "", row->values[i].len));
    return keyset_add(&w->seen, hash);
}

static void write_values(struct match_writer *w, const struct observation *row, size_t values)
{
    for (size_t i = 0; i < values; i++) {
        varint_add(&w->rows, row->values[i].at != NULL);
        if (row->values[i].at)
            write_text(w, row->values[i]);
    }
}

static void write_row(struct match_writer *w, const struct observation *row,
                      const struct entity_list *entities, size_t values)
{
    uint8_t guid[16];
    uint64_t offset = row->position & ((UINT64_C(1) << 44) - 1);
    bool is_guid = kept_is_guid(row->id, guid);
    unsigned marks = (w->is_observation ? MATCH_IS_OBSERVATION : 0) |
                     (is_guid ? MATCH_HAS_GUID : 0) |
                     (!row->id.len && offset ? MATCH_HAS_OFFSET : 0);
    varint_add(&w->rows, marks);
    varint_add(&w->rows, number_of(w, row->rule));
    varint_add_signed(&w->rows, row->time - w->time);
    w->time = row->time;
    write_u64(&w->rows, row->identity);
    if (marks & MATCH_HAS_OFFSET)
        varint_add(&w->rows, offset);
    if (is_guid)
        buf_add(&w->rows, str_of((const char *)guid, sizeof guid));
    else
        write_text(w, row->id);
    write_text(w, row->where);
    varint_add(&w->rows, entities->count);
    for (size_t i = 0; i < entities->count; i++) {
        varint_add(&w->rows, entities->items[i].kind);
        write_text(w, entities->items[i].text);
    }
    write_values(w, row, values);
}

static void on_row(const struct observation *row, void *context)
{
    struct match_writer *w = context;
    struct entity_list entities;
    size_t values = 0;
    if (row->time == INSTANT_NONE || row->time < w->from ||
        w->rows.len > w->kept->limits.match_bytes)
        return;
    entity_unpack(row->entities, &entities);
    if (w->is_observation)
        kept_fields(w->kept, row->rule, &values);
    if (!kept_is_time(row->time) || !can_be_kept(w, row, &entities, values)) {
        w->unkept++;
    } else if (is_new(w, row, values)) {
        w->count++;
        write_row(w, row, &entities, values);
    }
}

// ---- all --------------------------------------------------------------------------------------

struct match_logs {
    struct observation_log **matches, **observations; // this run's and at the end the earlier
    size_t count;
};

static bool write_all(struct match_writer *w, const struct match_logs *logs, struct error *error)
{
    if (!observation_each(logs->matches, logs->count, on_row, w, error))
        return false;
    w->is_observation = true;
    if (!observation_each(logs->observations, logs->count, on_row, w, error))
        return false;
    return observation_each(&w->kept->aside, 1, on_row, w, error);
}

// Everything from a time on, into the section. *is_within: it has room.
static bool write_from(struct kept *kept, const struct match_logs *logs, int64_t from,
                       bool *is_within, struct error *error)
{
    struct match_writer w = {.kept = kept, .from = from};
    struct buf *out = &kept->sections[KEPT_MATCH];
    buf_init(&w.rules);
    buf_init(&w.rows);
    intern_add(&w.texts, S(""));
    w.numbers = memory_new((kept->rule_count + 1) * sizeof *w.numbers);
    bool is_done = write_all(&w, logs, error);
    *is_within = w.rows.len <= kept->limits.match_bytes && w.count <= kept->limits.matches;
    buf_clear(out);
    varint_add(out, w.rule_count);
    buf_add(out, buf_str(&w.rules));
    buf_add(out, buf_str(&w.rows));
    kept->from_match = from;
    kept->match_count = w.count;
    if (*is_within)
        kept->unkept += w.unkept;
    buf_done(&w.rules);
    buf_done(&w.rows);
    intern_done(&w.texts);
    keyset_done(&w.seen);
    free(w.numbers);
    return is_done;
}

static struct observation_log **with_earlier(struct observation_log **logs, size_t count,
                                             struct observation_log *earlier)
{
    struct observation_log **all = memory_new((count + 1) * sizeof *all);
    for (size_t i = 0; i < count; i++)
        all[i] = logs[i];
    all[count] = earlier;
    return all;
}

struct newest {
    int64_t ceiling;
    int64_t newest, latest; // before the ceiling, and of all
    uint64_t count, later;  // before the ceiling, and beyond it
};

static void on_newest(const struct observation *row, void *context)
{
    struct newest *n = context;
    if (!kept_is_time(row->time))
        return;
    n->latest = row->time; // they come in order of time
    if (row->time > n->ceiling) {
        n->later++;
        return;
    }
    n->newest = row->time;
    n->count++;
}

bool kept_take_matches(struct kept *kept, struct observation_log **matches,
                       struct observation_log **observations, size_t count, struct error *error)
{
    struct match_logs logs = {with_earlier(matches, count, kept->matches),
                              with_earlier(observations, count, kept->observations), count + 1};
    bool is_within = false, is_done = true;
    if (kept->newest == INSTANT_NONE) { // logs of other kinds alone
        struct newest n = {
            .ceiling = kept_ceiling(), .newest = INSTANT_NONE, .latest = INSTANT_NONE};
        is_done = observation_each(logs.matches, logs.count, on_newest, &n, error);
        kept->newest = n.later > n.count ? n.latest : n.newest;
        if (kept->newest != INSTANT_NONE)
            kept->from = kept->newest - KEPT_WINDOW;
    }
    for (int64_t from = kept->from; is_done && !is_within; from = kept_later(kept, from))
        is_done = write_from(kept, &logs, from, &is_within, error);
    free(logs.matches);
    free(logs.observations);
    return is_done;
}
