// Reports: a scan's outline written out in the formats that people and programs read. Every function
// here writes the same bytes for the same outline and is pure; all text from logs goes through
// report/safe.h.
// SPDX-License-Identifier: Apache-2.0
//
// To add a format that --out writes: a file report/<name>.c with a `bool report_<name>(outline, sink)`,
// its declaration here and a row in REPORT_LIST.
#ifndef STORMGLASS_REPORT_REPORT_H
#define STORMGLASS_REPORT_REPORT_H

#include "report/outline.h"

// file in the report directory, function, what it is
#define REPORT_LIST(X)                                                                             \
    X("report.html", html, "the incident report, for people (one file, opens in any browser)")     \
    X("report.json", json, "everything, for programs (schema stormglass.report/1)")                \
    X("findings.jsonl", jsonl, "one finding a line")                                               \
    X("records.jsonl", records, "the records that findings rest on, word for word")                \
    X("scope.csv", scope, "which messages were read, for a spreadsheet")                           \
    X("timeline.csv", timesketch, "what happened when, for Timesketch or a spreadsheet")           \
    X("report.md", markdown, "the whole report for tickets and wikis")                             \
    X("notification.md", notification, "facts for those who must be told, and by when")            \
    X("iocs.csv", iocs, "what is the attackers' own, to search for and block")                     \
    X("stix.json", stix, "the incidents as a STIX 2.1 bundle")                                     \
    X("findings.ocsf.jsonl", ocsf, "one finding a line as OCSF Detection Finding")                 \
    X("navigator.json", navigator, "techniques as an ATT&CK Navigator layer")

// False when the sink refused a piece.
#define X(file, name, what)                                                                        \
    bool report_##name(const struct outline *outline, const struct sink *sink);
REPORT_LIST(X)
#undef X

struct report_row {
    const char *file;
    bool (*write)(const struct outline *outline, const struct sink *sink);
    const char *what;
};
extern const struct report_row report_rows[];
extern const size_t report_row_count;

// What `scan` shows on a terminal.
bool report_text(const struct outline *outline, const struct style *style, const struct sink *sink);

// A sentence or two: what was read and what was found. One line, no line feed.
void report_headline(const struct outline *outline, struct buf *out);

// What `gaps` shows: coverage alone, as a picture and a list; and for programs (schema stormglass.gaps/1).
bool report_gaps_text(const struct outline *outline, const struct style *style,
                      const struct sink *sink);
bool report_gaps_json(const struct outline *outline, const struct sink *sink);

// What `summary` shows, and the same for programs (schema stormglass.summary/1).
bool report_summary_text(const struct outline *outline, const struct style *style,
                         const struct sink *sink);
bool report_summary_json(const struct outline *outline, const struct sink *sink);

#endif
