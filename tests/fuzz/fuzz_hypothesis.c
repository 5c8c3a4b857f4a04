// Fuzzes the reading of stories: any bytes give a valid story or an error with its place, and what is valid can
// be weighed and adds up.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <math.h>

#include "hypothesis/hypothesis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void weigh(struct hypothesis_set *set, uint8_t seed)
{
    struct arena arena;
    struct verdict verdict = {0};
    double sum = 0;
    arena_init(&arena);
    struct evidence *evidence = ARENA_ARRAY(&arena, struct evidence, question_count);
    for (size_t i = 0; i < question_count; i++)
        evidence[i] = (struct evidence){.name = questions[i]->name,
                                        .question = questions[i]->question,
                                        .answer = (enum evidence_answer)((seed + i) % 4),
                                        .reliability = (double)((seed + i) % 5) / 4};
    hypothesis_weigh(set, evidence, &arena, &verdict);
    for (size_t i = 0; i < verdict.hypothesis_count; i++) {
        const struct verdict_hypothesis *one = &verdict.hypotheses[i];
        double score = one->prior;
        for (size_t k = 0; k < one->item_count; k++)
            score += one->items[k].weight;
        assert(fabs(score - one->score) < 1e-6);
        sum += one->probability;
    }
    assert(fabs(sum - 1) < 1e-6);
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hypothesis_set set;
    struct error error = {""};
    hypothesis_set_init(&set);
    bool is_added = hypothesis_add(&set, S("f.yml"), str_of((const char *)data, size), &error);
    assert(is_added == (set.count == 1));
    assert(is_added || str_starts(str_from(error.text), S("f.yml:")));
    hypothesis_add(&set, S("u.yml"), S("name: unknown\ntitle: U\nprior: 0.2\nstory: s\nsays: t\n"),
                   &error);
    if (hypothesis_check(&set, &error))
        weigh(&set, size ? data[size - 1] : 0);
    hypothesis_set_done(&set);
    return 0;
}
