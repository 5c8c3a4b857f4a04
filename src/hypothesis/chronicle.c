// The story of an investigation, in the order of events.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/figure.h"
#include "event/outcome.h"
#include "hypothesis/tell.h"

#define EVENT_ROWS 150 // of the attacker's; the first of each thing they did, in each mailbox
#define FINDING_ROWS 60
#define GAP_ROWS 10

struct chronicle {
    const struct dossier *dossier;
    struct arena *arena;
    struct verdict *out;
    struct buf text;
    int64_t end;     // when observations and conclusions stand
    uint64_t untold; // acts that are new, but for which there is no room
};

static struct verdict_event *add(struct chronicle *c, int64_t time, enum verdict_event_kind kind)
{
    struct verdict *out = c->out;
    struct verdict_event *event = &out->timeline[out->timeline_count];
    if (out->timeline_count == VERDICT_TIMELINE_LIMIT)
        return NULL;
    out->timeline_count++;
    *event = (struct verdict_event){
        .time = time, .kind = kind, .text = arena_copy(c->arena, str_trim(buf_str(&c->text)))};
    buf_clear(&c->text);
    return event;
}

static void cite(struct verdict_event *event, struct str *records, size_t count)
{
    if (event) {
        event->events = records;
        event->event_count = count;
    }
}

// ---- what the attacker did --------------------------------------------------------------------

static void add_part(struct chronicle *c, const char *before, uint32_t symbol)
{
    struct str text = dossier_text(c->dossier, symbol);
    if (text.len) {
        buf_print(&c->text, "%s", before);
        buf_add(&c->text, text);
    }
}

// Records of sign-in logs and of the message trace name no operation.
static struct str what_was_done(const struct chronicle *c, const struct activity *a)
{
    struct str operation = dossier_text(c->dossier, a->operation);
    if (operation.len)
        return operation;
    if (a->kind != ACTIVITY_SIGN_IN)
        return a->kind == ACTIVITY_MESSAGE ? S("Message sent") : S("A record");
    if (a->flags & ACTIVITY_IS_DEVICE_CODE)
        return S("Device-code sign-in");
    if (a->flags & ACTIVITY_IS_SERVICE)
        return S("Application's sign-in");
    return a->flags & ACTIVITY_IS_INTERACTIVE ? S("Interactive sign-in")
                                              : S("Non-interactive sign-in");
}

static void add_row(struct chronicle *c, const struct dossier_row *row)
{
    const struct activity *a = &row->first;
    char number[FIGURE_SIZE];
    buf_add(&c->text, what_was_done(c, a));
    if (a->outcome == OUTCOME_FAILURE)
        buf_add(&c->text, S(" (failed)"));
    add_part(c, " by ", a->user);
    if (a->mailbox != a->user)
        add_part(c, " in ", a->mailbox);
    if (a->kind != ACTIVITY_MAIL_ACCESS)
        add_part(c, ": ", a->detail);
    add_part(c, " from ", a->address);
    if (row->records > 1)
        buf_print(&c->text, ", %s records within the hour", figure_number(row->records, number));
    struct verdict_event *event = add(c, a->time, VERDICT_EVENT);
    struct str *record = ARENA_NEW(c->arena, struct str);
    *record = dossier_record(c->dossier, row, c->arena);
    cite(event, record, record->len > 0);
}

// The same thing in the same mailbox from the same address is told once.
static bool is_told(const struct dossier_row *const *told, size_t count,
                    const struct dossier_row *row)
{
    for (size_t i = 0; i < count; i++) {
        const struct activity *a = &told[i]->first, *b = &row->first;
        if (a->kind == b->kind && a->operation == b->operation && a->mailbox == b->mailbox &&
            a->user == b->user && a->address == b->address && a->outcome == b->outcome &&
            (a->kind == ACTIVITY_MAIL_ACCESS || a->kind == ACTIVITY_SIGN_IN ||
             a->kind == ACTIVITY_GRAPH || a->detail == b->detail))
            return true;
    }
    return false;
}

static void add_rows(struct chronicle *c)
{
    const struct dossier_row *told[EVENT_ROWS];
    size_t at = 0, count = 0;
    const struct dossier_row *row;
    while ((row = dossier_next(c->dossier, &at, DOSSIER_ATTACKER, ACTIVITY_KIND_COUNT))) {
        if (is_told(told, count, row))
            continue;
        if (count == EVENT_ROWS) {
            c->untold++;
            continue;
        }
        told[count++] = row;
        add_row(c, row);
    }
}

// ---- what was found and asked -----------------------------------------------------------------

static void add_findings(struct chronicle *c)
{
    const struct incident *incident = c->dossier->incident;
    for (size_t i = 0; i < incident->finding_count && i < FINDING_ROWS; i++) {
        const struct finding *finding = &c->dossier->findings->items[incident->findings[i]];
        buf_print(&c->text, "%s: ", sigma_level_name(finding->severity));
        buf_add(&c->text, finding->title);
        struct verdict_event *event =
            add(c, finding->first == INSTANT_NONE ? c->end : finding->first, VERDICT_FINDING);
        cite(event, finding->events,
             finding->listed < EVIDENCE_RECORD_LIMIT ? finding->listed : EVIDENCE_RECORD_LIMIT);
    }
}

