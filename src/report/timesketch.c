// timeline.csv: findings in order of time with the columns Timesketch asks for (message, datetime,
// timestamp_desc), one row at a finding's first event and one at its last; and what the investigation of
// each incident adds (observations, gaps, conclusions, single events), with the incident's id where a
// finding's would stand. What has no time stands at the end with an empty datetime.
// Source: Timesketch documentation, "Create timeline from JSON/JSONL/CSV file".
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
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
    size_t
        finding; // of a finding; otherwise behind all of them, so that findings of a time come first
    bool is_last;
    const struct incident *incident;   // NULL: of a finding
    const struct verdict_event *event; // of the incident's investigation
};

struct moment_list {
    struct moment *items;
    size_t count, capacity;
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

static void add_event(struct buf *out, const struct moment *moment)
{
    static const char *const descriptions[] = {"Event of incident", "Finding of incident",
                                               "Observation", "Gap in the logs", "Conclusion"};
    const struct verdict_event *event = moment->event;
    assert((size_t)event->kind < sizeof descriptions / sizeof *descriptions);
    safe_csv(out, event->text);
    add_datetime(out, event->time);
    add_cell(out, str_from(descriptions[event->kind]));
    add_cell(out, str_from(sigma_level_name(moment->incident->severity)));
    add_cell(out, S("investigation"));
    add_cell(out, moment->incident->title);
    // user, mailbox, ip, app, attack: the text tells of them
    buf_print(out, ",,,,,,%zu", event->event_count);
    add_cell(out, str_from(moment->incident->id));
    add_cell(out, event->event_count ? event->events[0] : S(""));
    buf_add(out, S("\r\n"));
}

static void add_moment(struct moment_list *list, struct moment moment)
{
    ARRAY_GROW(list->items, list->count, list->capacity);
    list->items[list->count++] = moment;
}

// Findings are told by rows of their own already.
static void gather_events(struct moment_list *list, const struct scan_result *result)
{
    size_t place = result->findings.count;
    for (size_t i = 0; result->verdicts && i < result->incidents.count; i++)
        for (size_t k = 0; k < result->verdicts[i].timeline_count; k++) {
            const struct verdict_event *event = &result->verdicts[i].timeline[k];
            if (event->kind != VERDICT_FINDING)
                add_moment(list, (struct moment){.time = event->time,
                                                 .finding = place++,
                                                 .incident = &result->incidents.items[i],
                                                 .event = event});
        }
}

static void gather_findings(struct moment_list *list, const struct finding_list *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        add_moment(list, (struct moment){.time = findings->items[i].first, .finding = i});
        if (findings->items[i].last != findings->items[i].first)
            add_moment(list, (struct moment){
                                 .time = findings->items[i].last, .finding = i, .is_last = true});
    }
}

bool report_timesketch(const struct outline *outline, const struct sink *sink)
{
    const struct finding_list *findings = &outline->result->findings;
    struct moment_list list = {0};
    gather_findings(&list, findings);
    gather_events(&list, outline->result);
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, compare_moments);
    struct pen pen;
    pen_init(&pen, sink);
    buf_add(&pen.buf,
            S("message,datetime,timestamp_desc,severity,detector,title,user,mailbox,ip,app,"
              "attack,event_count,finding_id,record_id\r\n"));
    for (size_t i = 0; i < list.count && !pen.is_refused; i++) {
        if (list.items[i].event)
            add_event(&pen.buf, &list.items[i]);
        else
            add_row(&pen.buf, &findings->items[list.items[i].finding], &list.items[i]);
        pen_rest(&pen);
    }
    free(list.items);
    return pen_done(&pen);
}
