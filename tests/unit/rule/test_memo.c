// What is remembered of records' ways through the rules changes nothing: records of few values that come again and
// again match as on a new matcher.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rule/matcher.h"
#include "support/few_values.h"
#include "support/rules.h"

enum { EVENTS = 8000 };

static const char *const rule_texts[] = {
    "  a:\n    Operation: Send\n    LogonType: [0, 1]\n  condition: a\n",
    "  a:\n    Operation: [Send, Move]\n  b:\n    Parameters.Force: 'True'\n  condition: a and b\n",
    "  a:\n    Operation: Move\n  b:\n    Parameters.Force: 'True'\n    UserId|contains: bad\n"
    "  condition: a and not b\n",
    "  a:\n    Workload: Exchange\n  b:\n    ClientInfoString|startswith: Client=\n"
    "  condition: a and b\n",
    "  a:\n    ActorClass: person\n  condition: a\n",
    "  a:\n    Deep.Inner.Word: [x, '7']\n  b:\n    Deep.Inner.Word: null\n  condition: a or b\n",
    "  a:\n    Outcome: failure\n  b:\n    LogonType: Admin\n  condition: a or b\n",
    "  a:\n    Operation|fieldref: Workload\n  condition: a\n",
    "  a:\n    Item.Subject|contains: y\n    Operation: Send\n  condition: a\n",
};
// Asks for all of the record, so that nothing can be remembered of those that come to it.
static const char keyword_rule[] = "  a:\n    Operation: Send\n  k:\n    - needle\n"
                                   "  condition: a and k\n";

struct setting {
    struct rule_bed rules;
    struct json_parser *record_parser, *outer_parser;
    struct buf record, outer;
    struct few_values few;
};

static struct setting *setting_new(bool has_keywords)
{
    struct setting *s = calloc(1, sizeof *s);
    s->few.left_out = 40;
    struct buf text;
    buf_init(&text);
    size_t count = sizeof rule_texts / sizeof *rule_texts;
    for (size_t i = 0; i < count + has_keywords; i++)
        buf_print(&text,
                  "%stitle: R%zu\nlogsource:\n  product: m365\n  service: audit\ndetection:\n%s",
                  i ? "---\n" : "", i, i < count ? rule_texts[i] : keyword_rule);
    rule_bed_init(&s->rules, buf_str(&text));
    assert_int_equal(s->rules.set.rule_count, count + has_keywords);
    buf_done(&text);
    buf_init(&s->record);
    buf_init(&s->outer);
    s->record_parser = json_parser_new();
    s->outer_parser = json_parser_new();
    return s;
}

static void setting_free(struct setting *s)
{
    rule_bed_done(&s->rules);
    json_parser_free(s->record_parser);
    json_parser_free(s->outer_parser);
    buf_done(&s->record);
    buf_done(&s->outer);
    free(s);
}

#define ADD(name, ...) FEW_ADD(&s->few, out, name, __VA_ARGS__)

