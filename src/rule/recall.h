// Private to rule/: what a text in a field came to before, because operations, programs, clients and
// users repeat from record to record. One recall per matcher and source.
// SPDX-License-Identifier: Apache-2.0
//
// Why it is exact: an entry is found by its bytes, never by a hash alone, and holds only what follows
// from those bytes: which rules the text leads to, and the verdicts of items that ask for nothing but
// this text. Dropping an entry at any time costs time and nothing else; so do all the limits below.
//
// Each slot has a table with one place for each hash: a newer text takes the place. It grows while it
// fills, up to RECALL_PLACES. Where few texts are met again (command lines, record numbers), the slot
// rests: its texts are not looked for, for a while. All entries together take at most the limit given;
// where it is reached everything is forgotten and the memory begins anew.
#ifndef STORMGLASS_RULE_RECALL_H
#define STORMGLASS_RULE_RECALL_H

#include "base/rest.h"
#include "rule/program.h"

#define RECALL_MEMORY_LIMIT ((size_t)8 << 20) // bytes, of one source's entries
#define RECALL_PLACES 2048                    // of one slot, at most
#define RECALL_TEXT_LIMIT 512                 // longer texts are not remembered
#define RECALL_ROUND 512                      // after so many texts a slot is judged ...
#define RECALL_HITS_LEAST 256                 // ... by how many of them were known
#define RECALL_REST_FIRST 1024                // texts passed over after a bad round; doubled with
#define RECALL_REST_MOST 32768                // each bad round up to this

// A text and what it came to. `is_text` tells texts from numbers and booleans as they are printed:
// patterns see no difference, other tests do.
struct recalled {
    uint64_t hash;
    uint32_t len;
    bool is_text;
    bool is_looked_up; // rules and items have been found
    struct rule_ids rules, items;
    uint8_t *verdicts; // of the slot's items, by item.place: 2 bits, VERDICT_KNOWN | VERDICT_HOLDS
    uint32_t verdict_size;
    char text[];
};

enum { VERDICT_KNOWN = 1, VERDICT_HOLDS = 2 };

struct recall_slot {
    struct recalled **places;
    uint32_t size, used;
    struct recalled *last; // found by the last call
    const char *last_at;   // where its text stood then, in the event of ...
    uint32_t last_event;   // ... this generation
    struct rest rest;      // of texts
};

struct recall {
    struct recall_slot *slots;
    uint32_t slot_count;
    size_t size, limit; // bytes of all entries
};

void recall_init(struct recall *recall, uint32_t slot_count, size_t limit);
void recall_done(struct recall *recall);

// What is known of the text in this slot, maybe nothing yet; NULL when it is not to be remembered. The
// text must stay where it is as long as the generation lasts. Valid until the next call.
struct recalled *recall_find(struct recall *recall, uint32_t slot, struct str text, bool is_text,
                             uint32_t generation);

// Generations begin anew: no text of an earlier one is at hand any more.
void recall_begin(struct recall *recall);

// Keeps the lists (their memory is the entry's from now on).
void recall_keep_lists(struct recall *recall, struct recalled *entry, struct rule_ids rules,
                       struct rule_ids items);

// Keeps the verdict of the item at `place` of the slot's `count`.
void recall_keep_verdict(struct recall *recall, struct recalled *entry, uint32_t place,
                         uint32_t count, bool holds);

static inline unsigned recalled_verdict(const struct recalled *entry, uint32_t place)
{
    return entry->verdicts ? entry->verdicts[place / 4] >> (place % 4 * 2) & 3u : 0;
}

#endif
