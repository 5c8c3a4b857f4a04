// Observations per second from a log in memory through the correlation engine, sorting included: one
// million events, a quarter of an hour to many days in a window, in one group and in many.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/hash.h"
#include "engine/observation.h"

#define EVENTS 1000000
#define STRIDE 611953 // a prime: events come in no order

struct row {
    const char *name;
    enum correlation_type type;
    enum correlation_window window;
    int64_t timespan; // seconds; events come ten a second
    double least;
    unsigned groups, values;
};

static const struct row rows[] = {
    {"event_count, 10,000 groups, 15 minutes", CORRELATION_EVENT_COUNT, WINDOW_SLIDING, 900, 10,
     10000, 1},
    {"event_count, one group, 15 minutes", CORRELATION_EVENT_COUNT, WINDOW_SLIDING, 900, 10, 1, 1},
    {"event_count, one group, everything", CORRELATION_EVENT_COUNT, WINDOW_SLIDING, 1000000, 10, 1,
     1},
    {"event_count, one group, never fires", CORRELATION_EVENT_COUNT, WINDOW_SLIDING, 1000000, 2e6,
     1, 1},
    {"value_count, 10,000 groups, 15 minutes", CORRELATION_VALUE_COUNT, WINDOW_SLIDING, 900, 5,
     10000, 1000},
    {"value_count, one group, 15 minutes", CORRELATION_VALUE_COUNT, WINDOW_SLIDING, 900, 5, 1,
     1000},
    {"value_count, one group, everything", CORRELATION_VALUE_COUNT, WINDOW_SLIDING, 1000000, 5, 1,
     500000},
    {"value_sum, one group, 15 minutes", CORRELATION_VALUE_SUM, WINDOW_SLIDING, 900, 5, 1, 1000},
    {"value_percentile, one group, everything", CORRELATION_VALUE_PERCENTILE, WINDOW_SLIDING,
     1000000, 5, 1, 1000000},
    {"value_median, one group, a day", CORRELATION_VALUE_MEDIAN, WINDOW_SLIDING, 86400, 5, 1,
     1000000},
    {"temporal_ordered, 10,000 groups, 15 minutes", CORRELATION_TEMPORAL_ORDERED, WINDOW_SLIDING,
     900, 0, 10000, 1},
};

static void count_events(const struct firing *firing, void *context)
{
    *(size_t *)context += firing->event_count;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void run(const struct row *row)
{
    struct sigma_rule rules[2] = {{.index = 0}, {.index = 1}};
    struct sigma_rule *rule_list[2] = {&rules[0], &rules[1]};
    struct correlation_source sources[2] = {{false, 0}, {false, 1}};
    struct correlation_test test = {COMPARE_GTE, row->least};
    struct str fields[2] = {STR("user"), STR("value")};
    bool is_ordered = row->type == CORRELATION_TEMPORAL_ORDERED;
    bool has_value = !is_ordered && row->type != CORRELATION_EVENT_COUNT;
    struct sigma_correlation correlation = {.type = row->type,
                                            .window = row->window,
                                            .sources = sources,
                                            .source_count = 2,
                                            .group_by = fields,
                                            .group_by_count = 1,
                                            .timespan = row->timespan * SECOND,
                                            .tests = &test,
                                            .test_count = is_ordered ? 0 : 1,
                                            .fields = fields + 1,
                                            .field_count = has_value,
                                            .percentile = 95};
    struct sigma_correlation *correlations[1] = {&correlation};
    struct sigma_set set = {
        .rules = rule_list, .rule_count = 2, .correlations = correlations, .correlation_count = 1};
    size_t events = 0;
    char user[64], value[32], id[64], entities[160] = {0};
    struct error error;
    struct observation_log *log = observation_log_new((size_t)1 << 30);
    struct correlation_engine *engine = correlation_new(&set, count_events, &events);
    for (uint64_t i = 0; i < EVENTS; i++) {
        uint64_t random = hash_mix(i + 1);
        int user_len =
            snprintf(user, sizeof user, "user%u@contoso.example", (unsigned)(random % row->groups));
        int value_len =
            snprintf(value, sizeof value, "%u", (unsigned)(random / row->groups % row->values));
        int id_len = snprintf(id, sizeof id, "%016llx-0000-4000-8000", (unsigned long long)random);
        struct str values[2] = {str_of(user, (size_t)user_len), str_of(value, (size_t)value_len)};
        struct observation observation = {.rule = i & 1,
                                          .time = (int64_t)(i * STRIDE % EVENTS) * SECOND / 10,
                                          .identity = random,
                                          .position = i,
                                          .id = str_of(id, (size_t)id_len),
                                          .where = S(""),
                                          .values = values,
                                          .entities = str_of(entities, sizeof entities)};
        observation_log_add(log, &observation, 1 + has_value, &error);
    }
    double start = seconds();
    observation_replay(&log, 1, NULL, engine, &error);
    double spent = seconds() - start;
    printf("%-46s %6.2f M/s  %8zu events in firings, %llu dropped\n", row->name,
           EVENTS / spent / 1e6, events, (unsigned long long)correlation_dropped(engine));
    correlation_free(engine);
    observation_log_free(log);
}

// With a number: that row alone, for a profiler.
int main(int argument_count, char **arguments)
{
    size_t count = sizeof rows / sizeof *rows;
    size_t only = argument_count > 1 ? strtoul(arguments[1], NULL, 10) : count;
    for (size_t i = 0; i < count; i++)
        if (only == count || only == i)
            run(&rows[i]);
    return 0;
}
