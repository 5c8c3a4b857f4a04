// What the logs could have shown: for every source and hour whether its records are all there, partly,
// or not, with the reason and the way to close the gap; and when nobody may say "it did not happen".
// Owns what it was told; mailboxes and users are numbers (symbols) of the caller's, 0 for unknown, the
// same in all that are merged.
// SPDX-License-Identifier: Apache-2.0
//
// Fill (any order, one a thread; each record once, so without duplicates), merge, seal, then ask.
//
// A source is judged against its own habit: the mean number of records at the same hour of the week
// in its other weeks (UTC). With fewer than two other weeks: the same hour on other days of the same
// kind (Monday to Friday, weekend); with fewer than two of those the mean of all its other hours, of
// which there must be a day. Hours with a known trouble teach no habit. A silence is compared as a whole with
// the same stretch at those other times: it is no gap where one of them was silent too, or where they differ
// so much from each other that silence is no wonder.
#ifndef STORMGLASS_BASELINE_COVERAGE_H
#define STORMGLASS_BASELINE_COVERAGE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/instant.h"

// ---- sources ------------------------------------------------------------------------------------

// id, name, log (contract.md: source), hours in which its records may still arrive, retention in days
// (two usual ones; 0: none is usual). Where the numbers come from is said in coverage_source.c.
#define COVERAGE_SOURCES(X)                                                                        \
    X(EXCHANGE, "m365_audit/Exchange", "m365_audit", 24, 180, 365)                                 \
    X(AZURE_AD, "m365_audit/AzureActiveDirectory", "m365_audit", 24, 180, 365)                     \
    X(SHAREPOINT, "m365_audit/SharePoint", "m365_audit", 24, 180, 365)                             \
    X(TEAMS, "m365_audit/MicrosoftTeams", "m365_audit", 24, 180, 365)                              \
    X(SECURITY, "m365_audit/SecurityComplianceCenter", "m365_audit", 24, 180, 365)                 \
    X(OTHER_AUDIT, "m365_audit/other workloads", "m365_audit", 24, 180, 365)                       \
    X(INTERACTIVE, "entra_signin/interactive", "entra_signin", 2, 7, 30)                           \
    X(NON_INTERACTIVE, "entra_signin/non_interactive", "entra_signin", 2, 7, 30)                   \
    X(SERVICE_PRINCIPAL, "entra_signin/service_principal", "entra_signin", 2, 7, 30)               \
    X(MANAGED_IDENTITY, "entra_signin/managed_identity", "entra_signin", 2, 7, 30)                 \
    X(ENTRA_AUDIT, "entra_audit", "entra_audit", 2, 7, 30)                                         \
    X(GRAPH_ACTIVITY, "graph_activity", "graph_activity", 2, 0, 0)                                 \
    X(MESSAGE_TRACE, "message_trace", "message_trace", 24, 90, 0)                                  \
    X(AZURE_ACTIVITY, "azure_activity", "azure_activity", 2, 90, 0)

enum coverage_source {
#define X(id, name, log, late, shorter, longer) COVERAGE_##id,
    COVERAGE_SOURCES(X)
#undef X
        COVERAGE_SOURCE_COUNT,
    COVERAGE_EVERY = 0xff // in facts: of all sources
};
// "m365_audit/Exchange", "entra_audit".
const char *coverage_source_name(enum coverage_source source);
const char *coverage_source_log(enum coverage_source source); // "m365_audit"
// The source of a unified audit record by its Workload, in any case; OneDrive is SharePoint's.
enum coverage_source coverage_source_of_workload(struct str workload);

// ---- what it is told ----------------------------------------------------------------------------

struct coverage;
struct coverage *coverage_new(void);
void coverage_free(struct coverage *coverage);

struct coverage_record {
    enum coverage_source source;
    int64_t time;
    int64_t
        arrival; // when it could be read first (arrived, was written, was exported); or INSTANT_NONE
    uint32_t mailbox; // of mailbox records
    uint32_t user;    // who acted
};
// Times before 2010 or from 2060 on are counted as strange and not used.
void coverage_add(struct coverage *coverage, const struct coverage_record *record);

enum coverage_fact_kind {
    COVERAGE_FACT_CAPPED,       // an input with exactly `figure` rows, a known limit of exports
    COVERAGE_FACT_UNREAD,       // `figure` pieces of input between the times could not be read
    COVERAGE_FACT_LOST_COLUMNS, // `figure` columns are missing in an input of these times
    COVERAGE_FACT_LEFT_OUT,     // left out by --since or --until
    COVERAGE_FACT_RETENTION,    // the source keeps `figure` days (times are not used)
    COVERAGE_FACT_LATE, // records may arrive `figure` minutes late (replaces the usual if more)
    COVERAGE_FACT_AUDIT_OFF,  // at `from`: auditing was switched off (unified audit log) ...
    COVERAGE_FACT_AUDIT_ON,   // ... or on
    COVERAGE_FACT_BYPASS_ON,  // at `from`: mailbox auditing of the user `who` was bypassed ...
    COVERAGE_FACT_BYPASS_OFF, // ... or not any more
    COVERAGE_FACT_THROTTLED,  // at `from`: a record of mailbox `who` has IsThrottled; binds are not
                              // logged for 24 hours from there
    COVERAGE_FACT_KIND_COUNT
};
struct coverage_fact {
    enum coverage_source source; // COVERAGE_EVERY; AUDIT_OFF and _ON then concern m365_audit alone
    enum coverage_fact_kind kind;
    uint32_t who; // mailbox or user, of the last three
    uint32_t figure;
    int64_t from, to; // INT64_MIN and INT64_MAX: open. `to` belongs to it
};
// Different facts that are kept; with more no hour counts as complete.
#define COVERAGE_FACT_LIMIT ((uint32_t)1 << 16)
void coverage_tell(struct coverage *coverage, const struct coverage_fact *fact);

