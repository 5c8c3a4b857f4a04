// Base64, UTF-16, UTF-8 checks, GUIDs and Entra's token identifiers.
// SPDX-License-Identifier: Apache-2.0
#include "base/encode.h"

#include <endian.h>

#define REPLACEMENT "\xef\xbf\xbd" // U+FFFD
#define ONES UINT64_C(0x0101010101010101)

// ---- base64 -----------------------------------------------------------------------------------

static const char standard_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Values of the characters of either alphabet, by character; a table since random characters make the branches
// of comparisons guess wrong.
#define BASE64_NONE 255
#define NO BASE64_NONE
static const uint8_t base64_values[128] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62,
    NO, 62, NO, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO, NO, 0,
    1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
    23, 24, 25, NO, NO, NO, NO, 63, NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
    39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO};
#undef NO

// Value of a character of either alphabet, or BASE64_NONE.
static inline uint32_t base64_value(char c)
{
    return (uint8_t)c < 128 ? base64_values[(uint8_t)c] : BASE64_NONE;
}

// Writes the characters of the bytes, without padding; gives their number.
static size_t write_base64(const char *alphabet, const uint8_t *at, size_t len, char *text)
{
    char *start = text;
    for (; len >= 3; len -= 3, at += 3) {
        uint32_t bits = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        *text++ = alphabet[bits >> 18];
        *text++ = alphabet[bits >> 12 & 63];
        *text++ = alphabet[bits >> 6 & 63];
        *text++ = alphabet[bits & 63];
    }
    if (len) {
        uint32_t bits = (uint32_t)at[0] << 16 | (len == 2 ? (uint32_t)at[1] << 8 : 0);
        *text++ = alphabet[bits >> 18];
        *text++ = alphabet[bits >> 12 & 63];
        if (len == 2)
            *text++ = alphabet[bits >> 6 & 63];
    }
    return (size_t)(text - start);
}

struct str base64_encode(struct arena *arena, struct str bytes)
{
    size_t size = (bytes.len / 3 + 1) * 4;
    char *text = arena_alloc(arena, size + 1);
    size_t len = write_base64(standard_alphabet, (const uint8_t *)bytes.at, bytes.len, text);
    while (len % 4)
        text[len++] = '=';
    return str_of(text, len);
}

bool base64_decode(struct arena *arena, struct str text, struct str *out)
{
    size_t len = text.len;
    if (len && len % 4 == 0)
        for (int i = 0; i < 2 && text.at[len - 1] == '='; i++)
            len--;
    if (len % 4 == 1)
        return false;
    for (size_t i = 0; i < len; i++)
        if (base64_value(text.at[i]) == BASE64_NONE)
            return false;
    char *bytes = arena_alloc(arena, len / 4 * 3 + 3);
    size_t count = 0;
    uint32_t bits = 0, bit_count = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 6 | base64_value(text.at[i]);
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            bytes[count++] = (char)(bits >> bit_count);
        }
    }
    *out = str_of(bytes, count);
    return true;
}

// A byte at offset 1 or 2 of a group of three shares a character with its neighbours:
//
//   bytes       |   neighbour   |    first ...
//   characters  |  0  |  1  |  2  |  3  |          first own character: 0, 2, 3 by offset
//
// At the end the last one or two bytes of a group leave a character that is shared with what
// follows. The numbers are pySigma's SigmaBase64OffsetModifier.
struct str base64_offset(struct arena *arena, struct str bytes, int offset)
{
    static const size_t first_own[] = {0, 2, 3};
    size_t shift = (size_t)offset % 3;
    size_t len = bytes.len + shift;
    char *shifted = arena_alloc(arena, len + 1);
    if (bytes.len)
        memcpy(shifted + shift, bytes.at, bytes.len);
    char *text = arena_alloc(arena, (len / 3 + 1) * 4 + 1);
    size_t count = write_base64(standard_alphabet, (const uint8_t *)shifted, len, text);
    if (len % 3)
        count--;
    if (count <= first_own[shift])
        return str_of("", 0);
    text[count] = 0;
    return str_of(text + first_own[shift], count - first_own[shift]);
}

// ---- UTF-8 and UTF-16 -------------------------------------------------------------------------

size_t utf8_step(struct str text, bool *is_valid)
{
    const uint8_t *at = (const uint8_t *)text.at;
    uint8_t lead = at[0], low = 0x80, high = 0xbf; // bounds of the second byte
    *is_valid = lead < 0x80;
    if (lead < 0xc2 || lead > 0xf4)
        return 1;
    size_t len = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead == 0xe0)
        low = 0xa0; // shorter forms exist
    else if (lead == 0xed)
        high = 0x9f; // surrogates
    else if (lead == 0xf0)
        low = 0x90;
    else if (lead == 0xf4)
        high = 0x8f; // above U+10FFFF
    for (size_t i = 1; i < len; i++) {
        if (i == text.len || at[i] < low || at[i] > high)
            return i;
        low = 0x80;
        high = 0xbf;
    }
    *is_valid = true;
    return len;
}

