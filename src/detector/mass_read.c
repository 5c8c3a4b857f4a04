// A mailbox is read in bulk from a network that is strange to it: far more messages than on any of its other
// days, a sweep through its folders, or so much that Exchange stops logging.
// SPDX-License-Identifier: Apache-2.0
//
// Only networks that are confined to some days of the mailbox are looked at, and not those where the reader
// is at home: the owner's own client that builds its cache again, backup and migration from where they
// always work are not seen at all.
#include <stdlib.h>

#include "base/arena.h"
#include "detector/case_table.h"
#include "detector/detector.h"
#include "detector/mail_read.h"

// A day this many robust deviations above the mailbox's median: by Chebyshev's inequality at most one day in
// a hundred of any distribution is so far out.
#define EXCESS_LEAST 10
// Fewer messages are what a busy owner reads on an ordinary day (petri.com on MailItemsAccessed: 443 records of
// one heavy user in two days).
#define MESSAGES_LEAST 200
// Folders synchronised within half an hour (rule by Bert-Jan Pals on the default folders of a mailbox); a
// synchronisation that comes again within an hour is not logged again, so each record is another folder.
#define SWEEP_FOLDERS 8
#define SWEEP_TIME (30 * MINUTE)

#define MEMO_COUNT (1u << 16) // a power of two; more pairs are asked again

struct memo {
    uint32_t mailbox, network;
    bool is_strange;
    int64_t from, to; // the network's life in the mailbox
};

// What was read of one mailbox from one network; as many as the table has rows.
struct reading {
    int64_t syncs[SWEEP_FOLDERS]; // the last ones, a ring
    unsigned sync_count;
    unsigned sweep_most;   // folders within SWEEP_TIME; the ring's size: so many or more
    int64_t day, most_day; // beginning of the day
    uint64_t on_day, most; // messages on `day`; on `most_day`
    uint64_t accesses, found, unusual; // all; token in the sign-in logs; by a way not known here
    uint64_t throttled, bare;
};

struct watch {
    struct memo memos[MEMO_COUNT];
    struct case_table rows, throttled, networks;
    struct reading *readings;
    size_t count, capacity;
    struct buf text;
};

// ---- seeing -----------------------------------------------------------------------------------

static const struct memo *recall(struct watch *watch, const struct knowledge *k, uint32_t mailbox,
                                 uint32_t network)
{
    uint32_t at = (mailbox * 2654435761u ^ network * 2246822519u) >> 8 & (MEMO_COUNT - 1);
    struct memo *memo = &watch->memos[at];
    if (memo->mailbox == mailbox && memo->network == network)
        return memo;
    struct habit_answer all =
        knowledge_habit_days(k, HABIT_MAILBOX, mailbox, HABIT_NETWORK, network, 1, 0);
    *memo =
        (struct memo){mailbox, network, mail_read_is_confined(k, HABIT_MAILBOX, mailbox, network),
                      all.first, all.last};
    return memo;
}

static void count_sync(struct reading *reading, int64_t time)
{
    reading->syncs[reading->sync_count++ % SWEEP_FOLDERS] = time;
    unsigned within = 0;
    for (unsigned i = 0; i < SWEEP_FOLDERS && i < reading->sync_count; i++)
        within += time - reading->syncs[i] <= SWEEP_TIME;
    reading->sweep_most = within > reading->sweep_most ? within : reading->sweep_most;
}

static void count_messages(struct reading *reading, const struct activity *activity)
{
    int64_t day = activity->time - ((activity->time % DAY) + DAY) % DAY;
    reading->on_day = day == reading->day ? reading->on_day + activity->count : activity->count;
    reading->day = day;
    if (reading->on_day > reading->most) {
        reading->most = reading->on_day;
        reading->most_day = day;
    }
}

