// Rights on a mailbox were given, and then it was read by someone who never had opened it.
// SPDX-License-Identifier: Apache-2.0
//
//   grant ─▶ case of the mailbox ─▶ reads by others within 30 days ─▶ judged at the end
//   role that lets one act as any mailbox ─▶ cases of readers, by the mailboxes each newly opens
//
// Records of grants do not always say to whom (the rights' holder is no member of an activity), so that
// whoever reads the mailbox for the first time after the grant is taken for him.
#include <stdlib.h>

#include "detector/detector.h"
#include "detector/place.h"
#include "event/outcome.h"

// How long after a grant a first read belongs to it: rights stay until they are taken back, but a first use
// after more than a month is no longer shown by the grant.
#define GRANT_WINDOW (30 * DAY)
// Who gives themselves rights and reads so much does not look for one letter: more than a busy owner reads on an
// ordinary day, as in mass_read.
#define GRANT_MESSAGES 200
// Someone who gave rights on so many mailboxes, none of them his own, does it for others: an administrator.
#define GRANT_AUTHOR_MAILBOXES 3
// So many readers on other days: a shared mailbox.
#define GRANT_READERS_KNOWN 3
// A day's messages so many robust standard deviations above the mailbox's usual are an outlier (Iglewicz
// and Hoaglin, "How to Detect and Handle Outliers", 1993).
#define GRANT_EXCESS 3.5

enum { IS_STRANGE_GRANT, IS_STRANGE_READ, IS_SELF, READS, MESSAGES, OWNER_SIGNS };

struct grant {
    struct activity first, read; // the first of each
    uint32_t strange_author;     // of the latest that was strange; 0: none was
    bool is_usual;               // its author gives rights on other days too
};

struct watch {
    struct case_table cases, counted; // counted: {reader, mailbox} after a role was given
    struct case_table groups;         // {author, level}: the findings
    struct case_table
        authors;          // {person}: numbers[0] others' mailboxes he gave rights on, [1] messages
                          // read in those he gave himself
    struct grant *grants; // the same numbers as the cases
    uint32_t grant_count, grant_capacity;
    struct activity role; // the last grant of a role to act as any mailbox; time INSTANT_NONE: none
    bool is_role_strange;
    int64_t latest,
        latest_named; // grant, and of a mailbox that is known by an alias; INSTANT_NONE: none
    struct place_names names;
    struct place_watch *places; // shared
    struct buf text;
};

enum { BY_SYMBOL, BY_NAME, BY_READER };

static void begin(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    watch->role.time = INSTANT_NONE;
    watch->latest = watch->latest_named = INSTANT_NONE;
    watch->places = detection_places(detection);
}

static struct grant *grant_of(struct watch *watch, const struct case_row *row)
{
    uint32_t number = (uint32_t)(row - watch->cases.rows);
    while (watch->grant_count <= number) {
        ARRAY_GROW(watch->grants, watch->grant_count, watch->grant_capacity);
        watch->grants[watch->grant_count++] = (struct grant){.first.time = INSTANT_NONE};
    }
    return &watch->grants[number];
}

static bool is_strange(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    struct activity as_person = *a; // the person's habit, not that of the mailbox
    as_person.kind = ACTIVITY_OTHER;
    if (place_is_strange(place_odd(watch->places, k, &as_person)))
        return true;
    // What is done at home on the same day is the owner's work.
    return place_before(watch->places, k, a, DAY) && !place_is_usual(k, &as_person);
}

