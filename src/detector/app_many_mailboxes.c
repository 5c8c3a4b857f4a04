// One application opens many mailboxes that it does not usually open, or from where it never worked.
// SPDX-License-Identifier: Apache-2.0
//
// Three cases, each a group by application and place. What the mailbox or its owner is used to (the network
// on other days) never counts, so that clients of people do not look like one reader.
//   new application    its whole life in the tenant leaves out enough other days
//   new place          a known application, but the network is new to it
//   new mailboxes      a known application and place, but these mailboxes are new to it
#include <stdlib.h>

#include "base/arena.h"
#include "detector/case_table.h"
#include "detector/detector.h"
#include "detector/mail_read.h"
#include "event/event.h"

// More than 5 in 10 minutes is the threshold of Splunk's rule on one application over many mailboxes; so
// many in a day is slower reading that is still no person's.
#define QUICK_MORE_THAN 5
#define QUICK_TIME (10 * MINUTE)
#define SLOW_LEAST 10
#define SLOW_TIME DAY

#define MEMO_COUNT (1u << 16) // a power of two; more pairs are asked again

enum novelty { USUAL, NEW_APP, NEW_PLACE, NEW_MAILBOXES };

// Numbers of a group.
enum { CLASS, APP, CLIENT_APP, READER, MARKS, TENANT };
enum { MARK_READERS = 1, MARK_BARE = 2, MARK_UNFOUND = 4 };

struct memo {
    uint32_t app, value, kind; // kind: facet asked
    bool is_new;
    int64_t from, to; // life of the value
};

// The first time that a mailbox of a group was opened.
struct touch {
    uint32_t group;
    int64_t time;
};

struct watch {
    struct memo memos[MEMO_COUNT];
    struct case_table groups, items;
    struct buf text;
};

// ---- seeing -----------------------------------------------------------------------------------

// Whether a value is confined to some days of its subject while the subject has others enough.
static const struct memo *recall(struct watch *watch, const struct knowledge *k,
                                 enum habit_kind kind, uint32_t subject, enum habit_facet facet,
                                 uint32_t value)
{
    uint32_t number = (uint32_t)facet + 1;
    uint32_t at = (subject * 2654435761u ^ value * 2246822519u ^ number * 3266489917u) >> 8;
    struct memo *memo = &watch->memos[at & (MEMO_COUNT - 1)];
    if (memo->app == subject && memo->value == value && memo->kind == number)
        return memo;
    struct habit_answer all = knowledge_habit_days(k, kind, subject, facet, value, 1, 0);
    *memo = (struct memo){subject, value, number, false, all.first, all.last};
    // What is on nearly all days is not new: that spares the dearer question.
    unsigned days = all.history_before + all.history_after;
    if (all.first != INSTANT_NONE && days >= all.days_outside + HABIT_DAYS_ENOUGH)
        memo->is_new =
            knowledge_habit_days(k, kind, subject, facet, value, all.first, all.last).standing ==
            HABIT_NEW;
    return memo;
}

// What is new, and when it was: the days to leave out.
static enum novelty judge(struct watch *watch, const struct knowledge *k,
                          const struct activity *activity, uint32_t caller, struct mail_place place,
                          int64_t *from, int64_t *to)
{
    const struct memo *memo = recall(watch, k, HABIT_TENANT, activity->home, HABIT_APP_ID, caller);
    enum novelty novelty = NEW_APP;
    if (!memo->is_new && place.is_network) {
        memo = recall(watch, k, HABIT_APP, caller, HABIT_NETWORK, place.symbol);
        novelty = NEW_PLACE;
    }
    if (!memo->is_new) {
        // Asked of the mailbox, which has few applications, not of the application's many mailboxes.
        enum habit_facet facet = activity->client_app ? HABIT_CLIENT_APP : HABIT_APP_ID;
        memo = recall(watch, k, HABIT_MAILBOX, activity->mailbox, facet, caller);
        novelty = NEW_MAILBOXES;
    }
    *from = memo->from;
    *to = memo->to;
    return memo->is_new ? novelty : USUAL;
}

