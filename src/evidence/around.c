// Distinct things among rows, how they stand on other days, and words for them.
// SPDX-License-Identifier: Apache-2.0
#include "evidence/around.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "detector/stranger.h"
#include "event/app_name.h"
#include "event/outcome.h"

// ---- distinct things --------------------------------------------------------------------------

// Of a person's days, so many at one network make it an ordinary one.
#define PLACE_SHARE 0.25

enum { SLOTS = 2 * AROUND_GROUPS, LISTED = 2 };

void around_init(struct around_table *table)
{
    table->count = 0;
    table->records = table->passed = 0;
    memset(table->slots, 0, sizeof table->slots);
}

struct around_group *around_add(struct around_table *table, struct around_key key,
                                const struct dossier_row *row)
{
    size_t at = hash_bytes(&key, sizeof key, 17) % SLOTS;
    table->records += row->records;
    while (table->slots[at] &&
           memcmp(&table->groups[table->slots[at] - 1].key, &key, sizeof key) != 0)
        at = (at + 1) % SLOTS;
    if (!table->slots[at]) {
        if (table->count == AROUND_GROUPS) {
            table->passed += row->records;
            return NULL;
        }
        table->groups[table->count++] = (struct around_group){.key = key, .row = row};
        table->slots[at] = (uint16_t)table->count;
    }
    struct around_group *group = &table->groups[table->slots[at] - 1];
    group->records += row->records;
    group->last = row->last > group->last ? row->last : group->last;
    return group;
}

// Rows of a dossier are in order of time.
static int by_records(const void *left, const void *right)
{
    const struct around_group *a = left, *b = right;
    if (a->records != b->records)
        return a->records > b->records ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return memcmp(&a->key, &b->key, sizeof a->key);
}

void around_sort(struct around_table *table)
{
    qsort(table->groups, table->count, sizeof table->groups[0], by_records);
}

// ---- rows -------------------------------------------------------------------------------------

const struct dossier_row *around_next_act(const struct dossier *dossier, size_t *at)
{
    const struct dossier_row *row;
    while ((row = dossier_next(dossier, at, DOSSIER_ATTACKER, ACTIVITY_KIND_COUNT)))
        if (row->first.outcome != OUTCOME_FAILURE)
            return row;
    return NULL;
}

uint32_t around_insider(const struct dossier *dossier)
{
    const struct incident *incident = dossier->incident;
    for (size_t f = 0; f < incident->finding_count; f++) {
        const struct finding *finding = &dossier->findings->items[incident->findings[f]];
        for (size_t e = 0; finding->is_insider && e < finding->entity_count; e++)
            if (finding->entities[e].kind == ENTITY_USER) {
                struct activity named = {
                    .user = knowledge_symbol(dossier->knowledge, finding->entities[e].text)};
                return knowledge_person(dossier->knowledge, &named);
            }
    }
    return 0;
}

bool around_is_insiders(const struct dossier *dossier, uint32_t insider,
                        const struct dossier_row *row)
{
    return insider && row->part == DOSSIER_OWNER && row->first.outcome != OUTCOME_FAILURE &&
           row->last >= dossier->incident->first && row->first.time <= dossier->incident->last &&
           knowledge_person(dossier->knowledge, &row->first) == insider;
}

bool around_is_app(const struct activity *activity)
{
    return activity->actor == ACTOR_APPLICATION || activity->flags & ACTIVITY_IS_SERVICE;
}

bool around_is_human(const struct activity *activity)
{
    return !around_is_app(activity) && activity->actor != ACTOR_PROVIDER &&
           activity->actor != ACTOR_SYSTEM;
}

uint32_t around_caller(const struct activity *activity)
{
    return activity->client_app ? activity->client_app : activity->app;
}

// ---- other days -------------------------------------------------------------------------------

// Of whom the habit is asked.
struct subject {
    enum habit_kind kind;
    uint32_t symbol;
};
enum { SUBJECTS = 3 };

