// Counts by group and stretch of time, and the one value of a group, in tables that are never searched.
// SPDX-License-Identifier: Apache-2.0
#include "rule/prospect.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "rule/text_key.h"

// Groups that meet in one place are counted together.
#define GROUP_BITS 16
#define COUNT_BITS 20
#define GROUPS ((size_t)1 << GROUP_BITS)
#define COUNTS ((size_t)1 << COUNT_BITS)
#define VALUE_LIMIT 256 // bytes; longer values, and empty ones, count as several

struct prospects {
    const struct correlation_plan *plan;
    uint32_t *least;    // by node: events it needs at least; 0: cannot be told
    uint16_t *counts;   // by group and stretch of time; NULL: nothing was counted yet
    struct str *values; // by group: .at NULL: none yet; `several`: not one alone
    struct arena arena;
};

static const char several[1];

// ---- what can be told -------------------------------------------------------------------------

// No smaller number passes the tests.
static double least_of(const struct sigma_correlation *rule)
{
    double least = 0;
    for (size_t i = 0; i < rule->test_count; i++) {
        const struct correlation_test *test = &rule->tests[i];
        double here = 0;
        if (test->compare == COMPARE_GTE || test->compare == COMPARE_EQ)
            here = ceil(test->number);
        if (test->compare == COMPARE_GT)
            here = floor(test->number) + 1;
        least = here > least ? here : least;
    }
    return least;
}

static uint32_t events_needed(const struct plan_node *node)
{
    const struct sigma_correlation *rule = node->rule;
    bool is_counting =
        rule->type == CORRELATION_EVENT_COUNT || rule->type == CORRELATION_VALUE_COUNT;
    bool is_heard = node->has_counting || node->has_temporal;
    if (!is_counting || is_heard || rule->window == WINDOW_SESSION || rule->timespan <= 0)
        return 0;
    double least = least_of(rule);
    return least > 1 ? least < UINT16_MAX ? (uint32_t)least : UINT16_MAX : 0;
}

struct prospects *prospects_new(const struct correlation_plan *plan)
{
    struct prospects *prospects = memory_new(sizeof *prospects);
    arena_init(&prospects->arena);
    prospects->plan = plan;
    prospects->least = ARENA_ARRAY(&prospects->arena, uint32_t, plan->node_count + 1);
    for (size_t i = 0; i < plan->node_count; i++)
        prospects->least[i] = events_needed(&plan->nodes[i]);
    return prospects;
}

void prospects_free(struct prospects *prospects)
{
    if (!prospects)
        return;
    free(prospects->counts);
    free(prospects->values);
    arena_done(&prospects->arena);
    free(prospects);
}

// ---- places -----------------------------------------------------------------------------------

// Where an event of a listener is counted.
struct place {
    uint32_t group, count;
};

enum taken {
    TAKEN_NOT,  // the listener leaves the event out
    TAKEN_FREE, // nothing can be told of it
    TAKEN       // it is counted
};

static enum taken place_of(const struct prospects *prospects, const struct plan_link *link,
                           const struct observation *event, struct place *out)
{
    const struct sigma_correlation *rule = prospects->plan->nodes[link->correlation].rule;
    struct text_key key;
    if (!prospects->least[link->correlation] || event->time == INSTANT_NONE)
        return TAKEN_FREE;
    for (size_t i = 0; i < rule->field_count; i++)
        if (link->values[i] == PLAN_ABSENT || !event->values[link->values[i]].at)
            return TAKEN_NOT;
    if (!text_key_make(event, link->group, rule->group_by_count, &key))
        return TAKEN_NOT;
    uint64_t hash = hash_mix(key.hash + link->correlation);
    int64_t stretch = event->time / rule->timespan - (event->time % rule->timespan < 0);
    out->group = (uint32_t)(hash >> 32) & (GROUPS - 1);
    out->count = (uint32_t)(hash + (uint64_t)stretch) & (COUNTS - 1);
    return TAKEN;
}

// ---- counting ---------------------------------------------------------------------------------

// Most scans of little have nothing to count.
static void open_tables(struct prospects *prospects)
{
    if (prospects->counts)
        return;
    prospects->counts = memory_table(COUNTS * sizeof *prospects->counts);
    prospects->values = memory_table(GROUPS * sizeof *prospects->values);
}

