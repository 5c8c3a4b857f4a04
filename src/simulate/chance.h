// Chance for the simulator: the same numbers for the same seed on every machine. Each actor has a
// stream of its own, so that what one of them does never changes what another one does.
// SPDX-License-Identifier: Apache-2.0
//
// Integers only: floating point may round differently elsewhere. Never draw twice in one expression,
// argument list or initialiser: C leaves open which comes first, and compilers differ. Not for secrets.
#ifndef STORMGLASS_SIMULATE_CHANCE_H
#define STORMGLASS_SIMULATE_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"

struct chance {
    uint64_t state;
};

struct guid {
    uint8_t at[16]; // in text order
};

// The stream of the actor number `index` of a kind (a short word).
struct chance chance_of(uint64_t seed, const char *kind, uint64_t index);

// 64 random bits (splitmix64, Steele, Lea and Flood 2014).
static inline uint64_t chance_next(struct chance *chance)
{
    chance->state += UINT64_C(0x9e3779b97f4a7c15);
    return hash_mix(chance->state);
}

// 0 .. n - 1; n must not be 0. The bias is below n / 2^32.
static inline uint32_t chance_below(struct chance *chance, uint32_t n)
{
    return (uint32_t)((chance_next(chance) >> 32) * n >> 32);
}

// low .. high, both included.
static inline uint32_t chance_between(struct chance *chance, uint32_t low, uint32_t high)
{
    return low + chance_below(chance, high - low + 1);
}

// True in `part` of `whole` cases.
static inline bool chance_in(struct chance *chance, uint32_t part, uint32_t whole)
{
    return chance_below(chance, whole) < part;
}

// A waiting time with this mean, spread as those of independent events are (an exponential
// distribution, its logarithm taken piecewise linear; never above 34 times the mean).
int64_t chance_gap(struct chance *chance, int64_t mean);

// The index of a weight, each as likely as its share of the sum; the sum must not be 0.
uint32_t chance_pick(struct chance *chance, const uint16_t *weights, uint32_t count);

// A random GUID, version 4.
struct guid chance_guid(struct chance *chance);
// The GUID of a sign-in request: version 4, its last byte 00, seldom 01 or 02, as seen in exports.
struct guid chance_request(struct chance *chance);

#endif
