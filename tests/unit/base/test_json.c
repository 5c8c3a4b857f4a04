// Tests of base/json: parsing, finding, printing and building tapes.
// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

// A copy of the text with readable bytes behind it.
static char *padded(const char *text)
{
    size_t len = strlen(text);
    char *copy = memory_new(len + JSON_PADDING);
    memcpy(copy, text, len);
    return copy;
}

// Parses, prints and compares.
static void check_print(struct json_parser *parser, const char *text, const char *printed)
{
    char *copy = padded(text);
    struct json value;
    const char *why = "";
    if (!json_parse(parser, copy, strlen(text), &value, &why))
        fail_msg("%s: %s", text, why);
    struct buf buf;
    buf_init(&buf);
    json_print(value, &buf);
    buf_add_char(&buf, 0);
    assert_string_equal(buf.at, printed);
    buf_done(&buf);
    free(copy);
}

static void values_print_as_compact_json(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {" null ", "null"},
        {"true", "true"},
        {"[ ]", "[]"},
        {"{ }", "{}"},
        {"[1, -2 ,[3],{}]", "[1,-2,[3],{}]"},
        {"{\"a\" : {\"b\":[true,false,null]}, \"c\":\"\"}",
         "{\"a\":{\"b\":[true,false,null]},\"c\":\"\"}"},
        {"\"\\u0041\\n\\u20ac\\ud83c\\udf29\"", "\"A\\n\xe2\x82\xac\xf0\x9f\x8c\xa9\""},
        {"{\"k\\\"\":1,\"k\\\"\":2}", "{\"k\\\"\":1,\"k\\\"\":2}"},
        // Integers are exact.
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"18446744073709551615", "18446744073709551615"},
        // Doubles are the shortest text that reads back as the same double.
        {"0.1", "0.1"},
        {"1.0", "1.0"},
        {"-0.0", "-0.0"},
        {"-0", "0"},
        {"1e2", "100.0"},
        {"1e300", "1e+300"},
        {"0.30000000000000004", "0.30000000000000004"},
        {"123456789.123456789", "123456789.12345679"},
        {"5e-324", "4.94065645841247e-324"},
        {"1.7976931348623157e308", "1.7976931348623157e+308"},
    };
    struct json_parser *parser = json_parser_new();
    for (size_t i = 0; i < COUNT(cases); i++) {
        check_print(parser, cases[i][0], cases[i][1]);
        check_print(parser, cases[i][1], cases[i][1]); // a round trip
    }
    json_parser_free(parser);
    json_parser_free(NULL);
}

static void broken_text_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "no JSON value"},
        {"  ", "no JSON value"},
        {"[1", "invalid JSON structure"},
        {"{\"a\"}", "invalid JSON structure"},
        {"[1] 2", "invalid JSON structure"},
        {"[\"a]", "unterminated string"},
        {"[\"a\nb\"]", "unescaped control character in a string"},
        {"[\"\xff\"]", "invalid UTF-8"},
        {"[\"\\x\"]", "invalid escape in a string"},
        {"[01]", "invalid number"},
        {"[1e999]", "invalid number"},
        {"[nul]", "invalid word starting with n (null?)"},
        {"[tru]", "invalid word starting with t (true?)"},
        {"[fals]", "invalid word starting with f (false?)"},
    };
    struct json_parser *parser = json_parser_new();
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *copy = padded(cases[i][0]);
        struct json value = {NULL, NULL, 77};
        const char *why = NULL;
        assert_false(json_parse(parser, copy, strlen(cases[i][0]), &value, &why));
        assert_string_equal(why, cases[i][1]);
        assert_int_equal(value.at, 77);
        free(copy);
    }
    json_parser_free(parser);
}

static void depth_has_a_limit(void **state)
{
    (void)state;
    struct json_parser *parser = json_parser_new();
    for (size_t depth = JSON_DEPTH_LIMIT - 2; depth < JSON_DEPTH_LIMIT + 3; depth++) {
        char *text = memory_new(2 * depth + JSON_PADDING);
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        struct json value;
        const char *why = NULL;
        bool is_parsed = json_parse(parser, text, 2 * depth, &value, &why);
        assert_int_equal(is_parsed, depth <= JSON_DEPTH_LIMIT);
        if (!is_parsed)
            assert_string_equal(why, "nested too deeply");
        free(text);
    }
    json_parser_free(parser);
}

