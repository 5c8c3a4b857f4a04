// What questions about the attacker have in common.
// SPDX-License-Identifier: Apache-2.0
#include "evidence/attacker.h"

#include <stdio.h>

#include "baseline/issued.h"
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
        attacker.has_elsewhere =
            is_use(dossier->knowledge, &row->first) &&
            !knowledge_is_neutral(dossier->knowledge, row->first.address) &&
            !attacker_is_at_home(dossier, row);
    return attacker;
}

bool attacker_owns(const struct attacker *attacker, const struct dossier_row *row)
{
    return row->part == DOSSIER_ATTACKER &&
           !(attacker->has_elsewhere && attacker_is_at_home(attacker->dossier, row));
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
    return person != activity->mailbox && activity->logon_type != 0;
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

// The person was never in this network on days outside the incident, of which there are enough.
static bool is_of_incident_alone(const struct dossier *dossier, const struct activity *a)
{
    const struct knowledge *k = dossier->knowledge;
    const struct incident *incident = dossier->incident;
    uint32_t network = knowledge_network(k, a->address);
    if (!network || incident->first == INSTANT_NONE)
        return false;
    struct habit_answer answer =
        knowledge_habit_days(k, HABIT_USER, knowledge_person(k, a), HABIT_NETWORK, network,
                             incident->first, incident->last);
    return answer.days_outside == 0 &&
           answer.history_before + answer.history_after >= HABIT_DAYS_KNOWN;
}

bool attacker_is_at_home(const struct dossier *dossier, const struct dossier_row *row)
{
    const struct knowledge *k = dossier->knowledge;
    const struct activity *a = &row->first;
    return may_judge_place(k, a) &&
           knowledge_is_usual_place(k, knowledge_person(k, a), a->address) &&
           !(row->part == DOSSIER_ATTACKER && is_of_incident_alone(dossier, a));
}

bool attacker_is_away(const struct dossier *dossier, const struct dossier_row *row)
{
    return may_judge_place(dossier->knowledge, &row->first) && !attacker_is_at_home(dossier, row);
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

// ---- what lack of records proves --------------------------------------------------------------

// Rows are taken in order of time, so what found no room is later than the last that did.
static bool is_whole_until(const struct dossier *dossier, enum dossier_part part, int64_t time)
{
    int64_t last = INT64_MIN;
    for (size_t i = 0; dossier->unlisted[part] && i < dossier->count; i++)
        if (dossier->rows[i].part == part)
            last = dossier->rows[i].first.time;
    return !dossier->unlisted[part] || last >= time;
}

// By night and at weekends too few users sign in, and too little is changed in a directory, to prove that such a
// feed was alive; then it has to do that every hour of it counts as complete while one that comes with it is
// proved alive: as knowledge_may_deny_issue has it.
static bool is_covered(const struct coverage *coverage, enum coverage_source source,
                       enum coverage_source companion, int64_t from, int64_t to,
                       struct coverage_answer *gap)
{
    struct coverage_answer unwanted;
    if (coverage_may_deny(coverage, source, from, to, gap))
        return true;
    return gap->cause == COVERAGE_NOT_PROVED &&
           coverage_may_deny(coverage, companion, from, to, &unwanted);
}

static bool is_feed_covered(const struct dossier *dossier, enum attacker_feed feed, int64_t from,
                            int64_t to, struct coverage_answer *gap)
{
    const struct coverage *coverage = knowledge_coverage(dossier->knowledge);
    struct coverage_answer other;
    switch (feed) {
    case ATTACKER_EXCHANGE:
        return coverage_may_deny(coverage, COVERAGE_EXCHANGE, from, to, gap);
    case ATTACKER_SIGN_INS:
        return is_covered(coverage, COVERAGE_INTERACTIVE, COVERAGE_NON_INTERACTIVE, from, to, gap);
    default: // the audit log holds the directory's changes as well
        return is_covered(coverage, COVERAGE_ENTRA_AUDIT, COVERAGE_NON_INTERACTIVE, from, to,
                          gap) ||
               is_covered(coverage, COVERAGE_AZURE_AD, COVERAGE_EXCHANGE, from, to, &other);
    }
}

// A gap is told of the first hour in it: the reader wants to know how long it is.
struct widening {
    struct coverage_answer *gap;
};

static bool on_range(const struct coverage_answer *range, void *context)
{
    struct widening *w = context;
    if (range->to <= w->gap->from)
        return true;
    if (range->from <= w->gap->from && range->cause == w->gap->cause)
        *w->gap = *range;
    return false;
}

static void widen(const struct coverage *coverage, enum coverage_source source,
                  struct coverage_answer *gap)
{
    struct widening w = {gap};
    if (gap->cause != COVERAGE_NOT_PROVED)
        coverage_each_range(coverage, source, on_range, &w);
}

bool attacker_may_deny(const struct dossier *dossier, enum attacker_feed feed, int64_t event,
                       int64_t last, struct attacker_proof *out)
{
    // The attack's preparation may be older than what is proved; how much older is not known, so that three
    // days and one are taken for two thirds and one third as good as the dossier's whole week.
    static const struct {
        unsigned days;
        double reliability;
    } spans[] = {{7, 0.9}, {3, 0.6}, {1, 0.3}};
    *out = (struct attacker_proof){.from = event};
    bool is_whole = is_whole_until(dossier, DOSSIER_ATTACKER, last);
    bool is_all = is_whole_until(dossier, DOSSIER_OWNER, last) &&
                  is_whole_until(dossier, DOSSIER_AROUND, last);
    // Sign-ins at the attacker's addresses are their own rows.
    if (event == INSTANT_NONE || !is_whole || (!is_all && feed != ATTACKER_SIGN_INS)) {
        snprintf(out->gap.why, sizeof out->gap.why, "%s",
                 event == INSTANT_NONE ? "no sign-in or access of the attacker's is known"
                                       : "the incident has more records than are looked at");
        return false;
    }
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        int64_t from = event - spans[i].days * DAY;
        if (!is_feed_covered(dossier, feed, from, last, &out->gap))
            continue;
        out->from = from;
        out->days = spans[i].days;
        out->reliability = (is_all ? 1 : 0.7) * spans[i].reliability;
        return true;
    }
    static const enum coverage_source sources[] = {[ATTACKER_SIGN_INS] = COVERAGE_INTERACTIVE,
                                                   [ATTACKER_DIRECTORY] = COVERAGE_ENTRA_AUDIT,
                                                   [ATTACKER_EXCHANGE] = COVERAGE_EXCHANGE};
    widen(knowledge_coverage(dossier->knowledge), sources[feed], &out->gap);
    return false;
}

void attacker_issue_gap(const struct dossier *dossier, const struct activity *activity,
                        struct coverage_answer *out)
{
    const struct coverage *coverage = knowledge_coverage(dossier->knowledge);
    bool is_app = activity->actor == ACTOR_APPLICATION;
    bool has_issue = activity->issued_at != INSTANT_NONE;
    int64_t to = has_issue ? activity->issued_at + ISSUED_SKEW : activity->time;
    int64_t from = has_issue ? activity->issued_at - ISSUED_SKEW
                             : activity->time - (is_app ? ISSUED_APP_LIFE : ISSUED_USER_LIFE);
    enum coverage_source first = is_app ? COVERAGE_SERVICE_PRINCIPAL : COVERAGE_NON_INTERACTIVE;
    enum coverage_source second = is_app ? COVERAGE_MANAGED_IDENTITY : COVERAGE_INTERACTIVE;
    bool is_first = !coverage_may_deny(coverage, first, from, to, out);
    if (is_first || !coverage_may_deny(coverage, second, from, to, out))
        widen(coverage, is_first ? first : second, out);
}

void attacker_cannot_tell(struct inquiry *inquiry, const struct attacker_proof *proof)
{
    buf_print(inquiry_text(inquiry), ": %s.", proof->gap.why);
    inquiry_cannot_tell(inquiry, proof->gap.how);
}

double attacker_share(const struct dossier *dossier, enum dossier_part part)
{
    uint64_t listed = 0;
    for (size_t i = 0; i < dossier->count; i++)
        listed += dossier->rows[i].part == part ? dossier->rows[i].records : 0;
    uint64_t all = listed + dossier->unlisted[part];
    return all ? (double)listed / (double)all : 1;
}
