// findings.jsonl: one finding a line, the same object as in report.json.
// SPDX-License-Identifier: Apache-2.0
#include "report/pen.h"
#include "report/report.h"

bool report_jsonl(const struct outline *outline, const struct sink *sink)
{
    const struct finding_list *findings = &outline->result->findings;
    struct pen pen;
    pen_init(&pen, sink);
    for (size_t i = 0; i < findings->count && !pen.is_refused; i++) {
        finding_print_json(&findings->items[i], &pen.buf);
        buf_add_char(&pen.buf, '\n');
        pen_rest(&pen);
    }
    return pen_done(&pen);
}
