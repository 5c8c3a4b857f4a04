// Every detector against its fixture tests/detector/<name>.txt (support/scenario.h tells how they are written):
// where it fires, where it nearly does, and what else looks like it.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "support/scenario.h"

// The tests run in the project's root.
static char *load(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    struct buf text;
    buf_init(&text);
    char piece[4096];
    for (size_t got; (got = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(&text, str_of(piece, got));
    fclose(file);
    char *copy = memory_new(text.len + 1);
    memcpy(copy, text.at, text.len);
    buf_done(&text);
    return copy;
}

static bool has_entity(const struct finding *finding, struct str kind, struct str text)
{
    for (size_t i = 0; i < finding->entity_count; i++)
        if (str_is(kind, entity_kind_name(finding->entities[i].kind)) &&
            str_equal(finding->entities[i].text, text))
            return true;
    return false;
}

static bool is_met(const struct scenario_expect *expect, const struct finding *finding)
{
    struct str words = expect->words;
    if (finding->severity != expect->level)
        return false;
    while (words.at) {
        struct str word = str_cut(&words, ' '), value = word, key = str_cut(&value, '=');
        int64_t number;
        char guid[37];
        if (!word.len)
            continue;
        if (value.at && value.len && value.at[0] == '#') {
            scenario_guid(value, guid);
            value = str_of(guid, 36);
        }
        if (str_is(key, "events") && str_to_int64(value, &number)) {
            if (finding->event_count != (uint64_t)number)
                return false;
        } else if (str_starts(key, S("!"))) {
            if (has_entity(finding, str_of(key.at + 1, key.len - 1), value))
                return false;
        } else if (!has_entity(finding, key, value)) {
            return false;
        }
    }
    return true;
}

static void print_finding(const struct finding *finding)
{
    print_message("    found: %s, %llu events", sigma_level_name(finding->severity),
                  (unsigned long long)finding->event_count);
    for (size_t i = 0; i < finding->entity_count && i < 12; i++)
        print_message(" %s=%.*s", entity_kind_name(finding->entities[i].kind),
                      (int)finding->entities[i].text.len, finding->entities[i].text.at);
    print_message("\n           %.*s\n", (int)finding->statement.len, finding->statement.at);
}

// What was expected and did not come, or came and was not expected.
static unsigned check(const char *detector, const struct scenario *s,
                      const struct finding_list *found)
{
    bool *is_used = memory_new(found->count + 1);
    unsigned wrong = 0;
    for (size_t e = 0; e < s->expect_count; e++) {
        bool is_there = false;
        for (size_t i = 0; i < found->count && !is_there; i++)
            if (!is_used[i] && str_is(found->items[i].detector, detector) &&
                is_met(&s->expects[e], &found->items[i]))
                is_there = is_used[i] = true;
        if (!is_there) {
            print_message("  %s.txt:%u: not found\n", detector, s->expects[e].line);
            wrong++;
        }
    }
    for (size_t i = 0; i < found->count; i++)
        if (!is_used[i] && str_is(found->items[i].detector, detector)) {
            print_message("  %s.txt:%u: not expected in '%.*s'\n", detector, s->line,
                          (int)s->title.len, s->title.at);
            print_finding(&found->items[i]);
            wrong++;
        }
    free(is_used);
    return wrong;
}

static void check_statement(const struct finding *finding)
{
    assert_true(finding->statement.len > 20);
    assert_int_equal(finding->statement.at[finding->statement.len - 1], '.');
    assert_true(finding->confidence > 0 && finding->confidence <= 1);
    assert_true(finding->attack_count > 0);
    assert_true(finding->event_count > 0);
}

// A detector that looks at an activity says that it does: it finds the same when shown all of them.
static void check_kinds(const struct detector *detector, struct scenario *s,
                        const struct finding_list *found)
{
    struct finding_list all;
    scenario_run_showing_all(s, &all);
    bool is_same = all.count == found->count;
    for (size_t i = 0; is_same && i < all.count; i++)
        is_same = str_equal(all.items[i].statement, found->items[i].statement) &&
                  all.items[i].event_count == found->items[i].event_count;
    if (!is_same)
        fail_msg("%s.txt:%u: a detector looks at activities of a kind that it does not name",
                 detector->name, s->line);
    finding_list_done(&all);
}

static void test_fixture(void **state)
{
    const struct detector *detector = *state;
    char path[256];
    unsigned line = 0, wrong = 0, cases = 0, firing = 0;
    snprintf(path, sizeof path, "tests/detector/%s.txt", detector->name);
    char *text = load(path);
    if (!text)
        fail_msg("%s is missing: every detector has a fixture", path);
    struct str rest = str_from(text);
    struct scenario scenario;
    while (scenario_next(&rest, &line, &scenario)) {
        struct finding_list found;
        scenario_run(&scenario, &found);
        wrong += check(detector->name, &scenario, &found);
        check_kinds(detector, &scenario, &found);
        for (size_t i = 0; i < found.count; i++)
            check_statement(&found.items[i]);
        firing += scenario.expect_count > 0;
        cases++;
        finding_list_done(&found);
        scenario_done(&scenario);
    }
    free(text);
    assert_int_equal(wrong, 0);
    if (!firing || firing == cases)
        fail_msg("%s needs cases in which it fires and cases in which it does not", path);
}

static void test_every_detector_is_described(void **state)
{
    (void)state;
    for (size_t i = 0; i < detector_count; i++) {
        const struct detector *d = detectors[i];
        assert_true(strlen(d->title) > 5 && strlen(d->meaning) > 40);
        assert_true(strlen(d->false_positives) > 20);
        assert_int_equal(d->attack[0], 'T');
        assert_non_null(d->see);
    }
}

int main(void)
{
    struct CMUnitTest *tests = memory_new((detector_count + 1) * sizeof *tests);
    tests[0] = (struct CMUnitTest)cmocka_unit_test(test_every_detector_is_described);
    for (size_t i = 0; i < detector_count; i++)
        tests[i + 1] = (struct CMUnitTest){.name = detectors[i]->name,
                                           .test_func = test_fixture,
                                           .initial_state = (void *)(uintptr_t)detectors[i]};
    int result = _cmocka_run_group_tests("detectors", tests, detector_count + 1, NULL, NULL);
    free(tests);
    return result;
}
