// Tests of base/hash: table hashes that never change, and SHA-256.
// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void hashes_are_the_same_on_every_machine_and_run(void **state)
{
    (void)state;
    // Results may depend on these values: they may never change.
    static const struct {
        size_t len;
        uint64_t seed, hash;
    } cases[] = {
        {0, 0, UINT64_C(0x097dad0cff595bdd)},   {1, 0, UINT64_C(0x126c67493dfe0eea)},
        {3, 0, UINT64_C(0xb4afd6525339da90)},   {4, 0, UINT64_C(0xe8d9de6d95aac3dc)},
        {7, 0, UINT64_C(0x09256b6e64faa0ab)},   {8, 0, UINT64_C(0xf7ec00a37dd8ad38)},
        {15, 0, UINT64_C(0xfdc5a9573f506d6d)},  {16, 0, UINT64_C(0xec694ad1ed36bff1)},
        {17, 0, UINT64_C(0x1057a51c4b558a86)},  {32, 0, UINT64_C(0x64dbc5f01bb315a7)},
        {48, 0, UINT64_C(0x3fe05e28496b50cb)},  {49, 0, UINT64_C(0x3c0f514f092a8a22)},
        {100, 0, UINT64_C(0x35ed6fb7bc08e07c)}, {256, 0, UINT64_C(0xd912bc935a6d4327)},
        {8, 1, UINT64_C(0xed95e2c631073006)},   {100, 1, UINT64_C(0x396966041f2c1724)},
    };
    uint8_t bytes[256];
    for (int i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_true(hash_bytes(bytes, cases[i].len, cases[i].seed) == cases[i].hash);
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static void short_keys_do_not_collide(void **state)
{
    (void)state;
    enum { KEYS = 200000 };
    uint64_t *hashes = malloc(KEYS * sizeof *hashes);
    assert_non_null(hashes);
    for (int i = 0; i < KEYS; i++) {
        char text[32];
        int len = snprintf(text, sizeof text, "%d@example.com", i);
        hashes[i] = hash_bytes(text, (size_t)len, 0);
    }
    qsort(hashes, KEYS, sizeof *hashes, compare_hashes);
    for (int i = 1; i < KEYS; i++)
        assert_true(hashes[i] != hashes[i - 1]);
    free(hashes);
}

static void every_bit_and_length_changes_about_half_of_the_hash(void **state)
{
    (void)state;
    uint8_t bytes[100] = {0};
    for (size_t len = 1; len <= sizeof bytes; len++) {
        uint64_t before = hash_bytes(bytes, len, 0);
        assert_true(hash_bytes(bytes, len - 1, 0) != before);
        for (size_t bit = 0; bit < len * 8; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            int changed = __builtin_popcountll(hash_bytes(bytes, len, 0) ^ before);
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_in_range(changed, 8, 56);
        }
    }
}

static void sha256_agrees_with_fips_180(void **state)
{
    (void)state;
    static const struct {
        const char *pieces[2];
        const char *hex;
    } cases[] = {
        {{"", ""}, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {{"a", "bc"}, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {{"abcdbcdecdefdefgefghfghighijhi", "jkijkljklmklmnlmnomnopnopq"},
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sha256 *sha = sha256_new();
        for (int j = 0; j < 2; j++)
            sha256_add(sha, cases[i].pieces[j], strlen(cases[i].pieces[j]));
        char hex[65];
        sha256_finish(sha, hex);
        assert_string_equal(hex, cases[i].hex);
    }
    sha256_free(sha256_new());
    sha256_free(NULL);
}

// Every byte at every place of a text of one to twenty bytes, against str_equal_fold.
static void folded_hashes_agree_with_folded_equality(void **state)
{
    (void)state;
    char text[20], other[20];
    for (size_t len = 1; len <= sizeof text; len++)
        for (size_t at = 0; at < len; at++)
            for (int byte = 0; byte < 256; byte++) {
                memset(text, 'Q', sizeof text);
                memset(other, 'q', sizeof other);
                text[at] = (char)byte;
                for (int c = 0; c < 256; c += byte < 128 ? 32 : 51) {
                    other[at] = (char)(byte ^ (c & 0xff));
                    struct str a = str_of(text, len), b = str_of(other, len);
                    assert_int_equal(hash_fold(a) == hash_fold(b), str_equal_fold(a, b));
                }
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folded_hashes_agree_with_folded_equality),
        cmocka_unit_test(hashes_are_the_same_on_every_machine_and_run),
        cmocka_unit_test(short_keys_do_not_collide),
        cmocka_unit_test(every_bit_and_length_changes_about_half_of_the_hash),
        cmocka_unit_test(sha256_agrees_with_fips_180),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
