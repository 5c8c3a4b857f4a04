// Comparing, searching, cutting and reading borrowed text slices.
// SPDX-License-Identifier: Apache-2.0
#include "base/str.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/load.h"

#define ONES UINT64_C(0x0101010101010101)
#define HIGH_BITS (ONES * 0x80)

// The longest spelling of a double worth reading; a longer one is refused, not cut.
#define DOUBLE_TEXT_LIMIT 512

// Lower-cases the ASCII letters among eight bytes at once. The additions set a byte's high bit when
// its low seven bits are >= 'A', or > 'Z'; where just one of the two is set stands a capital.
static inline uint64_t fold8(uint64_t word)
{
    uint64_t seven = word & ~HIGH_BITS;
    uint64_t from_a = seven + ONES * (0x80 - 'A');
    uint64_t past_z = seven + ONES * (0x7f - 'Z');
    uint64_t is_capital = (from_a ^ past_z) & ~word & HIGH_BITS;
    return word | (is_capital >> 2);
}

static inline bool fold_equal_bytes(const char *a, const char *b, size_t len)
{
    size_t i = 0;
    for (; i + 8 <= len; i += 8)
        if (fold8(load8(a + i)) != fold8(load8(b + i)))
            return false;
    for (; i < len; i++)
        if (ascii_lower(a[i]) != ascii_lower(b[i]))
            return false;
    return true;
}

bool str_equal_fold(struct str a, struct str b)
{
    return a.len == b.len && fold_equal_bytes(a.at, b.at, a.len);
}

bool str_starts_fold_whole(struct str text, struct str prefix)
{
    return text.len >= prefix.len && fold_equal_bytes(text.at, prefix.at, prefix.len);
}

bool str_ends_fold(struct str text, struct str suffix)
{
    return text.len >= suffix.len &&
           (suffix.len == 0 ||
            fold_equal_bytes(text.at + text.len - suffix.len, suffix.at, suffix.len));
}

// Has the word a zero byte? May say yes wrongly only for bytes above a true zero byte.
static inline bool has_zero_byte(uint64_t word)
{
    return ((word - ONES) & ~word & HIGH_BITS) != 0;
}

bool str_contains_fold(struct str text, struct str part)
{
    if (part.len == 0)
        return true;
    if (text.len < part.len)
        return false;
    char first = ascii_lower(part.at[0]);
    uint64_t firsts = ONES * (uint8_t)first;
    size_t i = 0, last = text.len - part.len;
    while (i <= last) {
        // Eight starts that cannot match are passed over at once.
        if (i + 8 <= text.len && !has_zero_byte(fold8(load8(text.at + i)) ^ firsts)) {
            i += 8;
            continue;
        }
        size_t stop = i + 8 < last + 1 ? i + 8 : last + 1;
        for (; i < stop; i++)
            if (ascii_lower(text.at[i]) == first &&
                fold_equal_bytes(text.at + i, part.at, part.len))
                return true;
    }
    return false;
}

bool str_starts(struct str text, struct str prefix)
{
    return text.len >= prefix.len &&
           (prefix.len == 0 || memcmp(text.at, prefix.at, prefix.len) == 0);
}

bool str_ends(struct str text, struct str suffix)
{
    return text.len >= suffix.len &&
           (suffix.len == 0 || memcmp(text.at + text.len - suffix.len, suffix.at, suffix.len) == 0);
}

bool str_contains(struct str text, struct str part)
{
    return part.len == 0 ||
           (text.len >= part.len && memmem(text.at, text.len, part.at, part.len) != NULL);
}

int str_compare(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.at, b.at, shorter) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str text)
{
    while (text.len && is_space(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len && is_space(text.at[text.len - 1]))
        text.len--;
    return text;
}

struct str str_cut(struct str *rest, char separator)
{
    size_t i = str_index(*rest, separator);
    struct str piece = str_of(rest->at, i);
    if (i == rest->len)
        *rest = str_of(NULL, 0);
    else
        *rest = str_of(rest->at + i + 1, rest->len - i - 1);
    return piece;
}

size_t str_index(struct str text, char c)
{
    const char *found = text.len ? memchr(text.at, c, text.len) : NULL;
    return found ? (size_t)(found - text.at) : text.len;
}

bool str_to_int64(struct str text, int64_t *out)
{
    bool is_negative = text.len && text.at[0] == '-';
    size_t i = text.len && (text.at[0] == '-' || text.at[0] == '+');
    if (i == text.len)
        return false;
    int64_t number = 0; // built below zero, where there is one more
    for (; i < text.len; i++) {
        unsigned digit = (unsigned)(uint8_t)text.at[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_sub_overflow(number, (int64_t)digit, &number))
            return false;
    }
    if (!is_negative && number == INT64_MIN)
        return false;
    *out = is_negative ? number : -number;
    return true;
}

static size_t skip_digits(struct str text, size_t i)
{
    while (i < text.len && text.at[i] >= '0' && text.at[i] <= '9')
        i++;
    return i;
}

// [+-] digits [. digits] [e [+-] digits], with a digit before or after the point.
static bool is_decimal(struct str text)
{
    size_t i = text.len && (text.at[0] == '-' || text.at[0] == '+');
    size_t whole = i;
    i = skip_digits(text, i);
    size_t digits = i - whole;
    if (i < text.len && text.at[i] == '.') {
        size_t fraction = i + 1;
        i = skip_digits(text, fraction);
        digits += i - fraction;
    }
    if (digits == 0)
        return false;
    if (i < text.len && (text.at[i] | 0x20) == 'e') {
        i++;
        i += i < text.len && (text.at[i] == '-' || text.at[i] == '+');
        size_t exponent = i;
        i = skip_digits(text, i);
        if (i == exponent)
            return false;
    }
    return i == text.len;
}

bool str_to_double(struct str text, double *out)
{
    if (text.len >= DOUBLE_TEXT_LIMIT || !is_decimal(text))
        return false;
    char copy[DOUBLE_TEXT_LIMIT];
    memcpy(copy, text.at, text.len);
    copy[text.len] = 0;
    // glibc gives its static C locale here and allocates nothing.
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double number = strtod_l(copy, NULL, c_locale);
    freelocale(c_locale);
    if (!isfinite(number))
        return false;
    *out = number;
    return true;
}
