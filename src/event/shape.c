// The tree of keys that records were seen to have, and the tables at its ends.
// SPDX-License-Identifier: Apache-2.0
#include "event/shape.h"

#include <stdlib.h>

// One more member: the keys of the records that came this way, up to this one.
struct step {
    uint64_t head, tail; // the ends of the key
    struct str key;
    struct step *next;    // ways on
    struct step *sibling; // other ways on from where this one started
    struct step *parent;
    uint32_t next_count;
    struct found_nodes found;        // what the key leads to
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

// How often each slot is filled by members, and how many members may hold more.
struct sizes {
    uint32_t places, inside, eager;
};

static struct sizes count_places(const struct step *last, uint16_t *counts)
{
    struct sizes sizes = {.places = 1};
    for (const struct step *step = last; step->parent; step = step->parent)
        for (int n = 0; n < 2; n++) {
            const struct field_node *node = step->found.nodes[n];
            for (uint32_t i = 0; node && i < node->slot_count; i++, sizes.places++)
                counts[node->slots[i]]++;
            if (node && node->edges) {
                sizes.inside++;
                sizes.eager += !node->lazy;
            }
        }
    return sizes;
}

// From the last member to the first, so that a slot's places are filled from their end.
static void fill_places(const struct step *last, uint32_t place, const uint16_t *ends,
                        uint16_t *direct, uint16_t *places)
{
    for (const struct step *step = last; step->parent; step = step->parent, place--)
        for (int n = 1; n >= 0; n--) {
            const struct field_node *node = step->found.nodes[n];
            for (uint32_t i = 0; node && i < node->slot_count; i++) {
                uint32_t slot = node->slots[i];
                bool is_last = direct[slot] == ends[slot];
                places[--direct[slot]] = (uint16_t)(place | (is_last ? SHAPE_LAST : 0u));
            }
        }
}

static void fill_inside(const struct step *last, uint32_t place, struct field_shape *shape,
                        struct shape_inside *inside, struct shape_inside *eager)
{
    uint32_t in = shape->inside_count, ea = shape->eager_count;
    for (const struct step *step = last; step->parent; step = step->parent, place--)
        for (int n = 1; n >= 0; n--) {
            const struct field_node *node = step->found.nodes[n];
            if (!node || !node->edges)
                continue;
            inside[--in] = (struct shape_inside){node, place};
            shape->lazy |= node->lazy;
            if (!node->lazy)
                eager[--ea] = (struct shape_inside){node, place};
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
    if (members)
        fill_places(last, members - 1, ends, direct, places);
    *shape = (struct field_shape){.number = ++shapes->number,
                                  .direct = direct,
                                  .places = places,
                                  .inside = inside,
                                  .inside_count = sizes.inside,
                                  .eager = eager,
                                  .eager_count = sizes.eager};
    if (members)
        fill_inside(last, members - 1, shape, inside, eager);
    last->shape = shape;
    return shape;
}

// ---- finding ----------------------------------------------------------------------------------

// Keys of up to 24 bytes are known by their two ends and the eight bytes between.
static inline bool is_step(const struct step *step, struct str key, uint64_t head, uint64_t tail)
{
    if (step->head != head || step->tail != tail || step->key.len != key.len)
        return false;
    return key.len <= 16 ||
           (key.len <= 24 ? load8(step->key.at + 8) == load8(key.at + 8)
                          : memcmp(step->key.at + 8, key.at + 8, key.len - 16) == 0);
}

static struct step *add_step(struct field_shapes *shapes, struct step *from, struct str key)
{
    if (from->next_count == SHAPE_NEXT_LIMIT)
        return NULL;
    struct step *step = ARENA_NEW(&shapes->arena, struct step);
    key_ends(key, &step->head, &step->tail);
    step->key = arena_copy(&shapes->arena, key);
    step->parent = from;
    if (shapes->plan->root->edges)
        step->found = edge_find(shapes->plan->root, key, shapes->plan->fold);
    step->sibling = from->next;
    from->next = step;
    from->next_count++;
    shapes->key_count++;
    return step;
}

static inline struct step *find_step(struct field_shapes *shapes, struct step *from, struct str key)
{
    uint64_t head, tail;
    key_ends(key, &head, &tail);
    for (struct step *step = from->next; step; step = step->sibling)
        if (is_step(step, key, head, tail))
            return step;
    return add_step(shapes, from, key);
}

const struct field_shape *field_shapes_find(struct field_shapes *shapes, struct json record,
                                            uint32_t *at)
{
    if (shapes->key_count > SHAPE_KEY_LIMIT || shapes->table_bytes > SHAPE_MEMORY_LIMIT) {
        arena_reset(&shapes->arena);
        begin(shapes);
    }
    struct step *step = shapes->root;
    uint32_t count = 0;
    if (json_type(record) == JSON_OBJECT) {
        uint32_t next = record.at + 1, end = (uint32_t)record.tape[record.at] - 1;
        for (; next < end; count++) {
            if (count == SHAPE_MEMBER_LIMIT)
                return NULL;
            step = find_step(shapes, step, json_text_at(record.tape, record.text, next));
            if (!step)
                return NULL;
            at[count] = next + 1;
            next = json_skip(record.tape, next + 1);
        }
    }
    return step->shape ? step->shape : shape_of(shapes, step, count);
}
