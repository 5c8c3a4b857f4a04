// Mail is read by an application, a client or a combination of both that is unusual for the mailbox.
// SPDX-License-Identifier: Apache-2.0
//
// The alarm that found the intrusion of 2023 ("an unexpected ClientAppID and AppID", CISA AA23-193A).
//
//   access ─▶ (mailbox, way) new? ─▶ item (mailbox, way, place) ─▶ story (way, or way and place) ─▶ finding
//                                └─▶ the owner's own network: a new client of his; many: a roll-out
//
// The suspected interval of a mailbox and a way is the whole life of that way in that mailbox, so that a
// reader who stays for weeks is not his own baseline. A way that nobody else uses makes one story of all places
// it came from (intruders change proxies); a way that others use makes one of each place.
#include <stdlib.h>

#include "base/arena.h"
#include "detector/case_table.h"
#include "detector/detector.h"
#include "detector/mail_habit.h"
#include "detector/mail_read.h"
#include "detector/mail_story.h"
#include "event/event.h"

// A way is rare, and a network strange, when at most one in this many mailboxes has it otherwise: the same
// share as ISSUED_PEER_CHANCE.
#define RARE_OF 100
// Fewer owners than this who took to a new client are not worth a line.
#define ROLL_OUT_LEAST 5

#define MEMO_COUNT (1u << 16) // a power of two; more pairs are asked again

// Numbers of an item, a way, a pair of mailbox and way.
enum { MESSAGES, FOLDERS, BARE, FOUND, READER, MARKS };
enum {
    MARK_SPARSE = 1,
    MARK_APPLICATION = 2,
    MARK_COVERED = 4,
    MARK_DISGUISED = 8
}; // among the marks of an item
enum { HOME, AWAY, CLASS, APP, CLIENT_APP, TENANT };
enum { AT_HOME, ELSEWHERE, IS_COUNTED };

// What was found out of a mailbox and a way or network: asked at every access, so the last are kept.
struct memo {
    uint32_t mailbox, value;
    struct mail_habit habit;
};

struct watch {
    struct memo memos[MEMO_COUNT];
    struct case_table ways, pairs, items, places, index;
    struct mail_story *stories; // as many as index has rows
    size_t count, capacity;
    struct buf text;
};

// ---- seeing -----------------------------------------------------------------------------------

static const struct mail_habit *recall(struct watch *watch, const struct knowledge *k,
                                       uint32_t mailbox, enum habit_facet facet, uint32_t value)
{
    uint32_t at = (mailbox * 2654435761u ^ value * 2246822519u) >> 8 & (MEMO_COUNT - 1);
    struct memo *memo = &watch->memos[at];
    if (memo->mailbox != mailbox || memo->value != value)
        *memo = (struct memo){mailbox, value, mail_habit_judge(k, mailbox, facet, value)};
    return &memo->habit;
}

// Microsoft's own services read nearly every mailbox, from Microsoft's addresses. Whoever calls himself the
// same from elsewhere (as in 2023) hides behind their habit: then the network is asked for.
static bool may_be_disguised(const struct knowledge *k, const struct activity *activity)
{
    return mail_read_is_back_end(knowledge_client(k, activity->client)) &&
           knowledge_address(k, activity->address)->class != ADDRESS_MICROSOFT &&
           mail_read_place(k, activity).is_network;
}

static void widen(struct case_row *row, int64_t first, int64_t last)
{
    if (row->first == INSTANT_NONE || first < row->first)
        row->first = first;
    if (row->last == INSTANT_NONE || last > row->last)
        row->last = last;
}

static void add(struct case_row *row, const struct activity *activity, const struct intern *texts)
{
    if (!row->draft)
        row->draft = draft_new();
    draft_add(row->draft, activity, texts);
    widen(row, activity->time, activity->time);
}

