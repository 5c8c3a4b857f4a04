// The run: options checked, tenant and scenarios begun, the clock started, the answer written.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/simulate.h"

#include <stdlib.h>

#include "simulate/life.h"
#include "simulate/pen.h"

bool simulate_scenario(uint32_t index, struct simulate_choice *out)
{
    if (index >= scenario_count)
        return false;
    *out = (struct simulate_choice){scenarios[index].name, scenarios[index].text,
                                    scenarios[index].is_attack};
    return true;
}

bool simulate_dialect(uint32_t index, struct simulate_choice *out)
{
    for (int i = 0; i < DIALECT_COUNT; i++) {
        if (!dialects[i].name[0] || index-- > 0)
            continue;
        *out = (struct simulate_choice){dialects[i].name, dialects[i].text, false};
        return true;
    }
    return false;
}

// ---- options ----------------------------------------------------------------------------------

// A bit for each dialect that was chosen.
static bool read_dialects(const struct simulate_options *options, uint32_t *chosen,
                          struct error *error)
{
    *chosen = 0;
    for (uint32_t i = 0; i < options->dialect_count; i++) {
        int found = -1;
        for (int k = 0; k < DIALECT_COUNT; k++)
            if (dialects[k].name[0] && strcmp(dialects[k].name, options->dialects[i]) == 0)
                found = k;
        if (found < 0)
            return error_set(error, "unknown dialect '%s'", options->dialects[i]);
        *chosen |= 1u << found;
    }
    return true;
}

static bool check(const struct simulate_options *options, struct error *error)
{
    if (options->mailboxes < 1 || options->mailboxes > SIMULATE_MAILBOX_LIMIT)
        return error_set(error, "mailboxes: from 1 to %d", SIMULATE_MAILBOX_LIMIT);
    if (options->days < 1 || options->days > SIMULATE_DAY_LIMIT)
        return error_set(error, "days: from 1 to %d", SIMULATE_DAY_LIMIT);
    if (options->scenario_count > SIMULATE_SCENARIO_LIMIT)
        return error_set(error, "at most %d scenarios", SIMULATE_SCENARIO_LIMIT);
    // Years 1970 to 9000: times before 1970 would be cut to the wrong day, later ones may not print.
    if (options->start < 0 || options->start > INT64_C(220000000000) * SECOND)
        return error_set(error, "the start must be in the years 1970 to 8940");
    for (uint32_t i = 0; i < options->scenario_count; i++)
        if (!scenario_find(options->scenarios[i]))
            return error_set(error, "unknown scenario '%s'", options->scenarios[i]);
    return true;
}

// ---- scenarios --------------------------------------------------------------------------------

static int64_t plot_step(struct world *world, void *self, int64_t now)
{
    struct plot *plot = self;
    (void)world;
    return plot->step(plot, now);
}

// Each time a scenario is named, it happens once more, in another way.
static void begin_plots(struct world *world, struct plot *plots)
{
    const struct simulate_options *options = world->options;
    for (uint32_t i = 0; i < options->scenario_count; i++) {
        struct plot *plot = &plots[i];
        uint32_t same = 0;
        for (uint32_t k = 0; k < i; k++)
            same += strcmp(options->scenarios[k], options->scenarios[i]) == 0;
        plot->world = world;
        plot->scenario = scenario_find(options->scenarios[i]);
        plot->chance = chance_of(options->seed, plot->scenario->name, same);
        plot->hour_until = 24;
        story_init(&plot->story, plot->scenario);
        plot->scenario->begin(plot);
        if (plot->step)
            world_add(world, plot->time, plot_step, plot);
    }
}

// ---- the answer -------------------------------------------------------------------------------

static void put_gap(struct buf *out, bool *is_first, const char *log, int64_t from, int64_t until,
                    const char *why)
{
    buf_add(out, *is_first ? S("\n    {") : S(",\n    {"));
    *is_first = false;
    PUT(out, "\"log\":");
    buf_add_json(out, str_from(log));
    MEMBER_TIME_Z(out, "from", from, 0);
    MEMBER_TIME_Z(out, "to", until, 0);
    MEMBER_TEXT(out, "why", str_from(why));
    PUT(out, "}");
}

