// A scenario that runs: its plans, what it holds (sessions, tokens, addresses), and its story.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_PLOT_H
#define STORMGLASS_SIMULATE_PLOT_H

#include "simulate/world.h"

#define VICTIM_LIMIT 24

// One mailbox that an intruder has a way into.
struct victim {
    struct person *person;
    struct session session;
    struct token token;
    struct address address;
    uint32_t next;  // next message of the backlog
    int64_t synced; // when folders were last synchronised, 0: never
};

struct plot {
    struct world *world;
    const struct scenario *scenario;
    struct story story;
    struct chance chance;
    int64_t time; // of the first step
    // Does something at `now` and gives the time of the next step, or TIME_NEVER.
    int64_t (*step)(struct plot *plot, int64_t now);
    int phase, count, goal;
    struct victim victims[VICTIM_LIMIT];
    uint32_t victim_count;
    const struct client *client;
    struct client own_client; // when none of the table fits
    const struct agent *agent;
    struct app *app;
    struct person *admin;
    struct address addresses[8];
    uint32_t address_count;
    int64_t until, gap;
    int hour_from, hour_until; // UTC, of the intruder's working day
    uint64_t numbers[4];
    struct str texts[4];
};

#endif
