// Cutting lines and CSV rows: as many whole records as fit the aimed-at size of a chunk.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "source/csv.h"
#include "source/framer.h"

// Both cut within the first CHUNK_SIZE bytes where they can, else at the first record's end, so that
// the cuts depend on the bytes alone. The chunk is filled to CHUNK_SIZE + 1 before they are asked.

// While a line over the limit passes: true when its end was found and the cutting can go on.
static bool pass_line(struct framer *framer)
{
    struct chunk *chunk = framer->chunk;
    const char *feed = memchr(chunk->bytes, '\n', chunk->size);
    if (!feed) {
        framer_drop(framer, chunk->size);
        return false;
    }
    size_t size = (size_t)(feed - chunk->bytes) + 1;
    framer_skip_end(framer, size);
    framer_drop(framer, size);
    return chunk->size > 0;
}

// The last line feed before which a chunk may end: best where the next line begins a value.
static size_t last_line_end(const char *bytes, size_t size)
{
    size_t first_found = 0;
    for (size_t end = size; end;) {
        const char *feed = memrchr(bytes, '\n', end);
        if (!feed)
            break;
        end = (size_t)(feed - bytes);
        if (!first_found)
            first_found = end + 1;
        if (bytes[end + 1] == '{' || bytes[end + 1] == '[')
            return end + 1;
    }
    return first_found;
}

size_t lines_cut(struct framer *framer, bool is_end)
{
    struct chunk *chunk = framer->chunk;
    if (framer->is_skipping && !pass_line(framer))
        return 0;
    if (chunk->size <= CHUNK_SIZE)
        return is_end ? chunk->size : 0;
    size_t cut = framer->searched ? 0 : last_line_end(chunk->bytes, CHUNK_SIZE);
    if (cut)
        return cut;
    if (framer->searched < CHUNK_SIZE)
        framer->searched = CHUNK_SIZE;
    size_t end = chunk->size < RECORD_SIZE_LIMIT ? chunk->size : RECORD_SIZE_LIMIT;
    const char *feed = memchr(chunk->bytes + framer->searched, '\n', end - framer->searched);
    framer->searched = feed ? 0 : end;
    if (feed)
        return (size_t)(feed - chunk->bytes) + 1;
    if (chunk->size < RECORD_SIZE_LIMIT)
        return is_end ? chunk->size : 0;
    framer->searched = 0;
    framer_skip(framer, 0, "a line longer than 32 MiB");
    return lines_cut(framer, is_end);
}

// ---- CSV --------------------------------------------------------------------------------------

// Reads rows one by one: the end of the last whole row within `window` bytes, else of the first.
static size_t exact_cut(struct framer *framer, size_t window, bool is_last)
{
    const struct chunk *chunk = framer->chunk;
    struct csv_row row = {0};
    size_t cut = 0, next = 0;
    while (cut < window && csv_row_read(&row, chunk->bytes, cut, window, is_last,
                                        framer->container.delimiter, &next) != CSV_MORE)
        cut = next;
    free(row.cells);
    return cut;
}

static size_t cut_found(struct framer *framer, size_t cut)
{
    csv_scan_start(&framer->csv, framer->container.delimiter);
    framer->searched = framer->retry = 0;
    framer->is_exact = false;
    return cut;
}

// The first row is longer than a chunk: walks on to its end.
static size_t long_row_end(struct framer *framer, size_t end, bool is_end)
{
    const struct chunk *chunk = framer->chunk;
    if (!framer->is_exact) {
        size_t cut = csv_scan_rows(&framer->csv, chunk->bytes, framer->searched, end, true);
        framer->searched = end;
        framer->is_exact = framer->csv.is_stray;
        if (!framer->is_exact)
            return cut;
    }
    if (chunk->size < framer->retry && end < RECORD_SIZE_LIMIT && !is_end)
        return 0; // the exact reading begins anew each time: only when there is twice as much
    framer->retry = chunk->size * 2;
    struct csv_row row = {0};
    size_t next = 0;
    enum csv_result result =
        csv_row_read(&row, chunk->bytes, 0, end, false, framer->container.delimiter, &next);
    free(row.cells);
    return result == CSV_MORE ? 0 : next;
}

// No end within the limit: a quote that is never closed costs its line, a line without end itself.
static size_t give_up_row(struct framer *framer, bool is_end)
{
    struct chunk *chunk = framer->chunk;
    const char *feed = memchr(chunk->bytes, '\n', RECORD_SIZE_LIMIT);
    cut_found(framer, 0);
    if (!feed) {
        framer_skip(framer, 0, "a row longer than 32 MiB");
        return csv_cut(framer, is_end);
    }
    return (size_t)(feed - chunk->bytes) + 1;
}

size_t csv_cut(struct framer *framer, bool is_end)
{
    struct chunk *chunk = framer->chunk;
    if (framer->is_skipping && !pass_line(framer))
        return 0;
    if (chunk->size <= CHUNK_SIZE)
        return is_end ? chunk->size : 0;
    if (!framer->searched) {
        size_t cut = csv_scan_rows(&framer->csv, chunk->bytes, 0, CHUNK_SIZE, false);
        if (framer->csv.is_stray)
            cut = exact_cut(framer, CHUNK_SIZE, false);
        if (cut)
            return cut_found(framer, cut);
        framer->searched = CHUNK_SIZE;
        framer->is_exact = framer->csv.is_stray;
    }
    size_t end = chunk->size < RECORD_SIZE_LIMIT ? chunk->size : RECORD_SIZE_LIMIT;
    size_t cut = long_row_end(framer, end, is_end);
    if (cut)
        return cut_found(framer, cut);
    if (chunk->size >= RECORD_SIZE_LIMIT)
        return give_up_row(framer, is_end);
    return is_end ? cut_found(framer, chunk->size) : 0;
}