static void add_item(struct detection *detection, const struct activity *activity, unsigned marks)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    struct mail_place place = mail_read_place(k, activity);
    enum issued_level level = detection_issuance(detection)->level;
    struct case_key key = {
        {activity->mailbox, knowledge_way(k, activity), place.symbol, place.is_network}};
    struct case_row *item = case_table_open(&watch->items, key);
    if (!item)
        return;
    add(item, activity, knowledge_texts(k));
    bool is_sync = activity->flags & ACTIVITY_IS_SYNC;
    item->numbers[MESSAGES] += is_sync ? 0 : activity->count;
    item->numbers[FOLDERS] += is_sync;
    item->numbers[BARE] += level == ISSUED_NONE;
    item->numbers[FOUND] += level == ISSUED_K1;
    item->numbers[READER] = knowledge_person(k, activity);
    bool is_application = activity->actor == ACTOR_APPLICATION;
    item->numbers[MARKS] |= marks | (is_application ? MARK_APPLICATION : 0u) |
                            (level == ISSUED_CANNOT_TELL ? 0u : MARK_COVERED);
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    if (!mail_read_counts(activity))
        return;
    uint32_t way = knowledge_way(k, activity);
    enum client_class class = knowledge_client(k, activity->client);
    bool is_neutral = knowledge_is_neutral(k, activity->address);
    if (!way || (is_neutral && mail_read_is_back_end(class)))
        return;
    unsigned marks = 0;
    const struct mail_habit *habit = recall(watch, k, activity->mailbox, HABIT_WAY, way);
    if (habit->unusual == MAIL_USUAL && may_be_disguised(k, activity)) {
        habit =
            recall(watch, k, activity->mailbox, HABIT_NETWORK, mail_read_place(k, activity).symbol);
        marks |= MARK_DISGUISED;
    }
    if (habit->unusual == MAIL_USUAL)
        return;
    marks |= habit->unusual == MAIL_SPARSE ? MARK_SPARSE : 0u;
    struct case_row *row = case_table_open(&watch->ways, (struct case_key){{way}});
    struct case_row *pair =
        case_table_open(&watch->pairs, (struct case_key){{activity->mailbox, way}});
    if (!row || !pair)
        return;
    widen(row, activity->time, activity->time);
    row->numbers[CLASS] = (uint64_t) class;
    row->numbers[APP] = activity->app;
    row->numbers[CLIENT_APP] = activity->client_app;
    row->numbers[TENANT] = activity->home;
    // What has no token to show for it is no client of the owner's, wherever it comes from.
    bool is_home = detection_issuance(detection)->level != ISSUED_NONE &&
                   (mail_read_is_at_home(k, activity, habit->from, habit->to) ||
                    mail_read_is_reader_at_home(k, activity, habit->from, habit->to));
    if (!is_home) {
        pair->numbers[ELSEWHERE]++;
        add_item(detection, activity, marks);
        return;
    }
    row->numbers[HOME] += pair->numbers[AT_HOME]++ == 0;
    add(row, activity, knowledge_texts(k));
}

// ---- stories ----------------------------------------------------------------------------------

static struct case_row *way_of(const struct watch *watch, uint32_t way)
{
    return case_table_find(&watch->ways, (struct case_key){{way}});
}

// The owner uses this way from where he always is, or the tenant's people are taking to it each by
// himself: a new client.
static bool is_own_client(const struct watch *watch, const struct case_row *item)
{
    const struct case_row *way = way_of(watch, item->key.part[1]);
    struct case_key key = {{item->key.part[0], item->key.part[1]}};
    const struct case_row *pair = case_table_find(&watch->pairs, key);
    bool is_roll_out = way->numbers[HOME] && way->numbers[HOME] >= way->numbers[AWAY];
    return !item->numbers[BARE] && (pair->numbers[AT_HOME] || is_roll_out);
}

static struct case_row *place_of(struct watch *watch, const struct case_row *item)
{
    return case_table_open(&watch->places,
                           (struct case_key){{item->key.part[2], item->key.part[3]}});
}

static struct mail_story story_of(const struct case_row *way)
{
    return (struct mail_story){.way = way->key.part[0],
                               .class = (enum client_class)way->numbers[CLASS],
                               .app = (uint32_t)way->numbers[APP],
                               .client_app = (uint32_t)way->numbers[CLIENT_APP],
                               .tenant = (uint32_t)way->numbers[TENANT],
                               .is_usual_of_app = true, // until an item says otherwise
                               .other_days = UINT32_MAX,
                               .chance = 1};
}

// How the mailbox stands to what made the item unusual.
static struct mail_habit habit_of(const struct knowledge *k, const struct case_row *item)
{
    bool is_disguised = item->numbers[MARKS] & MARK_DISGUISED;
    return mail_habit_judge(k, item->key.part[0], is_disguised ? HABIT_NETWORK : HABIT_WAY,
                            item->key.part[is_disguised ? 2 : 1]);
}

