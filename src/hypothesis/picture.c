// What the pictures of a report are drawn from.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/map.h"
#include "hypothesis/tell.h"

// Rows of a picture found again by what they are of.
struct picture {
    const struct dossier *dossier;
    struct arena *arena;
    struct verdict *out;
    struct map mailboxes; // address -> index into incident.mailboxes
    struct map keys;      // parts of a row -> its index, of the picture at hand
};

static size_t find(struct picture *p, const int64_t *parts, size_t count, size_t next, bool *is_new)
{
    struct str key = str_of((const char *)parts, count * sizeof *parts);
    struct map_entry *entry = map_find(&p->keys, key);
    *is_new = !entry;
    if (!entry) {
        entry = map_add(&p->keys, arena_copy(p->arena, key), NULL);
        entry->number = next;
    }
    return entry->number;
}

static int64_t floor_to(int64_t time, int64_t step)
{
    int64_t rest = time % step;
    return time - (rest < 0 ? rest + step : rest);
}

// ---- days -------------------------------------------------------------------------------------

static void add_day(struct picture *p, const struct dossier_row *row)
{
    struct verdict *out = p->out;
    const struct map_entry *mailbox =
        map_find(&p->mailboxes, dossier_text(p->dossier, row->first.mailbox));
    bool is_new;
    if (!mailbox || out->day_count == VERDICT_DAY_LIMIT)
        return;
    int64_t parts[2] = {(int64_t)mailbox->number, floor_to(row->first.time, DAY)};
    size_t at = find(p, parts, 2, out->day_count, &is_new);
    struct verdict_day *day = &out->days[at];
    if (is_new)
        out->days[out->day_count++] =
            (struct verdict_day){.mailbox = (uint32_t)parts[0], .day = parts[1]};
    *(row->part == DOSSIER_ATTACKER ? &day->attacker : &day->owner) += row->records;
}

static int by_day(const void *left, const void *right)
{
    const struct verdict_day *a = left, *b = right;
    if (a->mailbox != b->mailbox)
        return a->mailbox < b->mailbox ? -1 : 1;
    return a->day < b->day ? -1 : a->day > b->day;
}

// ---- hours ------------------------------------------------------------------------------------

static void add_hour(struct picture *p, const struct dossier_row *row)
{
    struct verdict *out = p->out;
    int64_t hour = floor_to(row->first.time, HOUR);
    bool is_new;
    if (out->hour_count == VERDICT_HOUR_LIMIT)
        return;
    size_t at = find(p, &hour, 1, out->hour_count, &is_new);
    struct verdict_hour *one = &out->hours[at];
    if (is_new)
        out->hours[out->hour_count++] = (struct verdict_hour){.hour = hour};
    switch ((enum activity_kind)row->first.kind) {
    case ACTIVITY_MAIL_ACCESS:
    case ACTIVITY_GRAPH:
    case ACTIVITY_MAIL_SEARCH:
    case ACTIVITY_FILE:
        one->reads += row->records;
        break;
    case ACTIVITY_SIGN_IN:
    case ACTIVITY_OWA_TOKEN:
        one->sign_ins += row->records;
        break;
    case ACTIVITY_OTHER:
    case ACTIVITY_MESSAGE:
        one->others += row->records;
        break;
    default:
        one->changes += row->records;
    }
}

static int by_hour(const void *left, const void *right)
{
    const struct verdict_hour *a = left, *b = right;
    return a->hour < b->hour ? -1 : a->hour > b->hour;
}

// ---- edges ------------------------------------------------------------------------------------

struct node {
    enum entity_kind kind;
    uint32_t symbol;
};

static void add_edge(struct picture *p, struct node from, struct node to, uint64_t count)
{
    struct verdict *out = p->out;
    int64_t parts[4] = {from.kind, from.symbol, to.kind, to.symbol};
    bool is_new;
    if (!from.symbol || !to.symbol || from.symbol == to.symbol ||
        out->edge_count == VERDICT_EDGE_LIMIT)
        return;
    size_t at = find(p, parts, 4, out->edge_count, &is_new);
    struct verdict_edge *edge = &out->edges[at];
    if (is_new)
        out->edges[out->edge_count++] = (struct verdict_edge){
            .from_kind = from.kind,
            .to_kind = to.kind,
            .from = arena_copy(p->arena, dossier_text(p->dossier, from.symbol)),
            .to = arena_copy(p->arena, dossier_text(p->dossier, to.symbol))};
    edge->count += count;
}

