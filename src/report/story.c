// Incidents told to people: a headline, three sentences, the findings it rests on, the mailboxes.
// SPDX-License-Identifier: Apache-2.0
#include "report/story.h"

#include "base/figure.h"
#include "report/safe.h"
#include "report/table.h"

#define FINDING_ROWS 8
#define MAILBOX_ROWS 12

struct telling {
    const struct finding_list *findings;
    const struct style *style;
    struct pen *pen;
    struct arena arena;
};

static void line(struct telling *t, enum tint tint, struct str text, size_t indent)
{
    for (size_t i = 0; i < indent; i++)
        buf_add_char(&t->pen->buf, ' ');
    wrap_text(&t->pen->buf, t->style, tint, text, indent, indent);
    buf_add_char(&t->pen->buf, '\n');
}

static uint64_t count_of(const struct incident *incident, enum entity_kind kind)
{
    uint64_t count = 0;
    for (size_t i = 0; i < incident->entity_count; i++)
        count += incident->entities[i].kind == kind;
    return count;
}

static void add_span(const struct incident *incident, struct buf *out)
{
    char first[FIGURE_SIZE], last[FIGURE_SIZE], dwell[FIGURE_SIZE];
    if (incident->first == INSTANT_NONE)
        return;
    buf_print(out, "From %s to %s UTC", figure_minute(incident->first, first),
              figure_minute(incident->last, last));
    int64_t days = (incident->last - incident->first) / DAY;
    if (days)
        buf_print(out, " (%s day%s)", figure_number((uint64_t)days, dwell),
                  figure_plural((uint64_t)days));
    buf_add(out, S(". "));
}

static void add_reach(const struct incident *incident, struct buf *out)
{
    char a[FIGURE_SIZE], b[FIGURE_SIZE];
    struct incident_totals totals = incident_totals(incident);
    if (!incident->mailbox_count) {
        buf_add(out, S("No mail access by whoever did this is in these logs. "));
        return;
    }
    buf_print(out, "%s message%s in %s mailbox%s %s proved to have been read",
              figure_number(totals.read, a), figure_plural(totals.read),
              figure_number(incident->mailbox_count, b), incident->mailbox_count == 1 ? "" : "es",
              totals.read == 1 ? "is" : "are");
    if (totals.least > totals.read)
        buf_print(out, " (%s opened in all)", figure_number(totals.least, a));
    if (totals.folders)
        buf_print(out, "; %s folder%s synchronised, all of whose content must be taken as read",
                  figure_number(totals.folders, a), totals.folders == 1 ? " was" : "s were");
    if (totals.throttled)
        buf_add(out, S("; where logging was throttled more was read than is logged"));
    buf_add(out, S(". "));
    if (incident->other_actions)
        buf_print(out, "%s other action%s by the same hand %s in the logs. ",
                  figure_number(incident->other_actions, a), figure_plural(incident->other_actions),
                  incident->other_actions == 1 ? "is" : "are");
}

static void print_findings(struct telling *t, const struct incident *incident)
{
    for (size_t i = 0; i < incident->finding_count && i < FINDING_ROWS; i++) {
        const struct finding *finding = &t->findings->items[incident->findings[i]];
        struct buf text;
        buf_init(&text);
        buf_print(&text, "[%s] ", sigma_level_name(finding->severity));
        buf_add(&text, finding->title);
        if (finding->statement.len) {
            buf_add(&text, S(": "));
            buf_add(&text, finding->statement);
        } else {
            char number[FIGURE_SIZE];
            buf_print(&text, " (%s event%s)", figure_number(finding->event_count, number),
                      figure_plural(finding->event_count));
        }
        buf_add(&t->pen->buf, S("  "));
        buf_add(&t->pen->buf, t->style->is_utf8 ? S("\xe2\x80\xa2 ") : S("- "));
        wrap_text(&t->pen->buf, t->style, TINT_NONE, buf_str(&text), 4, 4);
        buf_add_char(&t->pen->buf, '\n');
        buf_done(&text);
    }
    if (incident->finding_count > FINDING_ROWS) {
        struct str more =
            arena_print(&t->arena, "and %zu more findings", incident->finding_count - FINDING_ROWS);
        line(t, TINT_DIM, more, 4);
    }
}

