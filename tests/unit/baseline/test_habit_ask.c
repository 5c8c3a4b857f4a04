// Questions to habits: stories with known answers, and random facts against a plain count of them.
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/instant.h"
#include "baseline/habit_ask.h"
#include "support/habits.h"

#define OWN 0       // the mailbox in question
#define OUTLOOK 501 // what everyone uses
#define PHONE 502   // what some use
#define BACKUP 503  // what the mailbox in question uses now and then
#define THIEF 504

static int64_t at(int day, int hour)
{
    return HABITS_START + day * DAY + hour * HOUR;
}

static void use(struct habit *habit, uint32_t subject, uint32_t value, int day, int hour)
{
    habits_add(habit, 0,
               (struct habit_fact){.time = at(day, hour),
                                   .subject = subject,
                                   .value = value,
                                   .count = 2,
                                   .kind = HABIT_MAILBOX,
                                   .facet = HABIT_WAY});
}

// Mailboxes 0..19 use Outlook every day of 0..days-1, those from 10 on a telephone too.
static struct habit *office(int days)
{
    struct habit *habit = habit_new(0);
    for (uint32_t subject = 0; subject < 20; subject++) {
        for (int day = 0; day < days; day++) {
            use(habit, subject, OUTLOOK, day, 9);
            if (subject >= 10)
                use(habit, subject, PHONE, day, 20);
        }
    }
    return habit;
}

static struct habit_answer ask(struct habit *habit, uint32_t value, int64_t from, int64_t to)
{
    struct habit_question question = {.kind = HABIT_MAILBOX,
                                      .facet = HABIT_WAY,
                                      .subject = OWN,
                                      .value = value,
                                      .from = from,
                                      .to = to};
    struct habit_answer answer;
    habit_settle(habit);
    habit_ask(habit, &question, &answer);
    assert_int_equal(habit_ask_standing(habit, &question), answer.standing);
    return answer;
}

static void an_attack_is_new_wherever_in_the_export_it_lies(void **state)
{
    (void)state;
    static const struct {
        int days, from, to;
        enum habit_standing standing;
    } cases
        [] =
            {
                {30, 0, 0, HABIT_NEW},
                {30, 15, 15, HABIT_NEW},
                {30, 29, 29, HABIT_NEW},
                {30, 0, 9, HABIT_NEW},
                {30, 20, 29, HABIT_NEW},
                {30, 2, 26, HABIT_NEW},
                {30, 2, 28, HABIT_NEW},
                {30, 1, 28, HABIT_CANNOT_TELL}, // 2 days are left
                {30, 0, 24, HABIT_NEW},
                {30, 0, 25, HABIT_CANNOT_TELL}, // 4 days are left, all after it
                {1, 0, 0, HABIT_CANNOT_TELL},
                {3, 2, 2, HABIT_CANNOT_TELL},
                {4, 2, 2, HABIT_NEW},
            };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct habit *habit = office(cases[i].days);
        for (int day = cases[i].from; day <= cases[i].to; day++)
            use(habit, OWN, THIEF, day, 3);
        struct habit_answer answer = ask(habit, THIEF, at(cases[i].from, 3), at(cases[i].to, 3));
        int inside = cases[i].to - cases[i].from + 1;
        assert_int_equal(answer.standing, cases[i].standing);
        assert_int_equal(answer.history_inside, inside);
        assert_int_equal(answer.history_before, cases[i].from);
        assert_int_equal(answer.history_after, cases[i].days - cases[i].to - 1);
        assert_int_equal(answer.history_alone, 0);
        assert_int_equal(answer.days_inside, inside);
        assert_int_equal(answer.days_outside, 0);
        assert_int_equal(answer.count, 2 * inside);
        assert_int_equal(answer.count_most, 0);
        assert_int_equal(answer.peers, 19);
        assert_int_equal(answer.peers_outside, 0);
        assert_int_equal(answer.peers_inside, 0);
        if (cases[i].days == 30 && inside == 1) {
            // One day in 600 mailbox days is of this kind: the attack itself. At the end of the export
            // half of the days count.
            double p = cases[i].from == 15 ? 2.0 / 601 : 2.0 / 301;
            assert_true(fabs(answer.chance - p) < 1e-12);
        }
        habit_free(habit);
    }
}

