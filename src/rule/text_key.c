// Keys of several texts by their hashes.
// SPDX-License-Identifier: Apache-2.0
#include "rule/text_key.h"

#include "base/hash.h"
#include "rule/correlation_plan.h"

static inline struct str value_at(const struct text_key *key, size_t i)
{
    return key->places[i] == PLAN_ABSENT ? str_of(NULL, 0) : key->values[key->places[i]];
}

bool text_key_make(const struct observation *event, const uint32_t *places, size_t count,
                   struct text_key *out)
{
    uint64_t hash = count;
    for (size_t i = 0; i < count; i++) {
        if (places[i] == PLAN_ABSENT) {
            hash = hash_mix(hash);
            continue;
        }
        if (!event->values[places[i]].at)
            return false;
        hash = hash_mix(hash + event->hashes[places[i]]);
    }
    *out = (struct text_key){.values = event->values,
                             .places = places,
                             .count = count,
                             .hash = hash,
                             .is_lasting = event->is_lasting};
    return true;
}

// Mostly it is the very same text.
static inline bool is_same(struct str a, struct str b)
{
    if (a.len != b.len || !a.at != !b.at)
        return false;
    return a.at == b.at || str_equal(a, b) || str_equal_fold(a, b);
}

bool text_key_equals(const struct text_key *key, const struct str *stored)
{
    for (size_t i = 0; i < key->count; i++)
        if (!is_same(value_at(key, i), stored[i]))
            return false;
    return true;
}

size_t text_key_size(const struct text_key *key)
{
    size_t size = key->count * sizeof(uint32_t);
    for (size_t i = 0; i < key->count; i++)
        size += value_at(key, i).len;
    return size;
}

size_t text_key_room(const struct text_key *key)
{
    return key->is_lasting ? 0 : text_key_size(key);
}

void text_key_store(const struct text_key *key, struct str *to, char *at)
{
    for (size_t i = 0; i < key->count; i++) {
        struct str value = value_at(key, i);
        to[i] = value;
        if (key->is_lasting || !value.at)
            continue;
        if (value.len)
            memcpy(at, value.at, value.len);
        to[i].at = at;
        at += value.len;
    }
}
