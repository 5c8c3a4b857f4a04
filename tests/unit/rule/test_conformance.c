// Other engines' test cases: what matches, what is refused, what correlates.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rule/correlation.h"
#include "support/rules.h"

// Calls `check` for every line of a shared file; gives how many it found wrong. Skips without the file.
static size_t each_line(const char *name, bool (*check)(struct json line))
{
    size_t size, wrong = 0, count = 0;
    char *at = shared_file(name, &size);
    if (!at) {
        print_message("skipped: no shared data (%s)\n", name);
        skip();
    }
    struct json_parser *parser = json_parser_new();
    struct str rest = str_of(at, size);
    while (rest.at && rest.len) {
        struct str line = str_cut(&rest, '\n');
        struct json value;
        const char *why;
        if (!line.len || !json_parse(parser, line.at, line.len, &value, &why))
            continue;
        count++;
        if (!check(value)) {
            struct str id = json_str(json_find(value, S("id")));
            print_error("    in %.*s\n", (int)id.len, id.at);
            wrong++;
        }
    }
    json_parser_free(parser);
    free(at);
    assert_true(count > 0);
    return wrong;
}

static bool is_refused(const struct sigma_set *set)
{
    for (size_t i = 0; i < set->problem_count; i++)
        if (set->problems[i].is_error)
            return true;
    return false;
}

static void print_problems(const struct sigma_set *set)
{
    for (size_t i = 0; i < set->problem_count; i++)
        print_error("    %d:%d %.*s\n", set->problems[i].line, set->problems[i].column,
                    (int)set->problems[i].text.len, set->problems[i].text.at);
}

static bool check_case(struct json line)
{
    struct rule_bed bed;
    struct buf event;
    bool is_right;
    buf_init(&event);
    rule_bed_init(&bed, json_str(json_find(line, S("rule"))));
    if (json_type(json_find(line, S("expect_reject"))) == JSON_TRUE) {
        is_right = is_refused(&bed.set);
    } else {
        int64_t expected = json_int(json_find(line, S("expected_matches")));
        json_print(json_find(line, S("event")), &event);
        size_t found = rule_bed_count(&bed, SOURCE_ANY_JSON, buf_str(&event), NULL);
        is_right = (int64_t)found == expected;
        if (!is_right) {
            print_error("%zu matches instead of %d\n", found, (int)expected);
            print_problems(&bed.set);
        }
    }
    rule_bed_done(&bed);
    buf_done(&event);
    return is_right;
}

// ---- correlations -----------------------------------------------------------------------------

struct sequence {
    struct rule_bed bed;
    struct correlation_engine *engine;
    struct arena arena;
    struct event event;
    size_t fired;
};

static void on_fire(const struct firing *firing, void *context)
{
    (void)firing;
    ((struct sequence *)context)->fired++;
}

static void on_match(const struct sigma_rule *rule, void *context)
{
    struct sequence *s = context;
    size_t count;
    const struct str *fields = correlation_fields(s->engine, rule->index, &count);
    if (!fields)
        return;
    struct str *values = ARENA_ARRAY(&s->arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++)
        values[i] = matcher_field_text(s->bed.matcher, &s->event, fields[i]);
    struct observation observation = {.rule = rule->index,
                                      .time = s->event.time,
                                      .identity = s->event.position,
                                      .position = s->event.position,
                                      .values = values};
    correlation_feed(s->engine, &observation);
}

// Runs the first `steps` events through fresh engines; gives how often correlations fired.
static size_t run_sequence(struct json line, size_t steps)
{
    struct sequence s = {.fired = 0};
    arena_init(&s.arena);
    rule_bed_init(&s.bed, json_str(json_find(line, S("rules"))));
    s.engine = correlation_new(&s.bed.set, on_fire, &s);
    struct json_element e = json_elements(json_find(line, S("sequence")));
    for (size_t i = 0; i < steps && json_element_next(&e); i++) {
        s.event = (struct event){.source = SOURCE_ANY_JSON,
                                 .record = json_find(e.value, S("event")),
                                 .time = json_int(json_find(e.value, S("ts"))) * SECOND,
                                 .position = i + 1};
        matcher_fill(s.bed.matcher, &s.event);
        matcher_run(s.bed.matcher, &s.event, on_match, &s);
    }
    correlation_end(s.engine);
    correlation_free(s.engine);
    rule_bed_done(&s.bed);
    arena_done(&s.arena);
    return s.fired;
}

// After each event: has anything correlated by now? (How often one burst fires is the engine's own
// choice: here overlapping windows are one firing.)
static bool check_sequence(struct json line)
{
    bool has_fired = false, is_right = true;
    size_t steps = 0;
    for (struct json_element e = json_elements(json_find(line, S("sequence")));
         json_element_next(&e);) {
        steps++;
        has_fired = has_fired || json_int(json_find(e.value, S("correlations"))) > 0;
        size_t fired = run_sequence(line, steps);
        if ((fired > 0) != has_fired) {
            print_error("after event %zu: fired %zu times\n", steps, fired);
            is_right = false;
        }
    }
    return is_right;
}

static void every_case_matches_or_is_refused_as_expected(void **state)
{
    (void)state;
    assert_int_equal(each_line("sigma-conformance/cases.jsonl", check_case), 0);
}

static void every_sequence_correlates_when_expected(void **state)
{
    (void)state;
    assert_int_equal(each_line("sigma-conformance/correlation.jsonl", check_sequence), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_matches_or_is_refused_as_expected),
        cmocka_unit_test(every_sequence_correlates_when_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
