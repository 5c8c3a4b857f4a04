// Many texts looked for at once: a bit table over a few bytes of each, then a comparison.
// SPDX-License-Identifier: Apache-2.0
#include "rule/needle.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

// Needles of like length: how many bytes their grams have and how far the places of the text that are
// looked at lie apart.
struct length_class {
    size_t least;
    unsigned width, step;
};

static const struct length_class classes[] = {
    {11, 8, 4}, {7, 4, 4}, {4, 4, 1}, {3, 3, 1}, {NEEDLE_LEAST, 2, 1}};
enum { CLASSES = sizeof classes / sizeof classes[0], FIRST_SHORT = 2 };

// For the classes whose every place is looked at: which two bytes, folded, their grams begin with.
#define PAIR_WORDS (65536 / 64)

#define BITS_PER_GRAM 32
#define LEAST_BITS 9u
#define MOST_BITS 20u
#define GRAMS_PER_BUCKET 2
#define COMMON_SIZE ((size_t)1 << 14) // counters of how many needles have a gram

struct gram {
    uint64_t bytes;  // folded
    uint32_t needle; // its number
    uint32_t offset; // where in it the gram stands
};

struct gram_table {
    uint64_t *bits;
    unsigned bit_shift, bucket_shift; // of the 32 bits of a hash
    uint32_t *buckets;                // bucket b: grams[buckets[b]] up to grams[buckets[b + 1]]
    struct gram *grams;
    uint32_t count;
};

struct needles {
    struct arena arena;
    struct str *texts; // lower case
    struct gram_table tables[CLASSES];
    uint64_t *pairs; // NULL: no needle is short
};

// ---- grams ------------------------------------------------------------------------------------

// Setting bit 5 folds letters, and makes a few other bytes equal: those are told apart later.
static inline uint64_t load_gram(const char *at, unsigned width)
{
    uint64_t word = 0;
    uint32_t low = 0;
    uint16_t half;
    if (width == 8) {
        memcpy(&word, at, 8);
        return word | UINT64_C(0x2020202020202020);
    }
    if (width == 4) {
        memcpy(&low, at, 4);
        return low | UINT32_C(0x20202020);
    }
    memcpy(&half, at, 2);
    if (width == 3)
        low = (uint32_t)(uint8_t)at[2] << 16;
    return low | half | UINT32_C(0x202020);
}

static inline uint32_t gram_hash(uint64_t gram)
{
    return (uint32_t)((gram * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

// CLASSES for what is too short to be looked for.
static unsigned class_of(size_t len)
{
    unsigned class = 0;
    while (class < CLASSES && len < classes[class].least)
        class ++;
    return class;
}

static inline uint32_t *counter_of(uint32_t *counters, uint64_t gram)
{
    return &counters[gram_hash(gram) % COMMON_SIZE];
}

static void count_grams(const struct str *texts, uint32_t count, uint32_t *counters)
{
    for (uint32_t i = 0; i < count; i++) {
        unsigned class = class_of(texts[i].len);
        if (class == CLASSES)
            continue;
        unsigned width = classes[class].width;
        for (size_t k = 0; k + width <= texts[i].len; k++)
            ++*counter_of(counters, load_gram(texts[i].at + k, width));
    }
}

// Where in the needle the `step` grams in a row stand that fewest needles have.
static uint32_t rarest(struct str text, const struct length_class *class, uint32_t *counters)
{
    size_t best = 0;
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i + class->width + class->step - 1 <= text.len; i++) {
        uint64_t sum = 0;
        for (size_t k = i; k < i + class->step; k++)
            sum += *counter_of(counters, load_gram(text.at + k, class->width));
        if (sum < least) {
            least = sum;
            best = i;
        }
    }
    return (uint32_t)best;
}

// ---- making -----------------------------------------------------------------------------------

static unsigned bits_for(uint64_t size)
{
    unsigned bits = LEAST_BITS;
    while (bits < MOST_BITS && UINT64_C(1) << bits < size)
        bits++;
    return bits;
}

static void size_table(struct gram_table *table, uint32_t count)
{
    unsigned bits = bits_for((uint64_t)count * BITS_PER_GRAM);
    unsigned bucket_bits = bits_for(count / GRAMS_PER_BUCKET);
    table->bit_shift = 32 - bits;
    table->bucket_shift = 32 - bucket_bits;
    table->bits = memory_new(((size_t)1 << bits) / 8);
    table->buckets = memory_new((((size_t)1 << bucket_bits) + 2) * sizeof *table->buckets);
    table->grams = memory_new((count + 1) * sizeof *table->grams);
}

// Sorts the grams into buckets: counted first, then put where the counts say.
static void fill_table(struct gram_table *table, const struct gram *grams, uint32_t count)
{
    size_table(table, count);
    uint32_t bucket_count = (UINT32_C(1) << (32 - table->bucket_shift));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t hash = gram_hash(grams[i].bytes), bit = hash >> table->bit_shift;
        table->bits[bit / 64] |= UINT64_C(1) << (bit % 64);
        table->buckets[(hash >> table->bucket_shift) + 2]++;
    }
    for (uint32_t i = 2; i < bucket_count + 2; i++)
        table->buckets[i] += table->buckets[i - 1];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t hash = gram_hash(grams[i].bytes);
        table->grams[table->buckets[(hash >> table->bucket_shift) + 1]++] = grams[i];
    }
    table->count = count;
}

