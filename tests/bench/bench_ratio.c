// Speed of the scan as a ratio to what the JSON parser alone needs for the same records, in one run on one machine:
// one input, many ways of scanning it (rules, detectors, threads), each taking turns with the yardstick.
// SPDX-License-Identifier: Apache-2.0
//
//   bench_ratio scan ROUNDS PATH WAY...     WAY is RULES:on|off:THREADS, such as own+cloud:on:2
//   bench_ratio rules ROUNDS RULES...       from the rules' text to the compiled program, for each set of rules
//
// RULES is none, or names joined with +: own (built in), or the name of a variable of the environment that holds a path.
// The yardstick: every JSON record of PATH, taken out of arrays, envelopes and CSV cells beforehand, is parsed alone to a
// DOM in memory by one thread, which gives bytes a second; where PATH is compressed, decompressing it is added. Prints a
// JSON object a line.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/rule_files.h"
#include "engine/scan.h"
#include "input/input.h"
#include "rule/match.h"

#define WAY_LIMIT 32
#define NEVER 1e9

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_ratio: %s\n", what);
    exit(3);
}

// ---- the yardstick ------------------------------------------------------------------------------

// The input's bytes as they are read, and the records in them, each with a line end behind it.
struct yardstick {
    struct buf text, records;
    uint64_t bytes; // of text, over all streams
    size_t count;
    bool is_compressed;
};

static void add_record(struct yardstick *yard, const char *at, const char *end)
{
    for (; at < end; at++)
        if (*at != '\n' && *at != '\r') // JSON has them only between tokens
            buf_add_char(&yard->records, *at);
    buf_add_char(&yard->records, '\n');
    yard->count++;
}

// How many brackets are around a record: none in JSON lines, one in an array, two in an envelope with an array.
static int depth_of_records(const char *at, const char *end)
{
    static const char *const envelopes[] = {"{\"@odata", "{\"value\"", "{\"records\""};
    if (*at == '[')
        return 1;
    for (size_t i = 0; i < 3; i++)
        if ((size_t)(end - at) > strlen(envelopes[i]) &&
            memcmp(at, envelopes[i], strlen(envelopes[i])) == 0)
            return 2;
    return 0;
}

static void cut_json(struct yardstick *yard, const char *at, const char *end)
{
    int depth = 0, wanted = depth_of_records(at, end);
    const char *start = NULL;
    bool is_text = false;
    for (; at < end; at++) {
        if (is_text) {
            is_text = *at != '"';
            at += *at == '\\';
        } else if (*at == '"') {
            is_text = true;
        } else if (*at == '{' || *at == '[') {
            if (depth++ == wanted && *at == '{')
                start = at;
        } else if ((*at == '}' || *at == ']') && --depth == wanted && start) {
            add_record(yard, start, at + 1);
            start = NULL;
        }
    }
}

// Cells that begin with a brace, their doubled quotes made single.
static void cut_csv(struct yardstick *yard, const char *at, const char *end)
{
    struct buf cell;
    buf_init(&cell);
    while ((at = memchr(at, '"', (size_t)(end - at)))) {
        buf_clear(&cell);
        for (at++; at < end && (*at != '"' || (at + 1 < end && at[1] == '"')); at++) {
            at += *at == '"';
            buf_add_char(&cell, *at);
        }
        if (cell.len && cell.at[0] == '{')
            add_record(yard, cell.at, cell.at + cell.len);
        at++;
        if (at >= end)
            break;
    }
    buf_done(&cell);
}

static void on_begin(void *context, struct str name, const char *format)
{
    struct yardstick *yard = context;
    (void)name;
    buf_clear(&yard->text);
    yard->is_compressed |= strncmp(format, "plain", 5) != 0;
}

static bool on_bytes(void *context, const char *at, size_t size)
{
    struct yardstick *yard = context;
    buf_add(&yard->text, str_of(at, size));
    return true;
}

static void on_end(void *context, struct str trouble)
{
    struct yardstick *yard = context;
    if (trouble.len || buf_failed(&yard->text) || !yard->text.len)
        fail("an input could not be read");
    yard->bytes += yard->text.len;
    if (yard->text.at[0] == '{' || yard->text.at[0] == '[')
        cut_json(yard, yard->text.at, yard->text.at + yard->text.len);
    else
        cut_csv(yard, yard->text.at, yard->text.at + yard->text.len);
}