static void one_parser_serves_documents_of_any_size(void **state)
{
    (void)state;
    struct json_parser *parser = json_parser_new();
    static const size_t sizes[] = {1, 100, 70000, 10, 3000000, 5};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char *text = memory_new(sizes[i] + 2 + JSON_PADDING);
        memset(text, 'x', sizes[i] + 2);
        text[0] = text[sizes[i] + 1] = '"';
        struct json value;
        const char *why;
        assert_true(json_parse(parser, text, sizes[i] + 2, &value, &why));
        assert_int_equal(json_str(value).len, sizes[i]);
        free(text);
    }
    assert_true(strlen(json_implementation()) > 0);
    json_parser_free(parser);
}

static void members_and_elements_are_found_and_walked(void **state)
{
    (void)state;
    struct json_parser *parser = json_parser_new();
    char *text =
        padded("{\"Id\":1,\"id\":2,\"Id\":3,\"deep\":{\"Id\":[4,{\"x\":[]},-5.5,6]},\"t\":\"v\"}");
    struct json root;
    const char *why;
    assert_true(json_parse(parser, text, strlen(text), &root, &why));
    assert_int_equal(json_int(json_find(root, S("Id"))), 1); // the first
    assert_int_equal(json_int(json_find(root, S("id"))), 2);
    assert_int_equal(json_int(json_find_fold(root, S("ID"))), 1);
    assert_int_equal(json_type(json_find(root, S("x"))), JSON_NONE); // not the nested one
    assert_int_equal(json_type(json_find_fold(root, S("none"))), JSON_NONE);
    assert_true(str_is(json_str(json_find(root, S("t"))), "v"));
    struct json list = json_find(json_find(root, S("deep")), S("Id"));
    int count = 0;
    double sum = 0;
    for (struct json_element e = json_elements(list); json_element_next(&e); count++)
        sum += json_double(e.value);
    assert_int_equal(count, 4);
    assert_true(sum == 4.5);
    count = 0;
    for (struct json_member m = json_members(root); json_member_next(&m); count++)
        assert_true(m.key.len == 2 || m.key.len == 4 || m.key.len == 1);
    assert_int_equal(count, 5);
    // What is of another type has nothing.
    struct json none = json_find(list, S("Id"));
    assert_int_equal(json_type(none), JSON_NONE);
    assert_int_equal(json_type(json_find(none, S("Id"))), JSON_NONE);
    assert_int_equal(json_str(list).len, 0);
    assert_int_equal(json_int(root), 0);
    struct json_member m = json_members(list);
    struct json_element e = json_elements(root);
    assert_false(json_member_next(&m) || json_element_next(&e));
    free(text);
    json_parser_free(parser);
}

static void numbers_convert_and_stop_at_the_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t number;
        double real;
    } cases[] = {
        {"-7", -7, -7},
        {"18446744073709551615", INT64_MAX, 18446744073709551615.0},
        {"1e300", INT64_MAX, 1e300},
        {"-1e300", INT64_MIN, -1e300},
        {"-2.9", -2, -2.9},
        {"\"5\"", 0, 0},
    };
    struct json_parser *parser = json_parser_new();
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *copy = padded(cases[i].text);
        struct json value;
        const char *why;
        assert_true(json_parse(parser, copy, strlen(copy), &value, &why));
        assert_true(json_int(value) == cases[i].number);
        assert_true(json_double(value) == cases[i].real);
        free(copy);
    }
    json_parser_free(parser);
}

