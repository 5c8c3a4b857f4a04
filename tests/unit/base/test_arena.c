// Tests of base/arena: zeroed, aligned memory that is released together.
// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void memory_is_zeroed_and_aligned_also_after_a_reset(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, 1000, 20000, 300000, 3};
    struct arena arena;
    arena_init(&arena);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            unsigned char *memory = arena_alloc(&arena, sizes[i]);
            assert_int_equal((uintptr_t)memory % 16, 0);
            for (size_t j = 0; j < sizes[i]; j++)
                assert_int_equal(memory[j], 0);
            memset(memory, 0xff, sizes[i]);
        }
        assert_true(arena.used >= 321000);
        arena_reset(&arena);
        assert_int_equal(arena.used, 0);
    }
    arena_done(&arena);
    arena_reset(&arena); // an empty one is fine
    arena_done(&arena);
}

static void a_steady_batch_needs_no_new_block(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    const struct arena_block *kept = NULL;
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 1000; i++)
            arena_alloc(&arena, 100);
        if (round > 5)
            assert_ptr_equal(arena.blocks, kept);
        kept = arena.blocks;
        arena_reset(&arena);
    }
    arena_done(&arena);
}

static void texts_are_copied_and_printed_with_a_zero_behind(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    char text[] = "abc";
    struct str copy = arena_copy(&arena, str_from(text));
    text[0] = 'x';
    assert_string_equal(copy.at, "abc");
    assert_int_equal(copy.len, 3);
    assert_string_equal(arena_copy(&arena, str_of(NULL, 0)).at, "");
    struct str printed = arena_print(&arena, "%s-%d", "incident", 7);
    assert_true(str_is(printed, "incident-7"));
    assert_int_equal(printed.at[printed.len], 0);
    assert_int_equal(arena_print(&arena, "%50000d", 1).len, 50000);
    arena_done(&arena);
}

// Adopting what is empty, into what is empty, and what has many blocks: all texts stay, and both go on.
static void what_is_adopted_stays_where_it_is(void **state)
{
    enum { MOST = 3000 };
    static struct str texts[2 * MOST];
    (void)state;
    for (int own = 0; own <= MOST; own += MOST / 2)
        for (int others = 0; others <= MOST; others += MOST / 2) {
            struct arena into, from;
            arena_init(&into);
            arena_init(&from);
            for (int i = 0; i < own; i++)
                texts[i] = arena_print(&into, "own text number %d", i);
            for (int i = 0; i < others; i++)
                texts[own + i] = arena_print(&from, "other text number %d", i);
            size_t used = into.used + from.used;
            arena_adopt(&into, &from);
            assert_null(from.blocks);
            assert_int_equal(into.used, used);
            assert_true(str_is(arena_print(&from, "again"), "again"));
            assert_true(str_is(arena_print(&into, "again"), "again"));
            for (int i = 0; i < own + others; i++)
                assert_true(str_starts(texts[i], i < own ? S("own text") : S("other text")));
            arena_done(&from);
            arena_done(&into);
        }
}

static void arrays_grow_by_doubling(void **state)
{
    (void)state;
    int *array = NULL;
    size_t count = 0, capacity = 0;
    for (int i = 0; i < 1000; i++) {
        ARRAY_GROW(array, count, capacity);
        array[count++] = i;
    }
    assert_int_equal(capacity, 1024);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(array[i], i);
    free(array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned_also_after_a_reset),
        cmocka_unit_test(a_steady_batch_needs_no_new_block),
        cmocka_unit_test(texts_are_copied_and_printed_with_a_zero_behind),
        cmocka_unit_test(what_is_adopted_stays_where_it_is),
        cmocka_unit_test(arrays_grow_by_doubling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
