// A domain's trust was changed, and then someone came in by it who never did before.
// SPDX-License-Identifier: Apache-2.0
//
// Whoever makes the tenant trust an issuer of his own can sign in as anyone (a backdoor domain, Golden
// SAML). Held against the changes are interactive sign-ins of people whom the tenant itself had always
// authenticated, that suddenly come of a federated issuer.
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/keyset.h"
#include "detector/detector.h"
#include "detector/stranger.h"
#include "detector/symbol_rows.h"
#include "event/outcome.h"

#define PEOPLE_LIMIT ((uint32_t)1 << 20)
// Changes that are listed with a finding.
#define CHANGE_LIMIT 16
// So many people who came over from places of their own are a migration; an intruder has no use for their
// networks.
#define MIGRATED 5

// Colleagues who come over have been at an office's address before; an intruder who is several people has
// addresses of his own. Two may share a home.
#define AT_ONE_ADDRESS 3
#define ADDRESS_LIMIT ((uint32_t)1 << 20)

// Neighbours of one provider share a network: a new program tells a stranger as well.
#define STRANGE (STRANGER_NETWORK | STRANGER_AGENT | STRANGER_SCRIPT)

struct person {
    bool was_managed, was_federated; // before the first change
};

// Of newly federated people, {person}.
enum { MARKS, ADDRESS, IS_MIXED, IS_OF_CROWD };

struct watch {
    struct stranger_memo memo;
    struct person *people; // by number of the person
    uint32_t count, capacity;
    struct symbol_rows numbers;
    struct case_table cases;
    struct keyset addresses; // of sign-ins before the first change
    struct activity changes[CHANGE_LIMIT];
    size_t change_count;      // all
    bool is_federated_tenant; // federated sign-ins before the first change
    struct buf text;
};

static struct person *person_open(struct watch *watch, uint32_t symbol)
{
    uint32_t before = watch->numbers.count;
    uint32_t number = symbol_rows_open(&watch->numbers, symbol, PEOPLE_LIMIT);
    if (watch->numbers.count > before) {
        ARRAY_GROW(watch->people, watch->count, watch->capacity);
        watch->people[watch->count++] = (struct person){0};
    }
    return number ? &watch->people[number - 1] : NULL;
}

static void keep(struct watch *watch, const struct knowledge *k, const struct activity *activity)
{
    struct case_key key = {{knowledge_person(k, activity)}};
    struct case_row *row = case_table_open(&watch->cases, key);
    if (!row)
        return;
    unsigned marks = stranger_marks(&watch->memo, k, activity);
    if (!row->draft)
        row->draft = draft_new();
    if (stranger_weight(marks) > stranger_weight((unsigned)row->numbers[MARKS]) ||
        !row->numbers[ADDRESS])
        row->numbers[ADDRESS] = activity->address;
    row->numbers[MARKS] |= marks;
    draft_add(row->draft, activity, knowledge_texts(k));
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    uint32_t symbol = knowledge_person(k, activity);
    if (activity->time == INSTANT_NONE || activity->outcome == OUTCOME_FAILURE)
        return;
    if (activity->kind == ACTIVITY_FEDERATION && activity->actor != ACTOR_PROVIDER) {
        if (watch->change_count < CHANGE_LIMIT)
            watch->changes[watch->change_count] = *activity;
        watch->change_count++;
        return;
    }
    if (activity->kind == ACTIVITY_SIGN_IN && !watch->change_count &&
        watch->addresses.count < ADDRESS_LIMIT)
        keyset_add(&watch->addresses, hash_mix(activity->address));
    // Tokens given without the user taking part do not say how he once signed in.
    if (activity->kind != ACTIVITY_SIGN_IN || !(activity->flags & ACTIVITY_IS_INTERACTIVE) ||
        !symbol)
        return;
    struct person *person = person_open(watch, symbol);
    bool is_federated = activity->flags & ACTIVITY_IS_FEDERATED;
    if (!person)
        return;
    if (!watch->change_count) {
        person->was_federated |= is_federated;
        person->was_managed |= !is_federated;
        watch->is_federated_tenant |= is_federated;
    } else if (is_federated && person->was_managed && !person->was_federated) {
        keep(watch, k, activity);
    } else if (is_federated) { // came that way from the first
        person->was_federated |= !person->was_managed;
    } else {
        struct case_row *row = case_table_find(&watch->cases, (struct case_key){{symbol}});
        if (row)
            row->numbers[IS_MIXED] = 1;
        // Someone new since the change, whom the tenant authenticates.
        person->was_managed = true;
    }
}

static bool is_new_address(const struct watch *watch, const struct case_row *row)
{
    return row->numbers[ADDRESS] && watch->addresses.count < ADDRESS_LIMIT &&
           !keyset_has(&watch->addresses, hash_mix((uint64_t)row->numbers[ADDRESS]));
}

// Once several came over at one address that nobody had been at before, all others at such addresses are
// marked with them.
static void mark_crowd(struct watch *watch)
{
    struct keyset people[AT_ONE_ADDRESS] = {0};
    bool is_crowd = false;
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        const struct case_row *row = &watch->cases.rows[i];
        unsigned count = 0;
        while (count < AT_ONE_ADDRESS &&
               !keyset_add(&people[count], hash_mix((uint64_t)row->numbers[ADDRESS])))
            count++;
        is_crowd = is_crowd || (count >= AT_ONE_ADDRESS - 1 && is_new_address(watch, row));
    }
    for (uint32_t i = 0; is_crowd && i < watch->cases.count; i++)
        watch->cases.rows[i].numbers[IS_OF_CROWD] = is_new_address(watch, &watch->cases.rows[i]);
    for (int i = 0; i < AT_ONE_ADDRESS; i++)
        keyset_done(&people[i]);
}

