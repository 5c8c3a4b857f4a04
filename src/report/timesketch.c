// timeline.csv: findings in order of time with the columns Timesketch asks for (message, datetime,
// timestamp_desc), one row at a finding's first event and one at its last. A finding without a time
// stands at the end with an empty datetime.
// Source: Timesketch documentation, "Create timeline from JSON/JSONL/CSV file".
// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/figure.h"
#include "report/pen.h"
#include "report/report.h"
#include "report/safe.h"

#define VALUES_LIMIT 20 // of one kind of entity in one cell

struct moment {
    int64_t time;
    size_t finding;
    bool is_last;
};

static int compare_moments(const void *left, const void *right)
{
    const struct moment *a = left, *b = right;
    bool a_none = a->time == INSTANT_NONE, b_none = b->time == INSTANT_NONE;
    if (a_none != b_none)
        return a_none ? 1 : -1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->finding != b->finding)
        return a->finding < b->finding ? -1 : 1;
    return (int)a->is_last - (int)b->is_last;
}

static void add_cell(struct buf *out, struct str text)
{
    buf_add_char(out, ',');
    safe_csv(out, text);
}

static void add_values(struct buf *out, const struct finding *finding, enum entity_kind kind)
{
    struct buf cell;
    size_t count = 0;
    buf_init(&cell);
    for (size_t i = 0; i < finding->entity_count; i++) {
        if (finding->entities[i].kind != kind || ++count > VALUES_LIMIT)
            continue;
        buf_add(&cell, count > 1 ? S(" | ") : S(""));
        buf_add(&cell, finding->entities[i].text);
    }
    if (count > VALUES_LIMIT)
        buf_print(&cell, " | and %zu more", count - VALUES_LIMIT);
    add_cell(out, buf_str(&cell));
    buf_done(&cell);
}

static struct str first_of(const struct finding *finding, enum entity_kind kind)
{
    for (size_t i = 0; i < finding->entity_count; i++)
        if (finding->entities[i].kind == kind)
            return finding->entities[i].text;
    return S("");
}

static void add_message(struct buf *out, const struct finding *finding)
{
    struct buf cell;
    char number[FIGURE_SIZE];
    buf_init(&cell);
    buf_add(&cell, finding->title);
    struct str user = first_of(finding, ENTITY_USER), ip = first_of(finding, ENTITY_IP);
    if (user.len) { // not by %s: a zero byte in a name must not end it
        buf_add(&cell, S(": "));
        buf_add(&cell, user);
    }
    if (ip.len) {
        buf_add(&cell, S(" from "));
        buf_add(&cell, ip);
    }
    buf_print(&cell, " (%s event%s)", figure_number(finding->event_count, number),
              figure_plural(finding->event_count));
    safe_csv(out, buf_str(&cell));
    buf_done(&cell);
}

// RFC 3339 with +00:00, which every version of Timesketch reads.
static void add_datetime(struct buf *out, int64_t time)
{
    char text[INSTANT_SIZE];
    struct str shown = str_from(instant_print(time, text));
    buf_add_char(out, ',');
    if (shown.len)
        buf_print(out, "%.*s+00:00", (int)shown.len - 1, shown.at);
}

static void add_row(struct buf *out, const struct finding *finding, const struct moment *moment)
{
    char number[24];
    bool is_one = finding->first == finding->last;
    struct str record = S("");
    if (!moment->is_last && finding->listed)
        record = finding->events[0];
    else if (finding->listed && finding->listed == finding->event_count)
        record = finding->events[finding->listed - 1];
    add_message(out, finding);
    add_datetime(out, moment->time);
    add_cell(out, is_one            ? S("Finding")
                  : moment->is_last ? S("Last event of finding")
                                    : S("First event of finding"));
    add_cell(out, str_from(sigma_level_name(finding->severity)));
    add_cell(out, finding->detector);
    add_cell(out, finding->title);
    add_values(out, finding, ENTITY_USER);
    add_values(out, finding, ENTITY_MAILBOX);
    add_values(out, finding, ENTITY_IP);
    add_values(out, finding, ENTITY_APP);
    buf_add_char(out, ',');
    for (size_t i = 0; i < finding->attack_count; i++)
        buf_print(out, "%s%.*s", i ? " " : "", (int)finding->attack[i].len, finding->attack[i].at);
    snprintf(number, sizeof number, "%" PRIu64, finding->event_count);
    add_cell(out, str_from(number));
    add_cell(out, str_from(finding->id));
    add_cell(out, record);
    buf_add(out, S("\r\n"));
}

bool report_timesketch(const struct outline *outline, const struct sink *sink)
{
    const struct finding_list *findings = &outline->result->findings;
    struct moment *moments = memory_new((findings->count * 2 + 1) * sizeof *moments);
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++) {
        moments[count++] = (struct moment){findings->items[i].first, i, false};
        if (findings->items[i].last != findings->items[i].first)
            moments[count++] = (struct moment){findings->items[i].last, i, true};
    }
    qsort(moments, count, sizeof *moments, compare_moments);
    struct pen pen;
    pen_init(&pen, sink);
    buf_add(&pen.buf,
            S("message,datetime,timestamp_desc,severity,detector,title,user,mailbox,ip,app,"
              "attack,event_count,finding_id,record_id\r\n"));
    for (size_t i = 0; i < count && !pen.is_refused; i++) {
        add_row(&pen.buf, &findings->items[moments[i].finding], &moments[i]);
        pen_rest(&pen);
    }
    free(moments);
    return pen_done(&pen);
}
