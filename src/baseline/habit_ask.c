// Answers questions from a settled store.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/habit_ask.h"

#include <assert.h>
#include <stdlib.h>

#include "baseline/habit_settle.h"

// The interval as days; of an empty interval no day is left out.
struct left_out {
    bool is_empty;
    int32_t from, to;
};

static struct left_out days_left_out(int64_t from, int64_t to)
{
    if (from > to)
        return (struct left_out){true, 1, 0};
    return (struct left_out){false, day_of(from), day_of(to)};
}

// ---- the value and the subject --------------------------------------------------------------------

static uint32_t least(uint64_t a, uint64_t b)
{
    return (uint32_t)(a < b ? a : b);
}

// Counts are not kept by day, so outside the interval they are known only where the value lies on
// one side of it; otherwise each day stands for one at least.
static void count_outside(const struct habit_question *question, const struct habit_entry *entry,
                          struct habit_answer *answer)
{
    bool is_before = entry->last<question->from, is_after = entry->first> question->to;
    bool is_within = entry->first >= question->from && entry->last <= question->to;
    uint32_t sides = (uint32_t)(answer->is_seen_before + answer->is_seen_after);
    if (is_before || is_after || question->from > question->to) {
        answer->count_least = answer->count_most = entry->count;
    } else if (!is_within) {
        uint32_t days = answer->days_outside > sides ? answer->days_outside : sides;
        answer->count_least = least(days, entry->count);
        // Days wholly inside took one each at least.
        uint32_t inside = answer->days_inside > 2 ? answer->days_inside - 2 : 0;
        answer->count_most = entry->count - least(inside, entry->count - answer->count_least);
    }
}

static void answer_value(const struct habit *habit, const struct habit_question *question,
                         const struct left_out *out, struct habit_answer *answer)
{
    const struct habit_entry *entry =
        habit_find(habit, question->kind, question->subject, question->facet, question->value);
    answer->first = answer->last = INSTANT_NONE;
    if (!entry)
        return;
    bool is_empty = out->is_empty;
    struct day_set days = habit_entry_days(entry);
    answer->first = entry->first;
    answer->last = entry->last;
    answer->is_seen_before = is_empty || entry->first < question->from;
    answer->is_seen_after = is_empty || entry->last > question->to;
    answer->days_inside = day_set_count_between(&days, out->from, out->to);
    answer->days_outside = day_set_count(&days) - answer->days_inside;
    answer->count = entry->count;
    count_outside(question, entry, answer);
}

// ---- peers ----------------------------------------------------------------------------------------

static void answer_peers(const struct habit *habit, const struct habit_question *question,
                         struct habit_answer *answer)
{
    struct habit_range range =
        habit_value_range(habit, question->kind, question->facet, question->value);
    uint32_t within = habit_lives_within(habit, range, question->from, question->to);
    bool is_mine_outside = answer->is_seen_before || answer->is_seen_after;
    uint32_t subjects = habit->peers[question->kind][question->facet].subjects;
    answer->peers = subjects - (answer->history_values > 0);
    answer->peers_outside = range.count - within - is_mine_outside;
    answer->peers_inside = within - (answer->count && !is_mine_outside);
}

// ---- chance ---------------------------------------------------------------------------------------

// What one way of looking at days counts: of the subject and of all.
struct rate {
    uint64_t marked, days, peers_marked, peers_days;
};

static void estimate(const struct rate *rate, struct habit_answer *answer)
{
    double peers = (1 + (double)rate->peers_marked) / (1 + (double)rate->peers_days);
    if (peers > 1)
        peers = 1;
    double own = (peers + (double)rate->marked) / (1 + (double)rate->days);
    if (peers > answer->chance_peers)
        answer->chance_peers = peers;
    if (own > answer->chance_own)
        answer->chance_own = own;
}

// 1 - (1 - p)^days by repeated multiplication, the same on every machine; for small p, where the
// difference would lose its digits, by adding up what each day brings.
static double of_days(double p, unsigned days)
{
    double none = 1, any = 0;
    for (unsigned i = 0; i < days; i++) {
        any += none * p;
        none *= 1 - p;
    }
    return any < 1 ? any : 1;
}

