// The clock and the heap of actors; the gate through which every record goes.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/world.h"

#include <stdlib.h>

#include "simulate/plot.h"

void world_init(struct world *world, const struct simulate_options *options, uint32_t chosen,
                const struct simulate_sink *sink)
{
    int64_t start = options->start - options->start % DAY;
    *world = (struct world){.options = options,
                            .start = start,
                            .end = start + options->days * DAY,
                            .chance = chance_of(options->seed, "world", 0)};
    world->conditions = (struct conditions){.vpn_change = TIME_NEVER, .backup_from = TIME_NEVER};
    tenant_init(&world->tenant, options->seed, options->mailboxes, start);
    world->output = output_new(chosen, world->start, world->end, sink);
    buf_init(&world->line);
}

void world_done(struct world *world)
{
    output_free(world->output);
    tenant_done(&world->tenant);
    buf_done(&world->line);
    free(world->actors);
}

// ---- the heap ---------------------------------------------------------------------------------

static bool is_before(const struct actor *a, const struct actor *b)
{
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void sink_down(struct world *world, size_t at)
{
    struct actor *heap = world->actors, moved = heap[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= world->actor_count)
            break;
        if (child + 1 < world->actor_count && is_before(&heap[child + 1], &heap[child]))
            child++;
        if (!is_before(&heap[child], &moved))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

static void put_actor(struct world *world, struct actor actor)
{
    ARRAY_GROW(world->actors, world->actor_count, world->actor_capacity);
    size_t at = world->actor_count++;
    while (at > 0 && is_before(&actor, &world->actors[(at - 1) / 2])) {
        world->actors[at] = world->actors[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    world->actors[at] = actor;
}

void world_add(struct world *world, int64_t time,
               int64_t (*step)(struct world *world, void *self, int64_t now), void *self)
{
    put_actor(world, (struct actor){time, world->actor_order++, step, self});
}

bool world_run(struct world *world)
{
    uint32_t turns = 0;
    while (world->actor_count && !output_failed(world->output)) {
        struct actor *first = &world->actors[0];
        if (first->time >= world->end)
            break;
        if (++turns % 4096 == 0 && world->options->is_interrupted &&
            world->options->is_interrupted())
            return true;
        // Taken out first: the step may add actors, which moves the heap.
        struct actor actor = *first;
        world->actors[0] = world->actors[--world->actor_count];
        if (world->actor_count)
            sink_down(world, 0);
        int64_t next = actor.step(world, actor.self, actor.time);
        if (next != TIME_NEVER)
            put_actor(world, (struct actor){next > actor.time ? next : actor.time + SECOND,
                                            actor.order, actor.step, actor.self});
    }
    return false;
}

// ---- records ----------------------------------------------------------------------------------

struct buf *world_line(struct world *world)
{
    buf_clear(&world->line);
    return &world->line;
}

// Why a record is in no file, or NULL.
static const char *why_dropped(const struct world *world, const struct emission *emission)
{
    const struct conditions *c = &world->conditions;
    bool is_entra = feed_is_sign_in(emission->feed);
    if (emission->time >= world->end)
        return "after the end of the collection";
    if (emission->time < world->start)
        return "before the start of the collection";
    if (is_entra && c->has_no_entra)
        return "the log is not exported";
    if (is_entra && emission->time >= c->gap_from && emission->time < c->gap_until)
        return "gap in the sign-in logs";
    // Deliveries lose a record now and then. Nobody can tell how many; one in 400 is a guess.
    if (emission->feed == FEED_NON_INTERACTIVE && hash_str(emission->id) % 400 == 0)
        return "lost in delivery";
    if (is_entra && c->sign_in_lag && emission->time + c->sign_in_lag >= world->end)
        return "not delivered before the end of the collection";
    return NULL;
}

void world_emit(struct world *world, const struct emission *emission, struct plot *plot,
                bool is_lured)
{
    const char *why = why_dropped(world, emission);
    if (plot)
        story_time(&plot->story, emission->time);
    if (why) {
        world->dropped++;
        if (plot)
            story_missing(&plot->story, feed_names[emission->feed], why, emission->time);
        return;
    }
    if (plot)
        story_add(&plot->story, is_lured ? SET_LURED : SET_RECORDS, emission->id);
    output_write(world->output, emission, buf_str(&world->line));
}
