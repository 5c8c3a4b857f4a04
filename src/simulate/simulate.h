// The simulator: writes the logs of a made-up tenant, with scenarios in them and the answer beside.
// SPDX-License-Identifier: Apache-2.0
//
// Pure: no file, clock or thread; text goes to a sink. The same options give the same bytes on every
// machine. Memory grows with the number of mailboxes and with what scenarios do, not with the days.
#ifndef STORMGLASS_SIMULATE_SIMULATE_H
#define STORMGLASS_SIMULATE_SIMULATE_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

#define SIMULATE_MAILBOX_LIMIT 100000
#define SIMULATE_DAY_LIMIT 3660
#define SIMULATE_SCENARIO_LIMIT 32
#define SIMULATE_FILE_LIMIT 100000

// Takes the files. Several are open at once; they are known by number, 0, 1, 2 ... in the order of
// opening. Each call is false and fills `error` when it fails; nothing is asked of the sink after it.
struct simulate_sink {
    void *context;
    bool (*open)(void *context, uint32_t file, const char *name, struct error *error);
    bool (*write)(void *context, uint32_t file, struct str text, struct error *error);
    bool (*close)(void *context, uint32_t file, struct error *error);
};

struct simulate_options {
    uint64_t seed;
    uint32_t mailboxes; // 1 .. SIMULATE_MAILBOX_LIMIT
    uint32_t days;      // 1 .. SIMULATE_DAY_LIMIT
    int64_t start;      // cut to its UTC day
    const char *const *scenarios;
    uint32_t scenario_count; // up to SIMULATE_SCENARIO_LIMIT
    const char *const *dialects;
    uint32_t dialect_count;
    const char *version; // of the program, for truth.json
    // Asked now and then; true ends the run early, with what was written so far.
    bool (*is_interrupted)(void);
};

#define SIMULATE_DEFAULT_SEED 1
#define SIMULATE_DEFAULT_MAILBOXES 60
#define SIMULATE_DEFAULT_DAYS 14
#define SIMULATE_DEFAULT_START "2026-09-07T00:00:00Z" // a Monday

struct simulate_result {
    uint64_t records; // written, copies not among them
    uint32_t files;
    bool is_interrupted;
};

// Checks the options and runs. False and `error` when an option is wrong or the sink failed.
bool simulate_run(const struct simulate_options *options, const struct simulate_sink *sink,
                  struct simulate_result *result, struct error *error);

// The scenarios and dialects that can be chosen, in the order of their tables, by index from 0.
struct simulate_choice {
    const char *name, *text;
    bool is_attack;
};
bool simulate_scenario(uint32_t index, struct simulate_choice *out); // false behind the last
bool simulate_dialect(uint32_t index, struct simulate_choice *out);

#endif
