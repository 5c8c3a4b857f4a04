// Auditing was changed by a person, and records that used to come came no more.
// SPDX-License-Identifier: Apache-2.0
//
//   change of auditing ─▶ case of the mailbox ─▶ days on which its owner was at work, mail accesses were
//   logged for others, and none for it ─▶ judged by how seldom such days were before; cases of one author
//   are one finding
//
// An activity says that a command for auditing was run, and where its parameters are known to reduce what
// is recorded (switched off, bypassed, a shorter age limit), it carries ACTIVITY_HIDES. Without that flag
// the direction is not known: then only what followed, or where it came from, makes a finding.
#include <math.h>
#include <stdlib.h>

#include "detector/detector.h"
#include "detector/place.h"

// Days after the change that are looked at: one bit each.
#define SILENCE_DAYS 64
// Silence is an exception where chance brings it in fewer than 1 of 100 cases (as ISSUED_PEER_CHANCE).
#define SILENCE_CHANCE 0.01
// Days of the log on which anything is counted, at most; later ones are no longer compared with.
#define SILENCE_LOG_DAYS 4096

enum { BY_SYMBOL, BY_NAME, BY_TENANT }; // the last part of a key

enum { OWNER_DAYS, RESUMED, MAILBOX, REDUCES, IS_STRANGE, IS_USUAL_ACTOR }; // numbers of a case

struct watch {
    struct case_table cases, groups;
    struct activity *changes; // the same numbers as the cases: the first change
    uint32_t change_count, change_capacity;
    int64_t *access_days; // of the tenant, ascending
    uint32_t day_count, day_capacity;
    bool has_names; // some case is of a mailbox known by an alias
    struct place_names names;
    struct place_watch *places; // shared
    struct buf text;
};

static struct activity *change_of(struct watch *watch, const struct case_row *row)
{
    uint32_t number = (uint32_t)(row - watch->cases.rows);
    while (watch->change_count <= number) {
        ARRAY_GROW(watch->changes, watch->change_count, watch->change_capacity);
        watch->changes[watch->change_count++] = (struct activity){.time = INSTANT_NONE};
    }
    return &watch->changes[number];
}

// ---- seeing -----------------------------------------------------------------------------------

static struct case_key key_of(const struct knowledge *k, const struct activity *a)
{
    struct str target = knowledge_text(k, a->target), operation = knowledge_text(k, a->operation);
    if (str_contains_fold(operation, S("AdminAuditLogConfig")))
        return (struct case_key){{a->home, 0, 0, BY_TENANT}};
    if (target.len && str_index(target, '@') == target.len)
        return place_name_key(target, BY_NAME);
    return (struct case_key){{a->mailbox ? a->mailbox : a->target, 0, 0, BY_SYMBOL}};
}

static void see_change(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    // Microsoft runs these commands on its own in every tenant, without an address or session.
    bool is_machinery = (a->flags & ACTIVITY_IS_EXTERNAL) && !a->address && !a->session;
    if (!place_is_human(k, a) || is_machinery)
        return;
    struct case_key key = key_of(k, a);
    struct case_row *row = key.part[0] ? case_table_open(&watch->cases, key) : NULL;
    if (!row)
        return;
    watch->has_names = watch->has_names || key.part[3] == BY_NAME;
    struct activity *change = change_of(watch, row);
    if (!row->draft) {
        row->draft = draft_new();
        row->first = a->time;
        row->numbers[MAILBOX] = key.part[3] == BY_SYMBOL ? key.part[0] : 0;
        *change = *a;
        row->numbers[IS_USUAL_ACTOR] =
            knowledge_habit(k, HABIT_USER, knowledge_person(k, a), HABIT_OPERATION, a->operation,
                            a->time - PLACE_MARGIN, a->time + PLACE_MARGIN)
                .standing == HABIT_KNOWN;
    }
    row->last = a->time;
    row->numbers[REDUCES] |= (a->flags & ACTIVITY_HIDES) != 0;
    row->numbers[IS_STRANGE] |=
        place_is_strange(place_odd(watch->places, k, a)) || place_before(watch->places, k, a, DAY);
    draft_add(row->draft, a, knowledge_texts(k));
    if (key.part[3] == BY_SYMBOL)
        draft_add_entity(row->draft, ENTITY_MAILBOX, knowledge_text(k, key.part[0]));
}

static struct case_row *find_case(struct watch *watch, const struct knowledge *k, uint32_t mailbox)
{
    if (!watch->cases.count || !mailbox)
        return NULL;
    struct case_row *row =
        case_table_find(&watch->cases, (struct case_key){{mailbox, 0, 0, BY_SYMBOL}});
    if (row || !watch->has_names)
        return row;
    return case_table_find(&watch->cases, place_name_key_of(&watch->names, k, mailbox, BY_NAME));
}

