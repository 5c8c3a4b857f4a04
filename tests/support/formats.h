// A small result with verdicts for the reports that other people and programs read: every text field of it holds the
// text one asks for, so that a report can be shown to be harmless whatever stands in the logs.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_SUPPORT_FORMATS_H
#define STORMGLASS_TESTS_SUPPORT_FORMATS_H

#include "report/outline.h"

// What an attacker could put into any field: escapes, formulas, markup of many kinds, overrides, no UTF-8.
#define FORMATS_HOSTILE                                                                             \
    "\x1b[31m=cmd|' /C calc'!A0\x07\r\n\t\",<script>alert(1)</script>|[x](javascript:1)\\|`a``b```" \
    "\n# h\n~~~\n- [ ] @everyone #1 http://evil.example/?a&b www.evil.example $x$ _a_ *b* &lt; "    \
    "![i](//evil.example/p)\xe2\x80\xae\xc2\x9b\xff\xed\xa0\x80"

// It, and pieces of it alone, since one may undo what the other does.
extern const struct str formats_hostiles[];
extern const size_t formats_hostile_count;

// Everything is owned by the sample.
struct formats_sample {
    struct arena arena;
    struct outline outline;
    struct scan_result result;
};

// Three incidents: one that is decided to be an attack, one that a benign story explains, one of which nothing could be
// decided. `is_investigated` false: without verdicts.
void formats_sample_init(struct formats_sample *sample, struct str text, bool is_investigated);
void formats_sample_done(struct formats_sample *sample);

typedef bool formats_write(const struct outline *outline, const struct sink *sink);
// What a report writes.
void formats_print(const struct outline *outline, formats_write *report, struct buf *out);

#endif
