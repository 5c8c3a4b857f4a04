// Security notices were deleted during a strange visit, or just after one.
// SPDX-License-Identifier: Apache-2.0
//
//   change of an account, strange visit ─▶ remembered by person ─▶ deletion of a notice within 24 hours
#include <stdlib.h>

#include "detector/detector.h"
#include "detector/notice.h"
#include "detector/place.h"

// How long after a change or visit a deletion belongs to it: notices come within minutes, and who hides
// them does so before the owner's next working day.
#define NOTICE_WINDOW DAY

enum { IN_PLACE, AFTER_VISIT }; // the third part of a case's key

enum { NOTICES, HARD, CHANGES };

struct notice_case {
    struct activity deletion, visit, change; // the first of each; time INSTANT_NONE for none
};

struct watch {
    struct case_table cases;
    struct notice_case *details; // the same numbers as the cases
    uint32_t detail_count, detail_capacity;
    struct case_table index;  // {person}: numbers[0] is the number of its last change + 1
    struct activity *changes; // the last of each person
    uint32_t change_count, change_capacity;
    struct place_watch *places; // shared
    struct buf text;
};

// ---- changes ----------------------------------------------------------------------------------

// What Entra and Exchange send a notice about.
static bool is_change(const struct knowledge *k, const struct activity *a)
{
    struct str operation = knowledge_text(k, a->operation);
    switch ((enum activity_kind)a->kind) {
    case ACTIVITY_METHOD:
    case ACTIVITY_DEVICE:
    case ACTIVITY_CONSENT:
        return true;
    case ACTIVITY_MAIL_RULE:
    case ACTIVITY_MAIL_FORWARDING:
        return a->flags & (ACTIVITY_FORWARDS | ACTIVITY_HIDES);
    case ACTIVITY_OTHER:
    case ACTIVITY_DIRECTORY: // Entra audit activity reference: "Change user password." and others
        return str_contains_fold(operation, S("user password")) ||
               str_starts_fold(operation, S("change password")) ||
               str_starts_fold(operation, S("reset password"));
    default:
        return false;
    }
}

static void remember(struct watch *watch, uint32_t person, const struct activity *a)
{
    struct case_row *row =
        person ? case_table_open(&watch->index, (struct case_key){{person, 0, 0, 0}}) : NULL;
    if (!row)
        return;
    if (!row->numbers[0]) {
        ARRAY_GROW(watch->changes, watch->change_count, watch->change_capacity);
        row->numbers[0] = ++watch->change_count;
    }
    watch->changes[row->numbers[0] - 1] = *a;
}

static const struct activity *change_before(const struct watch *watch, uint32_t person,
                                            int64_t time)
{
    const struct case_row *row =
        case_table_find(&watch->index, (struct case_key){{person, 0, 0, 0}});
    const struct activity *change =
        row && row->numbers[0] ? &watch->changes[row->numbers[0] - 1] : NULL;
    return change && change->time >= time - NOTICE_WINDOW ? change : NULL;
}

// ---- deletions --------------------------------------------------------------------------------

static bool is_deletion(const struct knowledge *k, const struct activity *a)
{
    return a->kind == ACTIVITY_MAIL_DELETE ||
           (a->kind == ACTIVITY_MAIL_MOVE &&
            str_equal_fold(knowledge_text(k, a->operation), S("MoveToDeletedItems")));
}

static struct notice_case *detail_of(struct watch *watch, const struct case_row *row)
{
    uint32_t number = (uint32_t)(row - watch->cases.rows);
    while (watch->detail_count <= number) {
        ARRAY_GROW(watch->details, watch->detail_count, watch->detail_capacity);
        watch->details[watch->detail_count++] =
            (struct notice_case){.visit.time = INSTANT_NONE, .change.time = INSTANT_NONE};
    }
    return &watch->details[number];
}

