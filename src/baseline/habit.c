// The store: entries in chunks, found through a table of their numbers (open addressing).
// SPDX-License-Identifier: Apache-2.0
#include "baseline/habit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/keyset.h"
#include "baseline/habit_settle.h"

#define FIRST_SLOTS ((uint32_t)1024)
#define HALVINGS_MOST 63
#define TEXT_HASH_SIZE 18 // "~#" and sixteen digits

const bool habit_has_symbols[HABIT_FACETS] = {
#define FACET_ROW(id, name, is_symbol) is_symbol,
    HABIT_FACET_LIST(FACET_ROW)
#undef FACET_ROW
};

const char *habit_facet_name(enum habit_facet facet)
{
    static const char *const names[] = {
#define FACET_ROW(id, name, is_symbol) name,
        HABIT_FACET_LIST(FACET_ROW)
#undef FACET_ROW
    };
    assert((unsigned)facet < HABIT_FACETS);
    return names[facet];
}

uint32_t habit_hour_of_week(int64_t instant)
{
    int64_t hours = instant / HOUR - (instant % HOUR < 0);
    int64_t since_monday = (hours + 3 * 24) % 168; // 1970-01-01 was a Thursday
    return (uint32_t)(since_monday < 0 ? since_monday + 168 : since_monday);
}

struct str habit_text(struct str text, char room[HABIT_TEXT_LIMIT])
{
    if (text.len <= HABIT_TEXT_LIMIT)
        return text;
    size_t kept = HABIT_TEXT_LIMIT - TEXT_HASH_SIZE;
    char digits[TEXT_HASH_SIZE + 1];
    snprintf(digits, sizeof digits, "~#%016llx", (unsigned long long)hash_str(text));
    memcpy(room, text.at, kept);
    memcpy(room + kept, digits, TEXT_HASH_SIZE);
    return str_of(room, HABIT_TEXT_LIMIT);
}

struct habit *habit_new(uint32_t entries_limit)
{
    struct habit *habit = memory_new(sizeof *habit);
    habit->limit = entries_limit ? entries_limit : HABIT_ENTRIES_LIMIT;
    if (habit->limit > HABIT_ENTRIES_MOST)
        habit->limit = HABIT_ENTRIES_MOST;
    habit->mask = FIRST_SLOTS - 1;
    habit->slots = memory_table(FIRST_SLOTS * sizeof *habit->slots);
    arena_init(&habit->texts);
    return habit;
}

void habit_unsettle(struct habit *habit)
{
    if (!habit->is_settled)
        return;
    habit_spells_done(habit);
    habit_lives_done(habit);
    habit_order_done(&habit->by_subject);
    habit_order_done(&habit->by_value);
    habit->is_settled = false;
}

void habit_free(struct habit *habit)
{
    if (!habit)
        return;
    habit_unsettle(habit);
    for (uint32_t i = 0; i < habit->chunk_count; i++)
        free(habit->chunks[i]);
    free(habit->chunks);
    free(habit->slots);
    free(habit->names);
    arena_done(&habit->texts);
    free(habit);
}

void habit_name(struct habit *habit, uint32_t symbol, struct str text)
{
    if (habit->lender || symbol >= HABIT_SYMBOL_LIMIT)
        return;
    assert(text.len <= HABIT_TEXT_LIMIT);
    if (symbol >= habit->name_count) {
        uint32_t count = habit->name_count ? habit->name_count : 256;
        while (count <= symbol)
            count *= 2;
        habit->names = memory_grow(habit->names, count * sizeof *habit->names);
        memset(habit->names + habit->name_count, 0,
               (count - habit->name_count) * sizeof *habit->names);
        habit->name_count = count;
    }
    if (!habit->names[symbol].at)
        habit->names[symbol] = arena_copy(&habit->texts, text);
}

void habit_borrow_names(struct habit *habit, const struct intern *texts)
{
    habit->lender = texts;
}

