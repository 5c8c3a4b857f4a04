// Fast walks over bytes: where a JSON value ends, where CSV rows end, how many line feeds there are.
// SPDX-License-Identifier: Apache-2.0
//
// States carry over between calls, and what is found depends on the bytes alone, never on how they
// were cut into calls, nor on what the processor can (source/block.h); functions with a way of blocks to take are for
// tests.
#ifndef STORMGLASS_SOURCE_SCAN_H
#define STORMGLASS_SOURCE_SCAN_H

#include "base/str.h"
#include "source/block.h"

struct json_scan {
    uint64_t string;  // all ones inside a string, else 0
    uint64_t escaped; // 1 when the next byte follows a backslash
    uint32_t depth;   // open brackets; 0 ends the walk
};

// Walks bytes[*at, size). True when the depth came to 0: *at is behind that bracket. False when the
// bytes ran out: *at is size and the state is kept. The depth must not be 0 before.
bool json_scan_end(struct json_scan *scan, const char *bytes, size_t *at, size_t size);
bool json_scan_end_by(enum block_way way, struct json_scan *scan, const char *bytes, size_t *at,
                      size_t size);

struct csv_scan {
    char delimiter;
    bool is_stray;   // a quote stood where RFC 4180 knows none: the walk cannot be trusted
    uint64_t quoted; // all ones inside quotes
    uint64_t opens;  // 1 when a quote may open a cell at the next byte
    uint64_t closes; // 1 when the byte before was a closing quote
};

void csv_scan_start(struct csv_scan *scan, char delimiter);
// Walks bytes[at, size) and gives the index behind the last line feed that ends a row, 0 when there is
// none; with `is_first` behind the first such line feed, where the walk ends.
size_t csv_scan_rows(struct csv_scan *scan, const char *bytes, size_t at, size_t size,
                     bool is_first);
size_t csv_scan_rows_by(enum block_way way, struct csv_scan *scan, const char *bytes, size_t at,
                        size_t size, bool is_first);

uint64_t count_line_feeds(const char *bytes, size_t size);
uint64_t count_line_feeds_by(enum block_way way, const char *bytes, size_t size);

// Index of the next '{' or '[' in bytes[from, size) that stands behind a line feed and exactly
// `column` blanks; size when there is none.
size_t find_line_start(const char *bytes, size_t from, size_t size, size_t column);

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

#endif