static bool is_strange_row(const struct case_row *row)
{
    return (row->numbers[MARKS] & STRANGE) || row->numbers[IS_OF_CROWD];
}

struct sum {
    uint64_t strange, own, mixed, of_crowd;
    unsigned marks;
    uint32_t address, person; // of the strangest
};

static struct sum add_up(const struct watch *watch)
{
    struct sum sum = {0};
    unsigned most = 0;
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        const struct case_row *row = &watch->cases.rows[i];
        unsigned marks = (unsigned)row->numbers[MARKS], weight = stranger_weight(marks);
        bool is_strange = is_strange_row(row);
        sum.strange += is_strange;
        sum.own += !is_strange;
        sum.of_crowd += row->numbers[IS_OF_CROWD] != 0;
        sum.mixed += row->numbers[IS_MIXED] != 0;
        if (!i || weight > most) {
            most = weight;
            sum.marks = marks;
            sum.address = (uint32_t)row->numbers[ADDRESS];
            sum.person = row->key.part[0];
        }
    }
    return sum;
}

static bool judge(const struct watch *watch, const struct sum *sum, enum sigma_level *level)
{
    bool is_migration = sum->own >= MIGRATED;
    unsigned weight = stranger_weight(sum->marks);
    if (!sum->strange) { // a tenant that uses federation moves people to it all the time
        *level = sum->mixed ? LEVEL_MEDIUM : LEVEL_LOW;
        return sum->own && !is_migration && !watch->is_federated_tenant;
    }
    if (sum->of_crowd) {
        *level = LEVEL_CRITICAL;
        return true;
    }
    if (is_migration) { // some of those who moved are on a journey
        *level = LEVEL_MEDIUM;
        return weight >= 2;
    }
    *level = weight >= 2 ? LEVEL_CRITICAL : LEVEL_HIGH;
    return true;
}

static void write_statement(const struct watch *watch, const struct knowledge *k,
                            const struct sum *sum, struct buf *out)
{
    const struct activity *change = &watch->changes[0];
    struct str operation = knowledge_text(k, change->operation);
    struct str target = knowledge_text(k, change->target);
    struct str person = knowledge_text(k, sum->person);
    uint64_t count = sum->strange + sum->own;
    buf_clear(out);
    while (operation.len &&
           (operation.at[operation.len - 1] == '.' || operation.at[operation.len - 1] == ' '))
        operation.len--;
    buf_print(out, "After a change of trust (%.*s%s%.*s", (int)operation.len, operation.at,
              target.len ? ": " : "", (int)target.len, target.at);
    buf_print(
        out,
        ") %llu %s whom the tenant itself had authenticated till then signed in through a "
        "federated issuer, %llu of them from a network or by a program new for the person, or "
        "together from an address that nobody had signed in from; ",
        (unsigned long long)count, count == 1 ? "person" : "people",
        (unsigned long long)sum->strange);
    buf_print(out, "%.*s from ", (int)person.len, person.at);
    stranger_print_place(k, sum->address, out);
    buf_add(out, S(". "));
    if (sum->mixed)
        buf_print(out, "%llu of them went on to sign in with the tenant as well.",
                  (unsigned long long)sum->mixed);
    else
        stranger_print(sum->marks, out);
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    mark_crowd(watch);
    struct sum sum = add_up(watch);
    enum sigma_level level;
    if (!watch->cases.count || !judge(watch, &sum, &level))
        return;
    write_statement(watch, k, &sum, &watch->text);
    struct draft *draft = draft_new();
    for (size_t i = 0; i < watch->change_count && i < CHANGE_LIMIT; i++)
        draft_add(draft, &watch->changes[i], knowledge_texts(k));
    // With strangers among them, those at home are not the intruder's.
    for (uint32_t i = 0; i < watch->cases.count; i++)
        if (!sum.strange || is_strange_row(&watch->cases.rows[i]))
            draft_merge(draft, case_take(&watch->cases.rows[i]));
    detection_find(detection, draft, level, level >= LEVEL_HIGH ? 0.9 : 0.6, buf_str(&watch->text));
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->cases);
    symbol_rows_done(&watch->numbers);
    keyset_done(&watch->addresses);
    free(watch->people);
    buf_done(&watch->text);
}

const struct detector detector_federated_after_trust_change = {
    .name = "federated_after_trust_change",
    .title = "Sign-ins through a federated issuer after a domain's trust was changed",
    .attack = "T1484.002 T1606.002 T1556.007",
    .meaning =
        "The authentication or federation of a domain was changed, and afterwards people whom the tenant "
        "itself had authenticated till then signed in interactively through a federated issuer. Whoever "
        "makes a tenant trust an issuer of his own can be anyone in it, without password or second factor.",
    .false_positives =
        "A planned migration: five or more people who come over from networks of their own; of them only "
        "those in new countries, by new programs or in hosting networks are reported, and lower, and three or more "
        "at one address that nobody had signed in from (a new office). A tenant "
        "that used federation before the change, whose people come over from their own networks. Renewed "
        "certificates bring nobody over.",
    .state_size = sizeof(struct watch),
    .kinds = DETECTOR_SEES(FEDERATION) | DETECTOR_SEES(SIGN_IN),
    .see = see,
    .end = end,
    .release = release,
};
