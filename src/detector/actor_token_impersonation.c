// The directory was changed by a service in a person's name.
// SPDX-License-Identifier: Apache-2.0
//
// Microsoft's services act for users by actor tokens, which name the service and the user and which no log
// shows as issued. In directory records such a change has the service's display name beside the user's own
// address. Published by Dirk-jan Mollema (2025, CVE-2025-55241) as the only trace that forged ones left.
#include "detector/case_table.h"
#include "detector/detector.h"
#include "event/outcome.h"

// Services whose actor tokens the directory took, by the names they have in its records.
static const char *const services[] = {"Office 365 Exchange Online", "Office 365 SharePoint Online",
                                       "Skype for Business Online", "Dataverse",
                                       "Microsoft Dynamics ERP"};
enum { SERVICES = sizeof services / sizeof services[0] };

// What a service does for this many people on as many days is its work in this tenant.
#define USUAL_DAYS HABIT_DAYS_KNOWN
#define USUAL_PEOPLE 3

// Cases {person, service, operation}; ways {service, operation}: who, and on how many days.
enum { IS_POWER };
enum { LAST_DAY, DAYS, PEOPLE }; // PEOPLE and on: the first USUAL_PEOPLE
// Findings {person, service}: what is named, how many kinds of operations.
enum { NAMED, KINDS, IS_ANY_POWER };

struct watch {
    struct case_table cases, ways, people;
    struct buf text;
};

static bool is_service(struct str name)
{
    for (int i = 0; i < SERVICES; i++)
        if (str_equal_fold(name, str_from(services[i])))
            return true;
    return false;
}

static bool is_address(struct str text)
{
    size_t at = str_index(text, '@');
    return at > 0 && at + 1 < text.len;
}

// Exchange makes and changes Microsoft 365 groups in the name of whoever asked it to.
static bool is_group_work(struct str operation)
{
    return str_contains_fold(operation, S("group")) ||
           str_contains_fold(operation, S("Set directory feature on tenant"));
}

// Changes that give power over accounts or mail.
static bool gives_power(const struct activity *activity)
{
    switch ((enum activity_kind)activity->kind) {
    case ACTIVITY_ROLE:
    case ACTIVITY_CONSENT:
    case ACTIVITY_APP_PERMISSION:
    case ACTIVITY_APP_CREDENTIAL:
    case ACTIVITY_FEDERATION:
    case ACTIVITY_METHOD:
    case ACTIVITY_DEVICE:
        return true;
    default:
        return false;
    }
}

static void count_way(struct watch *watch, const struct activity *activity, uint32_t person)
{
    struct case_key key = {{activity->detail, activity->operation}};
    struct case_row *row = case_table_open(&watch->ways, key);
    uint64_t day = (uint64_t)(activity->time / DAY) + 1;
    if (!row)
        return;
    row->numbers[DAYS] += row->numbers[LAST_DAY] != day;
    row->numbers[LAST_DAY] = day;
    for (int i = 0; i < USUAL_PEOPLE && row->numbers[PEOPLE + i] != person; i++)
        if (!row->numbers[PEOPLE + i]) {
            row->numbers[PEOPLE + i] = person;
            break;
        }
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    if (activity->source != SOURCE_ENTRA_AUDIT || activity->time == INSTANT_NONE ||
        activity->outcome == OUTCOME_FAILURE ||
        !is_service(detection_text(detection, activity->detail)) ||
        !is_address(detection_text(detection, activity->user)) ||
        is_group_work(detection_text(detection, activity->operation)))
        return;
    uint32_t person = knowledge_person(k, activity);
    count_way(watch, activity, person);
    struct case_key key = {{person, activity->detail, activity->operation}};
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    if (!row->draft)
        row->draft = draft_new();
    row->numbers[IS_POWER] |= gives_power(activity);
    draft_add(row->draft, activity, knowledge_texts(k));
    draft_add_entity(row->draft, ENTITY_USER,
                     is_address(knowledge_text(k, activity->target))
                         ? knowledge_text(k, activity->target)
                         : S(""));
}

