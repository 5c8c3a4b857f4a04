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
