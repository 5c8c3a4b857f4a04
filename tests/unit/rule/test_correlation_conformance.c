// The correlations of the shared conformance suite: rules read and matched, firings as recorded there.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "rule/correlation.h"
#include "rule/match.h"

#define FIELDS 8

// The rules and events of one case, matched and fed up to step `steps`; gives the firings whose last
// event is that step's.
struct conformance {
    struct sigma_set set;
    struct rule_program *program;
    struct matcher *matcher;
    struct correlation_engine *engine;
    struct event event;
    size_t firings;
    int64_t last;
    struct str title;
};

static void note_firing(const struct firing *firing, void *context)
{
    struct conformance *suite = context;
    if (firing->last != suite->last)
        return;
    suite->firings++;
    suite->title = suite->set.correlations[firing->correlation]->title;
}

static void observe_match(const struct sigma_rule *rule, void *context)
{
    struct conformance *suite = context;
    struct str values[FIELDS];
    size_t count;
    const struct str *fields = correlation_fields(suite->engine, rule->index, &count);
    if (!fields)
        return;
    assert_true(count <= FIELDS);
    for (size_t i = 0; i < count; i++)
        values[i] = matcher_field_text(suite->matcher, &suite->event, fields[i]);
    struct observation observation = {.rule = rule->index,
                                      .time = suite->event.time,
                                      .identity = suite->event.identity,
                                      .position = suite->event.position,
                                      .id = S(""),
                                      .where = S(""),
                                      .values = values,
                                      .entities = S("")};
    correlation_feed(suite->engine, &observation);
}

static void run_prefix(struct conformance *suite, struct json sequence, size_t steps)
{
    size_t step = 0;
    suite->firings = 0;
    suite->engine = correlation_new(&suite->set, note_firing, suite);
    for (struct json_element e = json_elements(sequence); step < steps && json_element_next(&e);) {
        suite->last = json_int(json_find(e.value, S("ts"))) * SECOND;
        suite->event = (struct event){.source = SOURCE_ANY_JSON,
                                      .record = json_find(e.value, S("event")),
                                      .time = suite->last,
                                      .id = S(""),
                                      .identity = step + 1,
                                      .position = step};
        step++;
        matcher_fill(suite->matcher, &suite->event);
        matcher_run(suite->matcher, &suite->event, observe_match, suite);
    }
    correlation_end(suite->engine);
    correlation_free(suite->engine);
}

static int check_case(struct json record)
{
    struct conformance suite = {0};
    int failed = 0;
    struct str id = json_str(json_find(record, S("id")));
    struct json sequence = json_find(record, S("sequence"));
    sigma_set_init(&suite.set);
    sigma_read(&suite.set, id, json_str(json_find(record, S("rules"))));
    sigma_finish(&suite.set, NULL);
    suite.program = rule_compile(&suite.set, NULL, NULL);
    assert_non_null(suite.program);
    suite.matcher = matcher_new(suite.program);
    size_t step = 0;
    for (struct json_element e = json_elements(sequence); json_element_next(&e);) {
        struct json wanted = json_find(e.value, S("correlations"));
        struct str title = json_str(json_find(e.value, S("title")));
        step++;
        if (json_type(wanted) == JSON_NONE)
            continue;
        run_prefix(&suite, sequence, step);
        if (suite.firings == (size_t)json_int(wanted) &&
            (title.len == 0 || str_equal(title, suite.title)))
            continue;
        failed++;
        print_error("%.*s step %zu: wanted %lld firings, got %zu\n", (int)id.len, id.at, step,
                    (long long)json_int(wanted), suite.firings);
    }
    matcher_free(suite.matcher);
    rule_program_free(suite.program);
    sigma_set_done(&suite.set);
    return failed;
}

static FILE *open_shared(const char *name)
{
    char path[4096];
    const char *folder = getenv("STORMGLASS_SHARED");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/data", name);
    return fopen(path, "r");
}

static void the_conformance_suite_agrees(void **state)
{
    (void)state;
    FILE *file = open_shared("sigma-conformance/correlation.jsonl");
    if (!file) {
        print_message("no shared data (STORMGLASS_SHARED or ../shared/data): skipped\n");
        skip();
    }
    struct json_parser *parser = json_parser_new();
    static char line[(1 << 20) + JSON_PADDING];
    int failed = 0, cases = 0;
    while (fgets(line, sizeof line - JSON_PADDING, file)) {
        struct json record;
        const char *why;
        assert_true(json_parse(parser, line, strlen(line), &record, &why));
        failed += check_case(record);
        cases++;
    }
    fclose(file);
    json_parser_free(parser);
    assert_true(cases > 0);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_conformance_suite_agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
