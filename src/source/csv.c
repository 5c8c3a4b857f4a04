// CSV rows: exact reading of one row, and the undoing of doubled quotes at the speed of copying.
// SPDX-License-Identifier: Apache-2.0
#include "source/csv.h"

#include "source/block.h"

#define TOO_MANY_CELLS "a row has more than 4,096 cells"

// Passes over blocks up to the one with the closing quote: *at is at that quote, or where fewer than a block are left.
// True: it was found. The first quote of each pair makes their number odd: one that no other follows closes the cell.
BLOCK_INLINE bool quoted_walk(const char *bytes, size_t *at, size_t size, bool *has_escapes,
                              block_mask *mask_of, block_parity *parity)
{
    while (size - *at > BLOCK) {
        uint64_t mask = mask_of(bytes + *at, '"', 0), step = BLOCK;
        uint64_t firsts = mask & parity(mask), follows = mask >> 1;
        if (firsts >> 63) { // its partner may be the first of the next block
            step = BLOCK + 1;
            follows |= (uint64_t)(bytes[*at + BLOCK] == '"') << 63;
        }
        uint64_t alone = firsts & ~follows;
        if (alone) {
            unsigned first = (unsigned)__builtin_ctzll(alone);
            *has_escapes = *has_escapes || mask & ((UINT64_C(1) << first) - 1);
            *at += first;
            return true;
        }
        *has_escapes = *has_escapes || mask;
        *at += step;
    }
    return false;
}

BLOCK_WALK(bool, quoted, (const char *bytes, size_t *at, size_t size, bool *has_escapes), bytes, at,
           size, has_escapes)

// Index of the closing quote of the cell whose text starts at `at`, or size.
static size_t quote_end(enum block_way way, const char *bytes, size_t at, size_t size,
                        bool *has_escapes)
{
    if (quoted_ways[way](bytes, &at, size, has_escapes))
        return at;
    while (at < size) {
        const char *found = memchr(bytes + at, '"', size - at);
        if (!found)
            return size;
        at = (size_t)(found - bytes);
        if (at + 1 >= size || bytes[at + 1] != '"')
            return at;
        *has_escapes = true;
        at += 2;
    }
    return size;
}

static enum csv_result broken(struct csv_row *row, const char *bytes, size_t start, size_t size,
                              bool is_last, const char *why, size_t *next)
{
    const char *feed = memchr(bytes + start, '\n', size - start);
    if (!feed && !is_last)
        return CSV_MORE;
    *next = feed ? (size_t)(feed - bytes) + 1 : size;
    row->why = why;
    return CSV_BROKEN;
}

static bool add_cell(struct csv_row *row, const char *bytes, size_t at, size_t end,
                     bool has_escapes)
{
    if (row->count == CSV_CELL_LIMIT)
        return false;
    ARRAY_GROW(row->cells, row->count, row->capacity);
    row->cells[row->count++] = (struct csv_cell){str_of(bytes + at, end - at), has_escapes};
    return true;
}

// Behind a cell at `at`: 1 another cell follows, 0 the row ends (*next), -1 neither, -2 bytes ran out.
static int cell_end(const char *bytes, size_t at, size_t size, bool is_last, char delimiter,
                    size_t *next)
{
    while (at < size && bytes[at] == ' ' && delimiter != ' ')
        at++;
    if (at < size && bytes[at] == '\r' && (at + 1 < size ? bytes[at + 1] == '\n' : is_last))
        at++;
    else if (at + 1 == size && bytes[at] == '\r')
        return -2;
    if (at == size) {
        *next = size;
        return is_last ? 0 : -2;
    }
    *next = at + 1;
    return bytes[at] == delimiter ? 1 : bytes[at] == '\n' ? 0 : -1;
}

enum csv_result csv_row_read(struct csv_row *row, const char *bytes, size_t at, size_t size,
                             bool is_last, char delimiter, size_t *next)
{
    return csv_row_read_by(block_best(), row, bytes, at, size, is_last, delimiter, next);
}

