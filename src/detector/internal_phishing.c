// An account sends from where its owner never is: far more than usual, in threads just read there, or in
// another's name for the first time.
// SPDX-License-Identifier: Apache-2.0
//
//   sends ─▶ recipients and messages of each person's days ─┐
//   strange sends ─▶ case of the person and network ────────┴─▶ judged at the end
#include <stdlib.h>

#include "detector/detector.h"
#include "detector/place.h"

// Days of one person that are compared with; the later ones of longer logs are left out.
#define SEND_DAYS_LIMIT 400
// A day so many robust standard deviations above the median is an outlier (Iglewicz and Hoaglin, "How to
// Detect and Handle Outliers", 1993).
#define SEND_EXCESS 3.5

struct send_day {
    int64_t day;
    uint32_t messages, recipients;
};

struct sender {
    struct send_day *days;
    uint32_t count, capacity;
};

enum { RECIPIENTS, MESSAGES, REPLIES, IN_NAME, IS_VERY_STRANGE, IS_SESSION };

struct send_case {
    struct activity first, name; // the first send; the first in another's name
    struct send_day today, most; // of the strange sends alone: the last day; the most on any day
};

struct watch {
    struct case_table senders; // {person}
    struct sender *people;     // the same numbers as the senders
    struct case_table cases;   // {person, network}
    struct send_case *details; // the same numbers as the cases
    struct case_table threads; // {person, network, thread}: read in a strange place
    uint32_t people_count, people_capacity, detail_count, detail_capacity;
    uint32_t *figures; // for medians
    uint32_t figure_capacity;
    struct place_watch *places; // shared
    struct buf text;
};

static struct sender *sender_of(struct watch *watch, uint32_t person)
{
    struct case_row *row = case_table_open(&watch->senders, (struct case_key){{person, 0, 0, 0}});
    if (!row)
        return NULL;
    while (watch->people_count < watch->senders.count) {
        ARRAY_GROW(watch->people, watch->people_count, watch->people_capacity);
        watch->people[watch->people_count++] = (struct sender){0};
    }
    return &watch->people[row - watch->senders.rows];
}

static struct send_case *detail_of(struct watch *watch, const struct case_row *row)
{
    uint32_t number = (uint32_t)(row - watch->cases.rows);
    while (watch->detail_count <= number) {
        ARRAY_GROW(watch->details, watch->detail_count, watch->detail_capacity);
        watch->details[watch->detail_count++] = (struct send_case){.name.time = INSTANT_NONE};
    }
    return &watch->details[number];
}

// Activities come in the order of time, so that the last day is the one to add to.
static void add_figures(struct send_day *day, const struct activity *a)
{
    uint32_t room = UINT32_MAX - day->recipients;
    day->messages++;
    day->recipients += a->count < room ? a->count : room;
}

static void add_to_day(struct sender *sender, const struct activity *a)
{
    int64_t day = a->time / DAY;
    if (!sender->count || sender->days[sender->count - 1].day != day) {
        if (sender->count == SEND_DAYS_LIMIT)
            return;
        ARRAY_GROW(sender->days, sender->count, sender->capacity);
        sender->days[sender->count++] = (struct send_day){.day = day};
    }
    add_figures(&sender->days[sender->count - 1], a);
}

static void add_strange(struct send_case *detail, const struct activity *a)
{
    struct send_day *today = &detail->today, *most = &detail->most;
    if (today->day != a->time / DAY)
        *today = (struct send_day){.day = a->time / DAY};
    add_figures(today, a);
    most->messages = today->messages > most->messages ? today->messages : most->messages;
    most->recipients = today->recipients > most->recipients ? today->recipients : most->recipients;
}

static bool is_in_name(const struct knowledge *k, const struct activity *a)
{
    struct str operation = knowledge_text(k, a->operation);
    return str_equal_fold(operation, S("SendAs")) || str_equal_fold(operation, S("SendOnBehalf"));
}

static struct case_key thread_key(const struct knowledge *k, const struct activity *a)
{
    return (struct case_key){{knowledge_person(k, a), place_key(k, a), (uint32_t)a->thread,
                              (uint32_t)(a->thread >> 32)}};
}

