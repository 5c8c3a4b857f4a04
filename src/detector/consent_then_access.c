// An application was given consent to read mail, and then read mail for the first time.
// SPDX-License-Identifier: Apache-2.0
//
//   consent (mail in reach) ─▶ case of the application ─▶ its accesses within a week ─▶ judged at the end
//
// Case key: the application; for consents whose record names none {0, consenting person}, which becomes
// the case of the first application that was never seen in the tenant before and opens that mailbox.
#include <stdlib.h>

#include "detector/detector.h"
#include "detector/place.h"
#include "event/outcome.h"

// How long after a consent a first access belongs to it. Consent phishing redeems its code in minutes and
// reads within hours; a week leaves room for those who hand access on and for late logs.
#define CONSENT_WINDOW (7 * DAY)
// Where a record names no application, its mailbox is opened by an unknown one within a day.
#define CONSENT_NAMELESS_WINDOW DAY
// Used by so many mailboxes besides those that consented, without anything strange about the consent, an
// application is a roll-out: more than a person can consent for, so an administrator did.
#define CONSENT_WIDE 3

enum { CONSENTS, IS_STRANGE, FOREIGN, MAILBOXES, MESSAGES, SEEN_BEFORE };

struct consent {
    struct activity first; // the first consent of the case
    uint64_t accesses;
    int64_t access_first;
    bool is_nameless;
};

struct watch {
    struct case_table cases;   // rows and consents have the same numbers
    struct case_table counted; // {application, mailbox} that were counted
    struct consent *consents;
    uint32_t consent_count, consent_capacity;
    struct place_watch *places; // shared
    struct buf text;
};

static uint32_t caller_of(const struct activity *a)
{
    return a->client_app ? a->client_app : a->app;
}

static struct case_row *open_case(struct watch *watch, uint32_t app, uint32_t person)
{
    struct case_row *row = case_table_open(&watch->cases, (struct case_key){{app, person, 0, 0}});
    if (!row)
        return NULL;
    uint32_t number = (uint32_t)(row - watch->cases.rows);
    while (watch->consent_count <= number) {
        ARRAY_GROW(watch->consents, watch->consent_count, watch->consent_capacity);
        watch->consents[watch->consent_count++] = (struct consent){.access_first = INSTANT_NONE};
    }
    return row;
}

static struct consent *consent_of(struct watch *watch, const struct case_row *row)
{
    return &watch->consents[row - watch->cases.rows];
}

static void see_consent(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    if (!(a->flags & ACTIVITY_REACHES_MAIL) || !place_is_human(k, a))
        return;
    uint32_t person = a->target_app ? 0 : knowledge_person(k, a);
    struct case_row *row = open_case(watch, a->target_app, person);
    if (!row)
        return;
    struct consent *consent = consent_of(watch, row);
    if (!row->draft) {
        row->draft = draft_new();
        row->first = a->time;
        consent->first = *a;
        consent->is_nameless = !a->target_app;
    }
    row->last = a->time;
    row->numbers[CONSENTS]++;
    bool is_strange =
        place_is_strange(place_odd(watch->places, k, a)) || place_before(watch->places, k, a, DAY);
    row->numbers[IS_STRANGE] |= is_strange;
    // A victim who was talked into it consents from a place and in a session of the victim's own.
    if (is_strange)
        draft_add(row->draft, a, knowledge_texts(k));
    else
        draft_add_context(row->draft, a, knowledge_texts(k));
    draft_add_entity(row->draft, ENTITY_USER, knowledge_text(k, a->user));
    draft_add_entity(row->draft, ENTITY_APP, knowledge_text(k, a->target_app));
}

// Never seen reading mail before, in a tenant whose mail accesses were seen on days enough before.
static bool is_unknown_before(const struct knowledge *k, uint32_t home, uint32_t app, int64_t time,
                              bool *is_seen)
{
    struct habit_answer answer =
        knowledge_habit(k, HABIT_TENANT, home, HABIT_APP_ID, app, time, knowledge_last(k));
    *is_seen = answer.is_seen_before;
    return !answer.is_seen_before && answer.history_before >= HABIT_TENANT_DAYS_ENOUGH;
}

