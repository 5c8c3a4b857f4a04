// The tree of keys that records were seen to have, and the tables at its ends.
// SPDX-License-Identifier: Apache-2.0
#include "event/shape.h"

#include <stdlib.h>

// A node of the plan that a member leads to, and the bit of the record's member that it is in.
struct found {
    const struct field_node *node;
    uint64_t bit;
};

// Objects are told from other values only where it matters whether a member is one.
enum form { FORM_ANY, FORM_OBJECT, FORM_OTHER };

// Bytes of a key that are compared as words, and of the length before it.
#define KEY_WORDS 3
#define KEY_SHORT ((size_t)8 * KEY_WORDS - sizeof(uint32_t))

// One more member: the keys of the records that came this way, up to this one.
struct step {
    uint64_t words[KEY_WORDS],
        masks[KEY_WORDS]; // the key as a text of the tape begins, with its length
    struct step *next;    // ways on
    struct step *sibling; // other ways on from where this one started
    struct str key;
    bool is_plain;       // the words are all of the key, and its value may be anything
    uint8_t form;        // enum form; FORM_OBJECT: its members come next
    uint8_t depth;       // 1: in the record itself; 0: no member
    bool is_outer;       // no member: the wrapper begins
    struct step *close;  // the way on when the object ends here
    struct step *outer;  // the way on into the wrapper when the record ends here
    struct step *parent; // NULL: the root, where no key was met yet
    uint8_t found_count;
    uint32_t next_count;
    struct found *found;
    const struct field_shape *shape; // of records that end here; NULL: none did yet
};

struct field_shapes {
    const struct field_plan *plan;
    struct arena arena;
    struct step *root;
    uint32_t key_count, number;
    size_t table_bytes;
};

static void begin(struct field_shapes *shapes)
{
    shapes->root = ARENA_NEW(&shapes->arena, struct step);
    shapes->key_count = 0;
    shapes->table_bytes = 0;
}

struct field_shapes *field_shapes_new(const struct field_plan *plan)
{
    struct field_shapes *shapes = memory_new(sizeof *shapes);
    shapes->plan = plan;
    arena_init(&shapes->arena);
    begin(shapes);
    return shapes;
}

void field_shapes_free(struct field_shapes *shapes)
{
    if (!shapes)
        return;
    arena_done(&shapes->arena);
    free(shapes);
}

// ---- tables -----------------------------------------------------------------------------------

static bool is_inside(const struct step *step, const struct found *found)
{
    return step->form != FORM_OBJECT && found->node->edges;
}

// How often slots are filled by members, and how many members may hold more.
struct sizes {
    uint32_t places, inside, eager;
};

// Walks back over the members of the record, or of the wrapper, that end with `last`.
static const struct step *member_before(const struct step *last)
{
    while (last->parent && !last->is_outer && !last->depth)
        last = last->parent; // an object ended
    return last->depth ? last : NULL;
}

static struct sizes count_places(const struct step *last, uint16_t *counts)
{
    struct sizes sizes = {.places = 1};
    for (const struct step *step = last; (step = member_before(step)); step = step->parent)
        for (int f = 0; f < step->found_count; f++) {
            const struct field_node *node = step->found[f].node;
            for (uint32_t i = 0; i < node->slot_count; i++, sizes.places++)
                counts[node->slots[i]]++;
            sizes.inside += is_inside(step, &step->found[f]);
            sizes.eager += is_inside(step, &step->found[f]) && !step->found[f].bit;
        }
    return sizes;
}

// From the last member to the first, so that a slot's places are filled from their end; those in the record itself,
// or those in its objects.
static void fill_places(const struct step *last, uint32_t end, bool is_top, const uint16_t *ends,
                        uint16_t *direct, uint16_t *places)
{
    uint32_t place = end;
    for (const struct step *step = last; (step = member_before(step)); step = step->parent) {
        place--;
        if ((step->depth == 1) != is_top)
            continue;
        for (int f = step->found_count; f-- > 0;) {
            const struct field_node *node = step->found[f].node;
            for (uint32_t i = 0; i < node->slot_count; i++) {
                uint32_t slot = node->slots[i];
                bool is_last = direct[slot] == ends[slot];
                places[--direct[slot]] = (uint16_t)(place | (is_last ? SHAPE_LAST : 0u));
            }
        }
    }
}

static void fill_inside(const struct step *last, uint32_t end, struct shape_part *part,
                        struct shape_inside *inside, struct shape_inside *eager)
{
    uint32_t in = part->inside_count, ea = part->eager_count, place = end;
    for (const struct step *step = last; (step = member_before(step)); step = step->parent) {
        place--;
        for (int f = step->found_count; f-- > 0;) {
            const struct found *found = &step->found[f];
            if (!is_inside(step, found))
                continue;
            struct shape_inside one = {found->node, found->bit, (uint16_t)place, step->depth};
            inside[--in] = one;
            part->lazy |= found->bit;
            if (!found->bit)
                eager[--ea] = one;
        }
    }
}

