// A rule or forwarding that hides or sends on mail, made from where its owner never is, or just after
// someone was there.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "detector/detector.h"
#include "detector/place.h"

// How long after a strange visit a rule belongs to it: intruders make their rule on the first day, and
// sessions of a browser live that long without being asked again.
#define RULE_WINDOW DAY
// Rules of so many people out of one strange network are no coincidence of travels.
#define RULE_PERSONS_MANY 3
// Names of at most so many characters, none of them a letter or digit ("." and the like), are chosen to
// be overlooked. Source: investigations as told by the LETHAL forensics scripts and Elastic's rules.
#define RULE_NAME_BLANK 3

// How a case came about; the second part of its key. The first is the network for IN_PLACE, else the person.
enum way { IN_PLACE, IN_SESSION, AFTER_VISIT, BY_NAME };

enum { RULES, PERSONS, HIDES, FORWARDS, IS_VERY_STRANGE };

struct rule_case {
    struct activity rule;  // the first
    struct activity visit; // before it; time INSTANT_NONE for none
};

struct watch {
    struct case_table cases, counted; // counted: {case, person}
    struct rule_case *details;        // the same numbers as the cases
    uint32_t detail_count, detail_capacity;
    struct place_watch *places; // shared
    struct buf text;
};

static struct rule_case *detail_of(struct watch *watch, const struct case_row *row)
{
    uint32_t number = (uint32_t)(row - watch->cases.rows);
    while (watch->detail_count <= number) {
        ARRAY_GROW(watch->details, watch->detail_count, watch->detail_capacity);
        watch->details[watch->detail_count++] = (struct rule_case){.visit.time = INSTANT_NONE};
    }
    return &watch->details[number];
}

static bool is_blank_name(struct str name)
{
    if (!name.len || name.len > RULE_NAME_BLANK)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = ascii_lower(name.at[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80))
            return false;
    }
    return true;
}

// Whether the rule is worth a case, and of which kind.
static bool classify(const struct knowledge *k, const struct activity *a, unsigned odd,
                     const struct place_visit *visit, enum way *way)
{
    if (place_is_strange(odd)) {
        *way = IN_PLACE;
    } else if (place_is_in_visit(k, visit, a)) {
        *way = IN_SESSION;
    } else if (visit && !place_is_usual(k, a)) {
        *way = AFTER_VISIT; // from the usual place the owner himself may have made it
    } else if (a->kind == ACTIVITY_MAIL_RULE && is_blank_name(knowledge_text(k, a->detail))) {
        *way = BY_NAME;
    } else {
        return false;
    }
    return true;
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
    enum way way;
    if ((a->kind != ACTIVITY_MAIL_RULE && a->kind != ACTIVITY_MAIL_FORWARDING) ||
        !(a->flags & (ACTIVITY_HIDES | ACTIVITY_FORWARDS)) || !place_is_human(k, a))
        return;
    unsigned odd = place_odd(watch->places, k, a);
    const struct place_visit *visit = place_before(watch->places, k, a, RULE_WINDOW);
    uint32_t person = knowledge_person(k, a);
    if (!person || !classify(k, a, odd, visit, &way))
        return;
    uint32_t whose = way == IN_PLACE ? place_key(k, a) : person;
    struct case_row *row = case_table_open(&watch->cases, (struct case_key){{whose, way, 0, 0}});
    if (!row)
        return;
    struct rule_case *detail = detail_of(watch, row);
    if (!row->draft) {
        row->draft = draft_new();
        detail->rule = *a;
        if (visit)
            detail->visit = visit->evidence;
        if (visit && way != BY_NAME)
            draft_add(row->draft, &visit->evidence, knowledge_texts(k));
    }
    struct case_key key = {{whose, way, person, 1}};
    if (!case_table_find(&watch->counted, key) && case_table_open(&watch->counted, key))
        row->numbers[PERSONS]++;
    row->numbers[RULES]++;
    row->numbers[HIDES] += (a->flags & ACTIVITY_HIDES) != 0;
    row->numbers[FORWARDS] += (a->flags & ACTIVITY_FORWARDS) != 0;
    row->numbers[IS_VERY_STRANGE] |= place_is_very_strange(odd);
    draft_add(row->draft, a, knowledge_texts(k));
    draft_add_entity(row->draft, ENTITY_RULE, knowledge_text(k, a->detail));
}