// The story that an item belongs to. Rare: what has the way of old is few among all mailboxes.
static struct mail_story *open_story(struct watch *watch, const struct knowledge *k,
                                     const struct case_row *item)
{
    uint32_t way = item->key.part[1];
    const struct case_row *row_of_way = way_of(watch, way);
    struct mail_habit habit = habit_of(k, item);
    uint64_t away = row_of_way->numbers[AWAY];
    uint64_t others = habit.users > away ? habit.users - away : 0;
    bool is_disguised = item->numbers[MARKS] & MARK_DISGUISED;
    bool is_rare = is_disguised ? !row_of_way->numbers[HOME] : others * RARE_OF <= habit.peers;
    struct case_key key = {{way, is_rare ? 0 : item->key.part[2], is_rare ? 0 : item->key.part[3]}};
    struct case_row *row = case_table_open(&watch->index, key);
    if (!row)
        return NULL;
    if (!row->numbers[0]) {
        ARRAY_GROW(watch->stories, watch->count, watch->capacity);
        struct mail_story story = story_of(row_of_way);
        story.network = item->key.part[3] ? item->key.part[2] : 0;
        story.reader = (uint32_t)item->numbers[READER];
        story.is_rare = is_rare;
        story.others = others;
        story.peers = habit.peers;
        story.is_disguised = is_disguised;
        watch->stories[watch->count++] = story;
        row->numbers[0] = watch->count;
    }
    return &watch->stories[row->numbers[0] - 1];
}

// A mailbox of several places is counted once in a story of several places.
static void count_mailbox(struct watch *watch, const struct knowledge *k, struct mail_story *story,
                          const struct case_row *item)
{
    struct case_key key = {{item->key.part[0], item->key.part[1]}};
    struct case_row *pair = case_table_find(&watch->pairs, key);
    struct mail_habit habit = habit_of(k, item);
    story->other_days = habit.other_days < story->other_days ? habit.other_days : story->other_days;
    story->chance = habit.chance < story->chance ? habit.chance : story->chance;
    if (!story->is_rare || !pair->numbers[IS_COUNTED]++)
        story->mailboxes++;
}

// Of the mailboxes and of those who sign in, almost nobody is otherwise seen in the network.
static bool is_strange_network(const struct knowledge *k, const struct case_row *item,
                               const struct case_row *place)
{
    static const enum habit_kind kinds[] = {HABIT_MAILBOX, HABIT_USER};
    for (size_t i = 0; i < 2; i++) {
        uint32_t mailbox = item->key.part[0], network = place->key.part[0];
        struct habit_answer answer = knowledge_habit(k, kinds[i], mailbox, HABIT_NETWORK, network,
                                                     place->first, place->last);
        bool is_own =
            answer.standing == HABIT_KNOWN && !mail_read_is_confined(k, kinds[i], mailbox, network);
        if (is_own || (uint64_t)answer.peers_outside * RARE_OF > answer.peers)
            return false;
    }
    return true;
}

static void judge_place(struct watch *watch, const struct knowledge *k, struct mail_story *story,
                        const struct case_row *item)
{
    const struct case_row *place = place_of(watch, item);
    if (!place || !item->key.part[3]) {
        story->is_usual_of_app = false;
        return;
    }
    story->is_strange |= is_strange_network(k, item, place);
    // A service that opens one more mailbox from where it always works. Of a client that many people use
    // this says nothing: that a colleague is at home in a network clears nobody else.
    bool may_be_service = story->is_rare || (item->numbers[MARKS] & MARK_APPLICATION);
    uint32_t caller = mail_story_caller(story);
    story->is_usual_of_app &=
        may_be_service && knowledge_habit(k, HABIT_APP, caller, HABIT_NETWORK, place->key.part[0],
                                          place->first, place->last)
                                  .standing == HABIT_KNOWN;
}

static void tell(struct watch *watch, const struct knowledge *k, struct case_row *item)
{
    struct mail_story *story = open_story(watch, k, item);
    if (!story)
        return;
    count_mailbox(watch, k, story, item);
    judge_place(watch, k, story, item);
    struct case_key here = {{story->way, item->key.part[2], item->key.part[3], 1}};
    struct case_row *spot = case_table_open(&watch->index, here);
    if (spot && ++spot->numbers[1] > story->most_at_one_place)
        story->most_at_one_place = spot->numbers[1];
    if (!item->key.part[3] || item->key.part[2] != story->network)
        story->network = 0;
    story->has_readers |= item->numbers[READER] != story->reader;
    story->messages += item->numbers[MESSAGES];
    story->folders += item->numbers[FOLDERS];
    story->bare += item->numbers[BARE];
    story->found += item->numbers[FOUND];
    story->accesses += draft_count(item->draft);
    story->is_settled_new |= !(item->numbers[MARKS] & MARK_SPARSE);
    story->is_by_application |= (item->numbers[MARKS] & MARK_APPLICATION) != 0;
    story->is_covered |= (item->numbers[MARKS] & MARK_COVERED) != 0;
    struct draft *draft = case_take(item);
    if (story->draft)
        draft_merge(story->draft, draft);
    else
        story->draft = draft;
}

