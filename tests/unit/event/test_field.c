// Paths through records: objects, arrays, Name/Value bags, JSON in strings, keys with dots.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "event/field.h"

// A parsed text and what must be released with it.
struct parsed {
    struct json_parser *parser;
    char *bytes;
    struct json value;
};

static struct parsed parse(const char *text)
{
    struct parsed p = {.parser = json_parser_new()};
    size_t len = strlen(text);
    const char *why = "";
    p.bytes = calloc(1, len + JSON_PADDING);
    memcpy(p.bytes, text, len);
    assert_true(json_parse(p.parser, p.bytes, len, &p.value, &why));
    return p;
}

static void parsed_done(struct parsed *p)
{
    json_parser_free(p->parser);
    free(p->bytes);
}

// The values of a path as "a|b|c".
static void values_of(struct field_slots *slots, uint32_t slot, struct buf *out)
{
    buf_clear(out);
    const struct field_value *value = field_first(slots, slot);
    for (; value; value = field_next(slots, value)) {
        if (out->len)
            buf_add_char(out, '|');
        if (json_type(value->json) == JSON_STRING)
            buf_add(out, json_str(value->json));
        else
            json_print(value->json, out);
    }
}

struct path_case {
    const char *record, *path, *values;
};

static const struct path_case path_cases[] = {
    {"{\"a\":1}", "a", "1"},
    {"{\"a\":1}", "A", ""},
    {"{\"a\":{\"b\":\"x\"}}", "a.b", "x"},
    {"{\"a.b\":\"x\"}", "a.b", "x"},
    {"{\"a\":{\"b.c\":\"x\"}}", "a.b.c", "x"},
    {"{\"a.b\":{\"c\":\"x\"}}", "a.b.c", "x"},
    {"{\"a\":[1,2,[3]]}", "a", "1|2|3"},
    {"{\"a\":[{\"b\":1},{\"b\":2},{\"c\":3}]}", "a.b", "1|2"},
    {"{\"a\":[]}", "a", "[]"},
    {"{\"a\":{}}", "a", "{}"},
    {"{\"a\":null}", "a", "null"},
    {"{\"P\":[{\"Name\":\"ForwardTo\",\"Value\":\"x\"},{\"Name\":\"Y\",\"Value\":\"z\"}]}",
     "P.ForwardTo", "x"},
    {"{\"P\":[{\"Name\":\"ForwardTo\",\"Value\":\"x\"},{\"Name\":\"Y\",\"Value\":\"z\"}]}",
     "P.Name", "ForwardTo|Y"},
    {"{\"P\":[{\"Name\":\"ForwardTo\",\"Value\":\"x\"},{\"Name\":\"Y\",\"Value\":\"z\"}]}",
     "P.Value", "x|z"},
    {"{\"M\":[{\"Name\":\"Role.DisplayName\",\"NewValue\":\"Admin\",\"OldValue\":\"\"}]}",
     "M.Role.DisplayName.NewValue", "Admin"},
    {"{\"M\":[{\"Name\":\"Role.DisplayName\",\"NewValue\":\"Admin\",\"OldValue\":\"\"}]}",
     "M.Role.DisplayName", "Admin"},
    {"{\"A\":[{\"key\":\"User-Agent\",\"value\":\"curl\"}]}", "A.User-Agent", "curl"},
    {"{\"E\":[{\"Name\":\"extra\",\"Value\":\"{\\\"AppId\\\":\\\"7\\\"}\"}]}", "E.extra.AppId",
     "7"},
    {"{\"P\":\"[{\\\"Name\\\":\\\"X\\\",\\\"Value\\\":\\\"1\\\"}]\"}", "P.X", "1"},
    {"{\"P\":\"  {\\\"X\\\": 1 } \"}", "P.X", "1"},
    {"{\"P\":\"{broken\"}", "P.X", ""},
    {"{\"a\":1,\"a\":2}", "a", "1|2"},
    {"{\"a\":{\"newValue\":\"\\\"False\\\"\"}}", "a.newValue", "\"False\"|False"},
    {"{}", "a.b", ""},
};

