// Random facts for tests of habits.
// SPDX-License-Identifier: Apache-2.0
#include "support/habits.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/instant.h"
#include "baseline/habit_state.h"

uint32_t habits_symbol(uint32_t numbering, uint32_t text)
{
    assert(text < HABITS_TEXTS);
    return numbering ? (text * (numbering * 2 + 1) + numbering * 31) % HABITS_TEXTS : text;
}

struct str habits_text(uint32_t text, char room[32])
{
    snprintf(room, 32, "text %u", text);
    return str_from(room);
}

uint32_t habits_symbol_of(void *context, struct str text)
{
    const uint32_t *numbering = context;
    int64_t number = -1;
    bool is_read = str_to_int64(str_of(text.at + 5, text.len - 5), &number);
    assert(is_read && number >= 0 && number < HABITS_TEXTS);
    return habits_symbol(*numbering, (uint32_t)number);
}

struct habit_fact habits_fact(uint64_t seed, uint64_t i, uint32_t subjects, uint32_t values,
                              uint32_t days)
{
    uint64_t random = hash_mix(seed * UINT64_C(1000003) + i + 1), more = hash_mix(random);
    struct habit_fact fact = {
        .time = HABITS_START + (int64_t)(more % ((uint64_t)days * DAY)),
        .subject = (uint32_t)(random % subjects),
        // Small values are common, large ones rare.
        .value = 500 + (uint32_t)((random >> 20) % values * (random >> 40) % values / values),
        .count = 1 + (uint32_t)(random >> 50) % 5,
        .kind = (uint8_t)((random >> 12) % HABIT_KINDS),
        .facet = (uint8_t)((random >> 30) % (HABIT_VOLUME + 1)),
    };
    if (fact.facet == HABIT_HOUR)
        fact.value = habit_hour_of_week(fact.time);
    if (fact.facet == HABIT_LOGON_TYPE)
        fact.value %= 7;
    return fact;
}

static uint32_t number(struct habit *habit, uint32_t numbering, uint32_t text)
{
    char room[32];
    uint32_t symbol = habits_symbol(numbering, text);
    habit_name(habit, symbol, habits_text(text, room));
    return symbol;
}

void habits_add(struct habit *habit, uint32_t numbering, struct habit_fact fact)
{
    fact.subject = number(habit, numbering, fact.subject);
    if (fact.facet != HABIT_HOUR && fact.facet != HABIT_LOGON_TYPE && fact.facet != HABIT_VOLUME)
        fact.value = number(habit, numbering, fact.value);
    habit_add(habit, &fact, 1);
}

bool habits_are_equal(const struct habit *a, const struct habit *b)
{
    struct buf left, right;
    buf_init(&left);
    buf_init(&right);
    habit_save(a, &left);
    habit_save(b, &right);
    bool is_equal = str_equal(buf_str(&left), buf_str(&right));
    buf_done(&left);
    buf_done(&right);
    return is_equal;
}
