// Correlations by hand: one line per event, one text for the firings that must come out. Random events
// against windows gathered anew. Many events, little memory.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "rule/correlation.h"

// ---- a correlation in a few words -------------------------------------------------------------

#define MANY 8

struct spec {
    enum correlation_type type;
    enum correlation_window window;
    const char
        *sources; // letters: small a rule, capital a correlation (A is the first); NULL: "a",
                  // for temporal types "ab"
    const char *group_by;  // blank-separated; NULL: "u"
    int64_t timespan, gap; // seconds
    const char *tests;     // ">=3 <5"
    const char *fields;
    double percentile;
    const char *condition; // over the sources' letters: | & ! ( )
    const char *aliases;   // "ip=src,dst who=,user": one field per source
};

static struct str *split_words(struct arena *arena, const char *text, char separator, size_t *count)
{
    struct str *words = ARENA_ARRAY(arena, struct str, 32);
    struct str rest = str_from(text);
    *count = 0;
    if (!text || !*text)
        return words;
    while (rest.at)
        words[(*count)++] = str_cut(&rest, separator);
    return words;
}

static void read_tests(struct arena *arena, const char *text, struct sigma_correlation *to)
{
    static const struct {
        const char *sign;
        enum sigma_compare compare;
    } signs[] = {{">=", COMPARE_GTE}, {"<=", COMPARE_LTE}, {"!=", COMPARE_NEQ},
                 {">", COMPARE_GT},   {"<", COMPARE_LT},   {"=", COMPARE_EQ}};
    size_t count;
    struct str *words = split_words(arena, text, ' ', &count);
    to->tests = ARENA_ARRAY(arena, struct correlation_test, MANY);
    for (size_t i = 0; i < count; i++)
        for (size_t s = 0; s < sizeof signs / sizeof *signs; s++) {
            struct str sign = str_from(signs[s].sign);
            if (!str_starts(words[i], sign))
                continue;
            struct correlation_test *test = &to->tests[to->test_count++];
            test->compare = signs[s].compare;
            assert_true(str_to_double(str_of(words[i].at + sign.len, words[i].len - sign.len),
                                      &test->number));
            break;
        }
}

static struct sigma_node *read_or(struct arena *arena, const char **at, const char *sources);

static struct sigma_node *new_node(struct arena *arena, enum sigma_node_kind kind)
{
    struct sigma_node *node = ARENA_NEW(arena, struct sigma_node);
    node->kind = kind;
    node->children = ARENA_ARRAY(arena, struct sigma_node *, MANY);
    return node;
}

static struct sigma_node *read_item(struct arena *arena, const char **at, const char *sources)
{
    struct sigma_node *node;
    char c = *(*at)++;
    if (c == '(') {
        node = read_or(arena, at, sources);
        assert_int_equal(*(*at)++, ')');
    } else if (c == '!') {
        node = new_node(arena, NODE_NOT);
        node->children[node->count++] = read_item(arena, at, sources);
    } else {
        node = new_node(arena, NODE_ITEM);
        node->needed = (size_t)(strchr(sources, c) - sources);
    }
    return node;
}

static struct sigma_node *read_and(struct arena *arena, const char **at, const char *sources)
{
    struct sigma_node *node = new_node(arena, NODE_AND);
    node->children[node->count++] = read_item(arena, at, sources);
    for (; **at == '&'; node->count++)
        node->children[node->count] = (++*at, read_item(arena, at, sources));
    return node;
}

static struct sigma_node *read_or(struct arena *arena, const char **at, const char *sources)
{
    struct sigma_node *node = new_node(arena, NODE_OR);
    node->children[node->count++] = read_and(arena, at, sources);
    for (; **at == '|'; node->count++)
        node->children[node->count] = (++*at, read_and(arena, at, sources));
    return node;
}

static void read_aliases(struct arena *arena, const char *text, struct sigma_correlation *to)
{
    size_t count, field_count;
    struct str *words = split_words(arena, text, ' ', &count);
    to->aliases = ARENA_ARRAY(arena, struct correlation_alias, MANY);
    for (size_t i = 0; i < count; i++) {
        struct correlation_alias *alias = &to->aliases[to->alias_count++];
        alias->name = str_cut(&words[i], '=');
        const char *fields = arena_copy(arena, words[i]).at;
        alias->fields = split_words(arena, fields, ',', &field_count);
        assert_int_equal(field_count, to->source_count);
    }
}

