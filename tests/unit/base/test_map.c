// Tests of base/map: finding what was added, in the order of insertion.
// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void what_was_added_is_found_and_nothing_else(void **state)
{
    (void)state;
    struct map map;
    map_init(&map);
    assert_null(map_find(&map, S("a")));
    bool is_new = false;
    struct map_entry *entry = map_add(&map, S("a"), &is_new);
    assert_true(is_new && entry->number == 0);
    entry->number = 7;
    assert_int_equal(map_add(&map, S("a"), &is_new)->number, 7);
    assert_false(is_new);
    map_add(&map, S(""), NULL)->number = 8; // the empty text is a key
    assert_int_equal(map_find(&map, S(""))->number, 8);
    assert_int_equal(map_find(&map, S("a"))->number, 7);
    assert_null(map_find(&map, S("A")));
    assert_int_equal(map.count, 2);
    map_done(&map);
    assert_null(map_find(&map, S("a")));
    map_done(&map);
}

static void many_keys_keep_their_order_and_values(void **state)
{
    (void)state;
    enum { KEYS = 20000 };
    static char texts[KEYS][8];
    struct map map;
    map_init(&map);
    for (int round = 0; round < 2; round++)
        for (unsigned i = 0; i < KEYS; i++) {
            snprintf(texts[i], sizeof texts[i], "k%u", i);
            bool is_new;
            map_add(&map, str_from(texts[i]), &is_new)->number += i;
            assert_int_equal(is_new, round == 0);
        }
    assert_int_equal(map.count, KEYS);
    for (unsigned i = 0; i < KEYS; i++) {
        assert_true(str_is(map.entries[i].key, texts[i]));
        assert_int_equal(map.entries[i].number, 2 * i);
        assert_ptr_equal(map_find(&map, str_from(texts[i])), &map.entries[i]);
    }
    map_done(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_found_and_nothing_else),
        cmocka_unit_test(many_keys_keep_their_order_and_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