static void add_plan(struct chronicle *c)
{
    char a[FIGURE_SIZE], b[FIGURE_SIZE], d[FIGURE_SIZE];
    uint64_t records[DOSSIER_PARTS] = {0};
    for (size_t i = 0; i < c->dossier->count; i++)
        records[c->dossier->rows[i].part] += c->dossier->rows[i].records;
    buf_print(
        &c->text,
        "Looked at %s records of whoever did this, %s of the people and mailboxes around it and "
        "%s changes by others, and asked %zu questions of them.",
        figure_number(records[DOSSIER_ATTACKER], a), figure_number(records[DOSSIER_OWNER], b),
        figure_number(records[DOSSIER_AROUND], d), question_count);
    uint64_t unlisted = c->dossier->unlisted[DOSSIER_ATTACKER] +
                        c->dossier->unlisted[DOSSIER_OWNER] + c->dossier->unlisted[DOSSIER_AROUND];
    if (unlisted)
        buf_print(&c->text, " %s more found no room and were only counted.",
                  figure_number(unlisted, a));
    if (c->dossier->has_more)
        buf_print(
            &c->text,
            " More than %d people, mailboxes or applications are concerned; the others were not looked at.",
            DOSSIER_SUBJECT_LIMIT);
    add(c, c->end, VERDICT_OBSERVATION);
}

static void add_left_out(struct chronicle *c, uint64_t count, const char *what, const char *where)
{
    char number[FIGURE_SIZE];
    if (count)
        buf_print(&c->text, "%s%s more %s%s",
                  c->text.len ? "; " : "Not told here: ", figure_number(count, number), what,
                  where);
}

// What found no room in this story is counted.
static void add_rest(struct chronicle *c)
{
    const struct incident *incident = c->dossier->incident;
    add_left_out(c, c->untold, "acts of whoever did this", "");
    if (incident->finding_count > FINDING_ROWS)
        add_left_out(c, incident->finding_count - FINDING_ROWS, "findings",
                     ", which stand among the incident's findings");
    if (incident->gap_count > GAP_ROWS)
        add_left_out(c, incident->gap_count - GAP_ROWS, "gaps",
                     ", which stand among the incident's gaps");
    if (!c->text.len)
        return;
    buf_add_char(&c->text, '.');
    add(c, c->end, VERDICT_GAP);
}

static void add_answers(struct chronicle *c, const struct evidence *evidence)
{
    for (size_t i = 0; i < question_count; i++) {
        const struct evidence *said = &evidence[i];
        if (said->answer == EVIDENCE_CANNOT_TELL)
            continue;
        buf_print(&c->text, "%s %c%s. ", said->question,
                  (char)(evidence_answer_name(said->answer)[0] - 'a' + 'A'),
                  evidence_answer_name(said->answer) + 1);
        buf_add(&c->text, said->statement);
        cite(add(c, c->end, VERDICT_OBSERVATION), said->records, said->record_count);
    }
}

// What could not be told, where it matters to the leading story; and what the logs do not cover.
static void add_gaps(struct chronicle *c, const struct evidence *evidence)
{
    const struct verdict_hypothesis *leader = &c->out->hypotheses[0];
    for (size_t i = 0; i < leader->item_count; i++) {
        const struct verdict_item *item = &leader->items[i];
        if (item->direction != VERDICT_MISSING)
            continue;
        buf_add(&c->text, item->question);
        buf_add(&c->text, S(" Cannot be told. "));
        buf_add(&c->text, item->statement);
        for (size_t q = 0; q < question_count; q++)
            if (str_is(item->name, evidence[q].name) && evidence[q].how.len) {
                buf_add_char(&c->text, ' ');
                buf_add(&c->text, evidence[q].how);
            }
        add(c, c->end, VERDICT_GAP);
    }
    for (size_t i = 0; i < c->dossier->incident->gap_count && i < GAP_ROWS; i++) {
        const struct incident_gap *gap = &c->dossier->incident->gaps[i];
        buf_add(&c->text, gap->what);
        buf_add_char(&c->text, ' ');
        buf_add(&c->text, gap->why);
        add(c, c->end, VERDICT_GAP);
    }
}

static int by_time(const void *left, const void *right)
{
    const struct verdict_event *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->kind != b->kind)
        return (int)a->kind - (int)b->kind;
    return str_compare(a->text, b->text);
}

void verdict_chronicle(const struct dossier *dossier, const struct evidence *evidence,
                       struct arena *arena, struct verdict *out)
{
    struct chronicle c = {
        .dossier = dossier, .arena = arena, .out = out, .end = dossier->incident->last};
    buf_init(&c.text);
    out->timeline = ARENA_ARRAY(arena, struct verdict_event, VERDICT_TIMELINE_LIMIT);
    add_rows(&c);
    add_findings(&c);
    add_plan(&c);
    add_answers(&c, evidence);
    add_gaps(&c, evidence);
    add_rest(&c);
    for (int i = 0; i < 3; i += 2) {
        buf_add(&c.text, out->sentences[i]);
        buf_add_char(&c.text, ' ');
    }
    add(&c, c.end, VERDICT_CONCLUSION);
    qsort(out->timeline, out->timeline_count, sizeof *out->timeline, by_time);
    buf_done(&c.text);
}
