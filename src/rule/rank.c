// Two-level sorted blocks; neighbours that got small are joined, so blocks are on average half full.
// SPDX-License-Identifier: Apache-2.0
#include "rule/rank.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void rank_done(struct rank *rank)
{
    for (size_t i = 0; i < rank->block_count; i++)
        free(rank->blocks[i]);
    free(rank->blocks);
    free(rank->lows);
    free(rank->counts);
    *rank = (struct rank){0};
}

size_t rank_bytes(const struct rank *rank)
{
    return rank->block_count * RANK_BLOCK * sizeof(double) +
           rank->block_capacity *
               (sizeof *rank->blocks + sizeof *rank->lows + sizeof *rank->counts);
}

// The last block whose low is not above the number; 0 when all are.
static size_t find_block(const struct rank *rank, double number)
{
    size_t from = 0, to = rank->block_count;
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        if (rank->lows[middle] <= number)
            from = middle;
        else
            to = middle;
    }
    return from;
}

// First index in the block whose number is not below `number`.
static uint32_t find_in_block(const double *block, uint32_t count, double number)
{
    uint32_t from = 0, to = count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (block[middle] < number)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

// An empty block before index `at`.
static void open_block(struct rank *rank, size_t at)
{
    if (rank->block_count == rank->block_capacity) {
        rank->block_capacity = rank->block_capacity ? rank->block_capacity * 2 : 4;
        size_t n = rank->block_capacity;
        rank->blocks = memory_grow(rank->blocks, n * sizeof *rank->blocks);
        rank->lows = memory_grow(rank->lows, n * sizeof *rank->lows);
        rank->counts = memory_grow(rank->counts, n * sizeof *rank->counts);
    }
    size_t behind = rank->block_count - at;
    memmove(rank->blocks + at + 1, rank->blocks + at, behind * sizeof *rank->blocks);
    memmove(rank->lows + at + 1, rank->lows + at, behind * sizeof *rank->lows);
    memmove(rank->counts + at + 1, rank->counts + at, behind * sizeof *rank->counts);
    rank->blocks[at] = memory_grow(NULL, RANK_BLOCK * sizeof(double));
    rank->counts[at] = 0;
    rank->block_count++;
}

static void close_block(struct rank *rank, size_t at)
{
    free(rank->blocks[at]);
    size_t behind = --rank->block_count - at;
    memmove(rank->blocks + at, rank->blocks + at + 1, behind * sizeof *rank->blocks);
    memmove(rank->lows + at, rank->lows + at + 1, behind * sizeof *rank->lows);
    memmove(rank->counts + at, rank->counts + at + 1, behind * sizeof *rank->counts);
}

static void split_block(struct rank *rank, size_t at)
{
    enum { HALF = RANK_BLOCK / 2 };
    open_block(rank, at + 1);
    memcpy(rank->blocks[at + 1], rank->blocks[at] + HALF, HALF * sizeof(double));
    rank->counts[at] = HALF;
    rank->counts[at + 1] = HALF;
    rank->lows[at + 1] = rank->blocks[at + 1][0];
}

void rank_add(struct rank *rank, double number)
{
    if (rank->block_count == 0)
        open_block(rank, 0);
    size_t at = find_block(rank, number);
    if (rank->counts[at] == RANK_BLOCK) {
        split_block(rank, at);
        at += rank->lows[at + 1] <= number;
    }
    double *block = rank->blocks[at];
    uint32_t place = find_in_block(block, rank->counts[at], number);
    memmove(block + place + 1, block + place, (rank->counts[at] - place) * sizeof *block);
    block[place] = number;
    rank->counts[at]++;
    rank->lows[at] = block[0];
    rank->count++;
}

// Joins the block with its follower when both fit in half a block.
static void join_block(struct rank *rank, size_t at)
{
    if (at + 1 >= rank->block_count || rank->counts[at] + rank->counts[at + 1] > RANK_BLOCK / 2)
        return;
    memcpy(rank->blocks[at] + rank->counts[at], rank->blocks[at + 1],
           rank->counts[at + 1] * sizeof(double));
    rank->counts[at] += rank->counts[at + 1];
    rank->lows[at] = rank->blocks[at][0];
    close_block(rank, at + 1);
}

void rank_remove(struct rank *rank, double number)
{
    assert(rank->count > 0);
    size_t at = find_block(rank, number);
    double *block = rank->blocks[at];
    uint32_t place = find_in_block(block, rank->counts[at], number);
    assert(place < rank->counts[at] && block[place] == number);
    rank->counts[at]--;
    memmove(block + place, block + place + 1, (rank->counts[at] - place) * sizeof *block);
    rank->count--;
    if (rank->counts[at] == 0) {
        close_block(rank, at);
        return;
    }
    rank->lows[at] = block[0];
    join_block(rank, at);
    if (at > 0)
        join_block(rank, at - 1);
}

double rank_at(const struct rank *rank, size_t index)
{
    assert(index < rank->count);
    size_t at = 0;
    while (index >= rank->counts[at])
        index -= rank->counts[at++];
    return rank->blocks[at][index];
}

double rank_percentile(const struct rank *rank, double percentile)
{
    assert(rank->count > 0);
    double share = percentile <= 0 ? 0 : percentile >= 100 ? 1 : percentile / 100;
    double place = share * (double)(rank->count - 1);
    size_t below = (size_t)place;
    double low = rank_at(rank, below);
    double rest = place - (double)below;
    return rest > 0 ? low + (rank_at(rank, below + 1) - low) * rest : low;
}
