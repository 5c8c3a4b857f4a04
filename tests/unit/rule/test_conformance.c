// Other engines' test cases: what matches and what is refused (correlations: test_correlation_conformance.c).
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

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

static void every_case_matches_or_is_refused_as_expected(void **state)
{
    (void)state;
    assert_int_equal(each_line("sigma-conformance/cases.jsonl", check_case), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_matches_or_is_refused_as_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
