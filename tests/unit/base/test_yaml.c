// Tests of base/yaml: trees with positions, anchors, merges, errors with their place.
// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static int open_arena(void **state)
{
    static struct arena arena;
    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int close_arena(void **state)
{
    arena_done(*state);
    return 0;
}

// The tree in one line: {key: value} [item] "quoted" plain.
static void print(const struct yaml *node, struct buf *out)
{
    const char *separator = "";
    if (node->kind == YAML_SCALAR) {
        const char *quote = node->is_quoted ? "\"" : "";
        buf_print(out, "%s%.*s%s", quote, (int)node->text.len, node->text.at, quote);
        return;
    }
    size_t count = 0;
    buf_add_char(out, node->kind == YAML_LIST ? '[' : '{');
    for (const struct yaml *child = node->first; child; child = child->next, count++) {
        buf_print(out, "%s", separator);
        separator = ", ";
        print(child, out);
        if (node->kind == YAML_MAPPING) {
            buf_print(out, ": ");
            print(child->value, out);
        } else {
            assert_null(child->value);
        }
    }
    buf_add_char(out, node->kind == YAML_LIST ? ']' : '}');
    assert_int_equal(count, node->count);
}

static void documents_become_trees(void **state)
{
    // Documents are joined by " | ".
    static const char *const cases[][2] = {
        {"", ""},
        {"# only a comment\n", ""},
        {"---\n---\n...\n", ""},
        {"a", "a"},
        {"\xef\xbb\xbf"
         "a: 1",
         "{a: 1}"},
        {"a: 1\nb: [x, 'y', \"z\"]\nc: {d: }\n", "{a: 1, b: [x, \"y\", \"z\"], c: {d: }}"},
        {"a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a: \"x\ny\n\", b: \"x y\"}"},
        {"- a\n-\n- - b\n", "[a, , [b]]"},
        {"a: 1\n---\nb: 2\n---\n# empty\n---\nc: 3\n", "{a: 1} | {b: 2} | {c: 3}"},
        {"a: !!str 5\nb: !x 5", "{a: \"5\", b: 5}"},
        {"''", "\"\""},
        // Anchors: copies; the last definition of a name counts.
        {"a: &x [1, {k: v}]\nb: *x\nc: [*x, *x]",
         "{a: [1, {k: v}], b: [1, {k: v}], c: [[1, {k: v}], [1, {k: v}]]}"},
        {"[&x 1, *x, &x 2, *x]", "[1, 1, 2, 2]"},
        {"&k key: 1\nb: *k", "{key: 1, b: key}"},
        // Merge keys: explicit ones win, then earlier ones.
        {"a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3", "{a: {p: 1, q: 2}, b: {q: 3, p: 1}}"},
        {"a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc: {<<: [*x, *y], r: 3}",
         "{a: {p: 1}, b: {p: 2, q: 2}, c: {r: 3, p: 1, q: 2}}"},
        {"a: &x {p: 1}\nb: &y {<<: *x}\nc: {<<: *y}", "{a: {p: 1}, b: {p: 1}, c: {p: 1}}"},
        {"<<: {a: 1}\n<<: {b: 2}\n", "{a: 1, b: 2}"},
        {"'<<': 1", "{\"<<\": 1}"},
    };
    struct buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct yaml **documents;
        size_t count;
        struct error error = {""};
        if (!yaml_parse(*state, str_from(cases[i][0]), &documents, &count, &error))
            fail_msg("%s: %s", cases[i][0], error.text);
        buf_clear(&buf);
        for (size_t j = 0; j < count; j++) {
            buf_print(&buf, "%s", j ? " | " : "");
            print(documents[j], &buf);
        }
        buf_add_char(&buf, 0);
        assert_string_equal(buf.at, cases[i][1]);
    }
    buf_done(&buf);
}

