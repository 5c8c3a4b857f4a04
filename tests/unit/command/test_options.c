// The command line and the environment, as the tables say.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>

#include "command/options.c" // the program's own files are not in the library

#define ARGUMENTS_LIMIT 8

struct parsed {
    struct options options;
    struct error error;
    bool is_good;
};

static struct parsed parse(enum command_id command, const char *const *words)
{
    struct parsed parsed = {.is_good = false};
    char *arguments[ARGUMENTS_LIMIT];
    int count = 0;
    for (; words[count]; count++)
        arguments[count] = (char *)(uintptr_t)words[count];
    parsed.is_good = options_parse(&parsed.options, command, count, arguments, &parsed.error);
    return parsed;
}

#define PARSE(command, ...) parse(COMMAND_##command, (const char *const[]){__VA_ARGS__, NULL})

static void assert_says(struct parsed parsed, const char *words)
{
    assert_false(parsed.is_good);
    if (!strstr(parsed.error.text, words))
        fail_msg("'%s' does not say '%s'", parsed.error.text, words);
    options_done(&parsed.options);
}

static void options_take_values_in_every_spelling(void **state)
{
    (void)state;
    static const char *const spellings[][5] = {
        {"--out", "case", "logs"}, {"--out=case", "logs"},  {"-o", "case", "logs"},
        {"-ocase", "logs"},        {"-qo", "case", "logs"}, {"logs", "--out", "case"}};
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        struct parsed parsed = parse(COMMAND_SCAN, spellings[i]);
        assert_true(parsed.is_good);
        assert_string_equal(option_text(&parsed.options, OPTION_OUT), "case");
        assert_int_equal(parsed.options.paths.count, 1);
        assert_string_equal(parsed.options.paths.items[0].at, "logs");
        options_done(&parsed.options);
    }
}

static void values_are_read(void **state)
{
    (void)state;
    struct parsed parsed = PARSE(SCAN, "--since", "2026-11-22T08:00:00+02:00", "--threads", "7",
                                 "--level=informational", "--quiet", "-");
    assert_true(parsed.is_good);
    assert_int_equal(option_time(&parsed.options, OPTION_SINCE),
                     instant_parse_rfc3339(S("2026-11-22T06:00:00Z")));
    assert_int_equal(option_time(&parsed.options, OPTION_UNTIL), INSTANT_NONE);
    assert_int_equal(option_number(&parsed.options, OPTION_THREADS, 0), 7);
    assert_int_equal(option_level(&parsed.options, OPTION_LEVEL, LEVEL_HIGH), LEVEL_INFO);
    assert_int_equal(option_level(&parsed.options, OPTION_FAIL_ON, LEVEL_HIGH), LEVEL_HIGH);
    assert_true(option_is_on(&parsed.options, OPTION_QUIET));
    assert_false(option_is_on(&parsed.options, OPTION_NO_COLOR));
    options_done(&parsed.options);
}

static void whole_numbers_may_be_large(void **state)
{
    (void)state;
    struct parsed parsed =
        PARSE(SIMULATE, "--seed", "9223372036854775807", "--mailboxes=0", "--out", "x");
    assert_true(parsed.is_good);
    assert_true(option_whole(&parsed.options, OPTION_SEED, 1) == INT64_MAX);
    assert_true(option_whole(&parsed.options, OPTION_MAILBOXES, 1) == 0);
    assert_true(option_whole(&parsed.options, OPTION_DAYS, 14) == 14);
    options_done(&parsed.options);
    assert_says(PARSE(SIMULATE, "--seed", "9223372036854775808"), "is no whole number");
    assert_says(PARSE(SIMULATE, "--days=-1"), "--days: '-1' is no whole number");
}

