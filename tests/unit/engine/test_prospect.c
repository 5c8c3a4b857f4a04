// Events that cannot matter are left out: whatever is left out, the same correlations fire with the same events.
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
#include "engine/observation_log.h"

#define RULES 2
#define CORRELATIONS 9
#define EVENTS 4000
#define LOGS 2

struct world {
    struct sigma_set set;
    struct sigma_rule rule_memory[RULES], *rules[RULES];
    struct sigma_correlation memory[CORRELATIONS], *correlations[CORRELATIONS];
    struct correlation_source both[RULES], chain;
    struct correlation_test tests[CORRELATIONS];
    struct str fields[3];
    struct buf lines; // a line for each firing
};

static struct sigma_correlation *add(struct world *world, enum correlation_type type,
                                     enum correlation_window window, int64_t timespan,
                                     enum sigma_compare compare, double number)
{
    uint32_t index = (uint32_t)world->set.correlation_count++;
    struct sigma_correlation *one = &world->memory[index];
    world->tests[index] = (struct correlation_test){compare, number};
    *one = (struct sigma_correlation){.index = index,
                                      .type = type,
                                      .window = window,
                                      .timespan = timespan,
                                      .sources = world->both,
                                      .source_count = 1 + index % RULES,
                                      .group_by = world->fields,
                                      .group_by_count = 1,
                                      .tests = &world->tests[index],
                                      .test_count = 1};
    if (type == CORRELATION_VALUE_COUNT) {
        one->fields = &world->fields[1];
        one->field_count = 1;
    }
    world->correlations[index] = one;
    return one;
}

// Most want several events or values; some cannot be foretold.
static void world_init(struct world *world)
{
    *world = (struct world){.fields = {STR("user"), STR("a"), STR("b")},
                            .chain = {.is_correlation = true, .index = 0},
                            .both = {{.index = 0}, {.index = 1}}};
    buf_init(&world->lines);
    for (uint32_t i = 0; i < RULES; i++) {
        world->rule_memory[i].index = i;
        world->rules[i] = &world->rule_memory[i];
    }
    add(world, CORRELATION_EVENT_COUNT, WINDOW_SLIDING, 40, COMPARE_GTE, 4);
    add(world, CORRELATION_VALUE_COUNT, WINDOW_SLIDING, 60, COMPARE_GTE, 3);
    add(world, CORRELATION_VALUE_COUNT, WINDOW_TUMBLING, 80, COMPARE_GT, 2.5);
    add(world, CORRELATION_EVENT_COUNT, WINDOW_SESSION, 70, COMPARE_GTE, 3)->gap = 20;
    add(world, CORRELATION_EVENT_COUNT, WINDOW_SLIDING, 30, COMPARE_LTE, 2);
    add(world, CORRELATION_VALUE_COUNT, WINDOW_SLIDING, 50, COMPARE_EQ, 4)->field_count = 2;
    add(world, CORRELATION_EVENT_COUNT, WINDOW_TUMBLING, 25, COMPARE_GTE, 3)->group_by_count = 2;
    add(world, CORRELATION_VALUE_COUNT, WINDOW_SLIDING, 20, COMPARE_NEQ, 1);
    struct sigma_correlation *listener =
        add(world, CORRELATION_EVENT_COUNT, WINDOW_SLIDING, 500, COMPARE_GTE, 2);
    listener->sources = &world->chain;
    listener->source_count = 1;
    assert_int_equal(world->set.correlation_count, CORRELATIONS);
    world->set.rules = world->rules;
    world->set.rule_count = RULES;
    world->set.correlations = world->correlations;
}

static void on_firing(const struct firing *firing, void *context)
{
    struct world *world = context;
    const struct sigma_correlation *rule = world->correlations[firing->correlation];
    buf_print(&world->lines, "%u %lld-%lld %zu:", firing->correlation, (long long)firing->first,
              (long long)firing->last, firing->event_count);
    for (size_t i = 0; i < rule->group_by_count; i++)
        buf_print(&world->lines, " %.*s", (int)firing->group[i].len,
                  firing->group[i].at ? firing->group[i].at : "-");
    for (size_t i = 0; i < firing->listed; i++)
        buf_print(&world->lines, " %llu", (unsigned long long)firing->events[i]->position);
    buf_add_char(&world->lines, '\n');
}