static struct sigma_correlation *read_spec(struct arena *arena, const struct spec *spec,
                                           uint32_t index)
{
    struct sigma_correlation *to = ARENA_NEW(arena, struct sigma_correlation);
    to->index = index;
    to->type = spec->type;
    to->window = spec->window;
    to->timespan = spec->timespan * SECOND;
    to->gap = spec->gap * SECOND;
    to->percentile = spec->percentile;
    to->sources = ARENA_ARRAY(arena, struct correlation_source, MANY);
    bool is_temporal =
        spec->type == CORRELATION_TEMPORAL || spec->type == CORRELATION_TEMPORAL_ORDERED;
    const char *sources = spec->sources ? spec->sources : is_temporal ? "ab" : "a";
    for (const char *c = sources; *c; c++)
        to->sources[to->source_count++] =
            *c >= 'a' ? (struct correlation_source){false, (uint32_t)(*c - 'a')}
                      : (struct correlation_source){true, (uint32_t)(*c - 'A')};
    const char *group_by = spec->group_by ? spec->group_by : "u";
    to->group_by = split_words(arena, group_by, ' ', &to->group_by_count);
    to->fields = split_words(arena, spec->fields, ' ', &to->field_count);
    read_tests(arena, spec->tests, to);
    read_aliases(arena, spec->aliases, to);
    const char *condition = spec->condition;
    if (condition)
        to->condition = read_or(arena, &condition, sources);
    return to;
}

// ---- running ----------------------------------------------------------------------------------

struct run {
    struct arena arena;
    struct sigma_set set;
    struct correlation_engine *engine;
    struct buf out;
    uint64_t position;
    bool lists_ids;
};

static void print_time(struct buf *out, int64_t time)
{
    if (time == INSTANT_NONE)
        buf_add_char(out, '?');
    else
        buf_print(out, "%lld", (long long)(time / SECOND));
}

// "A alice 0..20 x3; "
static void print_firing(const struct firing *firing, void *context)
{
    struct run *run = context;
    const struct sigma_correlation *rule = run->set.correlations[firing->correlation];
    buf_add_char(&run->out, (char)('A' + firing->correlation));
    for (size_t i = 0; i < rule->group_by_count; i++) {
        buf_add_char(&run->out, ' ');
        buf_add(&run->out, firing->group[i].at ? firing->group[i] : S("-"));
    }
    buf_add_char(&run->out, ' ');
    print_time(&run->out, firing->first);
    buf_add(&run->out, S(".."));
    print_time(&run->out, firing->last);
    buf_print(&run->out, " x%zu", firing->event_count);
    for (size_t i = 0; run->lists_ids && i < firing->listed; i++) {
        buf_add_char(&run->out, ' ');
        buf_add(&run->out, firing->events[i]->id);
    }
    buf_add(&run->out, S("; "));
    for (size_t i = 1; i < firing->listed; i++)
        assert_true(observation_compare(firing->events[i - 1], firing->events[i]) <= 0);
}

static void run_init(struct run *run, const struct spec *specs)
{
    *run = (struct run){0};
    arena_init(&run->arena);
    buf_init(&run->out);
    run->set.rules = ARENA_ARRAY(&run->arena, struct sigma_rule *, MANY);
    run->set.correlations = ARENA_ARRAY(&run->arena, struct sigma_correlation *, MANY);
    for (run->set.rule_count = 0; run->set.rule_count < MANY; run->set.rule_count++) {
        run->set.rules[run->set.rule_count] = ARENA_NEW(&run->arena, struct sigma_rule);
        run->set.rules[run->set.rule_count]->index = (uint32_t)run->set.rule_count;
    }
    for (; specs && specs->timespan; specs++) {
        uint32_t index = (uint32_t)run->set.correlation_count++;
        run->set.correlations[index] = read_spec(&run->arena, specs, index);
    }
    run->engine = correlation_new(&run->set, print_firing, run);
}

static void run_done(struct run *run)
{
    correlation_free(run->engine);
    buf_done(&run->out);
    arena_done(&run->arena);
}

static struct str find_value(const struct str *words, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_starts(words[i], name) && words[i].len > name.len && words[i].at[name.len] == '=')
            return str_of(words[i].at + name.len + 1, words[i].len - name.len - 1);
    return str_of(NULL, 0);
}

// One event: "TIME RULE [#ID] [field=value]..."; TIME '?' is unknown; '-' as ID is none.
static void make_observation(struct run *run, struct str line, struct observation *to)
{
    size_t count, field_count;
    struct str *words = split_words(&run->arena, arena_copy(&run->arena, line).at, ' ', &count);
    int64_t seconds;
    *to = (struct observation){.time = INSTANT_NONE, .position = ++run->position};
    if (str_to_int64(words[0], &seconds))
        to->time = seconds * SECOND;
    to->rule = (uint32_t)(words[1].at[0] - 'a');
    to->id = arena_print(&run->arena, "id%llu", (unsigned long long)run->position);
    to->where = S("");
    to->entities = S("");
    if (count > 2 && words[2].at[0] == '#')
        to->id = str_of(words[2].at + 1, words[2].len - 1);
    if (str_is(to->id, "-"))
        to->id = S("");
    to->identity = hash_str(to->id);
    const struct str *fields = correlation_fields(run->engine, to->rule, &field_count);
    struct str *values = ARENA_ARRAY(&run->arena, struct str, field_count);
    for (size_t i = 0; i < field_count; i++)
        values[i] = find_value(words, count, fields[i]);
    to->values = values;
}

