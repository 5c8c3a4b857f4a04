// Activities gathered in any order and given back in the order of their time, as often as wanted. Each
// thread fills a log of its own; logs are merged while they are read. What does not fit the memory limit
// is sorted and written to an unlinked temporary file ($TMPDIR, else /tmp).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_ACTIVITY_LOG_H
#define STORMGLASS_ENGINE_ACTIVITY_LOG_H

#include "base/error.h"
#include "event/activity.h"

#define ACTIVITY_MEMORY_LIMIT                                                                      \
    ((size_t)32 << 20) // of all logs of a kind together: more were no faster

struct activity_log;
struct activity_log *activity_log_new(size_t memory_limit);
void activity_log_free(struct activity_log *log);

// Takes a copy. False when the temporary file cannot be written: nothing more is taken then.
bool activity_log_add(struct activity_log *log, const struct activity *activity,
                      struct error *error);
uint64_t activity_log_count(const struct activity_log *log);

// Sorts what is in memory, so that threads do this work side by side; activity_log_each does it otherwise.
void activity_log_sort(struct activity_log *log);

// A log and what its symbols are called in the common table: symbols[own] is the common one; NULL: the
// log's symbols are the common ones. Rows in memory are renamed at the first visit: the symbols stay the
// same from then on, and nothing is added.
struct activity_part {
    struct activity_log *log;
    const uint32_t *symbols;
};

// All rows of the logs, copies too, in one log in the order of the walk below, with the common symbols: many walks over
// it cost less than over logs of which most is in files. NULL: nothing is in files, so that it is not worth it, or there
// is no room for it; the logs are as they were in either case.
struct activity_log *activity_log_join(const struct activity_part *parts, size_t count);

// Visits the activities of all logs by (time, identity), copies of one record once (the one of the last kind
// of log, and of these the first that was read), undated ones first. The activity is borrowed for the call. Stops
// when visit gives false. False and `error` when the temporary file cannot be read.
bool activity_log_each(const struct activity_part *parts, size_t count,
                       bool (*visit)(const struct activity *activity, void *context), void *context,
                       struct error *error);

// Visits every row of one log, copies of a record too, in the order in which they are stored; symbols may be the log's
// own. Cheaper than the walk above. False and `error` as there.
bool activity_log_each_row(const struct activity_log *log,
                           void (*visit)(const struct activity *activity, void *context),
                           void *context, struct error *error);

#endif
