// The correlation engine: sorts events into groups, moves their windows through event time, opens,
// extends and hands out firings, and passes firings on to the correlations that refer to them.
// SPDX-License-Identifier: Apache-2.0
//
//   feed ─▶ offer ─▶ group's window ─┐  (everything of one time)
//                                    ▼
//   finish_moment: evaluate touched groups, sources before listeners ─▶ episode ─▶ hand_out ─▶ fire
//                       └─ tell: the firing is offered to the listeners, in the same moment
#include "rule/correlation.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "rule/correlation_plan.h"
#include "rule/episode.h"
#include "rule/held.h"
#include "rule/prospect.h"
#include "rule/window.h"

#define SWEEP_INTERVAL 1024 // events fed between two looks for groups whose windows have closed
#define FIRST_BUCKETS ((size_t)16)
#define EVENT_WEIGHT ((size_t)256) // guess at what an event in a window costs, to compare groups

struct group {
    // What finding it looks at stands together.
    struct group *next_in_bucket;
    uint64_t hash;
    struct str *values;          // of group-by, as the first event spelled them
    struct group *older, *newer; // by time of the last event
    int64_t start, last;         // tumbling: start is the window's number; sessions: first event
    size_t booked;               // bytes in the engine's account
    size_t key_size;             // text_key_size of the values
    struct group *next_pending;
    bool is_pending; // got events in this moment
    bool holds;      // the condition did at the last evaluation
    struct window window;
    struct episode *episode; // open firing, or NULL
};

// The groups of one correlation.
struct groups {
    struct group **buckets;
    size_t bucket_count, count;
    struct group *oldest, *newest;
    struct group *pending, **pending_end; // in order of their first event in this moment
};

struct correlation_engine {
    struct correlation_plan plan;
    void (*fire)(const struct firing *firing, void *context);
    void *context;
    struct groups *groups; // by node index
    uint64_t *pending;     // bit per rank: has pending groups
    int64_t now;
    bool is_begun;
    size_t bytes, limit;
    size_t until_sweep;
    uint64_t dropped, firings;
    uint64_t *hashes; // scratch, of values that came without
    size_t hash_capacity;
    const struct observation *listed[CORRELATION_EVENT_LIMIT];
};

int observation_compare(const struct observation *a, const struct observation *b)
{
#define COMPARE(member)                                                                            \
    if (a->member != b->member)                                                                    \
    return a->member < b->member ? -1 : 1
    COMPARE(time);
    if (a->time == INSTANT_NONE)
        COMPARE(position);
    COMPARE(identity);
    COMPARE(position);
    COMPARE(rule);
#undef COMPARE
    return 0;
}

struct correlation_engine *correlation_new(const struct sigma_set *set,
                                           void (*fire)(const struct firing *firing, void *context),
                                           void *context)
{
    struct correlation_engine *engine = memory_new(sizeof *engine);
    engine->fire = fire;
    engine->context = context;
    engine->limit = CORRELATION_MEMORY_LIMIT;
    engine->until_sweep = SWEEP_INTERVAL;
    correlation_plan_init(&engine->plan, set);
    size_t count = engine->plan.node_count;
    engine->groups = memory_new(count * sizeof *engine->groups);
    engine->pending = memory_new((count + 63) / 64 * sizeof *engine->pending);
    for (size_t i = 0; i < count; i++)
        engine->groups[i].pending_end = &engine->groups[i].pending;
    return engine;
}

void correlation_set_limit(struct correlation_engine *engine, size_t bytes)
{
    engine->limit = bytes;
}

uint64_t correlation_dropped(const struct correlation_engine *engine)
{
    return engine->dropped;
}

struct prospects *correlation_prospects(const struct correlation_engine *engine)
{
    return prospects_new(&engine->plan);
}

const struct str *correlation_fields(const struct correlation_engine *engine, uint32_t rule,
                                     size_t *count)
{
    static const struct str none[1] = {{"", 0}};
    const struct plan_output *output =
        rule < engine->plan.rule_count ? &engine->plan.rules[rule] : NULL;
    bool is_wanted = output && output->link_count > 0;
    *count = is_wanted ? output->field_count : 0;
    if (!is_wanted)
        return NULL;
    return output->field_count ? output->fields : none;
}