static void what_is_known_or_seen_is_told_from_both_sides(void **state)
{
    (void)state;
    struct habit *habit = office(30);
    use(habit, OWN, BACKUP, 3, 12);
    use(habit, OWN, BACKUP, 15, 4); // on the day of the attack, before and after it
    use(habit, OWN, BACKUP, 15, 8);
    use(habit, OWN, THIEF, 15, 5);
    use(habit, OWN, THIEF, 15, 7);
    struct habit_answer outlook = ask(habit, OUTLOOK, at(15, 5), at(15, 7));
    assert_int_equal(outlook.standing, HABIT_KNOWN);
    assert_true(outlook.is_seen_before && outlook.is_seen_after);
    assert_int_equal(outlook.days_outside, 29);
    assert_true(outlook.share == 1 && outlook.chance == 1);
    assert_int_equal(outlook.peers_outside, 19);
    struct habit_answer backup = ask(habit, BACKUP, at(15, 5), at(15, 7));
    assert_int_equal(backup.standing, HABIT_SEEN);
    assert_true(backup.is_seen_before && backup.is_seen_after);
    assert_int_equal(backup.days_outside, 1);
    assert_int_equal(backup.count_least, 2); // either side
    assert_int_equal(backup.count_most, 6);
    // From eight on, the thief's own traces lie outside: exact to the instant.
    assert_int_equal(ask(habit, THIEF, at(15, 5), at(15, 7)).standing, HABIT_NEW);
    assert_int_equal(ask(habit, THIEF, at(15, 5) + 1, at(15, 7)).standing, HABIT_SEEN);
    assert_int_equal(ask(habit, THIEF, at(15, 5), at(15, 7) - 1).standing, HABIT_SEEN);
    assert_true(ask(habit, THIEF, at(15, 5), at(15, 7) - 1).is_seen_after);
    // A value that nobody ever had.
    struct habit_answer never = ask(habit, 600, at(15, 5), at(15, 7));
    assert_int_equal(never.standing, HABIT_NEW);
    assert_true(never.first == INSTANT_NONE && never.count == 0);
    assert_int_equal(never.peers_outside, 0);
    // Nothing left out.
    assert_int_equal(ask(habit, THIEF, 1, 0).standing, HABIT_SEEN);
    assert_int_equal(ask(habit, THIEF, 1, 0).history_before, 30);
    habit_free(habit);
}

static void a_common_value_is_less_rare_than_an_unheard_of_one(void **state)
{
    (void)state;
    struct habit *habit = office(30);
    // People who for one day look into their mail by telephone.
    for (uint32_t subject = 1; subject < 8; subject++)
        use(habit, subject, PHONE, 5 + (int)subject, 21);
    use(habit, OWN, PHONE, 15, 3);
    use(habit, OWN, THIEF, 15, 3);
    struct habit_answer phone = ask(habit, PHONE, at(15, 3), at(15, 3));
    struct habit_answer thief = ask(habit, THIEF, at(15, 3), at(15, 3));
    assert_int_equal(phone.standing, HABIT_NEW);
    assert_int_equal(phone.peers_outside, 17);
    assert_int_equal(thief.peers_outside, 0);
    assert_true(phone.chance > 4 * thief.chance);
    habit_free(habit);
}

static void a_subject_of_many_values_finds_new_ones_less_rare(void **state)
{
    (void)state;
    struct habit *habit = office(30);
    for (uint32_t i = 0; i < 15; i++) // a value of its own every second day
        use(habit, OWN, 700 + i, 2 * (int)i, 12);
    use(habit, OWN, THIEF, 15, 3);
    struct habit_answer answer = ask(habit, THIEF, at(15, 3), at(15, 3));
    assert_int_equal(answer.standing, HABIT_NEW);
    assert_int_equal(answer.history_alone, 15);
    assert_true(answer.chance > 0.5);
    habit_free(habit);
}

static void what_came_to_stay_counts_at_the_end_of_the_export(void **state)
{
    (void)state;
    double chances[2];
    for (int i = 0; i < 2; i++) {
        int attack = i ? 29 : 15;
        struct habit *habit = office(30);
        // Each mailbox gets a new client in the later half and keeps it: no day has a value of its own.
        for (uint32_t subject = 1; subject < 20; subject++)
            for (int day = 18 + (int)subject / 2; day < 30; day++)
                use(habit, subject, 700 + subject, day, 12);
        use(habit, OWN, THIEF, attack, 3);
        chances[i] = ask(habit, THIEF, at(attack, 3), at(attack, 3)).chance;
        habit_free(habit);
    }
    assert_true(chances[1] > 5 * chances[0]);
}