static size_t subjects_of(const struct knowledge *k, const struct activity *a,
                          enum habit_facet facet, struct subject out[SUBJECTS])
{
    size_t count = 0;
    uint32_t person = knowledge_person(k, a);
    if (person)
        out[count++] = (struct subject){HABIT_USER, person};
    if (person && !around_is_app(a))
        out[count++] = (struct subject){HABIT_MAILBOX, person};
    if (around_is_app(a) && facet == HABIT_NETWORK && around_caller(a))
        out[count++] = (struct subject){HABIT_APP, around_caller(a)};
    if (a->mailbox && (around_is_app(a) || !person))
        out[count++] = (struct subject){HABIT_MAILBOX, a->mailbox};
    return count;
}

static struct habit_answer ask(const struct knowledge *k, const struct activity *a,
                               enum habit_facet facet, struct subject subject, int64_t from,
                               int64_t to, bool is_quick)
{
    struct activity as = *a;
    if (subject.kind == HABIT_APP) {
        uint32_t network =
            knowledge_is_neutral(k, a->address) ? 0 : knowledge_network(k, a->address);
        if (!network)
            return (struct habit_answer){.first = INSTANT_NONE, .chance = 1};
        return knowledge_habit(k, HABIT_APP, subject.symbol, facet, network, from, to);
    }
    as.kind = subject.kind == HABIT_MAILBOX ? ACTIVITY_MAIL_ACCESS : ACTIVITY_SIGN_IN;
    as.mailbox = subject.symbol;
    return is_quick ? knowledge_standing_days(k, &as, facet, from, to)
                    : knowledge_standing(k, &as, facet, from, to);
}

// The days that are left out: the incident's, or those of the value where they lie within them.
static struct habit_answer ask_outside(const struct dossier *dossier, const struct activity *a,
                                       enum habit_facet facet, struct subject subject,
                                       bool is_quick)
{
    const struct incident *incident = dossier->incident;
    bool is_dated = incident->first != INSTANT_NONE;
    // Whole days: what came an hour before may be the attacker's as well.
    int64_t from = is_dated ? incident->first / DAY * DAY : 1;
    int64_t to = is_dated ? incident->last / DAY * DAY + DAY - 1 : 0;
    struct habit_answer answer = ask(dossier->knowledge, a, facet, subject, from, to, is_quick);
    bool is_within = answer.first != INSTANT_NONE && answer.first / DAY >= from / DAY &&
                     answer.last / DAY <= to / DAY;
    if (answer.standing != HABIT_CANNOT_TELL || !is_within)
        return answer;
    struct habit_answer own =
        ask(dossier->knowledge, a, facet, subject, answer.first, answer.last, is_quick);
    if (own.standing != HABIT_NEW || !own.history_before)
        return answer; // there from the subject's first day on: it may be what they always had
    own.peers_outside = answer.peers_outside; // the attacker may have gone on elsewhere
    return own;
}

// A network is a whole town's: on three or four of many days it may have been a visit, and is then not known.
static enum habit_standing known_place(enum habit_facet facet, const struct habit_answer *answer)
{
    bool is_place = facet == HABIT_NETWORK || facet == HABIT_COUNTRY;
    bool is_visit = answer->days_outside < HABIT_DAYS_MEASURE && answer->share < PLACE_SHARE;
    return is_place && is_visit && answer->standing == HABIT_KNOWN ? HABIT_SEEN : answer->standing;
}

static struct around_standing stand(const struct dossier *dossier, const struct activity *a,
                                    enum habit_facet facet, bool is_quick)
{
    struct subject subjects[SUBJECTS];
    struct around_standing best = {.standing = HABIT_CANNOT_TELL, .chance = 1};
    size_t count = subjects_of(dossier->knowledge, a, facet, subjects);
    for (size_t i = 0; i < count; i++) {
        struct habit_answer answer = ask_outside(dossier, a, facet, subjects[i], is_quick);
        answer.standing = known_place(facet, &answer);
        unsigned history = answer.history_before + answer.history_after;
        // Days with the value say more than days without; of the latter the more days the better.
        if (i > 0 && (answer.standing < best.standing ||
                      (answer.standing == best.standing && history <= best.history)))
            continue;
        best = (struct around_standing){.standing = answer.standing,
                                        .days = answer.days_outside,
                                        .history = history,
                                        .chance = answer.chance,
                                        .kind = subjects[i].kind,
                                        .subject = subjects[i].symbol,
                                        .others = answer.peers_outside};
    }
    return best;
}

