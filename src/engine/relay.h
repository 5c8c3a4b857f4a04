// Relays: one walk over all activities, heard by several listeners on several threads. Each listener hears every
// activity once, in order of time, and never two at once; listeners hear each other's activities at different
// times and must not share what they write.
// SPDX-License-Identifier: Apache-2.0
//
//   activity_log_each ─▶ batch, batch, batch ... ─▶ prepare (any thread, any order)
//                                                      └─▶ listener, listener ... (each: one batch after the other)
#ifndef STORMGLASS_ENGINE_RELAY_H
#define STORMGLASS_ENGINE_RELAY_H

#include "engine/activity_log.h"

#define RELAY_ROWS                                                                                 \
    ((size_t)1024) // of one batch: with its notes it stays in a processor's own cache
#define RELAY_BATCHES                                                                              \
    ((size_t)16) // in memory at once: how far the fastest listener may be ahead of the slowest
#define RELAY_LISTENERS ((size_t)64)

struct relay_batch {
    const struct activity *rows;
    const void *notes; // what `prepare` wrote; NULL without it
    size_t count;
};

typedef void relay_hear(void *context, size_t number, const struct relay_batch *batch);

struct relay_listener {
    relay_hear *hear;
    void *context;
    size_t number; // passed on
};

struct relay {
    const struct activity_part *parts;
    size_t part_count;
    const struct relay_listener *listeners;
    size_t listener_count; // 1 to RELAY_LISTENERS
    unsigned threads;      // at most, with the caller's
    // Says of each row of a batch what several listeners want to know, from the row alone: `note_size` bytes a row.
    // NULL: nothing.
    void (*prepare)(const void *context, const struct activity *rows, size_t count, void *notes);
    const void *prepare_context;
    size_t note_size;
};

// False and `error` when the temporary file cannot be read back; listeners have heard a part then.
bool relay_run(const struct relay *relay, struct error *error);

#endif
