// A code typed in for a stranger: a device-code sign-in from somewhere new, and what was done with it.
// SPDX-License-Identifier: Apache-2.0
//
// The victim types in a code that an intruder began; the token goes to the intruder's machine. What
// follows there (mail, the broker's token, a device of his own) shows that it was no room or printer.
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/keyset.h"
#include "detector/detector.h"
#include "detector/stranger.h"
#include "detector/symbol_rows.h"
#include "event/outcome.h"

// What follows within a day: tokens of the sign-in are good for about an hour, refreshed as long as used.
#define FOLLOWS DAY
#define PEOPLE_LIMIT ((uint32_t)1 << 17)
// Typed in at home, and so soon used by the same session through a way out where the person never was: another's
// machine, be it with the same provider. A command line beside the browser goes out where the browser does.
#define HANDED (10 * MINUTE)
#define LIVED_LIMIT ((uint32_t)1 << 20)
// The authentication broker, by which a device is registered and a primary refresh token obtained.
#define BROKER "29d9ed98-a469-4536-ade2-f981bc1d605e"

enum follow { READ_MAIL = 1, GOT_BROKER = 2, MADE_DEVICE = 4, USED_GRAPH = 8 };

// The person's latest device-code sign-in that is not usual for him.
struct chain {
    struct draft *draft;
    int64_t time;
    uint32_t person, address, network, session, app;
    unsigned marks, follows;
    uint64_t identity; // of the latest sign-in by code
    uint64_t exit;     // not 0: in a network of the person's own, where only this exit is not
};

struct watch {
    struct stranger_memo memo;
    struct egress egress;
    struct chain *chains; // by number of the person
    uint32_t count, capacity;
    struct symbol_rows numbers;
    // Of everyone: days on which a device code was used, {person}; and how it was last used at home
    struct case_table users;
    struct keyset lived; // (person, exit) of sign-ins
    // Chains that are over wait until all is seen.
    struct chain *waiting;
    uint32_t waiting_count, waiting_capacity;
    struct buf text;
};

enum { LAST_DAY, DAYS, LAST_TIME, LAST_EXIT, LAST_SESSION };
// On as many days and more it is what the person always does: the number of days of a habit.
#define DAYS_USUAL HABIT_DAYS_KNOWN
// On so many days, of which one may be the victim's who types the code in, the person uses codes besides: a new
// network alone says nothing then.
#define DAYS_USED 2

static void count_day(struct watch *watch, const struct activity *activity, uint32_t person)
{
    struct case_row *row = case_table_open(&watch->users, (struct case_key){{person}});
    uint64_t day = (uint64_t)(activity->time / DAY);
    if (row && row->numbers[LAST_DAY] != day + 1) {
        row->numbers[LAST_DAY] = day + 1;
        row->numbers[DAYS]++;
    }
}

static void note_code(struct watch *watch, const struct knowledge *k,
                      const struct activity *activity)
{
    struct case_row *row =
        case_table_find(&watch->users, (struct case_key){{knowledge_person(k, activity)}});
    if (!row)
        return;
    row->numbers[LAST_TIME] = (uint64_t)activity->time;
    row->numbers[LAST_EXIT] = knowledge_exit(k, activity->address);
    row->numbers[LAST_SESSION] = activity->session;
}

// The session of a code that was just typed in at home, at an exit of the person's network where they never were.
static bool is_handed_over(struct watch *watch, const struct knowledge *k,
                           const struct activity *activity)
{
    uint32_t person = knowledge_person(k, activity);
    uint64_t exit = knowledge_exit(k, activity->address);
    const struct case_row *row = case_table_find(&watch->users, (struct case_key){{person}});
    bool is_new = watch->lived.count < LIVED_LIMIT &&
                  keyset_add(&watch->lived, hash_mix(exit ^ hash_mix(person)));
    return is_new && row && activity->session && row->numbers[LAST_SESSION] == activity->session &&
           row->numbers[LAST_EXIT] != exit &&
           activity->time - (int64_t)row->numbers[LAST_TIME] <= HANDED;
}

// Days on which the person used a code in places of his own, so that an intruder's days are no habit.
static unsigned days_of(const struct watch *watch, uint32_t person)
{
    const struct case_row *row = case_table_find(&watch->users, (struct case_key){{person}});
    return row ? (unsigned)row->numbers[DAYS] : 0;
}

