// What questions about the attacker have in common.
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"
#include "evidence/around.h"

#include <stdio.h>

#include "event/app_name.h"
#include "event/outcome.h"

// ---- rows -------------------------------------------------------------------------------------

// As in the detector of tokens that were never issued.
static bool is_back_end(const struct knowledge *k, const struct activity *a)
{
    switch (knowledge_client(k, a->client)) {
    case CLIENT_REST_SYSTEM:
    case CLIENT_SERVER:
    case CLIENT_ASSISTANT:
    case CLIENT_TRANSPORT:
    case CLIENT_MIGRATION:
    case CLIENT_DISCOVERY:
        return knowledge_is_neutral(k, a->address);
    default:
        return false;
    }
}

static bool is_access(const struct knowledge *k, const struct activity *a)
{
    bool is_graph = a->kind == ACTIVITY_GRAPH && (a->flags & ACTIVITY_REACHES_MAIL);
    return (a->kind == ACTIVITY_MAIL_ACCESS || is_graph) && knowledge_is_token_bearing(a) &&
           !is_back_end(k, a);
}

static bool is_use(const struct knowledge *k, const struct activity *a)
{
    return attacker_is_success(a) || (knowledge_is_token_bearing(a) && !is_back_end(k, a));
}

struct attacker attacker_of(const struct dossier *dossier)
{
    struct attacker attacker = {.dossier = dossier};
    const struct dossier_row *row;
    size_t at = 0;
    while (!attacker.has_elsewhere &&
           (row = dossier_next(dossier, &at, DOSSIER_ATTACKER, ACTIVITY_KIND_COUNT)))
        attacker.has_elsewhere = is_use(dossier->knowledge, &row->first) &&
                                 !knowledge_is_neutral(dossier->knowledge, row->first.address) &&
                                 !attacker_is_at_home(dossier, row);
    return attacker;
}

bool attacker_owns(const struct attacker *attacker, const struct dossier_row *row)
{
    bool may_be_own = attacker->has_elsewhere && !attacker_is_by_app(&row->first);
    return row->part == DOSSIER_ATTACKER &&
           !(may_be_own && attacker_is_at_home(attacker->dossier, row));
}

const struct dossier_row *attacker_next(const struct attacker *attacker, size_t *at)
{
    while (*at < attacker->dossier->count) {
        const struct dossier_row *row = &attacker->dossier->rows[(*at)++];
        if (attacker_owns(attacker, row))
            return row;
    }
    return NULL;
}

const struct dossier_row *attacker_next_access(const struct attacker *attacker, size_t *at)
{
    const struct dossier *dossier = attacker->dossier;
    const struct dossier_row *row;
    while ((row = dossier_next(dossier, at, DOSSIER_ATTACKER, ACTIVITY_KIND_COUNT)))
        if (is_access(dossier->knowledge, &row->first) && attacker_owns(attacker, row))
            return row;
    return NULL;
}

const struct dossier_row *attacker_next_bearer(const struct attacker *attacker, size_t *at)
{
    const struct dossier *dossier = attacker->dossier;
    const struct dossier_row *row;
    while ((row = dossier_next(dossier, at, DOSSIER_ATTACKER, ACTIVITY_KIND_COUNT)))
        if (knowledge_is_token_bearing(&row->first) &&
            !is_back_end(dossier->knowledge, &row->first) && attacker_owns(attacker, row))
            return row;
    return NULL;
}

bool attacker_is_success(const struct activity *activity)
{
    return activity->kind == ACTIVITY_SIGN_IN && activity->outcome == OUTCOME_SUCCESS &&
           activity->error == 0;
}

const struct dossier_row *attacker_next_sign_in(const struct attacker *attacker, size_t *at)
{
    const struct dossier_row *row;
    while ((row = dossier_next(attacker->dossier, at, DOSSIER_ATTACKER, ACTIVITY_SIGN_IN)))
        if (attacker_is_success(&row->first) && attacker_owns(attacker, row))
            return row;
    return NULL;
}

