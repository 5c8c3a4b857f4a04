// The parts of report.html, which share one page being written. Internal to the report floor; the
// document itself is report_html in report.h.
// SPDX-License-Identifier: Apache-2.0
//
// To add a part of an incident: a function here, a call in html_incident.c and a row of its list of parts.
// Everything that a log, a rule or a file wrote goes through html_text or a table's cells; html_add and
// buf_print are for markup of our own and for numbers.
#ifndef STORMGLASS_REPORT_HTML_H
#define STORMGLASS_REPORT_HTML_H

#include "report/pen.h"

#define HTML_INCIDENTS 50                // told in full; the others by a line of the list
#define HTML_STATIC_ROWS 200             // of a table are there without JavaScript
#define HTML_MESSAGES 200000             // rows of all tables of messages together
#define HTML_FINDINGS 20000              // rows of all tables of findings together
#define HTML_RECORDS CITED_SHOWN         // record ids of one cell
#define HTML_RAW_LIMIT ((size_t)8 << 20) // bytes of cited records in the page

struct html {
    struct pen pen;
    struct buf *out; // of the pen
    const struct outline *outline;
    const struct scan_result *result;
    size_t messages, findings; // rows that may still be written
};

// An incident as it is told.
struct html_case {
    const struct incident *incident;
    const struct verdict *verdict; // NULL: not investigated
    size_t number;                 // from 1
};

// ---- words (html_words.c) -----------------------------------------------------------------------

void html_add(struct html *html, const char *markup); // markup of ours, as it is
void html_text(struct html *html, struct str text);   // text of anybody's
// The same with places to break a line behind @ / and \ (addresses, folders, paths).
void html_long_text(struct html *html, struct str text);
void html_number(struct html *html, uint64_t number); // 1,234
// "2026-11-22 10:15:00" in a <time>, UTC; "unknown" for INSTANT_NONE. The second form without seconds.
void html_time(struct html *html, int64_t instant);
void html_minute(struct html *html, int64_t instant);
void html_percent(struct html *html, double probability); // "93 %", at most "99 %"; "under 1 %"
// "2.30", with a typographic minus; of a number of hundredths.
void html_hundredths(struct html *html, int64_t hundredths, bool has_sign);
int64_t hundredths_of(double number);
// <span class="level high">high</span>
void html_level(struct html *html, enum sigma_level level);
// Opens and closes a part: a section with a heading and the id incident-N-name, or name where there is no case.
void html_part(struct html *html, const struct html_case *its, const char *name, const char *title);
void html_part_end(struct html *html);
// A <details> with the record ids, at most HTML_RECORDS of them; nothing where there are none.
void html_records(struct html *html, const struct str *ids, size_t listed, uint64_t count);
const char *html_verdict_word(enum verdict_word word); // for people: "Cannot tell"
const char *html_plural(uint64_t number);

// ---- tables (html_table.c) ----------------------------------------------------------------------

// Tables that JavaScript makes sortable and searchable. The first rows are HTML, the others data for the
// script, so that a hundred thousand of them open at once. Add the cells of each row in the columns' order.
enum html_cell {
    CELL_TEXT,
    CELL_LONG,   // whole sentences
    CELL_CODE,   // ids: small, fixed width
    CELL_NUMBER, // whole, at the right
    CELL_TIME,
    CELL_LEVEL,  // severity
    CELL_RECORDS // record ids, folded away
};
struct html_column {
    const char *title;
    enum html_cell cell;
    bool is_facet; // offered as a choice: few different values
};
struct html_table {
    struct html *html;
    const struct html_column *columns;
    size_t column_count, cells, rows;
};
void html_table_open(struct html_table *table, struct html *html, const char *caption,
                     const struct html_column *columns, size_t column_count);
void html_cell_text(struct html_table *table, struct str text); // text, code, level
void html_cell_number(struct html_table *table, uint64_t number);
void html_cell_time(struct html_table *table, int64_t instant);
void html_cell_records(struct html_table *table, const struct str *ids, size_t listed,
                       uint64_t count);
// `left_out` rows there was no room for; `file` of the report folder has them all.
void html_table_close(struct html_table *table, uint64_t left_out, const char *file);

// ---- charts -------------------------------------------------------------------------------------

// Columns of equal time: the smallest usual step that gives at most `limit` of them.
struct html_axis {
    int64_t from, step;
    size_t count;
};
struct html_axis html_axis_of(int64_t first, int64_t last, int64_t least_step, size_t limit);
size_t html_axis_place(const struct html_axis *axis, int64_t instant);
// The line of dates below a chart, and "a column is 6 hours".
void html_axis_print(struct html *html, const struct html_axis *axis);

void html_hours(struct html *html, const struct html_case *its);
void html_days(struct html *html, const struct html_case *its);
void html_graph(struct html *html, const struct html_case *its);
void html_coverage(struct html *html);

// ---- parts --------------------------------------------------------------------------------------

void html_incident(struct html *html, const struct html_case *its, size_t of);
void html_incident_parts(struct html *html, const struct html_case *its); // links to its parts
void html_hypotheses(struct html *html, const struct html_case *its);
void html_scope(struct html *html, const struct html_case *its);
void html_gaps(struct html *html, const struct html_case *its);
void html_steps(struct html *html, const struct html_case *its);
void html_techniques(struct html *html, const struct html_case *its);
void html_findings(struct html *html, const struct html_case *its);
void html_loose_findings(struct html *html); // those of no incident told in full
void html_events(struct html *html, const struct html_case *its);
void html_inputs(struct html *html);
void html_raw(struct html *html); // the cited records themselves; nothing where none were read
void html_method(struct html *html);

#endif
