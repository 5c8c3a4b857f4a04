// Fuzzes the sections of a scan's state file. The first byte says which section the rest is; it is put into a
// container with right checksums, so that the checks behind them are reached. What loads is learned from and
// looked at by all detectors, and is written as a state that loads again.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "detector/detector.h"
#include "engine/kept.h"
#include "engine/kept_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char rules_text[] =
    "title: A\nid: 11111111-1111-4111-8111-111111111111\nlogsource: {product: m365}\n"
    "detection: {s: {Operation: x}, condition: s}\n---\n"
    "title: C\nid: 33333333-3333-4333-8333-333333333333\n"
    "correlation: {type: event_count, timespan: 1h, group-by: [UserId], "
    "rules: [11111111-1111-4111-8111-111111111111], condition: {gte: 2}}\n";

static const char *const names[] = {"activity", "input", "match", "reading"};

static void ignore(const struct firing *firing, void *context)
{
    (void)firing, (void)context;
}

static void save_content(const void *module, struct buf *out)
{
    buf_add(out, *(const struct str *)module);
}

static bool on_meet(const struct activity *activity, void *context)
{
    knowledge_meet(context, activity);
    return true;
}

static bool on_learn(const struct activity *activity, void *context)
{
    knowledge_learn(context, activity);
    return true;
}

static bool on_compare(const struct activity *activity, void *context)
{
    knowledge_compare(context, activity);
    return true;
}

static bool on_see(const struct activity *activity, void *context)
{
    detector_run_see(context, activity);
    return true;
}

// As the engine does it.
static void detect(const struct activity_part *part, struct knowledge *knowledge)
{
    bool (*const steps[])(const struct activity *, void *) = {on_meet, on_learn, on_compare};
    struct finding_list findings = {0};
    struct error error;
    arena_init(&findings.arena);
    for (size_t i = 0; i < 3; i++) {
        activity_log_each(part, 1, steps[i], knowledge, &error);
        knowledge_settle(knowledge);
    }
    struct detector_run *run = detector_run_new(knowledge);
    activity_log_each(part, 1, on_see, run, &error);
    detector_run_end(run, &findings);
    detector_run_free(run);
    finding_list_sort(&findings);
    finding_list_done(&findings);
}

static void use(struct kept *kept, const struct sigma_set *set, struct buf *out)
{
    struct error error;
    struct scan_options options = {.since = INSTANT_NONE, .until = INSTANT_NONE};
    struct scan_result result = {0};
    struct intern texts = {0};
    activity_texts_init(&texts);
    const struct intern *own = kept_texts(kept);
    uint32_t *symbols = memory_new(own->count * sizeof *symbols);
    for (uint32_t i = 0; i < own->count; i++)
        symbols[i] = intern_add(&texts, intern_text(own, i));
    struct activity_part part = {kept_activities(kept), symbols};
    struct knowledge *knowledge = knowledge_new(&texts);
    kept_tell(kept, &options, knowledge);
    detect(&part, knowledge);
    struct finding_collector *collector = finding_collector_new(set);
    struct finding_list findings;
    assert(kept_add_matches(kept, collector, &error));
    finding_finish(collector, &findings);
    finding_list_done(&findings);
    finding_collector_free(collector);
    assert(kept_observations(kept, NULL, 0, &error));
    assert(kept_take_activities(kept, &part, 1, &texts, &error));
    assert(kept_take_matches(kept, NULL, NULL, 0, &error));
    assert(kept_take_readings(kept, NULL, 0, &error));
    kept_write_inputs(kept, &options, &result, &kept->sections[KEPT_INPUT]);
    assert(kept_write(kept, out, &error));
    knowledge_free(knowledge);
    intern_done(&texts);
    free(symbols);
}

static bool try(struct str bytes, const struct sigma_set *set,
                const struct correlation_engine *correlations, struct buf *out)
{
    struct error error = {.text = ""};
    struct kept *kept = kept_new("state", set, correlations);
    bool is_read = kept_read(kept, bytes, &error);
    assert(is_read || error.text[0]);
    if (is_read)
        use(kept, set, out);
    kept_free(kept);
    return is_read;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sigma_set set;
    static struct correlation_engine *correlations;
    if (!correlations) {
        sigma_set_init(&set);
        sigma_read(&set, S("a.yml"), str_from(rules_text));
        sigma_finish(&set, NULL);
        correlations = correlation_new(&set, ignore, NULL);
    }
    if (size == 0)
        return 0;
    struct str content = str_of((const char *)data + 1, size - 1);
    struct state_section section = {names[data[0] % 4], 1, save_content, NULL};
    struct state_part part = {&section, &content};
    struct error error;
    struct buf bytes, again, third;
    buf_init(&bytes);
    buf_init(&again);
    buf_init(&third);
    assert(state_save(NULL, &part, 1, &bytes, &error));
    if (try(buf_str(&bytes), &set, correlations, &again)) {
        bool is_good = try(buf_str(&again), &set, correlations, &third);
        assert(is_good);
    }
    buf_done(&bytes);
    buf_done(&again);
    buf_done(&third);
    return 0;
}