static void answer_chance(const struct habit *habit, const struct habit_question *question,
                          const struct habit_days *of, struct habit_answer *answer)
{
    const struct habit_peers *peers = &habit->peers[question->kind][question->facet];
    unsigned spread = habit_spread(answer->peers_outside + 1);
    int32_t half = (int32_t)day_set_half(&of->days), newest = of->days.newest;
    unsigned days = answer->history_before + answer->history_after;
    struct rate alone = {answer->history_alone, days, peers->alone[spread], peers->days};
    estimate(&alone, answer);
    if (answer->history_after == 0 && days) {
        struct rate first = {day_set_count_between(&of->first, newest - half, newest),
                             (days + 1) / 2, peers->first[spread], peers->later_days};
        estimate(&first, answer);
    }
    if (answer->history_before == 0 && days) {
        struct rate last = {day_set_count_between(&of->last, INT32_MIN, newest - half - 1),
                            days / 2, peers->last[spread], peers->earlier_days};
        estimate(&last, answer);
    }
    double one_day =
        answer->chance_own > answer->chance_peers ? answer->chance_own : answer->chance_peers;
    answer->chance = of_days(one_day, answer->history_inside ? answer->history_inside : 1);
}

// ---- the answer -----------------------------------------------------------------------------------

static void answer_days(const struct day_set *all, const struct left_out *out,
                        struct habit_answer *answer)
{
    unsigned days = day_set_count(all);
    answer->history_inside = day_set_count_between(all, out->from, out->to);
    answer->history_before =
        out->is_empty ? days : day_set_count_between(all, INT32_MIN, out->from - 1);
    answer->history_after = days - answer->history_before - answer->history_inside;
}

static enum habit_standing standing_of(const struct habit *habit,
                                       const struct habit_question *question,
                                       const struct habit_answer *answer)
{
    if (answer->days_outside >= HABIT_DAYS_KNOWN)
        return HABIT_KNOWN;
    if (answer->is_seen_before || answer->is_seen_after)
        return HABIT_SEEN;
    bool is_covered =
        habit_covers(habit, question->kind, question->subject, question->facet, question->value);
    // Of what is there when the window begins nobody knows since when.
    unsigned enough = answer->history_before ? HABIT_DAYS_ENOUGH : HABIT_DAYS_MEASURE;
    bool is_enough = answer->history_before + answer->history_after >= enough;
    return is_covered && is_enough ? HABIT_NEW : HABIT_CANNOT_TELL;
}

// What follows from the days of the value and of the subject.
static void answer_history(const struct habit *habit, const struct habit_question *question,
                           const struct left_out *out, const struct day_set *all,
                           struct habit_answer *answer)
{
    answer_days(all, out, answer);
    unsigned days = answer->history_before + answer->history_after;
    if (days)
        answer->share = (double)answer->days_outside / days;
    if (answer->share > 1)
        answer->share = 1; // days of the value from before the 256 of the subject
    answer->standing = standing_of(habit, question, answer);
}

void habit_ask(const struct habit *habit, const struct habit_question *question,
               struct habit_answer *answer)
{
    assert(habit->is_settled && question->facet != HABIT_VOLUME);
    struct habit_days days;
    struct left_out out = days_left_out(question->from, question->to);
    struct habit_range range =
        habit_subject_range(habit, question->kind, question->facet, question->subject);
    *answer = (struct habit_answer){.first = INSTANT_NONE, .last = INSTANT_NONE};
    answer_value(habit, question, &out, answer);
    habit_days_fill(&days, habit, range, out.from, out.to);
    answer_history(habit, question, &out, &days.all, answer);
    answer->history_values = range.count;
    answer->history_alone = day_set_count(&days.alone);
    answer_peers(habit, question, answer);
    if (answer->is_seen_before || answer->is_seen_after)
        answer->chance = answer->chance_own = answer->chance_peers = 1;
    else
        answer_chance(habit, question, &days, answer);
}

void habit_ask_days(const struct habit *habit, const struct habit_question *question,
                    struct habit_answer *answer)
{
    assert(habit->is_settled && question->facet != HABIT_VOLUME);
    struct left_out out = days_left_out(question->from, question->to);
    struct habit_range range =
        habit_subject_range(habit, question->kind, question->facet, question->subject);
    *answer = (struct habit_answer){.first = INSTANT_NONE, .last = INSTANT_NONE, .chance = 1};
    answer_value(habit, question, &out, answer);
    struct day_set all = habit_range_days(habit, range);
    answer_history(habit, question, &out, &all, answer);
    answer->history_values = range.count;
}

enum habit_standing habit_ask_standing(const struct habit *habit,
                                       const struct habit_question *question)
{
    assert(habit->is_settled && question->facet != HABIT_VOLUME);
    struct left_out out = days_left_out(question->from, question->to);
    struct habit_answer answer = {0};
    answer_value(habit, question, &out, &answer);
    if (!answer.is_seen_before && !answer.is_seen_after) {
        struct habit_range range =
            habit_subject_range(habit, question->kind, question->facet, question->subject);
        struct day_set all = habit_range_days(habit, range);
        answer_days(&all, &out, &answer);
    }
    return standing_of(habit, question, &answer);
}

