// An application was given a secret or a permission, and then came from a network new for it, or read
// mail that it never had read.
// SPDX-License-Identifier: Apache-2.0
//
//   secret, permission ─▶ case of the application ─▶ its sign-ins and accesses within 30 days ─▶ judged
//
// Records name what was changed by application id, by the id of the service principal, or both; the case is
// kept under the first that is there and found by either.
#include <stdlib.h>

#include "detector/detector.h"
#include "detector/place.h"
#include "event/outcome.h"

// How long after a change a use belongs to it. Midnight Blizzard's secrets were used for weeks; a month is
// also what most exports hold.
#define CHANGE_WINDOW (30 * DAY)

enum { CREDENTIALS, PERMISSIONS, IS_STRANGE, NEW_NETWORK, FIRST_MAIL, MAILBOXES };

struct change {
    struct activity first; // the first change of the case
    struct activity use;   // the first use that says something
    bool has_use;
    bool is_usual;        // the actor does this on other days too
    bool is_established;  // the application was seen on days enough before the change
    bool has_mail_before; // it read mail before
};

struct watch {
    struct case_table cases, counted; // counted: {application, mailbox}
    struct change *changes;           // the same numbers as the cases
    uint32_t change_count, change_capacity;
    // The last permission whose record does not name the application by an id (number of the case + 1).
    uint32_t nameless;
    int64_t latest,
        latest_named; // change, and of an application that is known by name; INSTANT_NONE: none
    struct place_names names;
    struct place_watch *places; // shared
    struct buf text;
};

static struct change *change_of(struct watch *watch, const struct case_row *row)
{
    uint32_t number = (uint32_t)(row - watch->cases.rows);
    while (watch->change_count <= number) {
        ARRAY_GROW(watch->changes, watch->change_count, watch->change_capacity);
        watch->changes[watch->change_count++] = (struct change){0};
    }
    return &watch->changes[number];
}

// The audit log names a service principal "ServicePrincipal_<object id>"; its sign-ins name the object id.
static struct case_key key_of(const struct knowledge *k, const struct activity *a)
{
    static const struct str prefix = STR("serviceprincipal_");
    struct str name = knowledge_text(k, a->target);
    if (a->target_app)
        return (struct case_key){{a->target_app, 0, 0, 0}};
    if (str_starts_fold(name, prefix))
        name = str_of(name.at + prefix.len, name.len - prefix.len);
    return place_name_key(name, 1);
}

static void see_change(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    uint32_t name = a->target_app ? a->target_app : a->target;
    if (!name || a->time == INSTANT_NONE || a->outcome == OUTCOME_FAILURE ||
        a->actor == ACTOR_PROVIDER || a->actor == ACTOR_SYSTEM)
        return;
    // Permissions without mail in reach are no way to mail; a secret is one to all its application may.
    if (a->kind == ACTIVITY_APP_PERMISSION && !(a->flags & ACTIVITY_REACHES_MAIL))
        return;
    struct case_row *row = case_table_open(&watch->cases, key_of(k, a));
    if (!row)
        return;
    struct change *change = change_of(watch, row);
    if (!row->draft) {
        row->draft = draft_new();
        row->first = a->time;
        change->first = *a;
        change->is_usual =
            knowledge_habit(k, HABIT_USER, knowledge_person(k, a), HABIT_OPERATION, a->operation,
                            a->time - PLACE_MARGIN, a->time + PLACE_MARGIN)
                .standing == HABIT_KNOWN;
    }
    row->last = watch->latest = a->time;
    if (row->key.part[3])
        watch->latest_named = a->time;
    if (!a->target_app && a->kind == ACTIVITY_APP_PERMISSION)
        watch->nameless = (uint32_t)(row - watch->cases.rows) + 1;
    row->numbers[a->kind == ACTIVITY_APP_CREDENTIAL ? CREDENTIALS : PERMISSIONS]++;
    row->numbers[IS_STRANGE] |=
        place_is_strange(place_odd(watch->places, k, a)) || place_before(watch->places, k, a, DAY);
    draft_add(row->draft, a, knowledge_texts(k));
    draft_add_entity(row->draft, ENTITY_APP, knowledge_text(k, a->target_app));
}

static bool is_recent(int64_t change, int64_t time)
{
    return change != INSTANT_NONE && time <= change + CHANGE_WINDOW;
}

