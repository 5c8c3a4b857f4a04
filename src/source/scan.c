// Fast walks over bytes: 64 at a step as bit masks, one bit a byte.
// SPDX-License-Identifier: Apache-2.0
#include "source/scan.h"

// ---- JSON -------------------------------------------------------------------------------------

// Bytes that follow a backslash which is not itself escaped. After simdjson's json_escape_scanner
// (Apache-2.0): subtracting lets the carry run through a series of backslashes.
static inline uint64_t mask_escaped(uint64_t backslash, uint64_t *carry)
{
    const uint64_t odd = UINT64_C(0xaaaaaaaaaaaaaaaa);
    if (!backslash) {
        uint64_t escaped = *carry;
        *carry = 0;
        return escaped;
    }
    uint64_t start = backslash & ~*carry;
    uint64_t ends = ((start << 1 | odd) - start) ^ odd;
    uint64_t escaped = ends ^ (backslash | *carry);
    *carry = (ends & backslash) >> 63;
    return escaped;
}

// Goes through the brackets of a block one by one. True at the one that closes the value.
static bool walk_brackets(struct json_scan *scan, uint64_t open, uint64_t close, size_t *at)
{
    for (uint64_t left = open | close; left; left &= left - 1) {
        uint64_t bit = left & -left;
        if (open & bit) {
            scan->depth++;
        } else if (--scan->depth == 0) {
            *at += (size_t)__builtin_ctzll(left) + 1;
            return true;
        }
    }
    return false;
}

static bool scan_bytes(struct json_scan *scan, const char *bytes, size_t *at, size_t size)
{
    for (size_t i = *at; i < size; i++) {
        char c = bytes[i];
        if (scan->escaped) {
            scan->escaped = 0;
        } else if (c == '\\') {
            scan->escaped = 1;
        } else if (c == '"') {
            scan->string = ~scan->string;
        } else if (!scan->string && (c | 0x20) == '{') {
            scan->depth++;
        } else if (!scan->string && (c | 0x20) == '}' && --scan->depth == 0) {
            *at = i + 1;
            return true;
        }
    }
    *at = size;
    return false;
}

BLOCK_INLINE bool json_scan_walk(struct json_scan *scan, const char *bytes, size_t *at, size_t size,
                                 block_mask *mask, block_parity *parity)
{
    for (; size - *at >= BLOCK; *at += BLOCK) {
        const char *block = bytes + *at;
        uint64_t escaped = mask_escaped(mask(block, '\\', 0), &scan->escaped);
        uint64_t quotes = mask(block, '"', 0) & ~escaped;
        uint64_t string = parity(quotes) ^ scan->string;
        scan->string = 0 - (string >> 63);
        uint64_t outside = ~string & ~escaped;
        uint64_t open = mask(block, '{', 0x20) & outside;
        uint64_t close = mask(block, '}', 0x20) & outside;
        uint32_t closing = (uint32_t)__builtin_popcountll(close);
        if (scan->depth > closing)
            scan->depth += (uint32_t)__builtin_popcountll(open) - closing;
        else if (walk_brackets(scan, open, close, at))
            return true;
    }
    return scan_bytes(scan, bytes, at, size);
}

BLOCK_WALK(bool, json_scan, (struct json_scan * scan, const char *bytes, size_t *at, size_t size),
           scan, bytes, at, size)

bool json_scan_end_by(enum block_way way, struct json_scan *scan, const char *bytes, size_t *at,
                      size_t size)
{
    return json_scan_ways[way](scan, bytes, at, size);
}

bool json_scan_end(struct json_scan *scan, const char *bytes, size_t *at, size_t size)
{
    return json_scan_end_by(block_best(), scan, bytes, at, size);
}

// ---- CSV --------------------------------------------------------------------------------------

void csv_scan_start(struct csv_scan *scan, char delimiter)
{
    *scan = (struct csv_scan){.delimiter = delimiter, .opens = 1};
}