static void the_last_of_several_counts_and_lists_gather(void **state)
{
    (void)state;
    struct parsed parsed = PARSE(SCAN, "--out=a", "--out=b", "--status=stable,test", "--status",
                                 "experimental", "--rules=a,b", "x");
    assert_true(parsed.is_good);
    assert_string_equal(option_text(&parsed.options, OPTION_OUT), "b");
    assert_int_equal(parsed.options.values[OPTION_STATUS].count, 3);
    assert_string_equal(parsed.options.values[OPTION_STATUS].items[1].at, "test");
    assert_int_equal(parsed.options.values[OPTION_RULES].count, 1); // a path may hold commas
    options_done(&parsed.options);
}

static void a_double_dash_ends_the_options(void **state)
{
    (void)state;
    struct parsed parsed = PARSE(SCAN, "--", "--quiet", "-x");
    assert_true(parsed.is_good);
    assert_int_equal(parsed.options.paths.count, 2);
    assert_false(option_is_on(&parsed.options, OPTION_QUIET));
    options_done(&parsed.options);
}

static void logsources_are_read(void **state)
{
    (void)state;
    struct parsed parsed = PARSE(SCAN, "--logsource", "product=Windows,service=security", "x");
    assert_true(parsed.is_good);
    struct sigma_logsource logsource = option_logsource(&parsed.options, OPTION_LOGSOURCE);
    assert_true(str_is(logsource.product, "windows"));
    assert_true(str_is(logsource.service, "security"));
    assert_int_equal(logsource.category.len, 0);
    options_done(&parsed.options);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    assert_says(PARSE(SCAN, "--sinc=2026", "x"), "did you mean '--since'?");
    assert_says(PARSE(SCAN, "--since=yesterday", "x"),
                "--since: 'yesterday' is no RFC 3339 time; write for example");
    assert_says(PARSE(SCAN, "--since=2026-02-30", "x"), "no RFC 3339 time");
    assert_says(PARSE(SCAN, "--since=2026-11-22", "--until=2026-11-21", "x"),
                "is not after --since");
    assert_says(PARSE(SCAN, "--since=2026-11-22", "--until=2026-11-22", "x"),
                "is not after --since");
    assert_says(PARSE(SCAN, "--threads=0", "x"), "no number from 1 to");
    assert_says(PARSE(SCAN, "--threads=many", "x"), "no number from 1 to");
    assert_says(PARSE(SCAN, "--format=jsn", "x"), "none of text|json|jsonl; did you mean 'json'?");
    assert_says(PARSE(SCAN, "--fail-on=sever", "x"), "none of info|low|medium|high|critical");
    assert_says(PARSE(SCAN, "--quiet=1", "x"), "takes no value");
    assert_says(PARSE(SCAN, "x", "--out"), "--out needs a value: --out DIR");
    assert_says(PARSE(SCAN, "--out=", "x"), "--out needs a value");
    assert_says(PARSE(SCAN, "-z", "x"), "unknown option '-z'");
    assert_says(PARSE(SCAN, "--record=1", "x"), "belongs to 'stormglass explain'");
    assert_says(PARSE(SCAN, "--logsource=windows", "x"), "'windows' is not understood");
    assert_says(PARSE(SCAN, "--quiet"), "a PATH is missing; for example: stormglass scan exports/");
    assert_says(PARSE(SCAN, ""), "argument 1 is empty");
    assert_says(PARSE(VERSION, "x"), "one argument too many");
    assert_says(PARSE(EXPLAIN, "x"), "RULE|INCIDENT EVENT|REPORT is missing");
}

