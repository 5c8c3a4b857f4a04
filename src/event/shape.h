// Private to event/: shapes of records. The records of one kind have the same members in the same order, so what their
// keys lead to is found once for each such order, not for each record. A shape is a way through a tree of keys, into
// objects that hold wanted fields and out again; where records end, a table says which members fill which slots.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_SHAPE_H
#define STORMGLASS_EVENT_SHAPE_H

#include "event/field_tree.h"

#define SHAPE_MEMBER_LIMIT 512 // members of a record that has a shape, and of the objects in it
#define SHAPE_PLACES (2 * SHAPE_MEMBER_LIMIT)
#define SHAPE_DEPTH 6         // objects in objects; what is deeper is looked into when asked for
#define SHAPE_FOUND 8         // nodes that one member may lead to
#define SHAPE_NEXT_LIMIT 32   // keys that may follow on the same keys
#define SHAPE_KEY_LIMIT 16384 // keys in the tree: beyond, all shapes are forgotten and learned anew
#define SHAPE_MEMORY_LIMIT ((size_t)4 << 20) // bytes of the tables; beyond, the same

// What a key leads to: by the schema's paths, and by other names.
struct found_nodes {
    const struct field_node *nodes[2];
};

// A member that is looked into when a slot below the node is asked for: an array, or a text that may hold JSON.
struct shape_inside {
    const struct field_node *node;
    uint64_t bit;   // of the record's member that it stands in, as in the plan; 0: it cannot wait
    uint16_t place; // of the member
    uint16_t depth; // 1: in the record itself
};

// What a record's members fill, or those of its wrapper.
struct shape_part {
    uint64_t lazy; // bits of all in `inside`
    const uint16_t
        *direct; // per slot: where in `places` those of its members begin; 0: it has none
    const uint16_t
        *places; // of members, the object's own first; the last of a slot's has SHAPE_LAST set
    const struct shape_inside *inside;
    uint32_t inside_count, eager_count;
    const struct shape_inside *eager; // those that cannot wait
};
#define SHAPE_LAST 0x8000

// The records that have just these members in this order, and such a wrapper. The places of a wrapper's members
// begin with SHAPE_MEMBER_LIMIT.
struct field_shape {
    uint32_t number; // no two shapes of one field_shapes have the same
    bool has_outer;
    struct shape_part record, outer;
};

struct field_shapes;
struct field_shapes *field_shapes_new(const struct field_plan *plan);
void field_shapes_free(struct field_shapes *shapes);

// The shape of the record and its wrapper (NONE: it has none), and in `at` (room for SHAPE_PLACES) by place the index
// of the member's value on the tape. NULL: there are too many members or too unusual ones. Borrowed until the next call.
const struct field_shape *field_shapes_find(struct field_shapes *shapes, struct json record,
                                            struct json outer, uint32_t *at);

// What the key leads to from a node that has edges.
static inline struct found_nodes edge_find(const struct field_node *node, struct str key,
                                           uint64_t fold)
{
    struct found_nodes found = {{NULL, NULL}};
    uint64_t hash = key_hash(key, fold);
    for (uint32_t at = (uint32_t)(hash >> 32) & node->edge_mask; node->edges[at].hash;
         at = (at + 1) & node->edge_mask) {
        const struct field_edge *edge = &node->edges[at];
        if (edge->hash == hash && key_equal(edge->key, key, edge->is_exact ? 0 : fold))
            found.nodes[edge->is_exact ? 0 : 1] = edge->node;
    }
    return found;
}

#endif
