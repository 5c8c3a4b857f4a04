// A ring of items and, by type of correlation, one incremental figure over it.
// SPDX-License-Identifier: Apache-2.0
#include "rule/window.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

#define SMALLEST ((size_t)2)
#define KEPT                                                                                       \
    ((size_t)8) // items' room that an emptied window keeps: the next events are on their way
#define SCAN_LIMIT ((size_t)8) // windows up to this size look for duplicates one by one
#define NEVER INT64_MIN        // no chain has got this far

void window_init(struct window *window, const struct plan_node *node)
{
    *window = (struct window){.node = node};
    if (node->is_temporal)
        window->counts = memory_new(node->rule->source_count * sizeof *window->counts);
    if (node->is_ordered) {
        window->firsts = memory_new(node->rule->source_count * sizeof *window->firsts);
        window->lasts = memory_new(node->rule->source_count * sizeof *window->lasts);
        window->starts = memory_grow(NULL, node->start_count * sizeof *window->starts);
        for (size_t i = 0; i < node->start_count; i++)
            window->starts[i] = NEVER;
    }
}

void window_clear(struct window *window, size_t *bytes)
{
    const struct plan_node *node = window->node;
    for (size_t i = 0; i < window->count; i++)
        held_release(window_at(window, i)->held, bytes);
    keyset_done(&window->keys);
    distinct_clear(&window->distinct);
    rank_done(&window->rank);
    if (window->capacity > KEPT) {
        free(window->items);
        window->items = NULL;
        window->capacity = 0;
    }
    window->first += window->count;
    window->head = window->count = window->folded = 0;
    window->sum = 0;
    window->present = 0;
    window->ordered = window->first;
    if (window->counts)
        memset(window->counts, 0, node->rule->source_count * sizeof *window->counts);
    for (size_t i = 0; window->starts && i < node->start_count; i++)
        window->starts[i] = NEVER;
}

void window_done(struct window *window, size_t *bytes)
{
    window_clear(window, bytes);
    distinct_done(&window->distinct);
    free(window->items);
    free(window->counts);
    free(window->starts);
    free(window->firsts);
    free(window->lasts);
}

size_t window_bytes(const struct window *window)
{
    const struct plan_node *node = window->node;
    size_t bytes = window->capacity * sizeof *window->items + keyset_bytes(&window->keys) +
                   window->distinct.bytes + rank_bytes(&window->rank);
    if (window->counts)
        bytes += node->rule->source_count * sizeof *window->counts;
    if (window->starts)
        bytes += node->start_count * sizeof *window->starts +
                 2 * node->rule->source_count * sizeof *window->firsts;
    return bytes;
}

// ---- items ------------------------------------------------------------------------------------

static uint64_t duplicate_key(const struct window *window, uint64_t key, uint32_t source)
{
    return window->node->is_temporal ? key ^ hash_mix(source + 1) : key;
}

bool window_has(const struct window *window, uint64_t key, uint32_t source)
{
    if (window->keys.count)
        return keyset_has(&window->keys, duplicate_key(window, key, source));
    for (size_t i = 0; i < window->count; i++) {
        const struct window_item *item = window_at(window, i);
        if (item->key == key && (item->source == source || !window->node->is_temporal))
            return true;
    }
    return false;
}

static void resize(struct window *window, size_t capacity)
{
    struct window_item *items = memory_grow(NULL, capacity * sizeof *items);
    for (size_t i = 0; i < window->count; i++)
        items[i] = *window_at(window, i);
    free(window->items);
    window->items = items;
    window->head = 0;
    window->capacity = capacity;
}

static void add_key(struct window *window, const struct window_item *item)
{
    keyset_add(&window->keys, duplicate_key(window, item->key, item->source));
}

// Chains the items of one source, so that its first in the window is always known.
static void add_to_order(struct window *window, uint32_t source)
{
    uint64_t number = window->first + window->count;
    if (window->counts[source] == 0)
        window->firsts[source] = number;
    else
        window_at(window, (size_t)(window->lasts[source] - window->first))->next = number;
    window->lasts[source] = number;
}

void window_add(struct window *window, struct held *held, uint32_t source,
                const struct window_value *value)
{
    const struct plan_node *node = window->node;
    if (window->count == window->capacity)
        resize(window, window->capacity ? window->capacity * 2 : SMALLEST);
    if (node->is_ordered)
        add_to_order(window, source);
    struct window_item *item = window_at(window, window->count++);
    item->time = held->observation.time;
    item->key = held->key;
    item->held = held;
    item->source = source;
    if (node->rule->type == CORRELATION_VALUE_COUNT) {
        item->entry = distinct_add(&window->distinct, &value->texts);
    } else if (node->is_numeric) {
        item->number = value->number;
        if (node->rule->type == CORRELATION_VALUE_SUM || node->rule->type == CORRELATION_VALUE_AVG)
            window->sum += value->number;
        else
            rank_add(&window->rank, value->number);
    }
    if (node->is_temporal)
        window->present += window->counts[source]++ == 0;
    if (window->keys.count) {
        add_key(window, item);
    } else if (window->count > SCAN_LIMIT) {
        for (size_t i = 0; i < window->count; i++)
            add_key(window, window_at(window, i));
    }
}

