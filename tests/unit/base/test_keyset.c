// Sets of hashes against a plain array.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/keyset.h"

#define KEYS 5000

static void what_is_added_is_there_until_it_is_removed(void **state)
{
    (void)state;
    struct keyset set = {0};
    static bool there[KEYS];
    size_t count = 0;
    assert_false(keyset_has(&set, 1));
    assert_false(keyset_remove(&set, 1));
    for (uint64_t i = 0; i < 400000; i++) {
        uint64_t random = hash_mix(i + 1), number = random % KEYS;
        // Runs of neighbours as well as scattered keys; mostly growing, then mostly shrinking.
        uint64_t key = number % 2 ? number + 2 : hash_mix(number + 2);
        bool is_adding = random >> 32 & (i < 200000 ? 3 : 4);
        if (is_adding) {
            assert_int_equal(keyset_add(&set, key), !there[number]);
            count += !there[number];
        } else {
            assert_int_equal(keyset_remove(&set, key), there[number]);
            count -= there[number];
        }
        there[number] = is_adding;
        assert_int_equal(set.count, count);
    }
    for (uint64_t number = 0; number < KEYS; number++)
        assert_int_equal(keyset_has(&set, number % 2 ? number + 2 : hash_mix(number + 2)),
                         there[number]);
    keyset_done(&set);
}

static void a_share_depends_on_the_keys_alone(void **state)
{
    (void)state;
    struct keyset whole = {0}, parts = {0};
    for (uint64_t key = 1; key <= 100000; key++)
        keyset_add(&whole, key);
    keyset_thin(&whole, 4);
    for (uint64_t key = 100000; key > 0; key--) {
        if (key == 50000)
            keyset_thin(&parts, 2);
        if (keyset_in_share(key, 2))
            keyset_add(&parts, key);
    }
    keyset_thin(&parts, 4);
    assert_int_equal(whole.count, parts.count);
    assert_in_range(whole.count, 100000 / 16 * 9 / 10, 100000 / 16 * 11 / 10);
    for (uint64_t key = 1; key <= 100000; key++)
        assert_int_equal(keyset_has(&whole, key), keyset_has(&parts, key));
    keyset_done(&whole);
    keyset_done(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_is_there_until_it_is_removed),
        cmocka_unit_test(a_share_depends_on_the_keys_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
