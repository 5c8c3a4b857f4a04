// Random facts for tests of habits, and stores that number their symbols differently.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SUPPORT_HABITS_H
#define STORMGLASS_SUPPORT_HABITS_H

#include "baseline/habit.h"

#define HABITS_TEXTS 997 // a prime, so that numberings can be permuted

// A way of numbering the texts "text 0" to "text 996"; 0 numbers them in their order.
uint32_t habits_symbol(uint32_t numbering, uint32_t text);
struct str habits_text(uint32_t text, char room[32]);
// As habit_symbol_of; the context is a pointer to the numbering.
uint32_t habits_symbol_of(void *context, struct str text);

// Fact number i of a seed: of `subjects` subjects and `values` values, within `days` days from 2026 on.
// Symbols are numbers of texts.
struct habit_fact habits_fact(uint64_t seed, uint64_t i, uint32_t subjects, uint32_t values,
                              uint32_t days);
// Adds it under a numbering, naming its symbols.
void habits_add(struct habit *habit, uint32_t numbering, struct habit_fact fact);

// Whether two stores hold the same: their saved bytes are equal.
bool habits_are_equal(const struct habit *a, const struct habit *b);

#define HABITS_START (INT64_C(20454) * DAY) // 2026-01-01

#endif
