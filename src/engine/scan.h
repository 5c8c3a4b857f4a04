// The scan: from paths to findings and an account of everything read and not read.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_SCAN_H
#define STORMGLASS_ENGINE_SCAN_H

#include <signal.h>

#include "baseline/address.h"
#include "engine/stories.h"
#include "report/outline.h"
#include "rule/sigma.h"

struct scan_progress;

struct scan_options {
    struct str *paths;
    size_t path_count;
    struct sigma_set *rules;                  // finished; NULL: no detection
    struct sigma_logsource narrow;            // --logsource for any_json
    int64_t since, until;                     // INSTANT_NONE: open; since <= time < until
    unsigned threads;                         // 0: as many as processors
    const struct address_database *databases; // asked before what sign-ins say of addresses
    size_t database_count;                    // at most ADDRESS_DATABASE_LIMIT
    const char *state;             // the state file (engine/kept.h), with is_detecting; NULL: none
    const struct stories *stories; // for investigations; borrowed, also by the result; NULL: none
    const char *rules_sha256;      // of the rules, for the state file
    bool is_hashing;               // SHA-256 of every input
    bool is_summary;               // fill scan_result.summary
    bool is_coverage_only;         // with is_detecting: learn what was covered, and no more
    bool is_detecting;             // run the detectors (detector/detector.h) too
    bool needs_lines;              // count lines for unread pieces
    bool is_citing;                // with is_detecting: read cited records again (engine/cite.h)
    volatile sig_atomic_t
        *is_interrupted; // set by a signal handler: stop soon, keep what was found
    // Called now and then (about ten times a second, from one thread) while running; may be NULL.
    void (*progress)(const struct scan_progress *progress, void *context);
    void *context;
};

struct scan_progress {
    uint64_t bytes, bytes_total; // on disk, of all inputs
    uint64_t records, unread, matches;
    const char *path; // being read
};

// Runs to the end (or interruption). False and `error` only when nothing could be done at all.
bool scan_run(const struct scan_options *options, struct scan_result *out, struct error *error);
void scan_result_done(struct scan_result *result);

#endif