// The tables of the members that end with `last`, whose places end with `end`. False: they are too many.
static bool make_part(struct field_shapes *shapes, const struct step *last, uint32_t end,
                      struct shape_part *part)
{
    uint32_t slot_count = shapes->plan->slot_count;
    struct arena *arena = &shapes->arena;
    uint16_t *direct = ARENA_ARRAY(arena, uint16_t, slot_count + 1);
    uint16_t *ends = ARENA_ARRAY(arena, uint16_t, slot_count + 1);
    memset(direct, 0, (slot_count + 1) * sizeof *direct);
    struct sizes sizes = count_places(last, direct);
    shapes->table_bytes += (2 * (size_t)slot_count + sizes.places) * sizeof *direct +
                           (sizes.inside + sizes.eager) * sizeof(struct shape_inside);
    if (sizes.places > UINT16_MAX)
        return false;
    uint16_t *places = ARENA_ARRAY(arena, uint16_t, sizes.places);
    struct shape_inside *inside = ARENA_ARRAY(arena, struct shape_inside, sizes.inside + 1);
    struct shape_inside *eager = ARENA_ARRAY(arena, struct shape_inside, sizes.eager + 1);
    uint16_t next = 1; // place 0 stands for none
    for (uint32_t i = 0; i < slot_count; i++) {
        next = (uint16_t)(next + direct[i]);
        ends[i] = direct[i] = direct[i] ? next : 0;
    }
    fill_places(last, end, false, ends, direct, places);
    fill_places(last, end, true, ends, direct, places);
    *part = (struct shape_part){.direct = direct,
                                .places = places,
                                .inside = inside,
                                .inside_count = sizes.inside,
                                .eager = eager,
                                .eager_count = sizes.eager};
    fill_inside(last, end, part, inside, eager);
    return true;
}

// How many members the record, or the wrapper, has, and where those before them end.
static uint32_t count_members(const struct step *last, const struct step **before)
{
    uint32_t count = 0;
    const struct step *step = last;
    for (; step->parent && !step->is_outer; step = step->parent)
        count += step->depth > 0;
    *before = step->parent;
    return count;
}

static const struct field_shape *shape_of(struct field_shapes *shapes, struct step *last)
{
    struct field_shape *shape = ARENA_NEW(&shapes->arena, struct field_shape);
    const struct step *before, *nothing;
    uint32_t members = count_members(last, &before);
    shape->has_outer = before != NULL;
    if (before && !make_part(shapes, last, SHAPE_MEMBER_LIMIT + members, &shape->outer))
        return NULL;
    const struct step *own = before ? before : last;
    if (!make_part(shapes, own, count_members(own, &nothing), &shape->record))
        return NULL;
    shape->number = ++shapes->number;
    last->shape = shape;
    return shape;
}

// ---- finding ----------------------------------------------------------------------------------

// Does the text of the tape (its length, then its bytes) begin as the key? JSON_TEXT_PADDING says that all words can be
// read.
static inline bool begins_as(const struct step *step, const uint8_t *entry)
{
    uint64_t differs = (load8(entry) ^ step->words[0]) & step->masks[0];
    differs |= (load8(entry + 8) ^ step->words[1]) & step->masks[1];
    differs |= (load8(entry + 16) ^ step->words[2]) & step->masks[2];
    return !differs;
}

static bool is_step(const struct step *step, const uint8_t *entry, bool is_object)
{
    if (!begins_as(step, entry) ||
        (step->form != FORM_ANY && (step->form == FORM_OBJECT) != is_object))
        return false;
    return step->key.len <= KEY_SHORT ||
           memcmp(step->key.at + KEY_SHORT, entry + 8 * KEY_WORDS, step->key.len - KEY_SHORT) == 0;
}

// What the key leads to from one node. False: that is too much.
static bool find_nodes(struct field_shapes *shapes, const struct field_node *from, uint64_t bit,
                       struct step *step)
{
    if (!from->edges)
        return true;
    struct found_nodes nodes = edge_find(from, step->key, shapes->plan->fold);
    for (int n = 0; n < 2; n++) {
        const struct field_node *node = nodes.nodes[n];
        if (!node)
            continue;
        if (step->found_count == SHAPE_FOUND)
            return false;
        step->found[step->found_count++] =
            (struct found){node, step->depth == 1 ? node->lazy : bit};
    }
    return true;
}

static void set_words(struct step *step, const uint8_t *entry)
{
    size_t used = sizeof(uint32_t) + step->key.len;
    for (size_t i = 0; i < KEY_WORDS; i++, used -= used < 8 ? used : 8) {
        step->masks[i] = used >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * used)) - 1;
        step->words[i] = load8(entry + 8 * i) & step->masks[i];
    }
}

