// A table of what records' values came to.
// SPDX-License-Identifier: Apache-2.0
#include "event/activity_memo.h"

#include <stdlib.h>

#include "base/json_same.h"
#include "base/rest.h"
#include "event/activity_part.h"

#define SHAPES 2048  // remembered at a time, a power of two
#define FETCHED 256  // bytes of what is known of a piece, about as many as it has
#define PLACES 65536 // of what values came to, a power of two

// A piece of a shape is judged after 512 records by how many of them were known.
static const struct rest_terms terms = {512, 192, 1024, 65536};

// Which members matter for a piece in a shape.
struct members {
    uint32_t version; // another with each member that turns out to matter; 0: nothing is known yet
    uint32_t count;
    uint16_t places[FIELD_TRACE_LIMIT];
    struct rest rest;
};

struct memo_shape {
    uint32_t number; // field_shape_number; 0: none yet
    struct members members[PIECE_OWN];
};

// What the event came with besides its values.
struct circumstances {
    uint32_t version; // of the members that matter
    uint8_t kind, actor, is_day_first;
    enum actor_class (*actor_of)(const struct event *event, const struct field_slots *slots);
};

// The values of an event, one behind the other: of each word of the tape the type and, of numbers, the number; of texts
// the length and the bytes, in whole words; of objects and arrays where they end.
struct known {
    struct circumstances circumstances;
    char piece[PIECE_SIZE];
    uint64_t words[];
};

struct activity_memo {
    struct arena arena;
    struct memo_shape shapes[SHAPES];
    uint32_t versions;
    uint64_t hits;
    const struct known *known[PLACES]; // by hash of the values
    // Of the event that is expected: its shape, and where each piece is kept. NULL: none.
    struct memo_shape *shape;
    const struct known **places[PIECE_OWN];
};

struct activity_memo *activity_memo_new(void)
{
    struct activity_memo *memo = memory_new(sizeof *memo);
    arena_init(&memo->arena);
    return memo;
}

void activity_memo_free(struct activity_memo *memo)
{
    if (!memo)
        return;
    arena_done(&memo->arena);
    free(memo);
}

// ---- values -----------------------------------------------------------------------------------

static struct circumstances circumstances_of(const struct members *members, uint8_t kind,
                                             const struct event *event)
{
    return (struct circumstances){.version = members->version,
                                  .kind = kind,
                                  .actor = (uint8_t)event->actor,
                                  .is_day_first = event->is_day_first,
                                  .actor_of = event->actor_of};
}

static inline uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static inline uint64_t hash_value(uint64_t hash, struct json value)
{
    const uint64_t *tape = value.tape;
    if (tape[value.at] >> 56 == JSON_STRING)
        return mix(hash, json_text_mark(json_text_at(tape, value.text, value.at)));
    uint32_t end = json_skip(tape, value.at);
    for (uint32_t at = value.at; at < end; at++) {
        if (tape[at] >> 56 == JSON_STRING) {
            hash = mix(hash, json_text_mark(json_text_at(tape, value.text, at)));
            continue;
        }
        hash = mix(hash, json_type_word(tape[at]));
        if (json_is_number(tape[at]))
            hash = mix(hash, tape[++at]);
    }
    return hash;
}

static const struct known **place_of(struct activity_memo *memo, const struct members *members,
                                     const struct field_slots *slots)
{
    uint64_t hash = members->version;
    for (uint32_t i = 0; i < members->count; i++)
        hash = hash_value(hash, field_member(slots, members->places[i]));
    return &memo->known[(hash ^ hash >> 32) & (PLACES - 1)];
}

// A word of the tape as it is kept; of a text the bytes follow, of a number it does.
static inline uint64_t kept_word(struct json value, uint32_t at)
{
    uint64_t word = value.tape[at], type = word >> 56;
    if (type == JSON_STRING)
        return json_type_word(word) | json_text_at(value.tape, value.text, at).len;
    if (type == JSON_OBJECT || type == JSON_ARRAY)
        return json_type_word(word) | ((uint32_t)word - value.at);
    return json_type_word(word);
}

