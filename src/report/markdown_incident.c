// One incident in report.md.
// SPDX-License-Identifier: Apache-2.0
#include "base/figure.h"
#include "base/map.h"
#include "report/indicator.h"
#include "report/mark.h"
#include "report/markdown_parts.h"
#include "report/technique.h"

#define FINDING_ROWS 50
#define INDICATOR_ROWS 50
#define TIMELINE_ROWS 100
#define TECHNIQUE_ROWS 64

uint64_t incident_count_of(const struct incident *incident, enum entity_kind kind)
{
    uint64_t count = 0;
    for (size_t i = 0; i < incident->entity_count; i++)
        count += incident->entities[i].kind == kind;
    return count;
}

static void add_facts(struct buf *out, const struct incident *incident)
{
    char first[FIGURE_SIZE], last[FIGURE_SIZE], span[INSTANT_SIZE];
    buf_print(out, "- Severity: **%s**, confidence %u %%\n- Incident: `%s`\n",
              sigma_level_name(incident->severity), confidence_percent(incident->confidence),
              incident->id);
    if (incident->first != INSTANT_NONE)
        buf_print(out, "- From %s to %s UTC (%s)\n", figure_minute(incident->first, first),
                  figure_minute(incident->last, last),
                  instant_print_span(incident->last - incident->first, span));
    buf_print(out, "- Accounts named: %s; ",
              figure_number(incident_count_of(incident, ENTITY_USER), first));
    buf_print(out, "mailboxes reached: %s; ", figure_number(incident->mailbox_count, first));
    buf_print(out, "other actions by the same hand: %s\n",
              figure_number(incident->other_actions, first));
}

static void add_verdict(struct buf *out, const struct verdict *verdict)
{
    if (!verdict) {
        buf_add(out, S("\nThis incident was not investigated, so there are no stories that may "
                       "explain it and no steps against it here.\n"));
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        if (!str_trim(verdict->sentences[i]).len)
            continue;
        buf_add_char(out, '\n');
        mark_words(out, verdict->sentences[i]);
        buf_add_char(out, '\n');
    }
    if (verdict->hypothesis_count) {
        const struct verdict_hypothesis *leader = &verdict->hypotheses[0];
        buf_add(out, S("\n**How sure:** "));
        mark_words(out, leader->title);
        buf_print(out, ": %s, %.1f %%%s.\n", verdict_phrase(leader->word),
                  100 * leader->probability, verdict->is_decided ? "" : "; not decided");
    }
    if (str_trim(verdict->first_step).len) {
        buf_add(out, S("\n**First:** "));
        mark_words(out, verdict->first_step);
        buf_add_char(out, '\n');
    }
}

static void add_gaps(struct pen *pen, const struct incident *incident)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("\n### What the logs cannot tell\n\n"));
    if (!incident->gap_count) {
        buf_add(out, S("No gap of the logs bears on this incident.\n"));
        return;
    }
    buf_add(out, S("| what | why | how to close it |\n| --- | --- | --- |\n"));
    for (size_t i = 0; i < incident->gap_count; i++) {
        mark_cell_words(out, incident->gaps[i].what);
        mark_cell_words(out, incident->gaps[i].why);
        mark_cell_words(out, incident->gaps[i].how);
        mark_row_end(out);
        pen_rest(pen);
    }
}

static void add_technique(struct buf *out, struct str id)
{
    const char *name = technique_name(id), *parent = technique_name(technique_parent(id));
    buf_add(out, S("- "));
    if (technique_is_id(id)) {
        buf_print(out, "[%.*s](", (int)id.len, id.at);
        technique_add_url(out, id);
        buf_add_char(out, ')');
    } else {
        mark_value(out, id);
    }
    if (name && parent && id.len > 5)
        buf_print(out, " %s: %s", parent, name);
    else if (name)
        buf_print(out, " %s", name);
    buf_add_char(out, '\n');
}

static void add_techniques(struct pen *pen, const struct outline *outline,
                           const struct incident *incident)
{
    struct map seen;
    size_t rows = 0;
    map_init(&seen);
    buf_add(&pen->buf, S("\n### ATT&amp;CK\n\n"));
    for (size_t i = 0; i < incident->finding_count; i++) {
        const struct finding *finding = &outline->result->findings.items[incident->findings[i]];
        for (size_t k = 0; k < finding->attack_count && rows < TECHNIQUE_ROWS; k++) {
            bool is_new = false;
            map_add(&seen, finding->attack[k], &is_new);
            if (!is_new)
                continue;
            rows++;
            add_technique(&pen->buf, finding->attack[k]);
        }
    }
    if (!rows)
        buf_add(&pen->buf, S("The findings name no technique.\n"));
    map_done(&seen);
}