static void yardstick_init(struct yardstick *yard, const char *path)
{
    struct error error;
    struct input_sink sink = {on_begin, on_bytes, on_end, yard};
    bool is_stopped = false;
    *yard = (struct yardstick){0};
    buf_init(&yard->text);
    buf_init(&yard->records);
    if (!input_read_all(str_from(path), &sink, &is_stopped, &error))
        fail(error.text);
    buf_done(&yard->text);
    static const char padding[JSON_PADDING];
    size_t size = yard->records.len;
    buf_add(&yard->records, str_of(padding, sizeof padding));
    if (buf_failed(&yard->records) || !size)
        fail("no records for the yardstick, or too many");
    yard->records.len = size;
}

// What something took at least, in seconds; the processor's are of all threads, and far less on a busy machine.
struct spent {
    double seconds, processor_seconds;
};

static struct spent spent_now(void)
{
    return (struct spent){now(), seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
}

// Takes what was spent since `start` where it is less.
static void spent_least(struct spent *spent, struct spent start)
{
    struct spent end = spent_now();
    spent->seconds = least(spent->seconds, end.seconds - start.seconds);
    spent->processor_seconds =
        least(spent->processor_seconds, end.processor_seconds - start.processor_seconds);
}

#define NOT_YET ((struct spent){NEVER, NEVER})

// The parser alone, with every record.
static void parse_alone(const struct yardstick *yard, struct spent *spent)
{
    struct json_parser *parser = json_parser_new();
    const char *at = yard->records.at, *end = at + yard->records.len;
    size_t count = 0;
    struct spent start = spent_now();
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        struct json value;
        const char *why;
        count += json_parse(parser, at, (size_t)(line_end - at), &value, &why);
        at = line_end + 1;
    }
    spent_least(spent, start);
    json_parser_free(parser);
    if (count != yard->count)
        fail("the yardstick's records do not all parse");
}

static void drop_begin(void *context, struct str name, const char *format)
{
    (void)context, (void)name, (void)format;
}

static bool drop_bytes(void *context, const char *at, size_t size)
{
    (void)context, (void)at, (void)size;
    return true;
}

static void drop_end(void *context, struct str trouble)
{
    (void)context, (void)trouble;
}

// Reading and decompressing alone.
static void inflate_alone(const char *path, struct spent *spent)
{
    struct error error;
    struct input_sink sink = {drop_begin, drop_bytes, drop_end, NULL};
    bool is_stopped = false;
    struct spent start = spent_now();
    if (!input_read_all(str_from(path), &sink, &is_stopped, &error))
        fail(error.text);
    spent_least(spent, start);
}

// ---- rules --------------------------------------------------------------------------------------

struct rule_choice {
    char name[64];
    struct rule_files files;
};

static void rules_load(struct rule_choice *choice, const char *names)
{
    char sha256[65], list[64];
    struct error error;
    snprintf(choice->name, sizeof choice->name, "%s", names);
    snprintf(list, sizeof list, "%s", names);
    rule_files_init(&choice->files);
    for (char *rest = NULL, *name = strtok_r(list, "+", &rest); name;
         name = strtok_r(NULL, "+", &rest)) {
        const char *path = getenv(name);
        if (strcmp(name, "own") == 0)
            rule_files_add_builtin(&choice->files);
        else if (strcmp(name, "none") != 0 &&
                 (!path || !rule_files_add(&choice->files, str_from(path), &error)))
            fail(path ? error.text : "the environment does not say where the rules are");
    }
    rule_files_finish(&choice->files, NULL, sha256);
}

// The rules of that name, read when first asked for.
static struct sigma_set *rules_for(struct rule_choice *choices, const char *names)
{
    struct rule_choice *choice = choices;
    while (choice->name[0] && strcmp(choice->name, names) != 0)
        choice++;
    if (!choice->name[0])
        rules_load(choice, names);
    return &choice->files.set;
}

static int measure_rules(unsigned rounds, char **names, int count)
{
    for (int i = 0; i < count; i++) {
        double best = NEVER, compile = NEVER;
        size_t rules = 0;
        for (unsigned round = 0; round < rounds; round++) {
            struct rule_choice choice;
            struct field_wants wants[SOURCE_COUNT] = {{0}};
            double start = now();
            rules_load(&choice, names[i]);
            double read = now();
            struct rule_program *program = rule_compile(&choice.files.set, NULL, wants);
            best = least(best, now() - start);
            compile = least(compile, now() - read);
            rules = choice.files.set.rule_count;
            rule_program_free(program);
            rule_files_done(&choice.files);
        }
        printf("{\"rules\":\"%s\",\"count\":%zu,\"seconds\":%.6f,\"compile_seconds\":%.6f}\n",
               names[i], rules, best, compile);
    }
    return 0;
}

