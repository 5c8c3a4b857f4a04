// The set of seen records: sharded open addressing, identities and input numbers side by side.
// SPDX-License-Identifier: Apache-2.0
#include "engine/seen.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

#define SHARD_COUNT 64
#define SHARD_SIZE_FIRST 1024

struct shard {
    _Alignas(64) pthread_mutex_t lock;
    uint64_t *identities; // 0: empty place
    uint32_t *inputs;
    uint32_t mask, count;
};

struct seen {
    bool is_shared;
    atomic_bool is_full;
    struct shard shards[SHARD_COUNT];
};

static void shard_init(struct shard *shard, uint32_t size)
{
    shard->identities = memory_new(size * sizeof *shard->identities);
    shard->inputs = memory_new(size * sizeof *shard->inputs);
    shard->mask = size - 1;
    shard->count = 0;
}

struct seen *seen_new(bool is_shared)
{
    struct seen *seen = NULL;
    if (posix_memalign((void **)&seen, 64, sizeof *seen) != 0)
        abort();
    seen->is_shared = is_shared;
    atomic_init(&seen->is_full, false);
    for (int i = 0; i < SHARD_COUNT; i++) {
        pthread_mutex_init(&seen->shards[i].lock, NULL);
        shard_init(&seen->shards[i], SHARD_SIZE_FIRST);
    }
    return seen;
}

void seen_free(struct seen *seen)
{
    if (!seen)
        return;
    for (int i = 0; i < SHARD_COUNT; i++) {
        pthread_mutex_destroy(&seen->shards[i].lock);
        free(seen->shards[i].identities);
        free(seen->shards[i].inputs);
    }
    free(seen);
}

bool seen_is_full(const struct seen *seen)
{
    return seen->is_full;
}

// Identities are hashes, but of our own making: mixed once more so that shard and place differ.
static uint64_t place_of(uint64_t identity)
{
    uint64_t mixed = hash_mix(identity);
    return mixed ? mixed : 1;
}

static uint32_t shard_find(const struct shard *shard, uint64_t mixed)
{
    uint32_t at = (uint32_t)mixed & shard->mask;
    while (shard->identities[at] && shard->identities[at] != mixed)
        at = (at + 1) & shard->mask;
    return at;
}

static void shard_grow(struct shard *shard)
{
    struct shard old = *shard;
    shard_init(shard, (old.mask + 1) * 2);
    for (uint32_t i = 0; i <= old.mask; i++) {
        if (!old.identities[i])
            continue;
        uint32_t at = shard_find(shard, old.identities[i]);
        shard->identities[at] = old.identities[i];
        shard->inputs[at] = old.inputs[i];
    }
    shard->count = old.count;
    free(old.identities);
    free(old.inputs);
}

static bool shard_add(struct seen *seen, struct shard *shard, uint64_t mixed, uint32_t input,
                      uint32_t *duplicate_of)
{
    uint32_t at = shard_find(shard, mixed);
    if (shard->identities[at]) {
        *duplicate_of = input > shard->inputs[at] ? input : shard->inputs[at];
        if (input < shard->inputs[at])
            shard->inputs[at] = input;
        return false;
    }
    if (shard->count >= SEEN_LIMIT / SHARD_COUNT) {
        seen->is_full = true;
        return true;
    }
    shard->identities[at] = mixed;
    shard->inputs[at] = input;
    if (++shard->count > (shard->mask + 1) / 5 * 4)
        shard_grow(shard);
    return true;
}

bool seen_add(struct seen *seen, uint64_t identity, uint32_t input, uint32_t *duplicate_of)
{
    uint64_t mixed = place_of(identity);
    struct shard *shard = &seen->shards[mixed >> 58];
    if (!seen->is_shared)
        return shard_add(seen, shard, mixed, input, duplicate_of);
    pthread_mutex_lock(&shard->lock);
    bool is_first = shard_add(seen, shard, mixed, input, duplicate_of);
    pthread_mutex_unlock(&shard->lock);
    return is_first;
}

void seen_prefetch(const struct seen *seen, uint64_t identity)
{
    uint64_t mixed = place_of(identity);
    const struct shard *shard = &seen->shards[mixed >> 58];
    if (seen->is_shared)
        return; // the arrays of a shared shard may be moving
    uint32_t at = (uint32_t)mixed & shard->mask;
    __builtin_prefetch(&shard->identities[at], 1);
    __builtin_prefetch(&shard->inputs[at], 1); // most are new, so that it is written
}