static bool is_usual(const struct watch *watch, const struct case_row *row)
{
    struct case_key key = {{row->key.part[1], row->key.part[2]}};
    const struct case_row *way = case_table_find(&watch->ways, key);
    return !row->numbers[IS_POWER] && way && way->numbers[DAYS] >= USUAL_DAYS &&
           way->numbers[PEOPLE + USUAL_PEOPLE - 1];
}

static void write_statement(const struct knowledge *k, const struct case_row *row, struct buf *out)
{
    struct str person = knowledge_text(k, row->key.part[0]);
    struct str service = knowledge_text(k, row->key.part[1]);
    struct str name = knowledge_text(k, (uint32_t)row->numbers[NAMED]);
    uint64_t count = draft_count(row->draft), operations = row->numbers[KINDS];
    while (name.len && (name.at[name.len - 1] == '.' || name.at[name.len - 1] == ' '))
        name.len--;
    buf_clear(out);
    buf_print(out, "%llu directory change%s in the name of %.*s, but begun by '%.*s': %.*s",
              (unsigned long long)count, count == 1 ? "" : "s", (int)person.len, person.at,
              (int)service.len, service.at, (int)name.len, name.at);
    if (operations > 1)
        buf_print(out, " and %llu other kind%s", (unsigned long long)(operations - 1),
                  operations == 2 ? "" : "s");
    buf_add(out, S(". A service acted as this person, for which no sign-in is needed."));
    if (!row->numbers[IS_ANY_POWER])
        buf_add(out, S(" It does not do so habitually in this tenant."));
}

// Operations of one person and service are one finding; the table keeps the order in which they came.
static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        const struct case_row *row = &watch->cases.rows[i];
        if (is_usual(watch, row))
            continue;
        struct case_key key = {{row->key.part[0], row->key.part[1]}};
        struct case_row *into = case_table_open(&watch->people, key);
        if (!into)
            continue;
        if (!into->draft)
            into->draft = draft_new();
        if (!into->numbers[NAMED] || (row->numbers[IS_POWER] && !into->numbers[IS_ANY_POWER]))
            into->numbers[NAMED] = row->key.part[2]; // the operation to be named
        into->numbers[KINDS]++;
        into->numbers[IS_ANY_POWER] |= row->numbers[IS_POWER];
        draft_merge(into->draft, case_take(&watch->cases.rows[i]));
    }
    for (uint32_t i = 0; i < watch->people.count; i++) {
        struct case_row *row = &watch->people.rows[i];
        bool is_power = row->numbers[IS_ANY_POWER] != 0;
        write_statement(k, row, &watch->text);
        detection_find(detection, case_take(row), is_power ? LEVEL_CRITICAL : LEVEL_HIGH,
                       is_power ? 0.8 : 0.6, buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->ways);
    case_table_done(&watch->people);
    buf_done(&watch->text);
}

const struct detector detector_actor_token_impersonation = {
    .name = "actor_token_impersonation",
    .title = "A service changed the directory in a person's name",
    .attack = "T1550.001 T1078.004 T1606",
    .meaning =
        "A directory record names as its initiator a service of Microsoft's by display name, and a person by "
        "address: the service acted as the person by an actor token. Such tokens are not logged when they are "
        "issued, are subject to no policy, and could be forged for any tenant until July 2025 "
        "(CVE-2025-55241).",
    .false_positives =
        "Exchange makes and changes Microsoft 365 groups so, and sets features of the tenant: changes of "
        "groups are left out. What a service does for three or more people on three or more days is taken "
        "for its work, unless it gives roles, permissions, credentials, methods, devices or trust.",
    .state_size = sizeof(struct watch),
    .see = see,
    .end = end,
    .release = release,
};
