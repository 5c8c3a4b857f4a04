// Many texts looked for at once, by Vectorscan's literal matcher.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "rule/program.h"

hs_database_t *literals_compile(const struct str *texts, const unsigned *ids, uint32_t count)
{
    const char **at = memory_new((count + 1) * sizeof *at);
    size_t *lengths = memory_new((count + 1) * sizeof *lengths);
    unsigned *flags = memory_new((count + 1) * sizeof *flags);
    unsigned *numbers = memory_new((count + 1) * sizeof *numbers);
    for (uint32_t i = 0; i < count; i++) {
        at[i] = texts[i].at;
        lengths[i] = texts[i].len;
        flags[i] = HS_FLAG_CASELESS;
        numbers[i] = ids ? ids[i] : i;
    }
    hs_compile_error_t *problem = NULL;
    hs_database_t *out = NULL;
    if (hs_compile_lit_multi(at, flags, numbers, lengths, count, HS_MODE_BLOCK, NULL, &out,
                             &problem) != HS_SUCCESS)
        out = NULL;
    hs_free_compile_error(problem);
    free(at);
    free(lengths);
    free(flags);
    free(numbers);
    return out;
}

static unsigned regex_hs_flags(const struct sigma_value *value)
{
    return HS_FLAG_PREFILTER | HS_FLAG_ALLOWEMPTY | HS_FLAG_UTF8 | HS_FLAG_SINGLEMATCH |
           (value->regex_flags & REGEX_CASELESS ? HS_FLAG_CASELESS : 0u) |
           (value->regex_flags & REGEX_MULTILINE ? HS_FLAG_MULTILINE : 0u) |
           (value->regex_flags & REGEX_DOTALL ? HS_FLAG_DOTALL : 0u);
}

// One try without those left out; false: one more was left out.
static bool try_regexes(const struct sigma_value *const *values, uint32_t count, bool *is_left_out,
                        hs_database_t **out)
{
    const char **at = memory_new((count + 1) * sizeof *at);
    unsigned *flags = memory_new((count + 1) * sizeof *flags);
    unsigned *ids = memory_new((count + 1) * sizeof *ids);
    unsigned n = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool has_zero = memchr(values[i]->text.at, 0, values[i]->text.len) != NULL;
        is_left_out[i] = is_left_out[i] || has_zero;
        if (is_left_out[i])
            continue;
        at[n] = values[i]->text.at;
        flags[n] = regex_hs_flags(values[i]);
        ids[n++] = i;
    }
    hs_compile_error_t *problem = NULL;
    bool is_done = true;
    if (n &&
        hs_compile_multi(at, flags, ids, n, HS_MODE_BLOCK, NULL, out, &problem) != HS_SUCCESS) {
        is_done = false;
        *out = NULL;
        if (problem && problem->expression >= 0 && (unsigned)problem->expression < n) {
            is_left_out[ids[problem->expression]] = true;
        } else {
            memset(is_left_out, 1, count * sizeof *is_left_out);
            is_done = true;
        }
    }
    hs_free_compile_error(problem);
    free(at);
    free(flags);
    free(ids);
    return is_done;
}

void regexes_compile(const struct sigma_value *const *values, uint32_t count, bool *is_left_out,
                     hs_database_t **out)
{
    *out = NULL;
    while (!try_regexes(values, count, is_left_out, out))
        ;
}

hs_database_t *item_parts_compile(const struct item *item)
{
    struct str *texts = memory_new(item->count * sizeof *texts);
    unsigned *ids = memory_new(item->count * sizeof *ids);
    uint32_t count = 0;
    for (size_t i = 0; i < item->count; i++) {
        if (item->predicates[i].is_loose)
            continue;
        texts[count] = pattern_literal(&item->predicates[i].value->pattern);
        ids[count++] = (unsigned)i;
    }
    hs_database_t *parts = literals_compile(texts, ids, count);
    free(texts);
    free(ids);
    return parts;
}
