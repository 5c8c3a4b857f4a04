// Numbers kept in order while they come and go, for medians and percentiles of sliding windows. A
// zeroed struct is empty; it owns its blocks.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_RANK_H
#define STORMGLASS_RULE_RANK_H

#include <stddef.h>
#include <stdint.h>

// Sorted blocks of at most RANK_BLOCK numbers, as a B-tree of two levels: adding, removing and
// looking up cost a binary search over the blocks' lows, one move inside a block and, for a rank, one
// sum over the blocks' counts (a million numbers: about 3,000 blocks, 12 KB of counts).
#define RANK_BLOCK 512

struct rank {
    double **blocks;
    double *lows;     // blocks[i][0]
    uint32_t *counts; // of blocks[i]
    size_t block_count, block_capacity;
    size_t count; // of numbers
};

void rank_done(struct rank *rank);
void rank_add(struct rank *rank, double number);
// Removes one copy of a number that is there.
void rank_remove(struct rank *rank, double number);
// The number at `index` of the sorted sequence, index < count.
double rank_at(const struct rank *rank, size_t index);
// Percentile 0..100 with linear interpolation between the closest ranks (definition 7 of Hyndman and
// Fan, as in NumPy, Excel's PERCENTILE.INC and ClickHouse's quantileExactInclusive). count > 0.
double rank_percentile(const struct rank *rank, double percentile);
size_t rank_bytes(const struct rank *rank);

#endif