// Sums of sliding windows never subtract, which would let rounding errors of large numbers outlive
// them: when items go, those present are folded from the newest to the oldest into running sums, of
// which the oldest item's is the sum of all. Each item is folded once.
static void fold(struct window *window)
{
    double sum = 0;
    for (size_t i = window->count; i-- > 0;) {
        sum += window_at(window, i)->number;
        window_at(window, i)->number = sum;
    }
    window->folded = window->count;
    window->sum = 0;
}

static void drop_first(struct window *window)
{
    const struct plan_node *node = window->node;
    struct window_item *item = window_at(window, 0);
    if (window->keys.count)
        keyset_remove(&window->keys, duplicate_key(window, item->key, item->source));
    if (node->rule->type == CORRELATION_VALUE_COUNT) {
        distinct_remove(&window->distinct, item->entry);
    } else if (node->rule->type == CORRELATION_VALUE_SUM ||
               node->rule->type == CORRELATION_VALUE_AVG) {
        if (window->folded == 0)
            fold(window);
        window->folded--;
    } else if (node->is_numeric) {
        rank_remove(&window->rank, item->number);
    } else if (node->is_temporal) {
        window->present -= --window->counts[item->source] == 0;
        if (node->is_ordered)
            window->firsts[item->source] = item->next;
    }
    window->head = (window->head + 1) & (window->capacity - 1);
    window->count--;
    window->first++;
}

void window_drop(struct window *window, size_t count, size_t *bytes)
{
    assert(count <= window->count);
    if (count == window->count) {
        window_clear(window, bytes);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct held *held = window_at(window, 0)->held;
        drop_first(window);
        held_release(held, bytes);
    }
    if (window->capacity > 16 && window->count * 8 < window->capacity)
        resize(window, window->capacity / 4);
}

void window_expire(struct window *window, int64_t time, size_t *bytes)
{
    size_t count = 0;
    while (count < window->count &&
           !is_within(window_at(window, count)->time, time, window->node->rule->timespan))
        count++;
    if (count)
        window_drop(window, count, bytes);
}

// ---- order ------------------------------------------------------------------------------------

// A chain is a sequence of events of ascending sources and times. It lies inside the window exactly
// if it starts inside, so the latest possible start of each kind of chain is all that is kept:
//   routes: starts[route.offset + i] of chains through the route's steps 0..i;
//   matrix: starts[source * sources + length - 1] of chains of that length ending with the source.
// The firing begins with the first event in the window of the source with which a whole chain starts:
// the many failures before a success, not the last alone. Of a chain that leaves sources out, with its
// latest start.
// Undated events are one moment, kept apart from NEVER.
static int64_t start_of(int64_t time)
{
    return time == INSTANT_NONE ? NEVER + 1 : time;
}

static bool is_inside(int64_t start, int64_t time, int64_t span)
{
    return start != NEVER && is_within(start == NEVER + 1 ? INSTANT_NONE : start, time, span);
}

static void extend_routes(struct window *window, uint32_t source, int64_t start)
{
    for (size_t r = 0; r < window->node->route_count; r++) {
        const struct plan_route *route = &window->node->routes[r];
        int64_t *starts = window->starts + route->offset;
        for (size_t i = 0; i < route->count; i++)
            if (route->steps[i] == source)
                starts[i] = i ? starts[i - 1] : start;
    }
}

static void extend_matrix(struct window *window, uint32_t source, int64_t start)
{
    size_t count = window->node->rule->source_count;
    int64_t *own = window->starts + source * count;
    own[0] = start;
    for (uint32_t before = 0; before < source; before++)
        for (size_t length = 1; length <= before + 1; length++) {
            int64_t other = window->starts[before * count + length - 1];
            if (other > own[length])
                own[length] = other;
        }
}

// Takes the items added since the last look, which are of one moment: in the order of their sources,
// so that equal times count as in order.
static void order_items(struct window *window)
{
    size_t count = window->node->rule->source_count;
    size_t from = window->ordered > window->first ? (size_t)(window->ordered - window->first) : 0;
    window->ordered = window->first + window->count;
    if (from >= window->count)
        return;
    int64_t start = start_of(window_at(window, from)->time);
    for (uint32_t source = 0; source < count; source++) {
        bool is_there = false;
        for (size_t i = from; i < window->count && !is_there; i++)
            is_there = window_at(window, i)->source == source;
        if (is_there && window->node->is_matrix)
            extend_matrix(window, source, start);
        else if (is_there)
            extend_routes(window, source, start);
    }
}

