// A run with rules, what it gathers, and its state, for tests of what is kept. Include cmocka.h before.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_UNIT_ENGINE_KEPT_RUN_H
#define STORMGLASS_TESTS_UNIT_ENGINE_KEPT_RUN_H

#include "base/hash.h"
#include "engine/kept_match.h"
#include "engine/kept_parts.h"

#define START (INT64_C(1700000000) * SECOND)
#define NO_LIMIT ((size_t)1 << 30)
#define GUID "11111111-2222-4333-8444-55555555550" // and one digit

static const char rule_a[] = "title: A\nid: 11111111-1111-4111-8111-111111111111\n"
                             "logsource: {product: m365}\n"
                             "detection: {s: {Operation: x}, condition: s}\n";
static const char rule_b[] =
    "title: B\nid: 22222222-2222-4222-8222-222222222222\n"
    "logsource: {product: m365}\n"
    "detection: {s: {Operation: y}, condition: s}\n"
    "---\n"
    "title: C\nid: 33333333-3333-4333-8333-333333333333\n"
    "correlation: {type: event_count, timespan: 1h, group-by: [UserId], "
    "rules: [22222222-2222-4222-8222-222222222222], condition: {gte: 2}}\n";

static inline void ignore(const struct firing *firing, void *context)
{
    (void)firing, (void)context;
}

// Rules, what this run gathered, and the state.
struct run {
    struct sigma_set set;
    struct correlation_engine *correlations;
    struct observation_log *matched, *observed, *readings;
    struct activity_log *activities;
    struct intern texts;
    struct kept *kept;
};

static inline void begin(struct run *run, bool has_b)
{
    struct error error;
    *run = (struct run){0};
    sigma_set_init(&run->set);
    sigma_read(&run->set, S("a.yml"), str_from(rule_a));
    if (has_b)
        sigma_read(&run->set, S("b.yml"), str_from(rule_b));
    sigma_finish(&run->set, NULL);
    assert_int_equal(run->set.problem_count, 0);
    run->correlations = correlation_new(&run->set, ignore, NULL);
    run->matched = observation_log_new(NO_LIMIT);
    run->observed = observation_log_new(NO_LIMIT);
    run->readings = observation_log_new(NO_LIMIT);
    run->activities = activity_log_new(NO_LIMIT);
    activity_texts_init(&run->texts);
    run->kept = kept_open("/nonexistent/state", &run->set, run->correlations, &error);
    assert_non_null(run->kept);
}

static inline void load(struct run *run, const struct buf *bytes)
{
    struct error error = {.text = ""};
    if (bytes && !kept_read(run->kept, buf_str(bytes), &error))
        fail_msg("%s", error.text);
}

static inline void end(struct run *run)
{
    kept_free(run->kept);
    activity_log_free(run->activities);
    observation_log_free(run->matched);
    observation_log_free(run->observed);
    observation_log_free(run->readings);
    intern_done(&run->texts);
    correlation_free(run->correlations);
    sigma_set_done(&run->set);
}

static inline uint32_t rule_index(const struct run *run, const char *title)
{
    for (size_t i = 0; i < run->set.rule_count; i++)
        if (str_is(run->set.rules[i]->title, title))
            return run->set.rules[i]->index;
    fail_msg("no rule %s", title);
    return 0;
}

// A match of rule A and an observation of rule B at a time, by a user.
static inline void gather(struct run *run, int number, int64_t time, const char *id)
{
    struct error error;
    struct arena arena;
    struct str user = S("ann@contoso.example"), record = str_from(id);
    struct entity_list entities = {.items = {{ENTITY_USER, user}}, .count = 1};
    arena_init(&arena);
    struct observation row = {.rule = rule_index(run, "A"),
                              .time = time,
                              .identity = record.len ? hash_str(record) : 77,
                              .position = (uint64_t)number << 44 | 9,
                              .id = record,
                              .where = record.len ? S("") : S("logs/a.json@9"),
                              .values = &user,
                              .entities = entity_pack(&arena, &entities)};
    assert_true(observation_log_add(run->matched, &row, 0, &error));
    row.rule = rule_index(run, "B");
    assert_true(observation_log_add(run->observed, &row, 1, &error));
    arena_done(&arena);
}

static inline void add_activity(struct run *run, int64_t time, uint64_t identity)
{
    struct error error;
    struct activity row = {.time = time,
                           .identity = identity,
                           .issued_at = INSTANT_NONE,
                           .count = 1,
                           .user = intern_add(&run->texts, S("ann@contoso.example"))};
    assert_true(activity_log_add(run->activities, &row, &error));
}

static inline void add_reading(struct run *run, int64_t time, uint64_t identity,
                               const char *message)
{
    struct error error;
    struct buf scratch;
    struct scope_item items[2] = {{str_from(message), S("Offer"), S("\\Inbox"), 1234},
                                  {S("<b@x>"), S(""), S("\\Inbox"), 0}};
    struct scope_reading reading = {
        .identity = identity, .record = S("r"), .items = items, .count = 2};
    struct scope_found hint = {str_from(message), S("Offer"), S("bob@x")};
    buf_init(&scratch);
    assert_true(kept_add_reading(run->readings, &reading, time, &scratch, &error));
    assert_true(kept_add_hint(run->readings, &hint, time, &scratch, &error));
    buf_done(&scratch);
}

// What the next run is to find.
static inline void write_state(struct run *run, struct buf *out)
{
    struct error error = {.text = ""};
    struct scan_options options = {
        .since = INSTANT_NONE, .until = INSTANT_NONE, .rules_sha256 = "ab"};
    struct scan_result result = {0};
    uint32_t *symbols = memory_new(run->kept->texts.count * sizeof *symbols);
    for (uint32_t i = 0; i < run->kept->texts.count; i++)
        symbols[i] = intern_add(&run->texts, intern_text(&run->kept->texts, i));
    struct activity_part parts[2] = {{run->activities, NULL},
                                     {kept_activities(run->kept), symbols}};
    bool is_good = kept_take_activities(run->kept, parts, 2, &run->texts, &error) &&
                   kept_take_matches(run->kept, &run->matched, &run->observed, 1, &error) &&
                   kept_take_readings(run->kept, &run->readings, 1, &error);
    kept_write_inputs(run->kept, &options, &result, &run->kept->sections[KEPT_INPUT]);
    if (!is_good || !kept_write(run->kept, out, &error))
        fail_msg("%s", error.text);
    free(symbols);
}

static inline void fill(struct run *run)
{
    for (int i = 0; i < 5; i++) {
        char id[48];
        snprintf(id, sizeof id, GUID "%d", i);
        gather(run, i, START + i * HOUR, id);
        add_activity(run, START + i * HOUR, (uint64_t)i + 1);
        add_reading(run, START + i * HOUR, (uint64_t)i + 1, i % 2 ? "<odd@x>" : "<even@x>");
    }
    gather(run, 9, START + 2 * HOUR, "");
}

static inline void on_count(const struct observation *row, void *context)
{
    (void)row;
    ++*(size_t *)context;
}

static inline size_t count_rows(struct observation_log *log)
{
    size_t count = 0;
    struct error error;
    assert_true(observation_each(&log, 1, on_count, &count, &error));
    return count;
}

#endif