// Whether `a` is listed before `b`.
static bool is_before(const struct habit *habit, bool has_symbols, const struct habit_usual *a,
                      const struct habit_usual *b)
{
    if (a->days_outside != b->days_outside)
        return a->days_outside > b->days_outside;
    if (a->first != b->first)
        return a->first < b->first;
    if (!has_symbols)
        return a->value < b->value;
    return str_compare(habit_name_find(habit, a->value), habit_name_find(habit, b->value)) < 0;
}

uint32_t habit_list(const struct habit *habit, const struct habit_question *question,
                    struct habit_usual out[], unsigned limit)
{
    assert(habit->is_settled && question->facet != HABIT_VOLUME);
    struct left_out left = days_left_out(question->from, question->to);
    struct habit_range range =
        habit_subject_range(habit, question->kind, question->facet, question->subject);
    bool has_symbols = habit_has_symbols[question->facet];
    uint32_t found = 0;
    for (uint32_t i = 0; i < range.count; i++) {
        const struct habit_entry *entry = habit_entry(habit, range.at[i]);
        if (!left.is_empty && entry->first >= question->from && entry->last <= question->to)
            continue;
        struct day_set days = habit_entry_days(entry);
        day_set_remove(&days, left.from, left.to);
        struct habit_usual one = {entry->value, day_set_count(&days), entry->count, entry->first,
                                  entry->last};
        // Insertion into the few that are wanted, the last of which falls off.
        unsigned place = found < limit ? found : limit;
        for (; place > 0 && is_before(habit, has_symbols, &one, &out[place - 1]); place--)
            if (place < limit)
                out[place] = out[place - 1];
        if (place < limit)
            out[place] = one;
        found++;
    }
    return found;
}

const char *habit_standing_name(enum habit_standing standing)
{
    static const char *const names[] = {"cannot tell", "new", "seen", "known"};
    assert((unsigned)standing < sizeof names / sizeof names[0]);
    return names[standing];
}

// ---- volume ---------------------------------------------------------------------------------------

static int compare_counts(const void *a, const void *b)
{
    const uint32_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static int compare_doubles(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

// The middle one, or the mean of the middle two.
static double median_of_counts(const uint32_t *sorted, unsigned count)
{
    unsigned low = (count - 1) / 2, high = count / 2;
    return ((double)sorted[low] + (double)sorted[high]) / 2;
}

static double deviation(const uint32_t *counts, unsigned count, double median)
{
    double *away = memory_new(count * sizeof *away);
    for (unsigned i = 0; i < count; i++)
        away[i] = counts[i] > median ? counts[i] - median : median - counts[i];
    qsort(away, count, sizeof *away, compare_doubles);
    unsigned low = (count - 1) / 2, high = count / 2;
    double middle = (away[low] + away[high]) / 2;
    free(away);
    return middle;
}

// Sorts a day of a block to its side of the interval; gives whether it is outside.
static bool take_day(struct habit_volume *volume, uint32_t messages, int32_t day,
                     const struct left_out *out)
{
    bool is_inside = day >= out->from && day <= out->to;
    uint32_t *most = is_inside ? &volume->most_inside : &volume->most;
    *most = messages > *most ? messages : *most;
    *(is_inside ? &volume->total_inside : &volume->total) += messages;
    volume->days_inside += is_inside;
    return !is_inside;
}

void habit_volume(const struct habit *habit, enum habit_kind kind, uint32_t subject, int64_t from,
                  int64_t to, struct habit_volume *volume)
{
    struct left_out out = days_left_out(from, to);
    struct habit_range range = habit_subject_range(habit, kind, HABIT_VOLUME, subject);
    uint32_t *counts = memory_new(((size_t)range.count + 1) * VOLUME_DAYS * sizeof *counts);
    *volume = (struct habit_volume){0};
    for (uint32_t i = 0; i < range.count; i++) {
        const struct habit_entry *entry = habit_entry(habit, range.at[i]);
        for (int32_t place = 0; place < VOLUME_DAYS; place++) {
            int32_t day = (int32_t)entry->value * VOLUME_DAYS + VOLUME_EPOCH + place;
            if (entry->messages[place] && take_day(volume, entry->messages[place], day, &out))
                counts[volume->days++] = entry->messages[place];
        }
    }
    if (volume->days) {
        qsort(counts, volume->days, sizeof *counts, compare_counts);
        volume->median = median_of_counts(counts, volume->days);
        volume->mad = deviation(counts, volume->days, volume->median);
    }
    free(counts);
}

double habit_volume_excess(const struct habit_volume *volume, uint32_t messages)
{
    if (volume->days < HABIT_DAYS_MEASURE || messages <= volume->median)
        return 0;
    double spread = 1.4826 * volume->mad;
    if (spread < volume->median / 10)
        spread = volume->median / 10;
    if (spread < 1)
        spread = 1;
    return (messages - volume->median) / spread;
}