enum csv_result csv_row_read_by(enum block_way way, struct csv_row *row, const char *bytes,
                                size_t at, size_t size, bool is_last, char delimiter, size_t *next)
{
    size_t start = at;
    row->count = 0;
    for (;;) {
        size_t end = at;
        bool has_escapes = false;
        if (at < size && bytes[at] == '"') {
            end = quote_end(way, bytes, ++at, size, &has_escapes);
            if (end == size || (end + 1 == size && !is_last))
                return is_last ? broken(row, bytes, start, size, is_last,
                                        "a quoted cell is not closed", next)
                               : CSV_MORE;
            if (!add_cell(row, bytes, at, end, has_escapes))
                return broken(row, bytes, start, size, is_last, TOO_MANY_CELLS, next);
            int what = cell_end(bytes, end + 1, size, is_last, delimiter, &at);
            if (what == -1)
                return broken(row, bytes, start, size, is_last,
                              "text behind a cell's closing quote", next);
            if (what == -2)
                return CSV_MORE;
            if (what == 0)
                break;
            continue;
        }
        while (end < size && bytes[end] != delimiter && bytes[end] != '\n')
            end++;
        if (end == size && !is_last)
            return CSV_MORE;
        size_t trimmed = end;
        if ((end == size || bytes[end] == '\n') && end > at && bytes[end - 1] == '\r')
            trimmed--;
        if (!add_cell(row, bytes, at, trimmed, false))
            return broken(row, bytes, start, size, is_last, TOO_MANY_CELLS, next);
        at = end < size ? end + 1 : size;
        if (end == size || bytes[end] == '\n')
            break;
    }
    *next = at;
    return CSV_ROW;
}

// ---- doubled quotes ---------------------------------------------------------------------------

#ifdef __SSE2__

// In steps of 16: may read and write up to 15 bytes more.
static inline void copy_over(char *to, const char *from, size_t size)
{
    for (size_t i = 0; i < size; i += 16)
        _mm_storeu_si128((__m128i *)(void *)(to + i),
                         _mm_loadu_si128((const __m128i *)(const void *)(from + i)));
}

// Blocks of 64 bytes while 80 are left: what stands between quotes is copied up to the first of each
// pair, the second is passed over.
static void copy_blocks(const char **from, const char *end, char **to)
{
    while (end - *from >= 80) {
        unsigned at = 0;
        for (uint64_t mask = mask_plain(*from, '"', 0); mask;) {
            unsigned first = (unsigned)__builtin_ctzll(mask);
            copy_over(*to, *from + at, first + 1 - at);
            *to += first + 1 - at;
            at = first + 2; // 65 when its double begins the next block
            mask &= mask - 1;
            mask &= mask - 1;
        }
        if (at < 64) {
            copy_over(*to, *from + at, 64 - at);
            *to += 64 - at;
            at = 64;
        }
        *from += at;
    }
}

// Where the processor can squeeze bytes out of a block, as those of servers of the last years can.
__attribute__((target("avx512f,avx512bw,avx512vbmi2"))) static void squeeze_blocks(
    const char **from, const char *end, char **to)
{
    const __m512i quote = _mm512_set1_epi8('"');
    uint64_t is_odd = 0; // all ones: the last quote met was the first of a pair
    for (; end - *from >= 64; *from += 64) {
        __m512i block = _mm512_loadu_si512(*from);
        uint64_t mask = _mm512_cmpeq_epi8_mask(block, quote);
        uint64_t firsts = parity_plain(mask) ^ is_odd;
        uint64_t kept = ~mask | firsts;
        is_odd = 0 - (firsts >> 63);
        _mm512_storeu_si512(*to, _mm512_maskz_compress_epi8(kept, block));
        *to += __builtin_popcountll(kept);
    }
    if (is_odd && *from < end)
        ++*from;
}

#endif

// The rest byte by byte. Gives where the copy ends.
static char *copy_rest(const char *from, const char *end, char *to)
{
    while (from < end) {
        char c = *from++;
        *to++ = c;
        if (c == '"')
            from++; // inside a cell quotes come in pairs
    }
    return to;
}

size_t csv_cell_copy_plainly(struct csv_cell cell, char *to)
{
    const char *from = cell.text.at, *end = from + cell.text.len;
    char *at = to;
#ifdef __SSE2__
    copy_blocks(&from, end, &at);
#endif
    return (size_t)(copy_rest(from, end, at) - to);
}

size_t csv_cell_copy(struct csv_cell cell, char *to)
{
#ifdef __SSE2__
    if (__builtin_cpu_supports("avx512vbmi2")) {
        const char *from = cell.text.at, *end = from + cell.text.len;
        char *at = to;
        squeeze_blocks(&from, end, &at);
        return (size_t)(copy_rest(from, end, at) - to);
    }
#endif
    return csv_cell_copy_plainly(cell, to);
}

struct str csv_cell_text(struct csv_cell cell, struct buf *scratch)
{
    if (!cell.has_escapes)
        return cell.text;
    buf_clear(scratch);
    struct str rest = cell.text;
    while (rest.len) {
        size_t quote = str_index(rest, '"');
        size_t len = quote < rest.len ? quote + 1 : quote;
        buf_add(scratch, str_of(rest.at, len));
        size_t skip = len < rest.len && quote < rest.len ? len + 1 : len;
        rest = str_of(rest.at + skip, rest.len - skip);
    }
    return buf_str(scratch);
}
