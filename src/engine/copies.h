// Copies of records, counted once all is read.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_COPIES_H
#define STORMGLASS_ENGINE_COPIES_H

#include "engine/worker.h"

// From the sightings of all workers: adds the duplicates of each input to the counts of one worker or another, side by
// side on as many threads. A file that cannot be read back is the first worker's trouble.
void copies_count(struct worker *workers, unsigned count);

#endif
