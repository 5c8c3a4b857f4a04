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
#include "engine/observation.h"

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
        .id = random % 2 ? arena_print(&world->arena, "id-%llu", (unsigned long long)i) : S(""),
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
    assert_true(observation_replay(logs, log_count, engine, &error));
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
    assert_true(observation_replay(&log, 1, engine, &error));
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
        cmocka_unit_test(a_folder_that_cannot_be_written_is_reported),
        cmocka_unit_test(an_empty_log_replays_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