static int compare(const void *a, const void *b)
{
    return observation_compare(a, b);
}

static void feed_lines(struct run *run, const char *events)
{
    size_t count;
    struct observation list[64];
    struct str *lines = split_words(&run->arena, events, '\n', &count);
    assert_true(count <= 32);
    for (size_t i = 0; i < count; i++)
        make_observation(run, lines[i], &list[i]);
    qsort(list, count, sizeof *list, compare);
    for (size_t i = 0; i < count; i++)
        correlation_feed(run->engine, &list[i]);
    correlation_end(run->engine);
}

struct scenario {
    const char *name;
    struct spec specs[5];
    const char *events;
    const char *firings;
    bool lists_ids;
};

#define COUNT(...)                                                                                 \
    {                                                                                              \
        .type = CORRELATION_EVENT_COUNT, __VA_ARGS__                                               \
    }
#define VALUES(...)                                                                                \
    {                                                                                              \
        .type = CORRELATION_VALUE_COUNT, __VA_ARGS__                                               \
    }
#define TEMPORAL(...)                                                                              \
    {                                                                                              \
        .type = CORRELATION_TEMPORAL, __VA_ARGS__                                                  \
    }
#define ORDERED(...)                                                                               \
    {                                                                                              \
        .type = CORRELATION_TEMPORAL_ORDERED, __VA_ARGS__                                          \
    }
#define NUMBERS(kind, ...)                                                                         \
    {                                                                                              \
        .type = CORRELATION_VALUE_##kind, .fields = "n", __VA_ARGS__                               \
    }

