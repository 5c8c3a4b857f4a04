// Several stores made one, and old knowledge forgotten.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "baseline/habit_store.h"

static inline uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void unite(struct habit_entry *into, const struct habit_entry *from)
{
    struct day_set days = habit_entry_days(into), more = habit_entry_days(from);
    day_set_merge(&days, &more);
    memcpy(into->days, days.bits, sizeof into->days);
    into->first = from->first < into->first ? from->first : into->first;
    into->last = from->last > into->last ? from->last : into->last;
}

void habit_add_entry(struct habit *habit, const struct habit_entry *from, bool is_joining)
{
    struct habit_entry *entry = habit_obtain(habit, from);
    if (!entry)
        return;
    if (from->facet == HABIT_VOLUME) {
        for (unsigned i = 0; i < VOLUME_DAYS; i++)
            entry->messages[i] = is_joining ? larger(entry->messages[i], from->messages[i])
                                            : habit_add_up(entry->messages[i], from->messages[i]);
    } else if (entry->count == 0) {
        *entry = *from;
    } else {
        unite(entry, from);
        entry->count = is_joining ? larger(entry->count, from->count)
                                  : habit_add_up(entry->count, from->count);
    }
}

// The numbers in `into` of the symbols of `from`, each found when it is first needed.
struct renumbering {
    const struct habit *from;
    habit_symbol_of *symbol_of;
    void *context;
    uint32_t *numbers; // of the symbols with a text; 0: not found yet, else the number + 1
};

static uint32_t find_number(const struct renumbering *renumbering, struct habit *into,
                            uint32_t symbol)
{
    struct str text = habit_name_find(renumbering->from, symbol);
    uint32_t number =
        renumbering->symbol_of ? renumbering->symbol_of(renumbering->context, text) : symbol;
    if (number >= HABIT_SYMBOL_LIMIT)
        return HABIT_NO_SYMBOL;
    if (habit_has_name(renumbering->from, symbol)) {
        habit_name(into, number, text);
        assert(str_equal(habit_name_find(into, number), text)); // one numbering, as agreed
    }
    return number;
}

static uint32_t renumber(const struct renumbering *renumbering, struct habit *into, uint32_t symbol)
{
    if (symbol >= habit_name_count(renumbering->from))
        return find_number(renumbering, into, symbol);
    uint32_t *number = &renumbering->numbers[symbol];
    if (*number == 0)
        *number = find_number(renumbering, into, symbol) + 1;
    return *number - 1; // HABIT_NO_SYMBOL comes back, and is looked for again next time
}

static void take_all(struct habit *into, const struct habit *from, habit_symbol_of *symbol_of,
                     void *context, bool is_joining)
{
    assert(into != from);
    struct renumbering renumbering = {from, symbol_of, context, NULL};
    renumbering.numbers = memory_new(((size_t)habit_name_count(from) + 1) * sizeof(uint32_t));
    habit_unsettle(into);
    habit_raise_halvings(into, from->halvings);
    into->is_refusing |= from->is_refusing;
    for (uint32_t i = 0; i < from->count; i++) {
        struct habit_entry entry = *habit_entry(from, i);
        entry.subject = renumber(&renumbering, into, entry.subject);
        if (habit_has_symbols[entry.facet])
            entry.value = renumber(&renumbering, into, entry.value);
        if (entry.subject == HABIT_NO_SYMBOL || entry.value == HABIT_NO_SYMBOL)
            into->is_refusing = true;
        else
            habit_add_entry(into, &entry, is_joining);
    }
    free(renumbering.numbers);
}

void habit_merge(struct habit *into, const struct habit *from, habit_symbol_of *symbol_of,
                 void *context)
{
    take_all(into, from, symbol_of, context, false);
}

void habit_join(struct habit *into, const struct habit *from, habit_symbol_of *symbol_of,
                void *context)
{
    take_all(into, from, symbol_of, context, true);
}

static bool is_recent(const struct habit *habit, const struct habit_entry *entry, int64_t before)
{
    (void)habit;
    if (entry->facet != HABIT_VOLUME)
        return entry->last >= before;
    int64_t end = (int64_t)(entry->value + 1) * VOLUME_DAYS + VOLUME_EPOCH;
    return end > day_of(before);
}

void habit_forget(struct habit *habit, int64_t before)
{
    habit_unsettle(habit);
    habit_sift(habit, is_recent, before);
}