// Whether the activity is part of a strange visit: by its place, or by its session.
static bool is_strange(struct watch *watch, const struct knowledge *k, const struct activity *a,
                       unsigned *odd, bool *is_session)
{
    const struct place_visit *visit = place_before(watch->places, k, a, 0);
    *odd = place_odd(watch->places, k, a);
    *is_session = place_is_in_visit(k, visit, a);
    return place_is_strange(*odd) || *is_session;
}

static void see_send(struct watch *watch, const struct knowledge *k, const struct activity *a)
{
    unsigned odd;
    bool is_session;
    uint32_t person = knowledge_person(k, a);
    struct sender *sender = person && place_is_human(k, a) ? sender_of(watch, person) : NULL;
    if (!sender)
        return;
    add_to_day(sender, a);
    if (!is_strange(watch, k, a, &odd, &is_session))
        return;
    struct case_row *row =
        case_table_open(&watch->cases, (struct case_key){{person, place_key(k, a), 0, 0}});
    if (!row)
        return;
    struct send_case *detail = detail_of(watch, row);
    if (!row->draft) {
        row->draft = draft_new();
        row->first = a->time;
        detail->first = *a;
    }
    row->last = a->time;
    add_strange(detail, a);
    row->numbers[RECIPIENTS] += a->count;
    row->numbers[MESSAGES]++;
    row->numbers[REPLIES] += a->thread && case_table_find(&watch->threads, thread_key(k, a));
    row->numbers[IS_VERY_STRANGE] |= place_is_very_strange(odd);
    row->numbers[IS_SESSION] |= is_session;
    bool is_new_name =
        is_in_name(k, a) && knowledge_habit(k, HABIT_USER, person, HABIT_OPERATION, a->operation,
                                            a->time - PLACE_MARGIN, a->time + PLACE_MARGIN)
                                    .standing == HABIT_NEW;
    if (is_new_name && !row->numbers[IN_NAME]++)
        detail->name = *a;
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
    unsigned odd;
    bool is_session;
    if (activity->kind == ACTIVITY_MAIL_SEND)
        see_send(watch, k, activity);
    else if (activity->kind == ACTIVITY_MAIL_ACCESS && activity->thread &&
             place_is_human(k, activity) && is_strange(watch, k, activity, &odd, &is_session))
        case_table_open(&watch->threads, thread_key(k, activity));
}

// ---- judging ----------------------------------------------------------------------------------

static int compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static double median(uint32_t *figures, uint32_t count)
{
    qsort(figures, count, sizeof *figures, compare);
    return count % 2 ? figures[count / 2]
                     : ((double)figures[count / 2 - 1] + figures[count / 2]) / 2;
}

struct spike {
    uint32_t most; // on one day of the case
    double usual;  // median of the other days
    bool is_spike;
};

// The strange sends of a day compared with all of the person's other days, by the rule for messages read (habit_volume_excess).
static struct spike find_spike(struct watch *watch, const struct case_row *row, bool by_recipients)
{
    const struct sender *sender = sender_of(watch, row->key.part[0]);
    const struct send_day *most = &detail_of(watch, row)->most;
    struct spike spike = {.most = by_recipients ? most->recipients : most->messages};
    uint32_t count = 0;
    for (uint32_t i = 0; sender && i < sender->count; i++) {
        const struct send_day *day = &sender->days[i];
        uint32_t figure = by_recipients ? day->recipients : day->messages;
        if (day->day >= row->first / DAY && day->day <= row->last / DAY)
            continue;
        ARRAY_GROW(watch->figures, count, watch->figure_capacity);
        watch->figures[count++] = figure;
    }
    if (count < HABIT_DAYS_MEASURE)
        return spike;
    struct habit_volume volume = {.days = count, .median = median(watch->figures, count)};
    for (uint32_t i = 0; i < count; i++) {
        double distance = watch->figures[i] - volume.median;
        watch->figures[i] = (uint32_t)(distance < 0 ? -distance : distance);
    }
    volume.mad = median(watch->figures, count);
    spike.usual = volume.median;
    spike.is_spike = habit_volume_excess(&volume, spike.most) >= SEND_EXCESS;
    return spike;
}

