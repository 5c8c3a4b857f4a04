// Many texts looked for at once, by Vectorscan's literal matcher.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "rule/program.h"

bool literals_compile(const struct str *texts, const unsigned *ids, uint32_t count,
                      hs_database_t **out, struct error *error)
{
    const char **at = memory_new(count * sizeof *at);
    size_t *lengths = memory_new(count * sizeof *lengths);
    unsigned *flags = memory_new(count * sizeof *flags);
    for (uint32_t i = 0; i < count; i++) {
        at[i] = texts[i].at;
        lengths[i] = texts[i].len;
        flags[i] = HS_FLAG_CASELESS;
    }
    hs_compile_error_t *problem = NULL;
    bool is_done = hs_compile_lit_multi(at, flags, ids, lengths, count, HS_MODE_BLOCK, NULL, out,
                                        &problem) == HS_SUCCESS;
    if (!is_done)
        error_set(error, "compiling rules: Vectorscan: %s",
                  problem ? problem->message : "not enough memory");
    hs_free_compile_error(problem);
    free(at);
    free(lengths);
    free(flags);
    return is_done;
}

hs_database_t *item_parts_compile(const struct item *item)
{
    struct str *texts = memory_new(item->count * sizeof *texts);
    unsigned *ids = memory_new(item->count * sizeof *ids);
    hs_database_t *parts = NULL;
    uint32_t count = 0;
    for (size_t i = 0; i < item->count; i++) {
        if (item->predicates[i].is_loose)
            continue;
        texts[count] = pattern_literal(&item->predicates[i].value->pattern);
        ids[count++] = (unsigned)i;
    }
    bool is_done = literals_compile(texts, ids, count, &parts, NULL);
    free(texts);
    free(ids);
    return is_done ? parts : NULL;
}
