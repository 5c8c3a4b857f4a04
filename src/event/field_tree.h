// Private to event/: the tree of wanted keys, and how keys are compared.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_FIELD_TREE_H
#define STORMGLASS_EVENT_FIELD_TREE_H

#include "base/load.h"
#include "event/field.h"

// A node of the tree: what is wanted at and below one path.
struct field_node {
    uint32_t *slots; // to be filled with values found here
    uint32_t slot_count, slot_capacity;
    struct field_edge *edges; // until finish: a list; after it: a hash table of edge_capacity
    uint32_t edge_count, edge_capacity;
    uint32_t edge_mask;
    bool has_bag;  // an edge that is no standard member of Name/Value elements
    uint64_t lazy; // bit of a member of the record whose inside can wait; 0: it cannot
};

struct field_edge {
    uint64_t hash; // 0: empty place
    bool is_exact; // the schema's paths: some fields differ in nothing but case
    struct str key;
    struct field_node *node;
};

struct field_plan {
    enum source_id source;
    struct arena arena;
    struct field_node *root;
    uint32_t slot_count, slot_capacity;
    struct str *slot_names; // raw path of a slot beyond the typed ones
    bool is_wanted[FIELD_COUNT];
    bool is_finished;
    uint64_t *lazy; // per slot; after finish
    uint64_t fold;  // set in keys before they are compared: bit 5 of every byte, or nothing
};

// ---- names ------------------------------------------------------------------------------------

// The provider's keys differ in case from one export to another ("targetResources",
// "TargetResources"), so names that rules use and the schema does not know are compared with bit 5 of
// every byte set, which folds letters and leaves digits and punctuation apart as far as keys have them.
// The schema's paths, and keys of unknown JSON, are compared exactly.
#define FOLD_CASE UINT64_C(0x2020202020202020)

// First and last bytes of a key, as far as it goes: together they are all of a key of up to 16 bytes.
static inline void key_ends(struct str key, uint64_t *head, uint64_t *tail)
{
    if (key.len >= 8) {
        *head = load8(key.at);
        *tail = load8(key.at + key.len - 8);
    } else if (key.len >= 4) {
        *head = load4(key.at);
        *tail = load4(key.at + key.len - 4);
    } else if (key.len > 0) {
        *head = (uint8_t)key.at[0] | (uint64_t)(uint8_t)key.at[key.len / 2] << 8;
        *tail = (uint8_t)key.at[key.len - 1];
    } else {
        *head = *tail = 0;
    }
}

// Hash of a key: its two ends and its length; the full key is compared after it. Never 0.
static inline uint64_t key_hash(struct str key, uint64_t fold)
{
    uint64_t a, b;
    key_ends(key, &a, &b);
    a |= fold;
    b |= fold;
    uint64_t h = (a ^ UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9);
    h ^= (b + key.len) * UINT64_C(0x94d049bb133111eb);
    h ^= h >> 29;
    return h | 1;
}

static inline bool key_equal(struct str a, struct str b, uint64_t fold)
{
    if (a.len != b.len)
        return false;
    if (a.len >= 8 && a.len <= 16)
        return (load8(a.at) | fold) == (load8(b.at) | fold) &&
               (load8(a.at + a.len - 8) | fold) == (load8(b.at + a.len - 8) | fold);
    if (!fold)
        return memcmp(a.at, b.at, a.len) == 0;
    for (size_t i = 0; i < a.len; i++)
        if ((a.at[i] | 0x20) != (b.at[i] | 0x20))
            return false;
    return true;
}

// Is the key this lower-case word, its first letter in either case?
static inline bool is_word(struct str key, const char *word, size_t len)
{
    return key.len == len && (key.at[0] | 0x20) == word[0] &&
           memcmp(key.at + 1, word + 1, len - 1) == 0;
}

// Members of Name/Value elements: what names the value, and the value.
static inline bool is_name_key(struct str key)
{
    return is_word(key, "name", 4) || is_word(key, "key", 3) || is_word(key, "displayName", 11);
}

static inline bool is_value_key(struct str key)
{
    return is_word(key, "value", 5) || is_word(key, "newValue", 8);
}

static inline bool is_standard_member(struct str key)
{
    return is_name_key(key) || is_value_key(key) || is_word(key, "oldValue", 8);
}

// ---- event/field.c ----------------------------------------------------------------------------

// Fills all slots by a walk over the whole record and its wrapper: what shapes are held against.
void field_fill_walking(struct field_slots *slots, const struct event *event);

// What an element {Name: "X", Value: ...} says; name empty when it is no such element. X may be "Name"
// itself: then the path ...Name finds the names of all elements, and the value of that one.
struct bag_element {
    struct str name;
    struct json value;
};
struct bag_element bag_element_of(struct json object);

// JSON that a string holds, an object or array; NONE when it is none. Lives until the next fill.
struct json slots_parse(struct field_slots *slots, struct str text);

// Directory records quote new and old values twice ("\"False\""): what stands inside, else NONE.
struct json unquote(struct field_slots *slots, struct json value);

#endif
