// Chooses, finds and reads.
// SPDX-License-Identifier: Apache-2.0
#include "engine/cite.h"

#include <stdlib.h>

#include "engine/cite_parts.h"

bool cite_records(const struct citing *citing, struct scan_result *result, struct error *error)
{
    struct cite_choice choice;
    cite_choose(result, CITED_LIMIT, &choice);
    bool is_done = cite_find_places(citing, result, &choice, error);
    if (is_done)
        cite_read(citing, result, CITED_TOTAL_LIMIT, &choice);
    result->cited = choice.list;
    free(choice.places);
    return is_done;
}
