// Shapes of records: what they fill is what a walk over each record finds, whatever came before.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/hash.h"
#include "event/shape.h"

static const char *const keys[] = {
    "a",    "b",      "Id",        "Operation",
    "bag",  "Name",   "Value",     "LongKeyOfMoreThanTwentyFourBytes",
    "deep", "UserId", "SessionId", "a.b"};
enum { KEYS = sizeof keys / sizeof keys[0] };

static const char *const paths[] = {"a",           "b",
                                    "Id",          "a.b",
                                    "deep.deep.a", "deep.deep.deep.deep.deep.deep.deep.a",
                                    "bag.a",       "bag.Name",
                                    "bag.b.Id",    "deep.bag.a",
                                    "Operation",   "LongKeyOfMoreThanTwentyFourBytes",
                                    "a.b.deep",    "UserId",
                                    "deep",        "deep.UserId.a"};
enum { PATHS = sizeof paths / sizeof paths[0] };

static uint64_t next_random(uint64_t *seed)
{
    return hash_mix(++*seed);
}

static void make_object(uint64_t *seed, int depth, struct buf *out);

static void make_value(uint64_t *seed, int depth, struct buf *out)
{
    uint64_t kind = next_random(seed) % (depth > 9 ? 4 : 9);
    if (kind < 2) {
        buf_print(out, "%d", (int)(next_random(seed) % 100));
    } else if (kind < 4) {
        static const char *const words[] = {"null",
                                            "true",
                                            "\"\"",
                                            "\"x\"",
                                            "\"\\\"quoted\\\"\"",
                                            "\"{\\\"a\\\":7,\\\"b\\\":[8]}\"",
                                            "\"[1,2]\""};
        buf_add(out, str_from(words[next_random(seed) % 7]));
    } else if (kind < 7) {
        make_object(seed, depth + 1, out);
    } else {
        buf_add_char(out, '[');
        for (uint64_t i = 0, n = next_random(seed) % 4; i < n; i++) {
            if (i)
                buf_add_char(out, ',');
            if (next_random(seed) % 2)
                buf_print(out, "{\"Name\":\"%s\",\"Value\":%d}", keys[next_random(seed) % KEYS],
                          (int)i);
            else
                make_value(seed, depth + 1, out);
        }
        buf_add_char(out, ']');
    }
}

static void make_object(uint64_t *seed, int depth, struct buf *out)
{
    buf_add_char(out, '{');
    for (uint64_t i = 0, n = next_random(seed) % 7; i < n; i++) {
        if (i)
            buf_add_char(out, ',');
        buf_print(out, "\"%s\":", keys[next_random(seed) % KEYS]);
        make_value(seed, depth, out);
    }
    buf_add_char(out, '}');
}

struct parsed {
    struct json_parser *parser;
    struct buf text;
    struct json value;
};

