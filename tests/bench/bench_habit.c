// Facts per second into a store of habits, bytes for each entry, and what sorting, asking and saving
// cost: ten million facts about 100,000 mailboxes in half a year, one event giving twelve of them.
// Arguments: facts and mailboxes in thousands.
// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/instant.h"
#include "baseline/habit_ask.h"
#include "baseline/habit_state.h"

#define DAYS 180
#define VALUES 4000
#define BATCH 12

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// One event: a mailbox that is used with one or two values of each facet, at its usual hours.
static void make_event(struct habit_fact facts[BATCH], uint64_t i, uint32_t mailboxes)
{
    uint64_t random = hash_mix(i + 1);
    uint32_t mailbox = (uint32_t)(random % mailboxes);
    uint64_t own = hash_mix(((uint64_t)mailbox + 1) << 32);
    int64_t day = 20000 + (int64_t)(random >> 32) % DAYS;
    int64_t time = day * DAY + (8 + (int64_t)(own + (random >> 50)) % 3) * HOUR;
    for (unsigned facet = 0; facet < BATCH; facet++) {
        bool is_second = (random >> (40 + facet)) % 16 == 0;
        facts[facet] = (struct habit_fact){
            .time = time,
            .subject = mailbox,
            .value = mailboxes + (uint32_t)(hash_mix(own + facet * 2 + is_second) % VALUES),
            .count = 1,
            .kind = HABIT_MAILBOX,
            .facet = (uint8_t)facet,
        };
    }
    facts[HABIT_HOUR].value = habit_hour_of_week(time);
    facts[HABIT_LOGON_TYPE].value = 0;
    facts[HABIT_VOLUME].count = 1 + (uint32_t)(random >> 45) % 20;
}

static void name_all(struct habit *habit, uint32_t mailboxes)
{
    char text[64];
    for (uint32_t i = 0; i < mailboxes + VALUES; i++) {
        snprintf(text, sizeof text, "mailbox.number.%u@example.com", i);
        habit_name(habit, i, str_from(text));
    }
}

static double ask_some(const struct habit *habit, uint32_t mailboxes, unsigned count,
                       bool is_standing)
{
    double start = seconds(), sum = 0;
    for (unsigned i = 0; i < count; i++) {
        uint64_t random = hash_mix(i + 99);
        struct habit_question question = {.kind = HABIT_MAILBOX,
                                          .facet = HABIT_WAY,
                                          .subject = (uint32_t)(random % mailboxes),
                                          .value = mailboxes + (uint32_t)(random >> 40) % VALUES,
                                          .from = (20000 + (int64_t)(random >> 32) % DAYS) * DAY};
        question.to = question.from + 2 * DAY;
        if (is_standing) {
            sum += habit_ask_standing(habit, &question);
        } else {
            struct habit_answer answer;
            habit_ask(habit, &question, &answer);
            sum += answer.chance;
        }
    }
    double used = seconds() - start;
    return sum < 0 ? 0 : used;
}

int main(int argc, char **argv)
{
    uint64_t facts = 1000 * (argc > 1 ? strtoull(argv[1], NULL, 10) : 10000);
    uint32_t mailboxes = 1000 * (argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 100);
    size_t events = facts / BATCH;
    struct habit_fact *all = memory_new(events * BATCH * sizeof *all);
    for (size_t i = 0; i < events; i++)
        make_event(all + i * BATCH, i, mailboxes);
    struct habit *habit = habit_new(0);
    name_all(habit, mailboxes);

    double start = seconds();
    for (size_t i = 0; i < events; i++)
        habit_add(habit, all + i * BATCH, BATCH);
    double used = seconds() - start;
    size_t bytes = habit_bytes(habit);
    printf("add     %6.2f s  %6.2f M facts/s  %u entries%s  %.0f MB  %.1f bytes/entry with names\n",
           used, (double)(events * BATCH) / used / 1e6, habit_count(habit),
           habit_is_full(habit) ? " (full)" : "", (double)bytes / 1e6,
           (double)bytes / habit_count(habit));

    start = seconds();
    habit_settle(habit);
    printf("settle  %6.2f s  %.0f MB\n", seconds() - start, (double)habit_bytes(habit) / 1e6);
    for (int is_standing = 0; is_standing < 2; is_standing++) {
        used = ask_some(habit, mailboxes, 100000, is_standing);
        printf("ask     %6.2f us a question%s\n", used * 1e6 / 100000,
               is_standing ? " for the standing of an unknown value" : "");
    }

    struct buf saved;
    buf_init(&saved);
    start = seconds();
    habit_save(habit, &saved);
    printf("save    %6.2f s  %.0f MB  %.1f bytes/entry\n", seconds() - start,
           (double)saved.len / 1e6, (double)saved.len / habit_count(habit));
    struct habit *other = habit_new(0);
    start = seconds();
    habit_merge(other, habit, NULL, NULL);
    printf("merge   %6.2f s\n", seconds() - start);
    habit_free(other);
    habit_free(habit);
    buf_done(&saved);
    free(all);
    return 0;
}
