// Days of mailboxes and people as bits, and a mailbox judged against its own habit.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/keyset.h"
#include "baseline/coverage_ledger.h"

#define SMALLEST 64
#define BLOCK_DAYS 64

// plane (1 bit) · symbol (32 bits) · block (16 bits). Never 0, since symbols are not.
uint64_t day_key(enum plane plane, uint32_t symbol, uint32_t block)
{
    return (uint64_t)plane << 48 | (uint64_t)symbol << 16 | block;
}

bool day_in_share(uint64_t key, unsigned halvings)
{
    return keyset_in_share(key >> 16 & UINT32_MAX, halvings);
}

static uint32_t find_slot(const struct coverage *coverage, uint64_t key)
{
    uint32_t mask = coverage->block_capacity - 1, slot = (uint32_t)hash_mix(key) & mask;
    while (coverage->blocks[slot].key && coverage->blocks[slot].key != key)
        slot = (slot + 1) & mask;
    return slot;
}

static void rebuild(struct coverage *coverage, uint32_t capacity)
{
    struct day_block *old = coverage->blocks;
    uint32_t old_capacity = coverage->block_capacity;
    coverage->blocks = memory_new(capacity * sizeof *coverage->blocks);
    coverage->block_capacity = capacity;
    coverage->block_count = 0;
    for (uint32_t i = 0; i < old_capacity; i++)
        if (old[i].key && day_in_share(old[i].key, coverage->halvings)) {
            coverage->blocks[find_slot(coverage, old[i].key)] = old[i];
            coverage->block_count++;
        }
    free(old);
}

void day_halve(struct coverage *coverage, unsigned halvings)
{
    coverage->halvings = halvings;
    if (coverage->block_capacity)
        rebuild(coverage, coverage->block_capacity);
}

void day_put(struct coverage *coverage, uint64_t key, uint64_t days)
{
    if (!day_in_share(key, coverage->halvings))
        return;
    if (coverage->block_count * 4 >= coverage->block_capacity * (uint64_t)3)
        rebuild(coverage, coverage->block_capacity ? coverage->block_capacity * 2 : SMALLEST);
    struct day_block *block = &coverage->blocks[find_slot(coverage, key)];
    coverage->block_count += !block->key;
    block->key = key;
    block->days |= days;
    while (coverage->block_count > COVERAGE_BLOCK_LIMIT)
        day_halve(coverage, coverage->halvings + 1);
}

uint64_t day_find(const struct coverage *coverage, uint64_t key)
{
    return coverage->block_count ? coverage->blocks[find_slot(coverage, key)].days : 0;
}

void day_add(struct coverage *coverage, enum plane plane, uint32_t symbol, uint32_t day)
{
    day_put(coverage, day_key(plane, symbol, day / BLOCK_DAYS), UINT64_C(1) << day % BLOCK_DAYS);
}

int day_compare(const void *a, const void *b)
{
    const struct day_block *left = a, *right = b;
    return (left->key > right->key) - (left->key < right->key);
}

static bool is_active(const struct coverage *coverage, enum plane plane, uint32_t symbol,
                      uint32_t day)
{
    uint64_t days = day_find(coverage, day_key(plane, symbol, day / BLOCK_DAYS));
    return symbol && days >> day % BLOCK_DAYS & 1;
}

static int compare_symbols(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

size_t coverage_mailboxes(const struct coverage *coverage, uint32_t *mailboxes, size_t limit)
{
    uint32_t *symbols = memory_new(coverage->block_count * sizeof *symbols);
    size_t count = 0, kept = 0;
    for (uint32_t i = 0; i < coverage->block_capacity; i++)
        if (coverage->blocks[i].key && coverage->blocks[i].key >> 48 == PLANE_MAILBOX)
            symbols[count++] = (uint32_t)(coverage->blocks[i].key >> 16);
    qsort(symbols, count, sizeof *symbols, compare_symbols);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || symbols[i] != symbols[i - 1]) {
            if (kept < limit)
                mailboxes[kept] = symbols[i];
            kept++;
        }
    free(symbols);
    return kept;
}

// ---- one mailbox --------------------------------------------------------------------------------

struct look {
    const struct coverage *coverage;
    uint32_t mailbox, user;
    uint32_t first, last; // days asked for, inside the days of the feed
    struct coverage_mailbox *out;
};

void day_judge(struct coverage *coverage)
{
    const struct feed *feed = &coverage->feeds[COVERAGE_EXCHANGE];
    free(coverage->covered_days);
    coverage->covered_days = NULL;
    if (!feed->records)
        return;
    uint32_t first = feed->first / 24, last = feed->last / 24;
    coverage->covered_days = memory_new(last - first + 1);
    memset(coverage->covered_days, 1, last - first + 1);
    for (uint32_t hour = first * 24; hour < last * 24 + 24; hour++) {
        enum coverage_cause cause = feed_cause(coverage, COVERAGE_EXCHANGE, hour);
        if (cause_state(cause, feed_count(feed, hour)) != COVERAGE_COMPLETE)
            coverage->covered_days[hour / 24 - first] = 0;
    }
}

