// Words for a person about what went wrong, written once where the fact is known and widened on the
// way up. The caller owns the struct; it holds its text inside and needs no release.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_ERROR_H
#define STORMGLASS_BASE_ERROR_H

#include <stdbool.h>

#define ERROR_TEXT_SIZE 512

struct error {
    char text[ERROR_TEXT_SIZE]; // zero-terminated, cut at the end when longer
};

// Expected ends: no words needed. OK is 0.
enum status { OK = 0, NOT_FOUND, END, OVER_LIMIT, FAILED };

// Writes the text (printf style); `error` may be NULL. Always returns false so that a function can
// `return error_set(...)`.
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Puts "prefix: " before what is there already. Always returns false.
bool error_widen(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
