// Detection over what all workers gathered: symbols become common, baselines are learned, detectors run,
// findings are linked to incidents, and the inputs are read again for what the attacker reached.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_DETECT_H
#define STORMGLASS_ENGINE_DETECT_H

#include "engine/worker.h"
#include "input/input.h"

// Walks the workers' activities in order of time, several times over. Adds the detectors' findings to the
// result's, which are sorted again, and makes its incidents. The first worker's table of texts grows, the others' are freed.
// `list` and `first_inputs` as in look_back.h. False and `error` when the temporary file cannot be read back.
bool detect_run(struct worker *workers, unsigned count, const struct scan_options *options,
                const struct input_list *list, const uint32_t *first_inputs,
                struct scan_result *result, struct error *error);

#endif