static void errors_name_line_and_column(void **state)
{
    static const char *const cases[][2] = {
        {"a: 1\nb: 2\na: 3", "3:1: key 'a' stands in line 1 already"},
        {"a: 1\n'a': 3", "2:1: key 'a' stands in line 1 already"},
        {"a: [1",
         "2:1: did not find expected ',' or ']' while parsing a flow sequence that starts in line 1"},
        {"a: b: c", "1:5: mapping values are not allowed in this context"},
        {"a:\n\tb: 1",
         "2:1: a tab cannot indent; use spaces (found character that cannot start any token)"},
        {"a: *x", "1:4: alias of unknown anchor 'x'"},
        {"a: &x [*x]", "1:8: alias inside its own anchor 'x'"},
        {"a: &x 1\n---\nb: *x", "3:4: alias of unknown anchor 'x'"},
        {"{[a]: 1}", "1:2: a mapping's key must be plain text"},
        {"a: {<<: 5}", "1:9: << takes a mapping or a list of mappings"},
        {"a: {<<: [5]}", "1:10: << takes a mapping or a list of mappings"},
        {"a: 1\n\xc3\xa4: \xff", "2:4: invalid UTF-8"},
        {"a: 1\nb: \x01", "2:4: control characters are not allowed"},
        {"a: 'x", "1:6: found unexpected end of stream while scanning a quoted scalar"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct yaml **documents = NULL;
        size_t count = 77;
        struct error error = {""};
        assert_false(yaml_parse(*state, str_from(cases[i][0]), &documents, &count, &error));
        assert_string_equal(error.text, cases[i][1]);
        assert_true(count == 77 && !documents);
        assert_false(yaml_parse(*state, str_from(cases[i][0]), &documents, &count, NULL));
    }
}

static void positions_are_those_of_the_first_character(void **state)
{
    struct yaml **documents;
    size_t count;
    assert_true(yaml_parse(*state, S("# c\ntitle: x\nlist:\n  - a\n  - key: 'v'\n"), &documents,
                           &count, NULL));
    const struct yaml *list = yaml_find(documents[0], "list");
    assert_int_equal(yaml_find_key(documents[0], "title")->line, 2);
    assert_int_equal(yaml_find(documents[0], "title")->column, 8);
    assert_true(list->line == 4 && list->column == 3);
    assert_true(list->first->line == 4 && list->first->column == 5);
    const struct yaml *value = yaml_find(list->first->next, "key");
    assert_true(value->line == 5 && value->column == 10);
    assert_null(yaml_find(list, "key"));
    assert_null(yaml_find(NULL, "key"));
    assert_null(yaml_find(documents[0], "none"));
}

static void depth_and_size_have_limits(void **state)
{
    struct yaml **documents;
    size_t count;
    for (size_t depth = YAML_DEPTH_LIMIT - 1; depth < YAML_DEPTH_LIMIT + 2; depth++) {
        char text[256] = "";
        memset(text, '[', depth);
        text[depth] = 'x';
        memset(text + depth + 1, ']', depth);
        struct error error = {""};
        assert_int_equal(yaml_parse(*state, str_from(text), &documents, &count, &error),
                         depth <= YAML_DEPTH_LIMIT);
        if (depth > YAML_DEPTH_LIMIT)
            assert_string_equal(error.text, "1:65: nested more than 64 deep");
    }
    // "Billion laughs": each line is ten of the line before.
    struct str bomb = STR("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (char name = 'b'; name < 'k'; name++)
        bomb = arena_print(*state, "%.*s%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n",
                           (int)bomb.len, bomb.at, name, name, name - 1, name - 1, name - 1,
                           name - 1, name - 1, name - 1, name - 1, name - 1, name - 1, name - 1);
    struct error error = {""};
    assert_false(yaml_parse(*state, bomb, &documents, &count, &error));
    assert_true(str_ends(str_from(error.text), S("more than 1000000 nodes (aliases expanded)")));
    // Nesting through aliases counts too.
    struct str chain = STR("- &a0 []\n");
    for (int i = 1; i < 70; i++)
        chain = arena_print(*state, "%.*s- &a%d [*a%d]\n", (int)chain.len, chain.at, i, i - 1);
    assert_false(yaml_parse(*state, chain, &documents, &count, &error));
    assert_true(str_ends(str_from(error.text), S("nested more than 64 deep by an alias")));
}

static void plain_scalars_have_a_meaning(void **state)
{
    static const struct {
        const char *text;
        char kind; // 0 null, b bool, i int, d double only, s text
        double number;
    } cases[] = {
        {"~", '0', 0},
        {"null", '0', 0},
        {"", '0', 0},
        {"'null'", 's', 0},
        {"true", 'b', 1},
        {"Yes", 'b', 1},
        {"on", 'b', 1},
        {"no", 'b', 0},
        {"OFF", 'b', 0},
        {"'true'", 's', 0},
        {"y", 's', 0},
        {"tRue", 's', 0},
        {"12", 'i', 12},
        {"-7", 'i', -7},
        {"0x1F", 'i', 31},
        {"0o17", 'i', 15},
        {"0x", 's', 0},
        {"0o8", 's', 0},
        {"'12'", 's', 0},
        {"1.5", 'd', 1.5},
        {"1e3", 'd', 1000},
        {"1.2.3", 's', 0},
        {"99999999999999999999", 'd', 1e20},
        {"0x8000000000000000", 's', 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct yaml **documents;
        size_t count;
        struct str text = arena_print(*state, "a: %s", cases[i].text);
        assert_true(yaml_parse(*state, text, &documents, &count, NULL));
        const struct yaml *node = yaml_find(documents[0], "a");
        bool boolean = false;
        int64_t number = 0;
        double real = 0;
        char kind = cases[i].kind;
        assert_int_equal(yaml_is_null(node), kind == '0');
        assert_int_equal(yaml_to_bool(node, &boolean), kind == 'b');
        assert_int_equal(yaml_to_int(node, &number), kind == 'i');
        bool is_real = yaml_to_double(node, &real);
        if (kind == 'b')
            assert_int_equal(boolean, cases[i].number != 0);
        if (kind == 'i')
            assert_true(number == (int64_t)cases[i].number);
        if (kind == 'd')
            assert_true(is_real && real == cases[i].number);
        if (kind == 's' || kind == 'b' || kind == '0')
            assert_false(is_real);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_become_trees),
        cmocka_unit_test(errors_name_line_and_column),
        cmocka_unit_test(positions_are_those_of_the_first_character),
        cmocka_unit_test(depth_and_size_have_limits),
        cmocka_unit_test(plain_scalars_have_a_meaning),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
