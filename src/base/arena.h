// Memory with one lifetime: many small allocations, released together. Used for the batch (reset
// after each) and for objects that are built once (rules, tables).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_ARENA_H
#define STORMGLASS_BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; // newest first
    char *at, *end;             // free part of the newest block
    size_t used;                // bytes given out since the last reset
};

void arena_init(struct arena *arena);
void arena_done(struct arena *arena);
// Forgets everything given out, keeps one block for reuse.
void arena_reset(struct arena *arena);

// Moves everything that `from` gave out into `arena`, where it stays as it is; `from` is empty after it.
void arena_adopt(struct arena *arena, struct arena *from);

// Releases what was given out before `at`, which the arena gave, as far as it does not stand in the same block.
void arena_release_before(struct arena *arena, const void *at);

// Zeroed memory aligned to 16 bytes. Never NULL: running out of memory ends the program with a
// message (exit 3), since every caller has checked its limits before.
void *arena_alloc(struct arena *arena, size_t size);
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

// A copy of the text owned by the arena, with a zero byte behind it.
struct str arena_copy(struct arena *arena, struct str text);
struct str arena_print(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// malloc family with the same promise: never NULL.
void *memory_new(size_t size);             // zeroed
void *memory_grow(void *old, size_t size); // realloc; the new part is not zeroed
// Zeroed like memory_new, but by writing: for tables that will be filled here and there. A page of fresh memory that is
// read before it is written costs the kernel twice, and every other thread an interruption.
void *memory_table(size_t size);

// At the start of the program: pieces of some megabytes go back to the system when they are freed, whatever was freed
// before, so that how much memory is used at most does not depend on which thread had it.
void memory_begin(void);

// Gives freed memory back to the system: between two tasks that need much.
void memory_trim(void);

// Makes room for one more element in a growing array: doubles *capacity when count reached it.
#define ARRAY_GROW(array, count, capacity) ARRAY_GROW_FROM(array, count, capacity, 8)

// The same for the many arrays of which most stay small: room for `least` elements at first.
#define ARRAY_GROW_FROM(array, count, capacity, least)                                             \
    do {                                                                                           \
        if ((count) == (capacity)) {                                                               \
            (capacity) = (capacity) ? (capacity)*2 : (least);                                      \
            (array) = memory_grow((array), (capacity) * sizeof *(array));                          \
        }                                                                                          \
    } while (0)

#endif
