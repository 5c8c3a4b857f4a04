// Coverage as bytes: hours with records of each source, facts in order, days in order.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "baseline/coverage_ledger.h"
#include "baseline/pack.h"

#define KIND "COVE"
#define VERSION 1
#define HALVINGS_LIMIT 40
#define FACT_SIZE (1 + 1 + 4 + 4 + 8 + 8)
#define HOUR_SIZE (4 + 4)
#define BLOCK_SIZE (8 + 8)

static void save_feed(const struct feed *feed, struct buf *out)
{
    uint32_t hours = 0;
    for (uint32_t h = feed->first; feed->records && h <= feed->last; h++)
        hours += feed_count(feed, h) != 0;
    pack_u64(out, feed->records);
    pack_i64(out, feed->newest);
    pack_u32(out, hours);
    for (uint32_t h = feed->first; feed->records && h <= feed->last; h++)
        if (feed_count(feed, h)) {
            pack_u32(out, h);
            pack_u32(out, feed_count(feed, h));
        }
}

static void save_blocks(const struct coverage *coverage, struct buf *out)
{
    struct day_block *sorted = memory_new(coverage->block_count * sizeof *sorted);
    uint32_t count = 0;
    for (uint32_t i = 0; i < coverage->block_capacity; i++)
        if (coverage->blocks[i].key)
            sorted[count++] = coverage->blocks[i];
    qsort(sorted, count, sizeof *sorted, day_compare);
    pack_u8(out, (uint8_t)coverage->halvings);
    pack_u32(out, count);
    for (uint32_t i = 0; i < count; i++) {
        pack_u64(out, sorted[i].key);
        pack_u64(out, sorted[i].days);
    }
    free(sorted);
}

void coverage_save(const struct coverage *coverage, struct buf *out)
{
    assert(coverage->is_sealed);
    size_t start = pack_begin(out, KIND, VERSION);
    pack_u32(out, COVERAGE_SOURCE_COUNT);
    for (size_t s = 0; s < COVERAGE_SOURCE_COUNT; s++)
        save_feed(&coverage->feeds[s], out);
    pack_u64(out, coverage->strange);
    pack_u8(out, coverage->facts_over);
    pack_u32(out, coverage->fact_count);
    for (uint32_t i = 0; i < coverage->fact_count; i++) {
        const struct coverage_fact *fact = &coverage->facts[i];
        pack_u8(out, (uint8_t)fact->source);
        pack_u8(out, (uint8_t)fact->kind);
        pack_u32(out, fact->who);
        pack_u32(out, fact->figure);
        pack_i64(out, fact->from);
        pack_i64(out, fact->to);
    }
    save_blocks(coverage, out);
    pack_end(out, start);
}

// ---- loading ------------------------------------------------------------------------------------

static void load_feed(struct unpack *in, struct feed *feed)
{
    uint64_t records = unpack_u64(in), sum = 0;
    int64_t newest = unpack_i64(in), before = -1;
    uint32_t count = unpack_count(in, HOUR_LIMIT, HOUR_SIZE);
    bool is_full = false;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t hour = unpack_u32(in), records_of_hour = unpack_u32(in);
        if (!unpack_require(in, hour < HOUR_LIMIT && hour > before && records_of_hour))
            return;
        feed_add(feed, hour, records_of_hour);
        sum += records_of_hour;
        is_full = is_full || records_of_hour == UINT32_MAX;
        before = hour;
    }
    // An hour that is full may stand for more records than it says.
    bool is_right = is_full ? records >= sum : records == sum;
    is_right = is_right && (count ? hour_of(newest) >= before : newest == INSTANT_NONE);
    if (unpack_require(in, is_right)) {
        feed->records = records;
        feed->newest = newest;
    }
}

static struct coverage_fact load_fact(struct unpack *in)
{
    struct coverage_fact fact = {0};
    uint8_t source = unpack_u8(in), kind = unpack_u8(in);
    fact.who = unpack_u32(in);
    fact.figure = unpack_u32(in);
    fact.from = unpack_i64(in);
    fact.to = unpack_i64(in);
    if (unpack_require(in, (source < COVERAGE_SOURCE_COUNT || source == COVERAGE_EVERY) &&
                               kind < COVERAGE_FACT_KIND_COUNT)) {
        fact.source = source;
        fact.kind = kind;
    }
    return fact;
}

// Told one by one, so that what telling would not have kept as it is shows in the comparison.
static void load_facts(struct unpack *in, struct coverage *loaded)
{
    uint8_t over = unpack_u8(in);
    uint32_t count = unpack_count(in, COVERAGE_FACT_LIMIT, FACT_SIZE);
    unpack_require(in, over <= 1 && !(over && count));
    for (uint32_t i = 0; i < count && !in->is_failed; i++) {
        struct coverage_fact fact = load_fact(in);
        if (in->is_failed)
            return;
        coverage_tell(loaded, &fact);
        const struct coverage_fact *facts = loaded->facts;
        unpack_require(in, loaded->fact_count == i + 1 && fact_compare(&facts[i], &fact) == 0 &&
                               (i == 0 || fact_compare(&facts[i - 1], &fact) < 0));
    }
    loaded->facts_over = over == 1;
}

static void load_blocks(struct unpack *in, struct coverage *loaded)
{
    loaded->halvings = unpack_u8(in);
    unpack_require(in, loaded->halvings <= HALVINGS_LIMIT);
    uint32_t count = unpack_count(in, COVERAGE_BLOCK_LIMIT, BLOCK_SIZE);
    uint64_t before = 0;
    for (uint32_t i = 0; i < count && !in->is_failed; i++) {
        uint64_t key = unpack_u64(in), days = unpack_u64(in);
        bool can_be = key > before && key >> 48 <= PLANE_PERSON && (key >> 16 & UINT32_MAX) &&
                      (key & 0xffff) <= HOUR_LIMIT / 24 / 64 && days &&
                      day_in_share(key, loaded->halvings);
        if (!unpack_require(in, can_be))
            return;
        day_put(loaded, key, days);
        before = key;
    }
}

bool coverage_load(struct coverage *coverage, struct str bytes, struct error *error)
{
    struct unpack in;
    if (!unpack_begin(&in, bytes, KIND, VERSION, error))
        return false;
    struct coverage *loaded = coverage_new();
    unpack_require(&in, unpack_u32(&in) == COVERAGE_SOURCE_COUNT);
    for (size_t s = 0; s < COVERAGE_SOURCE_COUNT && !in.is_failed; s++)
        load_feed(&in, &loaded->feeds[s]);
    loaded->strange = unpack_u64(&in);
    load_facts(&in, loaded);
    load_blocks(&in, loaded);
    if (!unpack_end(&in, error)) {
        coverage_free(loaded);
        return error_widen(error, "coverage");
    }
    coverage_seal(loaded);
    coverage_release(coverage);
    *coverage = *loaded;
    free(loaded);
    return true;
}
