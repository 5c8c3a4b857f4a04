// A worker turns chunks into matches, observations and counts. Each thread has one of its own; what
// they gathered is merged at the end.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_WORKER_H
#define STORMGLASS_ENGINE_WORKER_H

#include "base/keyset.h"
#include "engine/activity_log.h"
#include "engine/message_log.h"
#include "engine/observation.h"
#include "engine/scan.h"
#include "engine/sighting.h"
#include "engine/tally.h"
#include "event/activity_memo.h"
#include "incident/scope.h"
#include "rule/match.h"
#include "source/container.h"
#include "source/source.h"

struct kept;
// event.position: the input's number above the place in it, which has 16 TiB.
#define WORKER_POSITION_BITS 44
#define WORKER_OFFSET_MASK ((UINT64_C(1) << WORKER_POSITION_BITS) - 1)

// What all workers share, read-only.
struct worker_shared {
    const struct scan_options *options;
    unsigned threads; // workers: they share what memory the logs may take
    const struct sigma_set *rules;
    struct rule_program *program;
    const struct correlation_engine *correlations; // only asked for its fields
    struct field_plan *entity_plans[SOURCE_COUNT]; // all typed fields, for matched records
    struct kept *kept; // the state file; NULL: none. Not for the workers.
};

// Counts of one input.
struct input_counts {
    bool sources[SOURCE_COUNT];
    uint64_t records, duplicates, unread_count, filtered;
    struct unread *unread; // the first SCAN_UNREAD_LIMIT this worker met
    size_t unread_listed, unread_capacity;
    int64_t first, last;
};

struct worker {
    const struct worker_shared *shared;
    struct matcher *matcher;
    struct reader *reader;
    struct recogniser recogniser;
    struct field_slots entity_slots[SOURCE_COUNT];
    struct finding_collector *findings;
    struct observation_log *observations;
    struct prospects *prospects;     // of these
    struct tally_set *tallies;       // NULL: no summary
    struct activity_log *activities; // NULL: no detectors
    // For a state file, else NULL: what findings are made of, and what mail accesses name (engine/kept.h).
    struct observation_log *matched, *readings;
    struct scope_items items; // of one access
    struct buf packed;
    struct intern texts; // of the activities' symbols
    struct activity_memo *activity_memo;
    struct message_log messages; // with activities
    struct input_counts *inputs;
    size_t input_capacity;
    uint64_t records, unread, matches; // in all, for progress
    struct error trouble;              // the first: an observation could not be kept
    struct arena arena;                // of one record
    struct sighting_log *sightings;    // of records with an Id
    struct keyset summed;              // their identities, where summaries are made
    // The record at hand.
    const char *path; // of its input
    struct event event;
    struct entity_list entities;
    bool has_entities;
};

void worker_init(struct worker *worker, const struct worker_shared *shared);
void worker_done(struct worker *worker);

// Frees what only the reading needs; then the matches and observations, once they were handed on. What
// detection and the summary look at stays.
void worker_end_reading(struct worker *worker);
void worker_end_matches(struct worker *worker);

// Reads all records of a chunk. `input` is the number of its input in order of path.
void worker_chunk(struct worker *worker, const struct chunk *chunk, uint32_t input,
                  const char *path);

// Sets the event's position and, from its Id or else its bytes, its identity.
void worker_identify(struct event *event, const struct chunk *chunk, const struct record *record,
                     uint32_t input);

// A sighting_duplicate of a worker.
void worker_count_duplicate(uint32_t input, void *context);

// Adds everything of `from` to `into`, but the observations, and the tallies, which have one worker.
void worker_merge(struct worker *into, struct worker *from);

#endif
