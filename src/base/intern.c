// Open addressing over slots of eight bytes that hold half of the hash, so that a text is looked at
// only where it is almost certainly the one.
// SPDX-License-Identifier: Apache-2.0
#include "base/intern.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"

#define FIRST_SLOTS UINT32_C(64)
// A power of two; 64 bytes each. A tenant of some thousands has about ten texts in use for each mailbox at a time; a
// text that is missed here costs three reads of cold memory.
#define RECENT_COUNT (UINT32_C(1) << 18)
#define SYMBOL_LIMIT (UINT32_C(1) << 30)

void intern_done(struct intern *table)
{
    free(table->texts);
    free(table->slots);
    free(table->recent_memory);
    arena_done(&table->arena);
    *table = (struct intern){0};
}

// The slot is told by the tag alone, so that a growing table need not look at its texts again.
static void put(struct intern *table, struct intern_slot held)
{
    uint32_t mask = table->slot_count - 1, slot = held.tag & mask;
    while (table->slots[slot].number)
        slot = (slot + 1) & mask;
    table->slots[slot] = held;
}

static void grow(struct intern *table)
{
    struct intern_slot *old = table->slots;
    uint32_t old_count = table->slot_count;
    table->slot_count = old_count ? old_count * 2 : FIRST_SLOTS;
    table->slots = memory_table(table->slot_count * sizeof *table->slots);
    for (uint32_t i = 0; i < old_count; i++)
        if (old[i].number)
            put(table, old[i]);
    free(old);
}

uint32_t intern_add(struct intern *table, struct str text)
{
    if ((uint64_t)table->count * 3 >= (uint64_t)table->slot_count * 2)
        grow(table);
    uint32_t mask = table->slot_count - 1, tag = (uint32_t)(hash_str(text) >> 32);
    for (uint32_t slot = tag & mask; table->slots[slot].number; slot = (slot + 1) & mask) {
        uint32_t symbol = table->slots[slot].number - 1;
        if (table->slots[slot].tag == tag && str_equal(table->texts[symbol], text))
            return symbol;
    }
    assert(text.len <= UINT32_MAX && table->count < SYMBOL_LIMIT);
    put(table, (struct intern_slot){table->count + 1, tag});
    ARRAY_GROW(table->texts, table->count, table->capacity);
    table->texts[table->count] = arena_copy(&table->arena, text);
    return table->count++;
}

uint32_t intern_find(const struct intern *table, struct str text)
{
    uint32_t mask = table->slot_count - 1, tag = (uint32_t)(hash_str(text) >> 32);
    for (uint32_t slot = tag & mask; table->slot_count && table->slots[slot].number;
         slot = (slot + 1) & mask) {
        uint32_t symbol = table->slots[slot].number - 1;
        if (table->slots[slot].tag == tag && str_equal(table->texts[symbol], text))
            return symbol;
    }
    return 0;
}

#define MOVED_AT_ONCE UINT32_C(4096)

uint32_t *intern_move(struct intern *table, struct intern *from)
{
    uint32_t *symbols = memory_new((from->count + 1) * sizeof *symbols);
    free(from->slots);
    intern_forget_recent(from);
    from->slots = NULL;
    for (uint32_t i = 0; i < from->count; i++) {
        symbols[i] = intern_add(table, from->texts[i]);
        if (i % MOVED_AT_ONCE == MOVED_AT_ONCE - 1)
            arena_release_before(&from->arena, from->texts[i].at);
    }
    intern_done(from);
    return symbols;
}

void intern_keep_recent(struct intern *table)
{
    _Static_assert(sizeof(struct intern_recent) == 64, "a recent text is one cache line");
    if (table->recent)
        return;
    // One more, so that they can begin with a cache line; zeroes that nobody touches cost nothing.
    table->recent_memory = memory_new((RECENT_COUNT + 1) * sizeof *table->recent);
    uintptr_t at = (uintptr_t)table->recent_memory, line = sizeof *table->recent;
    table->recent = (void *)((at + line - 1) / line * line);
}

void intern_forget_recent(struct intern *table)
{
    free(table->recent_memory);
    table->recent_memory = NULL;
    table->recent = NULL;
}

static inline bool is_recent(const struct intern_recent *recent, uint8_t manner, struct str text)
{
    return recent->manner == manner && recent->len == text.len &&
           memcmp(recent->text, text.at, text.len) == 0;
}

static inline uint32_t recent_place(uint8_t manner, struct str text)
{
    return (uint32_t)(hash_bytes(text.at, text.len, manner) & (RECENT_COUNT - 1));
}

void intern_expect(struct intern *table, uint8_t manner, unsigned speaker, struct str text)
{
    if (!table->recent || text.len > INTERN_RECENT_TEXT)
        return;
    uint32_t *latest = &table->latest[speaker % INTERN_SPEAKERS];
    if (is_recent(&table->recent[*latest], manner, text))
        return;
    *latest = recent_place(manner, text);
    __builtin_prefetch(&table->recent[*latest]);
}

struct intern_recent *intern_recent(struct intern *table, uint8_t manner, unsigned speaker,
                                    struct str text, bool *is_known)
{
    *is_known = false;
    if (!table->recent || text.len > INTERN_RECENT_TEXT)
        return NULL;
    uint32_t *latest = &table->latest[speaker % INTERN_SPEAKERS];
    *is_known = is_recent(&table->recent[*latest], manner, text);
    if (*is_known)
        return &table->recent[*latest];
    *latest = recent_place(manner, text);
    struct intern_recent *recent = &table->recent[*latest];
    *is_known = is_recent(recent, manner, text);
    if (!*is_known) {
        recent->manner = manner;
        recent->len = (uint8_t)text.len;
        memcpy(recent->text, text.at, text.len);
    }
    return recent;
}