static void add(struct detection *detection, const struct activity *activity,
                const struct memo *memo)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    struct case_row *row =
        case_table_open(&watch->rows, (struct case_key){{activity->mailbox, memo->network}});
    if (!row)
        return;
    if (!row->draft) {
        row->draft = draft_new();
        row->first = activity->time;
        row->numbers[0] = watch->count;
        ARRAY_GROW(watch->readings, watch->count, watch->capacity);
        watch->readings[watch->count++] = (struct reading){.day = INSTANT_NONE};
    }
    struct reading *reading = &watch->readings[row->numbers[0]];
    enum issued_level level = detection_issuance(detection)->level;
    enum habit_standing way =
        knowledge_standing_days(k, activity, HABIT_WAY, memo->from, memo->to).standing;
    draft_add(row->draft, activity, knowledge_texts(k));
    row->last = activity->time; // they come in the order of time
    reading->accesses++;
    reading->found += level == ISSUED_K1;
    reading->bare += level == ISSUED_NONE;
    reading->unusual += way != HABIT_KNOWN;
    reading->throttled += (activity->flags & ACTIVITY_IS_THROTTLED) != 0;
    if (activity->flags & ACTIVITY_IS_SYNC)
        count_sync(reading, activity->time);
    else
        count_messages(reading, activity);
}

static void see(struct detection *detection, const struct activity *activity)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    struct mail_place place = mail_read_place(k, activity);
    if (!mail_read_counts(activity))
        return;
    const struct memo *memo =
        place.is_network ? recall(watch, k, activity->mailbox, place.symbol) : NULL;
    bool is_strange = memo && memo->is_strange &&
                      !mail_read_is_at_home(k, activity, memo->from, memo->to) &&
                      !mail_read_is_reader_at_home(k, activity, memo->from, memo->to);
    if (is_strange)
        add(detection, activity, memo);
    else if (activity->flags & ACTIVITY_IS_THROTTLED) // this mailbox comes to it by itself
        case_table_open(&watch->throttled, (struct case_key){{activity->mailbox}});
}

// ---- judging ----------------------------------------------------------------------------------

// Numbers of a network: the weight and row of its worst mailbox, how many have signs.
enum { WEIGHT, WORST, MAILBOXES };

struct signs {
    bool is_bulk, is_sweep, is_throttled;
    struct habit_volume volume;
    int weight; // 1 low, 2 medium, 3 high; 0 nothing
};

// All accesses by ways the mailbox is used to, with tokens from sign-ins: an owner on the road, perhaps with a
// client that builds its cache again. That is only told because an incident may have other signs.
static struct signs judge(const struct watch *watch, const struct knowledge *k,
                          const struct case_row *row)
{
    const struct reading *reading = &watch->readings[row->numbers[0]];
    struct signs signs = {.is_sweep = reading->sweep_most >= SWEEP_FOLDERS};
    uint32_t most = reading->most < UINT32_MAX ? (uint32_t)reading->most : UINT32_MAX;
    habit_volume(knowledge_habits(k), HABIT_MAILBOX, row->key.part[0], row->first, row->last,
                 &signs.volume);
    signs.is_bulk = most >= MESSAGES_LEAST && most > signs.volume.most &&
                    habit_volume_excess(&signs.volume, most) >= EXCESS_LEAST;
    struct case_key mailbox = {{row->key.part[0]}};
    signs.is_throttled = reading->throttled && !case_table_find(&watch->throttled, mailbox);
    bool is_own_client = reading->found == reading->accesses && !reading->unusual;
    // A sweep alone is what every new profile of Outlook does.
    bool is_grave = signs.is_bulk || signs.is_throttled || (signs.is_sweep && reading->bare);
    if (is_grave || signs.is_sweep)
        signs.weight = 1 + is_grave + (reading->bare > 0) - (is_own_client && is_grave);
    return signs;
}

// One finding for all mailboxes that were read in bulk from one network.
static void gather(struct watch *watch, const struct knowledge *k, uint32_t number)
{
    struct case_row *row = &watch->rows.rows[number];
    struct signs signs = judge(watch, k, row);
    struct case_row *network =
        signs.weight ? case_table_open(&watch->networks, (struct case_key){{row->key.part[1]}})
                     : NULL;
    if (!network)
        return;
    uint64_t weight = (uint64_t)signs.weight;
    const struct reading *reading = &watch->readings[row->numbers[0]];
    const struct case_row *worst_row = &watch->rows.rows[network->numbers[WORST]];
    const struct reading *worst = &watch->readings[worst_row->numbers[0]];
    bool is_worse = !network->numbers[MAILBOXES] || weight > network->numbers[WEIGHT] ||
                    (weight == network->numbers[WEIGHT] && reading->most > worst->most);
    if (is_worse) {
        network->numbers[WEIGHT] = weight;
        network->numbers[WORST] = number;
    }
    network->numbers[MAILBOXES]++;
    struct draft *draft = case_take(row);
    if (network->draft)
        draft_merge(network->draft, draft);
    else
        network->draft = draft;
}