// Replies alone are what every traveller writes: they count where more than the network and one other thing
// is strange.
static bool judge(const struct case_row *row, bool is_spike, enum sigma_level *level)
{
    bool is_hard = row->numbers[IS_VERY_STRANGE] || row->numbers[IS_SESSION];
    bool is_reply = row->numbers[REPLIES] && is_hard, is_named = row->numbers[IN_NAME];
    if (!is_spike && !is_reply && !is_named)
        return false;
    *level = is_spike && (is_hard || is_named) ? LEVEL_HIGH
             : is_named                        ? LEVEL_MEDIUM
                                               : LEVEL_LOW; // a traveller who writes, or answers
    return true;
}

static void write_statement(const struct knowledge *k, const struct case_row *row,
                            const struct send_case *detail, const struct spike *recipients,
                            const struct spike *messages, struct buf *out)
{
    struct str who = place_person(k, &detail->first);
    unsigned long long count = row->numbers[MESSAGES], to = row->numbers[RECIPIENTS];
    buf_clear(out);
    buf_print(out, "%.*s sent %llu message%s to %llu recipient%s from ", (int)who.len, who.at,
              count, count == 1 ? "" : "s", to, to == 1 ? "" : "s");
    place_print(k, &detail->first, out);
    buf_add(out,
            S(", where this person is on no other day, or in a session that was used there. "));
    if (recipients->is_spike)
        buf_print(out, "%u recipients on one day, against %.0f on an ordinary day. ",
                  recipients->most, recipients->usual);
    else if (messages->is_spike)
        buf_print(out, "%u messages on one day, against %.0f on an ordinary day. ", messages->most,
                  messages->usual);
    if (row->numbers[REPLIES])
        buf_print(out,
                  "%llu of the messages went into conversations that had been read there before. ",
                  (unsigned long long)row->numbers[REPLIES]);
    if (row->numbers[IN_NAME]) {
        struct str name = knowledge_text(k, detail->name.target);
        buf_print(out,
                  "%llu were sent in the name of another%s%.*s%s, which this person never did. ",
                  (unsigned long long)row->numbers[IN_NAME], name.len ? " (" : "", (int)name.len,
                  name.len ? name.at : "", name.len ? ")" : "");
    }
}

static void end(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    const struct knowledge *k = detection_knowledge(detection);
    for (uint32_t i = 0; i < watch->cases.count; i++) {
        struct case_row *row = &watch->cases.rows[i];
        enum sigma_level level;
        if (!row->draft)
            continue;
        struct spike recipients = find_spike(watch, row, true);
        struct spike messages = find_spike(watch, row, false);
        if (!judge(row, recipients.is_spike || messages.is_spike, &level))
            continue;
        write_statement(k, row, detail_of(watch, row), &recipients, &messages, &watch->text);
        detection_find(detection, case_take(row), level, level == LEVEL_HIGH ? 0.8 : 0.6,
                       str_trim(buf_str(&watch->text)));
    }
}

static void release(struct detection *detection)
{
    struct watch *watch = detection_state(detection);
    for (uint32_t i = 0; i < watch->people_count; i++)
        free(watch->people[i].days);
    free(watch->people);
    free(watch->details);
    free(watch->figures);
    case_table_done(&watch->senders);
    case_table_done(&watch->cases);
    case_table_done(&watch->threads);
    buf_done(&watch->text);
}

const struct detector detector_internal_phishing = {
    .name = "internal_phishing",
    .title = "An account sent mail from a strange place, unlike its owner",
    .attack = "T1534 T1657",
    .meaning =
        "From where the account's owner never is, or in a session that was used there, mail was sent "
        "to far more recipients or in far more messages than on the owner's other days, into "
        "conversations that had been read there before, or in another's name for the first time. "
        "Business e-mail compromise ends like this: with false invoices to partners or with phishing "
        "of colleagues.",
    .false_positives =
        "Newsletters and circulars from the usual place: no finding, however many; the same from a new "
        "place by someone who sends as much on other days: none. Travellers who answer their mail: "
        "answers count only where two of country, program and rented servers are new. People with "
        "fewer than five days of sending are not judged by quantity.",
    .asks_places = true,
    .state_size = sizeof(struct watch),
    .begin = begin,
    .kinds = DETECTOR_SEES(MAIL_SEND) | DETECTOR_SEES(MAIL_ACCESS),
    .see = see,
    .end = end,
    .release = release,
};
