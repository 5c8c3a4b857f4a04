// Text as borrowed slices: a pointer and a length, not zero-terminated, never owned by the slice.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_STR_H
#define STORMGLASS_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *at;
    size_t len;
};

// A slice of a string literal; S() is the expression form.
#define STR(literal)                                                                               \
    {                                                                                              \
        ("" literal), sizeof(literal) - 1                                                          \
    }
#define S(literal) ((struct str){("" literal), sizeof(literal) - 1})

static inline struct str str_of(const char *at, size_t len)
{
    return (struct str){at, len};
}

// Slice of a zero-terminated text; NULL gives the empty slice.
static inline struct str str_from(const char *text)
{
    return (struct str){text ? text : "", text ? strlen(text) : 0};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool str_is(struct str a, const char *text)
{
    return str_equal(a, str_from(text));
}

// Equality and prefix/suffix/search with ASCII letters folded; bytes above 0x7f compare as they are.
bool str_equal_fold(struct str a, struct str b);
bool str_starts_fold_whole(struct str text, struct str prefix);
// Most texts differ in the first letter: that is looked at without a call.
static inline bool str_starts_fold(struct str text, struct str prefix)
{
    bool is_other = prefix.len && (text.len < prefix.len || ((text.at[0] ^ prefix.at[0]) & ~0x20));
    return !is_other && str_starts_fold_whole(text, prefix);
}
bool str_ends_fold(struct str text, struct str suffix);
bool str_contains_fold(struct str text, struct str part);

bool str_starts(struct str text, struct str prefix);
bool str_ends(struct str text, struct str suffix);
bool str_contains(struct str text, struct str part);

// Byte order, shorter first on a tie: <0, 0, >0.
int str_compare(struct str a, struct str b);

// Without leading and trailing ASCII white space.
struct str str_trim(struct str text);

// Cuts `*rest` at the first `separator`: gives what stands before it and leaves what follows in
// `*rest`; at the last piece `*rest` becomes {NULL, 0}. Loop while rest.at != NULL.
struct str str_cut(struct str *rest, char separator);

// Index of the first `c`, or text.len.
size_t str_index(struct str text, char c);

// Decimal integers with nothing before or after; false on overflow or other text, *out untouched.
bool str_to_int64(struct str text, int64_t *out);
// C-locale decimal floating point with nothing before or after; false otherwise.
bool str_to_double(struct str text, double *out);

static inline char ascii_lower(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c | 0x20) : c;
}

#endif
