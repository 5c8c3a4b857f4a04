// One allocation per event: header, values, then all their bytes, of which a lasting one needs none; it
// is booked like any other, so that memory limits mean the same wherever events come from.
// SPDX-License-Identifier: Apache-2.0
#include "rule/held.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

// What an event is booked with beside its values and texts. Fixed: what is let go for want of memory
// must not depend on how events are held.
#define EVENT_COST ((size_t)136)

uint64_t observation_key(const struct observation *observation)
{
    if (observation->id.len)
        return observation->identity;
    return hash_mix(observation->identity ^ hash_mix(observation->position + 1));
}

static struct str put(char **at, struct str text)
{
    char *to = *at;
    if (text.len)
        memcpy(to, text.at, text.len);
    *at += text.len;
    return str_of(to, text.len);
}

struct held *held_new(const struct observation *observation, size_t value_count, size_t *bytes)
{
    size_t size = sizeof(struct held) + value_count * sizeof(struct str);
    size_t text = observation->id.len + observation->where.len + observation->entities.len;
    for (size_t i = 0; i < value_count; i++)
        text += observation->values[i].at ? observation->values[i].len : 0;
    struct held *held = memory_grow(NULL, size + (observation->is_lasting ? 0 : text));
    struct str *values = (struct str *)(held + 1);
    char *at = (char *)(values + value_count);
    *held = (struct held){.references = 1,
                          .bytes = EVENT_COST + value_count * sizeof(struct str) + text,
                          .key = observation_key(observation),
                          .observation = *observation};
    *bytes += held->bytes;
    held->observation.values = values;
    held->observation.hashes = NULL;
    for (size_t i = 0; i < value_count; i++)
        values[i] = observation->values[i];
    if (observation->is_lasting)
        return held;
    for (size_t i = 0; i < value_count; i++)
        if (values[i].at)
            values[i] = put(&at, values[i]);
    held->observation.id = put(&at, observation->id);
    held->observation.where = put(&at, observation->where);
    held->observation.entities = put(&at, observation->entities);
    return held;
}

struct held *held_new_firing(const struct observation *observation, size_t value_count,
                             struct held **parts, uint32_t part_count, size_t *bytes)
{
    struct held *held = held_new(observation, value_count, bytes);
    size_t extra = part_count * sizeof(struct held *);
    held->parts = parts;
    held->part_count = part_count;
    held->bytes += extra;
    *bytes += extra;
    return held;
}

void held_release(struct held *held, size_t *bytes)
{
    if (!held || --held->references)
        return;
    for (uint32_t i = 0; i < held->part_count; i++)
        held_release(held->parts[i], bytes);
    *bytes -= held->bytes;
    free(held->parts);
    free(held);
}
