// Choosing anchors: for each rule the few texts of which one must stand in an event before the rule is
// worth evaluating.
// SPDX-License-Identifier: Apache-2.0
#include "rule/anchor.h"

#include <stdlib.h>

#define REGEX_LITERAL_LEAST 3  // shorter texts stand nearly everywhere
#define SECOND_ANCHORS_MOST 64 // alternatives of a second set

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
        // Other numbers are printed in more than one way: 1e+15 is 1000000000000000 too.
        if (memchr(predicate->literal.at, '.', predicate->literal.len) ||
            memchr(predicate->literal.at, 'e', predicate->literal.len))
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
        return 10;
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

struct anchor_set anchors_first(struct arena *arena, const struct source_program *sp,
                                const struct compiled_rule *rule)
{
    return anchors_of_any(arena, sp, rule->conditions, rule->count);
}

// ---- second anchors ---------------------------------------------------------------------------

// Many rules are anchored by a common program and ask for something rare in its command line besides. A
// second set keeps them from being evaluated for each such program. It comes from whole values or parts
// of them.
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
static void find_second(struct arena *arena, const struct source_program *sp,
                        const struct test *test, struct second *second)
{
    if (test->kind == NODE_AND) {
        for (size_t i = 0; i < test->count; i++)
            find_second(arena, sp, test->children[i], second);
        return;
    }
    struct anchor_set set = anchors_of(arena, sp, test);
    if (is_second(sp, &set, test, second->first) && set.score > second->best.score) {
        free(second->best.items);
        second->best = set;
    } else {
        free(set.items);
    }
}

// The test below ANDs that anchors_of_all takes its anchors from.
static const struct test *first_test(struct arena *arena, const struct source_program *sp,
                                     const struct test *test)
{
    while (test->kind == NODE_AND) {
        const struct test *best = NULL;
        int best_score = -1;
        for (size_t i = 0; i < test->count; i++) {
            struct anchor_set one = anchors_of(arena, sp, test->children[i]);
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

struct anchor_set anchors_second(struct arena *arena, const struct source_program *sp,
                                 const struct compiled_rule *rule)
{
    struct second second = {.first = NULL};
    if (rule->count == 1 && rule->conditions[0]->kind == NODE_AND)
        second.first = first_test(arena, sp, rule->conditions[0]);
    if (second.first)
        find_second(arena, sp, rule->conditions[0], &second);
    return second.best;
}