static inline size_t words_of(struct str text)
{
    return (text.len + 7) / 8;
}

// Goes on in `kept` behind what the value is there. NULL: it is another.
static inline const uint64_t *same_text(const uint64_t *kept, struct str text)
{
    if (*kept++ != ((uint64_t)JSON_STRING << 56 | text.len) ||
        !json_same_text((const char *)kept, text.at, text.len))
        return NULL;
    return kept + words_of(text);
}

static const uint64_t *same_words(const uint64_t *kept, struct json value)
{
    uint32_t end = json_skip(value.tape, value.at);
    for (uint32_t at = value.at; at < end && kept; at++) {
        if (value.tape[at] >> 56 == JSON_STRING)
            kept = same_text(kept, json_text_at(value.tape, value.text, at));
        else if (*kept++ != kept_word(value, at) ||
                 (json_is_number(value.tape[at]) && *kept++ != value.tape[++at]))
            kept = NULL;
    }
    return kept;
}

static bool is_same(const struct known *known, const struct circumstances *circumstances,
                    const struct members *members, const struct field_slots *slots)
{
    const struct circumstances *old = &known->circumstances;
    if (old->version != circumstances->version || old->kind != circumstances->kind ||
        old->actor != circumstances->actor || old->actor_of != circumstances->actor_of ||
        old->is_day_first != circumstances->is_day_first)
        return false;
    const uint64_t *kept = known->words;
    for (uint32_t i = 0; i < members->count && kept; i++) {
        struct json value = field_member(slots, members->places[i]);
        kept = json_type(value) == JSON_STRING
                   ? same_text(kept, json_text_at(value.tape, value.text, value.at))
                   : same_words(kept, value);
    }
    return kept;
}

// Writes the value behind `count` words. False: there is no room for it.
static bool add_value(uint64_t *words, uint32_t *count, struct json value)
{
    uint32_t end = json_skip(value.tape, value.at), n = *count;
    for (uint32_t at = value.at; at < end; at++) {
        if (n + 2 > ACTIVITY_MEMO_WORDS)
            return false;
        words[n++] = kept_word(value, at);
        if (json_is_number(value.tape[at]))
            words[n++] = value.tape[++at];
        if (value.tape[at] >> 56 != JSON_STRING)
            continue;
        struct str text = json_text_at(value.tape, value.text, at);
        if (n + words_of(text) > ACTIVITY_MEMO_WORDS)
            return false;
        if (text.len)
            words[n + words_of(text) - 1] = 0;
        memcpy(words + n, text.at, text.len);
        n += (uint32_t)words_of(text);
    }
    *count = n;
    return true;
}

// ---- keeping ----------------------------------------------------------------------------------

static struct memo_shape *shape_of(struct activity_memo *memo, uint32_t number,
                                   const struct event *event)
{
    _Static_assert(SOURCE_COUNT <= 8, "each source has places of its own, as it has numbers");
    struct memo_shape *shape = &memo->shapes[(number * 8 + event->source) & (SHAPES - 1)];
    if (shape->number != number)
        *shape = (struct memo_shape){.number = number};
    return shape;
}

// No two pieces of shapes ever have the same version. False: too many members matter.
static bool add_places(struct activity_memo *memo, struct members *members,
                       const struct field_trace *trace)
{
    bool is_new = !members->version;
    for (uint32_t i = 0; i < trace->count; i++) {
        uint32_t at = 0;
        while (at < members->count && members->places[at] != trace->places[i])
            at++;
        if (at < members->count)
            continue;
        if (members->count == FIELD_TRACE_LIMIT)
            return false;
        members->places[members->count++] = trace->places[i];
        is_new = true;
    }
    if (is_new)
        members->version = ++memo->versions;
    return true;
}

