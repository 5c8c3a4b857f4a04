// From the workers into the state file.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_KEPT_WORKERS_H
#define STORMGLASS_ENGINE_KEPT_WORKERS_H

#include "engine/kept.h"
#include "engine/worker.h"

// Takes what the workers gathered beside activities (kept_take_activities was before), writes the file and fills
// result->state. False and `error` when a temporary file cannot be written or read.
bool kept_workers(struct kept *kept, const struct worker *workers, unsigned count,
                  const struct scan_options *options, struct scan_result *result,
                  struct error *error);

#endif
