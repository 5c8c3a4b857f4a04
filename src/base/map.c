// Open addressing over an array of entries that keeps the order of insertion.
// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

#define FIRST_BUCKETS 16
#define BUCKETS_LIMIT (UINT32_C(1) << 31)

void map_init(struct map *map)
{
    *map = (struct map){0};
}

void map_done(struct map *map)
{
    free(map->entries);
    free(map->buckets);
    map_init(map);
}

// The bucket where the key is, or the empty one where it belongs. There is always an empty one: at
// most half of them are taken.
static uint32_t find_bucket(const struct map *map, struct str key, uint64_t hash)
{
    uint32_t mask = map->bucket_count - 1;
    uint32_t bucket = (uint32_t)hash & mask;
    for (;; bucket = (bucket + 1) & mask) {
        uint32_t index = map->buckets[bucket];
        if (index == 0)
            return bucket;
        const struct map_entry *entry = &map->entries[index - 1];
        if (entry->hash == hash && str_equal(entry->key, key))
            return bucket;
    }
}

struct map_entry *map_find(const struct map *map, struct str key)
{
    if (map->count == 0)
        return NULL;
    uint32_t index = map->buckets[find_bucket(map, key, hash_str(key))];
    return index ? &map->entries[index - 1] : NULL;
}

static void grow_buckets(struct map *map)
{
    assert(map->bucket_count < BUCKETS_LIMIT);
    map->bucket_count = map->bucket_count ? map->bucket_count * 2 : FIRST_BUCKETS;
    free(map->buckets);
    map->buckets = memory_table((size_t)map->bucket_count * sizeof *map->buckets);
    uint32_t mask = map->bucket_count - 1;
    for (uint32_t i = 0; i < map->count; i++) {
        uint32_t bucket = (uint32_t)map->entries[i].hash & mask;
        while (map->buckets[bucket])
            bucket = (bucket + 1) & mask;
        map->buckets[bucket] = i + 1;
    }
}

struct map_entry *map_add(struct map *map, struct str key, bool *is_new)
{
    if (map->count >= map->bucket_count / 2)
        grow_buckets(map);
    uint64_t hash = hash_str(key);
    uint32_t bucket = find_bucket(map, key, hash);
    uint32_t index = map->buckets[bucket];
    if (is_new)
        *is_new = index == 0;
    if (index)
        return &map->entries[index - 1];
    if (map->count == map->capacity) {
        map->capacity = map->capacity ? map->capacity * 2 : FIRST_BUCKETS / 2;
        map->entries = memory_grow(map->entries, (size_t)map->capacity * sizeof *map->entries);
    }
    map->buckets[bucket] = map->count + 1;
    map->entries[map->count] = (struct map_entry){.key = key, .hash = hash};
    return &map->entries[map->count++];
}