static void parse(struct parsed *p)
{
    const char *why = "";
    size_t len = p->text.len;
    for (int i = 0; i < JSON_PADDING; i++)
        buf_add_char(&p->text, ' ');
    assert_true(json_parse(p->parser, buf_str(&p->text).at, len, &p->value, &why));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// The values of a slot, sorted: shapes give those of the record's own members first.
static void values_of(const struct field_slots *slots, uint32_t slot, struct buf *out)
{
    char *texts[512];
    size_t count = 0;
    struct buf one;
    buf_init(&one);
    const struct field_value *value = field_first(slots, slot);
    for (; value && count < 512; value = field_next(slots, value)) {
        buf_clear(&one);
        json_print(value->json, &one);
        texts[count] = calloc(1, one.len + 1);
        memcpy(texts[count++], buf_str(&one).at, one.len);
    }
    qsort(texts, count, sizeof *texts, by_text);
    buf_clear(out);
    for (size_t i = 0; i < count; i++) {
        buf_print(out, "%s|", texts[i]);
        free(texts[i]);
    }
    buf_done(&one);
}

// The slots in an order of the seed's; a walk over all of the record and its wrapper is what they are held against.
static void compare(struct field_slots *slots, struct field_slots *walked,
                    const struct parsed *record, struct json outer, const uint32_t *wanted,
                    uint64_t seed)
{
    struct event event = {.source = SOURCE_M365_AUDIT, .record = record->value, .outer = outer};
    struct buf a, b;
    buf_init(&a);
    buf_init(&b);
    field_fill(slots, &event);
    field_fill_walking(walked, &event);
    uint32_t first = (uint32_t)(next_random(&seed) % PATHS);
    for (uint32_t i = 0; i < PATHS; i++) {
        uint32_t slot = wanted[(first + i * 5) % PATHS];
        values_of(slots, slot, &a);
        values_of(walked, slot, &b);
        if (!str_equal(buf_str(&a), buf_str(&b)))
            fail_msg("%s: %.*s: %.*s instead of %.*s", paths[(first + i * 5) % PATHS],
                     (int)record->text.len, buf_str(&record->text).at, (int)a.len, buf_str(&a).at,
                     (int)b.len, buf_str(&b).at);
        if (a.len)
            assert_true(field_is_possible(slots, slot));
    }
    buf_done(&a);
    buf_done(&b);
}

struct setting {
    struct field_plan *plan;
    struct field_slots slots, walked;
    uint32_t wanted[PATHS];
    struct parsed record, outer;
    bool is_wrapped;
};

static struct setting *setting_new(enum source_id source)
{
    struct setting *s = calloc(1, sizeof *s);
    s->plan = field_plan_new(source);
    for (int i = 0; i < PATHS; i++)
        s->wanted[i] = field_plan_want_name(s->plan, str_from(paths[i]));
    field_plan_finish(s->plan);
    field_slots_init(&s->slots, s->plan);
    field_slots_init(&s->walked, s->plan);
    s->record.parser = json_parser_new();
    s->outer.parser = json_parser_new();
    buf_init(&s->record.text);
    buf_init(&s->outer.text);
    return s;
}

static void setting_free(struct setting *s)
{
    json_parser_free(s->record.parser);
    json_parser_free(s->outer.parser);
    buf_done(&s->record.text);
    buf_done(&s->outer.text);
    field_slots_done(&s->slots);
    field_slots_done(&s->walked);
    field_plan_free(s->plan);
    free(s);
}

static void check(struct setting *s, uint64_t seed)
{
    parse(&s->record);
    if (s->is_wrapped)
        parse(&s->outer);
    compare(&s->slots, &s->walked, &s->record, s->is_wrapped ? s->outer.value : (struct json){0},
            s->wanted, seed);
}

static void shapes_fill_what_a_walk_finds(void **state)
{
    (void)state;
    for (int source = 0; source < 2; source++) {
        struct setting *s = setting_new(source ? SOURCE_ANY_JSON : SOURCE_M365_AUDIT);
        for (uint64_t i = 0; i < 6000; i++) {
            uint64_t seed = i % 4 ? i << 20 : i % 64 << 20; // some records come again
            buf_clear(&s->record.text);
            make_object(&seed, 0, &s->record.text);
            check(s, i);
        }
        setting_free(s);
    }
}

// What the record lacks is looked for in its wrapper, whole and slot by slot.
static void wrappers_fill_what_records_lack(void **state)
{
    (void)state;
    for (int source = 0; source < 2; source++) {
        struct setting *s = setting_new(source ? SOURCE_ANY_JSON : SOURCE_M365_AUDIT);
        s->is_wrapped = true;
        for (uint64_t i = 0; i < 12000; i++) {
            uint64_t seed = i % 4 ? i << 20 : i % 64 << 20;
            buf_clear(&s->record.text);
            buf_clear(&s->outer.text);
            make_object(&seed, 0, &s->record.text);
            make_object(&seed, 0, &s->outer.text);
            check(s, i);
        }
        setting_free(s);
    }
}

// Ever new keys: shapes are forgotten and learned anew, and records that have none are walked.
static void what_has_no_shape_is_walked(void **state)
{
    (void)state;
    struct setting *s = setting_new(SOURCE_M365_AUDIT);
    for (int i = 0; i < 3 * SHAPE_KEY_LIMIT / 8; i++) {
        buf_clear(&s->record.text);
        buf_print(&s->record.text,
                  "{\"a\":%d,\"k%d\":{\"a\":1},\"deep\":{\"k%d\":2,\"bag\":[{\"a\":%d}]}", i,
                  i % 100, i, i);
        for (int k = 0; k < (i % 1000 == 999 ? SHAPE_MEMBER_LIMIT + 1 : 5); k++)
            buf_print(&s->record.text, ",\"k%d.%d\":%d", i, k, k);
        buf_add(&s->record.text, S(",\"Id\":\"x\"}"));
        check(s, (uint64_t)i);
    }
    setting_free(s);
}

static void numbers_of_shapes_tell_records_apart(void **state)
{
    (void)state;
    static const char *const records[] = {
        "{\"a\":1,\"b\":2}",   "{\"a\":\"x\",\"b\":null}",     "{\"b\":2,\"a\":1}",
        "{\"a\":1}",           "{\"deep\":{\"a\":1},\"b\":2}", "{\"deep\":{\"a\":1,\"b\":2}}",
        "{\"deep\":7,\"b\":2}"};
    uint32_t numbers[7];
    struct setting *s = setting_new(SOURCE_M365_AUDIT);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 7; i++) {
            buf_clear(&s->record.text);
            buf_add(&s->record.text, str_from(records[i]));
            check(s, 1);
            uint32_t number = field_shape_number(&s->slots);
            assert_true(number > 0 && (!round || numbers[i] == number));
            numbers[i] = number;
        }
    assert_int_equal(numbers[0], numbers[1]); // the same members; their values are not looked at
    for (int i = 1; i < 7; i++)
        for (int k = i + 1; k < 7; k++)
            assert_int_not_equal(numbers[i], numbers[k]);
    setting_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_fill_what_a_walk_finds),
        cmocka_unit_test(wrappers_fill_what_records_lack),
        cmocka_unit_test(what_has_no_shape_is_walked),
        cmocka_unit_test(numbers_of_shapes_tell_records_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