// Users of whom some do much and most little; quiet stretches and busy ones; before 1970 too; some without time, some
// without a value, some values long.
static void make(uint64_t seed, uint64_t i, struct arena *arena, struct str values[3],
                 struct observation *out)
{
    uint64_t random = hash_mix(seed * EVENTS + i);
    unsigned user = (unsigned)(random % 7 ? random % 900 : random % 3);
    values[0] = random % 31 ? arena_print(arena, "user %u", user) : str_of(NULL, 0);
    values[1] = random % 37
                    ? arena_print(arena, "%u", (unsigned)(hash_mix(random) % (user % 5 + 1)))
                    : str_of(NULL, 0);
    values[2] = random % 41 ? arena_print(arena, "%0*u", user % 11 ? 1 : 300,
                                          (unsigned)(hash_mix(random) % 3))
                            : S("");
    *out = (struct observation){.rule = (uint32_t)(random >> 20) % RULES,
                                .time = random % 97 ? (int64_t)(random >> 32) % 2400 - 1200
                                                    : INSTANT_NONE,
                                .identity = random,
                                .position = i,
                                .id = S("id"),
                                .where = S(""),
                                .values = values,
                                .entities = S("")};
}

// The firings, and how many events were said not to matter.
static size_t run(struct world *world, uint64_t seed, size_t limit, bool is_foretold)
{
    struct error error = {""};
    struct correlation_engine *engine = correlation_new(&world->set, on_firing, world);
    struct observation_log *logs[LOGS];
    struct prospects *prospects[LOGS];
    struct arena arena;
    size_t left_out = 0, count;
    arena_init(&arena);
    for (size_t i = 0; i < LOGS; i++) {
        logs[i] = observation_log_new(limit);
        prospects[i] = correlation_prospects(engine);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (uint64_t i = 0; i < EVENTS; i++) {
            struct observation event;
            struct str all[3], values[3];
            uint64_t hashes[3];
            size_t log = hash_mix(i) % LOGS;
            make(seed, i, &arena, all, &event);
            const struct str *fields = correlation_fields(engine, event.rule, &count);
            for (size_t f = 0; f < count; f++) {
                size_t which = str_is(fields[f], "user") ? 0 : str_is(fields[f], "a") ? 1 : 2;
                values[f] = all[which];
                hashes[f] = values[f].at ? hash_fold(values[f]) : 0;
            }
            event.values = values;
            event.hashes = hashes;
            if (pass == 0) {
                event.prospect = prospects_count(prospects[log], &event);
                assert_true(observation_log_add(logs[log], &event, count, &error));
            } else {
                left_out += !prospects_matter(prospects[0], &event);
            }
        }
        for (size_t i = 1; i < LOGS && pass == 0; i++)
            prospects_merge(prospects[0], prospects[i]);
    }
    assert_true(observation_replay(logs, LOGS, is_foretold ? prospects[0] : NULL, engine, &error));
    for (size_t i = 0; i < LOGS; i++) {
        observation_log_free(logs[i]);
        prospects_free(prospects[i]);
    }
    correlation_free(engine);
    arena_done(&arena);
    return left_out;
}

static int by_line(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// Firings may be handed out in another order: an event that is left out tells nobody that time has passed.
static struct buf sorted(struct buf *lines)
{
    struct buf out;
    char **list = NULL, *rest = NULL;
    size_t count = 0, capacity = 0;
    buf_init(&out);
    buf_add_char(lines, '\0');
    for (char *line = strtok_r(lines->at, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        ARRAY_GROW(list, count, capacity);
        list[count++] = line;
    }
    qsort(list, count, sizeof *list, by_line);
    for (size_t i = 0; i < count; i++)
        buf_print(&out, "%s\n", list[i]);
    free(list);
    buf_add_char(&out, '\0');
    return out;
}

static void check(uint64_t seed, size_t limit, size_t correlations)
{
    struct world plain, foretold;
    world_init(&plain);
    world_init(&foretold);
    plain.set.correlation_count = foretold.set.correlation_count = correlations;
    run(&plain, seed, OBSERVATION_MEMORY_LIMIT, false);
    size_t left_out = run(&foretold, seed, limit, true);
    struct buf first = sorted(&plain.lines), second = sorted(&foretold.lines);
    assert_true(strlen(first.at) > 100);
    assert_string_equal(first.at, second.at);
    if (correlations <= 3) // all of them can be foretold
        assert_in_range(left_out, EVENTS / 20, EVENTS);
    buf_done(&first);
    buf_done(&second);
    buf_done(&plain.lines);
    buf_done(&foretold.lines);
}

static void what_is_left_out_makes_no_difference(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 8; seed++)
        for (size_t correlations = 1; correlations <= CORRELATIONS; correlations++)
            check(seed, seed % 2 ? 20000 : OBSERVATION_MEMORY_LIMIT, correlations);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_out_makes_no_difference),
    };
    return cmocka_run_group_tests_name("prospect", tests, NULL, NULL);
}
