// How far one word is from another.
// SPDX-License-Identifier: Apache-2.0
#include "base/nearest.h"

#define WORD_LIMIT 64 // bytes of a word that has near ones

static int least(int a, int b)
{
    return a < b ? a : b;
}

// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`, ASCII case
// folded (optimal string alignment). Three rows of the table are enough.
static int distance(struct str a, struct str b)
{
    int rows[3][WORD_LIMIT + 1];
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= a.len; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = ascii_lower(a.at[i - 1]), y = ascii_lower(b.at[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == ascii_lower(b.at[j - 2]) && ascii_lower(a.at[i - 2]) == y)
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}

const char *nearest_word(struct str word, const char *const *words, size_t count)
{
    const char *nearest = NULL;
    // Of a short word too little is left after two changes.
    int limit = word.len <= 3 ? 1 : 2;
    for (size_t i = 0; word.len > 0 && word.len <= WORD_LIMIT && i < count; i++) {
        struct str candidate = str_from(words[i]);
        if (candidate.len > WORD_LIMIT || candidate.len > word.len + 2 ||
            word.len > candidate.len + 2)
            continue;
        int found = distance(word, candidate);
        if (found <= limit && found < (int)candidate.len) {
            nearest = words[i];
            limit = found - 1;
        }
    }
    return nearest;
}
