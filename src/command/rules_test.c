// `stormglass rules test`: runs rules against the example events beside them. For NAME.yml the cases
// stand in NAME.case.jsonl, one JSON object a line:
//   {"case": text, "match": bool, "rule": id or title, "logsource": log, "event": {} or "events": []}
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/map.h"
#include "command/command.h"
#include "command/explanation.h"
#include "command/rule_set.h"
#include "engine/sample.h"
#include "input/input.h"
#include "report/safe.h"
#include "report/table.h"
#include "rule/correlation.h"

#define CASE_FILE_LIMIT ((size_t)64 << 20)
#define EVENT_LIMIT 100000 // of one case

struct test_run {
    struct options *options;
    struct style style;
    struct rule_files files;
    struct matcher *matcher;
    struct json_parser *parser;
    struct arena arena; // of one case
    struct buf out;
    size_t passed, failed;
};

// One line of a case file.
struct test_case {
    struct str file;  // of the cases
    struct str rules; // the rule file
    size_t line;
    struct str name, rule; // rule: id or title, empty for any of the file
    bool is_match;
    enum source_id source; // SOURCE_COUNT: recognised
    struct json event, events;
};

// ---- reading cases ------------------------------------------------------------------------------

static bool on_case_bytes(void *context, const char *at, size_t size)
{
    struct buf *text = context;
    buf_add(text, str_of(at, size));
    return text->len <= CASE_FILE_LIMIT;
}
static void on_case_begin(void *context, struct str name, const char *format)
{
    (void)context, (void)name, (void)format;
}
static void on_case_end(void *context, struct str trouble)
{
    (void)context, (void)trouble;
}

static bool read_text(struct str path, struct buf *text, struct error *error)
{
    struct input_sink sink = {on_case_begin, on_case_bytes, on_case_end, text};
    return input_read(path, &sink, NULL, NULL, error) &&
           (text->len <= CASE_FILE_LIMIT || error_set(error, "%s: too large", path.at));
}

static enum source_id source_named(struct str name)
{
    for (size_t i = 0; i < SOURCE_COUNT; i++)
        if (str_is(name, source_name((enum source_id)i)))
            return (enum source_id)i;
    return SOURCE_COUNT;
}

static const char *read_member(struct test_case *test, struct json_member *member, bool *has_match)
{
    enum json_type type = json_type(member->value);
    struct str text = json_str(member->value);
    if (str_is(member->key, "case")) {
        test->name = text;
    } else if (str_is(member->key, "rule")) {
        test->rule = text;
    } else if (str_is(member->key, "match")) {
        *has_match = type == JSON_TRUE || type == JSON_FALSE;
        test->is_match = type == JSON_TRUE;
    } else if (str_is(member->key, "logsource")) {
        test->source = source_named(text);
        return test->source == SOURCE_COUNT
                   ? "'logsource' names no log; write for example \"m365_audit\""
                   : NULL;
    } else if (str_is(member->key, "event")) {
        test->event = member->value;
        return type == JSON_OBJECT ? NULL : "'event' is no object";
    } else if (str_is(member->key, "events")) {
        test->events = member->value;
        return type == JSON_ARRAY ? NULL : "'events' is no array";
    } else {
        return "a key other than case, match, rule, logsource, event, events";
    }
    return NULL;
}

// NULL, or what is wrong with the line.
static const char *read_case(struct test_run *run, struct str line, struct test_case *test)
{
    const char *why = NULL;
    struct json value;
    bool has_match = false;
    char *padded = arena_alloc(&run->arena, line.len + JSON_PADDING);
    memcpy(padded, line.at, line.len);
    if (!json_parse(run->parser, padded, line.len, &value, &why))
        return why;
    if (json_type(value) != JSON_OBJECT)
        return "no JSON object";
    for (struct json_member member = json_members(value); json_member_next(&member);)
        if ((why = read_member(test, &member, &has_match)))
            return why;
    if (!has_match)
        return "'match' must be true or false";
    if (json_type(test->event) == JSON_NONE && json_type(test->events) == JSON_NONE)
        return "neither 'event' nor 'events' is there";
    return NULL;
}

// ---- running them -------------------------------------------------------------------------------

static bool is_meant(const struct test_case *test, struct str path, struct str id, struct str title,
                     struct str name)
{
    return str_equal(path, test->rules) &&
           (!test->rule.len || str_equal_fold(test->rule, id) || str_equal(test->rule, title) ||
            str_equal(test->rule, name));
}

struct hits {
    const struct test_case *test;
    const struct sigma_set *set;
    struct str *titles; // of whatever matched in the rule file
    size_t count, capacity;
    bool is_hit; // one that the case means
};

static void hit(struct hits *hits, bool is_one_meant, struct str title)
{
    hits->is_hit = hits->is_hit || is_one_meant;
    ARRAY_GROW(hits->titles, hits->count, hits->capacity);
    hits->titles[hits->count++] = title;
}