// ---- groups -----------------------------------------------------------------------------------

static void book(struct correlation_engine *engine, struct group *group)
{
    size_t text = group->key_size + group->window.node->rule->group_by_count * sizeof(struct str);
    size_t bytes =
        sizeof *group + 2 * text + window_bytes(&group->window) + episode_bytes(group->episode);
    engine->bytes += bytes - group->booked;
    group->booked = bytes;
}

static void unlink_age(struct groups *groups, struct group *group)
{
    *(group->older ? &group->older->newer : &groups->oldest) = group->newer;
    *(group->newer ? &group->newer->older : &groups->newest) = group->older;
    group->older = group->newer = NULL;
}

static void link_newest(struct groups *groups, struct group *group)
{
    group->older = groups->newest;
    *(groups->newest ? &groups->newest->newer : &groups->oldest) = group;
    groups->newest = group;
}

static void grow_buckets(struct groups *groups)
{
    size_t count = groups->bucket_count ? groups->bucket_count * 2 : FIRST_BUCKETS;
    struct group **buckets = memory_new(count * sizeof *buckets);
    for (size_t i = 0; i < groups->bucket_count; i++)
        for (struct group *group = groups->buckets[i], *next; group; group = next) {
            next = group->next_in_bucket;
            struct group **bucket = &buckets[group->hash & (count - 1)];
            group->next_in_bucket = *bucket;
            *bucket = group;
        }
    free(groups->buckets);
    groups->buckets = buckets;
    groups->bucket_count = count;
}

static struct group *find_group(struct groups *groups, const struct plan_node *node,
                                const struct text_key *key)
{
    if (groups->count * 2 >= groups->bucket_count)
        grow_buckets(groups);
    struct group **bucket = &groups->buckets[key->hash & (groups->bucket_count - 1)];
    for (struct group *group = *bucket; group; group = group->next_in_bucket)
        if (group->hash == key->hash && text_key_equals(key, group->values))
            return group;
    size_t values = key->count * sizeof(struct str);
    struct group *group = memory_new(sizeof *group + values + text_key_room(key));
    group->values = (struct str *)(group + 1);
    group->hash = key->hash;
    group->key_size = text_key_size(key);
    text_key_store(key, group->values, (char *)(group->values + key->count));
    window_init(&group->window, node);
    group->next_in_bucket = *bucket;
    *bucket = group;
    groups->count++;
    link_newest(groups, group);
    return group;
}

// Gives the group's open firing to the caller of the engine.
static void hand_out(struct correlation_engine *engine, struct group *group)
{
    struct episode *episode = group->episode;
    const struct plan_node *node = group->window.node;
    if (!episode)
        return;
    // Of firings over firings the events have come firing by firing; insertion suits what is nearly
    // in order, and there are at most CORRELATION_EVENT_LIMIT.
    for (uint32_t i = 0; i < episode->listed_count; i++) {
        const struct observation *event = &episode->listed[i]->observation;
        uint32_t at = i;
        for (; at > 0 && observation_compare(engine->listed[at - 1], event) > 0; at--)
            engine->listed[at] = engine->listed[at - 1];
        engine->listed[at] = event;
    }
    struct firing firing = {
        .correlation = node->rule->index,
        .first = episode->first,
        .last = episode->last,
        .group = group->values,
        .event_count = episode->event_count,
        .events = engine->listed,
        .listed = episode->listed_count,
    };
    engine->fire(&firing, engine->context);
    episode_free(episode, &engine->bytes);
    group->episode = NULL;
}

static void close_group(struct correlation_engine *engine, struct group *group)
{
    struct groups *groups = &engine->groups[group->window.node->rule->index];
    assert(!group->is_pending);
    hand_out(engine, group);
    struct group **link = &groups->buckets[group->hash & (groups->bucket_count - 1)];
    while (*link != group)
        link = &(*link)->next_in_bucket;
    *link = group->next_in_bucket;
    groups->count--;
    unlink_age(groups, group);
    window_done(&group->window, &engine->bytes);
    engine->bytes -= group->booked;
    free(group);
}

