// What a log of observations is made of; for observation.c (which fills it), observation_sort.c,
// observation_file.c (which writes runs and reads them back) and observation_merge.c (which replays).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_OBSERVATION_LOG_H
#define STORMGLASS_ENGINE_OBSERVATION_LOG_H

#include "engine/observation.h"
#include "engine/observation_row.h"
#include "system/spill.h"

// What sorting looks at first; the rest is in the row.
struct observation_entry {
    int64_t time;
    uint64_t identity;
    const struct observation_row *row;
    uint64_t prospect; // observation.prospect
};

// Rows lie in blocks one behind the other and never move.
struct observation_block {
    struct observation_block *next; // older
    size_t used, size;              // of the bytes behind this header
    uint64_t bytes[];
};

// A sorted stretch of the file.
struct observation_run {
    off_t offset;
    uint64_t length;
};

struct observation_log {
    size_t limit;
    struct observation_block *blocks;  // newest first
    size_t used, count;                // bytes and number of rows in memory
    struct observation_entry *entries; // of the rows in memory
    size_t capacity;
    bool is_sorted;     // the entries
    size_t most_values; // of a row
    struct spill spill;
    struct observation_run *runs;
    size_t run_count, run_capacity;
    bool is_failed; // a spill failed: nothing more is taken
};

// The rows in memory that matter, sorted. The caller's to free.
struct observation_entry *observation_log_choose(const struct observation_log *log,
                                                 const struct prospects *prospects, size_t *count);

// Sorts by observation_compare.
void observation_sort(struct observation_entry *entries, size_t count);

// Writes the sorted rows as one run behind what is in the file.
bool observation_file_write(struct observation_log *log, struct error *error);

// Reads a run back.
struct observation_reader {
    const struct observation_log *log;
    off_t offset; // in the file, of what is not in the buffer yet
    uint64_t left;
    char *buffer;
    size_t at, filled, capacity;
    struct str *values;
    size_t value_capacity;
};

void observation_reader_init(struct observation_reader *reader, const struct observation_log *log,
                             const struct observation_run *run);
void observation_reader_done(struct observation_reader *reader);

// The next observation, its texts borrowed until the following call; *is_end when there is none.
bool observation_reader_next(struct observation_reader *reader, struct observation *out,
                             bool *is_end, struct error *error);

#endif