static void on_rule(const struct sigma_rule *rule, void *context)
{
    struct hits *hits = context;
    if (str_equal(rule->path, hits->test->rules))
        hit(hits, is_meant(hits->test, rule->path, rule->id, rule->title, rule->name), rule->title);
}

static void on_firing(const struct firing *firing, void *context)
{
    struct hits *hits = context;
    const struct sigma_correlation *one = hits->set->correlations[firing->correlation];
    if (str_equal(one->path, hits->test->rules))
        hit(hits, is_meant(hits->test, one->path, one->id, one->title, one->name), one->title);
}

static void run_event(struct test_run *run, const struct test_case *test, struct json json,
                      struct event *event, matcher_matched *matched, void *context)
{
    struct record record = {.value = json};
    sample_event(run->matcher, &record, test->source, event);
    matcher_run(run->matcher, event, matched, context);
}

// Observations of a case with several events, gathered to be fed in order.
struct gathering {
    struct test_run *run;
    struct correlation_engine *engine;
    struct event *event;
    struct observation *items;
    size_t count, capacity;
};

static void observe(const struct sigma_rule *rule, void *context)
{
    struct gathering *gathering = context;
    struct arena *arena = &gathering->run->arena;
    size_t count = 0;
    const struct str *fields = correlation_fields(gathering->engine, rule->index, &count);
    if (!fields)
        return;
    struct str *values = ARENA_ARRAY(arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct str value = matcher_field_text(gathering->run->matcher, gathering->event, fields[i]);
        values[i] = value.at ? arena_copy(arena, value) : value;
    }
    ARRAY_GROW(gathering->items, gathering->count, gathering->capacity);
    gathering->items[gathering->count++] =
        (struct observation){.rule = rule->index,
                             .time = gathering->event->time,
                             .identity = gathering->event->identity,
                             .position = gathering->event->position,
                             .id = arena_copy(arena, gathering->event->id),
                             .values = values,
                             .entities = S("")};
}

static int compare_observations(const void *a, const void *b)
{
    return observation_compare(a, b);
}

static void run_events(struct test_run *run, const struct test_case *test, struct hits *hits)
{
    struct event event;
    struct gathering gathering = {.run = run, .event = &event};
    gathering.engine = correlation_new(&run->files.set, on_firing, hits);
    uint64_t number = 0;
    for (struct json_element element = json_elements(test->events);
         json_element_next(&element) && number < EVENT_LIMIT;) {
        struct record record = {.value = element.value, .offset = ++number};
        sample_event(run->matcher, &record, test->source, &event);
        matcher_run(run->matcher, &event, observe, &gathering);
    }
    if (gathering.count)
        qsort(gathering.items, gathering.count, sizeof *gathering.items, compare_observations);
    for (size_t i = 0; i < gathering.count; i++)
        correlation_feed(gathering.engine, &gathering.items[i]);
    correlation_end(gathering.engine);
    correlation_free(gathering.engine);
    free(gathering.items);
}

// ---- telling ------------------------------------------------------------------------------------

static void print_place(struct test_run *run, const struct test_case *test)
{
    safe_text(&run->out, test->file, run->style.is_utf8);
    buf_print(&run->out, ":%zu: ", test->line);
}

static void print_bad(struct test_run *run, const struct test_case *test, const char *why)
{
    run->failed++;
    print_place(run, test);
    tint_text(&run->out, &run->style, TINT_BAD, S("bad case"));
    buf_add(&run->out, S(": "));
    safe_text(&run->out, str_from(why), run->style.is_utf8);
    buf_add_char(&run->out, '\n');
}

static void explain_failure(struct test_run *run, const struct test_case *test)
{
    const struct sigma_set *set = &run->files.set;
    struct event event;
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct sigma_rule *rule = set->rules[i];
        if (!is_meant(test, rule->path, rule->id, rule->title, rule->name))
            continue;
        struct record record = {.value = test->event};
        sample_event(run->matcher, &record, test->source, &event);
        explanation_print(run->matcher, rule, &event, &run->style, &run->out);
    }
}

static void print_failure(struct test_run *run, const struct test_case *test,
                          const struct hits *hits)
{
    struct buf text;
    buf_init(&text);
    print_place(run, test);
    tint_text(&run->out, &run->style, TINT_BAD, S("failed"));
    buf_print(&text, ": %.*s: %s", (int)test->name.len, test->name.at,
              test->is_match ? "must match and does not" : "must not match and does");
    if (test->rule.len)
        buf_print(&text, " (%.*s)", (int)test->rule.len, test->rule.at);
    for (size_t i = 0; i < hits->count && i < 5; i++)
        buf_print(&text, "%s'%.*s'", i ? ", " : "; matched: ", (int)hits->titles[i].len,
                  hits->titles[i].at);
    safe_text(&run->out, buf_str(&text), run->style.is_utf8);
    buf_add_char(&run->out, '\n');
    buf_done(&text);
    if (json_type(test->event) == JSON_OBJECT)
        explain_failure(run, test);
}

