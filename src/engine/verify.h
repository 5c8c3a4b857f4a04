// Verification: which remediation steps of an earlier report later logs show as done, and whether the attacker
// is still there. One pass over the records, without rules and detectors. A verification owns what it tells.
// SPDX-License-Identifier: Apache-2.0
//
//   report.json ──verify_report.c──▶ incidents: steps, targets, things of the attacker's
//   records ──verify.c──▶ things seen again, records that may show a step
//   both ──verify_judge.c──▶ what was done, what was not, what cannot be seen
#ifndef STORMGLASS_ENGINE_VERIFY_H
#define STORMGLASS_ENGINE_VERIFY_H

#include <signal.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/instant.h"
#include "event/entity.h"

#define VERIFY_INCIDENT_LIMIT 10000
#define VERIFY_THING_LIMIT 200000 // of all incidents
#define VERIFY_RECORD_LIMIT                                                                        \
    20000 // that may show a step; the first of each operation in order of reading
#define VERIFY_TEXT_LIMIT ((size_t)1 << 16)     // of such a record that is looked at
#define VERIFY_MEMORY_LIMIT ((size_t)512 << 20) // of all that is kept

enum verify_status { VERIFY_DONE, VERIFY_PARTLY, VERIFY_NOT_YET, VERIFY_CANNOT_SEE };
const char *verify_status_name(
    enum verify_status status); // "done", "partly", "not_yet", "cannot_be_seen"

// Of the attacker, after the report: acts that succeeded; attempts that failed; nothing; no logs of that time.
enum verify_presence { VERIFY_ACTIVE, VERIFY_TRIED, VERIFY_QUIET, VERIFY_NO_LOGS };
const char *verify_presence_name(
    enum verify_presence presence); // "active", "tried", "quiet", "cannot_tell"

// What one step is to be done to, and the record that shows it done.
struct verify_target {
    struct str text;   // as in the report; empty: the incident
    int64_t time;      // INSTANT_NONE: nothing shows it
    struct str record; // Id, or place
    struct str who, operation;
    bool is_exact; // false: the record names its mailbox or account, but not this very thing
};
struct verify_step {
    struct str name, step;
    enum verify_status status;
    struct str why; // not yet, cannot be seen
    struct verify_target *targets;
    size_t target_count;
};

// An address, session, token, application or inbox rule of the incident, seen after the report.
struct verify_thing {
    enum entity_kind kind;
    struct str text;
    uint64_t count, failures;
    bool is_shared;       // by more than two people outside of the incident: says nothing by itself
    uint64_t after_steps; // of count: after the last step that is shown done
    int64_t first, last;
    struct str who, record; // of the first
};
struct verify_incident {
    struct str id, title;
    int64_t last;      // of the attacker's acts, as the report tells
    int64_t last_step; // INSTANT_NONE: none is shown done
    enum verify_presence presence;
    struct verify_step *steps;
    size_t step_count;
    struct verify_thing *things; // those seen, by kind and text
    size_t thing_count;
};

struct verification {
    struct arena arena;
    struct str report;                 // path of the file
    int64_t until;                     // how far the logs went that the report was made of
    struct verify_incident *incidents; // in the report's order
    size_t incident_count;
    uint64_t records, later, unread; // later: after `until`
    uint64_t unlisted;               // records that may show a step, beyond VERIFY_RECORD_LIMIT
    int64_t first, last;             // of the logs
    bool is_interrupted;
    struct str trouble; // a path that could not be read; what was read is told all the same
};

// Reads the report (the file, or the folder that holds report.json) and then every path. False and `error` when
// the report cannot be read or is none. verification_done in either case.
bool verify_run(struct str report, const struct str *paths, size_t path_count,
                volatile sig_atomic_t *is_interrupted, struct verification *out,
                struct error *error);
void verification_done(struct verification *verification);

#endif
