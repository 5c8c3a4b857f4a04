// Streams of random numbers for the simulator's actors.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/chance.h"

#include <assert.h>
#include <string.h>

struct chance chance_of(uint64_t seed, const char *kind, uint64_t index)
{
    uint64_t mixed = hash_bytes(kind, strlen(kind), hash_mix(seed + 1));
    return (struct chance){hash_mix(mixed ^ hash_mix(index * 2 + 1))};
}

// -log2(u) of a fraction u is the number of its leading zero bits and a rest between 0 and 1, for
// which a straight line is near enough. ln(u) = log2(u) * ln(2), here 45426 / 65536.
int64_t chance_gap(struct chance *chance, int64_t mean)
{
    uint32_t bits = (uint32_t)(chance_next(chance) >> 32) | 1;
    int zeros = __builtin_clz(bits);
    uint32_t rest = bits << zeros << 1; // below the leading one
    uint64_t log2 = ((uint64_t)zeros << 16) + (65536 - (rest >> 16));
    uint64_t log = log2 * 45426 >> 16;
    return (int64_t)((uint64_t)mean * log >> 16);
}

uint32_t chance_pick(struct chance *chance, const uint16_t *weights, uint32_t count)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += weights[i];
    assert(sum > 0);
    uint32_t left = chance_below(chance, sum);
    for (uint32_t i = 0; i < count; i++) {
        if (left < weights[i])
            return i;
        left -= weights[i];
    }
    return count - 1;
}

static void put_bytes(uint8_t *at, uint64_t bits)
{
    for (int i = 0; i < 8; i++)
        at[i] = (uint8_t)(bits >> (56 - 8 * i));
}

struct guid chance_guid(struct chance *chance)
{
    struct guid guid;
    put_bytes(guid.at, chance_next(chance));
    put_bytes(guid.at + 8, chance_next(chance));
    guid.at[6] = (uint8_t)((guid.at[6] & 0x0f) | 0x40);
    guid.at[8] = (uint8_t)((guid.at[8] & 0x3f) | 0x80);
    return guid;
}

struct guid chance_request(struct chance *chance)
{
    struct guid guid = chance_guid(chance);
    uint8_t last = guid.at[15];
    guid.at[15] = last < 240 ? 0 : last < 250 ? 1 : 2;
    return guid;
}
