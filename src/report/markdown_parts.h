// Parts of report.md. Private to report/markdown*.c and report/notification.c.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_MARKDOWN_PARTS_H
#define STORMGLASS_REPORT_MARKDOWN_PARTS_H

#include "report/pen.h"

// "Likely", "cannot tell": words for people.
const char *verdict_phrase(enum verdict_word word);

uint64_t incident_count_of(const struct incident *incident, enum entity_kind kind);

// "and 12 more messages, in `scope.csv`", where not all were shown.
void markdown_more(struct buf *out, uint64_t all, uint64_t shown, const char *what,
                   const char *where);

// One incident in full, from its heading of the second level on.
void markdown_incident(const struct outline *outline, size_t number, struct pen *pen);
// Its parts.
void markdown_hypotheses(struct pen *pen, const struct verdict *verdict);
void markdown_scope(struct pen *pen, const struct incident *incident);
void markdown_steps(struct pen *pen, const struct verdict *verdict);

#endif
