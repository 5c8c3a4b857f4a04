// iocs.csv: what is the attackers' own, one a row, to search for elsewhere and to block. Confidence is between 0 and
// 1; how it is come by stands in report/indicator.h. Tokens may begin with a minus sign, which a spreadsheet would take
// for a formula: as everywhere in our CSV, an apostrophe stands before it.
// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "base/figure.h"
#include "report/indicator.h"
#include "report/pen.h"
#include "report/report.h"
#include "report/safe.h"

static void add_time(struct buf *out, int64_t time)
{
    char text[INSTANT_SIZE];
    buf_add_char(out, ',');
    buf_add(out, str_from(instant_print(time, text)));
}

static void add_why(struct buf *out, const struct indicator *item)
{
    char number[FIGURE_SIZE];
    struct buf cell;
    buf_init(&cell);
    buf_print(&cell, "[%s] ", sigma_level_name(item->finding->severity));
    buf_add(&cell, item->finding->title);
    if (item->findings > 1)
        buf_print(&cell, ", and %s more finding%s", figure_number(item->findings - 1, number),
                  figure_plural(item->findings - 1));
    safe_csv(out, buf_str(&cell));
    buf_done(&cell);
}

static void add_row(struct pen *pen, const struct incident *incident, const struct indicator *item)
{
    struct buf *out = &pen->buf;
    buf_print(out, "%s,", entity_kind_name(item->kind));
    safe_csv(out, item->value);
    add_time(out, item->first);
    add_time(out, item->last);
    buf_print(out, ",%s,", incident->id);
    add_why(out, item);
    unsigned percent = confidence_percent(item->confidence);
    buf_print(out, ",%u.%02u\r\n", percent / 100, percent % 100);
    pen_rest(pen);
}

bool report_iocs(const struct outline *outline, const struct sink *sink)
{
    const struct scan_result *result = outline->result;
    struct pen pen;
    pen_init(&pen, sink);
    buf_add(&pen.buf, S("kind,value,first,last,incident,why,confidence\r\n"));
    for (size_t i = 0; i < result->incidents.count && !pen.is_refused; i++) {
        struct indicator_list list;
        indicators_find(result, i, &list);
        for (size_t k = 0; k < list.count && !pen.is_refused; k++)
            add_row(&pen, &result->incidents.items[i], &list.items[k]);
        indicators_done(&list);
    }
    return pen_done(&pen);
}
