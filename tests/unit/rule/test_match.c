// What rules match: one table, each row a detection, an event and whether they agree.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/arena.h"
#include "support/rules.h"

struct match_case {
    const char *detection; // lines below "detection:", indented by two
    const char *event;
    bool is_match;
};

#define SELECTION(lines) "  s:\n" lines "  condition: s\n"

static const struct match_case cases[] = {
    // Whole values, case, wildcards: patterns are anchored at both ends.
    {SELECTION("    a: x\n"), "{\"a\":\"X\"}", true},
    {SELECTION("    a: x\n"), "{\"a\":\"xy\"}", false},
    {SELECTION("    a: x*\n"), "{\"a\":\"xy\"}", true},
    {SELECTION("    a: x*\n"), "{\"a\":\"yx\"}", false},
    {SELECTION("    a: '*x'\n"), "{\"a\":\"yx\"}", true},
    {SELECTION("    a: '*x'\n"), "{\"a\":\"yxz\"}", false},
    {SELECTION("    a: 'x?z'\n"), "{\"a\":\"xyz\"}", true},
    {SELECTION("    a: 'x?z'\n"), "{\"a\":\"xz\"}", false},
    {SELECTION("    a: 'x?z'\n"), "{\"a\":\"x\xc3\xa4z\"}", true},
    {SELECTION("    a: 'a*b*c'\n"), "{\"a\":\"a1b2b3c\"}", true},
    {SELECTION("    a: 'a*b*c'\n"), "{\"a\":\"a1c2b\"}", false},
    {SELECTION("    a: '*'\n"), "{\"a\":\"\"}", true},
    {SELECTION("    a: '*'\n"), "{\"b\":\"\"}", false},
    {SELECTION("    a: 'x\\*'\n"), "{\"a\":\"x*\"}", true},
    {SELECTION("    a: 'x\\*'\n"), "{\"a\":\"xy\"}", false},
    {SELECTION("    a: ''\n"), "{\"a\":\"\"}", true},
    {SELECTION("    a: ''\n"), "{\"a\":\"x\"}", false},
    {SELECTION("    a|cased: X\n"), "{\"a\":\"X\"}", true},
    {SELECTION("    a|cased: X\n"), "{\"a\":\"x\"}", false},
    {SELECTION("    a|contains|cased: bC\n"), "{\"a\":\"abCd\"}", true},
    {SELECTION("    a|contains|cased: bC\n"), "{\"a\":\"abcd\"}", false},
    {SELECTION("    a|contains|all: [x, z]\n"), "{\"a\":\"xyz\"}", true},
    {SELECTION("    a|contains|all: [x, w]\n"), "{\"a\":\"xyz\"}", false},
    {SELECTION("    a|contains: 'a'\n"), "{\"a\":\"bab\"}", true},
    // Types.
    {SELECTION("    a: 1\n"), "{\"a\":1}", true},
    {SELECTION("    a: 1\n"), "{\"a\":\"1\"}", true},
    {SELECTION("    a: 1\n"), "{\"a\":1.0}", true},
    {SELECTION("    a: 1\n"), "{\"a\":\"01\"}", false},
    {SELECTION("    a: '1'\n"), "{\"a\":1}", true},
    {SELECTION("    a: 1000000000000000\n"), "{\"a\":1000000000000000}", true},
    {SELECTION("    a: true\n"), "{\"a\":\"True\"}", true},
    {SELECTION("    a: true\n"), "{\"a\":true}", true},
    {SELECTION("    a: false\n"), "{\"a\":true}", false},
    {SELECTION("    a: null\n"), "{\"b\":1}", true},
    {SELECTION("    a: null\n"), "{\"a\":null}", true},
    {SELECTION("    a: null\n"), "{\"a\":0}", false},
    {SELECTION("    a: [null, x]\n"), "{\"a\":\"x\"}", true},
    {SELECTION("    a|exists: true\n"), "{\"a\":null}", true},
    {SELECTION("    a|exists: true\n"), "{}", false},
    {SELECTION("    a|exists: false\n"), "{}", true},
    {SELECTION("    a|gt: 5\n"), "{\"a\":6}", true},
    {SELECTION("    a|gt: 5\n"), "{\"a\":\"6\"}", true},
    {SELECTION("    a|gte: 5\n"), "{\"a\":4.9}", false},
    {SELECTION("    a|neq: 5\n"), "{\"a\":6}", true},
    {SELECTION("    a|neq: 5\n"), "{\"a\":5}", false},
    {SELECTION("    a|neq: 5\n"), "{}", false},
    {SELECTION("    a|re: '^x[0-9]+$'\n"), "{\"a\":\"x12\"}", true},
    {SELECTION("    a|re: '^x[0-9]+$'\n"), "{\"a\":\"X12\"}", false},
    {SELECTION("    a|re|i: '^x[0-9]+$'\n"), "{\"a\":\"X12\"}", true},
    {SELECTION("    a|cidr: 10.0.0.0/8\n"), "{\"a\":\"10.1.2.3\"}", true},
    {SELECTION("    a|cidr: 10.0.0.0/8\n"), "{\"a\":\"::ffff:10.1.2.3\"}", true},
    {SELECTION("    a|cidr: 10.0.0.0/8\n"), "{\"a\":\"10.1.2.3:443\"}", true},
    {SELECTION("    a|cidr: 10.0.0.0/8\n"), "{\"a\":\"11.1.2.3\"}", false},
    {SELECTION("    a|cidr: 'fc00::/7'\n"), "{\"a\":\"2600:1f18::1\"}", false},
    {SELECTION("    a|cidr: '2001:db8::/32'\n"), "{\"a\":\"[2001:DB8::5]:80\"}", true},
    {SELECTION("    a|fieldref: b\n"), "{\"a\":\"X\",\"b\":\"x\"}", true},
    {SELECTION("    a|fieldref: b\n"), "{\"a\":\"X\",\"b\":\"y\"}", false},
    {SELECTION("    a|fieldref|endswith: b\n"), "{\"a\":\"xyz\",\"b\":\"yz\"}", true},
    {SELECTION("    t|hour: 3\n"), "{\"t\":\"2026-11-22T03:59:00Z\"}", true},
    {SELECTION("    t|hour|gte: 22\n"), "{\"t\":\"2026-11-22T03:59:00Z\"}", false},
    {SELECTION("    a|base64offset|contains: foobar\n"), "{\"a\":\"xxZm9vYmFyxx\"}", true},
    // Arrays: any element; same element.
    {SELECTION("    a: x\n"), "{\"a\":[\"y\",\"x\"]}", true},
    {SELECTION("    a.b: x\n    a.c: y\n"),
     "{\"a\":[{\"b\":\"x\",\"c\":\"1\"},{\"b\":\"2\",\"c\":\"y\"}]}", true},
    {SELECTION("    a[any]:\n      b: x\n      c: y\n"),
     "{\"a\":[{\"b\":\"x\",\"c\":\"1\"},{\"b\":\"2\",\"c\":\"y\"}]}", false},
    {SELECTION("    a[any]:\n      b: x\n      c: y\n"),
     "{\"a\":[{\"b\":\"z\"},{\"b\":\"x\",\"c\":\"y\"}]}", true},
    {SELECTION("    a[all]:\n      b: x\n"), "{\"a\":[{\"b\":\"x\"},{\"b\":\"x\"}]}", true},
    {SELECTION("    a[all]:\n      b: x\n"), "{\"a\":[{\"b\":\"x\"},{\"b\":\"y\"}]}", false},
    {SELECTION("    a[all]:\n      b: x\n"), "{\"a\":[]}", false},
    {SELECTION("    Parameters.ForwardTo|contains: '@'\n"),
     "{\"Parameters\":[{\"Name\":\"ForwardTo\",\"Value\":\"smtp:a@b\"}]}", true},
    {SELECTION("    Parameters[any]:\n      Name: ForwardTo\n      Value|contains: '@'\n"),
     "{\"Parameters\":[{\"Name\":\"ForwardTo\",\"Value\":\"x\"},{\"Name\":\"B\",\"Value\":\"@\"}]}",
     false},
    {SELECTION("    a|contains: '\"b\":2'\n"), "{\"a\":{\"b\":2}}", true},
    // Keywords: anywhere in any value, never in keys.
    {"  k:\n    - evil\n  condition: k\n", "{\"m\":{\"n\":[\"an Evil thing\"]}}", true},
    {"  k:\n    - evil\n  condition: k\n", "{\"evil\":\"x\"}", false},
    {"  k:\n    '|all': [one, two]\n  condition: k\n", "{\"a\":\"one\",\"b\":\"two\"}", true},
    {"  k:\n    '|all': [one, two]\n  condition: k\n", "{\"a\":\"one\"}", false},
    {"  k: [4711]\n  condition: k\n", "{\"a\":4711}", true},
    // Conditions.
    {"  a1: {a: 1}\n  a2: {b: 2}\n  condition: 1 of a*\n", "{\"b\":2}", true},
    {"  a1: {a: 1}\n  a2: {b: 2}\n  condition: all of a*\n", "{\"b\":2}", false},
    {"  a1: {a: 1}\n  a2: {b: 2}\n  a3: {c: 3}\n  condition: 2 of a*\n", "{\"b\":2,\"c\":3}", true},
    {"  a1: {a: 1}\n  a2: {b: 2}\n  condition: a1 and not a2\n", "{\"a\":1,\"b\":3}", true},
    {"  a1: {a: 1}\n  condition: not a1\n", "{\"b\":1}", true},
    {"  a1: {a: 1}\n  a2: {b: 2}\n  condition:\n    - a1\n    - a2\n", "{\"b\":2}", true},
};

