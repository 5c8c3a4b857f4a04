// Sorting activities into the dossiers of incidents.
// SPDX-License-Identifier: Apache-2.0
#include "incident/dossier.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "event/outcome.h"

// What one dossier gathers while activities are seen.
struct gathering {
    struct dossier_row *rows;
    size_t count, capacity;
    uint64_t by_part[DOSSIER_PARTS], unlisted[DOSSIER_PARTS];
    uint64_t changes[DOSSIER_PARTS]; // rows of them, which by_part does not count
    uint32_t *subjects[3];           // people, mailboxes, applications
    size_t subject_counts[3];
    bool has_more;    // subjects
    int64_t from, to; // of the people around
};
enum { PEOPLE, MAILBOXES, APPS };

// A symbol that incidents are about, and which: a range of `owners`.
struct subject {
    uint32_t symbol, incident;
};

struct dossier_set {
    const struct knowledge *knowledge;
    const struct finding_list *findings;
    struct gathering *gatherings;
    uint32_t count;
    struct subject *subjects; // by symbol, incident
    size_t subject_count, subject_capacity;
    uint64_t *bits; // of the subjects' symbols
    uint32_t bit_count;
    size_t rows;
    struct arena arena;  // keys
    struct map keys;     // what rows have in common -> row
    int64_t first, last; // of all incidents, with what is looked at around them
};

// ---- whom incidents are about -----------------------------------------------------------------

