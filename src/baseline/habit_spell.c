// The days of subjects with many values: what a question needs of all of them, without looking at each again.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "baseline/habit_settle.h"

#define LONG_RUN ((uint32_t)8)
#define OLDER DAY_SET_SPAN // the age of any day before the span
// Tables take no more than the entries do.
#define TABLE_BYTES_PER_ENTRY sizeof(struct habit_entry)

// Days are told by their age: days back from the newest of all. An interval from age a (its end) to age b (its begin) is
// left out. Then
//
//   the newest day left of a value is   its newest, if that is younger than a, or
//                                       g, if it has g and no day between g and the one after it, of age p <= b,
//                                       and its newest is not younger than a
//   its oldest day left is              its oldest, if that is older than b, or
//                                       g, if the day before g has an age q >= a, and its oldest is not older than b
//
// and both are one day if, besides, g is the newest (or oldest) of all. So of each pair (p, g) and (q, g) the most
// favourable newest and oldest age of any value is kept, and of all p up to b, and all q from a on, the most
// favourable of these: rows by b (or a), in which the ages g stand side by side. A question reads two rows of each table.
enum table {
    LAST_OLD,    // by b: 1 + the largest age of a newest day; 0: none
    ALONE_OLD,   // the same of values whose oldest day is g
    FIRST_YOUNG, // by a: the smallest age of an oldest day - 1; NONE: none
    ALONE_YOUNG, // the same of values whose newest day is g
    TABLES
};
#define NONE UINT8_MAX

struct habit_spell {
    struct day_set all, alone, first, last; // nothing left out; of the newest day of all
    uint64_t shared[DAY_SET_WORDS];         // days of more than one value
    bool has_older;                         // days before the span
    uint16_t width;                         // ages from 0 on
    uint8_t *tables;                        // TABLES of width * width; NULL: not worth it
};

bool habit_is_long(const struct habit *habit, struct habit_range range, uint32_t least)
{
    if (range.count < least)
        return false;
    enum habit_facet facet = (enum habit_facet)habit_entry(habit, range.at[0])->facet;
    return facet != HABIT_VOLUME && facet != HABIT_HOUR && facet != HABIT_LOGON_TYPE;
}

static uint8_t *row_of(const struct habit_spell *spell, enum table table, unsigned age)
{
    size_t width = spell->width;
    return spell->tables + ((size_t)table * width + age) * width;
}

static void set_bit(uint64_t bits[DAY_SET_WORDS], unsigned age)
{
    bits[age / 64] |= UINT64_C(1) << (age % 64);
}

// ---- making -----------------------------------------------------------------------------------

// The ages of a value's days from the newest on, at last OLDER if there are any before the span. Gives how many.
static unsigned list_ages(const struct habit_entry *entry, int32_t newest,
                          uint16_t ages[DAY_SET_SPAN + 1])
{
    struct day_set days = habit_entry_days(entry);
    int64_t behind = (int64_t)newest - days.newest;
    bool has_older = !day_set_has(&days, day_of(entry->first));
    unsigned count = 0;
    for (unsigned word = 0; word < DAY_SET_WORDS; word++)
        for (uint64_t bits = days.bits[word]; bits; bits &= bits - 1) {
            int64_t age = behind + 64 * word + __builtin_ctzll(bits);
            has_older = has_older || age >= OLDER;
            if (age < OLDER)
                ages[count++] = (uint16_t)age;
        }
    if (has_older)
        ages[count++] = OLDER;
    return count;
}

static void mark_ages(struct habit_spell *spell, const uint16_t *ages, unsigned count)
{
    uint64_t own[DAY_SET_WORDS] = {0};
    unsigned newest = ages[0], oldest = ages[count - 1];
    for (unsigned i = 0; i < count && ages[i] < OLDER; i++)
        set_bit(own, ages[i]);
    for (unsigned word = 0; word < DAY_SET_WORDS; word++) {
        spell->shared[word] |= spell->all.bits[word] & own[word];
        spell->all.bits[word] |= own[word];
    }
    if (newest < OLDER)
        set_bit(spell->last.bits, newest);
    if (oldest < OLDER)
        set_bit(spell->first.bits, oldest);
    if (newest == oldest && newest < OLDER)
        set_bit(spell->alone.bits, newest);
    spell->has_older = spell->has_older || oldest == OLDER;
}