// address - session - account - application - mailbox
static void add_edges(struct picture *p, const struct dossier_row *row)
{
    const struct activity *a = &row->first;
    struct node address = {ENTITY_IP, a->address}, session = {ENTITY_SESSION, a->session},
                user = {ENTITY_USER, knowledge_person(p->dossier->knowledge, a)},
                app = {ENTITY_APP, a->client_app ? a->client_app : a->app},
                mailbox = {ENTITY_MAILBOX, a->mailbox};
    if (session.symbol) {
        add_edge(p, address, session, row->records);
        add_edge(p, session, user, row->records);
    } else {
        add_edge(p, address, user.symbol ? user : app, row->records);
    }
    if (user.symbol != mailbox.symbol || !app.symbol)
        add_edge(p, user, app.symbol ? app : mailbox, row->records);
    else
        add_edge(p, user, app, row->records);
    add_edge(p, app, mailbox, row->records);
}

static int by_count(const void *left, const void *right)
{
    const struct verdict_edge *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    if (a->from_kind != b->from_kind || a->to_kind != b->to_kind)
        return a->from_kind != b->from_kind ? (int)a->from_kind - (int)b->from_kind
                                            : (int)a->to_kind - (int)b->to_kind;
    int order = str_compare(a->from, b->from);
    return order ? order : str_compare(a->to, b->to);
}

// ---- all --------------------------------------------------------------------------------------

static void each_row(struct picture *p, enum dossier_part part, enum activity_kind kind,
                     void (*visit)(struct picture *p, const struct dossier_row *row))
{
    size_t at = 0;
    const struct dossier_row *row;
    while ((row = dossier_next(p->dossier, &at, part, kind)))
        visit(p, row);
    // What is kept of one picture says nothing of the next.
    map_done(&p->keys);
    map_init(&p->keys);
}

void verdict_picture(const struct dossier *dossier, struct arena *arena, struct verdict *out)
{
    struct picture p = {.dossier = dossier, .arena = arena, .out = out};
    const struct incident *incident = dossier->incident;
    map_init(&p.mailboxes);
    map_init(&p.keys);
    for (size_t i = 0; i < incident->mailbox_count; i++)
        map_add(&p.mailboxes, incident->mailboxes[i].mailbox, NULL)->number = i;
    size_t days = dossier->count < VERDICT_DAY_LIMIT ? dossier->count : VERDICT_DAY_LIMIT;
    size_t edges = dossier->count < 100 ? 5 * dossier->count : VERDICT_EDGE_LIMIT;
    size_t hours = dossier->count < VERDICT_HOUR_LIMIT ? dossier->count : VERDICT_HOUR_LIMIT;
    out->days = ARENA_ARRAY(arena, struct verdict_day, days + 1);
    out->edges = ARENA_ARRAY(arena, struct verdict_edge, edges + 1);
    out->hours = ARENA_ARRAY(arena, struct verdict_hour, hours + 1);
    each_row(&p, DOSSIER_PARTS, ACTIVITY_MAIL_ACCESS, add_day);
    each_row(&p, DOSSIER_ATTACKER, ACTIVITY_KIND_COUNT, add_hour);
    each_row(&p, DOSSIER_ATTACKER, ACTIVITY_KIND_COUNT, add_edges);
    if (out->day_count)
        qsort(out->days, out->day_count, sizeof *out->days, by_day);
    if (out->hour_count)
        qsort(out->hours, out->hour_count, sizeof *out->hours, by_hour);
    if (out->edge_count)
        qsort(out->edges, out->edge_count, sizeof *out->edges, by_count);
    map_done(&p.mailboxes);
    map_done(&p.keys);
}