static void make_object(struct setting *s, struct buf *out)
{
    buf_clear(out);
    buf_add_char(out, '{');
    buf_print(out, "\"Id\":\"%zu\"", few_chance(&s->few, 1000000));
    ADD("Operation", "\"Send\"", "\"Move\"", "\"send\"", "\"Exchange\"");
    ADD("Workload", "\"Exchange\"", "\"SharePoint\"");
    ADD("LogonType", "0", "1", "2", "1.0", "\"Admin\"", "null");
    ADD("UserType", "0", "2", "5");
    ADD("ResultStatus", "\"Succeeded\"", "\"Failed\"", "\"\\\"Failed\\\"\"");
    ADD("ClientInfoString", "\"Client=REST\"", "\"client=OWA\"", "\"Other\"", "\"needle\"");
    ADD("Parameters", "[{\"Name\":\"Force\",\"Value\":\"True\"}]", "[]",
        "[{\"Name\":\"Force\",\"Value\":\"False\"}]", "[{\"Name\":\"Other\",\"Value\":\"True\"}]",
        "[{\"Name\":\"Force\",\"Value\":1},{\"Name\":\"Force\",\"Value\":\"True\"}]",
        "\"[{\\\"Name\\\":\\\"Force\\\",\\\"Value\\\":\\\"True\\\"}]\"");
    ADD("Deep", "{\"Inner\":{\"Word\":\"x\"}}", "{\"Inner\":{\"Word\":7}}",
        "{\"Inner\":{\"Word\":[\"x\",\"y\"]}}", "{\"Inner\":[{\"Word\":\"x\"}]}", "7");
    if (few_chance(&s->few, 3) == 0)
        buf_print(out, ",\"UserId\":\"%s%zu@x.example\"", few_chance(&s->few, 2) ? "bad" : "good",
                  few_chance(&s->few, few_chance(&s->few, 2) ? 4 : 100000));
    if (few_chance(&s->few, 8) == 0) {
        buf_print(out, ",\"Item\":{\"Subject\":\"");
        for (size_t i = few_chance(&s->few, 2 * MEMO_TEXT_LIMIT); i > 0; i--)
            buf_add_char(out, 'x');
        buf_print(out, "%s\"}", few_chance(&s->few, 2) ? "y" : "");
    }
    buf_add_char(out, '}');
}

static void on_match(const struct sigma_rule *rule, void *context)
{
    buf_print(context, "%.*s|", (int)rule->title.len, rule->title.at);
}

static void titles_of(struct matcher *matcher, const struct event *event, struct buf *titles)
{
    buf_clear(titles);
    matcher_fill(matcher, event);
    matcher_run(matcher, event, on_match, titles);
}

static size_t hits_of(const struct memo_shape *shapes)
{
    size_t hits = 0;
    for (size_t i = 0; i < MEMO_SHAPES; i++)
        hits += shapes[i].rest.hits;
    return hits;
}

// How many of the events came to a leaf.
static size_t run(struct setting *s, bool is_wrapped)
{
    const struct memo_shape *shapes = s->rules.matcher->sources[SOURCE_M365_AUDIT].memo.shapes;
    struct buf titles, alone;
    size_t hits = 0, last = 0;
    buf_init(&titles);
    buf_init(&alone);
    for (size_t i = 0; i < EVENTS; i++) {
        make_object(s, &s->record);
        make_object(s, &s->outer);
        struct event event = {.source = SOURCE_M365_AUDIT,
                              .time = INSTANT_NONE,
                              .actor = i % 2 ? ACTOR_PERSON : ACTOR_SYSTEM,
                              .record = few_parse(s->record_parser, &s->record)};
        if (is_wrapped)
            event.outer = few_parse(s->outer_parser, &s->outer);
        titles_of(s->rules.matcher, &event, &titles);
        hits += hits_of(shapes) > last;
        last = hits_of(shapes);
        struct matcher *fresh = matcher_new(s->rules.program);
        titles_of(fresh, &event, &alone);
        matcher_free(fresh);
        if (!str_equal(buf_str(&titles), buf_str(&alone)))
            fail_msg("%.*s in %.*s: %.*s instead of %.*s", (int)s->record.len,
                     buf_str(&s->record).at, (int)s->outer.len, buf_str(&s->outer).at,
                     (int)titles.len, buf_str(&titles).at, (int)alone.len, buf_str(&alone).at);
    }
    buf_done(&titles);
    buf_done(&alone);
    return hits;
}

static void records_match_as_if_nothing_came_before(void **state)
{
    (void)state;
    struct setting *s = setting_new(false);
    assert_true(run(s, false) > EVENTS / 4);
    setting_free(s);
}

static void records_in_wrappers_do_too(void **state)
{
    (void)state;
    struct setting *s = setting_new(false);
    run(s, true);
    setting_free(s);
}

static void what_asks_for_all_of_the_record_is_not_remembered(void **state)
{
    (void)state;
    struct setting *s = setting_new(true);
    run(s, false);
    setting_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_match_as_if_nothing_came_before),
        cmocka_unit_test(records_in_wrappers_do_too),
        cmocka_unit_test(what_asks_for_all_of_the_record_is_not_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
