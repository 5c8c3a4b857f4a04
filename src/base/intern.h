// Texts kept once and named by small numbers (symbols), so that what refers to them is small and two
// texts of one table are the same exactly if their symbols are. The table owns the texts: they stay
// where they are until intern_done, whatever is added.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_INTERN_H
#define STORMGLASS_BASE_INTERN_H

#include <stdint.h>

#include "base/arena.h"

struct intern_slot {
    uint32_t number; // symbol + 1; 0: empty
    uint32_t tag;    // upper half of the hash, which tells the slot too
};

// A text as someone wrote it, and the symbol of what it means (in lower case, as an address ...).
#define INTERN_RECENT_TEXT 58
struct intern_recent {
    uint32_t symbol;
    uint8_t manner; // 0: an empty place
    uint8_t len;
    char text[INTERN_RECENT_TEXT];
};

// Where texts come from, as far as one often says again what it said last: numbers are taken modulo this.
#define INTERN_SPEAKERS 128

// A zeroed struct is an empty table.
struct intern {
    struct str *texts;         // by symbol
    struct intern_slot *slots; // a power of two
    uint32_t count, capacity, slot_count;
    struct arena arena;           // the texts' bytes
    struct intern_recent *recent; // NULL: none are kept
    void *recent_memory;
    uint32_t latest[INTERN_SPEAKERS];
};

void intern_done(struct intern *table);

// The symbol of the text, which is copied when it is new; symbols count up from 0. At most 2^30 texts of
// 2^32 - 1 bytes each: whoever fills a table asks intern_bytes and stops long before.
uint32_t intern_add(struct intern *table, struct str text);

// The symbol of the text; 0, which is that of the first text, when it is not in the table. The table is only
// read: many threads may ask as long as nobody adds.
uint32_t intern_find(const struct intern *table, struct str text);

static inline struct str intern_text(const struct intern *table, uint32_t symbol)
{
    return table->texts[symbol];
}

// Adds all texts of `from` to the table and gives, by their symbols there, those here; free() them. `from` is empty after
// it: its memory is released as the texts move, so that both never stand whole beside each other.
uint32_t *intern_move(struct intern *table, struct intern *from);

// Records repeat what the ones before them said. A table can keep what recent texts came to, so that they
// need not be spelled and looked up anew: off until it is asked for.
void intern_keep_recent(struct intern *table);
void intern_forget_recent(struct intern *table); // and keeps none from here on
// The place of a text meant in some manner (1 to 255): it holds this very text with its symbol when
// `is_known`, else it is the caller's to fill in the symbol. NULL for long texts and where none are kept. `speaker`
// is a number of the caller's for each place that texts come from.
// Borrowed until the next call.
struct intern_recent *intern_recent(struct intern *table, uint8_t manner, unsigned speaker,
                                    struct str text, bool *is_known);

// Says that intern_recent will be asked for the text before long, so that its place is on the way from memory.
void intern_expect(struct intern *table, uint8_t manner, unsigned speaker, struct str text);

// Memory in use.
static inline size_t intern_bytes(const struct intern *table)
{
    return table->arena.used + table->capacity * sizeof *table->texts +
           table->slot_count * sizeof *table->slots;
}

#endif