// A day of the feed in which every hour is complete.
static bool is_covered(const struct coverage *coverage, uint32_t day)
{
    return coverage->covered_days[day - coverage->feeds[COVERAGE_EXCHANGE].first / 24];
}

static uint32_t weekday(uint32_t day)
{
    return (day + BASE_WEEKDAY) % 7;
}

// The chance of no record on a weekday, from the covered days outside the time asked for.
static void learn_weekdays(const struct look *look, double silent[7])
{
    const struct feed *feed = &look->coverage->feeds[COVERAGE_EXCHANGE];
    uint32_t days[7] = {0}, active[7] = {0};
    for (uint32_t day = feed->first / 24; day <= feed->last / 24; day++) {
        if ((day >= look->first && day <= look->last) || !is_covered(look->coverage, day))
            continue;
        days[weekday(day)]++;
        active[weekday(day)] += is_active(look->coverage, PLANE_MAILBOX, look->mailbox, day);
    }
    for (int w = 0; w < 7; w++)
        silent[w] = 1 - (active[w] + 0.5) / (days[w] + 1.0);
    // Without a day outside there is no habit, and the half would be made of nothing.
    for (int w = 0; w < 7; w++)
        if (!days[w])
            silent[w] = 1;
}

// Walks over the days asked for; the silence that the habit makes least likely is kept. Days that are
// not covered neither end a silence nor count in it.
static void find_silence(const struct look *look)
{
    struct coverage_mailbox *out = look->out;
    double silent[7], chance = 1;
    uint32_t from = 0, person_days = 0;
    bool is_silence = false;
    learn_weekdays(look, silent);
    out->silent_chance = 1;
    for (uint32_t day = look->first; day <= look->last; day++) {
        bool is_person = is_active(look->coverage, PLANE_PERSON, look->user, day);
        out->days++;
        out->person_days += is_person;
        if (is_active(look->coverage, PLANE_MAILBOX, look->mailbox, day)) {
            out->active_days++;
            is_silence = false;
            continue;
        }
        if (!is_covered(look->coverage, day))
            continue;
        if (!is_silence) {
            is_silence = true;
            from = day;
            chance = 1;
            person_days = 0;
        }
        chance *= silent[weekday(day)];
        person_days += is_person;
        if (chance < out->silent_chance) {
            out->silent_chance = chance;
            out->silent_from = hour_time((int64_t)from * 24);
            out->silent_to = hour_time((int64_t)day * 24 + 24);
            out->silent_person_days = person_days;
        }
    }
}

// ---- what is told -------------------------------------------------------------------------------

#define SAY(text, ...) snprintf((text), COVERAGE_TEXT, __VA_ARGS__)

static bool say_throttled(const struct look *look, int64_t from, int64_t to)
{
    struct fact_list list = fact_list(look->coverage, COVERAGE_FACT_THROTTLED, look->mailbox);
    uint32_t count = 0;
    for (uint32_t i = 0; i < list.count; i++)
        count += list.facts[i].from <= to && list.facts[i].from > from - DAY;
    if (!count)
        return false;
    look->out->answer.cause = COVERAGE_THROTTLED;
    look->out->answer.state = COVERAGE_PARTIAL;
    SAY(look->out->answer.why,
        "%" PRIu32 " record(s) say IsThrottled: after 1,000 MailItemsAccessed records in a day "
        "single messages are not logged for 24 hours",
        count);
    SAY(look->out->answer.how, "presume the whole mailbox read in these hours; message trace and "
                               "search records are not throttled");
    return true;
}

static bool say_bypassed(const struct look *look, int64_t from, int64_t to)
{
    struct fact_list off = fact_list(look->coverage, COVERAGE_FACT_BYPASS_ON, look->user);
    struct fact_list on = fact_list(look->coverage, COVERAGE_FACT_BYPASS_OFF, look->user);
    char text[INSTANT_SIZE];
    int64_t since = INSTANT_NONE;
    bool is_bypassed = look->user && fact_is_off(off, on, COVERAGE_EXCHANGE, from, &since);
    for (uint32_t i = 0; look->user && !is_bypassed && i < off.count; i++)
        if (off.facts[i].from >= from && off.facts[i].from <= to) {
            since = off.facts[i].from;
            is_bypassed = true;
        }
    if (!is_bypassed)
        return false;
    look->out->answer.cause = COVERAGE_BYPASSED;
    look->out->answer.state = COVERAGE_PARTIAL;
    SAY(look->out->answer.why,
        "mailbox auditing of this user was bypassed at %s: what they do in mailboxes is not logged",
        instant_print(since, text));
    SAY(look->out->answer.how,
        "Get-MailboxAuditBypassAssociation, then Set-... -AuditBypassEnabled $false; what was not "
        "logged is lost");
    return true;
}

