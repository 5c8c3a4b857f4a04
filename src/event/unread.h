// A stretch of an input that could not be read: told by the container, listed in the report.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVENT_UNREAD_H
#define STORMGLASS_EVENT_UNREAD_H

#include <stdint.h>

struct unread {
    uint64_t offset; // in the decoded bytes of the input
    uint64_t line;   // 1-based; 0 until container lines are counted (see source/container.h)
    uint64_t bytes;
    const char *why; // constant text
};

#endif