// Whether it is the first of its case.
static bool add_grant(struct watch *watch, const struct knowledge *k, const struct activity *a,
                      struct case_key key, bool is_odd)
{
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return false;
    struct grant *grant = grant_of(watch, row);
    bool is_first = !row->draft;
    // Rights that a stranger took begin a story of their own: what was given at work before, and read by it, is over.
    bool is_anew = is_odd && !row->numbers[IS_STRANGE_GRANT] && !is_first;
    if (is_anew) {
        draft_free(case_take(row));
        row->numbers[READS] = row->numbers[MESSAGES] = 0;
        row->numbers[IS_STRANGE_READ] = row->numbers[IS_SELF] = 0;
    }
    if (is_first || is_anew) {
        row->draft = draft_new();
        row->first = a->time;
        grant->first = *a;
        grant->is_usual =
            knowledge_habit(k, HABIT_USER, knowledge_person(k, a), HABIT_OPERATION, a->operation,
                            a->time - PLACE_MARGIN, a->time + PLACE_MARGIN)
                .standing == HABIT_KNOWN;
    }
    row->last = watch->latest = a->time;
    if (key.part[3] == BY_NAME)
        watch->latest_named = a->time;
    row->numbers[IS_STRANGE_GRANT] |= is_odd;
    if (is_odd)
        grant->strange_author = knowledge_person(k, a);
    // Rights that the same person gave on the same mailbox at work are context of those that a stranger took.
    if (is_odd || is_first || !row->numbers[IS_STRANGE_GRANT])
        draft_add(row->draft, a, knowledge_texts(k));
    else
        draft_add_context(row->draft, a, knowledge_texts(k));
    return is_first;
}

static void see_grant(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    if (!place_is_human(k, a))
        return;
    bool is_odd = is_strange(watch, k, a);
    if (a->kind == ACTIVITY_IMPERSONATION) {
        watch->role = *a;
        watch->is_role_strange = is_odd;
        return;
    }
    struct str target = knowledge_text(k, a->target);
    bool has_alias = target.len && str_index(target, '@') == target.len;
    if (!a->mailbox && !has_alias)
        return;
    // A command's target is the mailbox; in other records that member is something else.
    struct case_key key = has_alias ? place_name_key(target, BY_NAME)
                                    : (struct case_key){{a->mailbox, 0, 0, BY_SYMBOL}};
    if (add_grant(watch, k, a, key, is_odd) && !knowledge_is_own_mailbox(k, a)) {
        struct case_key author = {{knowledge_person(k, a), 0, 0, 0}};
        struct case_row *others = case_table_open(&watch->authors, author);
        if (others)
            others->numbers[0]++;
    }
    // Once more as given by this person, who may be the one to read.
    key.part[2] = knowledge_person(k, a);
    if (key.part[2])
        add_grant(watch, k, a, key, is_odd);
}

static bool is_recent(int64_t grant, int64_t time)
{
    return grant != INSTANT_NONE && time <= grant + GRANT_WINDOW;
}

// Of rights on the mailbox, given by this person; 0: by anyone.
static struct case_row *find_case(struct watch *watch, const struct knowledge *k, uint32_t mailbox,
                                  uint32_t author, int64_t time)
{
    if (!is_recent(watch->latest, time))
        return NULL;
    struct case_row *row =
        case_table_find(&watch->cases, (struct case_key){{mailbox, 0, author, BY_SYMBOL}});
    if (!row && is_recent(watch->latest_named, time)) {
        struct case_key by_name = place_name_key_of(&watch->names, k, mailbox, BY_NAME);
        by_name.part[2] = author;
        row = case_table_find(&watch->cases, by_name);
    }
    return row && row->draft && time <= row->last + GRANT_WINDOW ? row : NULL;
}

// Never opened by this reader before `from`, and no mailbox that many share.
static bool is_first_opened(const struct knowledge *k, const struct activity *a,
                            enum habit_kind kind, uint32_t reader, int64_t from, bool *is_shared)
{
    struct habit_answer answer =
        knowledge_habit(k, kind, reader, HABIT_OPENED, a->mailbox, from, from + GRANT_WINDOW);
    *is_shared = answer.peers_outside >= GRANT_READERS_KNOWN;
    return !answer.is_seen_before;
}

