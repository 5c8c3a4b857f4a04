// What kept_reading.c (which reads the section `reading`) and kept_reading_write.c share.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_KEPT_READING_H
#define STORMGLASS_ENGINE_KEPT_READING_H

#include "engine/kept_parts.h"

#define READING_ITEM_LIMIT ((size_t)1 << 16) // of one record; Exchange writes some dozens

// By kind, time, identity, bytes.
int kept_piece_compare(const void *left, const void *right);

#endif