static const struct scenario scenarios[] = {
    // Counting and windows.
    {"three inside the timespan",
     {COUNT(.timespan = 60, .tests = ">=3")},
     "0 a u=x\n10 a u=x\n20 a u=x",
     "A x 0..20 x3; ",
     0},
    {"an event exactly timespan older is inside",
     {COUNT(.timespan = 20, .tests = ">=3")},
     "0 a u=x\n10 a u=x\n20 a u=x",
     "A x 0..20 x3; ",
     0},
    {"a second more is outside",
     {COUNT(.timespan = 19, .tests = ">=3")},
     "0 a u=x\n10 a u=x\n20 a u=x",
     "",
     0},
    {"groups do not mix",
     {COUNT(.timespan = 60, .tests = ">=2")},
     "0 a u=x\n1 a u=y\n2 a u=z\n3 a u=y",
     "A y 1..3 x2; ",
     0},
    {"letters' case is no difference",
     {COUNT(.timespan = 60, .tests = ">=2")},
     "0 a u=Alice@X.org\n1 a u=alice@x.ORG",
     "A Alice@X.org 0..1 x2; ",
     0},
    {"without a group-by field an event is left out",
     {COUNT(.timespan = 60, .tests = ">=2")},
     "0 a\n1 a\n2 a u=x",
     "",
     0},
    {"an empty value is a value",
     {COUNT(.timespan = 60, .tests = ">=2")},
     "0 a u=\n1 a u=",
     "A  0..1 x2; ",
     0},
    {"no group-by: one group",
     {COUNT(.group_by = "", .timespan = 60, .tests = ">=2")},
     "0 a u=x\n1 a",
     "A 0..1 x2; ",
     0},
    {"overlapping windows are one firing",
     {COUNT(.timespan = 10, .tests = ">=2")},
     "0 a u=x\n5 a u=x\n12 a u=x\n20 a u=x\n40 a u=x\n41 a u=x",
     "A x 0..20 x4; A x 40..41 x2; ",
     0},
    {"a firing resumes while its events are inside",
     {COUNT(.timespan = 10, .tests = ">=3")},
     "0 a u=x\n1 a u=x\n2 a u=x\n12 a u=x\n12 a u=x",
     "A x 0..12 x5; ",
     0},
    {"the same record read twice is one event",
     {COUNT(.timespan = 60, .tests = ">=2")},
     "0 a #r1 u=x\n0 a #r1 u=x",
     "",
     0},
    {"even when its copies have other times",
     {COUNT(.timespan = 60, .tests = ">=2")},
     "0 a #r1 u=x\n1 a #r1 u=x",
     "",
     0},
    {"records without an Id are told apart by place",
     {COUNT(.timespan = 60, .tests = ">=2")},
     "0 a #- u=x\n0 a #- u=x",
     "A x 0..0 x2; ",
     0},
    {"a record that two rules match is one event",
     {COUNT(.sources = "ab", .timespan = 60, .tests = ">=2")},
     "0 a #r1 u=x\n0 b #r1 u=x",
     "",
     0},
    {"several rules count together",
     {COUNT(.sources = "ab", .timespan = 60, .tests = ">=2")},
     "0 a u=x\n1 b u=x",
     "A x 0..1 x2; ",
     0},
    {"a range fires though more came later",
     {COUNT(.timespan = 60, .tests = ">2 <=4")},
     "0 a u=x\n1 a u=x\n2 a u=x\n3 a u=x\n4 a u=x",
     "A x 0..3 x4; ",
     0},
    {"a range passed within one moment never held",
     {COUNT(.timespan = 60, .tests = "=2")},
     "0 a u=x\n0 a u=x\n0 a u=x",
     "",
     0},
    {"neq", {COUNT(.timespan = 60, .tests = "!=1")}, "0 a u=x\n1 a u=x", "A x 0..1 x2; ", 0},
    {"tumbling: not across the boundary",
     {COUNT(.window = WINDOW_TUMBLING, .timespan = 10, .tests = ">=3")},
     "8 a u=x\n9 a u=x\n12 a u=x",
     "",
     0},
    {"tumbling: aligned to the epoch",
     {COUNT(.window = WINDOW_TUMBLING, .timespan = 10, .tests = ">=2")},
     "-3 a u=x\n-1 a u=x\n0 a u=x\n10 a u=x\n19 a u=x\n20 a u=x",
     "A x -3..-1 x2; A x 10..19 x2; ",
     0},
    {"session: grows by the gap",
     {COUNT(.window = WINDOW_SESSION, .gap = 5, .timespan = 100, .tests = ">=3")},
     "0 a u=x\n4 a u=x\n8 a u=x\n14 a u=x",
     "A x 0..8 x3; ",
     0},
    {"session: never longer than the timespan",
     {COUNT(.window = WINDOW_SESSION, .gap = 100, .timespan = 10, .tests = ">=3")},
     "0 a u=x\n5 a u=x\n12 a u=x",
     "",
     0},
    {"undated events are one moment",
     {COUNT(.timespan = 1, .tests = ">=3")},
     "? a u=x\n? a u=x\n? a u=x\n5 a u=x",
     "A x ?..? x3; ",
     0},
    {"undated and dated events never meet",
     {COUNT(.timespan = 1000000, .tests = ">=2")},
     "? a u=x\n0 a u=x",
     "",
     0},

    // Values.
    {"distinct values",
     {VALUES(.fields = "v", .timespan = 60, .tests = ">=3")},
     "0 a u=x v=1\n1 a u=x v=1\n2 a u=x v=2\n3 a u=x v=3",
     "A x 0..3 x4; ",
     0},
    {"distinct values leave with the window",
     {VALUES(.fields = "v", .timespan = 10, .tests = ">=3")},
     "0 a u=x v=1\n8 a u=x v=2\n12 a u=x v=3\n13 a u=x v=2",
     "",
     0},
    {"a value stays while one of its events does",
     {VALUES(.fields = "v", .timespan = 10, .tests = ">=2")},
     "0 a u=x v=1\n5 a u=x v=1\n15 a u=x v=2",
     "A x 5..15 x2; ",
     0},
    {"tuples of values",
     {VALUES(.fields = "v w", .timespan = 60, .tests = ">=3")},
     "0 a u=x v=1 w=23\n1 a u=x v=12 w=3\n2 a u=x v=1 w=23\n3 a u=x v=1 w=3",
     "A x 0..3 x4; ",
     0},
    {"without the field an event is left out",
     {VALUES(.fields = "v", .timespan = 60, .tests = ">=2")},
     "0 a u=x v=1\n1 a u=x\n2 a u=x v=2",
     "A x 0..2 x2; ",
     0},
    {"sum",
     {NUMBERS(SUM, .timespan = 60, .tests = ">1000")},
     "0 a u=x n=600\n5 a u=x n=500",
     "A x 0..5 x2; ",
     0},
    {"sum of what is inside",
     {NUMBERS(SUM, .timespan = 10, .tests = ">1000")},
     "0 a u=x n=600\n5 a u=x n=300\n11 a u=x n=500\n12 a u=x n=150\n13 a u=x n=51",
     "A x 5..13 x4; ",
     0},
    {"a huge number leaves no trace in the sum",
     {NUMBERS(SUM, .timespan = 10, .tests = "=3")},
     "0 a u=x n=1e300\n9 a u=x n=1\n15 a u=x n=2",
     "A x 9..15 x2; ",
     0},
    {"what is no number is left out",
     {NUMBERS(SUM, .timespan = 10, .tests = ">=1")},
     "0 a u=x n=one\n0 a u=x n=nan\n0 a u=x n=inf\n0 a u=x",
     "",
     0},
    {"average",
     {NUMBERS(AVG, .timespan = 60, .tests = "=2.5")},
     "0 a u=x n=2\n1 a u=x n=3\n2 a u=x n=4",
     "A x 0..1 x2; ",
     0},
    {"median of an even number is the middle",
     {NUMBERS(MEDIAN, .timespan = 60, .tests = "=2.5")},
     "0 a u=x n=9\n1 a u=x n=1\n2 a u=x n=2\n3 a u=x n=3",
     "A x 0..3 x4; ",
     0},
    {"median of what is inside",
     {NUMBERS(MEDIAN, .timespan = 10, .tests = "=5")},
     "0 a u=x n=1\n5 a u=x n=9\n11 a u=x n=1",
     "A x 0..11 x3; ",
     0},
    {"percentile",
     {NUMBERS(PERCENTILE, .percentile = 90, .timespan = 60, .tests = ">=46")},
     "0 a u=x n=10\n1 a u=x n=20\n2 a u=x n=30\n3 a u=x n=40\n4 a u=x n=50",
     "A x 0..4 x5; ",
     0},

    // Temporal.
    {"both rules in any order", {TEMPORAL(.timespan = 10)}, "0 b u=x\n9 a u=x", "A x 0..9 x2; ", 0},
    {"too far apart", {TEMPORAL(.timespan = 10)}, "0 b u=x\n11 a u=x", "", 0},
    {"of one group", {TEMPORAL(.timespan = 10)}, "0 b u=x\n1 a u=y", "", 0},
    {"one record may match both, once in the list",
     {TEMPORAL(.timespan = 10)},
     "0 a #r1 u=x\n0 b #r1 u=x",
     "A x 0..0 x1 r1; ",
     1},
    {"a number of rules",
     {TEMPORAL(.sources = "abc", .timespan = 10, .tests = ">=2")},
     "0 b u=x\n0 b u=x\n9 c u=x",
     "A x 0..9 x3; ",
     0},
    {"aliases join fields of different names",
     {TEMPORAL(.group_by = "ip", .timespan = 10, .aliases = "ip=dst,src")},
     "0 a src=1 dst=2\n1 b src=2 dst=1\n2 b src=1 dst=3",
     "A 2 0..1 x2; ",
     0},
    {"an alias without the source groups it as absent",
     {COUNT(.sources = "ab", .group_by = "ip", .timespan = 10, .tests = ">=2",
            .aliases = "ip=,src")},
     "0 a\n1 a ip=1\n2 b",
     "A - 0..1 x2; ",
     0},
    {"or", {TEMPORAL(.timespan = 10, .condition = "a|b")}, "0 b u=x", "A x 0..0 x1; ", 0},
    {"and not: absent so far",
     {TEMPORAL(.sources = "abc", .timespan = 10, .condition = "a&b&!c")},
     "0 a u=x\n1 b u=x\n0 c u=y\n1 a u=y\n2 b u=y",
     "A x 0..1 x2; ",
     0},

    // Ordered.
    {"in order", {ORDERED(.timespan = 10)}, "0 a u=x\n9 b u=x", "A x 0..9 x2; ", 0},
    {"out of order", {ORDERED(.timespan = 10)}, "0 b u=x\n9 a u=x", "", 0},
    {"in order, with the test that means all",
     {ORDERED(.timespan = 10, .tests = ">=2")},
     "0 b u=x\n5 a u=x\n9 b u=x",
     "A x 5..9 x2; ",
     0},
    {"out of order, with the test",
     {ORDERED(.timespan = 10, .tests = ">=2")},
     "0 b u=x\n9 a u=x",
     "",
     0},
    {"equal times are in order", {ORDERED(.timespan = 10)}, "5 b u=x\n5 a u=x", "A x 5..5 x2; ", 0},
    {"equal times in the middle",
     {ORDERED(.sources = "abc", .timespan = 10)},
     "0 a u=x\n5 c u=x\n5 b u=x",
     "A x 0..5 x3; ",
     0},
    {"the latest start counts",
     {ORDERED(.sources = "abc", .timespan = 10)},
     "0 a u=x\n4 a u=x\n6 b u=x\n14 c u=x",
     "A x 4..14 x3; ",
     0},
    {"all starts inside are in the list",
     {ORDERED(.timespan = 10)},
     "0 a u=x\n2 b u=y\n3 b u=z\n4 a u=x\n6 b u=x",
     "A x 0..6 x3; ",
     0},
    {"what came before the start is not",
     {ORDERED(.timespan = 10)},
     "0 b u=x\n4 a u=x\n6 b u=x",
     "A x 4..6 x2; ",
     0},
    {"the chain must fit as a whole",
     {ORDERED(.sources = "abc", .timespan = 10)},
     "0 a u=x\n4 b u=x\n6 a u=x\n12 c u=x",
     "",
     0},
    {"undated events are in order of place",
     {ORDERED(.timespan = 10)},
     "? b u=x\n? a u=x\n? b u=y\n? a u=y\n? b u=y",
     "A y ?..? x2; ",
     0},
    {"a chain that leaves rules out",
     {ORDERED(.sources = "abc", .timespan = 10, .tests = ">=2")},
     "0 c u=x\n1 b u=x\n2 a u=y\n3 b u=x\n4 c u=x",
     "A x 3..4 x2; ",
     0},
    {"ordered or",
     {ORDERED(.sources = "abc", .timespan = 10, .condition = "(a|b)&c")},
     "0 c u=x\n1 a u=x\n0 b u=y\n3 c u=y",
     "A y 0..3 x2; ",
     0},
    {"ordered and not",
     {ORDERED(.sources = "abc", .timespan = 10, .condition = "a&c&!b")},
     "0 a u=x\n1 c u=x\n0 a u=y\n1 b u=y\n2 c u=y",
     "A x 0..1 x2; ",
     0},
    {"groups are kept apart in order too", {ORDERED(.timespan = 10)}, "0 a u=x\n1 b u=y", "", 0},

    // Chains. Firings come out when they can grow no more, here at the end, by correlation.
    {"a burst, then a success",
     {COUNT(.timespan = 10, .tests = ">=3"), ORDERED(.sources = "Ab", .timespan = 10)},
     "0 a u=x\n1 a u=x\n2 a u=x\n8 b u=x\n0 a u=y\n1 a u=y\n2 b u=y",
     "A x 0..2 x3; B x 0..8 x4; ",
     0},
    {"a success at the end of a long burst",
     {COUNT(.timespan = 10, .tests = ">=3"), ORDERED(.sources = "Ab", .timespan = 10)},
     "0 a u=x\n4 a u=x\n8 a u=x\n12 a u=x\n16 a u=x\n20 a u=x\n24 a u=x\n26 b u=x",
     "A x 0..24 x7; B x 16..26 x4; ",
     0},
    {"a success before the burst",
     {COUNT(.timespan = 10, .tests = ">=3"), ORDERED(.sources = "Ab", .timespan = 10)},
     "0 b u=x\n1 a u=x\n2 a u=x\n3 a u=x",
     "A x 1..3 x3; ",
     0},
    {"extensions are not counted again",
     {COUNT(.timespan = 10, .tests = ">=2"),
      COUNT(.sources = "A", .timespan = 100, .tests = ">=2")},
     "0 a u=x\n1 a u=x\n2 a u=x\n3 a u=x",
     "A x 0..3 x4; ",
     0},
    {"two bursts are two",
     {COUNT(.timespan = 10, .tests = ">=2"),
      COUNT(.sources = "A", .timespan = 100, .tests = ">=2")},
     "0 a #r1 u=x\n1 a #r2 u=x\n50 a #r3 u=x\n51 a #r4 u=x",
     "A x 0..1 x2 r1 r2; A x 50..51 x2 r3 r4; B x 0..51 x4 r1 r2 r3 r4; ",
     1},
    {"group-by values reach the listener under its alias",
     {COUNT(.timespan = 10, .tests = ">=2"),
      TEMPORAL(.sources = "Ab", .group_by = "who", .timespan = 60, .aliases = "who=u,name")},
     "0 a u=x\n1 a u=x\n3 b name=X",
     "A x 0..1 x2; B x 0..3 x3; ",
     0},
    {"a field outside the group-by is that of the latest event",
     {COUNT(.group_by = "host", .timespan = 10, .tests = ">=2"),
      ORDERED(.sources = "Ab", .timespan = 60)},
     "0 a host=h u=w\n1 a host=h u=x\n3 b u=x\n4 b u=w",
     "A h 0..1 x2; B x 0..3 x3; ",
     0},
    {"three storeys, listeners first in the set",
     {TEMPORAL(.sources = "BC", .timespan = 100),
      COUNT(.sources = "C", .timespan = 100, .tests = ">=2"),
      COUNT(.timespan = 10, .tests = ">=2")},
     "0 a u=x\n1 a u=x\n50 a u=x\n51 a u=x",
     "C x 0..1 x2; A x 0..51 x4; B x 0..51 x4; C x 50..51 x2; ",
     0},
    {"who refers to himself stays silent",
     {TEMPORAL(.sources = "Ba", .timespan = 10),
      COUNT(.sources = "A", .timespan = 10, .tests = ">=1"), COUNT(.timespan = 10, .tests = ">=1")},
     "0 a u=x",
     "C x 0..0 x1; ",
     0},
};