// ---- judging ----------------------------------------------------------------------------------

// A journey explains a new network and country; a new program or rented servers besides, a second person,
// or the session of a strange visit are hard to explain.
static enum sigma_level judge(const struct case_row *row)
{
    switch ((enum way)row->key.part[1]) {
    case IN_PLACE:
        if (row->numbers[PERSONS] >= RULE_PERSONS_MANY)
            return LEVEL_CRITICAL;
        return row->numbers[IS_VERY_STRANGE] || row->numbers[PERSONS] > 1 || row->numbers[FORWARDS]
                   ? LEVEL_HIGH
                   : LEVEL_MEDIUM;
    case IN_SESSION:
        return LEVEL_HIGH;
    case AFTER_VISIT:
        return LEVEL_MEDIUM;
    default:
        return LEVEL_LOW;
    }
}

static void write_statement(const struct knowledge *k, const struct case_row *row,
                            const struct rule_case *detail, struct buf *out)
{
    enum way way = (enum way)row->key.part[1];
    unsigned long long rules = row->numbers[RULES], persons = row->numbers[PERSONS];
    struct str who = place_person(k, &detail->rule), name = knowledge_text(k, detail->rule.detail);
    char span[INSTANT_SIZE];
    buf_clear(out);
    if (persons > 1)
        buf_print(out, "%llu rules or forwardings in %llu accounts, of %.*s first, that ", rules,
                  persons, (int)who.len, who.at);
    else
        buf_print(out, "%llu rule%s or forwarding of %.*s that ", rules, rules == 1 ? "" : "s",
                  (int)who.len, who.at);
    buf_print(out, "%s, made from ",
              !row->numbers[FORWARDS] ? "hide mail (delete, move away or mark as read)"
              : !row->numbers[HIDES]  ? "send mail on"
                                      : "hide mail and send it on");
    place_print(k, &detail->rule, out);
    if (way == IN_PLACE)
        buf_add(out, S(", in a network never used on other days, with a country or program that is "
                       "new as well or on servers for rent"));
    if (way == IN_SESSION || way == AFTER_VISIT) {
        buf_print(
            out, ", %s after %s ", instant_print_span(detail->rule.time - detail->visit.time, span),
            way == IN_SESSION ? "the same session was used at" : "a visit of this account from");
        place_print(k, &detail->visit, out);
        buf_add(out, S(", where this person is on no other day"));
    }
    if (name.len)
        buf_print(out, ". The first is called '%.*s'", (int)name.len, name.at);
    if (way == BY_NAME)
        buf_add(out, S(", a name without letters; the place is not known to be unusual"));
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
        write_statement(k, row, detail_of(watch, row), &watch->text);
        enum sigma_level level = judge(row);
        detection_find(detection, case_take(row), level,
                       level >= LEVEL_HIGH     ? 0.85
                       : level == LEVEL_MEDIUM ? 0.65
                                               : 0.4,
                       buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    case_table_done(&watch->counted);
    free(watch->details);
    buf_done(&watch->text);
}

const struct detector detector_rule_in_risky_session = {
    .name = "rule_in_risky_session",
    .title = "A rule that hides or forwards mail was made during a strange visit",
    .attack = "T1114.003 T1564.008 T1137.005",
    .meaning =
        "An inbox rule or a forwarding that deletes, moves away, marks as read or sends on mail was "
        "made from where the account's owner never is, in a session that was used there, or within 24 "
        "hours after such a visit. Intruders make such rules to read along and to keep answers and "
        "warnings from the owner. Rules of several people out of one such network are one finding.",
    .false_positives =
        "Rules for folders that people make at their usual place: no finding, unless the name has no "
        "letters at all, which is low. Forwarding set by administrators at their usual place, for "
        "leavers or in migrations: no finding. Travellers: a new network and country alone is medium "
        "for a rule that only moves mail. Networks that three colleagues use on other days are taken "
        "for the organisation's own.",
    .asks_places = true,
    .state_size = sizeof(struct watch),
    .begin = begin,
    .kinds = DETECTOR_SEES(MAIL_RULE) | DETECTOR_SEES(MAIL_FORWARDING),
    .see = see,
    .end = end,
    .release = release,
};
