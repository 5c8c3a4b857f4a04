// Table hashing by 64x64-bit multiplication, and SHA-256 through OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <assert.h>
#include <endian.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "base/arena.h"

// Odd constants with half of their bits set (digits of pi, e and the golden ratio). The
// construction follows wyhash (Wang Yi, public domain); the values are our own and never change,
// since results may depend on them.
#define K0 UINT64_C(0x243f6a8885a308d3)
#define K1 UINT64_C(0xb7e151628aed2a6b)
#define K2 UINT64_C(0x9e3779b97f4a7c15)
#define K3 UINT64_C(0x13198a2e03707345)
#define ONES UINT64_C(0x0101010101010101)

__extension__ typedef unsigned __int128 wide;

static inline uint64_t multiply_mix(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t load8(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

static inline uint64_t load4(const uint8_t *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return le32toh(word);
}

// Up to 16 bytes as two words. Reads may overlap but stay inside; the length is mixed in later.
static inline void load_short(const uint8_t *at, size_t len, uint64_t *a, uint64_t *b)
{
    if (len >= 8) {
        *a = load8(at);
        *b = load8(at + len - 8);
    } else if (len >= 4) {
        *a = load4(at);
        *b = load4(at + len - 4);
    } else if (len > 0) {
        *a = (uint64_t)at[0] << 16 | (uint64_t)at[len >> 1] << 8 | at[len - 1];
        *b = 0;
    } else {
        *a = *b = 0;
    }
}

uint64_t hash_bytes(const void *bytes, size_t len, uint64_t seed)
{
    const uint8_t *at = bytes;
    uint64_t a, b;
    size_t left = len;
    seed ^= K0;
    if (left > 48) {
        uint64_t second = seed, third = seed;
        for (; left > 48; left -= 48, at += 48) {
            seed = multiply_mix(load8(at) ^ K1, load8(at + 8) ^ seed);
            second = multiply_mix(load8(at + 16) ^ K2, load8(at + 24) ^ second);
            third = multiply_mix(load8(at + 32) ^ K3, load8(at + 40) ^ third);
        }
        seed ^= second ^ third;
    }
    for (; left > 16; left -= 16, at += 16)
        seed = multiply_mix(load8(at) ^ K1, load8(at + 8) ^ seed);
    load_short(at, left, &a, &b);
    wide product = (wide)(a ^ K1) * (b ^ seed);
    return multiply_mix((uint64_t)product ^ K2 ^ len, (uint64_t)(product >> 64) ^ K3);
}

// Lowers the letters among eight bytes: bit 7 of a sum tells whether the low seven bits of a byte
// reach a bound, and bytes above 0x7f are left alone.
static inline uint64_t fold_word(uint64_t word)
{
    uint64_t low = word & ONES * 0x7f;
    uint64_t from_a = low + ONES * (0x80 - 'A'), behind_z = low + ONES * (0x7f - 'Z');
    uint64_t is_upper = (from_a & ~behind_z) & ~word & ONES * 0x80;
    return word | is_upper >> 2;
}

// Up to eight bytes, folded.
static inline uint64_t load_folded(const char *at, size_t len)
{
    uint64_t word = 0;
    memcpy(&word, at, len);
    return fold_word(le64toh(word));
}

uint64_t hash_fold(struct str text)
{
    const char *at = text.at;
    uint64_t hash = text.len;
    size_t left = text.len;
    for (; left > 16; left -= 16, at += 16)
        hash = multiply_mix(load_folded(at, 8) ^ K1, load_folded(at + 8, 8) ^ hash ^ K3);
    if (left > 8)
        hash = multiply_mix(load_folded(at, 8) ^ K1, load_folded(at + left - 8, 8) ^ hash ^ K3);
    else if (left == 8)
        hash = multiply_mix(load_folded(at, 8) ^ K1, hash ^ K3);
    else if (left >= 4)
        hash = multiply_mix(load_folded(at, 4) ^ K1, load_folded(at + left - 4, 4) ^ hash ^ K3);
    else if (left)
        hash = multiply_mix(load_folded(at, left) ^ K1, hash ^ K3);
    return hash_mix(hash);
}

struct sha256 {
    EVP_MD_CTX *context;
};

struct sha256 *sha256_new(void)
{
    struct sha256 *sha = memory_new(sizeof *sha);
    sha->context = EVP_MD_CTX_new();
    assert(sha->context);
    int is_ready = EVP_DigestInit_ex(sha->context, EVP_sha256(), NULL);
    assert(is_ready == 1);
    return sha;
}

void sha256_add(struct sha256 *sha, const void *at, size_t len)
{
    int is_added = EVP_DigestUpdate(sha->context, at, len);
    assert(is_added == 1);
}

void sha256_finish(struct sha256 *sha, char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int is_finished = EVP_DigestFinal_ex(sha->context, digest, &len);
    assert(is_finished == 1 && len == 32);
    for (unsigned i = 0; i < 32; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[64] = 0;
    sha256_free(sha);
}

void sha256_free(struct sha256 *sha)
{
    if (!sha)
        return;
    EVP_MD_CTX_free(sha->context);
    free(sha);
}
