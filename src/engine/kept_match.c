// Section `match`: what rules matched in earlier runs, and what correlations are made of. Reading it, and using
// it in the run.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/encode.h"
#include "base/hash.h"
#include "engine/kept_match.h"

// ---- rules ------------------------------------------------------------------------------------

struct str kept_rule_name(struct arena *arena, const struct sigma_rule *rule)
{
    // Ids are meant to be unique; with the title, rules that share one by mistake are told apart.
    return arena_print(arena, "%.*s\n%.*s", (int)rule->id.len, rule->id.at, (int)rule->title.len,
                       rule->title.at);
}

uint32_t kept_rule_number(struct kept *kept, struct str name)
{
    bool is_new;
    struct map_entry *entry = map_add(&kept->rule_numbers, name, &is_new);
    if (is_new ||
        kept->rule_count < kept->rules->rule_count) { // the set's have each their own place
        if (is_new)
            entry->number = kept->rule_count;
        ARRAY_GROW(kept->rule_rows, kept->rule_count, kept->rule_capacity);
        kept->rule_rows[kept->rule_count++] = (struct kept_rule){.name = name};
    }
    return (uint32_t)entry->number;
}

const struct str *kept_fields(const struct kept *kept, uint32_t rule, size_t *count)
{
    const struct str *fields = correlation_fields(kept->correlations, rule, count);
    if (fields)
        return fields;
    *count = kept->rule_rows[rule].field_count;
    return kept->rule_rows[rule].fields;
}

// ---- reading ----------------------------------------------------------------------------------

// A rule of the section.
struct section_rule {
    uint32_t rule; // index into kept->rule_rows
    size_t field_count;
    size_t *places; // of each field among those the run wants; SIZE_MAX: not wanted
    size_t wanted;  // how many fields the run wants; 0 and is_aside: none
    bool is_aside;
};

struct match_reader {
    struct kept *kept;
    struct varint_reader in;
    struct intern texts;
    struct section_rule *rules;
    size_t rule_count;
    int64_t time;
    struct arena arena; // of one row
    uint64_t rows;
    struct error error;
};

// The fields of a rule of this run by name; all fields of a rule that is none of it.
static void place_fields(struct match_reader *r, struct section_rule *rule, struct str *fields)
{
    struct kept *kept = r->kept;
    size_t count = 0;
    const struct str *wanted = correlation_fields(kept->correlations, rule->rule, &count);
    rule->is_aside = !wanted;
    rule->wanted = wanted ? count : rule->field_count;
    rule->places = ARENA_ARRAY(&kept->arena, size_t, rule->field_count + 1);
    for (size_t i = 0; i < rule->field_count; i++) {
        rule->places[i] = wanted ? SIZE_MAX : i;
        for (size_t k = 0; k < count; k++)
            if (str_equal(fields[i], wanted[k]))
                rule->places[i] = k;
    }
    if (rule->is_aside) {
        kept->rule_rows[rule->rule].fields = fields;
        kept->rule_rows[rule->rule].field_count = rule->field_count;
    }
}

static bool read_rules(struct match_reader *r)
{
    struct kept *kept = r->kept;
    size_t count = varint_read(&r->in, MATCH_RULE_LIMIT);
    if (r->in.is_bad || count > r->in.left.len)
        return false;
    r->rules = memory_new((count + 1) * sizeof *r->rules);
    for (size_t i = 0; i < count; i++) {
        struct section_rule *rule = &r->rules[i];
        struct str name = varint_read_text(&r->in, KEPT_TEXT_LIMIT);
        rule->field_count = varint_read(&r->in, MATCH_FIELD_LIMIT);
        if (r->in.is_bad || rule->field_count > r->in.left.len)
            return false;
        struct str *fields = ARENA_ARRAY(&kept->arena, struct str, rule->field_count + 1);
        for (size_t f = 0; f < rule->field_count; f++)
            fields[f] = arena_copy(&kept->arena, varint_read_text(&r->in, KEPT_TEXT_LIMIT));
        if (r->in.is_bad)
            return false;
        uint32_t known = kept->rule_count;
        rule->rule = kept_rule_number(kept, arena_copy(&kept->arena, name));
        if (rule->rule >= kept->rules->rule_count && rule->rule < known)
            return false; // named twice
        place_fields(r, rule, fields);
        r->rule_count++;
    }
    return true;
}

static struct str read_text(struct match_reader *r)
{
    uint32_t number = (uint32_t)varint_read(&r->in, r->texts.count);
    if (!r->in.is_bad && number == r->texts.count) {
        struct str text = varint_read_text(&r->in, KEPT_TEXT_LIMIT);
        r->in.is_bad =
            r->in.is_bad || number >= MATCH_TEXT_LIMIT || intern_add(&r->texts, text) != number;
    }
    return r->in.is_bad ? S("") : intern_text(&r->texts, number);
}

static struct str read_entities(struct match_reader *r)
{
    struct entity_list list = {.count = varint_read(&r->in, ENTITY_LIMIT)};
    for (size_t i = 0; i < list.count; i++) {
        list.items[i].kind = (enum entity_kind)varint_read(&r->in, ENTITY_KIND_COUNT - 1);
        list.items[i].text = read_text(r);
    }
    return entity_pack(&r->arena, &list);
}

