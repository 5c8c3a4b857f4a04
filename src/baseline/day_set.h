// A set of days: exact for the last 256 days up to its newest one; what is older is forgotten. Which
// days it holds depends on what was added alone, not on the order: a day that is too old for the
// newest day so far is too old for any later one. Days are numbered from 1970-01-01 UTC.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_DAY_SET_H
#define STORMGLASS_BASELINE_DAY_SET_H

#include <stdbool.h>

#include "base/instant.h"

#define DAY_SET_SPAN 256
#define DAY_SET_WORDS (DAY_SET_SPAN / 64)

// Bit i of word w stands for the day `newest` - (64 w + i). No bit: the empty set.
struct day_set {
    int32_t newest;
    uint64_t bits[DAY_SET_WORDS];
};

// The day of an instant (years 1601..9999), rounded down.
static inline int32_t day_of(int64_t instant)
{
    return (int32_t)(instant / DAY - (instant % DAY < 0));
}

// Makes all days of the bits older by `days`; those behind the span are forgotten.
void day_bits_age(uint64_t bits[DAY_SET_WORDS], uint64_t days);

// Bits set, added up in ever wider fields: portable processors have no instruction for it, and the
// compiler's own substitute is a call.
static inline unsigned day_bits_count(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)(x * UINT64_C(0x0101010101010101) >> 56);
}

void day_set_add(struct day_set *set, int32_t day);
void day_set_merge(struct day_set *into, const struct day_set *from);
// Takes out the days from..to; `newest` stays where it is.
void day_set_remove(struct day_set *set, int32_t from, int32_t to);

bool day_set_is_empty(const struct day_set *set);
unsigned day_set_count(const struct day_set *set);
unsigned day_set_count_between(const struct day_set *set, int32_t from, int32_t to);
// Splits the days into halves, the later one larger by one at most: the first day of the later half,
// counted back from newest; 0 of the empty set.
unsigned day_set_half(const struct day_set *set);
// The days in the set that are nearest to either end; the set must not be empty.
int32_t day_set_first(const struct day_set *set);
int32_t day_set_last(const struct day_set *set);

static inline bool day_set_has(const struct day_set *set, int32_t day)
{
    int64_t age = (int64_t)set->newest - day;
    return age >= 0 && age < DAY_SET_SPAN && (set->bits[age / 64] >> (age % 64) & 1);
}

#endif