static void see_deletion(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    uint32_t person = knowledge_person(k, a);
    if (!person || !place_is_human(k, a))
        return;
    bool is_odd = place_is_strange(place_odd(watch->places, k, a));
    const struct place_visit *visit = place_before(watch->places, k, a, NOTICE_WINDOW);
    bool is_in_place = is_odd || place_is_in_visit(k, visit, a);
    // From the usual place it is the owner who tidies up, whatever happened before.
    if (!is_in_place && (!visit || place_is_usual(k, a)))
        return;
    if (!notice_is_security(knowledge_text(k, a->detail))) // the dearest question
        return;
    struct case_key key = {{person, place_key(k, a), is_in_place ? IN_PLACE : AFTER_VISIT, 0}};
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    struct notice_case *detail = detail_of(watch, row);
    if (!row->draft) {
        row->draft = draft_new();
        detail->deletion = *a;
        if (visit) {
            detail->visit = visit->evidence;
            draft_add(row->draft, &visit->evidence, knowledge_texts(k));
        }
    }
    const struct activity *change = change_before(watch, person, a->time);
    if (change && !row->numbers[CHANGES]++) {
        detail->change = *change;
        if (change->identity != detail->visit.identity)
            draft_add_context(row->draft, change, knowledge_texts(k));
    }
    row->numbers[NOTICES] += a->count;
    row->numbers[HARD] += a->kind == ACTIVITY_MAIL_DELETE;
    draft_add(row->draft, a, knowledge_texts(k));
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
    if (is_deletion(k, activity)) {
        see_deletion(watch, k, activity);
    } else if (activity->time != INSTANT_NONE && is_change(k, activity)) {
        uint32_t person = knowledge_person(k, activity);
        remember(watch, person, activity);
        if (activity->target != person) // an administrator's change of another's account
            remember(watch, activity->target, activity);
    }
}

// ---- judging ----------------------------------------------------------------------------------

static enum sigma_level judge(const struct case_row *row)
{
    if (!row->numbers[CHANGES]) // a traveller who tidies up
        return LEVEL_LOW;
    return row->key.part[2] == IN_PLACE ? LEVEL_HIGH : LEVEL_MEDIUM;
}

static void write_statement(const struct knowledge *k, const struct case_row *row,
                            const struct notice_case *detail, struct buf *out)
{
    const struct activity *a = &detail->deletion;
    unsigned long long count = row->numbers[NOTICES];
    struct str who = place_person(k, a), subject = knowledge_text(k, a->detail);
    struct str operation = knowledge_text(k, detail->change.operation);
    char span[INSTANT_SIZE];
    buf_clear(out);
    buf_print(out, "%llu security notice%s of %.*s %s deleted from ", count, count == 1 ? "" : "s",
              (int)who.len, who.at, count == 1 ? "was" : "were");
    place_print(k, a, out);
    if (detail->visit.time != INSTANT_NONE) {
        buf_print(out, ", %s after a visit from ",
                  instant_print_span(a->time - detail->visit.time, span));
        place_print(k, &detail->visit, out);
    }
    buf_add(out, S(", where this person is on no other day"));
    if (detail->change.time != INSTANT_NONE)
        buf_print(out, ", and %s after a change of the account (%.*s)",
                  instant_print_span(a->time - detail->change.time, span), (int)operation.len,
                  operation.at);
    buf_print(out, ". The first had the subject '%.*s'.", (int)subject.len, subject.at);
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        if (!row->draft)
            continue;
        write_statement(k, row, detail_of(watch, row), &watch->text);
        detection_find(detection, case_take(row), judge(row), row->numbers[CHANGES] ? 0.85 : 0.6,
                       buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->index);
    free(watch->details);
    free(watch->changes);
    buf_done(&watch->text);
}

const struct detector detector_notices_deleted = {
    .name = "notices_deleted",
    .title = "Security notices were deleted during a strange visit",
    .attack = "T1070.008",
    .meaning =
        "Messages whose subject is that of a security notice (a new sign-in, a changed password or "
        "method, an alert about a rule) were deleted from where the account's owner never is, in a "
        "session that was used there, or within 24 hours after such a visit from a place that says "
        "nothing. It weighs more when the account was changed within the 24 hours before. Subjects "
        "are known in ten languages; a record names only the first of several messages.",
    .false_positives =
        "People and clean-up programs that tidy up at the usual place: no finding, even right after a "
        "change of their own. Travellers: a new network needs a new country or program as well, and "
        "without a change of the account the finding is medium.",
    .asks_places = true,
    .state_size = sizeof(struct watch),
    .begin = begin,
    .kinds = DETECTOR_SEES(MAIL_DELETE) | DETECTOR_SEES(MAIL_MOVE) | DETECTOR_SEES(METHOD) |
             DETECTOR_SEES(DEVICE) | DETECTOR_SEES(CONSENT) | DETECTOR_SEES(MAIL_RULE) |
             DETECTOR_SEES(MAIL_FORWARDING) | DETECTOR_SEES(OTHER) | DETECTOR_SEES(DIRECTORY),
    .see = see,
    .end = end,
    .release = release,
};
