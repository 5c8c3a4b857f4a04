// Words read from where they need not be aligned, in the machine's own order of bytes.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_LOAD_H
#define STORMGLASS_BASE_LOAD_H

#include <stdint.h>
#include <string.h>

static inline uint64_t load8(const void *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline uint64_t load4(const void *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

#endif
