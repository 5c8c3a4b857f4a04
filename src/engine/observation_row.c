// Writing rows and reading them again.
// SPDX-License-Identifier: Apache-2.0
#include "engine/observation_row.h"

#include <assert.h>

#include "base/hash.h"

#define ABSENT UINT32_MAX
#define ALIGNMENT ((size_t)8)

size_t observation_row_size(const struct observation *observation, size_t value_count)
{
    size_t size = sizeof(struct observation_row) +
                  value_count * (sizeof(uint64_t) + sizeof(uint32_t)) + observation->id.len +
                  observation->where.len + observation->entities.len;
    for (size_t i = 0; i < value_count; i++)
        size += observation->values[i].at ? observation->values[i].len : 0;
    return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

static char *put(char *at, struct str text)
{
    if (text.at && text.len)
        memcpy(at, text.at, text.len);
    return at + (text.at ? text.len : 0);
}

void observation_row_write(void *at, size_t size, const struct observation *observation,
                           size_t value_count)
{
    struct observation_row *row = at;
    uint64_t *hashes = (uint64_t *)(row + 1);
    uint32_t *lens = (uint32_t *)(hashes + value_count);
    char *bytes = (char *)(lens + value_count);
    assert(size <= UINT32_MAX);
    *row = (struct observation_row){
        .time = observation->time,
        .identity = observation->identity,
        .position = observation->position,
        .size = (uint32_t)size,
        .rule = observation->rule,
        .value_count = (uint32_t)value_count,
        .id_len = (uint32_t)observation->id.len,
        .where_len = (uint32_t)observation->where.len,
        .entities_len = (uint32_t)observation->entities.len,
    };
    for (size_t i = 0; i < value_count; i++) {
        struct str value = observation->values[i];
        hashes[i] = value.at ? hash_fold(value) : 0;
        lens[i] = value.at ? (uint32_t)value.len : ABSENT;
        bytes = put(bytes, value);
    }
    bytes = put(put(put(bytes, observation->id), observation->where), observation->entities);
    memset(bytes, 0, (size_t)((char *)at + size - bytes)); // what goes to the file is ours
}

static struct str take(const char **at, size_t len)
{
    struct str text = str_of(*at, len);
    *at += len;
    return text;
}

void observation_row_read(const struct observation_row *row, struct str *values,
                          struct observation *out)
{
    const uint64_t *hashes = (const uint64_t *)(row + 1);
    const uint32_t *lens = (const uint32_t *)(hashes + row->value_count);
    const char *at = (const char *)(lens + row->value_count);
    for (uint32_t i = 0; i < row->value_count; i++)
        values[i] = lens[i] == ABSENT ? str_of(NULL, 0) : take(&at, lens[i]);
    *out = (struct observation){
        .rule = row->rule,
        .time = row->time,
        .identity = row->identity,
        .position = row->position,
        .values = values,
        .hashes = hashes,
    };
    out->id = take(&at, row->id_len);
    out->where = take(&at, row->where_len);
    out->entities = take(&at, row->entities_len);
}