// Index of the first byte at or after `i` that is not ASCII, or text.len.
static size_t ascii_run(struct str text, size_t i)
{
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.at + i, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < text.len && (uint8_t)text.at[i] < 0x80)
        i++;
    return i;
}

bool utf8_is_valid(struct str text)
{
    bool is_valid = true;
    for (size_t i = ascii_run(text, 0); i < text.len; i = ascii_run(text, i)) {
        i += utf8_step(str_of(text.at + i, text.len - i), &is_valid);
        if (!is_valid)
            return false;
    }
    return true;
}

size_t utf8_repair(struct str text, struct buf *out)
{
    size_t replaced = 0, start = 0, i = 0; // from start to i all is valid
    while ((i = ascii_run(text, i)) < text.len) {
        bool is_valid;
        size_t step = utf8_step(str_of(text.at + i, text.len - i), &is_valid);
        if (!is_valid) {
            buf_add(out, str_of(text.at + start, i - start));
            buf_add(out, S(REPLACEMENT));
            start = i + step;
            replaced++;
        }
        i += step;
    }
    if (start < text.len)
        buf_add(out, str_of(text.at + start, text.len - start));
    return replaced;
}

// The code point of a valid sequence.
static uint32_t code_point(const uint8_t *at, size_t len)
{
    static const uint8_t lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = at[0] & lead_bits[len];
    for (size_t i = 1; i < len; i++)
        point = point << 6 | (at[i] & 0x3f);
    return point;
}

static char *write_unit(char *at, uint32_t unit, bool is_big_endian)
{
    at[is_big_endian ? 0 : 1] = (char)(unit >> 8);
    at[is_big_endian ? 1 : 0] = (char)unit;
    return at + 2;
}

struct str utf16_encode(struct arena *arena, struct str utf8, bool is_big_endian)
{
    char *bytes = arena_alloc(arena, utf8.len * 2 + 2), *at = bytes; // a byte gives two at most
    for (size_t i = 0; i < utf8.len;) {
        bool is_valid;
        size_t step = utf8_step(str_of(utf8.at + i, utf8.len - i), &is_valid);
        uint32_t point = is_valid ? code_point((const uint8_t *)utf8.at + i, step) : 0xfffd;
        if (point >= 0x10000) {
            at = write_unit(at, 0xd800 + ((point - 0x10000) >> 10), is_big_endian);
            point = 0xdc00 + (point & 0x3ff);
        }
        at = write_unit(at, point, is_big_endian);
        i += step;
    }
    return str_of(bytes, (size_t)(at - bytes));
}

static void add_point(struct buf *out, uint32_t point)
{
    char text[4];
    size_t len = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len; i-- > 1; point >>= 6)
        text[i] = (char)(0x80 | (point & 0x3f));
    text[0] = (char)(lead[len] | point);
    buf_add(out, str_of(text, len));
}

static void drop_high(struct utf16_decoder *decoder, struct buf *out)
{
    if (decoder->high) {
        buf_add(out, S(REPLACEMENT));
        decoder->replaced++;
        decoder->high = 0;
    }
}

static void decode_unit(struct utf16_decoder *decoder, uint16_t unit, struct buf *out)
{
    bool is_low = (unit & 0xfc00) == 0xdc00;
    if (is_low && decoder->high) {
        add_point(out, 0x10000 + ((uint32_t)(decoder->high & 0x3ff) << 10 | (unit & 0x3ff)));
        decoder->high = 0;
        return;
    }
    drop_high(decoder, out);
    if ((unit & 0xfc00) == 0xd800) {
        decoder->high = unit;
    } else if (is_low) {
        buf_add(out, S(REPLACEMENT));
        decoder->replaced++;
    } else {
        add_point(out, unit);
    }
}

void utf16_decode(struct utf16_decoder *decoder, struct str bytes, struct buf *out)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = (uint8_t)bytes.at[i];
        if (!decoder->has_odd) {
            decoder->odd = byte;
            decoder->has_odd = true;
            continue;
        }
        decoder->has_odd = false;
        uint16_t unit = (uint16_t)(decoder->is_big_endian ? decoder->odd << 8 | byte
                                                          : byte << 8 | decoder->odd);
        // Text between two surrogates is the common case.
        if (unit < 0x80 && !decoder->high)
            buf_add_char(out, (char)unit);
        else
            decode_unit(decoder, unit, out);
    }
}

void utf16_decode_end(struct utf16_decoder *decoder, struct buf *out)
{
    drop_high(decoder, out);
    if (decoder->has_odd) {
        buf_add(out, S(REPLACEMENT));
        decoder->replaced++;
        decoder->has_odd = false;
    }
}