static void put_gaps(const struct world *world, struct buf *out)
{
    const struct conditions *c = &world->conditions;
    bool is_first = true;
    PUT(out, ",\n  \"gaps\": [");
    for (int feed = FEED_INTERACTIVE; feed <= FEED_MANAGED; feed++) {
        if (c->has_no_entra)
            put_gap(out, &is_first, feed_names[feed], world->start, world->end, "not exported");
        if (c->gap_from < c->gap_until)
            put_gap(out, &is_first, feed_names[feed], c->gap_from, c->gap_until, "outage");
        if (c->sign_in_lag)
            put_gap(out, &is_first, feed_names[feed], world->end - c->sign_in_lag, world->end,
                    "not delivered yet");
    }
    PUT(out, "]");
}

static void put_plots(struct world *world, struct plot *plots, bool is_attack, const char *name,
                      struct buf *out)
{
    bool is_first = true;
    PUT(out, ",\n  \"");
    buf_add(out, str_from(name));
    PUT(out, "\": [");
    for (uint32_t i = 0; i < world->options->scenario_count; i++) {
        if (plots[i].scenario->is_attack != is_attack)
            continue;
        buf_add(out, is_first ? S("\n    ") : S(",\n    "));
        is_first = false;
        story_put(&plots[i].story, &world->tenant, out);
    }
    PUT(out, "]");
}

static void put_truth(struct world *world, struct plot *plots, bool is_complete, struct buf *out)
{
    const struct simulate_options *options = world->options;
    PUT(out, "{\n  \"schema\": \"stormglass.truth/1\"");
    PUT(out, ",\n  \"version\": ");
    buf_add_json(out, str_from(options->version));
    PUT(out, ",\n  \"seed\": ");
    buf_print(out, "%llu", (unsigned long long)options->seed);
    PUT(out, ",\n  \"start\": ");
    put_quoted_time(out, world->start, 100);
    PUT(out, ",\n  \"end\": ");
    put_quoted_time(out, world->end, 100);
    PUT(out, ",\n  \"is_complete\": ");
    buf_add(out, is_complete ? S("true") : S("false"));
    PUT(out, ",\n  \"tenant\": {\"id\":");
    buf_add_json(out, world->tenant.id_text);
    MEMBER_TEXT(out, "domain", world->tenant.domain);
    MEMBER_NUMBER(out, "people", world->tenant.people_count);
    MEMBER_NUMBER(out, "mailboxes", world->tenant.mailbox_count);
    PUT(out, "}");
    put_plots(world, plots, true, "attacks", out);
    put_plots(world, plots, false, "benign", out);
    put_gaps(world, out);
    PUT(out, ",\n  \"files\": ");
    output_put_files(world->output, out);
    PUT(out, "\n}\n");
}

// ---- the run ----------------------------------------------------------------------------------

bool simulate_run(const struct simulate_options *options, const struct simulate_sink *sink,
                  struct simulate_result *result, struct error *error)
{
    uint32_t chosen;
    struct world world;
    struct buf truth;
    if (!check(options, error) || !read_dialects(options, &chosen, error))
        return false;
    struct plot *plots = memory_new(SIMULATE_SCENARIO_LIMIT * sizeof *plots);
    world_init(&world, options, chosen, sink);
    begin_plots(&world, plots);
    life_begin(&world);
    result->is_interrupted = world_run(&world);
    bool is_fine = output_finish(world.output, error);
    buf_init(&truth);
    put_truth(&world, plots, !result->is_interrupted, &truth);
    is_fine = is_fine && output_extra(world.output, "truth.json", buf_str(&truth), error);
    result->records = output_records(world.output);
    result->files = output_files(world.output);
    buf_done(&truth);
    for (uint32_t i = 0; i < options->scenario_count; i++)
        story_done(&plots[i].story);
    free(plots);
    world_done(&world);
    return is_fine;
}