static void see_role_read(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    bool is_app = a->actor == ACTOR_APPLICATION, is_shared;
    uint32_t reader = is_app ? (a->client_app ? a->client_app : a->app) : knowledge_person(k, a);
    if (!reader || watch->role.time == INSTANT_NONE || a->time > watch->role.time + GRANT_WINDOW ||
        !is_first_opened(k, a, is_app ? HABIT_APP : HABIT_USER, reader, watch->role.time,
                         &is_shared) ||
        is_shared)
        return;
    struct case_row *row =
        case_table_open(&watch->cases, (struct case_key){{reader, 0, 0, BY_READER}});
    if (!row)
        return;
    struct grant *grant = grant_of(watch, row);
    if (!row->draft) {
        row->draft = draft_new();
        row->first = watch->role.time;
        row->numbers[IS_STRANGE_GRANT] = watch->is_role_strange;
        grant->first = watch->role;
        grant->read = *a;
        draft_add(row->draft, &watch->role, knowledge_texts(k));
    }
    struct case_key key = {{reader, a->mailbox, 0, 0}};
    if (!case_table_find(&watch->counted, key) && case_table_open(&watch->counted, key))
        row->numbers[READS]++; // of mailboxes, in this kind of case
    row->numbers[MESSAGES] += a->count;
    draft_add(row->draft, a, knowledge_texts(k));
}

static void see_read(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    uint32_t person = knowledge_person(k, a);
    bool is_shared;
    if (!a->mailbox || knowledge_is_own_mailbox(k, a) || a->time == INSTANT_NONE ||
        a->outcome == OUTCOME_FAILURE || a->actor == ACTOR_PROVIDER || a->actor == ACTOR_SYSTEM)
        return;
    struct case_row *row = person ? find_case(watch, k, a->mailbox, person, a->time) : NULL;
    bool is_self = row != NULL;
    if (!row)
        row = find_case(watch, k, a->mailbox, 0, a->time);
    if (!row || !place_is_human(k, a)) {
        see_role_read(watch, k, a);
        return;
    }
    if (!is_first_opened(k, a, HABIT_USER, person, row->first, &is_shared) ||
        (is_shared && !row->numbers[IS_STRANGE_GRANT]))
        return;
    struct grant *grant = grant_of(watch, row);
    if (!row->numbers[READS]++)
        grant->read = *a;
    row->numbers[MESSAGES] += a->count;
    row->numbers[IS_STRANGE_READ] |= is_strange(watch, k, a);
    row->numbers[IS_SELF] |= is_self;
    struct case_row *author =
        is_self ? case_table_open(&watch->authors, (struct case_key){{person, 0, 0, 0}}) : NULL;
    if (author)
        author->numbers[1] += a->count;
    draft_add(row->draft, a, knowledge_texts(k));
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    if (activity->kind == ACTIVITY_MAIL_PERMISSION || activity->kind == ACTIVITY_IMPERSONATION) {
        see_grant(watch, k, activity);
    } else if (activity->kind == ACTIVITY_MAIL_ACCESS) {
        see_read(watch, k, activity);
    } else if (activity->kind == ACTIVITY_SIGN_IN && place_is_human(k, activity)) {
        struct case_row *row =
            find_case(watch, k, knowledge_person(k, activity), 0, activity->time);
        if (row)
            row->numbers[OWNER_SIGNS]++;
    }
}

// ---- judging ----------------------------------------------------------------------------------

static bool is_much(const struct knowledge *k, const struct case_row *row,
                    const struct grant *grant)
{
    struct habit_volume volume;
    habit_volume(knowledge_habits(k), HABIT_MAILBOX, grant->read.mailbox, row->first,
                 row->last + GRANT_WINDOW, &volume);
    uint64_t read = row->numbers[MESSAGES]; // by the reader alone: its owner may have a busy day
    return habit_volume_excess(&volume, read < UINT32_MAX ? (uint32_t)read : UINT32_MAX) >=
           GRANT_EXCESS;
}

// By whom gave himself these rights, in all mailboxes together.
static bool is_bulk(const struct watch *watch, const struct knowledge *k,
                    const struct case_row *row, const struct grant *grant)
{
    const struct case_row *author =
        case_table_find(&watch->authors, (struct case_key){{row->key.part[2], 0, 0, 0}});
    return (author && author->numbers[1] >= GRANT_MESSAGES) || is_much(k, row, grant);
}