struct str habit_name_find(const struct habit *habit, uint32_t symbol)
{
    if (!habit_has_name(habit, symbol))
        return (struct str)STR("");
    return habit->lender ? intern_text(habit->lender, symbol) : habit->names[symbol];
}

// ---- what is kept of a full store -----------------------------------------------------------------

bool habit_keeps(const struct habit *habit, enum habit_kind kind, uint32_t subject,
                 enum habit_facet facet, uint32_t value)
{
    if (habit->halvings == 0)
        return true;
    if (kind == HABIT_TENANT && !habit_has_symbols[facet])
        return true; // few: hours of the week, logon types, days
    uint32_t symbol = kind == HABIT_TENANT ? value : subject;
    return keyset_in_share(hash_str(habit_name_find(habit, symbol)), habit->halvings);
}

// ---- the table ------------------------------------------------------------------------------------

static inline uint64_t hash_key(uint8_t kind, uint32_t subject, uint8_t facet, uint32_t value)
{
    uint64_t plane = (uint64_t)(kind << 8 | facet) * UINT64_C(0x9e3779b97f4a7c15);
    return hash_mix(((uint64_t)subject << 32 | value) + plane);
}

static inline bool is_key(const struct habit_entry *entry, uint8_t kind, uint32_t subject,
                          uint8_t facet, uint32_t value)
{
    return entry->subject == subject && entry->value == value && entry->kind == kind &&
           entry->facet == facet;
}

static inline uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 56) << 24;
}

#define NUMBER_MASK ((uint32_t)0xffffff)

// The slot of the key, or the empty one where it belongs; there is always one.
static uint32_t find_slot(const struct habit *habit, uint64_t hash, uint8_t kind, uint32_t subject,
                          uint8_t facet, uint32_t value)
{
    uint32_t tag = tag_of(hash);
    for (uint32_t slot = (uint32_t)hash & habit->mask;; slot = (slot + 1) & habit->mask) {
        uint32_t held = habit->slots[slot];
        if (held == 0)
            return slot;
        if ((held & ~NUMBER_MASK) == tag &&
            is_key(habit_entry(habit, (held & NUMBER_MASK) - 1), kind, subject, facet, value))
            return slot;
    }
}

// Fills the table from the entries.
static void rebuild_slots(struct habit *habit, uint32_t slot_count)
{
    free(habit->slots);
    habit->mask = slot_count - 1;
    habit->slots = memory_table(slot_count * sizeof *habit->slots);
    for (uint32_t i = 0; i < habit->count; i++) {
        const struct habit_entry *entry = habit_entry(habit, i);
        uint64_t hash = hash_key(entry->kind, entry->subject, entry->facet, entry->value);
        uint32_t slot = (uint32_t)hash & habit->mask;
        while (habit->slots[slot])
            slot = (slot + 1) & habit->mask;
        habit->slots[slot] = tag_of(hash) | (i + 1);
    }
}

static void add_chunk(struct habit *habit)
{
    ARRAY_GROW(habit->chunks, habit->chunk_count, habit->chunk_capacity);
    void *chunk = NULL;
    // Aligned to cache lines, which memory_new is not.
    if (posix_memalign(&chunk, sizeof(struct habit_entry), CHUNK_SIZE * sizeof(struct habit_entry)))
        abort();
    habit->chunks[habit->chunk_count++] = chunk;
}

void habit_sift(struct habit *habit, habit_is_kept *is_kept, int64_t before)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < habit->count; i++) {
        const struct habit_entry *entry = habit_entry(habit, i);
        if (is_kept(habit, entry, before))
            *habit_entry(habit, kept++) = *entry;
    }
    habit->count = kept;
    while (habit->chunk_count * (uint64_t)CHUNK_SIZE >= (uint64_t)kept + 2 * CHUNK_SIZE)
        free(habit->chunks[--habit->chunk_count]);
    rebuild_slots(habit, habit->mask + 1);
}