static void add(struct detection *detection, const struct activity *activity, struct case_key key)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    struct case_row *group = case_table_open(&watch->groups, key);
    if (!group)
        return;
    uint32_t number = (uint32_t)(group - watch->groups.rows),
             reader = knowledge_person(k, activity);
    if (!group->draft) {
        group->draft = draft_new();
        group->numbers[READER] = reader;
    }
    enum issued_level level = detection_issuance(detection)->level;
    draft_add(group->draft, activity, knowledge_texts(k));
    group->numbers[CLASS] = (uint64_t)knowledge_client(k, activity->client);
    group->numbers[APP] = activity->app;
    group->numbers[CLIENT_APP] = activity->client_app;
    group->numbers[TENANT] = activity->home;
    group->numbers[MARKS] |= (reader == group->numbers[READER] ? 0u : MARK_READERS) |
                             (level == ISSUED_NONE ? MARK_BARE : 0u) |
                             (level == ISSUED_K1 ? 0u : MARK_UNFOUND);
    struct case_row *item =
        case_table_open(&watch->items, (struct case_key){{number, activity->mailbox}});
    if (item && (item->first == INSTANT_NONE || activity->time < item->first))
        item->first = activity->time;
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    uint32_t caller = activity->client_app ? activity->client_app : activity->app;
    if (!mail_read_counts(activity) || !caller)
        return;
    struct mail_place place = mail_read_place(k, activity);
    if (!place.is_network && mail_read_is_back_end(knowledge_client(k, activity->client)))
        return;
    int64_t from, to;
    enum novelty novelty = judge(watch, k, activity, caller, place, &from, &to);
    if (novelty == USUAL || mail_read_is_at_home(k, activity, from, to))
        return;
    struct case_key key = {{caller, place.symbol, place.is_network, (uint32_t)novelty}};
    add(detection, activity, key);
}

// ---- judging ----------------------------------------------------------------------------------

struct burst {
    unsigned quick, slow; // most mailboxes first opened within QUICK_TIME, SLOW_TIME
    unsigned times;       // separate bursts
    unsigned mailboxes;
    int64_t start; // of the largest
};

static bool is_burst(unsigned quick, unsigned slow)
{
    return quick > QUICK_MORE_THAN || slow >= SLOW_LEAST;
}

// `touches` of one group in the order of time.
static struct burst find_burst(const struct touch *touches, size_t count)
{
    struct burst burst = {.start = INSTANT_NONE, .mailboxes = (unsigned)count};
    int64_t over = INSTANT_NONE; // before all times
    for (size_t i = 0, quick = 0, slow = 0; i < count; i++) {
        while (touches[i].time - touches[quick].time >= QUICK_TIME)
            quick++;
        while (touches[i].time - touches[slow].time >= SLOW_TIME)
            slow++;
        unsigned in_quick = (unsigned)(i - quick + 1), in_slow = (unsigned)(i - slow + 1);
        burst.quick = in_quick > burst.quick ? in_quick : burst.quick;
        if (in_slow > burst.slow) {
            burst.slow = in_slow;
            burst.start = touches[slow].time;
        }
        if (is_burst(in_quick, in_slow) && touches[i].time >= over) {
            burst.times++;
            over = touches[i].time + SLOW_TIME;
        }
    }
    return burst;
}

// From 1: low, medium, high, critical; 0: nothing. Many readers who each came with a token of their own are
// people (at a hotel, at a new firm) unless some token has nothing to show for it. That a token was issued
// clears people, not applications: who has stolen an application's secret is given tokens too.
static int weigh(const struct case_row *group, const struct burst *burst)
{
    uint64_t marks = group->numbers[MARKS];
    enum novelty novelty = (enum novelty)group->key.part[3];
    bool is_bare = marks & MARK_BARE, is_found = !(marks & MARK_UNFOUND);
    bool are_people = (marks & MARK_READERS) && !is_bare;
    if (!is_burst(burst->quick, burst->slow))
        return 0;
    // An application that takes on many mailboxes again and again does so by habit: a migration.
    if (novelty == NEW_MAILBOXES && !is_bare && (are_people || burst->times >= HABIT_DAYS_KNOWN))
        return 0;
    if (novelty == NEW_PLACE && are_people && is_found)
        return 0;
    bool is_app = novelty == NEW_APP;
    return 2 + is_app + is_bare - (is_app && is_found) - are_people;
}

