// The set of seen records: sharded open addressing, identities and input numbers side by side.
// SPDX-License-Identifier: Apache-2.0
#include "engine/seen.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

#define SHARD_BITS 6
#define SHARD_COUNT ((size_t)1 << SHARD_BITS)
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
    shard->identities = memory_table(size * sizeof *shard->identities);
    shard->inputs = memory_table(size * sizeof *shard->inputs);
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
    for (size_t i = 0; i < SHARD_COUNT; i++) {
        pthread_mutex_init(&seen->shards[i].lock, NULL);
        shard_init(&seen->shards[i], SHARD_SIZE_FIRST);
    }
    return seen;
}

void seen_free(struct seen *seen)
{
    if (!seen)
        return;
    for (size_t i = 0; i < SHARD_COUNT; i++) {
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

static inline struct shard *shard_of(struct seen *seen, uint64_t mixed)
{
    return &seen->shards[mixed >> (64 - SHARD_BITS)];
}

static void shard_lock(struct seen *seen, struct shard *shard)
{
    if (seen->is_shared)
        pthread_mutex_lock(&shard->lock);
}

static void shard_unlock(struct seen *seen, struct shard *shard)
{
    if (seen->is_shared)
        pthread_mutex_unlock(&shard->lock);
}

bool seen_add(struct seen *seen, uint64_t identity, uint32_t input, uint32_t *duplicate_of)
{
    uint64_t mixed = place_of(identity);
    struct shard *shard = shard_of(seen, mixed);
    shard_lock(seen, shard);
    bool is_first = shard_add(seen, shard, mixed, input, duplicate_of);
    shard_unlock(seen, shard);
    return is_first;
}

// Swaps the numbers into the order of their shards; starts[shard] is where each begins.
static void sort_by_shard(uint64_t *mixed, size_t count, size_t starts[SHARD_COUNT + 1])
{
    size_t next[SHARD_COUNT] = {0}, place = 0;
    for (size_t i = 0; i < count; i++)
        next[mixed[i] >> (64 - SHARD_BITS)]++;
    for (size_t s = 0; s < SHARD_COUNT; s++) {
        starts[s] = place;
        place += next[s];
        next[s] = starts[s];
    }
    starts[SHARD_COUNT] = count;
    for (size_t s = 0; s < SHARD_COUNT; s++)
        while (next[s] < starts[s + 1]) {
            size_t belongs = mixed[next[s]] >> (64 - SHARD_BITS);
            if (belongs == s) {
                next[s]++;
                continue;
            }
            uint64_t other = mixed[next[belongs]];
            mixed[next[belongs]++] = mixed[next[s]];
            mixed[next[s]] = other;
        }
}

// The places are sent for before the first is looked at.
static void expect(const struct shard *shard, const uint64_t *mixed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t at = (uint32_t)mixed[i] & shard->mask;
        __builtin_prefetch(&shard->identities[at], 1);
        __builtin_prefetch(&shard->inputs[at], 1); // most are new, so that it is written
    }
}

void seen_add_all(struct seen *seen, uint64_t *identities, size_t count, uint32_t input,
                  seen_duplicate *duplicate, void *context)
{
    size_t starts[SHARD_COUNT + 1];
    for (size_t i = 0; i < count; i++)
        identities[i] = place_of(identities[i]);
    sort_by_shard(identities, count, starts);
    for (size_t s = 0; s < SHARD_COUNT; s++) {
        const uint64_t *mixed = identities + starts[s];
        size_t here = starts[s + 1] - starts[s];
        uint32_t duplicate_of;
        if (!here)
            continue;
        shard_lock(seen, &seen->shards[s]);
        expect(&seen->shards[s], mixed, here);
        for (size_t i = 0; i < here; i++)
            if (!shard_add(seen, &seen->shards[s], mixed[i], input, &duplicate_of))
                duplicate(duplicate_of, context);
        shard_unlock(seen, &seen->shards[s]);
    }
}
