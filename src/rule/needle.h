// Private to rule/: many texts looked for at once inside another, ASCII letters folded.
// SPDX-License-Identifier: Apache-2.0
//
// Each needle is known by a few bytes of it (a gram) that few other needles have. Grams of the text are
// hashed into a bit table; where the bit is set, the needles with that very gram are compared whole, so
// what is found is there and what is there is found: a needle in the text brings its gram with it. Long
// needles are entered with four grams in a row, and only every fourth place of the text is looked at:
// one of any four places in a row is such a place.
//
// Making it takes microseconds where a pattern engine compiles for a tenth of a second, and a text of a
// few words is searched in the time that an engine takes to start.
#ifndef STORMGLASS_RULE_NEEDLE_H
#define STORMGLASS_RULE_NEEDLE_H

#include "base/str.h"

#define NEEDLE_LEAST 2 // bytes of a text to look for

struct needles;

// The texts are copied. Those shorter than NEEDLE_LEAST are never found: their numbers stay unused.
struct needles *needles_new(const struct str *texts, uint32_t count);
void needles_free(struct needles *needles);

// Calls `found` with the number of every needle that stands in the text, at least once each; ends when
// it gives false. Time: a few operations for each byte and, where grams agree, a comparison.
typedef bool needle_found(uint32_t number, void *context);
void needles_find(const struct needles *needles, struct str text, needle_found *found,
                  void *context);

#endif
