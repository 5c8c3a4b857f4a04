// What a log says must stay text wherever it is shown: on a terminal, in JSON, in a spreadsheet. All
// text that a provider, an attacker or a rule wrote goes through one of these.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_SAFE_H
#define STORMGLASS_REPORT_SAFE_H

#include "base/buf.h"

// For a terminal or a line of text: control characters (C0, DEL, C1), bidirectional overrides and
// isolates, characters without width and bytes that are no UTF-8 become visible escapes: \x1b,
// \u202e, \n. Beyond SAFE_MARK_LIMIT combining marks in a row they become escapes as well. Without
// is_utf8 everything beyond ASCII is escaped.
#define SAFE_MARK_LIMIT 3
void safe_text(struct buf *out, struct str text, bool is_utf8);

// A JSON string with its quotes. The same characters are written as \uXXXX, which means the same to
// a reader of JSON and does nothing to a terminal; bytes that are no UTF-8 become U+FFFD.
void safe_json(struct buf *out, struct str text);

// One cell of CSV (RFC 4180: quoted when it must be). Escapes as safe_text, and a cell that a
// spreadsheet would take for a formula (= + - @ at its start, their full-width forms, blanks
// before them passed over) gets a leading apostrophe.
void safe_csv(struct buf *out, struct str cell);

// For HTML, between tags and in quoted attributes alike: escapes as safe_text, and & < > " ' become
// character references, so that no text can end where it stands.
void safe_html(struct buf *out, struct str text);

// A JSON string with its quotes for a <script> that holds data: the text as safe_text shows it, with
// < > & written as \u003c and so on, so that nothing in it can end the element or begin a comment.
void safe_script(struct buf *out, struct str text);

// The same, but exact: a reader of the JSON gets the text itself, with all that cannot be seen, and must make it visible
// where it shows it. Bytes that are no UTF-8 become U+FFFD.
void safe_data(struct buf *out, struct str text);

// Columns that a text takes on a terminal: two for East Asian wide characters and emoji, none for
// combining marks.
size_t text_width(struct str text);

// Writes as much of the (safe) text as fits, with an ellipsis where it was cut; gives its width.
size_t text_cut(struct buf *out, struct str text, size_t columns, bool is_utf8);

#endif
