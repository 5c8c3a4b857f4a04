// The running simulation: the tenant, the clock, who acts next, and where records go.
// SPDX-License-Identifier: Apache-2.0
//
// Everyone who does something is an actor: at its time its step is called, which writes records and
// says when it wants to be called again. Actors are called in the order of time.
#ifndef STORMGLASS_SIMULATE_WORLD_H
#define STORMGLASS_SIMULATE_WORLD_H

#include "simulate/output.h"
#include "simulate/scenario.h"
#include "simulate/tenant.h"
#include "simulate/truth.h"

struct world;

#define TIME_NEVER INT64_MAX

struct actor {
    int64_t time;
    uint64_t order; // of making; decides when times are equal
    int64_t (*step)(struct world *world, void *self, int64_t now); // TIME_NEVER: no more
    void *self;
};

// What benign scenarios change for everyone.
struct conditions {
    int64_t vpn_change;               // TIME_NEVER: never
    int64_t gap_from, gap_until;      // without Entra sign-in logs; equal: none
    int64_t sign_in_lag;              // 0: the usual minutes
    bool has_no_entra, is_maintained; // no Entra logs at all; a wave of provider maintenance
    int64_t maintenance_from, maintenance_until;
    int64_t backup_from; // when the new backup begins, TIME_NEVER: never
};

struct world {
    const struct simulate_options *options;
    int64_t start, end;
    struct tenant tenant;
    struct conditions conditions;
    struct actor *actors; // a heap, the earliest first
    size_t actor_count, actor_capacity;
    uint64_t actor_order;
    struct output *output;
    struct buf line; // the record being written
    struct chance chance;
    uint64_t dropped; // records that exist and are in no file
};

void world_init(struct world *world, const struct simulate_options *options, uint32_t chosen,
                const struct simulate_sink *sink);
void world_done(struct world *world);

void world_add(struct world *world, int64_t time,
               int64_t (*step)(struct world *world, void *self, int64_t now), void *self);
// Runs to the end, or until the sink failed or the options' is_interrupted says so (then true).
bool world_run(struct world *world);

// Gives the empty line for a record.
struct buf *world_line(struct world *world);
// Sends the line as a record. `plot` is the scenario that did it, NULL for benign life; `is_lured`:
// done by a victim who was talked into it. Records after the end or in a gap are left out and noted.
void world_emit(struct world *world, const struct emission *emission, struct plot *plot,
                bool is_lured);

#endif