static void make_table(struct needles *needles, uint32_t count, unsigned number, uint32_t *counters)
{
    const struct length_class *class = &classes[number];
    struct gram *grams = memory_new(((size_t)count * class->step + 1) * sizeof *grams);
    uint32_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct str text = needles->texts[i];
        if (class_of(text.len) != number)
            continue;
        uint32_t at = rarest(text, class, counters);
        for (uint32_t k = at; k < at + class->step; k++)
            grams[used++] = (struct gram){load_gram(text.at + k, class->width), i, k};
    }
    if (used)
        fill_table(&needles->tables[number], grams, used);
    if (used && number >= FIRST_SHORT && !needles->pairs)
        needles->pairs = memory_new(PAIR_WORDS * sizeof *needles->pairs);
    for (uint32_t i = 0; i < used && number >= FIRST_SHORT; i++) {
        unsigned pair = (unsigned)(grams[i].bytes & 0xffff);
        needles->pairs[pair / 64] |= UINT64_C(1) << (pair % 64);
    }
    free(grams);
}

struct needles *needles_new(const struct str *texts, uint32_t count)
{
    struct needles *needles = memory_new(sizeof *needles);
    uint32_t *counters = memory_new(COMMON_SIZE * sizeof *counters);
    arena_init(&needles->arena);
    needles->texts = ARENA_ARRAY(&needles->arena, struct str, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        char *at = arena_alloc(&needles->arena, texts[i].len + 1);
        for (size_t k = 0; k < texts[i].len; k++)
            at[k] = ascii_lower(texts[i].at[k]);
        needles->texts[i] = str_of(at, texts[i].len);
    }
    count_grams(needles->texts, count, counters);
    for (unsigned i = 0; i < CLASSES; i++)
        make_table(needles, count, i, counters);
    free(counters);
    return needles;
}

void needles_free(struct needles *needles)
{
    if (!needles)
        return;
    for (unsigned i = 0; i < CLASSES; i++) {
        free(needles->tables[i].bits);
        free(needles->tables[i].buckets);
        free(needles->tables[i].grams);
    }
    arena_done(&needles->arena);
    free(needles->pairs);
    free(needles);
}

// ---- finding ----------------------------------------------------------------------------------

struct search {
    const struct needles *needles;
    struct str text;
    needle_found *found;
    void *context;
};

static inline bool is_needle_at(struct str needle, const char *at)
{
    for (size_t i = 0; i < needle.len; i++)
        if (ascii_lower(at[i]) != needle.at[i])
            return false;
    return true;
}