static void lay_by(struct watch *watch, struct chain *chain)
{
    if (!chain->draft)
        return;
    if (watch->waiting_count < CASE_LIMIT) {
        ARRAY_GROW(watch->waiting, watch->waiting_count, watch->waiting_capacity);
        watch->waiting[watch->waiting_count++] = *chain;
    } else {
        draft_free(chain->draft);
    }
    *chain = (struct chain){0};
}

static struct chain *chain_open(struct watch *watch, uint32_t person)
{
    uint32_t before = watch->numbers.count;
    uint32_t number = symbol_rows_open(&watch->numbers, person, PEOPLE_LIMIT);
    if (watch->numbers.count > before) {
        ARRAY_GROW(watch->chains, watch->count, watch->capacity);
        watch->chains[watch->count++] = (struct chain){0};
    }
    return number ? &watch->chains[number - 1] : NULL;
}

static void begin_chain(struct watch *watch, const struct knowledge *k,
                        const struct activity *activity, unsigned marks, uint64_t exit)
{
    uint32_t person = knowledge_person(k, activity);
    uint32_t network = knowledge_network(k, activity->address);
    struct chain *chain = chain_open(watch, person);
    if (!chain)
        return;
    if (chain->draft && (chain->network != network || chain->exit != exit ||
                         activity->time - chain->time > FOLLOWS))
        lay_by(watch, chain);
    if (!chain->draft)
        *chain = (struct chain){.draft = draft_new(),
                                .person = person,
                                .address = activity->address,
                                .network = network,
                                .session = activity->session,
                                .app = activity->app,
                                .exit = exit};
    chain->time = activity->time;
    chain->identity = activity->identity;
    chain->marks |= marks;
    draft_add(chain->draft, activity, knowledge_texts(k));
}

// What an activity adds to the chain, where it comes of the same session or out of the same network.
static void follow(const struct knowledge *k, struct chain *chain, const struct activity *activity)
{
    bool is_session = activity->session && activity->session == chain->session;
    bool is_network = !knowledge_is_neutral(k, activity->address) &&
                      (chain->exit ? knowledge_exit(k, activity->address) == chain->exit
                                   : knowledge_network(k, activity->address) == chain->network);
    unsigned follows = 0;
    switch ((enum activity_kind)activity->kind) {
    case ACTIVITY_MAIL_ACCESS:
    case ACTIVITY_MAIL_SEARCH:
    case ACTIVITY_MAIL_SEND:
    case ACTIVITY_MAIL_RULE:
        follows = READ_MAIL;
        break;
    case ACTIVITY_GRAPH:
        follows = activity->flags & ACTIVITY_REACHES_MAIL ? READ_MAIL : USED_GRAPH;
        break;
    case ACTIVITY_SIGN_IN:
        follows = str_is(knowledge_text(k, activity->app), BROKER) ? GOT_BROKER : 0;
        break;
    case ACTIVITY_DEVICE: // registered by the directory's own service, often without an address
        follows = MADE_DEVICE;
        is_network |=
            knowledge_is_neutral(k, activity->address) && activity->time - chain->time <= HOUR;
        break;
    default:
        break;
    }
    if (!follows || !(is_session || is_network))
        return;
    chain->follows |= follows;
    if (activity->identity == chain->identity) // a broker's sign-in by code is in it already
        return;
    if (is_network || knowledge_is_neutral(k, activity->address))
        draft_add(chain->draft, activity, knowledge_texts(k));
    else // the victim may be in the same session
        draft_add_context(chain->draft, activity, knowledge_texts(k));
}

// True: the sign-in says nothing more.
static bool see_code(struct watch *watch, const struct knowledge *k,
                     const struct activity *activity)
{
    unsigned marks = stranger_marks(&watch->memo, k, activity);
    if (marks & STRANGER_NETWORK) {
        if (!stranger_has_own_device(k, activity))
            begin_chain(watch, k, activity, marks, 0);
    } else {
        count_day(watch, activity, knowledge_person(k, activity));
        note_code(watch, k, activity);
    }
    return !str_is(knowledge_text(k, activity->app), BROKER);
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    uint32_t person = knowledge_person(k, activity);
    egress_see(&watch->egress, k, activity);
    if (activity->time == INSTANT_NONE || activity->outcome == OUTCOME_FAILURE || !person)
        return;
    if (activity->kind == ACTIVITY_SIGN_IN && stranger_may_judge(k, activity)) {
        bool is_handed =
            is_handed_over(watch, k, activity) && !stranger_has_own_device(k, activity);
        unsigned marks = is_handed ? stranger_marks(&watch->memo, k, activity) : 0;
        if (is_handed && !(marks & STRANGER_NETWORK))
            begin_chain(watch, k, activity, marks, knowledge_exit(k, activity->address));
        else if ((activity->flags & ACTIVITY_IS_DEVICE_CODE) && see_code(watch, k, activity))
            return;
    }
    uint32_t number = symbol_rows_find(&watch->numbers, person);
    struct chain *chain = number ? &watch->chains[number - 1] : NULL;
    if (chain && chain->draft && activity->time - chain->time <= FOLLOWS)
        follow(k, chain, activity);
}