static void add_value(struct prospects *prospects, struct str *known, struct str value)
{
    if (known->at == several)
        return;
    if (!value.len || value.len > VALUE_LIMIT || (known->at && !str_equal_fold(*known, value)))
        *known = str_of(several, 0);
    else if (!known->at)
        *known = arena_copy(&prospects->arena, value);
}

// A mark: the one listener's number, the place of its group, the place of its count.
#define MARK_NEVER UINT64_C(1)         // no listener takes the event
#define MARK_PLACE (UINT64_C(1) << 63) // what follows is as above

static uint64_t mark_of(const struct plan_link *link, const struct place *place)
{
    return MARK_PLACE | (uint64_t)link->correlation << (GROUP_BITS + COUNT_BITS) |
           (uint64_t)place->group << COUNT_BITS | place->count;
}

static uint64_t count_link(struct prospects *prospects, const struct plan_link *link,
                           const struct observation *event)
{
    const struct sigma_correlation *rule = prospects->plan->nodes[link->correlation].rule;
    struct place place;
    enum taken taken = place_of(prospects, link, event, &place);
    if (taken != TAKEN)
        return taken == TAKEN_NOT ? MARK_NEVER : 0;
    open_tables(prospects);
    uint16_t *count = &prospects->counts[place.count];
    *count = (uint16_t)(*count + (*count < UINT16_MAX));
    if (rule->type == CORRELATION_VALUE_COUNT) {
        struct str *known = &prospects->values[place.group];
        if (rule->field_count == 1)
            add_value(prospects, known, event->values[link->values[0]]);
        else
            *known = str_of(several, 0);
    }
    return mark_of(link, &place);
}

uint64_t prospects_count(struct prospects *prospects, const struct observation *event)
{
    const struct plan_output *output = &prospects->plan->rules[event->rule];
    uint64_t mark = 0;
    for (size_t i = 0; i < output->link_count; i++)
        mark = count_link(prospects, &output->links[i], event);
    return output->link_count == 1 ? mark : 0;
}

void prospects_merge(struct prospects *into, const struct prospects *from)
{
    if (!from->counts)
        return;
    open_tables(into);
    for (size_t i = 0; i < COUNTS; i++) {
        uint32_t sum = (uint32_t)into->counts[i] + from->counts[i];
        into->counts[i] = sum < UINT16_MAX ? (uint16_t)sum : UINT16_MAX;
    }
    for (size_t i = 0; i < GROUPS; i++) {
        if (from->values[i].at == several)
            into->values[i] = from->values[i];
        else if (from->values[i].at)
            add_value(into, &into->values[i], from->values[i]);
    }
}

// ---- asking -----------------------------------------------------------------------------------

static bool place_matters(const struct prospects *prospects, uint32_t correlation,
                          const struct place *place)
{
    uint32_t least = prospects->least[correlation];
    if (!prospects->counts)
        return false;
    if (prospects->plan->nodes[correlation].rule->type == CORRELATION_VALUE_COUNT &&
        prospects->values[place->group].at != several)
        return false;
    uint32_t here = prospects->counts[place->count];
    uint32_t before = prospects->counts[(place->count - 1) & (COUNTS - 1)];
    uint32_t behind = prospects->counts[(place->count + 1) & (COUNTS - 1)];
    return here + before >= least || here + behind >= least;
}

bool prospects_mark_matters(const struct prospects *prospects, uint64_t mark)
{
    struct place place = {.group = (uint32_t)(mark >> COUNT_BITS) & (GROUPS - 1),
                          .count = (uint32_t)mark & (COUNTS - 1)};
    uint32_t correlation = (uint32_t)((mark & ~MARK_PLACE) >> (GROUP_BITS + COUNT_BITS));
    return mark != MARK_NEVER && place_matters(prospects, correlation, &place);
}

bool prospects_matter(const struct prospects *prospects, const struct observation *event)
{
    const struct plan_output *output = &prospects->plan->rules[event->rule];
    bool matters = false;
    for (size_t i = 0; i < output->link_count && !matters; i++) {
        const struct plan_link *link = &output->links[i];
        struct place place;
        enum taken taken = place_of(prospects, link, event, &place);
        matters = taken == TAKEN_FREE ||
                  (taken == TAKEN && place_matters(prospects, link->correlation, &place));
    }
    return matters;
}