static void the_environment_presets_options(void **state)
{
    (void)state;
    setenv("STORMGLASS_OUT", "from-environment", 1);
    setenv("STORMGLASS_QUIET", "1", 1);
    setenv("STORMGLASS_NO_BUILTIN_RULES", "0", 1);
    setenv("STORMGLASS_RULES", "a:b", 1);
    setenv("STORMGLASS_TAG", "", 1);
    struct parsed parsed = PARSE(SCAN, "x");
    assert_true(parsed.is_good);
    assert_string_equal(option_text(&parsed.options, OPTION_OUT), "from-environment");
    assert_true(option_is_on(&parsed.options, OPTION_QUIET));
    assert_false(option_is_on(&parsed.options, OPTION_NO_BUILTIN_RULES));
    assert_int_equal(parsed.options.values[OPTION_RULES].count, 2);
    assert_int_equal(parsed.options.values[OPTION_TAG].count, 0);
    options_done(&parsed.options);
    parsed = PARSE(SCAN, "--out=given", "--rules=c", "x");
    assert_string_equal(option_text(&parsed.options, OPTION_OUT), "given");
    assert_int_equal(parsed.options.values[OPTION_RULES].count, 1);
    options_done(&parsed.options);
    setenv("STORMGLASS_QUIET", "maybe", 1);
    assert_says(PARSE(SCAN, "x"), "STORMGLASS_QUIET: 'maybe' is neither 1 nor 0");
    setenv("STORMGLASS_QUIET", "0", 1);
    setenv("STORMGLASS_SINCE", "soon", 1);
    assert_says(PARSE(SCAN, "x"), "STORMGLASS_SINCE: 'soon' is no RFC 3339 time");
    static const char *const names[] = {"OUT",   "QUIET", "NO_BUILTIN_RULES",
                                        "RULES", "TAG",   "SINCE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "STORMGLASS_%s", names[i]);
        unsetenv(name);
    }
}

static void commands_are_found(void **state)
{
    static const struct {
        const char *first, *second;
        enum command_id command;
        int used;
        const char *says;
    } rows[] = {
        {"scan", "x", COMMAND_SCAN, 1, NULL},
        {"rules", "test", COMMAND_RULES_TEST, 2, NULL},
        {"rules", NULL, COMMAND_COUNT, 0, "'rules' needs one of: check, test, list, update"},
        {"rules", "tst", COMMAND_COUNT, 0, "'rules' needs one of"},
        {"scna", NULL, COMMAND_COUNT, 0, "did you mean 'scan'?"},
        {"frobnicate", NULL, COMMAND_COUNT, 0, "unknown command 'frobnicate'"},
        {"serve", NULL, COMMAND_COUNT, 0, "not in this version yet"},
        {"token", "check", COMMAND_COUNT, 0, "not in this version yet"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {{0}};
        int used = 0;
        assert_int_equal(command_find(rows[i].first, rows[i].second, &used, &error),
                         rows[i].command);
        if (rows[i].says && !strstr(error.text, rows[i].says))
            fail_msg("'%s' does not say '%s'", error.text, rows[i].says);
        if (!rows[i].says)
            assert_int_equal(used, rows[i].used);
    }
}

static void the_tables_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        assert_true((option_rows[i].kind == KIND_FLAG) == (*option_rows[i].argument == 0));
        for (size_t k = 0; k < i; k++) {
            bool is_shared = (option_rows[i].commands & option_rows[k].commands) != 0;
            if (is_shared && strcmp(option_rows[i].name, option_rows[k].name) == 0)
                fail_msg("--%s stands twice for one command", option_rows[i].name);
            if (is_shared && option_rows[i].letter &&
                option_rows[i].letter == option_rows[k].letter)
                fail_msg("-%c stands twice for one command", option_rows[i].letter);
        }
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        size_t len = strlen(command_rows[i].text);
        assert_true(len > 0 && command_rows[i].text[len - 1] == '\n');
        assert_non_null(strchr(command_rows[i].examples, '\t'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_take_values_in_every_spelling),
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(whole_numbers_may_be_large),
        cmocka_unit_test(the_last_of_several_counts_and_lists_gather),
        cmocka_unit_test(a_double_dash_ends_the_options),
        cmocka_unit_test(logsources_are_read),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(the_environment_presets_options),
        cmocka_unit_test(commands_are_found),
        cmocka_unit_test(the_tables_are_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