static void print_mailboxes(struct telling *t, const struct incident *incident)
{
    static const struct table_column columns[] = {
        {"mailbox", COLUMN_ELASTIC}, {"read", COLUMN_RIGHT},     {"folders", COLUMN_RIGHT},
        {"accesses", COLUMN_RIGHT},  {"first", COLUMN_OPTIONAL}, {"last", COLUMN_OPTIONAL}};
    struct table table;
    table_init(&table, &t->arena, t->style, columns, 6);
    for (size_t i = 0; i < incident->mailbox_count && i < MAILBOX_ROWS; i++) {
        const struct incident_mailbox *mailbox = &incident->mailboxes[i];
        table_add(&table, TINT_NONE, mailbox->mailbox);
        table_add_number(&table, mailbox->read_count);
        table_add_number(&table, mailbox->presumed_count);
        table_add_number(&table, mailbox->accesses);
        table_add_minute(&table, mailbox->first);
        table_add_minute(&table, mailbox->last);
    }
    table_print(&table, 4, &t->pen->buf);
    table_done(&table);
    if (incident->mailbox_count > MAILBOX_ROWS)
        line(t, TINT_DIM,
             arena_print(&t->arena, "and %zu more mailboxes, in scope.csv (--out)",
                         incident->mailbox_count - MAILBOX_ROWS),
             4);
}

static void print_gaps(struct telling *t, const struct incident *incident)
{
    for (size_t i = 0; i < incident->gap_count && i < 4; i++) {
        struct str text = arena_print(&t->arena, "Not known: %.*s (%.*s.)",
                                      (int)incident->gaps[i].what.len, incident->gaps[i].what.at,
                                      (int)incident->gaps[i].why.len, incident->gaps[i].why.at);
        line(t, TINT_DIM, text, 4);
    }
}

#define STEP_ROWS 3

// What happened, what was reached, how sure; and what to do first.
static void print_verdict(struct telling *t, const struct verdict *verdict)
{
    for (int i = 0; i < 3; i++)
        line(t, i == 0 ? TINT_BOLD : TINT_NONE, verdict->sentences[i], 2);
    for (size_t i = 0; i < verdict->step_count && i < STEP_ROWS; i++) {
        const struct verdict_step *step = &verdict->steps[i];
        if (i == 0)
            line(t, TINT_BOLD, S("Do first"), 2);
        line(t, TINT_NONE,
             arena_print(&t->arena, "%zu. %.*s", i + 1, (int)step->step.len, step->step.at), 4);
    }
    if (verdict->step_count > STEP_ROWS)
        line(t, TINT_DIM,
             arena_print(&t->arena, "and %zu more steps, with commands, in the report (--out)",
                         verdict->step_count - STEP_ROWS),
             4);
}

// What the findings alone say, of an incident that was not investigated.
static void print_facts(struct telling *t, const struct incident *incident)
{
    char a[FIGURE_SIZE];
    struct buf text;
    buf_init(&text);
    add_span(incident, &text);
    uint64_t users = count_of(incident, ENTITY_USER);
    if (users)
        buf_print(&text, "%s account%s concerned. ", figure_number(users, a), figure_plural(users));
    add_reach(incident, &text);
    line(t, TINT_NONE, str_trim(buf_str(&text)), 2);
    buf_done(&text);
}

static void print_incident(struct telling *t, const struct incident *incident,
                           const struct verdict *verdict, size_t number)
{
    struct buf text;
    buf_init(&text);
    buf_print(&text, "%zu. %s: ", number, sigma_level_name(incident->severity));
    buf_add(&text, incident->title);
    buf_add_char(&t->pen->buf, '\n');
    line(t, tint_of_level(incident->severity), buf_str(&text), 0);
    buf_done(&text);
    if (verdict)
        print_verdict(t, verdict);
    else
        print_facts(t, incident);
    print_findings(t, incident);
    print_mailboxes(t, incident);
    print_gaps(t, incident);
    pen_rest(t->pen);
}

void story_print(const struct outline *outline, const struct style *style, struct pen *pen)
{
    const struct incident_list *incidents = &outline->result->incidents;
    struct telling t = {.findings = &outline->result->findings, .style = style, .pen = pen};
    if (!incidents->count)
        return;
    arena_init(&t.arena);
    buf_add_char(&pen->buf, '\n');
    tint_text(&pen->buf, style, TINT_BOLD, S("Incidents"));
    buf_add_char(&pen->buf, '\n');
    for (size_t i = 0; i < incidents->count && i < STORY_INCIDENTS; i++)
        print_incident(&t, &incidents->items[i],
                       outline->result->verdicts ? &outline->result->verdicts[i] : NULL, i + 1);
    if (incidents->count > STORY_INCIDENTS)
        line(&t, TINT_DIM,
             arena_print(&t.arena, "and %zu more incidents, in report.json (--out)",
                         incidents->count - STORY_INCIDENTS),
             2);
    buf_add_char(&pen->buf, '\n');
    arena_done(&t.arena);
}
