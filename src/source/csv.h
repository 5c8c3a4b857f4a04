// CSV rows after RFC 4180: quoted cells with line feeds and "" inside, any one-byte delimiter.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SOURCE_CSV_H
#define STORMGLASS_SOURCE_CSV_H

#include "base/arena.h"
#include "base/buf.h"
#include "source/block.h"

#define CSV_CELL_LIMIT 4096 // cells of a row; wider rows are broken

struct csv_cell {
    struct str text;  // without the outer quotes; "" inside not yet undone
    bool has_escapes; // holds ""
};

struct csv_row {
    struct csv_cell *cells;
    size_t count, capacity;
    const char *why; // of CSV_BROKEN
};

enum csv_result {
    CSV_ROW,    // *next is behind its line feed, or the end
    CSV_MORE,   // the bytes end inside the row (only when they are not the last)
    CSV_BROKEN, // *next is behind its first line feed, or the end: a reader goes on there
};

// Reads the row at bytes[at, size). `is_last`: nothing follows these bytes. Cells are borrowed from
// `bytes`; `row` grows as needed, free its cells with free().
enum csv_result csv_row_read(struct csv_row *row, const char *bytes, size_t at, size_t size,
                             bool is_last, char delimiter, size_t *next);
// The same by a way of blocks, for tests.
enum csv_result csv_row_read_by(enum block_way way, struct csv_row *row, const char *bytes,
                                size_t at, size_t size, bool is_last, char delimiter, size_t *next);

// Copies the cell with "" made ". `to` has room for cell.text.len + 16 bytes; gives the length.
size_t csv_cell_copy(struct csv_cell cell, char *to);

// The same with what all processors can.
size_t csv_cell_copy_plainly(struct csv_cell cell, char *to);

// The cell's text, in `scratch` (cleared before) when it has escapes.
struct str csv_cell_text(struct csv_cell cell, struct buf *scratch);

#endif
