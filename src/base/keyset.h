// A set of 64-bit numbers that are hashes already (identities of events, of texts): small, fast, with
// removal. A zeroed struct is an empty set; the set owns its slots.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_KEYSET_H
#define STORMGLASS_BASE_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyset {
    uint64_t *slots;        // 0: empty
    size_t count, capacity; // capacity: a power of two, or 0
};

void keyset_done(struct keyset *set);

// False when the key was there already. The keys 0 and 1 are the same to the set.
bool keyset_add(struct keyset *set, uint64_t key);
bool keyset_has(const struct keyset *set, uint64_t key);
// False when the key was not there. The table shrinks as it empties.
bool keyset_remove(struct keyset *set, uint64_t key);

// Removes every key for which keyset_in_share is false.
void keyset_thin(struct keyset *set, unsigned halvings);

// Whether a key is among the 1 in 2^halvings that are kept: a choice that depends on nothing but the
// key, so that samples taken in any order and in parts are the same sample.
bool keyset_in_share(uint64_t key, unsigned halvings);

static inline size_t keyset_bytes(const struct keyset *set)
{
    return set->capacity * sizeof *set->slots;
}

#endif