int64_t attacker_begins(const struct attacker *attacker)
{
    size_t at = 0, other = 0;
    const struct dossier_row *access = attacker_next_access(attacker, &at);
    const struct dossier_row *sign_in = attacker_next_sign_in(attacker, &other);
    if (!access)
        return sign_in ? sign_in->first.time : INSTANT_NONE;
    return sign_in && sign_in->first.time < access->first.time ? sign_in->first.time
                                                               : access->first.time;
}

bool attacker_is_by_app(const struct activity *activity)
{
    return activity->actor == ACTOR_APPLICATION || (activity->flags & ACTIVITY_IS_SERVICE);
}

// Logon type 0 is the owner's, whatever name it gives (Office 365 Management Activity API schema, LogonType).
bool attacker_is_foreign(const struct dossier *dossier, const struct activity *activity)
{
    uint32_t person = knowledge_person(dossier->knowledge, activity);
    if (!person || !activity->mailbox || attacker_is_by_app(activity))
        return false;
    return !knowledge_is_own_mailbox(dossier->knowledge, activity) && activity->logon_type != 0;
}

uint32_t attacker_app(const struct activity *activity)
{
    return activity->client_app ? activity->client_app : activity->app;
}

bool attacker_is_foreign_app(const struct dossier *dossier, uint32_t app)
{
    return app && !app_name_find(dossier_text(dossier, app));
}

// Of a person about whom it is known where they are as a rule.
static bool may_judge_place(const struct knowledge *k, const struct activity *a)
{
    uint32_t person = knowledge_person(k, a);
    return person && a->address && !knowledge_is_neutral(k, a->address) &&
           knowledge_knows_places(k, person);
}

// Days outside the incident: with the activity's network, and all on which its person was seen.
struct outside {
    unsigned there, all;
};

static struct outside days_outside(const struct dossier *dossier, const struct activity *a)
{
    const struct knowledge *k = dossier->knowledge;
    const struct incident *incident = dossier->incident;
    uint32_t network = knowledge_network(k, a->address);
    if (!network || incident->first == INSTANT_NONE)
        return (struct outside){0, 0};
    struct habit_answer answer =
        knowledge_habit_days(k, HABIT_USER, knowledge_person(k, a), HABIT_NETWORK, network,
                             incident->first, incident->last);
    return (struct outside){answer.days_outside, answer.history_before + answer.history_after};
}

static bool is_usual(const struct dossier *dossier, const struct activity *a)
{
    const struct knowledge *k = dossier->knowledge;
    return (!around_is_vague_place(dossier, a->address) &&
            knowledge_is_usual_place(k, knowledge_person(k, a), a->address)) ||
           knowledge_is_colleagues_place(k, a->address) || around_is_own_place(dossier, a);
}

bool attacker_is_at_home(const struct dossier *dossier, const struct dossier_row *row)
{
    const struct knowledge *k = dossier->knowledge;
    const struct activity *a = &row->first;
    if (!may_judge_place(k, a) || !is_usual(dossier, a))
        return false;
    // What an intruder does not leave at a place makes it the owner's, however few other days there are.
    if (row->part != DOSSIER_ATTACKER || around_is_own_place(dossier, a) ||
        knowledge_is_colleagues_place(k, a->address))
        return true;
    struct outside days = days_outside(dossier, a);
    return days.there || days.all < HABIT_DAYS_KNOWN;
}

bool attacker_is_away(const struct dossier *dossier, const struct dossier_row *row)
{
    const struct activity *a = &row->first;
    if (!may_judge_place(dossier->knowledge, a))
        return false;
    if (!is_usual(dossier, a))
        return true;
    if (around_is_own_place(dossier, a) ||
        knowledge_is_colleagues_place(dossier->knowledge, a->address))
        return false;
    struct outside days = days_outside(dossier, a);
    return row->part == DOSSIER_ATTACKER && !days.there && days.all >= HABIT_DAYS_KNOWN;
}

