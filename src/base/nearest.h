// The word that somebody who mistyped may have meant. Pure.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_NEAREST_H
#define STORMGLASS_BASE_NEAREST_H

#include "base/str.h"

// Nearest of the words for "did you mean", or NULL: at most two insertions, deletions, replacements or swaps
// of neighbours away (one, for words of up to three letters), ASCII case folded.
const char *nearest_word(struct str word, const char *const *words, size_t count);

#endif
