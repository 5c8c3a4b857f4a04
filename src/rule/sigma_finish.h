// Private to the reading of Sigma rules: what happens after the last file.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_SIGMA_FINISH_H
#define STORMGLASS_RULE_SIGMA_FINISH_H

#include "rule/sigma_reader.h"

// Where documents are found by what others call them.
struct sigma_index {
    struct sigma_reader *reader;
    struct map by_id; // lower case -> index of the document
    struct map by_name;
    struct map by_title; // the first of those with the title; next_title leads on
};

// By id, then name, then title; -1 when there is none.
int64_t sigma_index_find(const struct sigma_index *index, struct str reference);

// Nearest known id, name or title as "; did you mean ..." or "".
const char *sigma_index_suggest(const struct sigma_index *index, struct str reference);

// Everything sigma_finish promises but the freeing of the reader.
void sigma_resolve(struct sigma_reader *reader, const struct sigma_narrow *narrow);

// Resolves the correlations that are wanted and what they refer to, and marks silent ones
// (sigma_chain.c).
void sigma_chain_resolve(struct sigma_index *index);

// ANDs filters to the conditions of the rules they name (sigma_filter.c).
void sigma_filters_apply(struct sigma_index *index);

#endif
