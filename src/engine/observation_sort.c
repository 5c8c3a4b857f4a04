// Sorting by time digit by digit, then, inside each moment, by comparison.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "engine/observation_log.h"

// Eleven bits: the counts fit the nearest cache, and a month in microseconds takes four digits.
enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };
#define FEW ((size_t)512) // for which comparing is faster than counting

static int compare_entries(const void *left, const void *right)
{
    const struct observation_entry *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->time != INSTANT_NONE && a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    const struct observation_row *first = a->row, *second = b->row;
    struct observation x = {.time = first->time,
                            .identity = first->identity,
                            .position = first->position,
                            .rule = first->rule};
    struct observation y = {.time = second->time,
                            .identity = second->identity,
                            .position = second->position,
                            .rule = second->rule};
    return observation_compare(&x, &y);
}

static inline uint64_t digit_key(const struct observation_entry *entry)
{
    return (uint64_t)entry->time ^ UINT64_C(1) << 63;
}

// Moves the entries to `to` in the order of one digit; equal ones keep their order.
static void sort_digit(const struct observation_entry *from, struct observation_entry *to,
                       size_t count, unsigned shift)
{
    size_t starts[DIGITS] = {0}, start = 0;
    for (size_t i = 0; i < count; i++)
        starts[digit_key(&from[i]) >> shift & (DIGITS - 1)]++;
    for (size_t digit = 0; digit < DIGITS; digit++) {
        size_t here = starts[digit];
        starts[digit] = start;
        start += here;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[digit_key(&from[i]) >> shift & (DIGITS - 1)]++] = from[i];
}

static void sort_times(struct observation_entry *entries, size_t count)
{
    struct observation_entry *other = memory_grow(NULL, count * sizeof *other);
    struct observation_entry *from = entries, *to = other;
    uint64_t varying = 0;
    for (size_t i = 1; i < count; i++)
        varying |= digit_key(&entries[i]) ^ digit_key(&entries[0]);
    for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
        if (!(varying >> shift & (DIGITS - 1)))
            continue;
        sort_digit(from, to, count, shift);
        struct observation_entry *kept = from;
        from = to;
        to = kept;
    }
    if (from != entries)
        memcpy(entries, from, count * sizeof *entries);
    free(other);
}

static void sort_moments(struct observation_entry *entries, size_t count)
{
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && entries[to].time == entries[from].time;)
            to++;
        if (to - from > 1)
            qsort(entries + from, to - from, sizeof *entries, compare_entries);
    }
}

static bool is_sorted(const struct observation_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (compare_entries(&entries[i - 1], &entries[i]) > 0)
            return false;
    return true;
}

void observation_sort(struct observation_entry *entries, size_t count)
{
    if (is_sorted(entries, count))
        return; // many exports are in order
    if (count <= FEW) {
        qsort(entries, count, sizeof *entries, compare_entries);
        return;
    }
    sort_times(entries, count);
    sort_moments(entries, count);
}