static bool is_administrator(const struct watch *watch, const struct knowledge *k,
                             const struct grant *grant)
{
    const struct case_row *others = case_table_find(
        &watch->authors, (struct case_key){{knowledge_person(k, &grant->first), 0, 0, 0}});
    return grant->is_usual || (others && others->numbers[0] >= GRANT_AUTHOR_MAILBOXES);
}

// Whoever gave the rights, strange as it was, took them: others who come to read from places of their own have
// rights of another day.
static bool is_taken_by_author(const struct watch *watch, const struct case_row *row,
                               const struct grant *grant)
{
    struct case_key key = row->key;
    key.part[2] = grant->strange_author;
    const struct case_row *self = case_table_find(&watch->cases, key);
    return grant->strange_author && !row->key.part[2] && !row->numbers[IS_STRANGE_READ] && self &&
           self->numbers[READS];
}

static bool judge(const struct watch *watch, const struct knowledge *k, const struct case_row *row,
                  const struct grant *grant, enum sigma_level *level)
{
    bool is_role = row->key.part[3] == BY_READER;
    bool has_history = row->first - knowledge_first(k) >= HABIT_DAYS_ENOUGH * DAY;
    bool is_strange = row->numbers[IS_STRANGE_GRANT] || row->numbers[IS_STRANGE_READ];
    if ((!has_history && !is_strange) || row->numbers[READS] < (is_role ? 2 : 1))
        return false;
    if (!is_role && is_taken_by_author(watch, row, grant))
        return false;
    *level = LEVEL_LOW;
    if (row->numbers[IS_STRANGE_GRANT])
        *level = is_role ? LEVEL_CRITICAL : LEVEL_HIGH;
    else if (is_role || (row->numbers[IS_SELF] && is_bulk(watch, k, row, grant)))
        *level = LEVEL_MEDIUM;
    else if (row->numbers[IS_STRANGE_READ]) // a delegate on the road, whose rights are in order
        *level = is_administrator(watch, k, grant) ? LEVEL_LOW : LEVEL_MEDIUM;
    else if (row->numbers[IS_SELF])
        *level = LEVEL_LOW;
    else // an administrator's daily work, or an owner who shares, from the usual place
        return !is_administrator(watch, k, grant) &&
               knowledge_person(k, &grant->first) != knowledge_person_named(k, grant->read.mailbox);
    return true;
}

// Owners are noted with the case of all who gave rights.
static bool find_owner(const struct watch *watch, const struct case_row *row)
{
    struct case_key key = row->key;
    key.part[2] = 0;
    const struct case_row *all = case_table_find(&watch->cases, key);
    return all && all->numbers[OWNER_SIGNS];
}

static void write_statement(const struct watch *watch, const struct knowledge *k,
                            const struct case_row *row, const struct grant *grant, struct buf *out)
{
    bool is_role = row->key.part[3] == BY_READER;
    struct str who = place_person(k, &grant->first);
    struct str reader =
        is_role ? knowledge_text(k, row->key.part[0]) : place_person(k, &grant->read);
    struct str mailbox = knowledge_text(k, grant->read.mailbox);
    unsigned long long reads = row->numbers[READS], messages = row->numbers[MESSAGES];
    bool is_owner_there = find_owner(watch, row);
    char span[INSTANT_SIZE];
    buf_clear(out);
    buf_print(out, "%.*s gave %s ", (int)who.len, who.at,
              is_role ? "a role that can let its holder act as any mailbox,"
                      : "rights on the mailbox");
    if (!is_role)
        buf_print(out, "%.*s, ", (int)mailbox.len, mailbox.at);
    buf_add(out, S("from "));
    place_print(k, &grant->first, out);
    if (row->numbers[IS_STRANGE_GRANT])
        buf_add(out, S(", where this person is not usually, or on a day with such a visit"));
    buf_print(out, ". %s later ", instant_print_span(grant->read.time - row->first, span));
    if (is_role)
        buf_print(out,
                  "%.*s began to open mailboxes it had never opened: %llu of them, %llu messages "
                  "or folders.",
                  (int)reader.len, reader.at, reads, messages);
    else if (row->numbers[IS_SELF])
        buf_print(out,
                  "the same person, who had never opened it, read it: %llu access%s, %llu messages "
                  "or folders%s.",
                  reads, reads == 1 ? "" : "es", messages,
                  is_owner_there ? "; its owner is still at work" : "");
    else
        buf_print(out,
                  "%.*s, who had never opened it, read it from %s: %llu access%s, %llu messages or "
                  "folders.",
                  (int)reader.len, reader.at,
                  row->numbers[IS_STRANGE_READ] ? "a place that is new for this reader"
                                                : "a place that is usual or cannot be judged",
                  reads, reads == 1 ? "" : "es", messages);
}