static struct case_row *find_case(struct watch *watch, const struct knowledge *k,
                                  const struct activity *a)
{
    const uint32_t symbols[] = {a->client_app, a->app, a->object, a->user};
    if (!is_recent(watch->latest, a->time))
        return NULL;
    // The first two by symbol, the others by name.
    size_t count = is_recent(watch->latest_named, a->time) ? 4 : 2;
    for (size_t i = 0; i < count; i++) {
        struct case_key key = i < 2 ? (struct case_key){{symbols[i], 0, 0, 0}}
                                    : place_name_key_of(&watch->names, k, symbols[i], 1);
        struct case_row *row = case_table_find(&watch->cases, key);
        if (row && row->draft && a->time <= row->last + CHANGE_WINDOW)
            return row;
    }
    return NULL;
}

// Its network was on none of the application's days before the change and after the window, though there
// were days enough; and the application does not change networks all the time (build agents do).
static bool is_new_network(const struct habit_answer *answer)
{
    return answer->standing == HABIT_NEW && !answer->is_seen_before &&
           answer->history_before >= HABIT_DAYS_ENOUGH &&
           answer->chance_own <= PLACE_ROAMING_CHANCE;
}

static void add_use(struct watch *watch, const struct knowledge *k, struct case_row *row,
                    const struct activity *a, enum habit_kind kind, uint32_t subject)
{
    struct change *change = change_of(watch, row);
    uint32_t network = knowledge_network(k, a->address);
    bool is_mail = a->kind == ACTIVITY_MAIL_ACCESS, is_new = false, is_first = false;
    if (network && !knowledge_is_neutral(k, a->address)) {
        struct habit_answer answer = knowledge_habit(k, kind, subject, HABIT_NETWORK, network,
                                                     row->first, row->last + CHANGE_WINDOW);
        is_new = is_new_network(&answer);
        change->is_established |= answer.history_before >= HABIT_DAYS_MEASURE;
    }
    if (is_mail) {
        struct habit_answer answer = knowledge_habit(k, HABIT_TENANT, a->home, HABIT_APP_ID,
                                                     subject, row->first, knowledge_last(k));
        change->has_mail_before |= answer.is_seen_before;
        is_first = !answer.is_seen_before && answer.history_before >= HABIT_TENANT_DAYS_ENOUGH;
    }
    if (!is_new && !is_first)
        return;
    if (!change->has_use)
        change->use = *a;
    change->has_use = true;
    row->numbers[NEW_NETWORK] += is_new;
    row->numbers[FIRST_MAIL] += is_first;
    struct case_key key = {{row->key.part[0], a->mailbox, 0, 0}};
    if (is_mail && !case_table_find(&watch->counted, key) && case_table_open(&watch->counted, key))
        row->numbers[MAILBOXES]++;
    draft_add(row->draft, a, knowledge_texts(k));
}

// Where the record of a permission that reaches mail names no application, the one meant is whoever then
// reads mail for the first time.
static struct case_row *find_nameless(struct watch *watch, const struct knowledge *k,
                                      const struct activity *a)
{
    struct case_row *row = watch->nameless ? &watch->cases.rows[watch->nameless - 1] : NULL;
    if (!row || a->actor != ACTOR_APPLICATION || a->time > row->last + CHANGE_WINDOW)
        return NULL;
    struct habit_answer answer =
        knowledge_habit(k, HABIT_TENANT, a->home, HABIT_APP_ID,
                        a->client_app ? a->client_app : a->app, row->first, knowledge_last(k));
    if (answer.is_seen_before || answer.history_before < HABIT_TENANT_DAYS_ENOUGH)
        return NULL;
    // Its service principal signed in on days enough before.
    answer = knowledge_habit_days(k, HABIT_USER, knowledge_person(k, a), HABIT_HOUR, 0, row->first,
                                  row->last + CHANGE_WINDOW);
    change_of(watch, row)->is_established |= answer.history_before >= HABIT_DAYS_MEASURE;
    return row;
}

static void begin(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    watch->latest = watch->latest_named = INSTANT_NONE;
    watch->places = detection_places(detection);
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    const struct activity *a = activity;
    if (a->kind == ACTIVITY_APP_CREDENTIAL || a->kind == ACTIVITY_APP_PERMISSION) {
        see_change(watch, k, a);
        return;
    }
    bool is_sign_in = a->kind == ACTIVITY_SIGN_IN && (a->flags & ACTIVITY_IS_SERVICE);
    bool is_mail = a->kind == ACTIVITY_MAIL_ACCESS && (a->client_app || a->app);
    if ((!is_sign_in && !is_mail) || a->time == INSTANT_NONE || a->outcome == OUTCOME_FAILURE)
        return;
    struct case_row *row = find_case(watch, k, a);
    if (!row && is_mail)
        row = find_nameless(watch, k, a);
    if (!row)
        return;
    if (is_sign_in)
        add_use(watch, k, row, a, HABIT_USER, knowledge_person(k, a));
    else
        add_use(watch, k, row, a, HABIT_APP, a->client_app ? a->client_app : a->app);
}