static void write_statement(const struct knowledge *k, const struct chain *chain, unsigned days,
                            struct buf *out)
{
    struct str person = knowledge_text(k, chain->person);
    buf_clear(out);
    buf_print(out, "%.*s signed in by a device code for a machine at ", (int)person.len, person.at);
    stranger_print_place(k, chain->address, out);
    if (days)
        buf_print(out, "; at places of his or her own this person did so on %u day%s. ", days,
                  days == 1 ? "" : "s");
    else
        buf_add(out, S("; nowhere else did this person use device codes. "));
    if (chain->follows) {
        static const char *const words[] = {"mail was reached",
                                            "a token of the authentication broker was given out",
                                            "a device was registered", "Graph was used"};
        const char *between = "From there, within a day, ";
        for (unsigned i = 0; i < 4; i++)
            if (chain->follows & 1u << i) {
                buf_print(out, "%s%s", between, words[i]);
                between = ", and ";
            }
        buf_add(out, S(". "));
    }
    if (chain->exit)
        buf_add(
            out,
            S("The code was typed in elsewhere in the person's network; in this part of it the person "
              "was never seen. "));
    stranger_print(chain->marks, out);
}

static void report(struct detection *detection, struct chain *chain)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    bool is_shared = egress_is_shared(&watch->egress, k, chain->address);
    if (is_shared || days_of(watch, chain->person) >= DAYS_USUAL) {
        draft_free(chain->draft);
        return;
    }
    unsigned weight = stranger_weight(chain->marks);
    // At work somewhere else for once.
    bool is_elsewhere = weight < 2 && days_of(watch, chain->person) >= DAYS_USED;
    enum sigma_level level = LEVEL_LOW;
    if ((chain->follows & GOT_BROKER) && (chain->follows & (READ_MAIL | MADE_DEVICE)))
        level = LEVEL_CRITICAL;
    else if ((chain->follows & (GOT_BROKER | MADE_DEVICE)) ||
             ((chain->follows & READ_MAIL) && !is_elsewhere))
        level = LEVEL_HIGH;
    else if (weight >= 2)
        level = LEVEL_MEDIUM;
    write_statement(k, chain, days_of(watch, chain->person), &watch->text);
    detection_find(detection, chain->draft, level, weight >= 2 ? 0.9 : 0.7, buf_str(&watch->text));
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (uint32_t i = 0; i < watch->count; i++)
        lay_by(watch, &watch->chains[i]);
    for (uint32_t i = 0; i < watch->waiting_count; i++) {
        report(detection, &watch->waiting[i]);
        watch->waiting[i].draft = NULL;
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (uint32_t i = 0; i < watch->count; i++)
        draft_free(watch->chains[i].draft);
    for (uint32_t i = 0; i < watch->waiting_count; i++)
        draft_free(watch->waiting[i].draft);
    free(watch->chains);
    free(watch->waiting);
    egress_done(&watch->egress);
    symbol_rows_done(&watch->numbers);
    case_table_done(&watch->users);
    keyset_done(&watch->lived);
    buf_done(&watch->text);
}

const struct detector detector_device_code_chain = {
    .name = "device_code_chain",
    .title = "A device code gave a stranger's machine access",
    .attack = "T1528 T1566.002 T1098.005",
    .meaning =
        "Someone signed in by a device code for a machine in a network that this person never used, and who "
        "does not use device codes otherwise; within a day mail was reached from there, the authentication "
        "broker got a token, or a device was registered. So it is where a code was typed in at home and within ten minutes "
        "its session came through an exit of the same network where the person never was. Whoever sends such a code to a victim gets the "
        "victim's token.",
    .false_positives =
        "Rooms, printers and users of command lines, who sign in so from their own networks on three days or "
        "more. A person's first device code from a network that he uses otherwise. The company's own way out "
        "to the Internet. Who uses codes on two days otherwise, where nothing but the network is new: low. A first code from a new place without anything after it is medium or low.",
    .is_intruders_place = true,
    .state_size = sizeof(struct watch),
    .see = see,
    .end = end,
    .release = release,
};
