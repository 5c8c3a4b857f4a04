// Takes records and facts, unites what several threads were told, and seals.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/coverage.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "baseline/coverage_ledger.h"

#define RETENTION_LIMIT 36500 // days; a hundred years are as good as for ever

struct coverage *coverage_new(void)
{
    struct coverage *coverage = memory_new(sizeof *coverage);
    for (size_t s = 0; s < COVERAGE_SOURCE_COUNT; s++)
        coverage->feeds[s].newest = INSTANT_NONE;
    return coverage;
}

void feed_forget(struct feed *feed)
{
    free(feed->causes);
    free(feed->troubles);
    feed->causes = feed->troubles = NULL;
}

void coverage_release(struct coverage *coverage)
{
    for (size_t s = 0; s < COVERAGE_SOURCE_COUNT; s++) {
        struct feed *feed = &coverage->feeds[s];
        for (size_t p = 0; p < PAGE_LIMIT; p++)
            free(feed->pages[p]);
        feed_forget(feed);
    }
    free(coverage->facts);
    free(coverage->blocks);
    free(coverage->covered_days);
}

void coverage_free(struct coverage *coverage)
{
    if (!coverage)
        return;
    coverage_release(coverage);
    free(coverage);
}

// ---- records ------------------------------------------------------------------------------------

void feed_add(struct feed *feed, uint32_t hour, uint32_t count)
{
    uint32_t **page = &feed->pages[hour / PAGE_HOURS];
    if (!*page)
        *page = memory_new(PAGE_HOURS * sizeof **page);
    uint32_t *place = &(*page)[hour % PAGE_HOURS];
    *place = count > UINT32_MAX - *place ? UINT32_MAX : *place + count;
}

static void take_newest(struct feed *feed, int64_t time)
{
    if (hour_of(time) >= 0 && time > feed->newest)
        feed->newest = time;
}

void coverage_add(struct coverage *coverage, const struct coverage_record *record)
{
    assert(record->source < COVERAGE_SOURCE_COUNT);
    struct feed *feed = &coverage->feeds[record->source];
    int64_t hour = hour_of(record->time);
    if (hour < 0) {
        coverage->strange++;
        return;
    }
    coverage->is_sealed = false;
    feed_add(feed, (uint32_t)hour, 1);
    feed->records++;
    take_newest(feed, record->time);
    take_newest(feed, record->arrival);
    if (record->mailbox && record->source == COVERAGE_EXCHANGE)
        day_add(coverage, PLANE_MAILBOX, record->mailbox, (uint32_t)hour / 24);
    if (record->user && record->source != COVERAGE_EXCHANGE)
        day_add(coverage, PLANE_PERSON, record->user, (uint32_t)hour / 24);
}

// ---- facts --------------------------------------------------------------------------------------

#define COMPARE(field)                                                                             \
    if (left->field != right->field)                                                               \
    return left->field < right->field ? -1 : 1

// By kind, whom they are about, and time: what is asked for stands together, switches in their order.
int fact_compare(const void *a, const void *b)
{
    const struct coverage_fact *left = a, *right = b;
    COMPARE(kind);
    COMPARE(who);
    COMPARE(from);
    COMPARE(source);
    COMPARE(to);
    COMPARE(figure);
    return 0;
}

static void sort_facts(struct coverage *coverage)
{
    struct coverage_fact *facts = coverage->facts;
    uint32_t kept = 0;
    if (coverage->fact_count)
        qsort(facts, coverage->fact_count, sizeof *facts, fact_compare);
    for (uint32_t i = 0; i < coverage->fact_count; i++)
        if (kept == 0 || fact_compare(&facts[kept - 1], &facts[i]) != 0)
            facts[kept++] = facts[i];
    coverage->fact_count = kept;
    if (kept > COVERAGE_FACT_LIMIT) {
        coverage->facts_over = true;
        coverage->fact_count = 0;
    }
}

// Twice the limit is gathered before the list is sorted, so that sorting is rare.
static void add_fact(struct coverage *coverage, const struct coverage_fact *fact)
{
    if (coverage->facts_over)
        return;
    if (coverage->fact_count == 2 * COVERAGE_FACT_LIMIT)
        sort_facts(coverage);
    if (coverage->facts_over)
        return;
    ARRAY_GROW(coverage->facts, coverage->fact_count, coverage->fact_capacity);
    coverage->facts[coverage->fact_count++] = *fact;
}

void coverage_tell(struct coverage *coverage, const struct coverage_fact *fact)
{
    assert(fact->kind < COVERAGE_FACT_KIND_COUNT);
    assert(fact->source < COVERAGE_SOURCE_COUNT || fact->source == COVERAGE_EVERY);
    coverage->is_sealed = false;
    // What a kind does not use is not kept, so that equal facts are equal.
    struct coverage_fact kept = *fact;
    if (kept.kind < COVERAGE_FACT_BYPASS_ON)
        kept.who = 0;
    if (kept.kind == COVERAGE_FACT_RETENTION || kept.kind == COVERAGE_FACT_LATE)
        kept.from = kept.to = 0;
    if (kept.kind == COVERAGE_FACT_RETENTION && kept.figure > RETENTION_LIMIT)
        kept.figure = RETENTION_LIMIT;
    if (kept.kind >= COVERAGE_FACT_AUDIT_OFF) {
        kept.to = kept.from;
        kept.figure = 0;
    }
    if (kept.from <= kept.to)
        add_fact(coverage, &kept);
}

