// Building the indexes that lead from an event's values to the rules anchored in them.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "event/derived.h"
#include "rule/anchor.h"

uint64_t anchor_hash(struct str lower)
{
    return hash_bytes(lower.at, lower.len, 7) | 1;
}

static void ids_add(struct rule_ids *ids, uint32_t rule)
{
    if (ids->count && ids->at[ids->count - 1] == rule)
        return;
    ARRAY_GROW(ids->at, ids->count, ids->capacity);
    ids->at[ids->count++] = rule;
}

static struct slot_index *index_of(struct source_program *sp, uint32_t slot)
{
    for (uint32_t i = 0; i < sp->index_count; i++)
        if (sp->indexes[i].slot == slot)
            return &sp->indexes[i];
    ARRAY_GROW(sp->indexes, sp->index_count, sp->index_capacity);
    struct slot_index *index = &sp->indexes[sp->index_count++];
    *index = (struct slot_index){
        .slot = slot,
        .is_derived = slot < FIELD_COUNT && field_is_derived((enum field_id)slot),
        .is_twin = slot < FIELD_COUNT && field_is_twin((enum field_id)slot),
    };
    return index;
}

static void exact_insert(struct slot_index *index, struct exact_entry entry)
{
    uint32_t at = (uint32_t)(entry.hash >> 32) & index->exact_mask;
    while (index->exact[at].hash)
        at = (at + 1) & index->exact_mask;
    index->exact[at] = entry;
}

static void exact_grow(struct slot_index *index)
{
    uint32_t size = index->exact ? (index->exact_mask + 1) : 0;
    if (index->exact_count * 2 < size)
        return;
    struct exact_entry *old = index->exact;
    uint32_t bigger = size ? size * 2 : 16;
    index->exact = memory_new(bigger * sizeof *index->exact);
    index->exact_mask = bigger - 1;
    for (uint32_t i = 0; i < size; i++)
        if (old[i].hash)
            exact_insert(index, old[i]);
    free(old);
}

static struct exact_entry *exact_entry_of(struct slot_index *index, struct str text)
{
    exact_grow(index);
    uint64_t hash = anchor_hash(text);
    uint32_t at = (uint32_t)(hash >> 32) & index->exact_mask;
    while (index->exact[at].hash &&
           (index->exact[at].hash != hash || !str_equal(index->exact[at].text, text)))
        at = (at + 1) & index->exact_mask;
    if (!index->exact[at].hash) {
        index->exact[at].hash = hash;
        index->exact[at].text = text;
        index->exact_count++;
    }
    if (text.len > index->longest_exact)
        index->longest_exact = text.len;
    return &index->exact[at];
}

static void exact_add(struct slot_index *index, struct str text, uint32_t rule)
{
    ids_add(&exact_entry_of(index, text)->rules, rule);
}

// Can the item be decided by looking up the field's whole value?
static bool is_indexable(const struct item *item)
{
    for (size_t i = 0; i < item->count; i++) {
        const struct predicate *predicate = &item->predicates[i];
        if (predicate->shape != PATTERN_EXACT || predicate->is_cased ||
            predicate->literal.len > ANCHOR_EXACT_LIMIT)
            return false;
    }
    return item->is_simple && item->count > 0;
}

// Items over a field that is looked up anyway are decided by the same look-up.
static void items_index(struct source_program *sp)
{
    for (uint32_t i = 0; i < sp->item_count; i++) {
        struct item *item = &sp->items[i];
        struct slot_index *index = NULL;
        for (uint32_t k = 0; k < sp->index_count && !index; k++)
            if (sp->indexes[k].slot == item->slot && sp->indexes[k].exact)
                index = &sp->indexes[k];
        if (!index || item->slot == SLOT_NONE || !is_indexable(item))
            continue;
        for (size_t k = 0; k < item->count; k++)
            ids_add(&exact_entry_of(index, item->predicates[k].literal)->items, i);
        item->is_indexed = true;
    }
}

// Does the value, when it is one text, decide the item alone?
static bool is_of_text(const struct item *item)
{
    for (size_t i = 0; i < item->count; i++) {
        enum sigma_value_kind kind = item->predicates[i].value->kind;
        if (kind == VALUE_FIELD || kind == VALUE_PLACEHOLDER)
            return false;
    }
    return item->slot != SLOT_NONE && !item->is_derived && !item->is_indexed;
}

// Gives each such item its place among those of its slot.
static void items_place(struct source_program *sp)
{
    sp->text_items = memory_new((field_plan_slot_count(sp->plan) + 1) * sizeof *sp->text_items);
    for (uint32_t i = 0; i < sp->item_count; i++) {
        struct item *item = &sp->items[i];
        item->is_of_text = is_of_text(item);
        if (item->is_of_text)
            item->place = sp->text_items[item->slot]++;
    }
}

// Texts to be found inside the values of one slot, while the indexes are being built.
struct part_list {
    uint32_t slot;
    struct map texts; // text -> number
    struct rule_ids *rules;
    uint32_t capacity;
};

