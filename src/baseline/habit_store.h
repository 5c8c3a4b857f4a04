// The inside of a habit store, for the files that make it up (habit*.c) and no others.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_HABIT_STORE_H
#define STORMGLASS_BASELINE_HABIT_STORE_H

#include "base/arena.h"
#include "baseline/day_set.h"
#include "baseline/habit.h"

#define VOLUME_DAYS 12 // days in one entry of HABIT_VOLUME
// Blocks of days are counted from this day, so that those of all years 1601..9999 are positive.
#define VOLUME_EPOCH (-((int32_t)1 << 20))

// One cache line. An entry of the facet volume holds the messages of the days of its block, the others
// the times of one value.
struct habit_entry {
    uint32_t subject, value;
    uint8_t kind, facet;
    uint16_t unused;
    uint32_t count; // saturating; 0 for volume
    union {
        struct {
            int64_t first, last;
            uint64_t days[DAY_SET_WORDS]; // back from the day of `last`
        };
        uint32_t messages[VOLUME_DAYS]; // saturating
    };
};
_Static_assert(sizeof(struct habit_entry) == 64, "an entry is one cache line");

// Entries never move while they are added, so growing copies nothing.
#define CHUNK_BITS 12
#define CHUNK_SIZE ((uint32_t)1 << CHUNK_BITS)

// How many subjects have a value, as powers of two: 1, 2-3, 4-7 ...
#define SPREAD_BUCKETS 25

// What the days of all subjects of one kind look like in one facet, over the whole window. alone[b]:
// days on which a subject had a value that it had on no other day and that fewer than 2^(b+1)
// subjects have. first[b]: the same for values not seen before, among the later half of each
// subject's days; last[b]: for values not seen after, among the earlier half.
struct habit_peers {
    uint32_t subjects;
    uint64_t days, later_days, earlier_days;
    uint64_t alone[SPREAD_BUCKETS], first[SPREAD_BUCKETS], last[SPREAD_BUCKETS];
};

// The numbers of all entries in an order, the runs of entries with one subject (or value), and a table that leads to
// the runs: 8 bits of the hash, then the run's number + 1 in 24 bits; 0: empty. A run is what its entries have in
// common in 40 bits, then its first place in 24; behind the last one stands the number of entries.
struct habit_order {
    uint32_t *numbers, *slots;
    uint64_t *runs;
    uint32_t run_count, mask;
    uint32_t *longs; // by run: what is kept of a long one, its place + 1; 0: nothing
};

struct habit_spell; // habit_spell.c: the days of a subject with many values
struct habit_lives; // habit_lives.c: first and last times of a value of many subjects

struct habit {
    struct habit_entry **chunks;
    uint32_t *slots; // 8 bits of the hash, then the entry's number + 1 in 24 bits; 0: empty
    uint32_t count, limit, mask;
    uint32_t chunk_count, chunk_capacity;
    unsigned halvings;
    bool is_refusing; // something was passed over that no halving could make room for
    bool is_settled;
    struct str *names; // by symbol; `at` NULL: not told
    uint32_t name_count;
    const struct intern *lender; // of all names; NULL: they are in `names`
    struct arena texts;
    // Made by habit_settle: entries in order of (kind, facet, subject), and of (kind, facet, value,
    // first time).
    struct habit_order by_subject, by_value;
    struct habit_spell *spells; // of long runs by subject
    uint32_t spell_count, spell_capacity;
    struct habit_lives *lives; // of long runs by value
    uint32_t lives_count, lives_capacity;
    struct habit_peers peers[HABIT_KINDS][HABIT_FACETS];
};

static inline struct habit_entry *habit_entry(const struct habit *habit, uint32_t index)
{
    return &habit->chunks[index >> CHUNK_BITS][index & (CHUNK_SIZE - 1)];
}

// How many symbols may have a name; whether one has.
static inline uint32_t habit_name_count(const struct habit *habit)
{
    return habit->lender ? habit->lender->count : habit->name_count;
}

static inline bool habit_has_name(const struct habit *habit, uint32_t symbol)
{
    return symbol < habit_name_count(habit) && (habit->lender || habit->names[symbol].at);
}

extern const bool habit_has_symbols[HABIT_FACETS]; // whether a facet's values are symbols

// Whether a store thinned by `halvings` keeps what has this key.
bool habit_keeps(const struct habit *habit, enum habit_kind kind, uint32_t subject,
                 enum habit_facet facet, uint32_t value);
// The entry of the key, or NULL.
struct habit_entry *habit_find(const struct habit *habit, enum habit_kind kind, uint32_t subject,
                               enum habit_facet facet, uint32_t value);
// The entry with the key of `like`, a new and empty one if need be; NULL when it is not kept.
struct habit_entry *habit_obtain(struct habit *habit, const struct habit_entry *like);
// Adds a whole entry: counts and messages of a day add up, or the larger holds.
void habit_add_entry(struct habit *habit, const struct habit_entry *from, bool is_joining);
void habit_raise_halvings(struct habit *habit, unsigned halvings);
void habit_unsettle(struct habit *habit);
// Removes the entries for which `is_kept` is false.
typedef bool habit_is_kept(const struct habit *habit, const struct habit_entry *entry,
                           int64_t before);
void habit_sift(struct habit *habit, habit_is_kept *is_kept, int64_t before);

static inline uint32_t habit_add_up(uint32_t a, uint32_t b)
{
    uint32_t sum = a + b;
    return sum < a ? UINT32_MAX : sum;
}

static inline struct day_set habit_entry_days(const struct habit_entry *entry)
{
    struct day_set days = {.newest = day_of(entry->last)};
    memcpy(days.bits, entry->days, sizeof days.bits);
    return days;
}

#endif