bool coverage_is_cap(uint64_t rows)
{
    // Search-UnifiedAuditLog: 5,000 a call, 50,000 a session, as the portal's CSV; Untitled Goose:
    // 50,001; the Entra portal: 250,000; Get-MessageTraceV2: 5,000.
    return rows == 5000 || rows == 50000 || rows == 50001 || rows == 250000;
}

void coverage_tell_input(struct coverage *coverage, enum coverage_source source, uint64_t rows,
                         int64_t from, int64_t to)
{
    if (coverage_is_cap(rows))
        coverage_tell(coverage, &(struct coverage_fact){.source = source,
                                                        .kind = COVERAGE_FACT_CAPPED,
                                                        .figure = (uint32_t)rows,
                                                        .from = from,
                                                        .to = to});
}

void coverage_tell_window(struct coverage *coverage, int64_t since, int64_t until)
{
    struct coverage_fact fact = {.source = COVERAGE_EVERY, .kind = COVERAGE_FACT_LEFT_OUT};
    if (since != INSTANT_NONE) {
        fact.from = INT64_MIN;
        fact.to = since - 1;
        coverage_tell(coverage, &fact);
    }
    if (until != INSTANT_NONE && until < INT64_MAX) {
        fact.from = until + 1;
        fact.to = INT64_MAX;
        coverage_tell(coverage, &fact);
    }
}

bool fact_concerns(const struct coverage_fact *fact, enum coverage_source source)
{
    bool is_switch = fact->kind == COVERAGE_FACT_AUDIT_OFF || fact->kind == COVERAGE_FACT_AUDIT_ON;
    if (is_switch && strcmp(coverage_source_log(source), "m365_audit") != 0)
        return false;
    return fact->source == source || fact->source == COVERAGE_EVERY;
}

struct fact_list fact_list(const struct coverage *coverage, enum coverage_fact_kind kind,
                           uint32_t who)
{
    struct coverage_fact least = {.kind = kind, .who = who, .from = INT64_MIN, .to = INT64_MIN};
    uint32_t low = 0, high = coverage->fact_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (fact_compare(&coverage->facts[middle], &least) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == coverage->fact_count) // also where there is no array at all
        return (struct fact_list){0};
    struct fact_list list = {coverage->facts + low, 0};
    while (low + list.count < coverage->fact_count && list.facts[list.count].kind == kind &&
           list.facts[list.count].who == who)
        list.count++;
    return list;
}

static int64_t last_from(struct fact_list list, enum coverage_source source, int64_t time)
{
    int64_t last = INSTANT_NONE;
    for (uint32_t i = 0; i < list.count && list.facts[i].from <= time; i++)
        if (fact_concerns(&list.facts[i], source))
            last = list.facts[i].from;
    return last;
}

bool fact_is_off(struct fact_list off, struct fact_list on, enum coverage_source source,
                 int64_t time, int64_t *since)
{
    *since = last_from(off, source, time);
    return *since != INSTANT_NONE && *since >= last_from(on, source, time); // both at once: off
}

// ---- together -----------------------------------------------------------------------------------

static void merge_feed(struct feed *feed, const struct feed *from)
{
    for (uint32_t p = 0; p < PAGE_LIMIT; p++)
        for (uint32_t h = 0; from->pages[p] && h < PAGE_HOURS; h++)
            if (from->pages[p][h])
                feed_add(feed, p * PAGE_HOURS + h, from->pages[p][h]);
    feed->records += from->records;
    if (from->newest > feed->newest)
        feed->newest = from->newest;
}

void coverage_merge(struct coverage *coverage, const struct coverage *from)
{
    assert(coverage != from);
    coverage->is_sealed = false;
    for (size_t s = 0; s < COVERAGE_SOURCE_COUNT; s++)
        merge_feed(&coverage->feeds[s], &from->feeds[s]);
    coverage->strange += from->strange;
    coverage->facts_over = coverage->facts_over || from->facts_over;
    for (uint32_t i = 0; i < from->fact_count; i++)
        add_fact(coverage, &from->facts[i]);
    if (from->halvings > coverage->halvings)
        day_halve(coverage, from->halvings);
    for (uint32_t i = 0; i < from->block_capacity; i++)
        if (from->blocks[i].key)
            day_put(coverage, from->blocks[i].key, from->blocks[i].days);
}

void coverage_seal(struct coverage *coverage)
{
    if (coverage->is_sealed)
        return;
    sort_facts(coverage);
    if (coverage->facts_over)
        coverage->fact_count = 0;
    for (size_t s = 0; s < COVERAGE_SOURCE_COUNT; s++)
        feed_judge(coverage, (enum coverage_source)s);
    day_judge(coverage);
    coverage->is_sealed = true;
}

size_t coverage_bytes(const struct coverage *coverage)
{
    size_t bytes = sizeof *coverage + coverage->fact_capacity * sizeof *coverage->facts +
                   coverage->block_capacity * sizeof *coverage->blocks;
    for (size_t s = 0; s < COVERAGE_SOURCE_COUNT; s++) {
        const struct feed *feed = &coverage->feeds[s];
        for (size_t p = 0; p < PAGE_LIMIT; p++)
            bytes += feed->pages[p] ? PAGE_HOURS * sizeof **feed->pages : 0;
        bytes += feed->causes ? 2 * (size_t)(feed->last - feed->first + 1) : 0;
    }
    return bytes;
}

uint64_t coverage_strange(const struct coverage *coverage)
{
    return coverage->strange;
}

unsigned coverage_halvings(const struct coverage *coverage)
{
    return coverage->halvings;
}
