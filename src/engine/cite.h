// Records that the report cites, read again from the inputs word for word.
// SPDX-License-Identifier: Apache-2.0
//
//   findings, verdicts ──choose──▶ ids, most important first ──place──▶ positions ──read──▶ struct cited_list
#ifndef STORMGLASS_ENGINE_CITE_H
#define STORMGLASS_ENGINE_CITE_H

#include "engine/scan.h"
#include "engine/trail.h"
#include "engine/worker.h"
#include "input/input.h"

struct citing {
    const struct scan_options *options;
    const struct worker *workers; // whose activities tell where records were read
    unsigned worker_count;
    const struct input_list *list; // the paths as they were read
    const uint32_t *first_inputs;  // as in look_back.h
    const struct trail *trail;
};

// Fills result->cited once findings, incidents and verdicts are made. Reads only inputs with cited records, and of
// those that are neither packed nor UTF-16 mostly these records alone. What cannot be read again says why. False and
// `error` when a temporary file cannot be read back.
bool cite_records(const struct citing *citing, struct scan_result *result, struct error *error);

#endif
