// What a text in a field came to before: a bounded table per field.
// SPDX-License-Identifier: Apache-2.0
#include "rule/recall.h"

#include <stdlib.h>

#include "base/hash.h"

#define FIRST_PLACES 64

void recall_init(struct recall *recall, uint32_t slot_count, size_t limit)
{
    *recall = (struct recall){.slot_count = slot_count, .limit = limit};
    recall->slots = memory_new((slot_count + 1) * sizeof *recall->slots);
}

static size_t entry_size(const struct recalled *entry)
{
    return sizeof *entry + entry->len + entry->verdict_size +
           ((size_t)entry->rules.capacity + entry->items.capacity) * sizeof(uint32_t);
}

static void entry_free(struct recalled *entry)
{
    if (!entry)
        return;
    free(entry->rules.at);
    free(entry->items.at);
    free(entry->verdicts);
    free(entry);
}

static void forget_all(struct recall *recall)
{
    for (uint32_t i = 0; i < recall->slot_count; i++) {
        struct recall_slot *slot = &recall->slots[i];
        for (uint32_t k = 0; k < slot->size; k++)
            entry_free(slot->places[k]);
        free(slot->places);
        slot->places = NULL;
        slot->last = NULL;
        slot->size = slot->used = 0;
    }
    recall->size = 0;
}

void recall_done(struct recall *recall)
{
    forget_all(recall);
    free(recall->slots);
    *recall = (struct recall){0};
}

// ---- places -----------------------------------------------------------------------------------

// Puts the entry in its place; whoever is there makes way.
static void place(struct recall *recall, struct recall_slot *slot, struct recalled *entry)
{
    struct recalled **at = &slot->places[entry->hash & (slot->size - 1)];
    if (*at) {
        recall->size -= entry_size(*at);
        if (slot->last == *at)
            slot->last = NULL;
        entry_free(*at);
        slot->used--;
    }
    *at = entry;
    slot->used++;
}

static void grow(struct recall *recall, struct recall_slot *slot)
{
    struct recalled **old = slot->places;
    uint32_t count = slot->size;
    if (slot->used * 4 < count || count >= RECALL_PLACES)
        return;
    slot->size = count ? count * 2 : FIRST_PLACES;
    slot->places = memory_new(slot->size * sizeof(struct recalled *));
    recall->size += (slot->size - count) * sizeof(struct recalled *);
    slot->used = 0;
    for (uint32_t i = 0; i < count; i++)
        if (old[i])
            place(recall, slot, old[i]);
    free(old);
}

static struct recalled *add(struct recall *recall, struct recall_slot *slot, struct str text,
                            bool is_text, uint64_t hash)
{
    if (recall->size + sizeof(struct recalled) + text.len > recall->limit)
        forget_all(recall);
    grow(recall, slot);
    struct recalled *entry = memory_new(sizeof *entry + text.len);
    entry->hash = hash;
    entry->len = (uint32_t)text.len;
    entry->is_text = is_text;
    if (text.len)
        memcpy(entry->text, text.at, text.len);
    recall->size += entry_size(entry);
    place(recall, slot, entry);
    return entry;
}

// ---- finding ----------------------------------------------------------------------------------

static inline bool is_entry(const struct recalled *entry, struct str text, bool is_text)
{
    return entry && entry->len == text.len && entry->is_text == is_text &&
           memcmp(entry->text, text.at, text.len) == 0;
}

// A slot whose texts are seldom met again is left alone for a while.
static const struct rest_terms terms = {RECALL_ROUND, RECALL_HITS_LEAST, RECALL_REST_FIRST,
                                        RECALL_REST_MOST};

static struct recalled *find_or_add(struct recall *recall, struct recall_slot *slot,
                                    struct str text, bool is_text)
{
    rest_judge(&slot->rest, &terms);
    slot->rest.asked++;
    if (is_entry(slot->last, text, is_text)) {
        slot->rest.hits++;
        return slot->last;
    }
    uint64_t hash = hash_str(text);
    struct recalled *entry = slot->size ? slot->places[hash & (slot->size - 1)] : NULL;
    if (entry && entry->hash == hash && is_entry(entry, text, is_text)) {
        slot->rest.hits++;
        return entry;
    }
    return add(recall, slot, text, is_text, hash);
}

struct recalled *recall_find(struct recall *recall, uint32_t number, struct str text, bool is_text,
                             uint32_t generation)
{
    struct recall_slot *slot = &recall->slots[number];
    // The same value of the same event is asked for by the look-up and by each item.
    if (slot->last_event == generation && slot->last_at == text.at && slot->last &&
        slot->last->len == text.len && slot->last->is_text == is_text)
        return slot->last;
    if (slot->rest.resting || text.len > RECALL_TEXT_LIMIT) {
        slot->rest.resting -= slot->rest.resting > 0;
        return NULL;
    }
    slot->last = find_or_add(recall, slot, text, is_text);
    slot->last_at = text.at;
    slot->last_event = generation;
    return slot->last;
}

void recall_begin(struct recall *recall)
{
    for (uint32_t i = 0; i < recall->slot_count; i++)
        recall->slots[i].last_event = 0;
}

// ---- keeping ----------------------------------------------------------------------------------

void recall_keep_lists(struct recall *recall, struct recalled *entry, struct rule_ids rules,
                       struct rule_ids items)
{
    recall->size -= entry_size(entry);
    entry->rules = rules;
    entry->items = items;
    entry->is_looked_up = true;
    recall->size += entry_size(entry);
}

void recall_keep_verdict(struct recall *recall, struct recalled *entry, uint32_t at, uint32_t count,
                         bool holds)
{
    if (!entry->verdicts) {
        entry->verdict_size = count / 4 + 1;
        entry->verdicts = memory_new(entry->verdict_size);
        recall->size += entry->verdict_size;
    }
    unsigned verdict = VERDICT_KNOWN | (holds ? VERDICT_HOLDS : 0u);
    entry->verdicts[at / 4] |= (uint8_t)(verdict << (at % 4 * 2));
}
