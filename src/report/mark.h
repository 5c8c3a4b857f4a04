// Markdown (CommonMark with GitHub's tables and task lists) of text that nobody vouches for: nothing in it becomes
// a heading, a link, an image, HTML, a mention, a formula or the end of a table's cell. Written so that other dialects
// (GitLab, Jira's import, wikis) have nothing to mistake either.
// Sources: CommonMark 0.31.2 (2.4 backslash escapes, 4.5 fenced code blocks, 6.1 code spans); GitHub Flavored Markdown
// 0.29 (4.10 tables, 6.9 autolinks).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_MARK_H
#define STORMGLASS_REPORT_MARK_H

#include "base/buf.h"

// A value as it stands in a log, as a code span: in it nothing is markup. A pipe is written \x7c, which a table cannot
// take for the end of a cell; what cannot be seen is escaped as by safe_text. "none" where it is empty.
void mark_value(struct buf *out, struct str value);

// Words for people that may have values in them. Signs that could be markup are escaped; a word that some dialect
// would make a link or a mention of (with @ # :// or a dot inside) becomes a code span. One line; white space at its
// ends is left out.
void mark_words(struct buf *out, struct str words);

// A row of a table: its cells, then mark_row_end.
void mark_cell_words(struct buf *out, struct str words);
void mark_cell_value(struct buf *out, struct str value);
void mark_cell_number(struct buf *out, uint64_t number); // 1,234
void mark_cell_time(struct buf *out, int64_t instant);   // "2026-11-22 10:15"; "unknown"
// Our own words and numbers, written as they are.
void mark_cell(struct buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void mark_row_end(struct buf *out);

// A fenced block of the language, each line of the text indented by so many blanks; the fence is longer than any run of
// backticks in the text. Line feeds end lines, whatever else cannot be seen is escaped.
void mark_block(struct buf *out, const char *language, struct str text, size_t indent);

#endif