static bool is_in_share(const struct habit *habit, const struct habit_entry *entry, int64_t unused)
{
    (void)unused;
    return habit_keeps(habit, entry->kind, entry->subject, entry->facet, entry->value);
}

void habit_raise_halvings(struct habit *habit, unsigned halvings)
{
    if (halvings <= habit->halvings)
        return;
    habit->halvings = halvings;
    habit_sift(habit, is_in_share, 0);
}

// Makes room for one more entry with this key. False when the key itself is not kept, or when nothing
// helps. Halvings rise only when everything kept so far and this key are too many together, so that
// in the end they are the fewest that suffice for all that was ever added, in any order.
static bool make_room(struct habit *habit, enum habit_kind kind, uint32_t subject,
                      enum habit_facet facet, uint32_t value)
{
    while (habit->count >= habit->limit) {
        if (habit->halvings == HALVINGS_MOST) {
            habit->is_refusing = true;
            return false;
        }
        habit_raise_halvings(habit, habit->halvings + 1);
        if (!habit_keeps(habit, kind, subject, facet, value))
            return false;
    }
    return true;
}

// The entry of a key, a new and empty one if need be; NULL when the store is full.
static struct habit_entry *obtain(struct habit *habit, uint64_t hash, uint8_t kind,
                                  uint32_t subject, uint8_t facet, uint32_t value)
{
    uint32_t slot = find_slot(habit, hash, kind, subject, facet, value);
    if (habit->slots[slot])
        return habit_entry(habit, (habit->slots[slot] & NUMBER_MASK) - 1);
    if (!make_room(habit, kind, subject, facet, value))
        return NULL;
    if ((uint64_t)habit->count * 3 >= (uint64_t)habit->mask * 2)
        rebuild_slots(habit, (habit->mask + 1) * 2);
    slot = find_slot(habit, hash, kind, subject, facet, value); // the table may be another
    if (habit->count == habit->chunk_count * CHUNK_SIZE)
        add_chunk(habit);
    struct habit_entry *entry = habit_entry(habit, habit->count);
    *entry = (struct habit_entry){.subject = subject, .value = value, .kind = kind, .facet = facet};
    habit->slots[slot] = tag_of(hash) | ++habit->count;
    return entry;
}

struct habit_entry *habit_obtain(struct habit *habit, const struct habit_entry *like)
{
    if (!habit_keeps(habit, like->kind, like->subject, like->facet, like->value))
        return NULL;
    uint64_t hash = hash_key(like->kind, like->subject, like->facet, like->value);
    return obtain(habit, hash, like->kind, like->subject, like->facet, like->value);
}

struct habit_entry *habit_find(const struct habit *habit, enum habit_kind kind, uint32_t subject,
                               enum habit_facet facet, uint32_t value)
{
    uint64_t hash = hash_key((uint8_t)kind, subject, (uint8_t)facet, value);
    uint32_t held =
        habit->slots[find_slot(habit, hash, (uint8_t)kind, subject, (uint8_t)facet, value)];
    return held ? habit_entry(habit, (held & NUMBER_MASK) - 1) : NULL;
}

// ---- adding ---------------------------------------------------------------------------------------

static inline void see(struct habit_entry *entry, int64_t time, uint32_t count)
{
    if (entry->count == 0) {
        entry->first = entry->last = time;
        entry->days[0] = 1;
    } else if (time >= entry->last) {
        int64_t days = day_of(time) - (int64_t)day_of(entry->last);
        if (days) {
            day_bits_age(entry->days, (uint64_t)days);
            entry->days[0] |= 1;
        }
        entry->last = time;
    } else {
        int64_t age = day_of(entry->last) - (int64_t)day_of(time);
        if (age < DAY_SET_SPAN)
            entry->days[age / 64] |= UINT64_C(1) << (age % 64);
        if (time < entry->first)
            entry->first = time;
    }
    entry->count = habit_add_up(entry->count, count);
}