// `kind` is what the piece was read with.
static void keep(struct activity_memo *memo, const struct members *members,
                 enum activity_piece piece, uint8_t kind, const struct field_slots *slots,
                 const struct event *event, const struct activity *activity)
{
    uint64_t words[ACTIVITY_MEMO_WORDS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < members->count; i++)
        if (!add_value(words, &count, field_member(slots, members->places[i])))
            return;
    if (memo->arena.used > ACTIVITY_MEMO_MEMORY_LIMIT) {
        arena_reset(&memo->arena);
        memset(memo->known, 0, sizeof memo->known);
    }
    struct known *known = arena_alloc(&memo->arena, sizeof *known + count * sizeof *words);
    known->circumstances = circumstances_of(members, kind, event);
    activity_piece_get(piece, activity, known->piece);
    if (count)
        memcpy(known->words, words, count * sizeof *words);
    *place_of(memo, members, slots) = known;
}

static void read_and_keep(struct activity_memo *memo, struct members *members,
                          enum activity_piece piece, const struct event *event,
                          struct field_slots *slots, struct intern *texts, struct activity *out)
{
    struct field_trace trace;
    uint8_t kind = out->kind;
    bool is_traced = field_trace_begin(slots, &trace);
    activity_read_piece(piece, event, slots, texts, out);
    if (!is_traced)
        return;
    field_trace_end(slots);
    if (!trace.is_partial && add_places(memo, members, &trace))
        keep(memo, members, piece, kind, slots, event, out);
}

// ---- reading ----------------------------------------------------------------------------------

// What the piece was in an event before that had the same values, or NULL.
static const struct known *find(struct activity_memo *memo, enum activity_piece piece, uint8_t kind,
                                const struct event *event, const struct field_slots *slots)
{
    const struct members *members = &memo->shape->members[piece];
    const struct known *known = memo->places[piece] ? *memo->places[piece] : NULL;
    struct circumstances circumstances = circumstances_of(members, kind, event);
    return known && is_same(known, &circumstances, members, slots) ? known : NULL;
}

static void read_piece(struct activity_memo *memo, enum activity_piece piece,
                       const struct event *event, struct field_slots *slots, struct intern *texts,
                       struct activity *out)
{
    struct members *members = &memo->shape->members[piece];
    if (members->rest.resting) {
        members->rest.resting--;
        activity_read_piece(piece, event, slots, texts, out);
        return;
    }
    rest_judge(&members->rest, &terms);
    members->rest.asked++;
    const struct known *known = find(memo, piece, out->kind, event, slots);
    if (!known) {
        read_and_keep(memo, members, piece, event, slots, texts, out);
        return;
    }
    members->rest.hits++;
    memo->hits++;
    activity_piece_put(piece, known->piece, out);
}

void activity_memo_expect(struct activity_memo *memo, const struct event *event,
                          const struct field_slots *slots)
{
    uint32_t number = field_shape_number(slots);
    memo->shape = number ? shape_of(memo, number, event) : NULL;
    for (enum activity_piece piece = 0; memo->shape && piece < PIECE_OWN; piece++) {
        const struct members *members = &memo->shape->members[piece];
        bool is_asked = members->version && !members->rest.resting;
        memo->places[piece] = is_asked ? place_of(memo, members, slots) : NULL;
        if (is_asked)
            __builtin_prefetch(memo->places[piece]);
    }
}

void activity_memo_fetch(const struct activity_memo *memo)
{
    for (enum activity_piece piece = 0; memo->shape && piece < PIECE_OWN; piece++) {
        const char *at = memo->places[piece] ? (const char *)*memo->places[piece] : NULL;
        for (size_t line = 0; at && line < FETCHED; line += 64)
            __builtin_prefetch(at + line);
    }
}

void activity_memo_read(struct activity_memo *memo, const struct event *event,
                        struct field_slots *slots, struct intern *texts, struct activity *out)
{
    activity_begin(event, out);
    for (enum activity_piece piece = 0; piece < PIECE_OWN; piece++)
        if (memo->shape)
            read_piece(memo, piece, event, slots, texts, out);
        else
            activity_read_piece(piece, event, slots, texts, out);
    activity_read_piece(PIECE_OWN, event, slots, texts, out);
}

uint64_t activity_memo_hits(const struct activity_memo *memo)
{
    return memo->hits;
}