static void a_row_of_the_table_matches_or_does_not(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rule_bed rules;
        struct str text = arena_print(
            &arena, "title: T\nlogsource:\n  category: test\ndetection:\n%s", cases[i].detection);
        rule_bed_init(&rules, text);
        size_t count = rule_bed_count(&rules, SOURCE_ANY_JSON, str_from(cases[i].event), NULL);
        if ((count > 0) != cases[i].is_match || rules.set.rule_count != 1) {
            print_error("%s  on %s: %zu of %zu rules match\n", cases[i].detection, cases[i].event,
                        count, rules.set.rule_count);
            for (size_t p = 0; p < rules.set.problem_count; p++)
                print_error("    %.*s\n", (int)rules.set.problems[p].text.len,
                            rules.set.problems[p].text.at);
            wrong++;
        }
        rule_bed_done(&rules);
    }
    arena_done(&arena);
    assert_int_equal(wrong, 0);
}

static void placeholders_come_from_files_or_from_the_event(void **state)
{
    (void)state;
    struct sigma_set set;
    sigma_set_init(&set);
    sigma_set_placeholder(&set, S("admins"), S("# ours\nroot\n\nadm\n"));
    sigma_read(
        &set, S("t.yml"),
        S("title: T\nlogsource: {category: test}\ndetection:\n  s:\n    u|expand: '%admins%'\n"
          "  condition: s\n"));
    sigma_finish(&set, NULL);
    struct rule_bed rules = {.set = set};
    rules.program = rule_compile(&rules.set, NULL, NULL);
    rules.matcher = matcher_new(rules.program);
    assert_int_equal(rule_bed_count(&rules, SOURCE_ANY_JSON, S("{\"u\":\"adm\"}"), NULL), 1);
    assert_int_equal(rule_bed_count(&rules, SOURCE_ANY_JSON, S("{\"u\":\"bob\"}"), NULL), 0);
    rule_bed_done(&rules);

    rule_bed_init(&rules, S("title: T\nlogsource: {category: test}\ndetection:\n  s:\n"
                            "    p|expand: '/home/%user%/*'\n  condition: s\n"));
    assert_int_equal(rule_bed_count(&rules, SOURCE_ANY_JSON,
                                    S("{\"p\":\"/home/bob/x\",\"user\":\"bob\"}"), NULL),
                     1);
    assert_int_equal(rule_bed_count(&rules, SOURCE_ANY_JSON,
                                    S("{\"p\":\"/home/bob/x\",\"user\":\"eve\"}"), NULL),
                     0);
    rule_bed_done(&rules);
}