static int by_number(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static int by_symbol(const void *left, const void *right)
{
    const struct subject *a = left, *b = right;
    int order = by_number(&a->symbol, &b->symbol);
    return order ? order : by_number(&a->incident, &b->incident);
}

static void add_symbol(struct gathering *g, int which, uint32_t symbol)
{
    size_t count = g->subject_counts[which];
    if (!symbol)
        return;
    for (size_t i = 0; i < count; i++)
        if (g->subjects[which][i] == symbol)
            return;
    if (count == DOSSIER_SUBJECT_LIMIT) {
        g->has_more = true;
        return;
    }
    if (!g->subjects[which])
        g->subjects[which] = memory_new(DOSSIER_SUBJECT_LIMIT * sizeof(uint32_t));
    g->subjects[which][g->subject_counts[which]++] = symbol;
}

static uint32_t person_of(const struct dossier_set *set, struct str text)
{
    struct activity named = {.user = knowledge_symbol(set->knowledge, text)};
    return knowledge_person(set->knowledge, &named);
}

static void add_entity(struct dossier_set *set, struct gathering *g, const struct entity *entity)
{
    if (entity->kind == ENTITY_USER) {
        add_symbol(g, PEOPLE, person_of(set, entity->text));
    } else if (entity->kind == ENTITY_MAILBOX) {
        add_symbol(g, MAILBOXES, knowledge_symbol(set->knowledge, entity->text));
        add_symbol(g, PEOPLE, person_of(set, entity->text));
    } else if (entity->kind == ENTITY_APP || entity->kind == ENTITY_CLIENT_APP) {
        add_symbol(g, APPS, knowledge_symbol(set->knowledge, entity->text));
    }
}

static void enter_subjects(struct dossier_set *set, uint32_t number)
{
    struct gathering *g = &set->gatherings[number];
    for (int which = 0; which < 3; which++) {
        if (g->subject_counts[which])
            qsort(g->subjects[which], g->subject_counts[which], sizeof(uint32_t), by_number);
        for (size_t i = 0; i < g->subject_counts[which]; i++) {
            ARRAY_GROW(set->subjects, set->subject_count, set->subject_capacity);
            set->subjects[set->subject_count++] = (struct subject){g->subjects[which][i], number};
        }
    }
}

static void open_gathering(struct dossier_set *set, const struct incident *incident)
{
    struct gathering *g = &set->gatherings[incident->number];
    for (size_t f = 0; f < incident->finding_count; f++) {
        const struct finding *finding = &set->findings->items[incident->findings[f]];
        if (finding->severity < LEVEL_MEDIUM && f > 0)
            continue; // context, not what it is about
        for (size_t e = 0; e < finding->entity_count; e++)
            add_entity(set, g, &finding->entities[e]);
    }
    enter_subjects(set, incident->number);
    g->from = INT64_MAX;
    g->to = INT64_MIN;
    if (incident->first == INSTANT_NONE)
        return;
    g->from = incident->first - DOSSIER_BEFORE;
    g->to = incident->last + DOSSIER_AFTER;
    set->first = g->from < set->first ? g->from : set->first;
    set->last = g->to > set->last ? g->to : set->last;
}

static void mark_subjects(struct dossier_set *set)
{
    if (set->subject_count)
        qsort(set->subjects, set->subject_count, sizeof *set->subjects, by_symbol);
    uint32_t most = set->subject_count ? set->subjects[set->subject_count - 1].symbol : 0;
    set->bit_count = (most / 64 + 1) * 64;
    set->bits = memory_new(set->bit_count / 8);
    for (size_t i = 0; i < set->subject_count; i++)
        set->bits[set->subjects[i].symbol / 64] |= UINT64_C(1) << set->subjects[i].symbol % 64;
}

struct dossier_set *dossier_set_new(const struct knowledge *knowledge,
                                    const struct finding_list *findings,
                                    const struct incident_list *incidents)
{
    struct dossier_set *set = memory_new(sizeof *set);
    set->knowledge = knowledge;
    set->findings = findings;
    set->count = (uint32_t)incidents->count;
    set->gatherings = memory_new((incidents->count + 1) * sizeof *set->gatherings);
    set->first = INT64_MAX;
    set->last = INT64_MIN;
    arena_init(&set->arena);
    map_init(&set->keys);
    for (size_t i = 0; i < incidents->count; i++) {
        assert(incidents->items[i].number < set->count);
        open_gathering(set, &incidents->items[i]);
    }
    mark_subjects(set);
    return set;
}

void dossier_set_free(struct dossier_set *set)
{
    if (!set)
        return;
    for (uint32_t i = 0; i < set->count; i++) {
        free(set->gatherings[i].rows);
        for (int which = 0; which < 3; which++)
            free(set->gatherings[i].subjects[which]);
    }
    arena_done(&set->arena);
    map_done(&set->keys);
    free(set->gatherings);
    free(set->subjects);
    free(set->bits);
    free(set);
}

// ---- rows -------------------------------------------------------------------------------------

// What rows that are one have in common: all but the record, the token and the time of day.
struct row_key {
    uint32_t incident, operation, user, object, mailbox, app, client_app, resource, session,
        address, client, agent, device, target, target_app, detail, tenant;
    int32_t error;
    int32_t period;
    uint16_t flags;
    uint8_t kind, source, outcome, actor, part, workload;
};

// The attacker's rows are told apart by the hour, the others' by the day and not by session: people open new
// ones all the time.
static struct row_key key_of(const struct activity *a, uint32_t incident, enum dossier_part part)
{
    bool is_attacker = part == DOSSIER_ATTACKER;
    struct row_key key;
    memset(&key, 0, sizeof key); // the bytes between the members are compared too
    key.incident = incident;
    key.operation = a->operation;
    key.user = a->user;
    key.object = a->object;
    key.mailbox = a->mailbox;
    key.app = a->app;
    key.client_app = a->client_app;
    key.resource = is_attacker ? a->resource : 0;
    key.session = is_attacker ? a->session : 0;
    key.address = a->address;
    key.client = a->client;
    key.agent = a->agent;
    key.device = a->device;
    key.target = a->target;
    key.target_app = a->target_app;
    bool is_mail = a->kind >= ACTIVITY_MAIL_ACCESS && a->kind <= ACTIVITY_MAIL_SEARCH;
    key.detail = is_attacker || !is_mail ? a->detail : 0;
    key.tenant = a->tenant;
    key.error = a->error;
    key.period = (int32_t)(a->time / (is_attacker ? HOUR : DAY));
    key.flags = a->flags & (uint16_t) ~(ACTIVITY_HAS_TOKEN | ACTIVITY_HAS_GUID);
    key.kind = a->kind;
    key.source = a->source;
    key.outcome = a->outcome;
    key.actor = a->actor;
    key.part = (uint8_t)part;
    key.workload = a->workload;
    return key;
}

static const uint64_t part_limits[DOSSIER_PARTS] = {DOSSIER_ATTACKER_LIMIT, DOSSIER_OWNER_LIMIT,
                                                    DOSSIER_AROUND_LIMIT};

static bool is_change(const struct activity *a)
{
    return a->kind >= ACTIVITY_MAIL_RULE && a->kind <= ACTIVITY_DIRECTORY &&
           a->kind != ACTIVITY_OWA_TOKEN;
}

// Whether there is room for a row. The attacker's come as they come; everyday life is rationed by time, a
// sixteenth of it ahead.
static bool has_room(const struct gathering *g, const struct activity *a, enum dossier_part part)
{
    uint64_t limit = part_limits[part];
    if (part == DOSSIER_ATTACKER)
        return g->by_part[part] < limit;
    if (is_change(a))
        return g->changes[part] < DOSSIER_CHANGE_LIMIT;
    double passed = (double)(a->time - g->from) / (double)(g->to - g->from);
    double share = passed + 1.0 / 16;
    return (double)g->by_part[part] < (double)limit * (share < 1 ? share : 1);
}

static void take(struct dossier_set *set, const struct activity *a, uint32_t number,
                 enum dossier_part part)
{
    struct gathering *g = &set->gatherings[number];
    struct row_key key = key_of(a, number, part);
    struct str bytes = str_of((const char *)&key, sizeof key);
    const struct map_entry *entry = map_find(&set->keys, bytes);
    if (entry) {
        struct dossier_row *row = &g->rows[entry->number];
        row->last = a->time;
        row->records++;
        row->first.count =
            row->first.count > UINT32_MAX - a->count ? UINT32_MAX : row->first.count + a->count;
        return;
    }
    if (!has_room(g, a, part) || set->rows == DOSSIER_ROW_LIMIT) {
        g->unlisted[part]++;
        return;
    }
    (*(part != DOSSIER_ATTACKER && is_change(a) ? &g->changes[part] : &g->by_part[part]))++;
    set->rows++;
    map_add(&set->keys, arena_copy(&set->arena, bytes), NULL)->number = g->count;
    ARRAY_GROW(g->rows, g->count, g->capacity);
    g->rows[g->count++] =
        (struct dossier_row){.first = *a, .last = a->time, .records = 1, .part = (uint8_t)part};
}

// ---- who did it -------------------------------------------------------------------------------

// What concerns everybody in the tenant, whoever is named.
static bool is_tenant_wide(const struct activity *a)
{
    switch ((enum activity_kind)a->kind) {
    case ACTIVITY_FEDERATION:
    case ACTIVITY_AUDIT_CHANGE:
    case ACTIVITY_TRANSPORT_RULE:
    case ACTIVITY_IMPERSONATION:
    case ACTIVITY_EDISCOVERY:
    case ACTIVITY_ROLE:
        return true;
    default:
        return false;
    }
}

static bool is_subject(const struct dossier_set *set, uint32_t symbol)
{
    return symbol && symbol < set->bit_count && set->bits[symbol / 64] >> symbol % 64 & 1;
}

static bool is_taken(const uint32_t *numbers, uint32_t count, uint32_t number)
{
    for (uint32_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

enum { TOUCH_LIMIT = 32 }; // incidents that one activity of the people around may belong to

struct touched {
    uint32_t numbers[TOUCH_LIMIT], count;
};

// The incidents that are about the symbol, in whose time it is and which have no row of it yet.
static void touch(struct dossier_set *set, const struct activity *a, uint32_t symbol,
                  enum dossier_part part, struct touched *touched)
{
    if (!is_subject(set, symbol))
        return;
    size_t low = 0, high = set->subject_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (set->subjects[middle].symbol < symbol)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < set->subject_count && set->subjects[low].symbol == symbol; low++) {
        uint32_t number = set->subjects[low].incident;
        struct gathering *g = &set->gatherings[number];
        if (a->time < g->from || a->time > g->to ||
            is_taken(touched->numbers, touched->count, number))
            continue;
        if (touched->count ==
            TOUCH_LIMIT) { // no longer known whether it was taken: at most once too often
            g->unlisted[part]++;
            continue;
        }
        touched->numbers[touched->count++] = number;
        take(set, a, number, part);
    }
}

// A change by or for an incident's people. What they read, and what Microsoft's machinery did in their
// mailboxes, is theirs; what others changed about them is around.
void dossier_see(struct dossier_set *set, const struct activity *activity, const uint32_t *numbers,
                 uint32_t count)
{
    struct touched touched = {0};
    if (activity->time < set->first || activity->time > set->last)
        return;
    for (uint32_t i = 0; i < count && touched.count < TOUCH_LIMIT; i++) {
        take(set, activity, numbers[i], DOSSIER_ATTACKER);
        touched.numbers[touched.count++] = numbers[i];
    }
    touch(set, activity, knowledge_person(set->knowledge, activity), DOSSIER_OWNER, &touched);
    touch(set, activity, activity->mailbox, DOSSIER_OWNER, &touched);
    touch(set, activity, activity->target, DOSSIER_AROUND, &touched);
    touch(set, activity, activity->target_app, DOSSIER_AROUND, &touched);
    // What everybody does with an application is no concern of the incident's.
    if (is_change(activity) || (activity->flags & ACTIVITY_IS_SERVICE))
        touch(set, activity, activity->app, DOSSIER_AROUND, &touched);
    if (!is_tenant_wide(activity))
        return;
    for (uint32_t i = 0; i < set->count; i++) {
        const struct gathering *g = &set->gatherings[i];
        if (activity->time >= g->from && activity->time <= g->to &&
            !is_taken(touched.numbers, touched.count, i))
            take(set, activity, i, DOSSIER_AROUND);
    }
}

// ---- finished ---------------------------------------------------------------------------------

static int by_time(const void *left, const void *right)
{
    const struct dossier_row *a = left, *b = right;
    if (a->first.time != b->first.time)
        return a->first.time < b->first.time ? -1 : 1;
    if (a->first.identity != b->first.identity)
        return a->first.identity < b->first.identity ? -1 : 1;
    return (int)a->part - (int)b->part;
}

void dossier_set_finish(struct dossier_set *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->gatherings[i].count)
            qsort(set->gatherings[i].rows, set->gatherings[i].count, sizeof(struct dossier_row),
                  by_time);
    map_done(&set->keys);
    arena_done(&set->arena);
    map_init(&set->keys);
    arena_init(&set->arena);
}

struct dossier dossier_of(const struct dossier_set *set, const struct incident *incident)
{
    assert(incident->number < set->count);
    const struct gathering *g = &set->gatherings[incident->number];
    struct dossier dossier = {.knowledge = set->knowledge,
                              .findings = set->findings,
                              .incident = incident,
                              .rows = g->rows,
                              .count = g->count,
                              .people = g->subjects[PEOPLE],
                              .mailboxes = g->subjects[MAILBOXES],
                              .apps = g->subjects[APPS],
                              .people_count = g->subject_counts[PEOPLE],
                              .mailbox_count = g->subject_counts[MAILBOXES],
                              .app_count = g->subject_counts[APPS],
                              .has_more = g->has_more};
    memcpy(dossier.unlisted, g->unlisted, sizeof dossier.unlisted);
    return dossier;
}

const struct dossier_row *dossier_next(const struct dossier *dossier, size_t *at,
                                       enum dossier_part part, enum activity_kind kind)
{
    while (*at < dossier->count) {
        const struct dossier_row *row = &dossier->rows[(*at)++];
        if ((part == DOSSIER_PARTS || row->part == part) &&
            (kind == ACTIVITY_KIND_COUNT || row->first.kind == kind))
            return row;
    }
    return NULL;
}

struct str dossier_record(const struct dossier *dossier, const struct dossier_row *row,
                          struct arena *arena)
{
    char text[ACTIVITY_ID_SIZE];
    return arena_copy(arena, activity_id(&row->first, knowledge_texts(dossier->knowledge), text));
}

struct str dossier_text(const struct dossier *dossier, uint32_t symbol)
{
    return knowledge_text(dossier->knowledge, symbol);
}

const struct finding *dossier_finding(const struct dossier *dossier, size_t *at,
                                      const char *detector)
{
    bool is_any_rule = strcmp(detector, "sigma:") == 0;
    while (*at < dossier->incident->finding_count) {
        const struct finding *finding =
            &dossier->findings->items[dossier->incident->findings[(*at)++]];
        if (is_any_rule ? str_starts(finding->detector, S("sigma:"))
                        : str_is(finding->detector, detector))
            return finding;
    }
    return NULL;
}
