// Single records of a file at places that are known from reading it before, without reading what is between.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_PLACE_LIST_H
#define STORMGLASS_ENGINE_PLACE_LIST_H

#include "source/container.h"

struct place_list {
    const char *path;          // of a file that is neither packed nor UTF-16
    const uint64_t *positions; // ascending
    size_t count;
    uint64_t mask; // of the bits of a position that are the place in the file
};

// Visits the records that begin at the places. Records of one line, row or value that has several are all
// visited. False when it is cheaper or needed to read the whole file (a record that goes over lines, a file
// that is gone or shorter): what was visited until then is visited again by that.
bool place_list_read(const struct place_list *list, struct reader *reader,
                     void (*visit)(const struct chunk *chunk, const struct record *record,
                                   void *context),
                     void *context);

#endif
