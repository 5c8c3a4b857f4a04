// Activities as bytes: the section `activity` of the state file, docs/state.md. Rows in order of time, each
// told by what differs from the one before of the same user.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_ACTIVITY_STATE_H
#define STORMGLASS_BASELINE_ACTIVITY_STATE_H

#include "base/buf.h"
#include "base/error.h"
#include "event/activity.h"

#define ACTIVITY_STATE_VERSION 1
// Times that a row may have: the years 1601 to 9999, as instant_parse gives.
#define ACTIVITY_TIME_LEAST (INT64_C(-11644473600) * SECOND)
#define ACTIVITY_TIME_MOST (INT64_C(253402300800) * SECOND - 1)
#define ACTIVITY_STATE_TEXT ((size_t)1 << 16) // bytes of the longest text

// `texts` is the table of the activities' symbols, borrowed.
struct activity_writer;
struct activity_writer *activity_writer_new(const struct intern *texts);
void activity_writer_free(struct activity_writer *writer);
// Adds a row; rows must come dated and in rising order of (time, identity), as activity_log_each gives them.
// Where the record was read (position) is not kept. False when the row cannot be kept, which is so for times
// out of the limits and texts above ACTIVITY_STATE_TEXT; nothing is written then.
bool activity_writer_add(struct activity_writer *writer, const struct activity *activity,
                         struct buf *out);

// Visits the rows of a section; their texts go to `texts`, which holds the empty text alone
// (activity_texts_init), their position is POSITION_KEPT. Stops when visit gives false. False and `error` when
// the content is not well-formed: what was visited before is of no use then.
bool activity_state_read(struct str content, struct intern *texts,
                         bool (*visit)(const struct activity *activity, void *context),
                         void *context, struct error *error);

#endif