// `owner` is the step whose object the key stands in.
static __attribute__((noinline)) struct step *add_step(struct field_shapes *shapes,
                                                       struct step *from, const struct step *owner,
                                                       const uint8_t *entry, bool is_object)
{
    uint32_t len;
    if (from->next_count == SHAPE_NEXT_LIMIT)
        return NULL;
    memcpy(&len, entry, sizeof len);
    shapes->key_count++;
    struct step *step = ARENA_NEW(&shapes->arena, struct step);
    step->key = arena_copy(&shapes->arena, str_of((const char *)entry + sizeof len, len));
    set_words(step, entry);
    step->parent = from;
    step->depth = (uint8_t)(owner->depth + 1);
    step->found = ARENA_ARRAY(&shapes->arena, struct found, SHAPE_FOUND);
    if (!owner->depth && !find_nodes(shapes, shapes->plan->root, 0, step))
        return NULL;
    bool has_edges = false;
    for (int f = 0; f < owner->found_count; f++)
        if (!find_nodes(shapes, owner->found[f].node, owner->found[f].bit, step))
            return NULL;
    for (int f = 0; f < step->found_count; f++)
        has_edges = has_edges || step->found[f].node->edges;
    if (has_edges && step->depth < SHAPE_DEPTH)
        step->form = is_object ? FORM_OBJECT : FORM_OTHER;
    step->is_plain = step->form == FORM_ANY && len <= KEY_SHORT;
    step->sibling = from->next;
    from->next = step;
    from->next_count++;
    return step;
}

// The way on that is met becomes the first to be tried. NULL: there are too many.
static __attribute__((noinline)) struct step *find_step(struct field_shapes *shapes,
                                                        struct step *from, const struct step *owner,
                                                        const uint8_t *entry, bool is_object)
{
    struct step **link = &from->next;
    for (struct step *step = *link; step; link = &step->sibling, step = *link)
        if (is_step(step, entry, is_object)) {
            *link = step->sibling;
            step->sibling = from->next;
            return from->next = step;
        }
    return add_step(shapes, from, owner, entry, is_object);
}

// The way on where an object ends, or where the record does and its wrapper begins.
static struct step *end_step(struct field_shapes *shapes, struct step *from, bool is_outer)
{
    struct step **way = is_outer ? &from->outer : &from->close;
    if (!*way) {
        *way = ARENA_NEW(&shapes->arena, struct step);
        (*way)->parent = from;
        (*way)->is_outer = is_outer;
        shapes->key_count++;
    }
    return *way;
}

// An object that is being walked.
struct level {
    const struct step *owner;
    uint32_t next, end; // on the tape
};

// The step after the object's last member. NULL: it has no shape.
static struct step *walk_keys(struct field_shapes *shapes, struct step *step, struct json object,
                              uint32_t *at)
{
    if (json_type(object) != JSON_OBJECT)
        return NULL;
    const uint64_t *tape = object.tape;
    const uint32_t *at_end = at + SHAPE_MEMBER_LIMIT;
    struct level levels[SHAPE_DEPTH + 1];
    struct level now = {step, object.at + 1, (uint32_t)tape[object.at] - 1};
    uint32_t depth = 0;
    for (;;) {
        while (now.next < now.end) {
            uint32_t value = now.next + 1;
            uint64_t word = tape[value];
            const uint8_t *entry = object.text + (tape[now.next] & JSON_PAYLOAD);
            struct step *next = step->next;
            if (at == at_end)
                return NULL;
            if (!next || !next->is_plain || !begins_as(next, entry))
                next = find_step(shapes, step, now.owner, entry, word >> 56 == JSON_OBJECT);
            if (!next)
                return NULL;
            step = next;
            *at++ = value;
            now.next = json_skip(tape, value);
            if (step->form == FORM_OBJECT) {
                levels[depth++] = now;
                now = (struct level){step, value + 1, (uint32_t)word - 1};
            }
        }
        if (!depth)
            return step;
        step = end_step(shapes, step, false);
        now = levels[--depth];
    }
}

const struct field_shape *field_shapes_find(struct field_shapes *shapes, struct json record,
                                            struct json outer, uint32_t *at)
{
    if (shapes->key_count > SHAPE_KEY_LIMIT || shapes->table_bytes > SHAPE_MEMORY_LIMIT) {
        arena_reset(&shapes->arena);
        begin(shapes);
    }
    struct step *step = walk_keys(shapes, shapes->root, record, at);
    if (step && outer.tape)
        step = walk_keys(shapes, end_step(shapes, step, true), outer, at + SHAPE_MEMBER_LIMIT);
    if (!step || step->shape)
        return step ? step->shape : NULL;
    return shape_of(shapes, step);
}
