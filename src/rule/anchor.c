// Anchors: for each rule the few texts of which one must stand in an event before the rule is worth
// evaluating, and the indexes that lead from an event to the rules anchored in it.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "event/derived.h"
#include "rule/program.h"

struct anchor {
    uint32_t slot; // SLOT_NONE: anywhere in the event
    enum anchor_kind kind;
    struct str text;                 // EXACT, PART: lower case
    const struct sigma_value *regex; // REGEX
};

#define REGEX_LITERAL_LEAST 3  // shorter texts stand nearly everywhere
#define SECOND_ANCHORS_MOST 64 // alternatives of a second set

// Any one of these must be met. score: how rarely that happens, higher is rarer.
struct anchor_set {
    struct anchor *items;
    size_t count, capacity;
    int score;
    bool is_possible; // false: the test can hold without any anchor
};

uint64_t anchor_hash(struct str lower)
{
    return hash_bytes(lower.at, lower.len, 7) | 1;
}

static void set_add(struct anchor_set *set, struct anchor anchor)
{
    ARRAY_GROW(set->items, set->count, set->capacity);
    set->items[set->count++] = anchor;
}

// ---- choosing ---------------------------------------------------------------------------------

struct str pattern_literal(const struct sigma_pattern *pattern)
{
    struct str best = {"", 0};
    size_t start = 0;
    for (size_t i = 0; i <= pattern->text.len; i++) {
        bool is_end = i == pattern->text.len || (pattern->wild && pattern->wild[i]);
        if (!is_end)
            continue;
        if (i - start > best.len)
            best = str_of(pattern->text.at + start, i - start);
        start = i + 1;
    }
    return best;
}

static int capped(size_t len, int most)
{
    return len > (size_t)most ? most : (int)len;
}

// Fields whose values say what happened: nearly every other field is less telling.
static bool is_operation(struct str field)
{
    return str_equal_fold(field, S("Operation")) || str_equal_fold(field, S("OperationName")) ||
           str_equal_fold(field, S("ActivityDisplayName")) ||
           str_equal_fold(field, S("OperationNameValue")) ||
           str_equal_fold(field, S("properties.message"));
}

// Anchor and score of one alternative of an item; kind PRESENT when no text is required.
static int anchor_of(struct arena *arena, const struct item *item,
                     const struct predicate *predicate, struct anchor *out)
{
    const struct sigma_value *value = predicate->value;
    *out = (struct anchor){.slot = item->slot, .kind = ANCHOR_PRESENT};
    switch (value->kind) {
    case VALUE_PATTERN: {
        struct str literal = pattern_literal(&value->pattern);
        bool is_exact = predicate->shape == PATTERN_EXACT && literal.len <= ANCHOR_EXACT_LIMIT;
        if (!is_exact && literal.len < 2)
            return 10;
        out->kind = is_exact ? ANCHOR_EXACT : ANCHOR_PART;
        out->text = lower_copy(arena, literal);
        if (is_exact)
            return 60 + capped(literal.len, 30) + (is_operation(item->field) ? 100 : 0);
        return 30 + 2 * capped(literal.len, 30);
    }
    case VALUE_NUMBER:
        if (memchr(predicate->literal.at, '.', predicate->literal.len))
            return 10;
        out->kind = ANCHOR_EXACT;
        out->text = predicate->literal;
        return 40 + capped(out->text.len, 6);
    case VALUE_BOOL:
        out->kind = ANCHOR_EXACT;
        out->text = value->boolean ? S("true") : S("false");
        return 15;
    case VALUE_REGEX:
        out->text = regex_literal(arena, value);
        if (out->text.len >= REGEX_LITERAL_LEAST) {
            out->kind = ANCHOR_PART;
            return 30 + 2 * capped(out->text.len, 30);
        }
        out->kind = ANCHOR_REGEX;
        out->regex = value;
        return 25;
    default:
        return 10;
    }
}

