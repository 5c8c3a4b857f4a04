// An array by symbol.
// SPDX-License-Identifier: Apache-2.0
#include "detector/symbol_rows.h"

#include <stdlib.h>

#include "base/arena.h"

uint32_t symbol_rows_open(struct symbol_rows *rows, uint32_t symbol, uint32_t limit)
{
    if (symbol >= rows->symbols) {
        uint32_t bigger = symbol + 1 + symbol / 2;
        rows->row_of = memory_grow(rows->row_of, bigger * sizeof *rows->row_of);
        for (uint32_t i = rows->symbols; i < bigger; i++)
            rows->row_of[i] = 0;
        rows->symbols = bigger;
    }
    if (!rows->row_of[symbol] && rows->count < limit)
        rows->row_of[symbol] = ++rows->count;
    return rows->row_of[symbol];
}

uint32_t symbol_rows_find(const struct symbol_rows *rows, uint32_t symbol)
{
    return symbol < rows->symbols ? rows->row_of[symbol] : 0;
}

void symbol_rows_done(struct symbol_rows *rows)
{
    free(rows->row_of);
    *rows = (struct symbol_rows){0};
}
