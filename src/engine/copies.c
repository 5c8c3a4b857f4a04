// The parts of the sightings are jobs of a crew; each thread counts with a worker of its own.
// SPDX-License-Identifier: Apache-2.0
#include "engine/copies.h"

#include <stdlib.h>

#include "base/arena.h"
#include "engine/crew.h"

struct counting {
    struct worker *workers;
    unsigned count;
    struct sighting_log **logs;
    struct error *errors; // by thread
};

static void count_part(void *context, size_t part, unsigned thread)
{
    const struct counting *counting = context;
    sighting_count(counting->logs, counting->count, part, worker_count_duplicate,
                   &counting->workers[thread], &counting->errors[thread]);
}

void copies_count(struct worker *workers, unsigned count)
{
    struct counting counting = {workers, count, memory_new(count * sizeof *counting.logs),
                                memory_new(count * sizeof *counting.errors)};
    for (unsigned i = 0; i < count; i++)
        counting.logs[i] = workers[i].sightings;
    crew_run(count, SIGHTING_PARTS, count_part, &counting);
    for (unsigned i = 0; i < count; i++)
        if (counting.errors[i].text[0] && !workers[0].trouble.text[0])
            workers[0].trouble = counting.errors[i];
    free(counting.logs);
    free(counting.errors);
}
