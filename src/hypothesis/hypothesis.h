// Hypotheses: the stories that may explain an incident, read from data files, and weighed by the evidence.
// The set owns what it read.
// SPDX-License-Identifier: Apache-2.0
//
// A story says for each answer of a question how likely that answer is if the story is true, and if it is
// not. Its weight is the natural logarithm of their ratio, times the reliability of the answer, rounded to
// 0.01. Of a group of questions that say much the same only the strongest for and the strongest against
// count. Score = ln(prior) + sum of weights; probability = exp(score) over the sum of exp(score) of all
// stories: they exclude each other, and `unknown` stands for what is none of them.
//
// To add one: hypotheses/<name>.yml, described in docs/hypotheses.md.
#ifndef STORMGLASS_HYPOTHESIS_HYPOTHESIS_H
#define STORMGLASS_HYPOTHESIS_HYPOTHESIS_H

#include "base/arena.h"
#include "base/error.h"
#include "evidence/evidence.h"
#include "hypothesis/verdict.h"

#define HYPOTHESIS_LIMIT 64

// Likelihoods of one answer.
struct hypothesis_odds {
    double if_true, if_not; // 0 exclusive to 1 exclusive; 0: this answer says nothing
    double weight;          // ln(if_true / if_not)
    bool is_decisive;       // may carry a verdict
};

struct hypothesis_item {
    size_t question;                // index into questions[]
    struct hypothesis_odds odds[4]; // by enum evidence_answer
    int group;                      // -1: stands alone
};

struct hypothesis {
    struct str path; // for messages
    struct str name, title, story;
    struct str
        says; // first sentence of a report in which it leads; placeholders: docs/hypotheses.md
    bool is_benign, is_unknown;
    double prior;
    struct hypothesis_item *items;
    size_t item_count;
    struct str *groups; // names
    size_t group_count;
    struct str *refuted_by; // for people: what would show that it is wrong
    size_t refuted_count;
    struct str *steps; // names of remediation steps, in order
    size_t step_count;
};

struct hypothesis_set {
    struct arena arena;
    struct hypothesis *items; // by name
    size_t count, capacity;
};

void hypothesis_set_init(struct hypothesis_set *set);
void hypothesis_set_done(struct hypothesis_set *set);
// Adds the story of a file; one of the same name is replaced. False with "path:line:column: reason; what to
// do" when it is not valid: the set is as it was.
bool hypothesis_add(struct hypothesis_set *set, struct str path, struct str text,
                    struct error *error);
// After the last: whether together they make sense (priors, one `unknown`). Priors are scaled to add up to 1.
bool hypothesis_check(struct hypothesis_set *set, struct error *error);
const struct hypothesis *hypothesis_find(const struct hypothesis_set *set, struct str name);

// A leader needs this probability to be likely, so much more (in log-odds) than the next, and a decisive item.
#define HYPOTHESIS_LIKELY 0.7
#define HYPOTHESIS_MARGIN 0.69 // twice as probable
#define HYPOTHESIS_POSSIBLE 0.1

// Weighs all stories by `evidence` (question_count answers, as evidence_collect gives them): fills
// out->hypotheses and out->is_decided. Owned by the arena.
void hypothesis_weigh(const struct hypothesis_set *set, const struct evidence *evidence,
                      struct arena *arena, struct verdict *out);

#endif