// ---- reporting --------------------------------------------------------------------------------

static void report(struct detection *detection, struct mail_story *story)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    static const enum sigma_level levels[] = {LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL};
    int weight = mail_story_weigh(story);
    if (weight < 1)
        return;
    weight = weight > 4 ? 4 : weight;
    mail_story_write(k, story, &watch->text);
    struct draft *draft = story->draft;
    story->draft = NULL;
    detection_find(detection, draft, levels[weight - 1], 0.5 + 0.1 * weight, buf_str(&watch->text));
}

// Owners who took to a new client from where they always are: one line, so that nobody wonders.
static void report_roll_out(struct detection *detection, struct case_row *way)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    struct habit_answer tenant =
        knowledge_habit(k, HABIT_TENANT, (uint32_t)way->numbers[TENANT], HABIT_WAY,
                        way->key.part[0], way->first, way->last);
    bool is_new = !tenant.is_seen_before && !tenant.is_seen_after;
    if (!way->draft || way->numbers[HOME] < ROLL_OUT_LEAST || !is_new)
        return;
    struct mail_story story = story_of(way);
    story.mailboxes = way->numbers[HOME];
    mail_story_write_roll_out(k, &story, way->first, &watch->text);
    detection_find(detection, case_take(way), LEVEL_LOW, 0.3, buf_str(&watch->text));
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->pairs.count; i++) {
        const struct case_row *pair = &watch->pairs.rows[i];
        struct case_row *way = way_of(watch, pair->key.part[1]);
        if (way && !pair->numbers[AT_HOME])
            way->numbers[AWAY]++;
    }
    for (uint32_t i = 0; i < watch->items.count; i++) {
        const struct case_row *item = &watch->items.rows[i];
        struct case_row *place = is_own_client(watch, item) ? NULL : place_of(watch, item);
        if (place) // the sign-in that gave the first token belongs to it
            widen(place, item->first - ISSUED_USER_LIFE, item->last);
    }
    for (uint32_t i = 0; i < watch->items.count; i++)
        if (!is_own_client(watch, &watch->items.rows[i]))
            tell(watch, k, &watch->items.rows[i]);
    for (size_t i = 0; i < watch->count; i++)
        report(detection, &watch->stories[i]);
    for (uint32_t i = 0; i < watch->ways.count; i++)
        report_roll_out(detection, &watch->ways.rows[i]);
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    struct case_table *tables[] = {&watch->ways, &watch->pairs, &watch->items, &watch->places,
                                   &watch->index};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        case_table_done(tables[i]);
    for (size_t i = 0; i < watch->count; i++)
        draft_free(watch->stories[i].draft);
    free(watch->stories);
    buf_done(&watch->text);
}

const struct detector detector_unusual_mail_app = {
    .name = "unusual_mail_app",
    .title = "Mail was read by an application or client that is unusual for the mailbox",
    .attack = "T1114.002 T1550.001",
    .meaning =
        "A mailbox was read by an application, a kind of client or a combination of both by which it "
        "was read on none of its other days. This is the alarm that found the intrusion of 2023. "
        "It weighs more when no other mailbox of the tenant is read that way, when hardly anyone "
        "else uses the network, when several mailboxes are hit and when no sign-in can have given "
        "the token; less when every token is found in the sign-in logs.",
    .false_positives =
        "A new telephone or client of the owner: nothing is said when it is used from a network that "
        "the owner or the mailbox uses on three other days or more. A new client for many people, "
        "each in his own network: one low finding for all. An application known to the tenant that "
        "reads one more mailbox from its usual network: nothing is said. New services of Microsoft's "
        "own: components that come from Microsoft's addresses are passed over. A new application "
        "that reads several mailboxes from a new place (a backup, say) is found once, as medium when "
        "its tokens are known: ask who ordered it. Mailboxes with fewer than three other days are "
        "not judged.",
    .state_size = sizeof(struct watch),
    .kinds = DETECTOR_SEES(MAIL_ACCESS),
    .see = see,
    .end = end,
    .release = release,
};