static void write_statement(const struct watch *watch, const struct knowledge *k,
                            const struct case_row *network, struct buf *out)
{
    const struct case_row *row = &watch->rows.rows[network->numbers[WORST]];
    const struct reading *reading = &watch->readings[row->numbers[0]];
    struct signs signs = judge(watch, k, row);
    struct str mailbox = knowledge_text(k, row->key.part[0]);
    struct str place = knowledge_text(k, row->key.part[1]);
    buf_clear(out);
    buf_print(out, "From %.*s, where the mailbox %.*s is read on none of its other days, ",
              (int)place.len, place.at, (int)mailbox.len, mailbox.at);
    const char *join = "";
    if (signs.is_bulk) {
        buf_print(out, "%llu messages were read ", (unsigned long long)reading->most);
        mail_read_print_days(out, reading->most_day, reading->most_day);
        buf_print(out, " (on its %u other days it was %.0f at the median and %lu at most)",
                  signs.volume.days, signs.volume.median, (unsigned long)signs.volume.most);
        join = "; ";
    }
    if (signs.is_sweep) {
        buf_print(out, "%s%u folders or more were synchronised within 30 minutes", join,
                  reading->sweep_most);
        join = "; ";
    }
    if (signs.is_throttled)
        buf_print(out,
                  "%sso much was read that Exchange stopped logging, which happened in this "
                  "mailbox at no other place: more was read than is shown",
                  join);
    buf_add_char(out, '.');
    if (network->numbers[MAILBOXES] > 1) {
        buf_add_char(out, ' ');
        mail_read_print_count(out, network->numbers[MAILBOXES] - 1, "other mailbox was",
                              "other mailboxes were");
        buf_add(out, S(" read in bulk from there too."));
    }
    if (reading->bare)
        buf_print(out,
                  " For %llu of the %llu accesses to this mailbox no sign-in log shows any sign-in "
                  "from which the token could have come.",
                  (unsigned long long)reading->bare, (unsigned long long)reading->accesses);
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    static const enum sigma_level levels[] = {LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH};
    for (uint32_t i = 0; i < watch->rows.count; i++)
        gather(watch, k, i);
    for (uint32_t i = 0; i < watch->networks.count; i++) {
        struct case_row *network = &watch->networks.rows[i];
        write_statement(watch, k, network, &watch->text);
        detection_find(detection, case_take(network), levels[network->numbers[WEIGHT] - 1], 0.6,
                       buf_str(&watch->text));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    case_table_done(&watch->rows);
    case_table_done(&watch->throttled);
    case_table_done(&watch->networks);
    free(watch->readings);
    buf_done(&watch->text);
}

const struct detector detector_mass_read = {
    .name = "mass_read",
    .title = "A mailbox was read in bulk from a strange network",
    .attack = "T1114.002",
    .meaning =
        "From a network in which a mailbox is read on none of its other days, far more messages were read "
        "on a day than on any other day, or eight folders and more were synchronised within half an "
        "hour, or so much was read that Exchange stopped logging. Whoever copies a mailbox leaves this.",
    .false_positives =
        "The owner's client that builds its cache again, backup and migration work from networks where "
        "mailbox, owner or application are at home: these are not looked at. Compliance searches leave "
        "no such records. An owner on the road whose usual client reads a lot, with tokens from his "
        "own sign-ins: told as low. Mailboxes with fewer than three other days are not judged, by quantity with fewer than five.",
    .state_size = sizeof(struct watch),
    .kinds = DETECTOR_SEES(MAIL_ACCESS),
    .see = see,
    .end = end,
    .release = release,
};