static void add_findings(struct pen *pen, const struct outline *outline,
                         const struct incident *incident)
{
    struct buf *out = &pen->buf;
    buf_add(out, S("\n### Findings\n\n| severity | finding | what was seen | events | first | last "
                   "| id |\n| --- | --- | --- | ---: | --- | --- | --- |\n"));
    for (size_t i = 0; i < incident->finding_count && i < FINDING_ROWS; i++) {
        const struct finding *finding = &outline->result->findings.items[incident->findings[i]];
        mark_cell(out, "%s", sigma_level_name(finding->severity));
        mark_cell_words(out, finding->title);
        mark_cell_words(out, finding->statement);
        mark_cell_number(out, finding->event_count);
        mark_cell_time(out, finding->first);
        mark_cell_time(out, finding->last);
        mark_cell(out, "`%s`", finding->id);
        mark_row_end(out);
        pen_rest(pen);
    }
    markdown_more(out, incident->finding_count, FINDING_ROWS, "findings", "findings.jsonl");
}

static void add_indicators(struct pen *pen, const struct outline *outline, size_t number)
{
    struct buf *out = &pen->buf;
    struct indicator_list list;
    indicators_find(outline->result, number, &list);
    buf_add(out, S("\n### What to search for elsewhere\n\n"));
    if (!list.count)
        buf_add(out, S("Nothing in the findings is the attacker's alone.\n"));
    else
        buf_add(out, S("| kind | value | first | last | confidence | named by |\n"
                       "| --- | --- | --- | --- | ---: | --- |\n"));
    for (size_t i = 0; i < list.count && i < INDICATOR_ROWS; i++) {
        const struct indicator *item = &list.items[i];
        mark_cell(out, "%s", entity_kind_name(item->kind));
        mark_cell_value(out, item->value);
        mark_cell_time(out, item->first);
        mark_cell_time(out, item->last);
        mark_cell(out, "%u %%", confidence_percent(item->confidence));
        mark_cell_words(out, item->finding->title);
        mark_row_end(out);
        pen_rest(pen);
    }
    markdown_more(out, list.count, INDICATOR_ROWS, "indicators", "iocs.csv");
    indicators_done(&list);
}

static const char *kind_phrase(enum verdict_event_kind kind)
{
    static const char *const phrases[] = {"event", "finding", "observation", "gap", "conclusion"};
    return (unsigned)kind < 5 ? phrases[kind] : "event";
}

static void add_timeline(struct pen *pen, const struct verdict *verdict)
{
    struct buf *out = &pen->buf;
    if (!verdict->timeline_count)
        return;
    buf_add(out, S("\n### What happened when\n\n| time (UTC) | | what |\n| --- | --- | --- |\n"));
    for (size_t i = 0; i < verdict->timeline_count && i < TIMELINE_ROWS; i++) {
        const struct verdict_event *event = &verdict->timeline[i];
        mark_cell_time(out, event->time);
        mark_cell(out, "%s", kind_phrase(event->kind));
        mark_cell_words(out, event->text);
        mark_row_end(out);
        pen_rest(pen);
    }
    markdown_more(out, verdict->timeline_count, TIMELINE_ROWS, "rows", "timeline.csv");
}

void markdown_incident(const struct outline *outline, size_t number, struct pen *pen)
{
    const struct incident *incident = &outline->result->incidents.items[number];
    const struct verdict *verdict = outline_verdict(outline->result, number);
    buf_print(&pen->buf, "\n## Incident %zu: ", number + 1);
    mark_words(&pen->buf, incident->title);
    buf_add(&pen->buf, S("\n\n"));
    add_facts(&pen->buf, incident);
    add_verdict(&pen->buf, verdict);
    if (verdict) {
        markdown_steps(pen, verdict);
        markdown_hypotheses(pen, verdict);
    }
    markdown_scope(pen, incident);
    add_gaps(pen, incident);
    add_indicators(pen, outline, number);
    if (verdict)
        add_timeline(pen, verdict);
    add_techniques(pen, outline, incident);
    add_findings(pen, outline, incident);
}