// Numbers and booleans do not stand among an event's texts: keywords that they may meet have no anchor.
bool literal_is_in_number(struct str literal)
{
    for (size_t i = 0; i < literal.len; i++)
        if (!memchr("0123456789+-.e", literal.at[i], 14))
            return str_contains(S("true"), literal) || str_contains(S("false"), literal);
    return true;
}

static bool is_met_by_absence(const struct predicate *predicate)
{
    const struct sigma_value *value = predicate->value;
    return value->kind == VALUE_NULL || (value->kind == VALUE_EXISTS && !value->boolean);
}

static struct anchor_set anchors_of_item(struct arena *arena, const struct item *item)
{
    struct anchor_set set = {.score = 1000, .is_possible = true};
    bool is_keyword = item->node->is_keyword;
    if (item->node->is_negated) {
        set_add(&set, (struct anchor){.slot = item->slot, .kind = ANCHOR_PRESENT});
        set.score = 5;
        return set;
    }
    struct anchor best = {0};
    int best_score = -1;
    for (size_t i = 0; i < item->count; i++) {
        struct anchor anchor;
        int score = anchor_of(arena, item, &item->predicates[i], &anchor);
        bool is_usable =
            !is_met_by_absence(&item->predicates[i]) &&
            !(is_keyword && (anchor.kind != ANCHOR_PART || literal_is_in_number(anchor.text)));
        if (item->node->is_all) {
            if (is_usable && score > best_score) {
                best = anchor;
                best_score = score;
            }
            continue;
        }
        if (!is_usable)
            set.is_possible = false;
        set_add(&set, anchor);
        set.score = score < set.score ? score : set.score;
    }
    if (item->node->is_all) {
        set.is_possible = best_score >= 0;
        set.score = best_score;
        set_add(&set, best);
    }
    return set;
}

static struct anchor_set anchors_of(struct arena *arena, const struct source_program *sp,
                                    const struct test *test);

// Any of the children may be what holds: all their anchors together.
static struct anchor_set anchors_of_any(struct arena *arena, const struct source_program *sp,
                                        struct test *const *children, size_t count)
{
    struct anchor_set set = {.score = 1000, .is_possible = true};
    for (size_t i = 0; i < count; i++) {
        struct anchor_set one = anchors_of(arena, sp, children[i]);
        set.is_possible = set.is_possible && one.is_possible;
        set.score = one.score < set.score ? one.score : set.score;
        for (size_t k = 0; k < one.count; k++)
            set_add(&set, one.items[k]);
        free(one.items);
    }
    return set;
}

// All children hold: the rarest one's anchors will do.
static struct anchor_set anchors_of_all(struct arena *arena, const struct source_program *sp,
                                        const struct test *test)
{
    struct anchor_set best = {.is_possible = false};
    for (size_t i = 0; i < test->count; i++) {
        struct anchor_set one = anchors_of(arena, sp, test->children[i]);
        if (one.is_possible && (!best.is_possible || one.score > best.score)) {
            free(best.items);
            best = one;
        } else {
            free(one.items);
        }
    }
    return best;
}

static struct anchor_set anchors_of(struct arena *arena, const struct source_program *sp,
                                    const struct test *test)
{
    struct anchor_set set = {.is_possible = false};
    switch (test->kind) {
    case NODE_ITEM:
        return anchors_of_item(arena, &sp->items[test->item]);
    case NODE_AND:
        return anchors_of_all(arena, sp, test);
    case NODE_OR:
        return anchors_of_any(arena, sp, test->children, test->count);
    case NODE_AT_LEAST:
        return test->needed ? anchors_of_any(arena, sp, test->children, test->count) : set;
    case NODE_FALSE:
        set.is_possible = true; // never holds: no anchor leads there
        set.score = 1000;
        return set;
    case NODE_ANY_ELEMENT:
    case NODE_ALL_ELEMENTS:
        set.is_possible = true;
        set.score = 10;
        set_add(&set, (struct anchor){.slot = test->slot, .kind = ANCHOR_PRESENT});
        return set;
    case NODE_TRUE:
    case NODE_NOT:
        break;
    }
    return set;
}

