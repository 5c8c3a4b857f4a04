// Another project's test events against the built-in rules: what its detections are meant to find is
// flagged, what they are meant to leave alone is left alone. Skipped without the shared data.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/rule_files.h"
#include "engine/sample.h"
#include "support/rules.h"

#define PERCENT_FLAGGED 80 // of expected matches, at low or above
#define PERCENT_QUIET 98   // of expected non-matches, below medium
#define FAMILY_LIMIT 32

// Events whose detection is meant to match, and those it is meant to leave alone.
struct tally {
    struct str family;
    size_t expected, low, medium;    // flagged at this level or above
    size_t unexpected, calm, silent; // below medium; nothing even at low
};

struct panther {
    struct rule_files files;
    struct rule_program *program;
    struct matcher *matcher;
    struct tally families[FAMILY_LIMIT], all;
    size_t family_count;
    struct {
        int level; // -1: no rule at all
        struct str title;
    } found; // the gravest rule that the event satisfies
};

static void note_match(const struct sigma_rule *rule, void *context)
{
    struct panther *panther = context;
    if ((int)rule->level <= panther->found.level)
        return;
    panther->found.level = (int)rule->level;
    panther->found.title = rule->title;
}

// Log types that this program reads; a detection over others as well is none of ours.
static bool is_ours(struct json types)
{
    static const struct str products[] = {STR("Microsoft365."), STR("Microsoft."),
                                          STR("MicrosoftGraph."), STR("MicrosoftIntune."),
                                          STR("Azure.")};
    size_t count = 0;
    for (struct json_element e = json_elements(types); json_element_next(&e); count++) {
        bool is_one = false;
        for (size_t i = 0; i < sizeof products / sizeof *products; i++)
            is_one = is_one || str_starts(json_str(e.value), products[i]);
        if (!is_one)
            return false;
    }
    return count > 0;
}

static struct tally *family_of(struct panther *panther, struct str name)
{
    for (size_t i = 0; i < panther->family_count; i++)
        if (str_equal(panther->families[i].family, name))
            return &panther->families[i];
    assert_true(panther->family_count < FAMILY_LIMIT);
    panther->families[panther->family_count].family = name;
    return &panther->families[panther->family_count++];
}

static void count(struct tally *tally, bool is_expected, int level)
{
    if (is_expected) {
        tally->expected++;
        tally->low += level >= LEVEL_LOW;
        tally->medium += level >= LEVEL_MEDIUM;
    } else {
        tally->unexpected++;
        tally->calm += level < LEVEL_MEDIUM;
        tally->silent += level < LEVEL_LOW;
    }
}

static void run_event(struct panther *panther, struct json test)
{
    struct json log = json_find(test, S("log"));
    bool is_expected = json_type(json_find(test, S("expected"))) == JSON_TRUE;
    if (json_type(log) != JSON_OBJECT || !is_ours(json_find(test, S("log_types"))))
        return;
    struct record record = {.value = log};
    struct event event;
    sample_event(panther->matcher, &record, SOURCE_COUNT, &event);
    panther->found.level = -1;
    matcher_run(panther->matcher, &event, note_match, panther);
    int level = panther->found.level;
    count(family_of(panther, json_str(json_find(test, S("family")))), is_expected, level);
    count(&panther->all, is_expected, level);
    struct str id = json_str(json_find(test, S("id")));
    if (is_expected && level < LEVEL_LOW)
        print_message("    not flagged: %.*s (%s)\n", (int)id.len, id.at,
                      source_name(event.source));
    if (!is_expected && level >= LEVEL_MEDIUM)
        print_message("    flagged though it should not be: %.*s: %.*s\n", (int)id.len, id.at,
                      (int)panther->found.title.len, panther->found.title.at);
}

static void print_tally(const struct tally *tally)
{
    print_message(
        "  %-22.*s expected %3zu: low or above %3zu, medium or above %3zu; unexpected %3zu: "
        "below medium %3zu, nothing at low %3zu\n",
        (int)tally->family.len, tally->family.at, tally->expected, tally->low, tally->medium,
        tally->unexpected, tally->calm, tally->silent);
}

static void panther_init(struct panther *panther)
{
    char sha256[65];
    rule_files_init(&panther->files);
    rule_files_add_builtin(&panther->files);
    rule_files_finish(&panther->files, NULL, sha256);
    panther->program = sample_compile(&panther->files.set, NULL);
    assert_non_null(panther->program);
    panther->matcher = matcher_new(panther->program);
    panther->all.family = S("all");
}

static void panther_done(struct panther *panther)
{
    matcher_free(panther->matcher);
    rule_program_free(panther->program);
    rule_files_done(&panther->files);
}

static void their_events_are_judged_as_they_expect(void **state)
{
    (void)state;
    static struct panther panther;
    size_t size;
    char *at = shared_file("panther/tests.jsonl", &size);
    if (!at) {
        print_message("panther/tests.jsonl is absent: skipped\n");
        skip();
    }
    panther_init(&panther);
    // Names of families borrow from the parsed lines, so each line has a parser of its own kept to the end.
    struct json_parser *parsers[1024];
    size_t parser_count = 0;
    struct str rest = str_of(at, size);
    while (rest.at && rest.len) {
        struct str line = str_cut(&rest, '\n');
        struct json value;
        const char *why;
        if (!line.len)
            continue;
        assert_true(parser_count < sizeof parsers / sizeof *parsers);
        parsers[parser_count] = json_parser_new();
        assert_true(json_parse(parsers[parser_count++], line.at, line.len, &value, &why));
        run_event(&panther, value);
    }
    for (size_t i = 0; i < panther.family_count; i++)
        print_tally(&panther.families[i]);
    print_tally(&panther.all);
    assert_true(panther.all.expected > 0 && panther.all.unexpected > 0);
    assert_true(panther.all.low * 100 >= panther.all.expected * PERCENT_FLAGGED);
    assert_true(panther.all.calm * 100 >= panther.all.unexpected * PERCENT_QUIET);
    while (parser_count > 0)
        json_parser_free(parsers[--parser_count]);
    panther_done(&panther);
    free(at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(their_events_are_judged_as_they_expect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
