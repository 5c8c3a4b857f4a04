// A pen writes a long report to a sink through a buffer that stays small.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_PEN_H
#define STORMGLASS_REPORT_PEN_H

#include "base/buf.h"
#include "report/outline.h"

struct pen {
    struct buf buf; // write here, freely
    const struct sink *sink;
    bool is_refused;
};

void pen_init(struct pen *pen, const struct sink *sink);
// Between two pieces of a report: hands the buffer on when it has become large.
void pen_rest(struct pen *pen);
// Hands on the remainder and releases the buffer. False when the sink refused something.
bool pen_done(struct pen *pen);

// A finding as one JSON object (contract.md), without a line feed; used by json and jsonl.
void finding_print_json(const struct finding *finding, struct buf *out);

// An incident as one JSON object.
// `verdict` NULL: it was not investigated.
void incident_print_json(struct pen *pen, const struct incident *incident,
                         const struct verdict *verdict, const struct finding_list *findings);
// The members "sentences" and "hypotheses" of an incident; and "remediation" and "timeline".
void verdict_print_json(struct pen *pen, const struct verdict *verdict);
void verdict_print_json_steps(struct pen *pen, const struct verdict *verdict);
// The member "coverage" of a report, a comma and a line feed behind it.
void json_add_coverage(struct pen *pen, const struct scan_result *result);
// , "entities": {...} of entities sorted by kind.
void json_add_entities(struct buf *out, const struct entity *entities, size_t count);

// "key": value members for JSON objects; is_first leaves out the comma before.
void json_add_text(struct buf *out, const char *key, struct str text, bool is_first);
void json_add_time(struct buf *out, const char *key, int64_t instant,
                   bool is_first); // null: unknown
void json_add_number(struct buf *out, const char *key, uint64_t number, bool is_first);

#endif
