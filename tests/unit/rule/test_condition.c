// Condition expressions of Sigma rules.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rule/condition.h"
#include "unit/rule/tree.h"

static const char *const names[] = {"a", "b", "c", "sel_x", "sel_y", "_priv", "all", "one-two"};
enum { NAME_COUNT = sizeof names / sizeof *names };

// The expression over items named as above, as text: the tree, or "! error @offset".
static void parse(struct str text, struct buf *out, struct buf *warnings)
{
    struct arena arena;
    arena_init(&arena);
    struct condition_name scope_names[NAME_COUNT];
    struct sigma_node nodes[NAME_COUNT];
    struct map lookup;
    map_init(&lookup);
    for (size_t i = 0; i < NAME_COUNT; i++) {
        nodes[i] = (struct sigma_node){.kind = NODE_ITEM, .field = str_from(names[i])};
        scope_names[i] = (struct condition_name){.name = nodes[i].field, .node = &nodes[i]};
        map_add(&lookup, nodes[i].field, NULL)->number = i;
    }
    struct condition_scope scope = {.arena = &arena,
                                    .names = scope_names,
                                    .count = NAME_COUNT,
                                    .lookup = &lookup,
                                    .noun = "selection",
                                    .context = warnings};
    struct error error;
    size_t offset = 0;
    struct sigma_node *node = condition_parse(&scope, text, &offset, &error);
    if (node)
        tree_add(out, node);
    else
        buf_print(out, "! %s @%zu", error.text, offset);
    map_done(&lookup);
    arena_done(&arena);
}

struct condition_case {
    const char *text, *tree;
};

static void check_all(const struct condition_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buf got;
        buf_init(&got);
        parse(str_from(rows[i].text), &got, NULL);
        if (!str_is(buf_str(&got), rows[i].tree))
            fail_msg("%s\n  gave   %.*s\n  wanted %s", rows[i].text, (int)got.len, got.at,
                     rows[i].tree);
        buf_done(&got);
    }
}
#define CHECK_ALL(rows) check_all(rows, sizeof(rows) / sizeof *(rows))

static void operators_bind_as_specified(void **state)
{
    (void)state;
    static const struct condition_case rows[] = {
        {"a", "a()"},
        {" a\n", "a()"},
        {"a and b", "and(a(),b())"},
        {"a or b and c", "or(a(),and(b(),c()))"},
        {"a and b or c", "or(and(a(),b()),c())"},
        {"(a or b) and c", "and(or(a(),b()),c())"},
        {"(a)and(b)", "and(a(),b())"},
        {"not a and b", "and(not(a()),b())"},
        {"not (a and b)", "not(and(a(),b()))"},
        {"not not a", "a()"},
        {"not not not a", "not(a())"},
        {"a AND NOT b Or c", "or(and(a(),not(b())),c())"},
        {"a and b and c", "and(a(),b(),c())"},
        {"all and one-two", "and(all(),one-two())"},
        {"not 1 of sel_*", "not(or(sel_x(),sel_y()))"},
    };
    CHECK_ALL(rows);
}

static void quantities_count_selections(void **state)
{
    (void)state;
    static const struct condition_case rows[] = {
        {"1 of sel_*", "or(sel_x(),sel_y())"},
        {"any of sel_*", "or(sel_x(),sel_y())"},
        {"ALL OF sel_*", "and(sel_x(),sel_y())"},
        {"2 of sel_*", "and(sel_x(),sel_y())"},
        {"2 of them", "least2(a(),b(),c(),sel_x(),sel_y(),all(),one-two())"},
        {"all of them", "and(a(),b(),c(),sel_x(),sel_y(),all(),one-two())"},
        {"1 of *_y", "sel_y()"},
        {"1 of s*l*_x", "sel_x()"},
        {"1 of _*", "_priv()"},
        {"1 of _priv", "_priv()"},
        {"1 of *priv", "false"},
        {"all of *priv", "true"},
        {"any of zz*", "false"},
        {"3 of sel_*", "false"},
        {"99999999999999999999 of sel_*", "false"},
        {"1 of sel_* and not all of sel_*", "and(or(sel_x(),sel_y()),not(and(sel_x(),sel_y())))"},
    };
    CHECK_ALL(rows);
}

static void mistakes_are_told_in_words(void **state)
{
    (void)state;
    static const struct condition_case rows[] = {
        {"", "! the condition is empty @0"},
        {"a and", "! the condition ends where the name of a selection was expected @5"},
        {"and a", "! unexpected 'and' in the condition @0"},
        {"a b", "! 'and' or 'or' is missing before 'b' in the condition @2"},
        {"(a", "! a ')' is missing at the end of the condition @2"},
        {"a)", "! no parenthesis is open before ')' in the condition @1"},
        {"()", "! unexpected ')' in the condition @1"},
        {"sel_z", "! unknown identifier 'sel_z' in the condition; did you mean 'sel_x'? @0"},
        {"completely_else", "! unknown identifier 'completely_else' in the condition @0"},
        {"a and sel_*", "! '1 of' or 'all of' is missing before 'sel_*' in the condition @6"},
        {"them", "! '1 of' or 'all of' is missing before 'them' in the condition @0"},
        {"1 of", "! the condition ends where the name of a selection was expected @4"},
        {"1 of (a)", "! 'of' needs 'them' or a name with *, not '(' in the condition @5"},
        {"0 of them", "! write 'not 1 of' instead of '0' in the condition @0"},
        {"00 of them", "! write 'not 1 of' instead of '00' in the condition @0"},
        {"a | count() > 3",
         "! aggregation expressions were removed from Sigma; use a correlation rule @2"},
        {"a near b", "! 'and' or 'or' is missing before 'near' in the condition @2"},
        {"near a", "! aggregation expressions were removed from Sigma; use a correlation rule @0"},
        {"a\x1b[31m", "! unknown identifier 'a[31m' in the condition @0"},
    };
    CHECK_ALL(rows);
}

static void depth_and_size_have_limits(void **state)
{
    (void)state;
    struct buf text, got;
    buf_init(&text);
    buf_init(&got);
    for (int i = 0; i < CONDITION_DEPTH_LIMIT + 1; i++)
        buf_add_char(&text, '(');
    parse(buf_str(&text), &got, NULL);
    assert_true(str_contains(buf_str(&got), S("more than 64 parentheses")));
    buf_clear(&text);
    buf_clear(&got);
    for (int i = 0; i < 10000; i++)
        buf_add(&text, S("not "));
    buf_add(&text, S("a"));
    parse(buf_str(&text), &got, NULL);
    assert_true(str_is(buf_str(&got), "a()"));
    buf_clear(&got);
    buf_clear(&text);
    for (int i = 0; i < 6000; i++)
        buf_add(&text, S("1 of * or "));
    parse(buf_str(&text), &got, NULL);
    assert_true(str_contains(buf_str(&got), S("! the condition ends")));
    buf_clear(&got);
    while (text.len <= CONDITION_TEXT_LIMIT)
        buf_add(&text, S("a or "));
    parse(buf_str(&text), &got, NULL);
    assert_true(str_contains(buf_str(&got), S("longer than 65536 bytes")));
    buf_done(&text);
    buf_done(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_specified),
        cmocka_unit_test(quantities_count_selections),
        cmocka_unit_test(mistakes_are_told_in_words),
        cmocka_unit_test(depth_and_size_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