static int compare_text(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

// Firings of several groups come in no promised order: compared as sorted pieces.
static void sort_firings(struct arena *arena, struct str text, struct buf *to)
{
    size_t count = 0;
    struct str pieces[64], rest = arena_copy(arena, text);
    while (rest.at && count < 64) {
        pieces[count] = str_trim(str_cut(&rest, ';'));
        count += pieces[count].len > 0;
    }
    qsort(pieces, count, sizeof *pieces, compare_text);
    for (size_t i = 0; i < count; i++) {
        buf_add(to, pieces[i]);
        buf_add_char(to, '\n');
    }
}

static void correlations_fire_as_their_rules_say(void **state)
{
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        const struct scenario *scenario = &scenarios[i];
        struct run run;
        struct buf wanted, got;
        buf_init(&wanted);
        buf_init(&got);
        run_init(&run, scenario->specs);
        run.lists_ids = scenario->lists_ids;
        feed_lines(&run, scenario->events);
        sort_firings(&run.arena, str_from(scenario->firings), &wanted);
        sort_firings(&run.arena, buf_str(&run.out), &got);
        if (!str_equal(buf_str(&wanted), buf_str(&got))) {
            failed++;
            print_error("%s:\n  wanted %s\n  got    %.*s\n", scenario->name, scenario->firings,
                        (int)run.out.len, run.out.at ? run.out.at : "");
        }
        assert_int_equal(correlation_dropped(run.engine), 0);
        buf_done(&wanted);
        buf_done(&got);
        run_done(&run);
    }
    assert_int_equal(failed, 0);
}

