// Fast walks over bytes: 64 at a step as bit masks, one bit a byte.
// SPDX-License-Identifier: Apache-2.0
#include "source/scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK 64

// ---- masks ------------------------------------------------------------------------------------

#ifdef __SSE2__

#define LOAD(at) _mm_loadu_si128((const __m128i *)(const void *)(at))

// Calls with constant `count` and unrolls: bit i of the result is set when byte i is `c`.
static inline uint64_t mask_of(const char *block, char c)
{
    __m128i wanted = _mm_set1_epi8(c);
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        __m128i bytes = LOAD(block + 16 * i);
        uint64_t part = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
        mask |= part << (16 * i);
    }
    return mask;
}

// The same for `c` with the bit 0x20 set in both: '{' takes '[' as well, '}' takes ']'.
static inline uint64_t mask_of_bracket(const char *block, char c)
{
    __m128i wanted = _mm_set1_epi8(c), bit = _mm_set1_epi8(0x20);
    uint64_t mask = 0;
    for (int i = 0; i < 4; i++) {
        __m128i bytes = _mm_or_si128(LOAD(block + 16 * i), bit);
        uint64_t part = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
        mask |= part << (16 * i);
    }
    return mask;
}

#else

static inline uint64_t mask_of(const char *block, char c)
{
    uint64_t mask = 0;
    for (int i = 0; i < BLOCK; i++)
        mask |= (uint64_t)(block[i] == c) << i;
    return mask;
}

static inline uint64_t mask_of_bracket(const char *block, char c)
{
    uint64_t mask = 0;
    for (int i = 0; i < BLOCK; i++)
        mask |= (uint64_t)((block[i] | 0x20) == c) << i;
    return mask;
}

#endif

// Bit i becomes the parity of bits 0..i: between an opening quote and its closing one all are set.
static inline uint64_t prefix_xor(uint64_t mask)
{
    mask ^= mask << 1;
    mask ^= mask << 2;
    mask ^= mask << 4;
    mask ^= mask << 8;
    mask ^= mask << 16;
    return mask ^ mask << 32;
}

// The portable way without a call: x86-64 as such has no instruction for it.
static inline uint32_t bits_in(uint64_t mask)
{
    mask -= mask >> 1 & UINT64_C(0x5555555555555555);
    mask = (mask & UINT64_C(0x3333333333333333)) + (mask >> 2 & UINT64_C(0x3333333333333333));
    mask = (mask + (mask >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(mask * UINT64_C(0x0101010101010101) >> 56);
}

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

bool json_scan_end(struct json_scan *scan, const char *bytes, size_t *at, size_t size)
{
    for (; size - *at >= BLOCK; *at += BLOCK) {
        const char *block = bytes + *at;
        uint64_t escaped = mask_escaped(mask_of(block, '\\'), &scan->escaped);
        uint64_t quotes = mask_of(block, '"') & ~escaped;
        uint64_t string = prefix_xor(quotes) ^ scan->string;
        scan->string = 0 - (string >> 63);
        uint64_t outside = ~string & ~escaped;
        uint64_t open = mask_of_bracket(block, '{') & outside;
        uint64_t close = mask_of_bracket(block, '}') & outside;
        uint32_t closing = bits_in(close);
        if (scan->depth > closing)
            scan->depth += bits_in(open) - closing;
        else if (walk_brackets(scan, open, close, at))
            return true;
    }
    return scan_bytes(scan, bytes, at, size);
}

// ---- CSV --------------------------------------------------------------------------------------

void csv_scan_start(struct csv_scan *scan, char delimiter)
{
    *scan = (struct csv_scan){.delimiter = delimiter, .opens = 1};
}

// One step over a block of which `count` bytes (1..64) count; gives the line feeds that end rows. A
// quote that opens must follow a delimiter, a line feed or a quote ("" reopens); the byte behind one
// that closes must be one of these or a carriage return.
static inline uint64_t csv_step(struct csv_scan *scan, const char *block, unsigned count)
{
    uint64_t quote = mask_of(block, '"'), feed = mask_of(block, '\n');
    uint64_t delimiter = mask_of(block, scan->delimiter);
    uint64_t quoted = prefix_xor(quote) ^ scan->quoted;
    uint64_t before = delimiter | feed | quote;
    uint64_t opening = quote & quoted, closing = quote & ~quoted;
    uint64_t stray = opening & ~(before << 1 | scan->opens);
    stray |= (closing << 1 | scan->closes) & ~(before | mask_of(block, '\r'));
    if (count < BLOCK)
        stray &= ((uint64_t)1 << count) - 1;
    scan->is_stray |= stray != 0;
    scan->quoted = 0 - (quoted >> (count - 1) & 1);
    scan->opens = before >> (count - 1) & 1;
    scan->closes = closing >> (count - 1) & 1;
    return feed & ~quoted;
}

size_t csv_scan_rows(struct csv_scan *scan, const char *bytes, size_t at, size_t size,
                     bool is_first)
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
        uint64_t ends = csv_step(scan, block, count);
        if (ends && is_first)
            return at + (size_t)__builtin_ctzll(ends) + 1;
        if (ends)
            last = at + (size_t)(BLOCK - __builtin_clzll(ends));
        at += count;
    }
    return last;
}

// ---- lines ------------------------------------------------------------------------------------

#ifdef __SSE2__
// Of a block of FEED_BLOCK bytes. Four sums at a time; each byte of them counts to 255 at most.
#define FEED_BLOCK ((size_t)255 * 64)
static uint64_t count_in_block(const char *bytes, size_t size)
{
    __m128i feed = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
    __m128i sums[4] = {zero, zero, zero, zero};
    for (size_t at = 0; at < size; at += 64)
        for (int i = 0; i < 4; i++)
            sums[i] = _mm_sub_epi8(sums[i], _mm_cmpeq_epi8(LOAD(bytes + at + 16 * i), feed));
    __m128i total = zero;
    for (int i = 0; i < 4; i++)
        total = _mm_add_epi64(total, _mm_sad_epu8(sums[i], zero));
    return (uint32_t)_mm_cvtsi128_si32(total) +
           (uint64_t)(uint32_t)_mm_cvtsi128_si32(_mm_srli_si128(total, 8));
}
#endif

uint64_t count_line_feeds(const char *bytes, size_t size)
{
    uint64_t count = 0;
    size_t at = 0;
#ifdef __SSE2__
    for (size_t whole = size / 64 * 64, step; at < whole; at += step) {
        step = whole - at < FEED_BLOCK ? whole - at : FEED_BLOCK;
        count += count_in_block(bytes + at, step);
    }
#endif
    for (; at < size; at++)
        count += bytes[at] == '\n';
    return count;
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
