// Hashing of bytes and GUIDs for tables (64 bits, fast, the same on every machine) and SHA-256 for
// evidence (OpenSSL).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_HASH_H
#define STORMGLASS_BASE_HASH_H

#include <stdint.h>

#include "base/str.h"

// Mixes all 64 bits; a bijection (splitmix64 finaliser).
static inline uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// 64-bit hash of bytes; equal on every machine and run, so results may depend on it. Not for
// hostile-key defence: tables that hostile keys can reach must bound their probe lengths or sizes.
uint64_t hash_bytes(const void *at, size_t len, uint64_t seed);

static inline uint64_t hash_str(struct str text)
{
    return hash_bytes(text.at, text.len, 0);
}

// The same with ASCII letters folded: equal for texts that str_equal_fold holds equal.
uint64_t hash_fold(struct str text);

struct sha256;
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *sha, const void *at, size_t len);
// 64 lower-case hex digits and a zero byte; ends the computation and frees `sha`.
void sha256_finish(struct sha256 *sha, char hex[65]);
void sha256_free(struct sha256 *sha);

#endif
