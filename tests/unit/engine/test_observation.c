// The log of observations: whatever goes to the file, replay is in exact order and loses nothing.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "engine/observation_log.h"

#define COUNT 3000

// A rule and a correlation that fires at every moment, so that its firings show what was fed. Another
// one that listens to it and never fires groups by both fields: so they are wanted of every event.
struct world {
    struct arena arena;
    struct sigma_set set;
    struct sigma_rule rule, *rules[1];
    struct sigma_correlation correlation, listener, *correlations[2];
    struct correlation_source source, chained;
    struct correlation_test test;
    struct str fields[2];
    struct observation *wanted;
    size_t wanted_count, got;
};

static void check_firing(const struct firing *firing, void *context)
{
    struct world *world = context;
    for (size_t i = 0; i < firing->listed; i++) {
        const struct observation *got = firing->events[i], *wanted = &world->wanted[world->got++];
        assert_int_equal(observation_compare(got, wanted), 0);
        assert_true(str_equal(got->id, wanted->id));
        assert_true(str_equal(got->where, wanted->where));
        assert_true(str_equal(got->entities, wanted->entities));
        for (size_t v = 0; v < 2; v++) {
            assert_true(str_equal(got->values[v], wanted->values[v]));
            assert_true(!got->values[v].at == !wanted->values[v].at);
        }
    }
}

static void world_init(struct world *world)
{
    *world = (struct world){.chained = {.is_correlation = true},
                            .test = {COMPARE_GTE, 1},
                            .fields = {STR("a"), STR("b")}};
    arena_init(&world->arena);
    world->rules[0] = &world->rule;
    world->correlations[0] = &world->correlation;
    world->correlations[1] = &world->listener;
    world->correlation = (struct sigma_correlation){.type = CORRELATION_EVENT_COUNT,
                                                    .window = WINDOW_TUMBLING,
                                                    .timespan = 1,
                                                    .sources = &world->source,
                                                    .source_count = 1,
                                                    .tests = &world->test,
                                                    .test_count = 1};
    world->listener = (struct sigma_correlation){.index = 1,
                                                 .timespan = 1,
                                                 .sources = &world->chained,
                                                 .source_count = 1,
                                                 .group_by = world->fields,
                                                 .group_by_count = 2};
    world->set = (struct sigma_set){.rules = world->rules,
                                    .rule_count = 1,
                                    .correlations = world->correlations,
                                    .correlation_count = 2};
    world->wanted = ARENA_ARRAY(&world->arena, struct observation, COUNT);
}

static void world_done(struct world *world)
{
    arena_done(&world->arena);
}

// None, a GUID in either case, or some text.
static struct str make_id(struct world *world, uint64_t i, uint64_t random)
{
    unsigned long long number = i;
    if (random % 2 == 0)
        return S("");
    if (random % 5 == 0)
        return arena_print(&world->arena, "8c6cb610-6cb9-4708-998f-%012llx", number);
    if (random % 5 == 1)
        return arena_print(&world->arena, "8C6CB610-6CB9-4708-998F-%012llX", number);
    return arena_print(&world->arena, "id-%llu", number);
}

// Dense times, so that ties are many; some undated; texts of all lengths, some absent.
static struct observation make(struct world *world, uint64_t i)
{
    uint64_t random = hash_mix(i + 1);
    struct str *values = ARENA_ARRAY(&world->arena, struct str, 2);
    size_t len = i % 97 == 0 ? 20000 : (size_t)(random % 200);
    char *text = arena_alloc(&world->arena, len + 1);
    memset(text, 'a' + (int)(random % 26), len);
    values[0] = str_of(text, len);
    values[1] = random % 3 ? arena_print(&world->arena, "value %llu", (unsigned long long)i)
                           : str_of(NULL, 0);
    return (struct observation){
        .rule = 0,
        .time = random % 50 == 0 ? INSTANT_NONE : (int64_t)(random % 500),
        .identity = random % 2 ? random : random / 500 % 4, // nothing is a duplicate
        .position = i,
        .id = make_id(world, i, random),
        .where = random % 2 ? S("") : arena_print(&world->arena, "f@%llu", (unsigned long long)i),
        .values = values,
        .entities = str_of(text, len / 2),
    };
}