// ---- judging ----------------------------------------------------------------------------------

static enum sigma_level judge(const struct case_row *row, const struct change *change)
{
    bool is_new = row->numbers[NEW_NETWORK], is_first = row->numbers[FIRST_MAIL];
    if (row->numbers[IS_STRANGE])
        return is_first || row->numbers[MAILBOXES] > 1 ? LEVEL_CRITICAL : LEVEL_HIGH;
    // An application of long standing that begins to read mail: what was done with legacy test
    // applications. A new one that does so was made for it.
    if (is_first && change->is_established)
        return is_new ? LEVEL_HIGH : LEVEL_MEDIUM;
    if (is_first || change->is_usual || !row->numbers[MAILBOXES])
        return LEVEL_LOW;
    return LEVEL_MEDIUM;
}

static void write_statement(const struct knowledge *k, const struct case_row *row,
                            const struct change *change, struct buf *out)
{
    struct str who = place_person(k, &change->first);
    struct str app = knowledge_text(k, change->first.target_app ? change->first.target_app
                                                                : change->first.target);
    int64_t hours = (change->use.time - change->first.time) / HOUR;
    buf_clear(out);
    buf_print(out, "%.*s gave application %.*s %s, from ", (int)who.len, who.at, (int)app.len,
              app.at,
              !row->numbers[PERMISSIONS]   ? "a new secret or certificate"
              : !row->numbers[CREDENTIALS] ? "a permission that reaches mail"
                                           : "a secret and a permission that reaches mail");
    place_print(k, &change->first, out);
    if (row->numbers[IS_STRANGE])
        buf_add(out, S(", where this person is not usually, or on a day with such a visit"));
    buf_print(out, ". %lld hour%s later it came from ", (long long)hours, hours == 1 ? "" : "s");
    place_print(k, &change->use, out);
    if (row->numbers[NEW_NETWORK])
        buf_print(out, ", in a network that it had never used (%llu uses)",
                  (unsigned long long)row->numbers[NEW_NETWORK]);
    if (row->numbers[MAILBOXES])
        buf_print(out, ", and read mail of %llu mailbox%s",
                  (unsigned long long)row->numbers[MAILBOXES],
                  row->numbers[MAILBOXES] == 1 ? "" : "es");
    if (row->numbers[FIRST_MAIL])
        buf_print(out, "; it had %s read mail in this tenant before",
                  change->is_established ? "been in use but never" : "not");
    buf_add_char(out, '.');
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        const struct change *change = change_of(watch, row);
        if (!row->draft || !change->has_use)
            continue;
        write_statement(k, row, change, &watch->text);
        detection_find(detection, case_take(row), judge(row, change),
                       row->numbers[IS_STRANGE] ? 0.85 : 0.65, buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->counted);
    free(watch->changes);
    buf_done(&watch->text);
}

const struct detector detector_app_change_then_access = {
    .name = "app_change_then_access",
    .title = "An application was changed and then behaved as never before",
    .attack = "T1098.001 T1098.003 T1114.002",
    .meaning =
        "A secret, a certificate or a permission that reaches mail was added to an application, and "
        "within 30 days the application signed in or read mail from a network it had never used, or "
        "read mail for the first time. Midnight Blizzard did this with an old test application in "
        "2023. It weighs most when the change itself was made from where its author never is.",
    .false_positives =
        "Rotation of secrets, by hand or by build pipelines: no finding while the application goes on "
        "from its networks. New applications for backup, signatures or electronic discovery that an "
        "administrator sets up from the usual place: low. Applications that change networks on more "
        "than one day in ten are not judged by network, and none is with fewer than three days of "
        "history before the change.",
    .asks_places = true,
    .state_size = sizeof(struct watch),
    .begin = begin,
    .kinds = DETECTOR_SEES(APP_CREDENTIAL) | DETECTOR_SEES(APP_PERMISSION) |
             DETECTOR_SEES(SIGN_IN) | DETECTOR_SEES(MAIL_ACCESS),
    .see = see,
    .end = end,
    .release = release,
};
