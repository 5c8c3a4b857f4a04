// Inside of the framer: what its three ways of cutting share.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SOURCE_FRAMER_H
#define STORMGLASS_SOURCE_FRAMER_H

#include "source/container.h"
#include "source/scan.h"

#define VALUES_NESTING_LIMIT 16 // arrays and wrappers around the records

// Where the walk over JSON values is.
struct values_walk {
    enum {
        VALUES_BETWEEN, // before a value
        VALUES_RECORD,  // inside an object that is a record (or an array nested too deep)
        VALUES_SCALAR,  // inside a number, string or word
        VALUES_GARBAGE, // inside a line that is no JSON
        VALUES_MEMBERS, // in a wrapper, behind the array of records
        VALUES_TAIL,    // in a wrapper's remaining members, which are passed over
        VALUES_SKIP,    // inside a record over the size limit
    } state;
    size_t at;    // next byte, index in the chunk
    size_t start; // of the value begun
    struct json_scan scan;
    unsigned around[VALUES_NESTING_LIMIT]; // 0: an array; else open objects of a wrapper
    unsigned depth;
    // Columns tell where a record may begin again after text that is none.
    bool is_line_start;   // nothing but blanks stands before in this line
    size_t column;        // how many
    size_t record_column; // of the last record that began a line
    size_t start_column;  // of the value begun; 0 when it did not begin its line
    bool is_resyncing;
    bool has_user_wrapper; // the head shows a wrapper with members of its own
};

struct framer {
    struct container container;
    struct chunk *chunk; // being filled; what follows its whole records moves to the next
    bool is_recognised, is_ended;
    uint64_t number;
    void (*emit)(struct chunk *chunk, void *context);
    void *context;
    size_t line_at; // line feeds before this index of the chunk are in `line`
    uint64_t line;
    // A stretch being passed over.
    struct unread skip;
    bool is_skipping;
    size_t searched; // lines: no line feed before this index
    struct csv_scan csv;
    bool is_exact; // csv: stray quotes, rows are read one by one
    size_t retry;  // csv: size at which the exact reading is tried again
    struct values_walk values;
};

// What each way of cutting gives: the size of the whole records at the front of the chunk, 0 when
// more bytes are needed.
size_t lines_cut(struct framer *framer, bool is_end);
size_t csv_cut(struct framer *framer, bool is_end);
size_t values_cut(struct framer *framer, bool is_end);
// Notes what is open when the input ends.
void values_end(struct framer *framer);

// Removes bytes at the front of the chunk.
void framer_drop(struct framer *framer, size_t size);
// 1-based line of an index of the chunk; indexes must not go back between calls.
uint64_t framer_line(struct framer *framer, size_t at);
void framer_unread(struct framer *framer, struct unread unread);
// Begins to pass over what stands at the index; until framer_skip_end tells its end.
void framer_skip(struct framer *framer, size_t at, const char *why);
void framer_skip_end(struct framer *framer, size_t at);

#endif