struct building {
    struct rule_program *program;
    struct source_program *sp;
    struct part_list *parts;
    uint32_t part_count, part_capacity;
};

static void part_add(struct building *b, uint32_t slot, struct str text, uint32_t rule)
{
    struct part_list *list = NULL;
    for (uint32_t i = 0; i < b->part_count && !list; i++)
        if (b->parts[i].slot == slot)
            list = &b->parts[i];
    if (!list) {
        ARRAY_GROW(b->parts, b->part_count, b->part_capacity);
        list = &b->parts[b->part_count++];
        *list = (struct part_list){.slot = slot};
        map_init(&list->texts);
    }
    bool is_new;
    struct map_entry *entry = map_add(&list->texts, text, &is_new);
    if (is_new) {
        uint32_t number = list->texts.count - 1;
        entry->number = number;
        ARRAY_GROW(list->rules, number, list->capacity);
        list->rules[number] = (struct rule_ids){0};
    }
    ids_add(&list->rules[entry->number], rule);
}

static void take_parts(struct source_program *sp, struct part_list *list)
{
    struct slot_index *index = index_of(sp, list->slot);
    index->part_count = list->texts.count;
    index->part_rules = list->rules;
    index->part_texts = memory_new(list->texts.count * sizeof *index->part_texts);
    for (uint32_t i = 0; i < list->texts.count; i++)
        index->part_texts[i] = list->texts.entries[i].key;
    map_done(&list->texts);
}

const struct needles *index_needles(struct slot_index *index)
{
    struct needles *needles = atomic_load_explicit(&index->needles, memory_order_acquire);
    if (needles)
        return needles;
    struct needles *made = needles_new(index->part_texts, index->part_count);
    if (atomic_compare_exchange_strong(&index->needles, &needles, made))
        return made;
    needles_free(made); // another thread was first
    return needles;
}

static void index_add(struct building *b, const struct anchor_set *set, uint32_t mark)
{
    struct source_program *sp = b->sp;
    for (size_t i = 0; i < set->count; i++) {
        const struct anchor *anchor = &set->items[i];
        struct slot_index *index = index_of(sp, anchor->slot);
        if (anchor->kind == ANCHOR_PART)
            part_add(b, anchor->slot, anchor->text, mark);
        else if (anchor->kind == ANCHOR_EXACT)
            exact_add(index, anchor->text, mark);
        else
            ids_add(&index->present, mark);
    }
}

static void rule_index(struct building *b, uint32_t number)
{
    struct source_program *sp = b->sp;
    struct anchor_set set = anchors_first(&b->program->arena, sp, &sp->rules[number]);
    if (set.is_possible)
        index_add(b, &set, ANCHOR_MARK(number, false));
    else
        ids_add(&sp->always, ANCHOR_MARK(number, false));
    free(set.items);
}

static void rule_index_second(struct building *b, uint32_t number)
{
    struct compiled_rule *rule = &b->sp->rules[number];
    struct anchor_set set = anchors_second(&b->program->arena, b->sp, rule);
    rule->has_second = set.count > 0;
    index_add(b, &set, ANCHOR_MARK(number, true));
    free(set.items);
}

// What candidates_find reads for each event, close together.
static void list_slots(struct source_program *sp)
{
    sp->index_slots = memory_new((sp->index_count + 1) * sizeof *sp->index_slots);
    for (uint32_t i = 0; i < sp->index_count; i++) {
        const struct slot_index *index = &sp->indexes[i];
        bool is_asked = index->is_derived && !index->is_twin;
        sp->index_slots[i] = is_asked ? SLOT_NONE : index->slot;
    }
}

void anchors_build(struct rule_program *program, struct source_program *sp)
{
    struct building b = {.program = program, .sp = sp};
    field_plan_finish(sp->plan);
    for (uint32_t i = 0; i < sp->rule_count; i++)
        rule_index(&b, i);
    for (uint32_t i = 0; i < sp->rule_count; i++)
        rule_index_second(&b, i);
    for (uint32_t i = 0; i < b.part_count; i++)
        take_parts(sp, &b.parts[i]);
    free(b.parts);
    items_index(sp);
    items_place(sp);
    list_slots(sp);
}

void anchors_free(struct source_program *sp)
{
    for (uint32_t i = 0; i < sp->index_count; i++) {
        struct slot_index *index = &sp->indexes[i];
        for (uint32_t k = 0; index->exact && k <= index->exact_mask; k++) {
            free(index->exact[k].rules.at);
            free(index->exact[k].items.at);
        }
        free(index->exact);
        for (uint32_t k = 0; k < index->part_count; k++)
            free(index->part_rules[k].at);
        free(index->part_rules);
        free(index->present.at);
        free(index->part_texts);
        needles_free(atomic_load(&index->needles));
    }
    free(sp->indexes);
    free(sp->always.at);
    free(sp->text_items);
    free(sp->index_slots);
}
