// First and last times of values that many subjects have: how many had it only within an interval, without looking at
// each of them.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "baseline/habit_settle.h"

#define LONG_RUN ((uint32_t)64)
#define LEVELS 24
_Static_assert(HABIT_ENTRIES_MOST < (uint32_t)1 << LEVELS, "a rank fits into the levels");

// The entries of a run stand in order of first times, and each has a rank by last time. How many of the places from one on
// have a rank below another is asked of a wavelet matrix (Claude, Navarro, Ordóñez 2015): one row of bits for each
// bit of the ranks, highest first, in the order in which the rows before have left the places, zeros before ones.
struct habit_lives {
    uint32_t count, words; // entries; words of a row
    unsigned levels;
    uint32_t *by_last; // numbers of the entries
    uint64_t *bits;    // rows of `words`
    uint32_t *zeros;   // before each word; rows of `words` + 1
};

// ---- making -----------------------------------------------------------------------------------

struct ending {
    int64_t last;
    uint32_t place;
};

static int compare_endings(const void *left, const void *right)
{
    const struct ending *a = left, *b = right;
    if (a->last != b->last)
        return a->last < b->last ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

// The rank of each place.
static uint32_t *rank_places(struct habit_lives *lives, const struct habit *habit,
                             struct habit_range range)
{
    struct ending *endings = memory_new(range.count * sizeof *endings);
    uint32_t *ranks = memory_new(range.count * sizeof *ranks);
    for (uint32_t i = 0; i < range.count; i++)
        endings[i] = (struct ending){habit_entry(habit, range.at[i])->last, i};
    qsort(endings, range.count, sizeof *endings, compare_endings);
    lives->by_last = memory_new(range.count * sizeof *lives->by_last);
    for (uint32_t i = 0; i < range.count; i++) {
        lives->by_last[i] = range.at[endings[i].place];
        ranks[endings[i].place] = i;
    }
    free(endings);
    return ranks;
}

// One row, and the ranks in the order of the next one.
static void fill_row(struct habit_lives *lives, unsigned level, const uint32_t *ranks,
                     uint32_t *next)
{
    unsigned shift = lives->levels - 1 - level;
    uint64_t *bits = lives->bits + (size_t)level * lives->words;
    uint32_t *zeros = lives->zeros + (size_t)level * (lives->words + 1);
    uint32_t zero = 0, one = 0;
    for (uint32_t i = 0; i < lives->count; i++) {
        bool is_one = ranks[i] >> shift & 1;
        bits[i / 64] |= (uint64_t)is_one << (i % 64);
        if (i % 64 == 0)
            zeros[i / 64] = zero;
        zero += !is_one;
    }
    zeros[lives->words] = zero;
    one = zero; // ones stand behind all zeros
    zero = 0;
    for (uint32_t i = 0; i < lives->count; i++)
        next[ranks[i] >> shift & 1 ? one++ : zero++] = ranks[i];
}

static void make_lives(struct habit_lives *lives, const struct habit *habit,
                       struct habit_range range)
{
    *lives = (struct habit_lives){.count = range.count, .words = (range.count + 63) / 64};
    while (lives->levels < LEVELS && range.count > (uint32_t)1 << lives->levels)
        lives->levels++;
    uint32_t *ranks = rank_places(lives, habit, range);
    uint32_t *next = memory_new(range.count * sizeof *next);
    lives->bits = memory_new((size_t)lives->levels * lives->words * sizeof *lives->bits);
    lives->zeros = memory_new((size_t)lives->levels * (lives->words + 1) * sizeof *lives->zeros);
    for (unsigned level = 0; level < lives->levels; level++) {
        fill_row(lives, level, ranks, next);
        uint32_t *other = ranks;
        ranks = next;
        next = other;
    }
    free(ranks);
    free(next);
}

void habit_lives_make(struct habit *habit)
{
    struct habit_order *order = &habit->by_value;
    order->longs = memory_new(((size_t)order->run_count + 1) * sizeof *order->longs);
    for (uint32_t run = 0; run < order->run_count; run++) {
        struct habit_range range = habit_run(order, run);
        if (!habit_is_long(habit, range, LONG_RUN))
            continue;
        ARRAY_GROW(habit->lives, habit->lives_count, habit->lives_capacity);
        make_lives(&habit->lives[habit->lives_count++], habit, range);
        order->longs[run] = habit->lives_count;
    }
}

void habit_lives_done(struct habit *habit)
{
    for (uint32_t i = 0; i < habit->lives_count; i++) {
        free(habit->lives[i].by_last);
        free(habit->lives[i].bits);
        free(habit->lives[i].zeros);
    }
    free(habit->lives);
    habit->lives = NULL;
    habit->lives_count = habit->lives_capacity = 0;
}

size_t habit_lives_bytes(const struct habit *habit)
{
    size_t bytes = habit->lives_capacity * sizeof *habit->lives;
    for (uint32_t i = 0; i < habit->lives_count; i++) {
        const struct habit_lives *lives = &habit->lives[i];
        bytes += lives->count * sizeof *lives->by_last +
                 lives->levels * (lives->words * (sizeof *lives->bits + sizeof *lives->zeros) +
                                  sizeof *lives->zeros);
    }
    return bytes;
}

// ---- asking -----------------------------------------------------------------------------------

// How many places of the row before this one bear a zero.
static uint32_t zeros_before(const struct habit_lives *lives, unsigned level, uint32_t place)
{
    const uint64_t *bits = lives->bits + (size_t)level * lives->words;
    const uint32_t *zeros = lives->zeros + (size_t)level * (lives->words + 1);
    uint32_t word = place / 64, rest = place % 64;
    if (!rest)
        return zeros[word];
    return zeros[word] + day_bits_count(~bits[word] << (64 - rest));
}

// How many of the places from `low` on have a rank below `rank`.
static uint32_t count_below(const struct habit_lives *lives, uint32_t low, uint32_t rank)
{
    uint32_t high = lives->count, below = 0;
    if (rank >= lives->count)
        return high - low;
    for (unsigned level = 0; level < lives->levels && low < high; level++) {
        uint32_t before = zeros_before(lives, level, low), until = zeros_before(lives, level, high);
        if (rank >> (lives->levels - 1 - level) & 1) {
            uint32_t all = zeros_before(lives, level, lives->count);
            below += until - before;
            low = all + low - before;
            high = all + high - until;
        } else {
            low = before;
            high = until;
        }
    }
    return below;
}

// How many entries were first seen before `from`; of a list in order of last times: last seen up to `to`.
static uint32_t count_first_before(const struct habit *habit, struct habit_range range,
                                   int64_t from)
{
    uint32_t low = 0, high = range.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (habit_entry(habit, range.at[middle])->first < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t count_last_until(const struct habit *habit, const struct habit_lives *lives,
                                 int64_t to)
{
    uint32_t low = 0, high = lives->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (habit_entry(habit, lives->by_last[middle])->last <= to)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t habit_lives_within(const struct habit *habit, struct habit_range range, int64_t from,
                            int64_t to)
{
    uint32_t at = range.run != HABIT_NO_RUN ? habit->by_value.longs[range.run] : 0, within = 0;
    uint32_t low = count_first_before(habit, range, from);
    if (from > to)
        return 0;
    if (at) {
        const struct habit_lives *lives = &habit->lives[at - 1];
        return count_below(lives, low, count_last_until(habit, lives, to));
    }
    for (; low < range.count; low++) {
        const struct habit_entry *entry = habit_entry(habit, range.at[low]);
        if (entry->first > to)
            break;
        within += entry->last <= to;
    }
    return within;
}
