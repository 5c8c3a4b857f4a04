// Rows by symbol: numbers from 1 for symbols as they come, up to a limit, so that a detector may keep an
// array of what it knows of each person or session. Costs 4 bytes for each symbol up to the largest.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_SYMBOL_ROWS_H
#define STORMGLASS_DETECTOR_SYMBOL_ROWS_H

#include <stdint.h>

// A zeroed struct is empty.
struct symbol_rows {
    uint32_t *row_of; // row + 1; 0: none
    uint32_t symbols, count;
};

// The symbol's number (from 1), a new one when it has none; 0 when there are `limit` already.
uint32_t symbol_rows_open(struct symbol_rows *rows, uint32_t symbol, uint32_t limit);
// 0 when it has none.
uint32_t symbol_rows_find(const struct symbol_rows *rows, uint32_t symbol);
void symbol_rows_done(struct symbol_rows *rows);

#endif
