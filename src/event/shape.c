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

// One more member: the keys of the records that came this way, up to this one.
struct step {
    uint64_t head, tail; // the ends of the key
    struct str key;
    struct step *next;    // ways on
    struct step *sibling; // other ways on from where this one started
    struct step *close;   // the way on when the object ends here
    struct step *parent;  // NULL: the root, where no key was met yet
    uint8_t form;         // enum form; FORM_OBJECT: its members come next
    uint8_t depth;        // 1: in the record itself
    bool is_close;        // no member: an object ended
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

static struct sizes count_places(const struct step *last, uint16_t *counts)
{
    struct sizes sizes = {.places = 1};
    for (const struct step *step = last; step->parent; step = step->parent)
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
static void fill_places(const struct step *last, uint32_t members, bool is_top,
                        const uint16_t *ends, uint16_t *direct, uint16_t *places)
{
    uint32_t place = members;
    for (const struct step *step = last; step->parent; step = step->parent) {
        place -= !step->is_close;
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

static void fill_inside(const struct step *last, uint32_t members, struct field_shape *shape,
                        struct shape_inside *inside, struct shape_inside *eager)
{
    uint32_t in = shape->inside_count, ea = shape->eager_count, place = members;
    for (const struct step *step = last; step->parent; step = step->parent) {
        place -= !step->is_close;
        for (int f = step->found_count; f-- > 0;) {
            const struct found *found = &step->found[f];
            if (!is_inside(step, found))
                continue;
            struct shape_inside one = {found->node, found->bit, (uint16_t)place, step->depth};
            inside[--in] = one;
            shape->lazy |= found->bit;
            if (!found->bit)
                eager[--ea] = one;
        }
    }
}

static const struct field_shape *shape_of(struct field_shapes *shapes, struct step *last,
                                          uint32_t members)
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
        return NULL;
    struct field_shape *shape = ARENA_NEW(arena, struct field_shape);
    uint16_t *places = ARENA_ARRAY(arena, uint16_t, sizes.places);
    struct shape_inside *inside = ARENA_ARRAY(arena, struct shape_inside, sizes.inside + 1);
    struct shape_inside *eager = ARENA_ARRAY(arena, struct shape_inside, sizes.eager + 1);
    uint16_t end = 1; // place 0 stands for none
    for (uint32_t i = 0; i < slot_count; i++) {
        end = (uint16_t)(end + direct[i]);
        ends[i] = direct[i] = direct[i] ? end : 0;
    }
    fill_places(last, members, false, ends, direct, places);
    fill_places(last, members, true, ends, direct, places);
    *shape = (struct field_shape){.number = ++shapes->number,
                                  .direct = direct,
                                  .places = places,
                                  .inside = inside,
                                  .inside_count = sizes.inside,
                                  .eager = eager,
                                  .eager_count = sizes.eager};
    fill_inside(last, members, shape, inside, eager);
    last->shape = shape;
    return shape;
}

// ---- finding ----------------------------------------------------------------------------------

// The first and last eight bytes of a key; of shorter keys all, as the length says. Behind every text of a tape are
// JSON_TEXT_PADDING readable bytes.
static inline void key_words(struct str key, uint64_t *head, uint64_t *tail)
{
    *head = load8(key.at);
    if (key.len >= 8) {
        *tail = load8(key.at + key.len - 8);
    } else {
        *head &= (UINT64_C(1) << (8 * key.len)) - 1;
        *tail = 0;
    }
}

// Keys of up to 24 bytes are known by their two ends and the eight bytes between.
static inline bool is_step(const struct step *step, struct str key, uint64_t head, uint64_t tail,
                           bool is_object)
{
    if ((step->head ^ head) | (step->tail ^ tail) | (step->key.len ^ key.len))
        return false;
    if (step->form != FORM_ANY && (step->form == FORM_OBJECT) != is_object)
        return false;
    return key.len <= 16 ||
           (key.len <= 24 ? load8(step->key.at + 8) == load8(key.at + 8)
                          : memcmp(step->key.at + 8, key.at + 8, key.len - 16) == 0);
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

// `owner` is the step whose object the key stands in.
static __attribute__((noinline)) struct step *add_step(struct field_shapes *shapes,
                                                       struct step *from, const struct step *owner,
                                                       struct str key, uint64_t head, uint64_t tail,
                                                       bool is_object)
{
    if (from->next_count == SHAPE_NEXT_LIMIT)
        return NULL;
    shapes->key_count++;
    struct step *step = ARENA_NEW(&shapes->arena, struct step);
    step->head = head;
    step->tail = tail;
    step->key = arena_copy(&shapes->arena, key);
    step->parent = from;
    step->depth = (uint8_t)(owner->depth + 1);
    step->found = ARENA_ARRAY(&shapes->arena, struct found, SHAPE_FOUND);
    if (owner == shapes->root && !find_nodes(shapes, shapes->plan->root, 0, step))
        return NULL;
    bool has_edges = false;
    for (int f = 0; f < owner->found_count; f++)
        if (!find_nodes(shapes, owner->found[f].node, owner->found[f].bit, step))
            return NULL;
    for (int f = 0; f < step->found_count; f++)
        has_edges = has_edges || step->found[f].node->edges;
    if (has_edges && step->depth < SHAPE_DEPTH)
        step->form = is_object ? FORM_OBJECT : FORM_OTHER;
    step->sibling = from->next;
    from->next = step;
    from->next_count++;
    return step;
}

static inline struct step *find_step(struct field_shapes *shapes, struct step *from,
                                     const struct step *owner, struct str key, bool is_object)
{
    uint64_t head, tail;
    key_words(key, &head, &tail);
    for (struct step *step = from->next; step; step = step->sibling)
        if (is_step(step, key, head, tail, is_object))
            return step;
    return add_step(shapes, from, owner, key, head, tail, is_object);
}

static struct step *close_step(struct field_shapes *shapes, struct step *from)
{
    if (!from->close) {
        from->close = ARENA_NEW(&shapes->arena, struct step);
        from->close->parent = from;
        from->close->is_close = true;
        shapes->key_count++;
    }
    return from->close;
}

// An object that is being walked.
struct level {
    const struct step *owner;
    uint32_t next, end; // on the tape
};

// The step after the record's last member, and how many there are. NULL: it has no shape.
static struct step *walk_keys(struct field_shapes *shapes, struct json record, uint32_t *at,
                              uint32_t *members)
{
    const uint64_t *tape = record.tape;
    struct step *step = shapes->root;
    struct level levels[SHAPE_DEPTH + 1];
    struct level now = {step, record.at + 1, (uint32_t)tape[record.at] - 1};
    uint32_t depth = 0, count = 0;
    for (;;) {
        while (now.next < now.end) {
            uint32_t value = now.next + 1;
            bool is_object = tape[value] >> 56 == JSON_OBJECT;
            if (count == SHAPE_MEMBER_LIMIT)
                return NULL;
            step = find_step(shapes, step, now.owner, json_text_at(tape, record.text, now.next),
                             is_object);
            if (!step)
                return NULL;
            at[count++] = value;
            now.next = json_skip(tape, value);
            if (step->form == FORM_OBJECT) {
                levels[depth++] = now;
                now = (struct level){step, value + 1, (uint32_t)tape[value] - 1};
            }
        }
        if (!depth)
            break;
        step = close_step(shapes, step);
        now = levels[--depth];
    }
    *members = count;
    return step;
}

const struct field_shape *field_shapes_find(struct field_shapes *shapes, struct json record,
                                            uint32_t *at)
{
    uint32_t count = 0;
    if (json_type(record) != JSON_OBJECT)
        return NULL;
    if (shapes->key_count > SHAPE_KEY_LIMIT || shapes->table_bytes > SHAPE_MEMORY_LIMIT) {
        arena_reset(&shapes->arena);
        begin(shapes);
    }
    struct step *step = walk_keys(shapes, record, at, &count);
    if (!step || step->shape)
        return step ? step->shape : NULL;
    return shape_of(shapes, step, count);
}