// ---- windows over time ------------------------------------------------------------------------

static int64_t tumbling_number(int64_t time, int64_t span)
{
    if (time == INSTANT_NONE || span <= 0)
        return time;
    return time / span - (time % span < 0);
}

static int64_t session_gap(const struct sigma_correlation *rule)
{
    return rule->gap > 0 ? rule->gap : rule->timespan;
}

// Whether nothing that comes at `time` or later can join what the group has.
static bool is_over(const struct group *group, int64_t time)
{
    const struct sigma_correlation *rule = group->window.node->rule;
    switch (rule->window) {
    case WINDOW_TUMBLING:
        return group->start != tumbling_number(time, rule->timespan);
    case WINDOW_SESSION:
        return !is_within(group->last, time, session_gap(rule)) ||
               !is_within(group->start, time, rule->timespan);
    default:
        return !is_within(group->last, time, rule->timespan);
    }
}

// Moves the group's window to `time`, at which it gets an event.
static void move_window(struct correlation_engine *engine, struct group *group, int64_t time)
{
    const struct sigma_correlation *rule = group->window.node->rule;
    bool is_new = group->booked == 0;
    if (is_new || is_over(group, time)) {
        hand_out(engine, group);
        window_clear(&group->window, &engine->bytes);
        group->holds = false;
        group->start =
            rule->window == WINDOW_TUMBLING ? tumbling_number(time, rule->timespan) : time;
    } else if (rule->window == WINDOW_SLIDING) {
        window_expire(&group->window, time, &engine->bytes);
        if (group->episode && !is_within(group->episode->last, time, rule->timespan))
            hand_out(engine, group);
    }
    group->last = time;
}

static void sweep(struct correlation_engine *engine)
{
    engine->until_sweep = SWEEP_INTERVAL;
    for (size_t i = 0; i < engine->plan.node_count; i++) {
        struct groups *groups = &engine->groups[i];
        while (groups->oldest && !groups->oldest->is_pending &&
               is_over(groups->oldest, engine->now))
            close_group(engine, groups->oldest);
    }
}

// ---- memory -----------------------------------------------------------------------------------

static size_t weight(const struct group *group)
{
    size_t listed = group->episode ? group->episode->listed_count : 0;
    return group->booked + (group->window.count + listed) * EVENT_WEIGHT;
}

// Lets the older half of the group's events go. False when there is nothing to let go.
static bool shed(struct correlation_engine *engine, struct group *group)
{
    size_t count = (group->window.count + 1) / 2;
    if (count == 0 && group->is_pending)
        return false;
    engine->dropped += count;
    window_drop(&group->window, count, &engine->bytes);
    book(engine, group);
    if (group->window.count == 0 && !group->is_pending)
        close_group(engine, group);
    return true;
}

// Brings memory to seven eighths of the limit, so that the walk over all groups is paid for by the
// events that fill the last eighth.
static void make_room(struct correlation_engine *engine)
{
    size_t target = engine->limit - engine->limit / 8;
    bool is_shed = true;
    while (engine->bytes > target && is_shed) {
        size_t largest = 0;
        is_shed = false;
        for (size_t i = 0; i < engine->plan.node_count; i++)
            for (struct group *g = engine->groups[i].oldest; g; g = g->newer)
                largest = weight(g) > largest ? weight(g) : largest;
        for (size_t i = 0; i < engine->plan.node_count; i++)
            for (struct group *g = engine->groups[i].oldest, *next; g; g = next) {
                next = g->newer;
                if (engine->bytes > target && weight(g) >= largest / 2)
                    is_shed |= shed(engine, g);
            }
    }
}

// ---- events -----------------------------------------------------------------------------------

// What the condition is about.
static bool read_value(const struct plan_node *node, const struct plan_link *link,
                       const struct observation *event, struct window_value *value)
{
    size_t count = node->rule->field_count;
    if (!node->is_numeric && node->rule->type != CORRELATION_VALUE_COUNT)
        return true;
    for (size_t i = 0; i < count; i++)
        if (link->values[i] == PLAN_ABSENT)
            return false;
    if (count == 0 || !node->is_numeric)
        return count > 0 && text_key_make(event, link->values, count, &value->texts);
    struct str text = event->values[link->values[0]];
    return text.at && str_to_double(str_trim(text), &value->number) && isfinite(value->number);
}

