// What is remembered of texts: found by their bytes, within its limit, and given up where it is no use.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "rule/recall.h"

enum { ITEMS = 40 };

static struct rule_ids ids_of(uint32_t id)
{
    struct rule_ids ids = {0};
    ARRAY_GROW(ids.at, ids.count, ids.capacity);
    ids.at[ids.count++] = id;
    return ids;
}

// Notes the number with the text when it is new; true when it was known, with that number.
static bool ask(struct recall *recall, uint32_t slot, uint32_t number, uint32_t generation)
{
    char text[40];
    int len = snprintf(text, sizeof text, "text %u", number);
    struct recalled *entry = recall_find(recall, slot, str_of(text, (size_t)len), true, generation);
    if (!entry)
        return false;
    assert_int_equal(entry->len, len);
    assert_memory_equal(entry->text, text, (size_t)len);
    bool is_known = entry->is_looked_up;
    if (!is_known)
        recall_keep_lists(recall, entry, ids_of(number), ids_of(number + 1));
    unsigned verdict = recalled_verdict(entry, number % ITEMS);
    if (!verdict)
        recall_keep_verdict(recall, entry, number % ITEMS, ITEMS, number % 3 == 0);
    else
        assert_int_equal((verdict & VERDICT_HOLDS) != 0, number % 3 == 0);
    assert_int_equal(entry->rules.at[0], number);
    assert_int_equal(entry->items.at[0], number + 1);
    assert_int_equal(recalled_verdict(entry, (number + 1) % ITEMS), 0);
    return is_known;
}

static void a_text_that_repeats_is_known(void **state)
{
    (void)state;
    struct recall recall;
    size_t known = 0;
    recall_init(&recall, 3, RECALL_MEMORY_LIMIT);
    for (uint32_t i = 0; i < 30000; i++)
        known += ask(&recall, i % 3, i % 200, i + 1);
    assert_true(known > 20000);
    recall_done(&recall);
}

static void texts_that_never_repeat_are_soon_passed_over(void **state)
{
    (void)state;
    struct recall recall;
    size_t asked = 0;
    recall_init(&recall, 1, RECALL_MEMORY_LIMIT);
    for (uint32_t i = 0; i < 400000; i++) {
        asked += recall.slots[0].rest.resting == 0;
        assert_false(ask(&recall, 0, i, i + 1));
    }
    assert_true(asked < 400000 / 20);
    // When they begin to repeat, that is noticed.
    size_t known = 0;
    for (uint32_t i = 0; i < 2 * RECALL_REST_MOST; i++)
        known += ask(&recall, 0, i % 4, i + 500000);
    assert_true(known > RECALL_REST_MOST / 2);
    recall_done(&recall);
}

static void the_limit_holds(void **state)
{
    (void)state;
    struct recall recall;
    size_t most = 0, known = 0;
    recall_init(&recall, 50, 40000);
    for (uint32_t i = 0; i < 200000; i++) {
        known += ask(&recall, i % 50, i / 50 % 150, i + 1);
        most = recall.size > most ? recall.size : most;
    }
    // What one entry learns after it was let in may come on top.
    assert_true(most <= 40000 + 8192);
    assert_true(most > 20000);
    (void)known;
    recall_done(&recall);
    assert_int_equal(recall.size, 0);
}

static void a_number_is_no_text(void **state)
{
    (void)state;
    struct recall recall;
    recall_init(&recall, 1, RECALL_MEMORY_LIMIT);
    struct str seven = S("7");
    struct recalled *entry = recall_find(&recall, 0, seven, true, 1);
    recall_keep_lists(&recall, entry, ids_of(1), ids_of(1));
    assert_false(recall_find(&recall, 0, seven, false, 1)->is_looked_up);
    recall_done(&recall);
}

static void the_same_place_in_another_event_is_another_text(void **state)
{
    (void)state;
    struct recall recall;
    char text[] = "abc";
    recall_init(&recall, 1, RECALL_MEMORY_LIMIT);
    recall_keep_lists(&recall, recall_find(&recall, 0, str_of(text, 3), true, 1), ids_of(1),
                      ids_of(1));
    text[0] = 'x';
    assert_false(recall_find(&recall, 0, str_of(text, 3), true, 2)->is_looked_up);
    // Neither does a generation that comes round again.
    text[0] = 'y';
    recall_begin(&recall);
    assert_false(recall_find(&recall, 0, str_of(text, 3), true, 2)->is_looked_up);
    recall_done(&recall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_that_repeats_is_known),
        cmocka_unit_test(texts_that_never_repeat_are_soon_passed_over),
        cmocka_unit_test(the_limit_holds),
        cmocka_unit_test(a_number_is_no_text),
        cmocka_unit_test(the_same_place_in_another_event_is_another_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