static void raise(uint8_t *held, unsigned value)
{
    *held = value > *held ? (uint8_t)value : *held;
}

static void lower(uint8_t *held, unsigned value)
{
    *held = value < *held ? (uint8_t)value : *held;
}

static void note_pairs(struct habit_spell *spell, const uint16_t *ages, unsigned count)
{
    unsigned newest = ages[0], oldest = ages[count - 1];
    for (unsigned i = 1; i < count && ages[i] < OLDER; i++) {
        unsigned young = ages[i - 1], old = ages[i];
        raise(&row_of(spell, LAST_OLD, young)[old], newest + 1);
        if (old == oldest)
            raise(&row_of(spell, ALONE_OLD, young)[old], newest + 1);
        if (oldest < OLDER)
            lower(&row_of(spell, FIRST_YOUNG, old)[young], oldest - 1);
        if (oldest < OLDER && young == newest)
            lower(&row_of(spell, ALONE_YOUNG, old)[young], oldest - 1);
    }
}

// From "this age" to "up to this age", and "from this age on".
static void spread_rows(struct habit_spell *spell)
{
    for (unsigned age = 1; age < spell->width; age++)
        for (unsigned g = 0; g < spell->width; g++) {
            unsigned back = spell->width - 1 - age;
            raise(&row_of(spell, LAST_OLD, age)[g], row_of(spell, LAST_OLD, age - 1)[g]);
            raise(&row_of(spell, ALONE_OLD, age)[g], row_of(spell, ALONE_OLD, age - 1)[g]);
            lower(&row_of(spell, FIRST_YOUNG, back)[g], row_of(spell, FIRST_YOUNG, back + 1)[g]);
            lower(&row_of(spell, ALONE_YOUNG, back)[g], row_of(spell, ALONE_YOUNG, back + 1)[g]);
        }
}

static void make_tables(struct habit_spell *spell, const struct habit *habit,
                        struct habit_range range)
{
    uint16_t ages[DAY_SET_SPAN + 1];
    size_t size = (size_t)spell->width * spell->width;
    spell->tables = memory_new(TABLES * size);
    memset(row_of(spell, FIRST_YOUNG, 0), NONE, 2 * size);
    for (uint32_t i = 0; i < range.count; i++) {
        unsigned count = list_ages(habit_entry(habit, range.at[i]), spell->all.newest, ages);
        if (count)
            note_pairs(spell, ages, count);
    }
    spread_rows(spell);
}

// False when no day is known.
static bool make_spell(struct habit_spell *spell, const struct habit *habit,
                       struct habit_range range)
{
    uint16_t ages[DAY_SET_SPAN + 1];
    int32_t newest = INT32_MIN;
    *spell = (struct habit_spell){0};
    for (uint32_t i = 0; i < range.count; i++) {
        struct day_set days = habit_entry_days(habit_entry(habit, range.at[i]));
        if (!day_set_is_empty(&days) && days.newest > newest)
            newest = days.newest;
    }
    if (newest == INT32_MIN)
        return false;
    spell->all.newest = spell->alone.newest = spell->first.newest = spell->last.newest = newest;
    for (uint32_t i = 0; i < range.count; i++) {
        unsigned count = list_ages(habit_entry(habit, range.at[i]), newest, ages);
        if (count)
            mark_ages(spell, ages, count);
    }
    spell->width = (uint16_t)(newest - day_set_first(&spell->all) + 1);
    if (TABLES * (size_t)spell->width * spell->width <= range.count * TABLE_BYTES_PER_ENTRY)
        make_tables(spell, habit, range);
    return true;
}

void habit_spells_make(struct habit *habit)
{
    struct habit_order *order = &habit->by_subject;
    order->longs = memory_new(((size_t)order->run_count + 1) * sizeof *order->longs);
    for (uint32_t run = 0; run < order->run_count; run++) {
        struct habit_range range = habit_run(order, run);
        if (!habit_is_long(habit, range, LONG_RUN))
            continue;
        ARRAY_GROW(habit->spells, habit->spell_count, habit->spell_capacity);
        if (make_spell(&habit->spells[habit->spell_count], habit, range))
            order->longs[run] = ++habit->spell_count;
    }
}

