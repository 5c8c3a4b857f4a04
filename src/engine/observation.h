// The log of observations: gathered by every thread in any order, handed to the correlations in event
// time; sorted runs go to a temporary file beyond a memory limit.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_OBSERVATION_H
#define STORMGLASS_ENGINE_OBSERVATION_H

#include "base/error.h"
#include "rule/correlation.h"
#include "rule/prospect.h"

#define OBSERVATION_MEMORY_LIMIT                                                                   \
    ((size_t)16 << 20) // of all logs of a kind together, then a run is spilled

struct observation_log;
struct observation_log *observation_log_new(size_t memory_limit);
void observation_log_free(struct observation_log *log);

// Copies the observation (value_count strings). False and `error` when a spill fails (disk full): from
// then on nothing more is taken, what is in the log can still be replayed. Spills go to $TMPDIR or /tmp.
bool observation_log_add(struct observation_log *log, const struct observation *observation,
                         size_t value_count, struct error *error);

// Sorts what is in memory, which observation_each does otherwise: for the thread that filled the log, so that logs are
// sorted side by side.
void observation_log_sort(struct observation_log *log);

// Visits the observations of all the logs, merged in the order of observation_compare. Each is borrowed for
// the call. False and `error` when a temporary file cannot be read.
typedef void observation_visit(const struct observation *observation, void *context);
bool observation_each(struct observation_log **logs, size_t count, observation_visit *visit,
                      void *context, struct error *error);

// Feeds the observations of all the logs to the engine, merged in order, and ends it (also after an
// error, with what could be read). Those that do not matter by `prospects`, which counted them all, are left out;
// NULL: none are. The logs must stay until the engine is freed.
bool observation_replay(struct observation_log **logs, size_t count,
                        const struct prospects *prospects, struct correlation_engine *engine,
                        struct error *error);

#endif
