// Days as bits, counted back from the newest.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/day_set.h"

#include <assert.h>

void day_bits_age(uint64_t bits[DAY_SET_WORDS], uint64_t days)
{
    if (days >= DAY_SET_SPAN) {
        memset(bits, 0, DAY_SET_WORDS * sizeof *bits);
        return;
    }
    unsigned words = (unsigned)days / 64, rest = (unsigned)days % 64;
    for (unsigned i = DAY_SET_WORDS; i-- > 0;) {
        uint64_t word = i >= words ? bits[i - words] << rest : 0;
        if (rest && i > words)
            word |= bits[i - words - 1] >> (64 - rest);
        bits[i] = word;
    }
}

bool day_set_is_empty(const struct day_set *set)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        any |= set->bits[i];
    return any == 0;
}

void day_set_add(struct day_set *set, int32_t day)
{
    struct day_set one = {.newest = day, .bits = {1}};
    day_set_merge(set, &one);
}

void day_set_merge(struct day_set *into, const struct day_set *from)
{
    if (day_set_is_empty(from))
        return;
    if (day_set_is_empty(into))
        into->newest = from->newest;
    struct day_set other = *from;
    int64_t difference = (int64_t)from->newest - into->newest;
    if (difference == 0) {
        // As most are: nothing to move.
    } else if (difference > 0) {
        day_bits_age(into->bits, (uint64_t)difference);
        into->newest = from->newest;
    } else {
        day_bits_age(other.bits, (uint64_t)-difference);
    }
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        into->bits[i] |= other.bits[i];
}

// The bits of the days from..to, as far as they are within the span.
static void mask_of(const struct day_set *set, int32_t from, int32_t to,
                    uint64_t mask[DAY_SET_WORDS])
{
    int64_t youngest = (int64_t)set->newest - to, oldest = (int64_t)set->newest - from;
    for (int64_t word = 0; word < DAY_SET_WORDS; word++) {
        int64_t low = youngest - 64 * word, high = oldest - 64 * word;
        low = low < 0 ? 0 : low;
        high = high > 63 ? 63 : high;
        mask[word] = low <= high ? ~UINT64_C(0) >> (63 - (high - low)) << low : 0;
    }
}

void day_set_remove(struct day_set *set, int32_t from, int32_t to)
{
    uint64_t mask[DAY_SET_WORDS];
    mask_of(set, from, to, mask);
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        set->bits[i] &= ~mask[i];
}

unsigned day_set_count(const struct day_set *set)
{
    unsigned count = 0;
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        count += set->bits[i] ? day_bits_count(set->bits[i]) : 0;
    return count;
}

unsigned day_set_count_between(const struct day_set *set, int32_t from, int32_t to)
{
    uint64_t mask[DAY_SET_WORDS];
    unsigned count = 0;
    mask_of(set, from, to, mask);
    for (unsigned i = 0; i < DAY_SET_WORDS; i++)
        count += set->bits[i] & mask[i] ? day_bits_count(set->bits[i] & mask[i]) : 0;
    return count;
}

unsigned day_set_half(const struct day_set *set)
{
    unsigned wanted = (day_set_count(set) + 1) / 2, age = 0;
    for (unsigned seen = 0; age < DAY_SET_SPAN; age++) {
        seen += set->bits[age / 64] >> (age % 64) & 1;
        if (seen >= wanted)
            break;
    }
    return age;
}

int32_t day_set_first(const struct day_set *set)
{
    for (int i = DAY_SET_WORDS - 1; i >= 0; i--)
        if (set->bits[i])
            return set->newest - (64 * i + 63 - __builtin_clzll(set->bits[i]));
    assert(!"the set of days is not empty");
    return 0;
}

int32_t day_set_last(const struct day_set *set)
{
    for (int i = 0; i < DAY_SET_WORDS; i++)
        if (set->bits[i])
            return set->newest - (64 * i + __builtin_ctzll(set->bits[i]));
    assert(!"the set of days is not empty");
    return 0;
}