// Hashes of values that came without, until the next are asked for.
static const uint64_t *hash_values(struct correlation_engine *engine, const struct str *values,
                                   size_t count)
{
    if (count > engine->hash_capacity) {
        engine->hashes = memory_grow(engine->hashes, count * sizeof *engine->hashes);
        engine->hash_capacity = count;
    }
    for (size_t i = 0; i < count; i++)
        engine->hashes[i] = values[i].at ? hash_fold(values[i]) : 0;
    return engine->hashes;
}

static void set_pending(struct correlation_engine *engine, struct groups *groups,
                        struct group *group)
{
    if (group->is_pending)
        return;
    uint32_t rank = group->window.node->rank;
    group->is_pending = true;
    group->next_pending = NULL;
    *groups->pending_end = group;
    groups->pending_end = &group->next_pending;
    engine->pending[rank / 64] |= UINT64_C(1) << (rank % 64);
}

// One event for one listener. *held is made when the first listener takes the event.
static void offer(struct correlation_engine *engine, const struct plan_link *link,
                  const struct observation *event, size_t value_count, struct held **held)
{
    const struct plan_node *node = &engine->plan.nodes[link->correlation];
    struct groups *groups = &engine->groups[link->correlation];
    struct window_value value;
    struct text_key key;
    if (!read_value(node, link, event, &value) ||
        !text_key_make(event, link->group, node->rule->group_by_count, &key))
        return;
    struct group *group = find_group(groups, node, &key);
    move_window(engine, group, event->time);
    uint64_t event_key = *held ? (*held)->key : observation_key(event);
    if (groups->newest != group) {
        unlink_age(groups, group);
        link_newest(groups, group);
    }
    if (!window_has(&group->window, event_key, link->source)) {
        if (!*held)
            *held = held_new(event, value_count, &engine->bytes);
        window_add(&group->window, held_share(*held), link->source, &value);
        set_pending(engine, groups, group);
    }
    book(engine, group);
}

// The events in the window from running number `from` on, those behind firings in their place.
static struct held **collect_parts(const struct window *window, uint64_t from, uint32_t *count)
{
    struct held **parts = NULL;
    size_t used = 0, capacity = 0;
    for (size_t i = from > window->first ? (size_t)(from - window->first) : 0; i < window->count;
         i++) {
        struct held *held = window_at(window, i)->held;
        assert(held); // correlations with listeners keep their events
        for (uint32_t p = 0; p < held->part_count; p++) {
            ARRAY_GROW(parts, used, capacity);
            parts[used++] = held_share(held->parts[p]);
        }
        if (held->part_count == 0) {
            ARRAY_GROW(parts, used, capacity);
            parts[used++] = held_share(held);
        }
    }
    assert(used <= UINT32_MAX);
    *count = (uint32_t)used;
    return parts;
}

static void tell(struct correlation_engine *engine, struct group *group, uint64_t from,
                 bool is_temporal)
{
    const struct plan_node *node = group->window.node;
    const struct window_item *latest = window_at(&group->window, group->window.count - 1);
    struct str *values = memory_new(node->output.field_count * sizeof *values);
    for (size_t i = 0; i < node->output.field_count; i++) {
        uint32_t place = node->export_fields[latest->source][i];
        if (node->export_groups[i] != PLAN_ABSENT)
            values[i] = group->values[node->export_groups[i]];
        else if (place != PLAN_ABSENT)
            values[i] = latest->held->observation.values[place];
    }
    uint32_t part_count;
    struct held **parts = collect_parts(&group->window, from, &part_count);
    struct observation event = {
        .rule = UINT32_MAX,
        .time = engine->now,
        .identity = hash_mix(group->hash ^ node->rule->index),
        .position = engine->firings++,
        .id = S(""),
        .where = S(""),
        .values = values,
        .entities = S(""),
    };
    struct held *held =
        held_new_firing(&event, node->output.field_count, parts, part_count, &engine->bytes);
    event.values = held->observation.values;
    event.hashes = hash_values(engine, values, node->output.field_count);
    for (size_t i = 0; i < node->output.link_count; i++) {
        const struct plan_link *link = &node->output.links[i];
        if (engine->plan.nodes[link->correlation].is_temporal == is_temporal)
            offer(engine, link, &event, node->output.field_count, &held);
    }
    free(values);
    held_release(held, &engine->bytes);
}