// Tells of an input that was read: when it has exactly as many rows as an export tool gives at most
// (5,000, 50,000, 50,001, 250,000), that it is probably cut.
void coverage_tell_input(struct coverage *coverage, enum coverage_source source, uint64_t rows,
                         int64_t from, int64_t to);
bool coverage_is_cap(uint64_t rows);
// Tells of --since and --until (INSTANT_NONE: not given).
void coverage_tell_window(struct coverage *coverage, int64_t since, int64_t until);

// Adds what `from` was told: commutative and associative. Records are summed, facts united.
void coverage_merge(struct coverage *coverage, const struct coverage *from);
void coverage_seal(struct coverage *coverage);

// Sealed. The same knowledge gives the same bytes.
void coverage_save(const struct coverage *coverage, struct buf *out);
// Replaces what is known and seals it; on failure it is as it was.
bool coverage_load(struct coverage *coverage, struct str bytes, struct error *error);

size_t coverage_bytes(const struct coverage *coverage);
uint64_t coverage_strange(const struct coverage *coverage); // records with times that cannot be

// ---- questions ----------------------------------------------------------------------------------

enum coverage_state { COVERAGE_COMPLETE, COVERAGE_PARTIAL, COVERAGE_ABSENT, COVERAGE_CANNOT_TELL };
const char *coverage_state_name(enum coverage_state state);
// The name in report.json, which has no cannot_tell: "partial" stands for it.
const char *coverage_state_report(enum coverage_state state);

// A silence counts as a gap when the habit makes it less likely than this: the chance that Poisson
// arrivals with the habit's mean give no record, exp(-mean).
#define COVERAGE_SILENCE_CHANCE 1e-3
// An hour with few records counts as thin when the habit makes so few less likely than one false
// alarm in a thousand weeks: 1e-3 / 168 (Chernoff's bound for Poisson arrivals, spread as the same
// hours of at least three other weeks vary).
#define COVERAGE_THIN_CHANCE (1e-3 / 168)
// How far to either side records must prove that a feed is alive (coverage_may_deny).
#define COVERAGE_REACH_HOURS 24

enum coverage_cause {
    COVERAGE_SEEN,         // complete: records as usual
    COVERAGE_QUIET,        // complete: no record, and none to be expected
    COVERAGE_THIN,         // partial: far fewer records than usual
    COVERAGE_CAPPED,       // partial
    COVERAGE_UNREAD,       // partial
    COVERAGE_LOST_COLUMNS, // partial
    COVERAGE_LATE,         // partial or cannot tell: more may arrive
    COVERAGE_MANY_FACTS,   // partial: more troubles than are kept
    COVERAGE_NO_FEED,      // absent: no record of the source at all
    COVERAGE_BEFORE_FIRST, // absent
    COVERAGE_RETENTION,    // absent: older than what the source keeps
    COVERAGE_AFTER_LAST,   // absent
    COVERAGE_LEFT_OUT,     // absent
    COVERAGE_AUDIT_OFF,    // absent, or partial where records are
    COVERAGE_SILENT,       // absent: no record, against the habit
    COVERAGE_NO_HABIT,     // cannot tell: no record, and too little to know what is usual
    COVERAGE_BYPASSED,     // of a user: what they do in mailboxes is not audited; partial
    COVERAGE_THROTTLED,    // of a mailbox: partial
    COVERAGE_NOT_KEPT,     // of a mailbox: beyond what there was room for
    COVERAGE_NOT_PROVED,   // coverage_may_deny: the feed is too thin on one side
    COVERAGE_CAUSE_COUNT
};

#define COVERAGE_TEXT 256
struct coverage_answer {
    enum coverage_state state;
    enum coverage_cause cause;
    int64_t from, to; // whole hours; `to` does not belong to it
    uint64_t records;
    double expected;         // by the habit; negative: unknown
    char why[COVERAGE_TEXT]; // one sentence with its figures
    char how[COVERAGE_TEXT]; // how to close the gap; empty when there is none
};

// The hour that has the time.
void coverage_hour(const struct coverage *coverage, enum coverage_source source, int64_t time,
                   struct coverage_answer *out);

// From the first to the last hour of any source: false when there is no record at all.
bool coverage_span(const struct coverage *coverage, int64_t *from, int64_t *to);
// Hours of the span that follow each other with the same state and cause, together, in order of time.
// `visit` gives false to stop.
typedef bool coverage_visit(const struct coverage_answer *range, void *context);
void coverage_each_range(const struct coverage *coverage, enum coverage_source source,
                         coverage_visit *visit, void *context);

// Whether the lack of a record in [from, to] may be called proof that nothing was there: every hour
// is complete, and on both sides, within COVERAGE_REACH_HOURS, the feed is proved alive: records are
// there, and so many are usual that their lack would have been a gap. *out says why not (NULL: not
// wanted).
bool coverage_may_deny(const struct coverage *coverage, enum coverage_source source, int64_t from,
                       int64_t to, struct coverage_answer *out);

#endif
