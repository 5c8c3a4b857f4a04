// Hash table from text to a pointer-sized value; keeps insertion order for listing. Keys are
// borrowed: they must outlive the map (copy them into an arena first).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_MAP_H
#define STORMGLASS_BASE_MAP_H

#include <stdint.h>

#include "base/str.h"

struct map_entry {
    struct str key;
    uint64_t hash;
    union {
        void *pointer;
        uint64_t number;
    };
};

struct map {
    struct map_entry *entries; // in order of insertion
    uint32_t *buckets;         // index into entries + 1; 0 is empty
    uint32_t count, capacity, bucket_count;
};

void map_init(struct map *map);
void map_done(struct map *map);

// The entry of `key`, or NULL. Borrowed until the next map_add.
struct map_entry *map_find(const struct map *map, struct str key);
// Finds or makes the entry (value 0); *is_new tells which (may be NULL).
struct map_entry *map_add(struct map *map, struct str key, bool *is_new);

#endif