// ---- indexes ----------------------------------------------------------------------------------

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

// Regular expressions over one slot, while the indexes are being built.
struct regex_list {
    uint32_t slot;
    const struct sigma_value **values;
    struct rule_ids *rules;
    uint32_t count, capacity, rule_capacity;
};

struct building {
    struct regex_list *regexes;
    uint32_t regex_count, regex_capacity;
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

static void regex_add(struct building *b, uint32_t slot, const struct sigma_value *value,
                      uint32_t rule)
{
    struct regex_list *list = NULL;
    for (uint32_t i = 0; i < b->regex_count && !list; i++)
        if (b->regexes[i].slot == slot)
            list = &b->regexes[i];
    if (!list) {
        ARRAY_GROW(b->regexes, b->regex_count, b->regex_capacity);
        list = &b->regexes[b->regex_count++];
        *list = (struct regex_list){.slot = slot};
    }
    ARRAY_GROW(list->values, list->count, list->capacity);
    ARRAY_GROW(list->rules, list->count, list->rule_capacity);
    list->values[list->count] = value;
    list->rules[list->count] = (struct rule_ids){0};
    ids_add(&list->rules[list->count++], rule);
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

static void take_regexes(struct source_program *sp, struct regex_list *list)
{
    struct slot_index *index = index_of(sp, list->slot);
    index->regex_count = list->count;
    index->regex_rules = list->rules;
    index->regex_values = list->values;
}

static void add_all(struct rule_ids *into, const struct rule_ids *ids)
{
    for (uint32_t i = 0; i < ids->count; i++)
        ids_add(into, ids->at[i]);
}

static struct index_databases *databases_new(const struct slot_index *index)
{
    struct index_databases *databases = memory_new(sizeof *databases);
    if (index->part_count) {
        if (index->slot == SLOT_NONE)
            databases->words = literals_compile(index->part_texts, NULL, index->part_count);
        if (!databases->words)
            databases->parts = needles_new(index->part_texts, index->part_count);
    }
    if (!index->regex_count)
        return databases;
    bool *is_left_out = memory_new(index->regex_count * sizeof *is_left_out);
    regexes_compile(index->regex_values, index->regex_count, is_left_out, &databases->regexes);
    for (uint32_t i = 0; i < index->regex_count; i++)
        if (is_left_out[i])
            add_all(&databases->loose, &index->regex_rules[i]);
    free(is_left_out);
    return databases;
}

static void databases_free(struct index_databases *databases)
{
    if (!databases)
        return;
    needles_free(databases->parts);
    hs_free_database(databases->words);
    hs_free_database(databases->regexes);
    free(databases->loose.at);
    free(databases);
}

const struct index_databases *index_databases_of(struct slot_index *index)
{
    struct index_databases *databases =
        atomic_load_explicit(&index->databases, memory_order_acquire);
    if (databases)
        return databases;
    struct index_databases *made = databases_new(index);
    if (atomic_compare_exchange_strong(&index->databases, &databases, made))
        return made;
    databases_free(made); // another thread was first
    return databases;
}

static void index_add(struct building *b, const struct anchor_set *set, uint32_t mark)
{
    struct source_program *sp = b->sp;
    for (size_t i = 0; i < set->count; i++) {
        const struct anchor *anchor = &set->items[i];
        struct slot_index *index = index_of(sp, anchor->slot);
        if (anchor->kind == ANCHOR_PART)
            part_add(b, anchor->slot, anchor->text, mark);
        else if (anchor->kind == ANCHOR_REGEX)
            regex_add(b, anchor->slot, anchor->regex, mark);
        else if (anchor->kind == ANCHOR_EXACT)
            exact_add(index, anchor->text, mark);
        else
            ids_add(&index->present, mark);
    }
}

// ---- second anchors ---------------------------------------------------------------------------

// Many rules are anchored by a common program and ask for something rare in its command line besides. A
// second set of anchors that must be met too keeps them from being evaluated for each such program. It
// costs a look-up, so it must come from fields that are looked up anyway, and from whole values or
// parts of them.
static bool is_second(const struct source_program *sp, const struct anchor_set *set,
                      const struct test *test, const struct test *first)
{
    bool is_good =
        set->is_possible && set->count > 0 && set->count <= SECOND_ANCHORS_MOST && test != first;
    for (size_t i = 0; i < set->count && is_good; i++) {
        const struct anchor *anchor = &set->items[i];
        bool is_looked_up = false;
        for (uint32_t k = 0; k < sp->index_count; k++)
            is_looked_up = is_looked_up || sp->indexes[k].slot == anchor->slot;
        is_good = is_looked_up && anchor->slot != SLOT_NONE &&
                  (anchor->kind == ANCHOR_EXACT || anchor->kind == ANCHOR_PART);
    }
    return is_good;
}

struct second {
    const struct test *first; // whose anchors are the first set
    struct anchor_set best;
};

// Looks for the best second set among all that must hold.
static void find_second(struct building *b, const struct test *test, struct second *second)
{
    if (test->kind == NODE_AND) {
        for (size_t i = 0; i < test->count; i++)
            find_second(b, test->children[i], second);
        return;
    }
    struct anchor_set set = anchors_of(&b->program->arena, b->sp, test);
    if (is_second(b->sp, &set, test, second->first) && set.score > second->best.score) {
        free(second->best.items);
        second->best = set;
    } else {
        free(set.items);
    }
}

// The test below ANDs that anchors_of_all takes its anchors from.
static const struct test *first_test(struct building *b, const struct test *test)
{
    while (test->kind == NODE_AND) {
        const struct test *best = NULL;
        int best_score = -1;
        for (size_t i = 0; i < test->count; i++) {
            struct anchor_set one = anchors_of(&b->program->arena, b->sp, test->children[i]);
            if (one.is_possible && (!best || one.score > best_score)) {
                best = test->children[i];
                best_score = one.score;
            }
            free(one.items);
        }
        if (!best)
            return NULL;
        test = best;
    }
    return test;
}

static void rule_index_second(struct building *b, uint32_t number)
{
    struct compiled_rule *rule = &b->sp->rules[number];
    struct second second = {.first = NULL};
    if (rule->count != 1 || rule->conditions[0]->kind != NODE_AND)
        return;
    second.first = first_test(b, rule->conditions[0]);
    if (!second.first)
        return;
    find_second(b, rule->conditions[0], &second);
    rule->has_second = second.best.count > 0;
    index_add(b, &second.best, ANCHOR_MARK(number, true));
    free(second.best.items);
}

static void rule_index(struct building *b, uint32_t number)
{
    struct source_program *sp = b->sp;
    const struct compiled_rule *rule = &sp->rules[number];
    struct anchor_set set = anchors_of_any(&b->program->arena, sp, rule->conditions, rule->count);
    if (set.is_possible)
        index_add(b, &set, ANCHOR_MARK(number, false));
    else
        ids_add(&sp->always, ANCHOR_MARK(number, false));
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
    for (uint32_t i = 0; i < b.regex_count; i++)
        take_regexes(sp, &b.regexes[i]);
    free(b.parts);
    free(b.regexes);
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
        for (uint32_t k = 0; k < index->regex_count; k++)
            free(index->regex_rules[k].at);
        free(index->regex_rules);
        free(index->present.at);
        free(index->part_texts);
        free(index->regex_values);
        databases_free(atomic_load(&index->databases));
    }
    free(sp->indexes);
    free(sp->always.at);
    free(sp->text_items);
    free(sp->index_slots);
}