// ---- many events ------------------------------------------------------------------------------

struct tally {
    size_t firings, events, listed;
    double figure;
};

static void count_firing(const struct firing *firing, void *context)
{
    struct tally *tally = context;
    tally->firings++;
    tally->events += firing->event_count;
    tally->listed += firing->listed;
}

static struct tally run_many(const struct spec *spec, size_t count, size_t groups, size_t values,
                             size_t limit, uint64_t *dropped)
{
    struct run run;
    struct tally tally = {0};
    const struct spec specs[2] = {*spec};
    char user[64], number[32], id[32];
    run_init(&run, specs);
    correlation_free(run.engine);
    run.engine = correlation_new(&run.set, count_firing, &tally);
    if (limit)
        correlation_set_limit(run.engine, limit);
    for (size_t i = 0; i < count; i++) {
        snprintf(user, sizeof user, "user%zu@example.org", (size_t)(hash_mix(i) % groups));
        snprintf(number, sizeof number, "%zu", (size_t)(hash_mix(i + count) % values));
        snprintf(id, sizeof id, "record-%zu", i);
        struct str texts[2] = {str_from(user), str_from(number)};
        struct observation observation = {.time = (int64_t)i * SECOND / 10,
                                          .identity = hash_mix(i + 1),
                                          .position = i,
                                          .id = str_from(id),
                                          .where = S(""),
                                          .values = texts,
                                          .entities = S("eeeeeeeeeeeeeeeeeeeeeeeeeeeeee")};
        correlation_feed(run.engine, &observation);
    }
    correlation_end(run.engine);
    if (dropped)
        *dropped = correlation_dropped(run.engine);
    run_done(&run);
    return tally;
}