struct around_standing around_stand(const struct dossier *dossier, const struct activity *a,
                                    enum habit_facet facet)
{
    return stand(dossier, a, facet, false);
}

struct around_standing around_stand_days(const struct dossier *dossier, const struct activity *a,
                                         enum habit_facet facet)
{
    return stand(dossier, a, facet, true);
}

double around_trust(const struct around_standing *standing)
{
    double least = 0.1;
    if (standing->standing == HABIT_NEW)
        return standing->chance < 1 - least ? 1 - standing->chance : least;
    return (standing->days + 1.0) / (standing->days + 2.0);
}

double around_trust_address(const struct dossier *dossier, uint32_t address)
{
    const struct address_answer *answer = knowledge_address(dossier->knowledge, address);
    return answer->asn_by == ADDRESS_BY_NOTHING || answer->asn_by == ADDRESS_BY_PREFIX ? 0.8 : 1;
}

double around_share_listed(const struct dossier *dossier)
{
    uint64_t listed = 0, unlisted = dossier->unlisted[DOSSIER_ATTACKER];
    if (!unlisted)
        return 1;
    for (size_t i = 0; i < dossier->count; i++)
        if (dossier->rows[i].part == DOSSIER_ATTACKER)
            listed += dossier->rows[i].records;
    return (double)(listed + 1) / (double)(listed + unlisted + 1);
}

bool around_may_deny(const struct dossier *dossier, enum coverage_source source)
{
    const struct incident *incident = dossier->incident;
    return incident->first != INSTANT_NONE && !dossier->unlisted[DOSSIER_ATTACKER] &&
           coverage_may_deny(knowledge_coverage(dossier->knowledge), source, incident->first,
                             incident->last, NULL);
}

bool around_may_deny_insider(const struct dossier *dossier, enum coverage_source source)
{
    return around_may_deny(dossier, source) &&
           (!dossier->unlisted[DOSSIER_OWNER] || !around_insider(dossier));
}

// ---- words ------------------------------------------------------------------------------------

void around_print_minute(int64_t time, struct buf *out)
{
    if (time == INSTANT_NONE) {
        buf_add(out, S("an unknown time"));
        return;
    }
    struct instant_parts at = instant_split(time);
    buf_print(out, "%04d-%02d-%02d %02d:%02d", at.year, at.month, at.day, at.hour, at.minute);
}

void around_print_text(const struct dossier *dossier, uint32_t symbol, struct buf *out)
{
    struct str text = dossier_text(dossier, symbol);
    buf_add(out, text.len ? text : S("nobody named"));
}

void around_print_count(uint64_t count, const char *word, struct buf *out)
{
    buf_print(out, "%llu %s%s", (unsigned long long)count, word, count == 1 ? "" : "s");
}

void around_print_address(const struct dossier *dossier, uint32_t address, struct buf *out)
{
    if (address)
        stranger_print_place(dossier->knowledge, address, out);
    else
        buf_add(out, S("an address that is not named"));
}

static void print_one(const struct dossier *dossier, uint32_t symbol, bool is_address,
                      struct buf *out)
{
    if (is_address)
        around_print_address(dossier, symbol, out);
    else
        around_print_text(dossier, symbol, out);
}

void around_print_symbols(const struct dossier *dossier, const uint32_t *symbols, size_t count,
                          bool are_addresses, struct buf *out)
{
    size_t shown = count <= LISTED + 1 ? count : LISTED;
    for (size_t i = 0; i < shown; i++) {
        buf_add(out, i == 0 ? S("") : i + 1 < count ? S(", ") : S(" and "));
        print_one(dossier, symbols[i], are_addresses, out);
    }
    if (shown < count)
        buf_print(out, " and %zu more", count - shown);
}

