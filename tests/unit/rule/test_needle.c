// Many texts looked for at once find what looking for each of them finds.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/hash.h"
#include "rule/needle.h"

enum { NEEDLES_MOST = 400, TEXT_MOST = 300, ROUNDS = 3000 };

struct hits {
    bool is_found[NEEDLES_MOST];
    size_t count, limit;
};

static bool on_found(uint32_t number, void *context)
{
    struct hits *hits = context;
    hits->is_found[number] = true;
    return ++hits->count != hits->limit;
}

static uint64_t state_of_chance;

static size_t chance(size_t below)
{
    state_of_chance = hash_mix(state_of_chance + UINT64_C(0x9e3779b97f4a7c15));
    return (size_t)(state_of_chance % below);
}

// Few different bytes, so that grams repeat and needles stand inside each other; among them some that
// differ in bit 5 alone and are no letters.
static void fill(char *at, size_t len)
{
    static const char bytes[] = "abABkK\\|[{@`_\x7f. \x00\xc3\xe3";
    for (size_t i = 0; i < len; i++)
        at[i] = bytes[chance(sizeof bytes - 1)];
}

static struct str random_needle(struct arena *arena, struct str text)
{
    size_t len = NEEDLE_LEAST + chance(chance(4) ? 12 : 40);
    char *at = arena_alloc(arena, len);
    fill(at, len);
    if (chance(2) && text.len >= len) // one that is there
        memcpy(at, text.at + chance(text.len - len + 1), len);
    if (chance(4) == 0) // and one that nearly is
        at[chance(len)] ^= 1;
    for (size_t i = 0; i < len; i++)
        at[i] = ascii_lower(at[i]);
    return str_of(at, len);
}

static void what_stands_in_a_text_is_found_and_nothing_else(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    state_of_chance = 1;
    size_t found = 0, missed = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        arena_reset(&arena);
        size_t len = chance(TEXT_MOST), count = 1 + chance(round % 8 ? 12 : NEEDLES_MOST);
        char *at = malloc(len + !len); // its own, so that reading behind it is seen
        struct str text = str_of(at, len);
        fill(at, len);
        struct str *needles = ARENA_ARRAY(&arena, struct str, count);
        for (size_t i = 0; i < count; i++)
            needles[i] = random_needle(&arena, text);
        struct needles *all = needles_new(needles, (uint32_t)count);
        struct hits hits = {.limit = SIZE_MAX};
        needles_find(all, text, on_found, &hits);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(hits.is_found[i], str_contains_fold(text, needles[i]));
            found += hits.is_found[i];
            missed += !hits.is_found[i];
        }
        needles_free(all);
        free(at);
    }
    assert_true(found > ROUNDS);
    assert_true(missed > ROUNDS);
    arena_done(&arena);
}

static void the_search_ends_when_asked_to(void **state)
{
    (void)state;
    static const struct str texts[] = {
        {"ab", 2}, {"abc", 3}, {"abcd", 4}, {"abcdefg", 7}, {"abcdefghijk", 11}};
    struct needles *needles = needles_new(texts, 5);
    struct str text = S("abcdefghijklabcdefghijkl");
    struct hits all = {.limit = SIZE_MAX};
    needles_find(needles, text, on_found, &all);
    assert_true(all.count >= 5);
    for (size_t limit = 1; limit <= all.count; limit++) {
        struct hits hits = {.limit = limit};
        needles_find(needles, text, on_found, &hits);
        assert_int_equal(hits.count, limit);
    }
    needles_free(needles);
    needles_free(NULL);
}

static void nothing_is_found_with_nothing_to_find(void **state)
{
    (void)state;
    struct needles *needles = needles_new(NULL, 0);
    struct hits hits = {.limit = SIZE_MAX};
    needles_find(needles, S("abc"), on_found, &hits);
    assert_int_equal(hits.count, 0);
    needles_free(needles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_in_a_text_is_found_and_nothing_else),
        cmocka_unit_test(the_search_ends_when_asked_to),
        cmocka_unit_test(nothing_is_found_with_nothing_to_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
