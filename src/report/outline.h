// What a report tells of: the result of a scan. The engine fills it, report formats read it; everything
// in it is owned by the scan_result (scan_result_done in engine/scan.h) and constant once made.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_OUTLINE_H
#define STORMGLASS_REPORT_OUTLINE_H

#include "detector/finding.h"
#include "event/event.h"
#include "event/unread.h"
#include "hypothesis/verdict.h"
#include "incident/incident.h"
#include "report/cited.h"

#define SCAN_UNREAD_LIMIT 1000 // listed per input; unread_count stays exact
#define SCAN_INPUT_LIMIT (1 << 19)

// What was read from one file or archive member.
struct scan_input {
    struct str path;    // "dir/a.zip!member.json"
    char sha256[65];    // of the file on disk (members: of the outermost file); empty: not computed
    uint64_t bytes;     // on disk (members: decoded)
    const char *format; // "plain", "gzip" ...
    const char *container; // container_name(): "purview_csv" ...
    bool sources[SOURCE_COUNT];
    uint64_t records; // read, duplicates among them
    uint64_t duplicates;
    struct unread *unread;
    size_t unread_listed;
    uint64_t unread_count;
    int64_t first, last;  // event times; INSTANT_NONE none
    struct str *warnings; // "exactly 5,000 records: ...", lost columns, "encrypted" ...
    size_t warning_count;
};

// Counted text values, for summaries and the terminal.
struct tally_entry {
    struct str key;
    uint64_t count;
    uint64_t successes, failures; // sign-ins
    int64_t first, last;
    uint64_t users; // distinct users seen with it (ips, countries, apps, clients); 0: not counted
};
struct tally {
    struct tally_entry *items; // by count (highest first), then key
    size_t count;
    uint64_t others; // occurrences of keys beyond the limit of distinct keys
};

// What `summary` shows; only distinct records (first copies) count.
struct scan_summary {
    struct tally operations, users, apps, ips, countries, clients, days,
        signins; // signins: per user
    uint64_t by_source[SOURCE_COUNT];
};

// Hours of one part of a log that are alike, for report.json and the picture of gaps.
struct coverage_range {
    int64_t from, to;
    uint64_t records;
    const char *state; // complete, partial, absent (contract.md)
    bool is_unsure;    // partial stands for: cannot be told
    struct str why, how;
};
struct coverage_part {
    const char *source; // "m365_audit/Exchange"
    struct coverage_range *ranges;
    size_t range_count;
    bool has_feed; // some record of it was read
};

// A database of addresses that was asked.
struct outline_database {
    struct str path, type; // "GeoLite2-ASN"
    int64_t built;
};

// What the state file gave and got.
#define STATE_NOTE_LIMIT 8
struct outline_state {
    struct str path;
    uint64_t earlier; // records of earlier runs
    int64_t earlier_first, earlier_last;
    uint64_t kept;                      // records in it now
    struct str notes[STATE_NOTE_LIMIT]; // what a reader has to know of it
    size_t note_count;
    bool has_failed; // it could not be written: exit 3
};

struct scan_result {
    struct arena arena;
    struct scan_input *inputs; // by path
    size_t input_count;
    const struct outline_database *databases; // borrowed, in the order in which they were asked
    size_t database_count;
    struct outline_state *state; // NULL: no state file
    struct finding_list findings;
    struct incident_list incidents;
    struct verdict *verdicts; // one of each incident, in their order; NULL: not investigated
    struct coverage_part *coverage;
    size_t coverage_count;
    struct cited_list *cited; // NULL: nothing was read again for the report
    struct scan_summary summary;
    uint64_t records, duplicates, unread, matches, bytes;
    uint64_t filtered; // outside since/until
    uint64_t dropped_observations;
    uint64_t
        unread_again; // inputs with the attacker's records that could not be read a second time
    int64_t first, last;
    double seconds; // wall time
    bool is_interrupted;
    bool has_unreadable; // an input could not be opened or was cut short: exit 3
    char rules_sha256[65];
};

// A result with what else a report needs to know. Everything is borrowed.
struct outline {
    const struct scan_result *result;
    const char *version;
    int64_t generated_at;                   // the only thing that differs between equal runs
    const char *source_names[SOURCE_COUNT]; // "m365_audit" ...
    const char *directory;                  // where report files were written; NULL: nowhere
    const char *next_step;                  // a command to go on with; NULL: none
};

// Where a report goes, in pieces of any size.
struct sink {
    bool (*write)(void *context, struct str piece); // false: it takes no more, stop
    void *context;
};

// How text is shown to people.
struct style {
    bool is_color, is_utf8;
    unsigned width; // columns; 0: as many as it takes
};

#endif