void habit_spells_done(struct habit *habit)
{
    for (uint32_t i = 0; i < habit->spell_count; i++)
        free(habit->spells[i].tables);
    free(habit->spells);
    habit->spells = NULL;
    habit->spell_count = habit->spell_capacity = 0;
}

size_t habit_spells_bytes(const struct habit *habit)
{
    size_t bytes = habit->spell_capacity * sizeof *habit->spells;
    for (uint32_t i = 0; i < habit->spell_count; i++)
        if (habit->spells[i].tables)
            bytes += TABLES * (size_t)habit->spells[i].width * habit->spells[i].width;
    return bytes;
}

// ---- asking -----------------------------------------------------------------------------------

static const struct habit_spell *find(const struct habit *habit, struct habit_range range)
{
    const struct habit_order *order = &habit->by_subject;
    uint32_t at = range.run != HABIT_NO_RUN ? order->longs[range.run] : 0;
    return at ? &habit->spells[at - 1] : NULL;
}

bool habit_spell_days(const struct habit *habit, struct habit_range range, struct day_set *out)
{
    const struct habit_spell *spell = find(habit, range);
    if (spell)
        *out = spell->all;
    return spell;
}

bool habit_spell_others(const struct habit *habit, struct habit_range range,
                        const struct habit_entry *entry, struct day_set *out)
{
    const struct habit_spell *spell = find(habit, range);
    if (!spell)
        return false;
    struct day_set own = habit_entry_days(entry);
    day_bits_age(own.bits, (uint64_t)((int64_t)spell->all.newest - own.newest));
    *out = spell->all;
    for (unsigned word = 0; word < DAY_SET_WORDS; word++)
        out->bits[word] = spell->shared[word] | (spell->all.bits[word] & ~own.bits[word]);
    return true;
}

// An interval by the ages of its end and begin.
static void mark_young(const struct habit_spell *spell, unsigned a, unsigned b,
                       struct habit_days *out)
{
    const uint8_t *first = row_of(spell, FIRST_YOUNG, a), *alone = row_of(spell, ALONE_YOUNG, a);
    for (unsigned g = 0; g < a; g++) {
        if (first[g] < b)
            set_bit(out->first.bits, g);
        if (alone[g] < b)
            set_bit(out->alone.bits, g);
    }
}

static void mark_old(const struct habit_spell *spell, unsigned a, unsigned b,
                     struct habit_days *out)
{
    const uint8_t *last = row_of(spell, LAST_OLD, b), *alone = row_of(spell, ALONE_OLD, b);
    for (unsigned g = b + 1; g < spell->width; g++) {
        if (last[g] > a)
            set_bit(out->last.bits, g);
        if (alone[g] > a)
            set_bit(out->alone.bits, g);
    }
}

bool habit_spell_fill(struct habit_days *days, const struct habit *habit, struct habit_range range,
                      int32_t from, int32_t to)
{
    const struct habit_spell *spell = find(habit, range);
    if (!spell)
        return false;
    int64_t a = (int64_t)spell->all.newest - to, b = (int64_t)spell->all.newest - from;
    bool is_all = from > to || b < 0 || (a >= spell->width && !spell->has_older);
    if (!is_all && (!spell->tables || (b >= OLDER && spell->has_older)))
        return false;
    *days = (struct habit_days){spell->all, spell->all, spell->alone, spell->first, spell->last};
    if (is_all)
        return true;
    if (a >= spell->width) // only older days lie within the interval
        return b < OLDER;
    a = a < 0 ? 0 : a;
    b = b < spell->width ? b : spell->width - 1;
    day_set_remove(&days->days, from, to);
    day_set_remove(&days->alone, from, to);
    day_set_remove(&days->first, from, to);
    day_set_remove(&days->last, from, to);
    mark_young(spell, (unsigned)a, (unsigned)b, days);
    mark_old(spell, (unsigned)a, (unsigned)b, days);
    return true;
}