bool attacker_is_try(const struct attacker *attacker, const struct dossier_row *row)
{
    if (row->first.kind != ACTIVITY_SIGN_IN || (row->first.flags & ACTIVITY_IS_SERVICE))
        return false;
    return row->part == DOSSIER_OWNER ? attacker_is_away(attacker->dossier, row)
                                      : attacker_owns(attacker, row);
}

// ---- names ------------------------------------------------------------------------------------

bool attacker_names_has(const struct attacker_names *names, uint32_t symbol)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->symbols[i] == symbol)
            return true;
    return false;
}

bool attacker_names_add(struct attacker_names *names, uint32_t symbol)
{
    if (!symbol || attacker_names_has(names, symbol))
        return false;
    if (names->count == DOSSIER_SUBJECT_LIMIT) {
        names->is_over = true;
        return false;
    }
    names->symbols[names->count++] = symbol;
    return true;
}

void attacker_print_text(const struct dossier *dossier, uint32_t symbol, struct buf *out)
{
    buf_add(out, dossier_text(dossier, symbol));
}

void attacker_print_names(const struct dossier *dossier, const struct attacker_names *names,
                          struct buf *out)
{
    enum { LISTED = 3 };
    size_t listed = names->count <= LISTED + 1 ? names->count : LISTED;
    for (size_t i = 0; i < listed; i++) {
        if (i)
            buf_add(out, i + 1 == names->count ? S(" and ") : S(", "));
        attacker_print_text(dossier, names->symbols[i], out);
    }
    if (listed < names->count)
        buf_print(out, " and %s%zu more", names->is_over ? "at least " : "", names->count - listed);
}

void attacker_print_app(const struct dossier *dossier, uint32_t app, struct buf *out)
{
    const char *name = app_name_find(dossier_text(dossier, app));
    if (name)
        buf_print(out, "%s (", name);
    attacker_print_text(dossier, app, out);
    if (name)
        buf_add_char(out, ')');
}

void attacker_print_actor(const struct dossier *dossier, const struct activity *activity,
                          struct buf *out)
{
    uint32_t person = knowledge_person(dossier->knowledge, activity);
    uint32_t who = person ? person : activity->user ? activity->user : activity->object;
    if (who)
        attacker_print_text(dossier, who, out);
    else
        buf_add(out, activity->actor == ACTOR_APPLICATION ? S("An application") : S("Someone"));
}

void attacker_print_minute(int64_t time, struct buf *out)
{
    struct instant_parts p = instant_split(time);
    buf_print(out, "%04d-%02d-%02d %02d:%02d", p.year, p.month, p.day, p.hour, p.minute);
}

void attacker_print_count(uint64_t count, const char *one, const char *many, struct buf *out)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            buf_add_char(out, ',');
        buf_add_char(out, digits[i]);
    }
    buf_print(out, " %s", count == 1 ? one : many);
}

void attacker_find_addresses(const struct attacker *attacker, struct attacker_names *addresses)
{
    const struct dossier_row *row;
    for (size_t at = 0; (row = attacker_next(attacker, &at));)
        if (!knowledge_is_neutral(attacker->dossier->knowledge, row->first.address))
            attacker_names_add(addresses, row->first.address);
}

const struct finding *attacker_finding(const struct dossier *dossier, const char *detector,
                                       const struct attacker_names *names)
{
    const struct finding *finding;
    for (size_t at = 0; (finding = dossier_finding(dossier, &at, detector));)
        for (size_t e = 0; e < finding->entity_count; e++)
            for (size_t n = 0; n < names->count; n++)
                if (str_equal(finding->entities[e].text, dossier_text(dossier, names->symbols[n])))
                    return finding;
    return NULL;
}

void attacker_count_add(struct attacker_count *count, const struct dossier_row *row)
{
    bool is_audit = row->first.source == SOURCE_M365_AUDIT;
    *(is_audit ? &count->by_audit : &count->by_sign_in) += row->records;
}

uint64_t attacker_count_of(const struct attacker_count *count)
{
    return count->by_audit > count->by_sign_in ? count->by_audit : count->by_sign_in;
}