// ---- GUIDs ------------------------------------------------------------------------------------

// Eight hex digits, one in each byte of a word: bit 5 makes letters small and leaves decimal digits
// alone. Each byte is turned into its value and that back into a digit: what does not come back was
// none. The values, two to a byte, in the same order.
static inline bool parse_digits(uint64_t digits, uint32_t *out)
{
    bool has_control = ((digits >> 5 | digits >> 6) & ONES) != ONES; // bit 5 would make it a digit
    digits |= ONES * 0x20;
    uint64_t values = (digits & ONES * 0x0f) + 9 * (digits >> 6 & ONES);
    uint64_t letters = (values + ONES * 6) >> 4 & ONES;
    bool is_hex = !has_control && !((values << 3 | digits) & ONES * 0x80) &&
                  values + ONES * '0' + letters * ('a' - '0' - 10) == digits;
    values = (values << 4 | values >> 8) & UINT64_C(0x00ff00ff00ff00ff);
    values = (values | values >> 8) & UINT64_C(0x0000ffff0000ffff);
    *out = htole32((uint32_t)(values | values >> 16));
    return is_hex;
}

static inline uint64_t print_digits(uint32_t bytes)
{
    uint64_t values = le32toh(bytes);
    values = (values | values << 16) & UINT64_C(0x0000ffff0000ffff);
    values = (values | values << 8) & UINT64_C(0x00ff00ff00ff00ff);
    values = (values >> 4 & ONES * 0x0f) | (values & UINT64_C(0x000f000f000f000f)) << 8;
    uint64_t letters = (values + ONES * 6) >> 4 & ONES;
    return values + ONES * '0' + letters * ('a' - '0' - 10);
}

static inline uint64_t load(const char *at, size_t len)
{
    uint64_t word = 0;
    memcpy(&word, at, len);
    return le64toh(word);
}

static inline void store(char *at, uint64_t word, size_t len)
{
    word = htole64(word);
    memcpy(at, &word, len);
}

bool guid_parse(struct str text, uint8_t out[16])
{
    if (text.len == 38 && text.at[0] == '{' && text.at[37] == '}')
        text = str_of(text.at + 1, 36);
    const char *at = text.at;
    if (text.len != 36 || at[8] != '-' || at[13] != '-' || at[18] != '-' || at[23] != '-')
        return false;
    uint32_t words[4];
    if (!parse_digits(load(at, 8), &words[0]) ||
        !parse_digits(load(at + 9, 4) | load(at + 14, 4) << 32, &words[1]) ||
        !parse_digits(load(at + 19, 4) | load(at + 24, 4) << 32, &words[2]) ||
        !parse_digits(load(at + 28, 8), &words[3]))
        return false;
    memcpy(out, words, sizeof words);
    return true;
}

void guid_print(const uint8_t guid[16], char text[37])
{
    uint32_t words[4];
    memcpy(words, guid, sizeof words);
    uint64_t second = print_digits(words[1]), third = print_digits(words[2]);
    memset(text, '-', 36);
    store(text, print_digits(words[0]), 8);
    store(text + 9, second, 4);
    store(text + 14, second >> 32, 4);
    store(text + 19, third, 4);
    store(text + 24, third >> 32, 4);
    store(text + 28, print_digits(words[3]), 8);
    text[36] = 0;
}

// .NET keeps the first three groups of a GUID little-endian: its own inverse.
static void swap_groups(const uint8_t from[16], uint8_t to[16])
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    for (int i = 0; i < 16; i++)
        to[i] = from[order[i]];
}

// 22 characters carry 132 bits: the last four are zero in every text that 16 bytes gave.
bool uti_to_guid(struct str uti, uint8_t out[16])
{
    if (uti.len != 22 || memchr(uti.at, '+', 22) || memchr(uti.at, '/', 22))
        return false;
    uint8_t bytes[18];
    uint32_t all = 0;
    for (size_t i = 0; i < 6; i++) {
        const char *at = uti.at + 4 * i;
        bool is_last = i == 5;
        uint32_t a = base64_value(at[0]), b = base64_value(at[1]);
        uint32_t c = is_last ? 0 : base64_value(at[2]), d = is_last ? 0 : base64_value(at[3]);
        uint32_t bits = a << 18 | b << 12 | c << 6 | d;
        all |= a | b | c | d;
        bytes[3 * i] = (uint8_t)(bits >> 16);
        bytes[3 * i + 1] = (uint8_t)(bits >> 8);
        bytes[3 * i + 2] = (uint8_t)bits;
    }
    if (all > 63 || bytes[16] || bytes[17])
        return false;
    swap_groups(bytes, out);
    return true;
}

void guid_to_uti(const uint8_t guid[16], char text[23])
{
    uint8_t bytes[16];
    swap_groups(guid, bytes);
    text[write_base64(url_alphabet, bytes, 16, text)] = 0;
}