static void add_access(struct watch *watch, const struct knowledge *k, struct case_row *row,
                       uint32_t app, const struct activity *a)
{
    struct consent *consent = consent_of(watch, row);
    struct case_key key = {{app, a->mailbox, 0, 0}};
    if (!case_table_find(&watch->counted, key) && case_table_open(&watch->counted, key))
        row->numbers[MAILBOXES]++;
    if (knowledge_standing(k, a, HABIT_NETWORK, row->first, knowledge_last(k)).standing ==
        HABIT_NEW)
        row->numbers[FOREIGN]++;
    row->numbers[MESSAGES] += a->count;
    if (!consent->accesses++)
        consent->access_first = a->time;
    draft_add(row->draft, a, knowledge_texts(k));
}

// The consent without an application that this access follows from, made the case of its application.
static struct case_row *adopt(struct watch *watch, const struct knowledge *k, uint32_t app,
                              const struct activity *a)
{
    struct case_row *from =
        case_table_find(&watch->cases, (struct case_key){{0, a->mailbox, 0, 0}});
    bool is_seen;
    if (!from || !from->draft || a->time > from->last + CONSENT_NAMELESS_WINDOW ||
        !is_unknown_before(k, a->home, app, from->first, &is_seen))
        return NULL;
    struct consent consent = *consent_of(watch, from);
    struct case_row kept = *from;
    from->draft = NULL;
    struct case_row *row = open_case(watch, app, 0);
    if (!row) {
        draft_free(kept.draft);
        return NULL;
    }
    struct case_key key = row->key;
    *row = kept;
    row->key = key;
    *consent_of(watch, row) = consent;
    return row;
}

// A further person's consent without an application, who then is read by the application of a case that
// itself came of such a one: the same trap.
static void join(struct watch *watch, struct case_row *row, const struct activity *a)
{
    struct case_row *from =
        case_table_find(&watch->cases, (struct case_key){{0, a->mailbox, 0, 0}});
    if (!from || !from->draft || !row->draft || !consent_of(watch, row)->is_nameless ||
        a->time > from->last + CONSENT_WINDOW || from->last > row->last + CONSENT_WINDOW)
        return;
    row->numbers[CONSENTS] += from->numbers[CONSENTS];
    row->numbers[IS_STRANGE] |= from->numbers[IS_STRANGE];
    row->last = from->last > row->last ? from->last : row->last;
    draft_merge(row->draft, case_take(from));
}

static void see_access(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    uint32_t app = caller_of(a);
    if (!app || !a->mailbox || a->time == INSTANT_NONE || a->outcome == OUTCOME_FAILURE)
        return;
    struct case_row *row = case_table_find(&watch->cases, (struct case_key){{app, 0, 0, 0}});
    // The application itself is named in one of the two places, depending on the protocol.
    if (!row && a->app != app)
        row = case_table_find(&watch->cases, (struct case_key){{a->app, 0, 0, 0}});
    if (!row)
        row = adopt(watch, k, app, a);
    else
        join(watch, row, a);
    if (row && row->draft && a->time <= row->last + CONSENT_WINDOW)
        add_access(watch, k, row, app, a);
}

static void begin(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    watch->places = detection_places(detection);
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    if (activity->kind == ACTIVITY_CONSENT)
        see_consent(watch, k, activity);
    else if (activity->kind == ACTIVITY_MAIL_ACCESS)
        see_access(watch, k, activity);
}

// ---- judging ----------------------------------------------------------------------------------

struct judgement {
    bool is_finding;
    bool is_new; // the application, in the tenant
    enum sigma_level level;
    double confidence;
};