static struct str read_id(struct match_reader *r, unsigned marks)
{
    uint8_t guid[16];
    if (!(marks & MATCH_HAS_GUID))
        return read_text(r);
    if (!kept_read_bytes(&r->in, guid, sizeof guid))
        return S("");
    char *text = arena_alloc(&r->arena, 37);
    guid_print(guid, text);
    return str_of(text, 36);
}

static const struct str *read_values(struct match_reader *r, const struct section_rule *rule)
{
    struct str *values = ARENA_ARRAY(&r->arena, struct str, rule->wanted + 1);
    for (size_t i = 0; i < rule->wanted; i++)
        values[i] = str_of(NULL, 0);
    for (size_t i = 0; i < rule->field_count; i++) {
        bool is_there = varint_read(&r->in, 1);
        struct str value = is_there ? read_text(r) : str_of(NULL, 0);
        if (rule->places[i] != SIZE_MAX)
            values[rule->places[i]] = value;
    }
    return values;
}

static uint64_t read_u64(struct match_reader *r)
{
    uint8_t bytes[8];
    uint64_t number = 0;
    for (int i = 0; kept_read_bytes(&r->in, &bytes[i], 1) && i < 7;)
        i++;
    for (int i = 0; i < 8 && !r->in.is_bad; i++)
        number |= (uint64_t)bytes[i] << (8 * i);
    return number;
}

static bool read_row(struct match_reader *r)
{
    unsigned marks = (unsigned)varint_read(&r->in, MATCH_MARKS - 1);
    size_t number = varint_read(&r->in, r->rule_count);
    if (r->in.is_bad || number == r->rule_count)
        return false;
    const struct section_rule *rule = &r->rules[number];
    struct observation row = {.rule = rule->rule, .position = POSITION_KEPT};
    kept_read_time(&r->in, &r->time);
    row.time = r->time;
    row.identity = read_u64(r);
    if (marks & MATCH_HAS_OFFSET)
        row.position |= varint_read(&r->in, (UINT64_C(1) << 44) - 1);
    row.id = read_id(r, marks);
    row.where = read_text(r);
    row.entities = read_entities(r);
    struct observation_log *log = r->kept->matches;
    if (marks & MATCH_IS_OBSERVATION) {
        row.values = read_values(r, rule);
        log = rule->is_aside ? r->kept->aside : r->kept->observations;
        r->kept->has_placed = r->kept->has_placed || !row.id.len;
    }
    bool has_values = marks & MATCH_IS_OBSERVATION;
    return !r->in.is_bad && ++r->rows <= KEPT_MATCH_LIMIT &&
           observation_log_add(log, &row, has_values ? rule->wanted : 0, &r->error);
}

bool kept_load_matches(void *module, struct str content, struct error *error)
{
    struct match_reader r = {.kept = module, .in = {.left = content}};
    arena_init(&r.arena);
    intern_add(&r.texts, S(""));
    bool is_good = read_rules(&r);
    while (is_good && r.in.left.len) {
        is_good = read_row(&r);
        arena_reset(&r.arena);
    }
    if (!is_good && r.error.text[0])
        *error = r.error;
    else if (!is_good)
        kept_is_damaged(error);
    arena_done(&r.arena);
    intern_done(&r.texts);
    free(r.rules);
    return is_good;
}

// ---- using ------------------------------------------------------------------------------------

struct using
{
    struct kept *kept;
    struct keyset own; // records without Id that this run read
    struct finding_collector *findings;
    struct error *error;
    bool is_good;
};

static uint64_t place_key(const struct observation *row)
{
    return hash_mix(hash_str(row->where) ^ row->identity) ^ hash_mix(row->rule);
}

static void on_own(const struct observation *row, void *context)
{
    struct using *u = context;
    if (!row->id.len)
        keyset_add(&u->own, place_key(row));
}

static void on_filter(const struct observation *row, void *context)
{
    struct using *u = context;
    size_t count;
    kept_fields(u->kept, row->rule, &count);
    if (u->is_good && (row->id.len || !keyset_has(&u->own, place_key(row))))
        u->is_good = observation_log_add(u->kept->filtered, row, count, u->error);
}

struct observation_log *kept_observations(struct kept *kept, struct observation_log **logs,
                                          size_t count, struct error *error)
{
    // A record without Id is told from others by its place, which may have been read again.
    if (!kept->has_placed)
        return kept->observations;
    struct using u = {.kept = kept, .error = error, .is_good = true};
    kept->filtered = observation_log_new(OBSERVATION_MEMORY_LIMIT);
    bool is_done = observation_each(logs, count, on_own, &u, error) &&
                   observation_each(&kept->observations, 1, on_filter, &u, error);
    keyset_done(&u.own);
    return is_done && u.is_good ? kept->filtered : NULL;
}

static void on_match(const struct observation *row, void *context)
{
    struct using *u = context;
    if (row->rule >= u->kept->rules->rule_count)
        return;
    struct entity_list entities;
    struct event event = {.time = row->time, .identity = row->identity, .id = row->id};
    entity_unpack(row->entities, &entities);
    finding_add(u->findings, u->kept->rules->rules[row->rule], &event, &entities, row->where);
}

bool kept_add_matches(struct kept *kept, struct finding_collector *findings, struct error *error)
{
    struct using u = {.kept = kept, .findings = findings};
    return observation_each(&kept->matches, 1, on_match, &u, error);
}