void around_print_table(const struct dossier *dossier, const struct around_table *table,
                        unsigned part, bool are_addresses, struct buf *out)
{
    uint32_t symbols[AROUND_GROUPS];
    for (size_t i = 0; i < table->count; i++)
        symbols[i] = table->groups[i].key.part[part];
    around_print_symbols(dossier, symbols, table->count, are_addresses, out);
}

void around_print_app(const struct dossier *dossier, uint32_t app, struct buf *out)
{
    struct str text = dossier_text(dossier, app);
    const char *name = app_name_find(text);
    if (name)
        buf_print(out, "%s (%.*s)", name, (int)text.len, text.at);
    else
        buf_print(out, "application %.*s", (int)text.len, text.at);
}

// A way in as habits keep it, "REST app=<id> caller=<id>", with the names that are known.
static void print_way(struct str way, struct buf *out)
{
    struct str class = str_cut(&way, ' '), app = way.at ? str_cut(&way, ' ') : S("");
    struct str caller = way.at ? way : S("");
    str_cut(&app, '=');
    str_cut(&caller, '=');
    if (caller.at && caller.len)
        app = caller;
    const char *name = app.at ? app_name_find(app) : NULL;
    buf_add(out, class);
    if (!app.at || !app.len)
        return;
    buf_add(out, S(" by "));
    buf_add(out, name ? str_from(name) : app);
}

bool around_print_usual(const struct dossier *dossier, const struct around_standing *standing,
                        enum habit_facet facet, struct buf *out)
{
    const struct incident *incident = dossier->incident;
    bool is_dated = incident->first != INSTANT_NONE;
    struct habit_question question = {.kind = standing->kind,
                                      .facet = facet,
                                      .subject = standing->subject,
                                      .from = is_dated ? incident->first : 1,
                                      .to = is_dated ? incident->last : 0};
    struct habit_usual usual;
    if (!standing->subject ||
        !habit_list(knowledge_habits(dossier->knowledge), &question, &usual, 1) ||
        !usual.days_outside)
        return false;
    if (facet == HABIT_WAY)
        print_way(dossier_text(dossier, usual.value), out);
    else
        buf_add(out, dossier_text(dossier, usual.value));
    buf_print(out, " on %u of %u other days", usual.days_outside,
              standing->history > usual.days_outside ? standing->history : usual.days_outside);
    return true;
}

static bool has_insider(const struct dossier *dossier)
{
    const struct incident *incident = dossier->incident;
    for (size_t i = 0; i < incident->finding_count; i++)
        if (dossier->findings->items[incident->findings[i]].is_insider)
            return true;
    return false;
}

bool around_is_own_place(const struct dossier *dossier, const struct activity *activity)
{
    const struct knowledge *k = dossier->knowledge;
    uint32_t person = knowledge_person(k, activity);
    if (!person || knowledge_is_neutral(k, activity->address) || !knowledge_knows_places(k, person))
        return false;
    return knowledge_is_own_place(k, person, activity->address) ||
           (has_insider(dossier) && (knowledge_is_usual_place(k, person, activity->address) ||
                                     !knowledge_is_strange(k, activity)));
}

bool around_is_vague_place(const struct dossier *dossier, uint32_t address)
{
    const struct incident *incident = dossier->incident;
    struct str text = dossier_text(dossier, address);
    if (knowledge_address(dossier->knowledge, address)->asn)
        return false;
    for (size_t i = 0; i < incident->entity_count; i++)
        if (incident->entities[i].kind == ENTITY_IP && str_equal(incident->entities[i].text, text))
            return true;
    return false;
}

void around_print_hit(struct inquiry *inquiry, const struct dossier_row *row, uint64_t count,
                      const char *word, const char *what, bool *is_first)
{
    struct buf *text = inquiry_text(inquiry);
    buf_add(text, *is_first ? S("") : S("; "));
    around_print_count(count, word, text);
    buf_print(text, " %s, first at ", what);
    around_print_minute(row->first.time, text);
    inquiry_cite(inquiry, row);
    *is_first = false;
}