// Whole days since the change; 0 on its own day, SILENCE_DAYS and more: not looked at.
static uint64_t days_since(const struct case_row *row, const struct activity *a)
{
    return (uint64_t)(a->time / DAY - row->first / DAY);
}

static void see_access(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    int64_t day = a->time / DAY;
    bool is_new = !watch->day_count || watch->access_days[watch->day_count - 1] < day;
    if (is_new && watch->day_count < SILENCE_LOG_DAYS) {
        ARRAY_GROW(watch->access_days, watch->day_count, watch->day_capacity);
        watch->access_days[watch->day_count++] = day;
    }
    struct case_row *row = find_case(watch, k, a->mailbox);
    uint64_t since = row ? days_since(row, a) : 0;
    if (since > 0 && !row->numbers[RESUMED])
        row->numbers[RESUMED] = since;
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
    const struct activity *a = activity;
    if (a->time == INSTANT_NONE)
        return;
    if (a->kind == ACTIVITY_AUDIT_CHANGE) {
        see_change(watch, k, a);
    } else if (a->kind == ACTIVITY_MAIL_ACCESS) {
        see_access(watch, k, a);
    } else if ((a->kind == ACTIVITY_SIGN_IN || a->kind == ACTIVITY_MAIL_SEND) &&
               place_is_human(k, a)) {
        uint32_t person = knowledge_person(k, a);
        struct case_row *row = find_case(watch, k, person);
        uint64_t since = row ? days_since(row, a) : 0;
        if (row && !row->numbers[MAILBOX])
            row->numbers[MAILBOX] = person; // the alias is this person's
        if (since > 0 && since < SILENCE_DAYS)
            row->numbers[OWNER_DAYS] |= (uint64_t)1 << since;
    }
}

// ---- judging ----------------------------------------------------------------------------------