// One step over a block of which `count` bytes (1..64) count; gives the line feeds that end rows. A
// quote that opens must follow a delimiter, a line feed or a quote ("" reopens); the byte behind one
// that closes must be one of these or a carriage return.
BLOCK_INLINE uint64_t csv_step(struct csv_scan *scan, const char *block, unsigned count,
                               block_mask *mask, block_parity *parity)
{
    uint64_t quote = mask(block, '"', 0), feed = mask(block, '\n', 0);
    uint64_t delimiter = mask(block, scan->delimiter, 0);
    uint64_t quoted = parity(quote) ^ scan->quoted;
    uint64_t before = delimiter | feed | quote;
    uint64_t opening = quote & quoted, closing = quote & ~quoted;
    uint64_t stray = opening & ~(before << 1 | scan->opens);
    stray |= (closing << 1 | scan->closes) & ~(before | mask(block, '\r', 0));
    if (count < BLOCK)
        stray &= ((uint64_t)1 << count) - 1;
    scan->is_stray |= stray != 0;
    scan->quoted = 0 - (quoted >> (count - 1) & 1);
    scan->opens = before >> (count - 1) & 1;
    scan->closes = closing >> (count - 1) & 1;
    return feed & ~quoted;
}

BLOCK_INLINE size_t csv_rows_walk(struct csv_scan *scan, const char *bytes, size_t at, size_t size,
                                  bool is_first, block_mask *mask, block_parity *parity)
{
    size_t last = 0;
    while (at < size) {
        const char *block = bytes + at;
        char tail[BLOCK];
        unsigned count = BLOCK;
        if (size - at < BLOCK) {
            count = (unsigned)(size - at);
            memset(tail, 0, sizeof tail);
            memcpy(tail, block, count);
            block = tail;
        }
        uint64_t ends = csv_step(scan, block, count, mask, parity);
        if (ends && is_first)
            return at + (size_t)__builtin_ctzll(ends) + 1;
        if (ends)
            last = at + (size_t)(BLOCK - __builtin_clzll(ends));
        at += count;
    }
    return last;
}

BLOCK_WALK(size_t, csv_rows,
           (struct csv_scan * scan, const char *bytes, size_t at, size_t size, bool is_first), scan,
           bytes, at, size, is_first)

size_t csv_scan_rows_by(enum block_way way, struct csv_scan *scan, const char *bytes, size_t at,
                        size_t size, bool is_first)
{
    return csv_rows_ways[way](scan, bytes, at, size, is_first);
}

size_t csv_scan_rows(struct csv_scan *scan, const char *bytes, size_t at, size_t size,
                     bool is_first)
{
    return csv_scan_rows_by(block_best(), scan, bytes, at, size, is_first);
}

// ---- lines ------------------------------------------------------------------------------------

BLOCK_INLINE uint64_t line_feeds_walk(const char *bytes, size_t size, block_mask *mask,
                                      block_parity *parity)
{
    uint64_t count = 0;
    size_t at = 0;
    (void)parity;
    for (; size - at >= BLOCK; at += BLOCK)
        count += (uint64_t)__builtin_popcountll(mask(bytes + at, '\n', 0));
    for (; at < size; at++)
        count += bytes[at] == '\n';
    return count;
}

BLOCK_WALK(uint64_t, line_feeds, (const char *bytes, size_t size), bytes, size)

uint64_t count_line_feeds_by(enum block_way way, const char *bytes, size_t size)
{
    return line_feeds_ways[way](bytes, size);
}

uint64_t count_line_feeds(const char *bytes, size_t size)
{
    return count_line_feeds_by(block_best(), bytes, size);
}

size_t find_line_start(const char *bytes, size_t from, size_t size, size_t column)
{
    while (from < size) {
        const char *feed = memchr(bytes + from, '\n', size - from);
        if (!feed)
            return size;
        from = (size_t)(feed - bytes) + 1;
        size_t at = from;
        while (at < size && at - from < column && bytes[at] == ' ')
            at++;
        if (at < size && at - from == column && (bytes[at] == '{' || bytes[at] == '['))
            return at;
    }
    return size;
}
