// Regular expressions (PCRE2, JIT where there is one) with limits on match effort, so that no pattern
// can hang the program.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_REGEX_H
#define STORMGLASS_BASE_REGEX_H

#include "base/error.h"
#include "base/str.h"

struct regex;

enum regex_flag { REGEX_CASELESS = 1, REGEX_MULTILINE = 2, REGEX_DOTALL = 4 };

// Compiles; NULL and "reason at offset N" on failure. Shared between threads once compiled.
struct regex *regex_new(struct str pattern, unsigned flags, struct error *error);
void regex_free(struct regex *regex);

// Unanchored search. False also when the effort limit is reached; *is_over_limit (may be NULL) tells.
bool regex_match(const struct regex *regex, struct str text, bool *is_over_limit);

#endif