// ---- files --------------------------------------------------------------------------------------

static bool has_meant_rule(const struct test_run *run, const struct test_case *test)
{
    const struct sigma_set *set = &run->files.set;
    for (size_t i = 0; i < set->rule_count; i++)
        if (is_meant(test, set->rules[i]->path, set->rules[i]->id, set->rules[i]->title,
                     set->rules[i]->name))
            return true;
    for (size_t i = 0; i < set->correlation_count; i++)
        if (is_meant(test, set->correlations[i]->path, set->correlations[i]->id,
                     set->correlations[i]->title, set->correlations[i]->name))
            return true;
    return false;
}

static void run_case(struct test_run *run, struct str line, struct test_case *test)
{
    const char *why = read_case(run, line, test);
    if (!why && !has_meant_rule(run, test))
        why = test->rule.len ? "'rule' names no rule of the file"
                             : "the file holds no rule that could be used";
    if (why) {
        print_bad(run, test, why);
        return;
    }
    struct hits hits = {.test = test, .set = &run->files.set};
    struct event event;
    if (json_type(test->events) == JSON_ARRAY)
        run_events(run, test, &hits);
    else
        run_event(run, test, test->event, &event, on_rule, &hits);
    if (hits.is_hit == test->is_match) {
        run->passed++;
    } else {
        run->failed++;
        print_failure(run, test, &hits);
    }
    free(hits.titles);
}

static void run_cases(struct test_run *run, struct str rules, struct str cases)
{
    struct buf text;
    struct error error;
    size_t number = 0;
    buf_init(&text);
    if (!read_text(cases, &text, &error)) {
        complain("rules test: %s", error.text);
        run->failed++;
    } else {
        struct str rest = buf_str(&text);
        while (rest.at) {
            struct str line = str_trim(str_cut(&rest, '\n'));
            struct test_case test = {.file = cases,
                                     .rules = rules,
                                     .line = ++number,
                                     .name = S(""),
                                     .rule = S(""),
                                     .source = SOURCE_COUNT};
            if (line.len)
                run_case(run, line, &test);
            arena_reset(&run->arena);
        }
    }
    buf_done(&text);
}

static void run_rule_file(struct test_run *run, struct str path)
{
    struct str stem = path;
    stem.len -= str_ends_fold(path, S(".yaml")) ? 5 : str_ends_fold(path, S(".yml")) ? 4 : 0;
    struct str cases =
        arena_print(&run->files.set.arena, "%.*s.case.jsonl", (int)stem.len, stem.at);
    if (access(cases.at, F_OK) == 0) {
        run_cases(run, path, cases);
        return;
    }
    if (option_is_on(run->options, OPTION_QUIET))
        return;
    safe_text(&run->out, path, run->style.is_utf8);
    buf_add(&run->out, S(": "));
    tint_text(&run->out, &run->style, TINT_MEDIUM, S("warning"));
    buf_add(&run->out, S(": no cases beside it\n"));
}

// Every file that a rule or correlation came from, once, in order of path.
static void run_all(struct test_run *run)
{
    const struct sigma_set *set = &run->files.set;
    struct map paths;
    map_init(&paths);
    size_t r = 0, c = 0;
    while (r < set->rule_count || c < set->correlation_count) {
        bool is_rule = c == set->correlation_count ||
                       (r < set->rule_count &&
                        str_compare(set->rules[r]->path, set->correlations[c]->path) <= 0);
        struct str path = is_rule ? set->rules[r++]->path : set->correlations[c++]->path;
        bool is_new = false;
        map_add(&paths, path, &is_new);
        if (is_new)
            run_rule_file(run, path);
    }
    map_done(&paths);
}

static enum exit_status test_rules(struct test_run *run)
{
    struct sigma_logsource none = {S(""), S(""), S("")};
    struct rule_program *program = sample_compile(&run->files.set, &none);
    run->matcher = matcher_new(program);
    run->parser = json_parser_new();
    arena_init(&run->arena);
    buf_init(&run->out);
    run_all(run);
    buf_print(&run->out, "%zu passed, %zu failed\n", run->passed, run->failed);
    stdout_write(&run->out);
    arena_done(&run->arena);
    json_parser_free(run->parser);
    matcher_free(run->matcher);
    rule_program_free(program);
    return run->failed ? STATUS_RULES : STATUS_DONE;
}

enum exit_status command_rules_test(struct options *options)
{
    struct test_run run = {.options = options, .style = style_for(STDOUT_FILENO, options)};
    char sha256[65];
    enum exit_status status = rule_set_load(options, &options->paths, false, &run.files, sha256);
    if (status != STATUS_TROUBLE)
        status = status_worse(status, test_rules(&run));
    rule_files_done(&run.files);
    return stdout_finish(status);
}
