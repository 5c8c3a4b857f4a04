// What a state file keeps between runs, and how a scan uses and renews it: the records of the last months
// are as good as read again. docs/state.md has the format, decision 16 the reasons.
// SPDX-License-Identifier: Apache-2.0
//
//   kept_open ─▶ activities and matches of earlier runs join those of this one: detectors, correlations
//                and incidents see one scan
//   kept_save ─▶ both together, what is too old left out, into the file
#ifndef STORMGLASS_ENGINE_KEPT_H
#define STORMGLASS_ENGINE_KEPT_H

#include "baseline/knowledge.h"
#include "engine/activity_log.h"
#include "engine/observation.h"
#include "engine/scan.h"
#include "incident/scope.h"

#define KEPT_WINDOW (90 * DAY) // before the newest record
#define KEPT_ACTIVITY_LIMIT ((uint64_t)50000000)
#define KEPT_ACTIVITY_BYTES ((size_t)2 << 30)
#define KEPT_MATCH_LIMIT ((uint64_t)10000000)
#define KEPT_MATCH_BYTES ((size_t)512 << 20)
// What mail accesses name: of those that are attackers', and of others.
#define KEPT_REPORTED_BYTES ((size_t)256 << 20)
#define KEPT_OTHERS_BYTES ((size_t)768 << 20)
#define KEPT_PACKED_RATIO                                                                          \
    4 // so many times that, in memory and temporary files, where texts are told more than once
#define KEPT_INPUT_LIMIT ((size_t)1 << 16)
#define KEPT_TEXT_LIMIT ((size_t)65535) // bytes; a match with a longer text is not kept

struct kept;

// Reads the state file; one that is not there is an empty one. NULL and `error`, which names the file and says
// what to do, when it cannot be read, is damaged or of another program or version: it stays as it is then.
// `rules` and `correlations` are those of the run and must outlive it.
struct kept *kept_open(const char *path, const struct sigma_set *rules,
                       const struct correlation_engine *correlations, struct error *error);
void kept_free(struct kept *kept);

// The same in steps, without a file: empty; from the bytes of a state file, which stay borrowed (after a failure
// it can only be freed); and as bytes, once, when everything was taken.
struct kept *kept_new(const char *path, const struct sigma_set *rules,
                      const struct correlation_engine *correlations);
bool kept_read(struct kept *kept, struct str bytes, struct error *error);
bool kept_write(struct kept *kept, struct buf *out, struct error *error);

// ---- earlier runs -----------------------------------------------------------------------------

// Activities and the table of their texts.
struct activity_log *kept_activities(const struct kept *kept);
const struct intern *kept_texts(const struct kept *kept);
void kept_texts_done(struct kept *kept); // they are not needed any more

// Observations of earlier runs, for the correlations; `logs` are those of this run. Borrowed. NULL and `error`
// when a temporary file cannot be written or read.
struct observation_log *kept_observations(struct kept *kept, struct observation_log **logs,
                                          size_t count, struct error *error);
// Adds what rules matched in earlier runs.
bool kept_add_matches(struct kept *kept, struct finding_collector *findings, struct error *error);

// Tells of inputs and windows of earlier runs, and of this run's window.
void kept_tell(const struct kept *kept, const struct scan_options *options,
               struct knowledge *knowledge);

// What records of mail accesses of earlier runs name, before the inputs are read again; and afterwards, what was
// found of messages' subjects and senders.
bool kept_scope_readings(struct kept *kept, struct scope *scope, struct error *error);
bool kept_scope_found(struct kept *kept, struct scope *scope, struct error *error);

// ---- this run ---------------------------------------------------------------------------------

// What a worker gathers: an access's reading, or what a record says of a message, as an observation. `scratch`
// is overwritten.
bool kept_add_reading(struct observation_log *log, const struct scope_reading *reading,
                      int64_t time, struct buf *scratch, struct error *error);
bool kept_add_hint(struct observation_log *log, const struct scope_found *hint, int64_t time,
                   struct buf *scratch, struct error *error);
// What a record was found to name, and what joining found; called by the scope.
void kept_reading(void *kept, int64_t time, const struct scope_reading *reading);
void kept_found(void *kept, int64_t time, const struct scope_found *found);

// Takes the activities of all parts (this run's and the earlier ones'), with symbols of `texts`. Those of earlier
// runs and their texts are gone afterwards.
bool kept_take_activities(struct kept *kept, const struct activity_part *parts, size_t count,
                          const struct intern *texts, struct error *error);
// Takes the matches and observations of this run's logs beside the earlier ones.
bool kept_take_matches(struct kept *kept, struct observation_log **matches,
                       struct observation_log **observations, size_t count, struct error *error);
bool kept_take_readings(struct kept *kept, struct observation_log **logs, size_t count,
                        struct error *error);

// Writes the file and fills result->state. What goes wrong is a note there: the report must not be lost for it.
void kept_save(struct kept *kept, const struct scan_options *options, struct scan_result *result);

#endif
