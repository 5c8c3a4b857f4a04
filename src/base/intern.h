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
    uint32_t tag;    // upper half of the hash
};

// A zeroed struct is an empty table.
struct intern {
    struct str *texts;         // by symbol
    struct intern_slot *slots; // a power of two
    uint32_t count, capacity, slot_count;
    struct arena arena; // the texts' bytes
};

void intern_done(struct intern *table);

// The symbol of the text, which is copied when it is new; symbols count up from 0. At most 2^30 texts of
// 2^32 - 1 bytes each: whoever fills a table asks intern_bytes and stops long before.
uint32_t intern_add(struct intern *table, struct str text);

static inline struct str intern_text(const struct intern *table, uint32_t symbol)
{
    return table->texts[symbol];
}

// Memory in use.
static inline size_t intern_bytes(const struct intern *table)
{
    return table->arena.used + table->capacity * sizeof *table->texts +
           table->slot_count * sizeof *table->slots;
}

#endif