static bool is_access_day(const struct watch *watch, int64_t day)
{
    uint32_t low = 0, high = watch->day_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (watch->access_days[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < watch->day_count && watch->access_days[low] == day;
}

struct silence {
    bool is_shown;
    unsigned days;             // at work, others logged, nothing of this mailbox
    unsigned before, accesses; // days at work before the change; of those with accesses
};

static struct silence find_silence(const struct watch *watch, const struct knowledge *k,
                                   const struct case_row *row)
{
    struct silence silence = {0};
    struct habit_volume volume;
    uint32_t mailbox = (uint32_t)row->numbers[MAILBOX];
    int64_t last = knowledge_last(k);
    if (!mailbox)
        return silence;
    for (uint64_t since = 1; since < SILENCE_DAYS; since++) {
        if (row->numbers[RESUMED] && since >= row->numbers[RESUMED])
            break;
        silence.days += (row->numbers[OWNER_DAYS] >> since & 1) &&
                        is_access_day(watch, row->first / DAY + (int64_t)since);
    }
    habit_volume(knowledge_habits(k), HABIT_MAILBOX, mailbox, row->first, last, &volume);
    silence.before = knowledge_habit_days(k, HABIT_USER, mailbox, HABIT_HOUR, 0, row->first, last)
                         .history_before;
    silence.accesses = volume.days < silence.before ? volume.days : silence.before;
    if (silence.before < HABIT_DAYS_MEASURE)
        return silence;
    // A day at work without accesses, by Laplace's rule of succession, so many times.
    double quiet = (silence.before - silence.accesses + 1) / (silence.before + 2.0);
    silence.is_shown = silence.days > 0 && pow(quiet, silence.days) < SILENCE_CHANCE;
    return silence;
}

static bool judge(const struct case_row *row, const struct silence *silence,
                  enum sigma_level *level)
{
    bool is_tenant = row->key.part[3] == BY_TENANT, reduces = row->numbers[REDUCES];
    *level = LEVEL_LOW;
    if (row->numbers[IS_STRANGE])
        *level = silence->is_shown ? LEVEL_CRITICAL : reduces ? LEVEL_HIGH : LEVEL_MEDIUM;
    else if (is_tenant)
        *level = reduces ? LEVEL_HIGH : LEVEL_LOW;
    else if (silence->is_shown && !row->numbers[IS_USUAL_ACTOR])
        *level = LEVEL_MEDIUM; // an administrator who quiets a noisy account does the same
    return row->numbers[IS_STRANGE] || is_tenant || reduces || silence->is_shown;
}

// Cases of one author become one: numbers of the group's row.
enum { FIRST_CASE, LEVEL, CHANGED, SILENT, SHOWN_CASE };

static void add_to_group(struct watch *watch, const struct knowledge *k, uint32_t number,
                         enum sigma_level level, bool is_shown)
{
    struct case_row *row = &watch->cases.rows[number];
    uint32_t author = knowledge_person(k, &watch->changes[number]);
    struct case_key key = {{author, row->numbers[IS_STRANGE] != 0, 0, 0}};
    struct case_row *group = case_table_open(&watch->groups, key);
    if (!group)
        return;
    if (!group->draft) {
        group->draft = case_take(row);
        group->numbers[FIRST_CASE] = number;
    } else {
        draft_merge(group->draft, case_take(row));
    }
    if (is_shown && !group->numbers[SILENT]++)
        group->numbers[SHOWN_CASE] = number;
    if (level > group->numbers[LEVEL])
        group->numbers[LEVEL] = level;
    group->numbers[CHANGED]++;
}

static void write_statement(const struct watch *watch, const struct knowledge *k,
                            const struct case_row *group, struct buf *out)
{
    uint64_t number = group->numbers[group->numbers[SILENT] ? SHOWN_CASE : FIRST_CASE];
    const struct case_row *row = &watch->cases.rows[number];
    const struct activity *change = &watch->changes[number];
    struct str who = place_person(k, change), operation = knowledge_text(k, change->operation);
    struct str whose =
        knowledge_text(k, row->numbers[MAILBOX] ? (uint32_t)row->numbers[MAILBOX] : change->target);
    char when[INSTANT_SIZE];
    bool is_tenant = row->key.part[3] == BY_TENANT;
    buf_clear(out);
    buf_print(out, "%.*s changed the auditing of %.*s (%.*s, %s) from ", (int)who.len, who.at,
              is_tenant ? 16 : (int)whose.len, is_tenant ? "the whole tenant" : whose.at,
              (int)operation.len, operation.at, instant_print(change->time, when));
    place_print(k, change, out);
    if (row->numbers[IS_STRANGE])
        buf_add(out, S(", where this person is not usually, or on a day with such a visit"));
    buf_print(out, "%s. ",
              row->numbers[REDUCES] ? "; less is recorded by it"
                                    : "; whether less is recorded by it is not known");
    if (group->numbers[CHANGED] > 1)
        buf_print(out, "%llu such changes by the same person in all. ",
                  (unsigned long long)group->numbers[CHANGED]);
    if (!group->numbers[SILENT])
        return;
    struct silence s = find_silence(watch, k, row);
    buf_print(
        out,
        "On the %u days after it on which the owner was at work and mail accesses of others "
        "were logged, none of this mailbox was; before, there were some on %u of %u days. What "
        "was read in it since then cannot be seen. ",
        s.days, s.accesses, s.before);
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        enum sigma_level level;
        struct silence silence = find_silence(watch, k, &watch->cases.rows[i]);
        if (watch->cases.rows[i].draft && judge(&watch->cases.rows[i], &silence, &level))
            add_to_group(watch, k, i, level, silence.is_shown);
    }
    for (uint32_t i = 0; i < watch->groups.count; i++) {
        struct case_row *group = &watch->groups.rows[i];
        write_statement(watch, k, group, &watch->text);
        detection_find(detection, case_take(group), (enum sigma_level)group->numbers[LEVEL],
                       group->numbers[SILENT] ? 0.85 : 0.6, str_trim(buf_str(&watch->text)));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->groups);
    free(watch->changes);
    free(watch->access_days);
    buf_done(&watch->text);
}

const struct detector detector_audit_silenced = {
    .name = "audit_silenced",
    .title = "Auditing was changed and records stopped",
    .attack = "T1685.002",
    .meaning =
        "A person changed the auditing of a mailbox or of the tenant, and afterwards no mail access of "
        "that mailbox was recorded although its owner went on signing in or sending and the accesses "
        "of others were recorded; or the change itself records less, or was made from where its author "
        "never is. What happened in the mailbox since then cannot be seen in these logs.",
    .false_positives =
        "Microsoft runs Set-AdminAuditLogConfig and the like in every tenant by itself: its actors, and "
        "external ones without address and session, are passed over. Administrators who bypass a noisy "
        "service account: medium when silence follows, low when they do so regularly. Holidays: only "
        "days on which the owner was at work count. A feed of mail accesses that ends for all: days "
        "without accesses of anyone do not count. Auditing that is switched on: no finding.",
    .asks_places = true,
    .state_size = sizeof(struct watch),
    .begin = begin,
    .kinds = DETECTOR_SEES(AUDIT_CHANGE) | DETECTOR_SEES(MAIL_ACCESS) | DETECTOR_SEES(SIGN_IN) |
             DETECTOR_SEES(MAIL_SEND),
    .see = see,
    .end = end,
    .release = release,
};