static void the_spread_of_an_attack_is_counted_apart(void **state)
{
    (void)state;
    struct habit *habit = office(30);
    for (uint32_t subject = 0; subject < 7; subject++)
        use(habit, subject, THIEF, 15, 3);
    use(habit, 8, THIEF, 2, 3);
    use(habit, 8, THIEF, 15, 3);
    struct habit_answer answer = ask(habit, THIEF, at(15, 0), at(15, 23));
    assert_int_equal(answer.peers_inside, 6);
    assert_int_equal(answer.peers_outside, 1);
    habit_free(habit);
}

static void days_are_exact_for_the_last_256(void **state)
{
    (void)state;
    struct habit *habit = habit_new(0);
    for (int day = 0; day < 400; day++)
        use(habit, OWN, OUTLOOK, day, 9);
    use(habit, OWN, BACKUP, 0, 9); // before what is remembered by day
    use(habit, OWN, BACKUP, 399, 9);
    struct habit_answer outlook = ask(habit, OUTLOOK, at(390, 0), at(390, 23));
    assert_int_equal(outlook.days_outside, 255);
    assert_int_equal(outlook.history_before, 246);
    struct habit_answer backup = ask(habit, BACKUP, at(399, 0), at(399, 23));
    assert_int_equal(backup.standing, HABIT_SEEN);
    assert_true(backup.is_seen_before && !backup.is_seen_after);
    assert_int_equal(backup.count_least, 1);
    // A value that was there long ago as well is no value of one day alone.
    assert_int_equal(ask(habit, THIEF, at(390, 0), at(390, 23)).history_alone, 0);
    use(habit, OWN, PHONE, 399, 9);
    assert_int_equal(ask(habit, THIEF, at(390, 0), at(390, 23)).history_alone, 1);
    habit_free(habit);
}

// ---- against a plain count ------------------------------------------------------------------------

#define FACTS 3000
#define SUBJECTS 12
#define VALUES 40
#define DAYS 60

struct model {
    struct habit_fact facts[FACTS];
    bool days[SUBJECTS][VALUES][DAYS];
    unsigned spreads[VALUES]; // powers of two of how many subjects ever had the value
};

static int day_number(int64_t time)
{
    return (int)((time - HABITS_START) / DAY);
}

static unsigned spread_of(const struct model *model, uint32_t value, int64_t from, int64_t to,
                          bool is_inside, uint32_t but)
{
    unsigned count = 0;
    for (uint32_t subject = 0; subject < SUBJECTS; subject++) {
        bool is_out = false, is_in = false;
        for (int i = 0; i < FACTS; i++) {
            const struct habit_fact *fact = &model->facts[i];
            if (fact->subject != subject || fact->value != value)
                continue;
            bool is_within = fact->time >= from && fact->time <= to;
            is_in |= is_within;
            is_out |= !is_within;
        }
        count += subject != but && (is_inside ? is_in && !is_out : is_out);
    }
    return count;
}

// Days outside with a value that the subject had on no other day outside, of values that at most
// `spread` (in powers of two) subjects ever had.
static unsigned alone_of(const struct model *model, uint32_t subject, int from, int to,
                         unsigned spread)
{
    bool is_marked[DAYS] = {false};
    unsigned count = 0;
    for (uint32_t value = 0; value < VALUES; value++) {
        int days = 0, where = 0;
        for (int day = 0; day < DAYS; day++) {
            if (model->days[subject][value][day] && (day < from || day > to)) {
                days++;
                where = day;
            }
        }
        if (days == 1 && model->spreads[value] <= spread)
            is_marked[where] = true;
    }
    for (int day = 0; day < DAYS; day++)
        count += is_marked[day];
    return count;
}

// The day of one half of the subject's days outside, which way it is counted from the end in question.
static bool is_in_half(const bool days[DAYS], int day, bool is_later)
{
    unsigned all = 0, before = 0;
    for (int i = 0; i < DAYS; i++) {
        all += days[i];
        before += days[i] && i < day;
    }
    return is_later ? before >= all / 2 : before < all / 2;
}