static void a_million_events_in_one_window_cost_little(void **state)
{
    (void)state;
    const struct spec specs[] = {
        COUNT(.timespan = 1000000, .tests = ">=3"),
        VALUES(.fields = "n", .timespan = 5000, .tests = ">=3"),
        NUMBERS(SUM, .timespan = 5000, .tests = ">=3"),
        NUMBERS(PERCENTILE, .percentile = 90, .timespan = 5000, .tests = ">=3"),
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        uint64_t dropped = 0;
        struct tally tally = run_many(&specs[i], 100000, 1, 1000, 0, &dropped);
        assert_int_equal(dropped, 0);
        assert_int_equal(tally.firings, 1);
        assert_in_range(tally.events, 99990, 100000);
        assert_int_equal(tally.listed, CORRELATION_EVENT_LIMIT);
    }
}

static void memory_stays_inside_the_limit(void **state)
{
    (void)state;
    const struct spec never = COUNT(.timespan = 1000000, .tests = ">=3000000");
    const struct spec pairs = COUNT(.timespan = 1000000, .tests = ">=2");
    uint64_t dropped = 0;
    struct tally tally = run_many(&never, 50000, 1, 10, (size_t)1 << 20, &dropped);
    assert_int_equal(tally.firings, 0);
    assert_in_range(dropped, 40000, 50000);
    tally = run_many(&pairs, 50000, 20000, 10, (size_t)1 << 20, &dropped);
    assert_true(tally.firings > 0 && dropped > 0);
}

// ---- against the plain definition -------------------------------------------------------------

// Random events; at each moment the window is gathered and its figure computed from nothing.
#define STEPS 400

struct plain_event {
    int64_t time;
    uint32_t rule;
    double number;
};

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

// Whether sources 0..needed-1 appear in order among the events, whose times do not decrease.
static bool is_in_order(const struct plain_event *events, size_t count, uint32_t needed)
{
    uint32_t next = 0;
    for (size_t i = 0; i < count && next < needed;) {
        size_t end = i;
        while (end < count && events[end].time == events[i].time)
            end++;
        bool is_advanced = false;
        for (size_t e = i; e < end && next < needed && !is_advanced; e++)
            if (events[e].rule == next) {
                next++;
                is_advanced = true;
            }
        if (!is_advanced)
            i = end;
    }
    return next == needed;
}

