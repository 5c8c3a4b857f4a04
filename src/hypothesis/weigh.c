// Weighing: what the evidence makes of each story.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "hypothesis/hypothesis.h"

// Printed figures are what is computed with, so that a reader can redo the sum.
static double rounded(double value)
{
    double cents = round(value * 100) / 100;
    return cents == 0 ? 0 : cents; // no minus zero
}

static void weigh_item(const struct hypothesis_item *from, const struct evidence *said,
                       struct verdict_item *out)
{
    const struct hypothesis_odds *odds = &from->odds[said->answer];
    *out = (struct verdict_item){.name = str_from(said->name),
                                 .question = str_from(said->question),
                                 .answer = str_from(evidence_answer_name(said->answer)),
                                 .direction = VERDICT_MISSING,
                                 .covered_by = S(""),
                                 .statement = said->statement,
                                 .events = said->records,
                                 .event_count = said->record_count};
    if (said->answer == EVIDENCE_CANNOT_TELL)
        return;
    out->weight = rounded(odds->weight * said->reliability);
    out->direction = out->weight < 0 ? VERDICT_AGAINST : VERDICT_FOR;
    out->is_decisive = odds->is_decisive && out->weight > 0;
}

// Of each group only the strongest for and the strongest against count.
static void cover(const struct hypothesis *story, struct verdict_item *items)
{
    for (size_t i = 0; i < story->item_count; i++) {
        size_t best = i;
        if (story->items[i].group < 0 || items[i].weight == 0)
            continue;
        for (size_t k = 0; k < story->item_count; k++)
            if (story->items[k].group == story->items[i].group &&
                items[k].direction == items[i].direction &&
                (fabs(items[k].weight) > fabs(items[best].weight) ||
                 (fabs(items[k].weight) == fabs(items[best].weight) && k < best)))
                best = k;
        if (best == i)
            continue;
        items[i].is_covered = true;
        items[i].covered_by = items[best].name;
    }
    for (size_t i = 0; i < story->item_count; i++)
        if (items[i].is_covered)
            items[i].weight = 0;
}

static int by_weight(const void *left, const void *right)
{
    const struct verdict_item *a = left, *b = right;
    if (a->direction != b->direction)
        return (int)a->direction - (int)b->direction;
    if (a->is_covered != b->is_covered)
        return a->is_covered - b->is_covered;
    if (fabs(a->weight) != fabs(b->weight))
        return fabs(a->weight) > fabs(b->weight) ? -1 : 1;
    return str_compare(a->name, b->name);
}

// Answers that say nothing about a story are left out.
static size_t keep_telling(const struct hypothesis *story, const struct evidence *evidence,
                           struct verdict_item *items)
{
    size_t kept = 0;
    for (size_t i = 0; i < story->item_count; i++) {
        bool is_silent = evidence[story->items[i].question].answer != EVIDENCE_CANNOT_TELL &&
                         items[i].weight == 0 && !items[i].is_covered;
        if (!is_silent)
            items[kept++] = items[i];
    }
    return kept;
}

static void weigh_story(const struct hypothesis *story, const struct evidence *evidence,
                        struct arena *arena, struct verdict_hypothesis *out)
{
    *out = (struct verdict_hypothesis){.name = story->name,
                                       .title = story->title,
                                       .is_benign = story->is_benign,
                                       .prior = rounded(log(story->prior))};
    out->items = ARENA_ARRAY(arena, struct verdict_item, story->item_count + 1);
    for (size_t i = 0; i < story->item_count; i++)
        weigh_item(&story->items[i], &evidence[story->items[i].question], &out->items[i]);
    cover(story, out->items);
    double sum = out->prior;
    for (size_t i = 0; i < story->item_count; i++)
        sum += out->items[i].weight;
    out->score = rounded(sum);
    out->item_count = keep_telling(story, evidence, out->items);
    if (out->item_count)
        qsort(out->items, out->item_count, sizeof *out->items, by_weight);
}

static int by_score(const void *left, const void *right)
{
    const struct verdict_hypothesis *a = left, *b = right;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return str_compare(a->name, b->name);
}

static bool has_decisive(const struct verdict_hypothesis *story)
{
    for (size_t i = 0; i < story->item_count; i++)
        if (story->items[i].is_decisive)
            return true;
    return false;
}

static bool is_decided(const struct verdict *v)
{
    const struct verdict_hypothesis *leader = &v->hypotheses[0];
    return !verdict_is_unknown(leader) && leader->probability >= HYPOTHESIS_LIKELY &&
           leader->score - v->hypotheses[1].score >= HYPOTHESIS_MARGIN && has_decisive(leader);
}

void hypothesis_weigh(const struct hypothesis_set *set, const struct evidence *evidence,
                      struct arena *arena, struct verdict *out)
{
    double sum = 0;
    assert(set->count >= 2);
    out->hypotheses = ARENA_ARRAY(arena, struct verdict_hypothesis, set->count);
    out->hypothesis_count = set->count;
    for (size_t i = 0; i < set->count; i++)
        weigh_story(&set->items[i], evidence, arena, &out->hypotheses[i]);
    qsort(out->hypotheses, set->count, sizeof *out->hypotheses, by_score);
    for (size_t i = 0; i < set->count; i++)
        sum += exp(out->hypotheses[i].score - out->hypotheses[0].score);
    for (size_t i = 0; i < set->count; i++) {
        struct verdict_hypothesis *one = &out->hypotheses[i];
        one->probability = exp(one->score - out->hypotheses[0].score) / sum;
        one->word = one->probability >= HYPOTHESIS_POSSIBLE ? VERDICT_POSSIBLE : VERDICT_UNLIKELY;
    }
    out->is_decided = is_decided(out);
    out->hypotheses[0].word = out->is_decided ? VERDICT_LIKELY : VERDICT_CANNOT_TELL;
}

// ---- names ------------------------------------------------------------------------------------

const char *verdict_word_name(enum verdict_word word)
{
    static const char *const names[] = {"likely", "possible", "unlikely", "cannot_tell"};
    assert((unsigned)word < sizeof names / sizeof names[0]);
    return names[word];
}

const char *verdict_direction_name(enum verdict_direction direction)
{
    static const char *const names[] = {"for", "against", "missing"};
    assert((unsigned)direction < sizeof names / sizeof names[0]);
    return names[direction];
}

const char *verdict_event_name(enum verdict_event_kind kind)
{
    static const char *const names[] = {"event", "finding", "observation", "gap", "conclusion"};
    assert((unsigned)kind < sizeof names / sizeof names[0]);
    return names[kind];
}