static void a_built_tape_is_word_for_word_a_parsed_one(void **state)
{
    (void)state;
    struct json_parser *parser = json_parser_new();
    char *text = padded("{\"a\":[1,\"two\",{},[]],\"b\":{\"c\":true,\"d\":false},\"e\":null}");
    struct json parsed;
    const char *why;
    assert_true(json_parse(parser, text, strlen(text), &parsed, &why));
    struct json_builder builder;
    json_builder_init(&builder);
    for (int round = 0; round < 2; round++) {
        json_builder_reset(&builder);
        assert_null(json_built(&builder).tape);
        json_build_object(&builder);
        json_build_key(&builder, S("a"));
        json_build_array(&builder);
        json_build_int(&builder, 1);
        json_build_str(&builder, S("two"));
        json_build_object(&builder);
        json_build_end(&builder);
        json_build_array(&builder);
        json_build_end(&builder);
        json_build_end(&builder);
        json_build_key(&builder, S("b"));
        json_build_object(&builder);
        json_build_key(&builder, S("c"));
        json_build_bool(&builder, true);
        json_build_key(&builder, S("d"));
        json_build_bool(&builder, false);
        json_build_end(&builder);
        json_build_key(&builder, S("e"));
        json_build_null(&builder);
        json_build_end(&builder);
        struct json built = json_built(&builder);
        assert_int_equal(built.at, 0);
        uint32_t words = json_skip(parsed.tape, 1) - 1;
        assert_int_equal(json_skip(built.tape, 0), words);
        for (uint32_t i = 0; i < words; i++) {
            // The parsed value starts at word 1: its indices are one more.
            uint64_t word = parsed.tape[i + 1];
            char type = (char)(word >> 56);
            bool has_index = type == '{' || type == '[' || type == '}' || type == ']';
            assert_true(built.tape[i] == word - has_index);
        }
    }
    json_builder_done(&builder);
    free(text);
    json_parser_free(parser);
}

static void a_copied_value_prints_as_the_original(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "{}",       "[]",
        "\"text\"", "-1",
        "1.5",      "18446744073709551615",
        "null",     "{\"a\":[1,2.5,{\"b\":\"c\",\"\":\"\"},[[\"d\"]]],\"e\":{\"f\":{}},\"g\":true}",
    };
    struct json_parser *parser = json_parser_new();
    struct json_builder first, second;
    json_builder_init(&first);
    json_builder_init(&second);
    struct buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *text = padded(cases[i]);
        struct json value;
        const char *why;
        assert_true(json_parse(parser, text, strlen(text), &value, &why));
        // Between other values, and from a built tape once more.
        json_builder_reset(&first);
        json_builder_reset(&second);
        json_build_array(&first);
        json_build_str(&first, S("before"));
        json_build_copy(&first, value);
        json_build_copy(&first, value);
        json_build_copy(&first, (struct json){0});
        json_build_str(&first, S("behind"));
        json_build_end(&first);
        json_build_copy(&second, json_built(&first));
        struct json_element e = json_elements(json_built(&second));
        assert_true(json_element_next(&e) && str_is(json_str(e.value), "before"));
        for (int twice = 0; twice < 2; twice++) {
            assert_true(json_element_next(&e));
            buf_clear(&buf);
            json_print(e.value, &buf);
            assert_true(str_is(buf_str(&buf), cases[i]));
        }
        assert_true(json_element_next(&e) && json_type(e.value) == JSON_NULL);
        assert_true(json_element_next(&e) && str_is(json_str(e.value), "behind"));
        assert_false(json_element_next(&e));
        assert_int_equal(json_built(&first).tape[0] >> 32 & 0xffffff, 5);
        free(text);
    }
    buf_done(&buf);
    json_builder_done(&first);
    json_builder_done(&second);
    json_parser_free(parser);
}

static void a_part_of_a_document_is_copied_with_its_own_texts_only(void **state)
{
    (void)state;
    struct json_parser *parser = json_parser_new();
    char *text =
        padded("{\"noise\":\"0123456789\",\"part\":{\"k\":[\"v\",7]},\"more\":\"9876543210\"}");
    struct json root;
    const char *why;
    assert_true(json_parse(parser, text, strlen(text), &root, &why));
    struct json_builder builder;
    json_builder_init(&builder);
    json_build_copy(&builder, json_find(root, S("part")));
    assert_int_equal(builder.text_len, 2 * (4 + 1 + 1));
    struct buf buf;
    buf_init(&buf);
    json_print(json_built(&builder), &buf);
    assert_true(str_is(buf_str(&buf), "{\"k\":[\"v\",7]}"));
    buf_done(&buf);
    json_builder_done(&builder);
    free(text);
    json_parser_free(parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_print_as_compact_json),
        cmocka_unit_test(broken_text_is_refused_with_a_reason),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(one_parser_serves_documents_of_any_size),
        cmocka_unit_test(members_and_elements_are_found_and_walked),
        cmocka_unit_test(numbers_convert_and_stop_at_the_ends),
        cmocka_unit_test(a_built_tape_is_word_for_word_a_parsed_one),
        cmocka_unit_test(a_copied_value_prints_as_the_original),
        cmocka_unit_test(a_part_of_a_document_is_copied_with_its_own_texts_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