static void evaluate(struct correlation_engine *engine, struct group *group)
{
    const struct plan_node *node = group->window.node;
    struct window *window = &group->window;
    size_t from;
    bool is_anew = !group->holds;
    group->holds = window_holds(window, engine->now, &from);
    if (!group->holds)
        return;
    int64_t start = window_at(window, from)->time;
    if (group->episode && start > group->episode->last)
        hand_out(engine, group);
    if (!group->episode) {
        group->episode = episode_new(start);
        is_anew = true;
    }
    struct episode *episode = group->episode;
    bool is_told = node->has_temporal || node->has_counting;
    episode_absorb(episode, window, from, !is_told, &engine->bytes);
    uint64_t least = window->first + from, end = window->first + window->count;
    if (node->has_temporal) {
        tell(engine, group, episode->told_temporal > least ? episode->told_temporal : least, true);
        episode->told_temporal = end;
    }
    if (node->has_counting && is_anew) {
        tell(engine, group, episode->told_counting > least ? episode->told_counting : least, false);
        episode->told_counting = end;
    }
    book(engine, group);
}

static void finish_moment(struct correlation_engine *engine)
{
    size_t words = (engine->plan.node_count + 63) / 64;
    for (size_t word = 0; word < words; word++)
        while (engine->pending[word]) {
            // Telling only ever adds higher ranks, so the lowest is complete.
            size_t rank = word * 64 + (size_t)__builtin_ctzll(engine->pending[word]);
            struct groups *groups = &engine->groups[engine->plan.order[rank]];
            engine->pending[word] &= engine->pending[word] - 1;
            struct group *group = groups->pending;
            groups->pending = NULL;
            groups->pending_end = &groups->pending;
            for (struct group *next; group; group = next) {
                next = group->next_pending;
                group->is_pending = false;
                evaluate(engine, group);
            }
        }
}

void correlation_feed(struct correlation_engine *engine, const struct observation *observation)
{
    assert(!engine->is_begun || observation->time >= engine->now);
    if (observation->rule >= engine->plan.rule_count)
        return;
    const struct plan_output *output = &engine->plan.rules[observation->rule];
    if (observation->time != engine->now || observation->time == INSTANT_NONE) {
        finish_moment(engine);
        engine->now = observation->time;
        if (engine->bytes > engine->limit)
            sweep(engine);
    }
    engine->is_begun = true;
    if (engine->bytes > engine->limit)
        make_room(engine);
    if (--engine->until_sweep == 0)
        sweep(engine);
    struct observation hashed;
    if (!observation->hashes) {
        hashed = *observation;
        hashed.hashes = hash_values(engine, hashed.values, output->field_count);
        observation = &hashed;
    }
    struct held *held = NULL;
    for (size_t i = 0; i < output->link_count; i++)
        offer(engine, &output->links[i], observation, output->field_count, &held);
    held_release(held, &engine->bytes);
}

void correlation_end(struct correlation_engine *engine)
{
    finish_moment(engine);
    for (size_t i = 0; i < engine->plan.node_count; i++)
        while (engine->groups[i].oldest)
            close_group(engine, engine->groups[i].oldest);
}

static void ignore_firing(const struct firing *firing, void *context)
{
    (void)firing;
    (void)context;
}

void correlation_free(struct correlation_engine *engine)
{
    if (!engine)
        return;
    engine->fire = ignore_firing; // nobody called correlation_end: nobody wants the rest
    correlation_end(engine);
    for (size_t i = 0; i < engine->plan.node_count; i++)
        free(engine->groups[i].buckets);
    free(engine->groups);
    free(engine->pending);
    free(engine->hashes);
    correlation_plan_done(&engine->plan);
    free(engine);
}