// Cases of one author and level are one finding, told by the earliest of them. Numbers of a group:
enum { FIRST_CASE, GRANTS };

static void report(struct detection *detection, struct case_row *group)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    struct case_row *row = &watch->cases.rows[group->numbers[FIRST_CASE]];
    enum sigma_level level = (enum sigma_level)group->key.part[1];
    unsigned long long others = group->numbers[GRANTS] - 1;
    write_statement(watch, k, row, grant_of(watch, row), &watch->text);
    if (others)
        buf_print(&watch->text, " %llu more case%s of the same kind by the same person.", others,
                  others == 1 ? "" : "s");
    // One mailbox may be somebody's wish; so many as make an administrator are a collection.
    bool is_self = row->numbers[IS_SELF] && row->key.part[3] != BY_READER;
    if (group->numbers[GRANTS] >= GRANT_AUTHOR_MAILBOXES && (level == LEVEL_MEDIUM || is_self))
        level = level == LEVEL_LOW ? LEVEL_MEDIUM : LEVEL_HIGH;
    detection_find(detection, case_take(group), level, row->numbers[IS_STRANGE_GRANT] ? 0.8 : 0.6,
                   buf_str(&watch->text));
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        const struct grant *grant = grant_of(watch, row);
        enum sigma_level level;
        if (!row->draft || !judge(watch, k, row, grant, &level))
            continue;
        struct case_key key = {
            {knowledge_person(k, &grant->first), level, row->key.part[3] == BY_READER, 0}};
        struct case_row *group = case_table_open(&watch->groups, key);
        if (!group)
            continue;
        if (!group->numbers[GRANTS]++) {
            group->numbers[FIRST_CASE] = i;
            group->draft = case_take(row);
        } else {
            draft_merge(group->draft, case_take(row));
        }
    }
    for (uint32_t i = 0; i < watch->groups.count; i++)
        report(detection, &watch->groups.rows[i]);
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->counted);
    case_table_done(&watch->authors);
    case_table_done(&watch->groups);
    free(watch->grants);
    buf_done(&watch->text);
}

const struct detector detector_delegation_then_read = {
    .name = "delegation_then_read",
    .title = "A mailbox was read after rights on it were given",
    .attack = "T1098.002 T1114.002",
    .meaning =
        "Rights on a mailbox or folder were given, or a role that lets its holder act as any mailbox, "
        "and within 30 days someone who had never opened that mailbox read it. It weighs most when "
        "whoever gave the rights was where he never is, and more when he gave them to himself while "
        "the mailbox's owner is at work.",
    .false_positives =
        "Grants by Exchange itself (NT AUTHORITY\\SYSTEM and other actors of Microsoft's): passed "
        "over. Assistants and shared mailboxes: no finding when the reader had opened the mailbox "
        "before, or when three others read it. Administrators who give rights on other days or on "
        "three others' mailboxes, and "
        "owners who share a folder, from the usual place: no finding. Mailboxes of leavers given to a "
        "manager: at most low. What an administrator does at a usual place on the day of a strange visit, "
        "and those who read at places of their own what the visitor had given himself. Who the rights were "
        "given to is not part of what is looked at.",
    .is_delegate = true,
    .asks_places = true,
    .state_size = sizeof(struct watch),
    .begin = begin,
    .kinds = DETECTOR_SEES(MAIL_PERMISSION) | DETECTOR_SEES(IMPERSONATION) |
             DETECTOR_SEES(MAIL_ACCESS) | DETECTOR_SEES(SIGN_IN),
    .see = see,
    .end = end,
    .release = release,
};