// Facts with what was worked out of them: the table's line and the entry's line are asked for before
// either is needed.
struct pending {
    struct habit_fact fact;
    uint64_t hash;
    uint32_t place; // day within the block of a volume
};

static bool prepare(const struct habit *habit, const struct habit_fact *fact, struct pending *out)
{
    assert(fact->kind < HABIT_KINDS && fact->facet < HABIT_FACETS);
    bool has_symbol = habit_has_symbols[fact->facet];
    if (fact->time == INSTANT_NONE || fact->count == 0)
        return false;
    *out = (struct pending){.fact = *fact};
    if (fact->facet == HABIT_VOLUME) {
        uint32_t day = (uint32_t)(day_of(fact->time) - VOLUME_EPOCH);
        out->fact.value = day / VOLUME_DAYS;
        out->place = day % VOLUME_DAYS;
    }
    out->hash = hash_key(fact->kind, fact->subject, fact->facet, out->fact.value);
    __builtin_prefetch(&habit->slots[(uint32_t)out->hash & habit->mask]);
    return fact->subject < HABIT_SYMBOL_LIMIT && (!has_symbol || fact->value < HABIT_SYMBOL_LIMIT);
}

static void add_one(struct habit *habit, const struct pending *pending)
{
    const struct habit_fact *fact = &pending->fact;
    if (habit->halvings && !habit_keeps(habit, fact->kind, fact->subject, fact->facet, fact->value))
        return;
    struct habit_entry *entry =
        obtain(habit, pending->hash, fact->kind, fact->subject, fact->facet, fact->value);
    if (!entry)
        return;
    if (fact->facet == HABIT_VOLUME)
        entry->messages[pending->place] =
            habit_add_up(entry->messages[pending->place], fact->count);
    else
        see(entry, fact->time, fact->count);
}

static void add_group(struct habit *habit, const struct pending pending[], unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint32_t held = habit->slots[(uint32_t)pending[i].hash & habit->mask];
        if (held)
            __builtin_prefetch(habit_entry(habit, (held & NUMBER_MASK) - 1), 1);
    }
    for (unsigned i = 0; i < count; i++)
        add_one(habit, &pending[i]);
}

void habit_add(struct habit *habit, const struct habit_fact facts[], size_t count)
{
    enum { GROUP = 16 };
    struct pending pending[GROUP];
    unsigned ready = 0;
    habit_unsettle(habit);
    for (size_t i = 0; i < count; i++) {
        if (prepare(habit, &facts[i], &pending[ready]))
            ready++;
        else if (facts[i].count && facts[i].time != INSTANT_NONE)
            habit->is_refusing = true; // a symbol over the limit
        if (ready == GROUP) {
            add_group(habit, pending, ready);
            ready = 0;
        }
    }
    add_group(habit, pending, ready);
}

// ---- what it is -----------------------------------------------------------------------------------

bool habit_is_full(const struct habit *habit)
{
    return habit->halvings > 0 || habit->is_refusing;
}

unsigned habit_halvings(const struct habit *habit)
{
    return habit->halvings;
}

bool habit_covers(const struct habit *habit, enum habit_kind kind, uint32_t subject,
                  enum habit_facet facet, uint32_t value)
{
    return !habit->is_refusing && habit_keeps(habit, kind, subject, facet, value);
}

uint32_t habit_count(const struct habit *habit)
{
    return habit->count;
}

size_t habit_bytes(const struct habit *habit)
{
    size_t bytes = sizeof *habit + habit->name_count * sizeof *habit->names + habit->texts.used;
    bytes += (size_t)habit->chunk_count * CHUNK_SIZE * sizeof(struct habit_entry);
    bytes += ((size_t)habit->mask + 1) * sizeof *habit->slots;
    if (habit->is_settled)
        bytes += habit_order_bytes(habit, &habit->by_subject) +
                 habit_order_bytes(habit, &habit->by_value) + habit_spells_bytes(habit) +
                 habit_lives_bytes(habit);
    return bytes;
}