static bool plain_holds(const struct sigma_correlation *rule, const struct plain_event *events,
                        size_t count)
{
    double numbers[STEPS], sum = 0, figure = 0;
    size_t distinct = 0;
    bool seen[3] = {false};
    for (size_t i = 0; i < count; i++) {
        numbers[i] = events[i].number;
        sum += numbers[i];
        seen[events[i].rule] = true;
    }
    qsort(numbers, count, sizeof *numbers, compare_doubles);
    for (size_t i = 0; i < count; i++)
        distinct += i == 0 || numbers[i] != numbers[i - 1];
    switch (rule->type) {
    case CORRELATION_EVENT_COUNT:
        figure = (double)count;
        break;
    case CORRELATION_VALUE_COUNT:
        figure = (double)distinct;
        break;
    case CORRELATION_VALUE_SUM:
        figure = sum;
        break;
    case CORRELATION_VALUE_AVG:
        figure = sum / (double)count;
        break;
    case CORRELATION_VALUE_MEDIAN:
        figure = (numbers[(count - 1) / 2] + numbers[count / 2]) / 2;
        break;
    case CORRELATION_TEMPORAL:
        return seen[0] && seen[1] && seen[2];
    default:
        return is_in_order(events, count, 3);
    }
    return figure >= rule->tests[0].number;
}

static void check_plain(const struct spec *spec, uint64_t seed)
{
    struct run run;
    struct plain_event events[STEPS];
    const struct spec specs[2] = {*spec};
    bool holds = false;
    size_t firings = 0, from = 0;
    int64_t last = INT64_MIN / 2, time = 0;
    run_init(&run, specs);
    const struct sigma_correlation *rule = run.set.correlations[0];
    struct tally tally = {0};
    correlation_free(run.engine);
    run.engine = correlation_new(&run.set, count_firing, &tally);
    for (size_t i = 0; i < STEPS; i++) {
        uint64_t random = hash_mix(seed * STEPS + i);
        char number[32], id[32];
        time += (int64_t)(random % 4) * SECOND;
        events[i] = (struct plain_event){.time = time, .number = (double)(random / 64 % 7)};
        events[i].rule = spec->sources[1] ? (uint32_t)(random / 16 % 3) : 0;
        snprintf(number, sizeof number, "%g", events[i].number);
        snprintf(id, sizeof id, "%zu", i);
        struct str values[2] = {S("u"), str_from(number)};
        struct observation observation = {.rule = events[i].rule,
                                          .time = time,
                                          .identity = i + 1,
                                          .position = i,
                                          .id = str_from(id),
                                          .where = S(""),
                                          .values = values,
                                          .entities = S("")};
        correlation_feed(run.engine, &observation);
    }
    correlation_end(run.engine);
    for (size_t i = 0; i < STEPS; i++) {
        if (i + 1 < STEPS && events[i + 1].time == events[i].time)
            continue;
        while (events[from].time < events[i].time - rule->timespan)
            from++;
        holds = plain_holds(rule, events + from, i + 1 - from);
        size_t start = from;
        while (rule->type == CORRELATION_TEMPORAL_ORDERED && events[start].rule != 0 &&
               start < i) // the firing begins at the first event of the first source
            start++;
        if (!holds)
            continue;
        firings += events[start].time > last;
        last = events[i].time;
    }
    if (tally.firings != firings)
        print_error("type %d seed %llu: wanted %zu firings, got %zu\n", (int)rule->type,
                    (unsigned long long)seed, firings, tally.firings);
    assert_int_equal(tally.firings, firings);
    run_done(&run);
}

static void windows_agree_with_the_plain_definition(void **state)
{
    (void)state;
    const struct spec specs[] = {
        COUNT(.sources = "a", .timespan = 6, .tests = ">=7"),
        VALUES(.sources = "a", .fields = "n", .timespan = 6, .tests = ">=5"),
        NUMBERS(SUM, .sources = "a", .timespan = 6, .tests = ">=20"),
        NUMBERS(AVG, .sources = "a", .timespan = 6, .tests = ">=4"),
        NUMBERS(MEDIAN, .sources = "a", .timespan = 6, .tests = ">=4"),
        TEMPORAL(.sources = "abc", .timespan = 2),
        ORDERED(.sources = "abc", .timespan = 3),
        ORDERED(.sources = "abc", .timespan = 3, .tests = ">=3"),
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        for (uint64_t seed = 1; seed <= 50; seed++)
            check_plain(&specs[i], seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlations_fire_as_their_rules_say),
        cmocka_unit_test(a_million_events_in_one_window_cost_little),
        cmocka_unit_test(memory_stays_inside_the_limit),
        cmocka_unit_test(windows_agree_with_the_plain_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
