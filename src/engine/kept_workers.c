// The workers' logs side by side.
// SPDX-License-Identifier: Apache-2.0
#include "engine/kept_workers.h"

#include <stdlib.h>

bool kept_workers(struct kept *kept, const struct worker *workers, unsigned count,
                  const struct scan_options *options, struct scan_result *result,
                  struct error *error)
{
    struct observation_log **matches = memory_new(count * sizeof *matches);
    struct observation_log **observations = memory_new(count * sizeof *observations);
    struct observation_log **readings = memory_new(count * sizeof *readings);
    for (unsigned i = 0; i < count; i++) {
        matches[i] = workers[i].matched;
        observations[i] = workers[i].observations;
        readings[i] = workers[i].readings;
    }
    bool is_done = kept_take_matches(kept, matches, observations, count, error) &&
                   kept_take_readings(kept, readings, count, error);
    if (is_done)
        kept_save(kept, options, result);
    free(matches);
    free(observations);
    free(readings);
    return is_done;
}