static void rules_meet_only_the_logs_they_are_meant_for(void **state)
{
    (void)state;
    static const char text[] = "title: Exchange\nlogsource: {product: m365, service: exchange}\n"
                               "detection:\n  s: {Operation: Set-Mailbox}\n  condition: s\n---\n"
                               "title: Sign-ins\nlogsource: {product: azure, service: signinlogs}\n"
                               "detection:\n  s: {Operation: Set-Mailbox}\n  condition: s\n";
    struct rule_bed rules;
    struct buf titles;
    buf_init(&titles);
    rule_bed_init(&rules, str_from(text));
    rule_bed_count(&rules, SOURCE_M365_AUDIT,
                   S("{\"Operation\":\"Set-Mailbox\",\"Workload\":\"Exchange\"}"), &titles);
    assert_true(str_is(buf_str(&titles), "Exchange"));
    buf_clear(&titles);
    rule_bed_count(&rules, SOURCE_M365_AUDIT,
                   S("{\"Operation\":\"Set-Mailbox\",\"Workload\":\"SharePoint\"}"), &titles);
    assert_int_equal(titles.len, 0);
    rule_bed_count(&rules, SOURCE_ANY_JSON, S("{\"Operation\":\"Set-Mailbox\"}"), &titles);
    assert_true(str_is(buf_str(&titles), "Exchange|Sign-ins"));
    rule_bed_done(&rules);
    buf_done(&titles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_of_the_table_matches_or_does_not),
        cmocka_unit_test(placeholders_come_from_files_or_from_the_event),
        cmocka_unit_test(rules_meet_only_the_logs_they_are_meant_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