// Length of the longest chain inside the window; *start is the latest at which such a chain starts.
static size_t longest_chain(const struct window *window, int64_t time, int64_t *start)
{
    size_t count = window->node->rule->source_count;
    for (size_t length = count; length > 0; length--) {
        int64_t latest = NEVER;
        for (size_t source = 0; source < count; source++) {
            int64_t at = window->starts[source * count + length - 1];
            latest = at > latest ? at : latest;
        }
        if (is_inside(latest, time, window->node->rule->timespan)) {
            *start = latest;
            return length;
        }
    }
    return 0;
}

// ---- condition --------------------------------------------------------------------------------

static bool is_passed(const struct correlation_test *test, double figure)
{
    switch (test->compare) {
    case COMPARE_EQ:
        return figure == test->number;
    case COMPARE_NEQ:
        return figure != test->number;
    case COMPARE_LT:
        return figure < test->number;
    case COMPARE_LTE:
        return figure <= test->number;
    case COMPARE_GT:
        return figure > test->number;
    case COMPARE_GTE:
        return figure >= test->number;
    }
    return false;
}

// A correlation without tests, which only temporal ones may be, wants all its sources.
static bool is_reached(const struct sigma_correlation *rule, double figure, bool is_temporal)
{
    if (rule->test_count == 0)
        return is_temporal && figure >= (double)rule->source_count;
    for (size_t i = 0; i < rule->test_count; i++)
        if (!is_passed(&rule->tests[i], figure))
            return false;
    return true;
}

static double figure_of(const struct window *window)
{
    const struct sigma_correlation *rule = window->node->rule;
    double sum = window->sum + (window->folded ? window_at(window, 0)->number : 0);
    switch (rule->type) {
    case CORRELATION_EVENT_COUNT:
        return (double)window->count;
    case CORRELATION_VALUE_COUNT:
        return (double)window->distinct.count;
    case CORRELATION_VALUE_SUM:
        return sum;
    case CORRELATION_VALUE_AVG:
        return sum / (double)window->count;
    case CORRELATION_VALUE_MEDIAN:
        return rank_percentile(&window->rank, 50);
    case CORRELATION_VALUE_PERCENTILE:
        return rank_percentile(&window->rank, rule->percentile);
    default:
        return (double)window->present;
    }
}

// First item not before the start of a chain.
static size_t find_start(const struct window *window, int64_t start)
{
    size_t from = 0, to = window->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (start_of(window_at(window, middle)->time) < start)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

// Index of the source's first item or, where order inside a moment means nothing, of its moment.
static size_t first_of(const struct window *window, uint32_t source)
{
    size_t first = (size_t)(window->firsts[source] - window->first);
    int64_t time = window_at(window, first)->time;
    return time == INSTANT_NONE ? first : find_start(window, time);
}

static bool route_holds(const struct window *window, const struct plan_route *route, bool *chosen)
{
    const struct sigma_correlation *rule = window->node->rule;
    if (!rule->condition)
        return is_reached(rule, (double)route->count, true);
    memset(chosen, 0, rule->source_count * sizeof *chosen);
    for (size_t i = 0; i < route->count; i++)
        chosen[route->steps[i]] = true;
    return correlation_condition(rule->condition, chosen, window->counts);
}

static bool is_order_held(struct window *window, int64_t time, size_t *from)
{
    const struct plan_node *node = window->node;
    order_items(window);
    if (node->is_matrix) {
        int64_t start = NEVER;
        size_t length = longest_chain(window, time, &start);
        bool is_whole = length == node->rule->source_count && window->counts[0] > 0;
        *from = is_whole ? first_of(window, 0) : find_start(window, start);
        return is_reached(node->rule, (double)length, true);
    }
    bool *chosen = memory_new(node->rule->source_count);
    bool holds = false;
    size_t first = window->count;
    for (size_t r = 0; r < node->route_count; r++) {
        const struct plan_route *route = &node->routes[r];
        int64_t at = window->starts[route->offset + route->count - 1];
        if (!is_inside(at, time, node->rule->timespan) || !route_holds(window, route, chosen))
            continue;
        holds = true;
        // (Events let go for want of memory may have been the start.)
        size_t begin = window->counts[route->steps[0]] ? first_of(window, route->steps[0]) : 0;
        first = begin < first ? begin : first;
    }
    free(chosen);
    *from = holds ? first : 0;
    return holds;
}

static bool is_condition_held(const struct window *window)
{
    const struct sigma_correlation *rule = window->node->rule;
    bool *chosen = memory_new(rule->source_count);
    for (size_t s = 0; s < rule->source_count; s++)
        chosen[s] = window->counts[s] > 0;
    bool holds = correlation_condition(rule->condition, chosen, window->counts);
    free(chosen);
    return holds;
}

bool window_holds(struct window *window, int64_t time, size_t *from)
{
    const struct plan_node *node = window->node;
    *from = 0;
    if (window->count == 0)
        return false;
    if (node->is_ordered)
        return is_order_held(window, time, from);
    if (node->is_temporal && node->rule->condition)
        return is_condition_held(window);
    return is_reached(node->rule, figure_of(window), node->is_temporal);
}