static struct judgement judge(const struct knowledge *k, const struct case_row *row,
                              const struct consent *consent)
{
    struct judgement j = {.level = LEVEL_LOW, .confidence = consent->is_nameless ? 0.5 : 0.7};
    bool is_seen, is_strange = row->numbers[IS_STRANGE];
    uint64_t mailboxes = row->numbers[MAILBOXES];
    if (!consent->accesses)
        return j;
    uint32_t app = row->key.part[0];
    j.is_new = is_unknown_before(k, consent->first.home, app, row->first, &is_seen);
    if (!j.is_new && !is_seen)
        return j; // too little history
    j.is_finding = j.is_new || is_strange;
    if (is_strange)
        j.level = !j.is_new                            ? LEVEL_MEDIUM
                  : mailboxes > row->numbers[CONSENTS] ? LEVEL_CRITICAL
                                                       : LEVEL_HIGH;
    else if (row->numbers[FOREIGN] && mailboxes < row->numbers[CONSENTS] + CONSENT_WIDE)
        j.level = LEVEL_MEDIUM;
    return j;
}

static void write_statement(const struct knowledge *k, const struct case_row *row,
                            const struct consent *consent, const struct judgement *j,
                            struct buf *out)
{
    struct str who = place_person(k, &consent->first);
    struct str app = knowledge_text(k, row->key.part[0]);
    int64_t minutes = (consent->access_first - row->first) / MINUTE;
    uint64_t mailboxes = row->numbers[MAILBOXES];
    buf_clear(out);
    buf_print(out, "%.*s consented to an application that can read mail, from ", (int)who.len,
              who.at);
    place_print(k, &consent->first, out);
    buf_print(out, "%s; ",
              row->numbers[IS_STRANGE]
                  ? ", where this person is not usually, or on a day with such "
                    "a visit"
                  : "");
    if (consent->is_nameless)
        buf_add(out, S("the record does not name the application, but "));
    buf_print(out,
              "%.*s began to read mail %lld minute%s later: %llu message%s or folder%s of %llu "
              "mailbox%s. ",
              (int)app.len, app.at, (long long)minutes, minutes == 1 ? "" : "s",
              (unsigned long long)row->numbers[MESSAGES], row->numbers[MESSAGES] == 1 ? "" : "s",
              row->numbers[MESSAGES] == 1 ? "" : "s", (unsigned long long)mailboxes,
              mailboxes == 1 ? "" : "es");
    buf_print(out, "%s",
              j->is_new ? "It had never read mail in this tenant before"
                        : "It had read mail in this tenant before");
    if (row->numbers[FOREIGN])
        buf_print(out, ", and %llu of its %llu accesses came from networks new for the mailbox",
                  (unsigned long long)row->numbers[FOREIGN], (unsigned long long)consent->accesses);
    buf_add_char(out, '.');
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        if (!row->draft)
            continue;
        struct judgement j = judge(k, row, &watch->consents[i]);
        if (!j.is_finding)
            continue;
        write_statement(k, row, &watch->consents[i], &j, &watch->text);
        detection_find(detection, case_take(row), j.level, j.confidence, buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->counted);
    free(watch->consents);
    buf_done(&watch->text);
}

const struct detector detector_consent_then_access = {
    .name = "consent_then_access",
    .title = "An application read mail for the first time after a consent",
    .attack = "T1528 T1671 T1114.002",
    .meaning =
        "A person consented to an application that can read mail, and within seven days the "
        "application, which had never read mail in the tenant, did so. Consent phishing works like "
        "this: it needs no password and outlives a change of it. It weighs more when the consent came "
        "from where the person never is, and when more mailboxes are read than persons consented.",
    .false_positives =
        "Add-ins that an administrator approved and many use: low where the consent came from the "
        "usual place and at least three more mailboxes use it, and where the program runs on the "
        "user's own machine, in a network known for the mailbox. Applications that the tenant already "
        "uses and a further user joins: no finding unless the consent itself is strange. Logs with "
        "fewer than three days before the consent: nothing is judged.",
    .asks_places = true,
    .state_size = sizeof(struct watch),
    .begin = begin,
    .kinds = DETECTOR_SEES(CONSENT) | DETECTOR_SEES(MAIL_ACCESS),
    .see = see,
    .end = end,
    .release = release,
};