// Days of the later half with a value not seen before outside, or of the earlier half with one not
// seen after; *days is how many days the half has.
static unsigned edges_of(const struct model *model, uint32_t subject, int from, int to,
                         unsigned spread, bool is_later, unsigned *days)
{
    bool there[DAYS] = {false}, is_marked[DAYS] = {false};
    unsigned count = 0;
    for (uint32_t value = 0; value < VALUES; value++) {
        int edge = -1;
        for (int day = 0; day < DAYS; day++) {
            if (!model->days[subject][value][day] || (day >= from && day <= to))
                continue;
            there[day] = true;
            if (edge < 0 || !is_later)
                edge = day;
        }
        if (edge >= 0 && model->spreads[value] <= spread)
            is_marked[edge] = true;
    }
    for (int day = 0; day < DAYS; day++) {
        bool is_counted = there[day] && is_in_half(there, day, is_later);
        *days += is_counted;
        count += is_counted && is_marked[day];
    }
    return count;
}

// What one estimate makes of a subject and all; the larger of the two is left in *chance.
static void expect(unsigned marked, unsigned days, unsigned peers_marked, unsigned peers_days,
                   double *chance)
{
    double p = (1.0 + peers_marked) / (1.0 + peers_days), own = (p + marked) / (1.0 + days);
    *chance = fmax(*chance, fmax(p, own));
}

static void expect_edges(const struct model *model, uint32_t subject, int from, int to,
                         unsigned spread, bool is_later, double *chance)
{
    unsigned days = 0, peers = 0, peer_days = 0;
    unsigned marked = edges_of(model, subject, from, to, 24, is_later, &days);
    for (uint32_t peer = 0; peer < SUBJECTS; peer++)
        peers += edges_of(model, peer, 1, 0, spread, is_later, &peer_days);
    expect(marked, days, peers, peer_days, chance);
}

static unsigned days_of(const struct model *model, uint32_t subject, int low, int high)
{
    unsigned count = 0;
    for (int day = low; day <= high; day++) {
        bool is_there = false;
        for (uint32_t value = 0; value < VALUES; value++)
            is_there |= model->days[subject][value][day];
        count += is_there;
    }
    return count;
}

static void compare(struct habit *habit, const struct model *model, uint64_t random, int *judged)
{
    int64_t from = HABITS_START + (int64_t)(random % (40 * DAY)) + 5 * DAY;
    int64_t to = from + (int64_t)(hash_mix(random) % (8 * DAY));
    if (random % 4 == 0) // an attack that lasts to the end, or was there from the beginning
        to = HABITS_START + DAYS * DAY - 1;
    if (random % 4 == 1)
        from = HABITS_START;
    uint32_t subject = (uint32_t)(random >> 30) % SUBJECTS;
    uint32_t value = 500 + (uint32_t)(random >> 40) % VALUES;
    int first_day = day_number(from), last_day = day_number(to);
    struct habit_question question = {.kind = HABIT_USER,
                                      .facet = HABIT_NETWORK,
                                      .subject = subject,
                                      .value = value,
                                      .from = from,
                                      .to = to};
    struct habit_answer answer;
    habit_ask(habit, &question, &answer);
    assert_int_equal(habit_ask_standing(habit, &question), answer.standing);
    unsigned count = 0, before = 0, after = 0, days = 0;
    for (int i = 0; i < FACTS; i++) {
        const struct habit_fact *fact = &model->facts[i];
        if (fact->subject == subject && fact->value == value) {
            count += fact->count;
            before += fact->time < from ? fact->count : 0;
            after += fact->time > to ? fact->count : 0;
        }
    }
    for (int day = 0; day < DAYS; day++)
        days += model->days[subject][value - 500][day] && (day < first_day || day > last_day);
    assert_int_equal(answer.count, count);
    assert_int_equal(answer.is_seen_before, before > 0);
    assert_int_equal(answer.is_seen_after, after > 0);
    assert_in_range(before + after, answer.count_least, answer.count_most);
    assert_int_equal(answer.days_outside, days);
    assert_int_equal(answer.history_before, days_of(model, subject, 0, first_day - 1));
    assert_int_equal(answer.history_inside, days_of(model, subject, first_day, last_day));
    assert_int_equal(answer.history_after, days_of(model, subject, last_day + 1, DAYS - 1));
    assert_int_equal(answer.peers_outside, spread_of(model, value, from, to, false, subject));
    assert_int_equal(answer.peers_inside, spread_of(model, value, from, to, true, subject));
    unsigned alone = alone_of(model, subject, first_day, last_day, 24);
    assert_int_equal(answer.history_alone, alone);
    if (before + after)
        return;
    unsigned peers = 0, peer_days = 0, spread = 0;
    while (answer.peers_outside + 1 >= 2u << spread)
        spread++;
    for (uint32_t peer = 0; peer < SUBJECTS; peer++) {
        peers += alone_of(model, peer, 1, 0, spread);
        peer_days += days_of(model, peer, 0, DAYS - 1);
    }
    double chance = 0, none = 1;
    expect(alone, answer.history_before + answer.history_after, peers, peer_days, &chance);
    if (answer.history_after == 0)
        expect_edges(model, subject, first_day, last_day, spread, true, &chance);
    if (answer.history_before == 0)
        expect_edges(model, subject, first_day, last_day, spread, false, &chance);
    for (unsigned i = 0; i < (answer.history_inside ? answer.history_inside : 1); i++)
        none *= 1 - chance;
    assert_true(fabs(answer.chance - (1 - none)) < 1e-12);
    (*judged)++;
}

