// Private to source/: 64 bytes at a step as bit masks, one bit a byte, in the ways that processors know. A walk is
// written once, for the functions of any way, and compiled for each of them (BLOCK_WALK); which one is taken is asked of
// the processor. What is found is the same by all.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SOURCE_BLOCK_H
#define STORMGLASS_SOURCE_BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#define BLOCK 64

enum block_way {
    BLOCK_PLAIN, // what all processors can
    BLOCK_AVX2,  // processors for PCs from about 2013 on
    BLOCK_AVX512,
    BLOCK_WAYS
};

// Functions that are part of each way's own copy of a walk.
#define BLOCK_INLINE static inline __attribute__((always_inline))

// Bit i of the result is set when byte i, with the bits of `set` set in it, is `c`.
typedef uint64_t block_mask(const char *block, char c, char set);
// Bit i becomes the parity of bits 0 to i: between an opening quote and its closing one all are set.
typedef uint64_t block_parity(uint64_t mask);

static inline uint64_t parity_plain(uint64_t mask)
{
    for (unsigned step = 1; step < 64; step *= 2)
        mask ^= mask << step;
    return mask;
}

#ifdef __SSE2__

static inline uint64_t mask_plain(const char *block, char c, char set)
{
    __m128i wanted = _mm_set1_epi8(c), bits = _mm_set1_epi8(set);
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i));
        __m128i equal = _mm_cmpeq_epi8(_mm_or_si128(bytes, bits), wanted);
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(equal) << (16 * i);
    }
    return mask;
}

#define BLOCK_FOR_AVX2 __attribute__((target("avx2,pclmul,bmi,popcnt")))
#define BLOCK_FOR_AVX512 __attribute__((target("avx512f,avx512bw,pclmul,bmi,popcnt")))

BLOCK_FOR_AVX2 static inline uint64_t mask_avx2(const char *block, char c, char set)
{
    __m256i wanted = _mm256_set1_epi8(c), bits = _mm256_set1_epi8(set);
    uint64_t mask = 0;
    for (int i = 0; i < 2; i++) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(block + 32 * i));
        __m256i equal = _mm256_cmpeq_epi8(_mm256_or_si256(bytes, bits), wanted);
        mask |= (uint64_t)(uint32_t)_mm256_movemask_epi8(equal) << (32 * i);
    }
    return mask;
}

BLOCK_FOR_AVX512 static inline uint64_t mask_avx512(const char *block, char c, char set)
{
    __m512i bytes = _mm512_or_si512(_mm512_loadu_si512(block), _mm512_set1_epi8(set));
    return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c));
}

// A multiplication without carries by all ones.
BLOCK_FOR_AVX2 static inline uint64_t parity_avx2(uint64_t mask)
{
    __m128i product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)mask), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

BLOCK_FOR_AVX512 static inline uint64_t parity_avx512(uint64_t mask)
{
    __m128i product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)mask), _mm_set1_epi8(-1), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

static inline bool block_can(enum block_way way)
{
    bool has_all = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("bmi") &&
                   __builtin_cpu_supports("popcnt");
    switch (way) {
    case BLOCK_AVX2:
        return has_all && __builtin_cpu_supports("avx2");
    case BLOCK_AVX512:
        return has_all && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
    default:
        return true;
    }
}

// Defines `type name_by(way, parameters)`, which calls `name_walk(arguments, mask, parity)` compiled for the way.
#define BLOCK_WALK(type, name, parameters, ...)                                                    \
    BLOCK_FOR_AVX2 static type name##_avx2 parameters                                              \
    {                                                                                              \
        return name##_walk(__VA_ARGS__, mask_avx2, parity_avx2);                                   \
    }                                                                                              \
    BLOCK_FOR_AVX512 static type name##_avx512 parameters                                          \
    {                                                                                              \
        return name##_walk(__VA_ARGS__, mask_avx512, parity_avx512);                               \
    }                                                                                              \
    static type name##_plain parameters                                                            \
    {                                                                                              \
        return name##_walk(__VA_ARGS__, mask_plain, parity_plain);                                 \
    }                                                                                              \
    static type(*const name##_ways[BLOCK_WAYS])                                                    \
        parameters = {name##_plain, name##_avx2, name##_avx512};

#else

static inline uint64_t mask_plain(const char *block, char c, char set)
{
    uint64_t mask = 0;
    for (int i = 0; i < BLOCK; i++)
        mask |= (uint64_t)((char)(block[i] | set) == c) << i;
    return mask;
}

static inline bool block_can(enum block_way way)
{
    return way == BLOCK_PLAIN;
}

#define BLOCK_WALK(type, name, parameters, ...)                                                    \
    static type name##_plain parameters                                                            \
    {                                                                                              \
        return name##_walk(__VA_ARGS__, mask_plain, parity_plain);                                 \
    }                                                                                              \
    static type(*const name##_ways[BLOCK_WAYS]) parameters = {name##_plain};

#endif

// The best that this processor can.
static inline enum block_way block_best(void)
{
    return block_can(BLOCK_AVX512) ? BLOCK_AVX512
           : block_can(BLOCK_AVX2) ? BLOCK_AVX2
                                   : BLOCK_PLAIN;
}

#endif