static int compare(const void *a, const void *b)
{
    return observation_compare(a, b);
}

static void replays_in_exact_order(size_t limit, size_t log_count)
{
    struct world world;
    struct error error = {""};
    struct observation_log *logs[4];
    world_init(&world);
    for (size_t i = 0; i < log_count; i++)
        logs[i] = observation_log_new(limit);
    for (uint64_t i = 0; i < COUNT; i++) {
        struct observation observation = make(&world, i);
        world.wanted[world.wanted_count++] = observation;
        assert_true(observation_log_add(logs[hash_mix(i) % log_count], &observation, 2, &error));
    }
    qsort(world.wanted, world.wanted_count, sizeof *world.wanted, compare);
    struct correlation_engine *engine = correlation_new(&world.set, check_firing, &world);
    size_t field_count;
    assert_non_null(correlation_fields(engine, 0, &field_count));
    assert_int_equal(field_count, 2);
    assert_true(observation_replay(logs, log_count, NULL, engine, &error));
    assert_int_equal(world.got, world.wanted_count);
    correlation_free(engine);
    for (size_t i = 0; i < log_count; i++)
        observation_log_free(logs[i]);
    world_done(&world);
}

static void replay_is_in_exact_order_however_little_memory_there_is(void **state)
{
    (void)state;
    static const struct {
        size_t limit, logs;
    } rows[] = {{OBSERVATION_MEMORY_LIMIT, 1},
                {OBSERVATION_MEMORY_LIMIT, 4},
                {100000, 1},
                {4096, 3},
                {1, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        replays_in_exact_order(rows[i].limit, rows[i].logs);
}

// ---- groups over logs and files ---------------------------------------------------------------

struct totals {
    size_t firings, events;
};

static void add_firing(const struct firing *firing, void *context)
{
    struct totals *totals = context;
    totals->firings++;
    totals->events += firing->event_count;
}

// One user in several spellings in every log is one group, whether its events come from memory, from a
// file or from both; a distinct value is one value wherever it comes from.
static void groups_reach_over_logs_and_files(size_t limit, size_t log_count)
{
    enum { EVENTS = 4000, USERS = 7, VALUES = 5 };
    struct world world;
    struct error error = {""};
    struct totals totals = {0};
    struct observation_log *logs[4];
    world_init(&world);
    world.correlation.type = CORRELATION_VALUE_COUNT;
    world.correlation.group_by = &world.fields[0];
    world.correlation.group_by_count = 1;
    world.correlation.fields = &world.fields[1];
    world.correlation.field_count = 1;
    world.correlation.window = WINDOW_SLIDING;
    world.correlation.timespan = EVENTS;
    world.test = (struct correlation_test){COMPARE_EQ, VALUES};
    world.set.correlation_count = 1;
    for (size_t i = 0; i < log_count; i++)
        logs[i] = observation_log_new(limit);
    for (uint64_t i = 0; i < EVENTS; i++) {
        char user[16], value[16];
        snprintf(user, sizeof user, i % 3 ? "User %u" : "uSER %u", (unsigned)(i % USERS));
        snprintf(value, sizeof value, i % 2 ? "VALUE %u" : "value %u",
                 (unsigned)(i / USERS % VALUES));
        struct str values[2] = {str_from(user), str_from(value)};
        struct observation observation = {.time = (int64_t)i,
                                          .identity = hash_mix(i),
                                          .position = i,
                                          .id = S("id"),
                                          .where = S(""),
                                          .values = values,
                                          .entities = S("some bytes")};
        assert_true(observation_log_add(logs[hash_mix(i) % log_count], &observation, 2, &error));
    }
    struct correlation_engine *engine = correlation_new(&world.set, add_firing, &totals);
    assert_true(observation_replay(logs, log_count, NULL, engine, &error));
    assert_int_equal(totals.firings, USERS);
    assert_int_equal(totals.events, EVENTS);
    correlation_free(engine);
    for (size_t i = 0; i < log_count; i++)
        observation_log_free(logs[i]);
    world_done(&world);
}

static void a_text_is_the_same_in_every_log_and_file(void **state)
{
    (void)state;
    groups_reach_over_logs_and_files(OBSERVATION_MEMORY_LIMIT, 1);
    groups_reach_over_logs_and_files(OBSERVATION_MEMORY_LIMIT, 4);
    groups_reach_over_logs_and_files(20000, 1);
    groups_reach_over_logs_and_files(20000, 3);
    groups_reach_over_logs_and_files(1, 2);
}

// ---- memory -----------------------------------------------------------------------------------

static void hostile_values_stay_inside_the_memory_limit(void **state)
{
    (void)state;
    enum { LEN = 1 << 20, LIMIT = 4 << 20, COUNT_LARGE = 40 };
    struct world world;
    struct error error = {""};
    struct observation_log *log = observation_log_new(LIMIT);
    world_init(&world);
    char *text = arena_alloc(&world.arena, LEN);
    memset(text, 'x', LEN);
    for (uint64_t i = 0; i < COUNT_LARGE; i++) {
        memcpy(text, &i, sizeof i);
        struct str values[2] = {str_of(text, LEN), S("small")};
        struct observation observation = {.time = (int64_t)i, .identity = i, .values = values};
        assert_true(observation_log_add(log, &observation, 2, &error));
        assert_true(log->used + log->count * sizeof *log->entries <= LIMIT);
    }
    assert_true(log->run_count >= COUNT_LARGE * LEN / LIMIT);
    observation_log_free(log);
    world_done(&world);
}

// Feeds events of few users through logs of this limit into an engine that has too little memory.
static uint64_t drop_some(size_t limit, size_t log_count, struct totals *totals)
{
    enum { EVENTS = 3000 };
    struct world world;
    struct error error = {""};
    struct observation_log *logs[4];
    world_init(&world);
    world.correlation.type = CORRELATION_VALUE_COUNT;
    world.correlation.group_by = &world.fields[0];
    world.correlation.fields = &world.fields[1];
    world.correlation.group_by_count = world.correlation.field_count = 1;
    world.correlation.window = WINDOW_SLIDING;
    world.correlation.timespan = EVENTS;
    world.test = (struct correlation_test){COMPARE_EQ, 200};
    world.set.correlation_count = 1;
    for (size_t i = 0; i < log_count; i++)
        logs[i] = observation_log_new(limit);
    for (uint64_t i = 0; i < EVENTS; i++) {
        char user[16], value[16];
        snprintf(user, sizeof user, "user %u", (unsigned)(i % 3));
        snprintf(value, sizeof value, "value %u", (unsigned)i);
        struct str values[2] = {str_from(user), str_from(value)};
        struct observation observation = {.time = (int64_t)i,
                                          .identity = i + 1,
                                          .id = S("an id"),
                                          .where = S(""),
                                          .values = values,
                                          .entities = S("some bytes")};
        assert_true(observation_log_add(logs[i % log_count], &observation, 2, &error));
    }
    struct correlation_engine *engine = correlation_new(&world.set, add_firing, totals);
    correlation_set_limit(engine, 300000);
    assert_true(observation_replay(logs, log_count, NULL, engine, &error));
    uint64_t dropped = correlation_dropped(engine);
    correlation_free(engine);
    for (size_t i = 0; i < log_count; i++)
        observation_log_free(logs[i]);
    world_done(&world);
    return dropped;
}

static void what_is_let_go_depends_neither_on_logs_nor_on_spilling(void **state)
{
    (void)state;
    struct totals wanted = {0};
    uint64_t dropped = drop_some(OBSERVATION_MEMORY_LIMIT, 1, &wanted);
    assert_true(dropped > 0);
    assert_true(wanted.firings > 0);
    static const struct {
        size_t limit, logs;
    } rows[] = {{OBSERVATION_MEMORY_LIMIT, 3}, {50000, 1}, {30000, 4}, {1, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct totals got = {0};
        assert_int_equal(drop_some(rows[i].limit, rows[i].logs, &got), dropped);
        assert_int_equal(got.firings, wanted.firings);
        assert_int_equal(got.events, wanted.events);
    }
}

// ---- order ------------------------------------------------------------------------------------

static int compare_rows(const void *a, const void *b)
{
    const struct observation_row *x = ((const struct observation_entry *)a)->row;
    const struct observation_row *y = ((const struct observation_entry *)b)->row;
    struct observation left = {
        .time = x->time, .identity = x->identity, .position = x->position, .rule = x->rule};
    struct observation right = {
        .time = y->time, .identity = y->identity, .position = y->position, .rule = y->rule};
    return observation_compare(&left, &right);
}

// Times over `bits` bits on either side of 1970, of which some are unknown, in few moments or many.
static void sorts_as_comparing_does(size_t count, unsigned bits, bool is_ascending)
{
    struct observation_row *rows = memory_new((count + 1) * sizeof *rows);
    struct observation_entry *entries = memory_new((count + 1) * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        uint64_t random = hash_mix(i + count);
        int64_t time = (int64_t)(hash_mix(random) >> (64 - bits)) - (INT64_C(1) << (bits - 2));
        rows[i] = (struct observation_row){
            .time = is_ascending  ? (int64_t)i / 3
                    : i % 11 == 0 ? INSTANT_NONE
                                  : time,
            .identity = is_ascending ? i : random % 5,
            .position = hash_mix(random) % 3,
            .rule = (uint32_t)i, // nothing is equal
        };
        entries[i] = (struct observation_entry){rows[i].time, rows[i].identity, &rows[i], 0};
    }
    observation_sort(entries, count);
    for (size_t i = 1; i < count; i++)
        assert_true(compare_rows(&entries[i - 1], &entries[i]) < 0);
    free(entries);
    free(rows);
}

static void sorting_agrees_with_comparing(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, 511, 512, 513, 5000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        sorts_as_comparing_does(counts[i], 2, true);
        for (unsigned bits = 2; bits <= 64; bits += bits < 60 ? 7 : 1)
            sorts_as_comparing_does(counts[i], bits, false);
    }
}

// ---- ends -------------------------------------------------------------------------------------

static void a_folder_that_cannot_be_written_is_reported(void **state)
{
    (void)state;
    struct world world;
    struct error error = {""};
    const char *folder = getenv("TMPDIR");
    char *kept = folder ? strdup(folder) : NULL;
    world_init(&world);
    struct observation_log *log = observation_log_new(1);
    setenv("TMPDIR", "/nonexistent", 1);
    struct observation observation = make(&world, 1);
    assert_true(observation_log_add(log, &observation, 2, &error));
    assert_false(observation_log_add(log, &observation, 2, &error));
    assert_non_null(strstr(error.text, "/nonexistent"));
    assert_false(observation_log_add(log, &observation, 2, &error));
    if (kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    free(kept);
    observation_log_free(log);
    world_done(&world);
}

static void an_empty_log_replays_nothing(void **state)
{
    (void)state;
    struct world world;
    struct error error = {""};
    world_init(&world);
    struct observation_log *log = observation_log_new(100);
    struct correlation_engine *engine = correlation_new(&world.set, check_firing, &world);
    assert_true(observation_replay(&log, 1, NULL, engine, &error));
    assert_int_equal(world.got, 0);
    correlation_free(engine);
    observation_log_free(log);
    observation_log_free(NULL);
    world_done(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replay_is_in_exact_order_however_little_memory_there_is),
        cmocka_unit_test(a_text_is_the_same_in_every_log_and_file),
        cmocka_unit_test(what_is_let_go_depends_neither_on_logs_nor_on_spilling),
        cmocka_unit_test(hostile_values_stay_inside_the_memory_limit),
        cmocka_unit_test(sorting_agrees_with_comparing),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_reported),
        cmocka_unit_test(an_empty_log_replays_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