static void answers_agree_with_a_plain_count(void **state)
{
    (void)state;
    static struct model model;
    int judged = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct habit *habit = habit_new(0);
        memset(&model, 0, sizeof model);
        for (uint64_t i = 0; i < FACTS; i++) {
            struct habit_fact fact = habits_fact(seed, i, SUBJECTS, VALUES, DAYS);
            fact.kind = HABIT_USER;
            fact.facet = HABIT_NETWORK;
            fact.value =
                500 + (uint32_t)(hash_mix(i * seed) % VALUES * (hash_mix(i) % VALUES) / VALUES);
            // Rare values, so that some are seen on one day only.
            if (fact.value > 515 && hash_mix(i + 5) % 12)
                fact.value = 500;
            model.facts[i] = fact;
            model.days[fact.subject][fact.value - 500][day_number(fact.time)] = true;
            habits_add(habit, 0, fact);
        }
        for (uint32_t value = 0; value < VALUES; value++)
            while (spread_of(&model, 500 + value, 1, 0, false, UINT32_MAX) >=
                   2u << model.spreads[value])
                model.spreads[value]++;
        habit_settle(habit);
        for (uint64_t i = 0; i < 200; i++)
            compare(habit, &model, hash_mix(seed * 1000 + i), &judged);
        habit_free(habit);
    }
    assert_in_range(judged, 100, 600); // the figure of many was compared
}

// ---- volume ---------------------------------------------------------------------------------------