static bool append(struct json value, void *context)
{
    struct buf *out = context;
    if (out->len)
        buf_add_char(out, '|');
    if (json_type(value) == JSON_STRING)
        buf_add(out, json_str(value));
    else
        json_print(value, out);
    return true;
}

static void every_way_a_path_can_go_is_found_by_the_one_walk_and_the_slow_one(void **state)
{
    (void)state;
    struct buf found;
    buf_init(&found);
    for (size_t i = 0; i < sizeof path_cases / sizeof path_cases[0]; i++) {
        const struct path_case *c = &path_cases[i];
        struct parsed record = parse(c->record);
        struct field_plan *plan = field_plan_new(SOURCE_ANY_JSON);
        uint32_t slot = field_plan_want_name(plan, str_from(c->path));
        field_plan_finish(plan);
        struct field_slots slots;
        field_slots_init(&slots, plan);
        struct event event = {.source = SOURCE_ANY_JSON, .record = record.value};
        for (int twice = 0; twice < 2; twice++) {
            field_fill(&slots, &event);
            values_of(&slots, slot, &found);
            buf_add_char(&found, 0);
            assert_string_equal(found.at, c->values);
        }
        buf_clear(&found);
        field_path_each(record.value, str_from(c->path), SOURCE_ANY_JSON, &slots, append, &found);
        buf_add_char(&found, 0);
        assert_string_equal(found.at, c->values);
        field_slots_done(&slots);
        field_plan_free(plan);
        parsed_done(&record);
    }
    buf_done(&found);
}

static void the_wrapper_is_asked_only_for_what_the_record_lacks(void **state)
{
    (void)state;
    struct parsed record = parse("{\"UserId\":\"a@contoso.example\"}");
    struct parsed outer = parse("{\"UserId\":\"other\",\"Extra\":\"x\"}");
    struct field_plan *plan = field_plan_new(SOURCE_ANY_JSON);
    uint32_t user = field_plan_want_name(plan, S("UserId"));
    uint32_t extra = field_plan_want_name(plan, S("Extra"));
    field_plan_finish(plan);
    struct field_slots slots;
    field_slots_init(&slots, plan);
    struct event event = {.source = SOURCE_ANY_JSON, .record = record.value, .outer = outer.value};
    struct buf found;
    buf_init(&found);
    field_fill(&slots, &event);
    values_of(&slots, user, &found);
    assert_true(str_is(buf_str(&found), "a@contoso.example"));
    values_of(&slots, extra, &found);
    assert_true(str_is(buf_str(&found), "x"));
    buf_done(&found);
    field_slots_done(&slots);
    field_plan_free(plan);
    parsed_done(&record);
    parsed_done(&outer);
}

static void rules_may_use_any_name_a_field_goes_by(void **state)
{
    (void)state;
    static const struct {
        enum source_id source;
        const char *name;
        enum field_id field;
    } cases[] = {
        {SOURCE_M365_AUDIT, "Operation", FIELD_Operation},
        {SOURCE_M365_AUDIT, "operation", FIELD_Operation},
        {SOURCE_ENTRA_SIGNIN, "properties.userPrincipalName", FIELD_UserPrincipalName},
        {SOURCE_ENTRA_SIGNIN, "ResultType", FIELD_ResultType},
        {SOURCE_ENTRA_AUDIT, "properties.message", FIELD_OperationName},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct field_plan *plan = field_plan_new(cases[i].source);
        assert_int_equal(field_plan_want_name(plan, str_from(cases[i].name)), cases[i].field);
        field_plan_finish(plan);
        assert_int_equal(field_plan_find_name(plan, str_from(cases[i].name)), cases[i].field);
        field_plan_free(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_a_path_can_go_is_found_by_the_one_walk_and_the_slow_one),
        cmocka_unit_test(the_wrapper_is_asked_only_for_what_the_record_lacks),
        cmocka_unit_test(rules_may_use_any_name_a_field_goes_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