static void write_statement(const struct knowledge *k, const struct case_row *group,
                            const struct burst *burst, struct buf *out)
{
    buf_clear(out);
    mail_read_print_way(k, (enum client_class)group->numbers[CLASS], (uint32_t)group->numbers[APP],
                        (uint32_t)group->numbers[CLIENT_APP], out);
    buf_add(out, S(" read mail in "));
    mail_read_print_count(out, burst->mailboxes, "mailbox", "mailboxes");
    if (group->key.part[2]) {
        struct str network = knowledge_text(k, group->key.part[1]);
        buf_print(out, " from %.*s", (int)network.len, network.at);
    }
    buf_add_char(out, ' ');
    mail_read_print_days(out, draft_first(group->draft), draft_last(group->draft));
    buf_print(out,
              "; up to %u of them were opened for the first time within 24 hours, and up to %u "
              "within 10 minutes. ",
              burst->slow, burst->quick);
    enum novelty novelty = (enum novelty)group->key.part[3];
    uint32_t caller = group->key.part[0];
    if (novelty == NEW_MAILBOXES) {
        buf_add(out,
                S("The application and the network are known here, but on all its other days it "
                  "opened none of these mailboxes."));
    } else {
        struct habit_answer life =
            novelty == NEW_APP
                ? knowledge_habit(k, HABIT_TENANT, (uint32_t)group->numbers[TENANT], HABIT_APP_ID,
                                  caller, 1, 0)
                : knowledge_habit(k, HABIT_APP, caller, HABIT_NETWORK, group->key.part[1], 1, 0);
        buf_add(out, novelty == NEW_APP
                         ? S("In this tenant the application read mail only ")
                         : S("The application is known here, but read mail from there only "));
        mail_read_print_days(out, life.first, life.last);
        buf_add_char(out, '.');
    }
    if (group->numbers[MARKS] & MARK_BARE)
        buf_add(out, S(" No sign-in log shows where some of its tokens could have come from."));
}

static int compare(const void *left, const void *right)
{
    const struct touch *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->time > b->time) - (a->time < b->time);
}

static void report(struct detection *detection, struct case_row *group, const struct burst *burst)
{
    struct watch *watch = detection_state(detection);
    static const enum sigma_level levels[] = {LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL};
    int weight = weigh(group, burst);
    if (weight < 1)
        return;
    write_statement(detection_knowledge(detection), group, burst, &watch->text);
    detection_find(detection, case_take(group), levels[weight - 1], 0.5 + 0.1 * weight,
                   buf_str(&watch->text));
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    uint32_t count = watch->items.count;
    struct touch *touches = memory_new(((size_t)count + 1) * sizeof *touches);
    for (uint32_t i = 0; i < count; i++)
        touches[i] = (struct touch){watch->items.rows[i].key.part[0], watch->items.rows[i].first};
    qsort(touches, count, sizeof *touches, compare);
    for (uint32_t start = 0, end_of; start < count; start = end_of) {
        for (end_of = start; end_of < count && touches[end_of].group == touches[start].group;)
            end_of++;
        struct burst burst = find_burst(touches + start, end_of - start);
        report(detection, &watch->groups.rows[touches[start].group], &burst);
    }
    free(touches);
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->groups);
    case_table_done(&watch->items);
    buf_done(&watch->text);
}

const struct detector detector_app_many_mailboxes = {
    .name = "app_many_mailboxes",
    .title = "One application opened many mailboxes that it does not usually open",
    .attack = "T1114.002 T1098.002",
    .meaning =
        "An application read mail in more than five mailboxes within ten minutes or in ten within a day, "
        "and either the application is new to the tenant, or it came from a network that is new to it, "
        "or it had opened none of these mailboxes before. An intruder who holds an application's secret, "
        "the right to impersonate or forged tokens reads like this.",
    .false_positives =
        "Backup, archive and mobile device services have steady mailboxes and networks of their own: "
        "only what differs from these counts. A migration takes on mailboxes day after day: an "
        "application that does so on three days or more is left alone. People who take to a new "
        "client or travel together: networks that the mailbox or its owner uses on other days do not "
        "count, nor people with tokens from sign-ins. A newly bought service is found once: ask who "
        "ordered it.",
    .state_size = sizeof(struct watch),
    .kinds = DETECTOR_SEES(MAIL_ACCESS),
    .see = see,
    .end = end,
    .release = release,
};
