// How an observation stands in a log's memory and in its file: numbers, hashes of the values, texts.
// SPDX-License-Identifier: Apache-2.0
//
//   struct │ uint64_t hash of each value │ uint32_t length of each value (ABSENT: none) │ bytes of the
//   values, id, where, entities │ padding to 8
#ifndef STORMGLASS_ENGINE_OBSERVATION_ROW_H
#define STORMGLASS_ENGINE_OBSERVATION_ROW_H

#include "rule/correlation.h"

struct observation_row {
    int64_t time;
    uint64_t identity, position;
    uint32_t size; // of the row, a multiple of 8
    uint32_t rule, value_count, id_len, where_len, entities_len;
};

// What the observation's row takes; may be more than a row can be.
size_t observation_row_size(const struct observation *observation, size_t value_count);

// Writes the row to `at`, which is 8-byte aligned. `size` is observation_row_size, below 2^32.
void observation_row_write(void *at, size_t size, const struct observation *observation,
                           size_t value_count);

// The observation as it was, with the hashes of its values; its texts are the row's. `values` has room
// for row->value_count.
void observation_row_read(const struct observation_row *row, struct str *values,
                          struct observation *out);

#endif