static void volumes_are_summed_up_robustly(void **state)
{
    (void)state;
    static const struct {
        uint32_t messages[8]; // of days 0.. ; the last day is asked about
        unsigned days;
        double median, mad, excess;
    } cases[] = {
        {{10, 12, 11, 9, 10, 500}, 5, 10, 1, 490 / 1.4826},
        {{10, 10, 10, 10, 10, 30}, 5, 10, 0, 20},
        {{100, 100, 100, 100, 100, 150}, 5, 100, 0, 5},
        {{10, 12, 11, 9, 10, 8}, 5, 10, 1, 0},  // not above
        {{10, 12, 11, 0, 0, 500}, 3, 11, 1, 0}, // too few days; those without messages do not count
        {{1, 2, 3, 4, 5, 6, 7, 100}, 7, 4, 2, 96 / (2 * 1.4826)},
        {{0, 0, 0, 0, 0, 0, 0, 0}, 0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct habit *habit = habit_new(0);
        int last = 7;
        while (last > 0 && cases[i].messages[last] == 0)
            last--;
        for (int day = 7; day >= 0; day--) {
            for (int half = 0; half < 2; half++) {
                uint32_t messages = cases[i].messages[day];
                habits_add(
                    habit, 0,
                    (struct habit_fact){.time = at(day * 7, half * 12),
                                        .subject = OWN,
                                        .count = half ? messages / 2 : messages - messages / 2,
                                        .kind = HABIT_MAILBOX,
                                        .facet = HABIT_VOLUME});
            }
        }
        habit_settle(habit);
        struct habit_volume volume;
        habit_volume(habit, HABIT_MAILBOX, OWN, at(last * 7, 5), at(last * 7, 6), &volume);
        assert_int_equal(volume.days, cases[i].days);
        assert_true(volume.median == cases[i].median && volume.mad == cases[i].mad);
        assert_int_equal(volume.most_inside, cases[i].messages[last]);
        assert_int_equal(volume.total_inside, cases[i].messages[last]);
        double excess = habit_volume_excess(&volume, volume.most_inside);
        assert_true(fabs(excess - cases[i].excess) < 1e-9);
        habit_volume(habit, HABIT_MAILBOX, OWN, 1, 0, &volume);
        assert_int_equal(volume.days, cases[i].days + (cases[i].messages[last] > 0));
        habit_volume(habit, HABIT_USER, OWN, 1, 0, &volume);
        assert_int_equal(volume.days, 0);
        habit_free(habit);
    }
}

static void volumes_of_any_day_are_kept(void **state)
{
    (void)state;
    for (int64_t day = -134774; day < 2932896; day += 30011) {
        struct habit *habit = habit_new(0);
        for (int i = 0; i < 30; i++)
            habits_add(habit, 0,
                       (struct habit_fact){.time = (day + i) * DAY,
                                           .count = 1 + (uint32_t)i,
                                           .facet = HABIT_VOLUME});
        struct habit_volume volume;
        habit_settle(habit);
        habit_volume(habit, HABIT_MAILBOX, 0, (day + 29) * DAY, (day + 29) * DAY, &volume);
        assert_int_equal(volume.days, 29);
        assert_int_equal(volume.most, 29);
        assert_int_equal(volume.most_inside, 30);
        habit_free(habit);
    }
}

static void what_is_usual_is_listed_by_days(void **state)
{
    (void)state;
    struct habit *habit = office(30);
    static const struct {
        uint32_t value;
        int day;
    } uses[] = {{BACKUP, 3}, {BACKUP, 4}, {PHONE, 3}, {PHONE, 15}, {700, 2},
                {THIEF, 15}, {603, 3},    {610, 3},   {609, 3}};
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++)
        use(habit, OWN, uses[i].value, uses[i].day, uses[i].day == 15 ? 5 : 9);
    struct habit_question question = {.kind = HABIT_MAILBOX,
                                      .facet = HABIT_WAY,
                                      .subject = OWN,
                                      .from = at(15, 5),
                                      .to = at(15, 7)};
    // Texts are ordered as texts; all of these have one day but the first two.
    static const uint32_t expected[] = {OUTLOOK, BACKUP, 700, PHONE, 603, 609, 610};
    struct habit_usual usual[10];
    habit_settle(habit);
    for (unsigned limit = 0; limit <= 10; limit++) {
        memset(usual, 255, sizeof usual);
        assert_int_equal(habit_list(habit, &question, usual, limit), 7);
        for (unsigned i = 0; i < 10; i++)
            assert_int_equal(usual[i].value, i < limit && i < 7 ? expected[i] : UINT32_MAX);
    }
    assert_int_equal(usual[0].days_outside, 29);
    assert_int_equal(usual[3].days_outside, 1);
    assert_true(usual[3].count == 4 && usual[3].first == at(3, 9) && usual[3].last == at(15, 5));
    question.to = question.from - 1; // nothing left out
    assert_int_equal(habit_list(habit, &question, usual, 10), 8);
    habit_free(habit);
}

static void an_empty_store_cannot_tell(void **state)
{
    (void)state;
    struct habit *habit = habit_new(0);
    struct habit_answer answer = ask(habit, THIEF, 0, 1);
    assert_int_equal(answer.standing, HABIT_CANNOT_TELL);
    assert_true(answer.chance == 1);
    assert_int_equal(answer.peers, 0);
    assert_string_equal(habit_standing_name(answer.standing), "cannot tell");
    habit_free(habit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_attack_is_new_wherever_in_the_export_it_lies),
        cmocka_unit_test(what_is_known_or_seen_is_told_from_both_sides),
        cmocka_unit_test(a_common_value_is_less_rare_than_an_unheard_of_one),
        cmocka_unit_test(a_subject_of_many_values_finds_new_ones_less_rare),
        cmocka_unit_test(what_came_to_stay_counts_at_the_end_of_the_export),
        cmocka_unit_test(the_spread_of_an_attack_is_counted_apart),
        cmocka_unit_test(days_are_exact_for_the_last_256),
        cmocka_unit_test(answers_agree_with_a_plain_count),
        cmocka_unit_test(volumes_are_summed_up_robustly),
        cmocka_unit_test(volumes_of_any_day_are_kept),
        cmocka_unit_test(what_is_usual_is_listed_by_days),
        cmocka_unit_test(an_empty_store_cannot_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