// Needles that have the gram that stands at `place` of the text.
static bool find_at(const struct search *search, const struct gram_table *table, uint64_t gram,
                    size_t place)
{
    uint32_t bucket = gram_hash(gram) >> table->bucket_shift;
    for (uint32_t i = table->buckets[bucket]; i < table->buckets[bucket + 1]; i++) {
        const struct gram *known = &table->grams[i];
        if (known->bytes != gram || place < known->offset)
            continue;
        struct str needle = search->needles->texts[known->needle];
        size_t start = place - known->offset;
        if (needle.len <= search->text.len - start &&
            is_needle_at(needle, search->text.at + start) &&
            !search->found(known->needle, search->context))
            return false;
    }
    return true;
}

// Is the gram's bit set?
static inline uint64_t bit_at(const uint64_t *bits, unsigned shift, uint64_t gram)
{
    uint32_t bit = gram_hash(gram) >> shift;
    return bits[bit / 64] >> (bit % 64) & 1;
}

// Four places are looked at together, and one by one where a bit is set: rarely.
static inline bool find_in_class(const struct search *search, const struct gram_table *table,
                                 unsigned width, unsigned step)
{
    const char *text = search->text.at;
    const uint64_t *bits = table->bits;
    const unsigned shift = table->bit_shift;
    size_t len = search->text.len, i = 0;
    while (i + width <= len) {
        size_t stop = i + 4 * (size_t)step;
        if (stop - step + width <= len &&
            !(bit_at(bits, shift, load_gram(text + i, width)) |
              bit_at(bits, shift, load_gram(text + i + step, width)) |
              bit_at(bits, shift, load_gram(text + i + 2 * (size_t)step, width)) |
              bit_at(bits, shift, load_gram(text + i + 3 * (size_t)step, width)))) {
            i = stop;
            continue;
        }
        for (; i < stop && i + width <= len; i += step) {
            uint64_t gram = load_gram(text + i, width);
            if (bit_at(bits, shift, gram) && !find_at(search, table, gram, i))
                return false;
        }
    }
    return true;
}

static inline unsigned pair_at(const char *at)
{
    uint16_t pair;
    memcpy(&pair, at, 2);
    return pair | 0x2020u;
}

static inline uint64_t pair_bit(const uint64_t *pairs, const char *at)
{
    unsigned pair = pair_at(at);
    return pairs[pair / 64] >> (pair % 64) & 1;
}

// The grams of all short needles that stand at the place.
static bool find_short_at(const struct search *search, size_t place)
{
    for (unsigned i = FIRST_SHORT; i < CLASSES; i++) {
        const struct gram_table *table = &search->needles->tables[i];
        unsigned width = classes[i].width;
        if (!table->count || place + width > search->text.len)
            continue;
        uint64_t gram = load_gram(search->text.at + place, width);
        if (bit_at(table->bits, table->bit_shift, gram) && !find_at(search, table, gram, place))
            return false;
    }
    return true;
}

// Every place is looked at; eight together.
static bool find_short(const struct search *search)
{
    const uint64_t *pairs = search->needles->pairs;
    const char *text = search->text.at;
    size_t len = search->text.len, i = 0;
    for (; i + 9 <= len; i += 8) {
        uint64_t places = 0;
        for (unsigned k = 0; k < 8; k++)
            places |= pair_bit(pairs, text + i + k) << k;
        for (; places; places &= places - 1)
            if (!find_short_at(search, i + (size_t)__builtin_ctzll(places)))
                return false;
    }
    for (; i + 2 <= len; i++)
        if (pair_bit(pairs, text + i) && !find_short_at(search, i))
            return false;
    return true;
}

void needles_find(const struct needles *needles, struct str text, needle_found *found,
                  void *context)
{
    struct search search = {needles, text, found, context};
    const struct gram_table *tables = needles->tables;
    bool goes_on = true;
    // The widths and steps of `classes`, spelt out so that each loop is made for its own.
    if (tables[0].count)
        goes_on = find_in_class(&search, &tables[0], 8, 4);
    if (tables[1].count && goes_on)
        goes_on = find_in_class(&search, &tables[1], 4, 4);
    if (needles->pairs && goes_on)
        find_short(&search);
}