// ---- scans --------------------------------------------------------------------------------------

// One way of scanning the input, and the least that it took.
struct way {
    const char *name;
    struct sigma_set *rules;
    bool is_detecting;
    unsigned threads;
    struct spent spent;
    size_t records, findings, incidents;
};

static void way_read(struct way *way, const char *name, struct rule_choice *choices)
{
    char rules[64], detectors[8];
    unsigned threads;
    if (sscanf(name, "%63[^:]:%7[^:]:%u", rules, detectors, &threads) != 3)
        fail("a way is RULES:on|off:THREADS");
    *way = (struct way){.name = name,
                        .rules = rules_for(choices, rules),
                        .is_detecting = strcmp(detectors, "on") == 0,
                        .threads = threads,
                        .spent = NOT_YET};
}

static void way_run(struct way *way, const char *path)
{
    struct str paths[] = {str_from(path)};
    struct scan_options options = {.paths = paths,
                                   .path_count = 1,
                                   .rules = way->rules,
                                   .since = INSTANT_NONE,
                                   .until = INSTANT_NONE,
                                   .threads = way->threads,
                                   .is_detecting = way->is_detecting};
    struct scan_result result;
    struct error error;
    struct spent start = spent_now();
    if (!scan_run(&options, &result, &error))
        fail(error.text);
    spent_least(&way->spent, start);
    way->records = result.records;
    way->findings = result.findings.count;
    way->incidents = result.incidents.count;
    scan_result_done(&result);
}

static void way_print(const struct way *way, const struct yardstick *yard, struct spent parse,
                      struct spent inflate)
{
    printf(
        "{\"way\":\"%s\",\"seconds\":%.6f,\"processor_seconds\":%.6f,\"bytes\":%llu,\"records\":%zu,",
        way->name, way->spent.seconds, way->spent.processor_seconds,
        (unsigned long long)yard->bytes, way->records);
    printf("\"rules\":%zu,\"findings\":%zu,\"incidents\":%zu,", way->rules->rule_count,
           way->findings, way->incidents);
    printf("\"parse_seconds\":%.6f,\"parse_processor\":%.6f,\"parse_bytes\":%zu,", parse.seconds,
           parse.processor_seconds, yard->records.len);
    printf("\"inflate_seconds\":%.6f,\"inflate_processor\":%.6f,\"parser\":\"%s\"}\n",
           inflate.seconds, inflate.processor_seconds, json_implementation());
}

static int measure_scans(unsigned rounds, const char *path, char **names, int count)
{
    static struct rule_choice choices[WAY_LIMIT + 1];
    struct way ways[WAY_LIMIT];
    struct yardstick yard;
    struct spent parse = NOT_YET, inflate = NOT_YET;
    if (count > WAY_LIMIT)
        fail("too many ways");
    yardstick_init(&yard, path);
    for (int i = 0; i < count; i++)
        way_read(&ways[i], names[i], choices);
    for (unsigned round = 0; round < rounds; round++) {
        parse_alone(&yard, &parse);
        if (yard.is_compressed)
            inflate_alone(path, &inflate);
        for (int i = 0; i < count; i++)
            way_run(&ways[i], path);
    }
    if (!yard.is_compressed)
        inflate = (struct spent){0, 0};
    for (int i = 0; i < count; i++)
        way_print(&ways[i], &yard, parse, inflate);
    for (struct rule_choice *choice = choices; choice->name[0]; choice++)
        rule_files_done(&choice->files);
    buf_done(&yard.records);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    if (rounds && argc > 3 && strcmp(argv[1], "rules") == 0)
        return measure_rules(rounds, argv + 3, argc - 3);
    if (rounds && argc > 4 && strcmp(argv[1], "scan") == 0)
        return measure_scans(rounds, argv[3], argv + 4, argc - 4);
    fail("usage: bench_ratio scan ROUNDS PATH RULES:on|off:THREADS..., or rules ROUNDS RULES...");
}
