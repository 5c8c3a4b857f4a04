// CSV rows from any bytes: cells lie inside, rows go forward, and the fast walk agrees with the exact
// reading wherever it says that it can be trusted.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "source/csv.h"
#include "source/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_cells(const struct csv_row *row, const char *bytes, size_t size)
{
    struct buf scratch;
    buf_init(&scratch);
    for (size_t i = 0; i < row->count; i++) {
        struct csv_cell cell = row->cells[i];
        assert(cell.text.at >= bytes && cell.text.at + cell.text.len <= bytes + size);
        struct str text = csv_cell_text(cell, &scratch);
        char *copy = malloc(cell.text.len + 16);
        assert(copy);
        size_t len = csv_cell_copy(cell, copy);
        // In a cell without "" there may be single quotes, which only the first leaves alone.
        assert(!cell.has_escapes || (len == text.len && memcmp(copy, text.at, len) == 0));
        free(copy);
    }
    buf_done(&scratch);
}

// The first byte chooses the delimiter.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    char delimiter = ",;\t"[data[0] % 3];
    const char *bytes = (const char *)data + 1;
    size--;
    struct csv_row row = {0};
    size_t at = 0, next = 0, last = 0;
    bool is_broken = false;
    while (at < size) {
        enum csv_result result = csv_row_read(&row, bytes, at, size, false, delimiter, &next);
        if (result == CSV_MORE)
            break;
        assert(next > at && next <= size);
        is_broken |= result == CSV_BROKEN;
        if (result == CSV_ROW)
            check_cells(&row, bytes, size);
        at = last = next;
    }
    struct csv_scan scan;
    csv_scan_start(&scan, delimiter);
    size_t found = csv_scan_rows(&scan, bytes, 0, size, false);
    // A carriage return alone behind a closing quote is the one thing the fast walk lets pass.
    bool is_odd = memchr(bytes, '\r', size) != NULL;
    assert(scan.is_stray || is_odd || (!is_broken && found == last));
    for (at = 0; at < size; at = next) {
        enum csv_result result = csv_row_read(&row, bytes, at, size, true, delimiter, &next);
        assert(result != CSV_MORE && next > at && next <= size);
    }
    free(row.cells);
    return 0;
}
