// Bump allocation out of growing blocks, and malloc that never gives NULL.
// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define ALIGNMENT 16
#define FIRST_BLOCK ((size_t)16 << 10)
#define LARGEST_STEP ((size_t)4 << 20) // blocks double up to this size

struct arena_block {
    struct arena_block *next; // older
    size_t size;              // of the bytes behind this header
};

_Static_assert(sizeof(struct arena_block) % ALIGNMENT == 0, "bytes behind the header are aligned");

static _Noreturn void out_of_memory(size_t size)
{
    fprintf(stderr, "stormglass: out of memory (%zu bytes asked for)\n", size);
    exit(3);
}

void *memory_new(size_t size)
{
    void *memory = calloc(1, size ? size : 1);
    if (!memory)
        out_of_memory(size);
    return memory;
}

#define LARGE_PIECE (4 << 20)

void memory_begin(void)
{
#ifdef __GLIBC__
    // Else the library raises its threshold with each large piece that is freed, up to 32 MiB.
    mallopt(M_MMAP_THRESHOLD, LARGE_PIECE);
    mallopt(M_TRIM_THRESHOLD, 2 * LARGE_PIECE);
#endif
}

void memory_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0); // each thread's freed memory is else its own for good
#endif
}

void *memory_grow(void *old, size_t size)
{
    void *memory = realloc(old, size ? size : 1);
    if (!memory)
        out_of_memory(size);
    return memory;
}

void *memory_table(size_t size)
{
    return memset(memory_grow(NULL, size), 0, size);
}

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_done(struct arena *arena)
{
    free_blocks(arena->blocks);
    arena_init(arena);
}

static void use_block(struct arena *arena, struct arena_block *block)
{
    arena->blocks = block;
    arena->at = (char *)(block + 1);
    arena->end = arena->at + block->size;
}

void arena_reset(struct arena *arena)
{
    // The largest block stays, so that a steady batch size ends up in one block.
    struct arena_block *kept = NULL, *block = arena->blocks;
    while (block) {
        struct arena_block *next = block->next, *loser = block;
        if (!kept || block->size > kept->size) {
            loser = kept;
            kept = block;
        }
        free(loser);
        block = next;
    }
    arena_init(arena);
    if (kept) {
        kept->next = NULL;
        use_block(arena, kept);
    }
}

void arena_adopt(struct arena *arena, struct arena *from)
{
    struct arena_block *last = from->blocks;
    if (!last)
        return;
    if (!arena->blocks) {
        *arena = *from;
    } else { // behind the newest, out of which the arena goes on giving
        while (last->next)
            last = last->next;
        last->next = arena->blocks->next;
        arena->blocks->next = from->blocks;
        arena->used += from->used;
    }
    arena_init(from);
}

void arena_release_before(struct arena *arena, const void *at)
{
    struct arena_block *block = arena->blocks;
    while (block && (uintptr_t)at - (uintptr_t)(block + 1) >= block->size)
        block = block->next;
    if (!block)
        return;
    free_blocks(block->next); // blocks follow from the newest to the oldest
    block->next = NULL;
}

static void add_block(struct arena *arena, size_t least)
{
    size_t size = FIRST_BLOCK - sizeof(struct arena_block);
    if (arena->blocks && arena->blocks->size < LARGEST_STEP)
        size = arena->blocks->size * 2;
    else if (arena->blocks)
        size = LARGEST_STEP;
    if (size < least)
        size = least;
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        out_of_memory(size);
    *block = (struct arena_block){.next = arena->blocks, .size = size};
    use_block(arena, block);
}

// As arena_alloc, but not zeroed.
static void *take(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        out_of_memory(size);
    size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!arena->at || rounded > (size_t)(arena->end - arena->at))
        add_block(arena, rounded);
    void *given = arena->at;
    arena->at += rounded;
    arena->used += rounded;
    return given;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

struct str arena_copy(struct arena *arena, struct str text)
{
    char *copy = take(arena, text.len + 1);
    if (text.len)
        memcpy(copy, text.at, text.len);
    copy[text.len] = 0;
    return str_of(copy, text.len);
}

struct str arena_print(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(len >= 0);
    char *text = take(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return str_of(text, (size_t)len);
}