static void say_habit(const struct look *look)
{
    struct coverage_mailbox *out = look->out;
    struct coverage_answer *answer = &out->answer;
    char from[INSTANT_SIZE], to[INSTANT_SIZE], odds[ODDS_SIZE];
    if (out->silent_chance < COVERAGE_SILENCE_CHANCE) {
        answer->cause = COVERAGE_SILENT;
        answer->state = COVERAGE_ABSENT;
        SAY(answer->why,
            "no mailbox record from %s to %s, which by the mailbox's own habit happens %s by "
            "chance; the user acted elsewhere on %" PRIu32 " of these days",
            instant_print(out->silent_from, from), instant_print(out->silent_to, to),
            odds_print(out->silent_chance, odds), out->silent_person_days);
        SAY(answer->how,
            "Get-Mailbox: AuditEnabled, AuditOwner, licence; Search-UnifiedAuditLog for "
            "Set-Mailbox and Set-MailboxAuditBypassAssociation");
        return;
    }
    if (out->active_days) {
        answer->cause = COVERAGE_SEEN;
        answer->state = COVERAGE_COMPLETE;
        SAY(answer->why, "records on %" PRIu32 " of %" PRIu32 " days, as usual for this mailbox",
            out->active_days, out->days);
        return;
    }
    bool is_known = out->silent_chance < 1;
    answer->cause = is_known ? COVERAGE_QUIET : COVERAGE_NO_HABIT;
    answer->state = is_known ? COVERAGE_COMPLETE : COVERAGE_CANNOT_TELL;
    SAY(answer->why,
        "no mailbox record on %" PRIu32 " days, %s; the user acted elsewhere on %" PRIu32
        " of them",
        out->days, is_known ? "as is usual for this mailbox" : "and no other days to compare with",
        out->person_days);
    if (!is_known)
        SAY(answer->how, "%s", coverage_source_how(COVERAGE_EXCHANGE));
}

// The first hour of the time asked for whose feed is not complete, if any.
static bool say_feed(const struct coverage *coverage, int64_t from, int64_t to,
                     struct coverage_answer *out)
{
    const struct feed *feed = &coverage->feeds[COVERAGE_EXCHANGE];
    for (int64_t hour = from; hour <= to; hour++) {
        enum coverage_cause cause = feed_cause(coverage, COVERAGE_EXCHANGE, hour);
        uint32_t records = hour >= 0 && hour < HOUR_LIMIT ? feed_count(feed, (uint32_t)hour) : 0;
        if (cause_state(cause, records) == COVERAGE_COMPLETE)
            continue;
        coverage_describe(coverage, COVERAGE_EXCHANGE, cause, hour, hour + 1, out);
        return true;
    }
    return false;
}

void coverage_of_mailbox(const struct coverage *coverage, uint32_t mailbox, uint32_t user,
                         int64_t from, int64_t to, struct coverage_mailbox *out)
{
    assert(coverage->is_sealed && mailbox && from <= to);
    const struct feed *feed = &coverage->feeds[COVERAGE_EXCHANGE];
    int64_t first = hour_number(from), last = hour_number(to);
    *out = (struct coverage_mailbox){
        .silent_from = INSTANT_NONE, .silent_to = INSTANT_NONE, .silent_chance = 1};
    // What is outside the years that are used is as good as before the first record.
    first = first < -1 ? -1 : first;
    last = last > HOUR_LIMIT ? HOUR_LIMIT : last;
    struct look look = {.coverage = coverage, .mailbox = mailbox, .user = user, .out = out};
    if (feed->records && first <= feed->last && last >= feed->first) {
        look.first = (uint32_t)(first > feed->first ? first : feed->first) / 24;
        look.last = (uint32_t)(last < feed->last ? last : feed->last) / 24;
        find_silence(&look);
    }
    bool is_kept = day_in_share(day_key(PLANE_MAILBOX, mailbox, 0), coverage->halvings);
    if (say_feed(coverage, first, last, &out->answer)) {
        // The feed's own gap comes first.
    } else if (!is_kept) {
        out->answer.cause = COVERAGE_NOT_KEPT;
        out->answer.state = COVERAGE_CANNOT_TELL;
        SAY(out->answer.why, "more mailboxes than there is room for: this one was not kept");
        SAY(out->answer.how, "read fewer mailboxes or a shorter time at once");
    } else if (!say_throttled(&look, from, to) && !say_bypassed(&look, from, to)) {
        say_habit(&look);
    }
    out->answer.from = hour_time(first);
    out->answer.to = hour_time(last + 1);
}
