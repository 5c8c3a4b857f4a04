// One thread reads into a ring of batches and helps when the ring is full; all others take what is next to do.
// SPDX-License-Identifier: Apache-2.0
#include "engine/relay.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "engine/crew.h"

struct slot {
    struct activity *rows;
    void *notes;
    size_t count;
    bool is_ready; // prepared
};

struct running {
    const struct relay *relay;
    pthread_mutex_t lock; // of all that follows; rows and notes belong to whoever works on them
    pthread_cond_t is_changed;
    unsigned waiting; // threads
    bool has_reader, is_closed, is_read;
    struct error *error;
    size_t depth;                     // slots in use
    struct slot slots[RELAY_BATCHES]; // batch n is in slot n % depth
    uint64_t filled, prepared;        // batches, the latter at least begun
    uint64_t heard[RELAY_LISTENERS];  // batches
    bool is_hearing[RELAY_LISTENERS];
};

static struct slot *slot_of(struct running *r, uint64_t batch)
{
    return &r->slots[batch % r->depth];
}

// Batches that every listener has heard.
static uint64_t count_heard(const struct running *r)
{
    uint64_t least = r->heard[0];
    for (size_t i = 1; i < r->relay->listener_count; i++)
        least = r->heard[i] < least ? r->heard[i] : least;
    return least;
}

static void wake(struct running *r)
{
    if (r->waiting)
        pthread_cond_broadcast(&r->is_changed);
}

// ---- work -------------------------------------------------------------------------------------

static bool prepare_next(struct running *r)
{
    const struct relay *relay = r->relay;
    if (!relay->prepare || r->prepared == r->filled)
        return false;
    struct slot *slot = slot_of(r, r->prepared++);
    pthread_mutex_unlock(&r->lock);
    relay->prepare(relay->prepare_context, slot->rows, slot->count, slot->notes);
    pthread_mutex_lock(&r->lock);
    slot->is_ready = true;
    return true;
}

// The listener that is furthest behind, of those for whom there is something to hear; listener_count: none.
static size_t pick_listener(struct running *r)
{
    size_t picked = r->relay->listener_count;
    for (size_t i = 0; i < r->relay->listener_count; i++)
        if (!r->is_hearing[i] && r->heard[i] < r->filled && slot_of(r, r->heard[i])->is_ready &&
            (picked == r->relay->listener_count || r->heard[i] < r->heard[picked]))
            picked = i;
    return picked;
}

static bool hear_next(struct running *r)
{
    size_t i = pick_listener(r);
    if (i == r->relay->listener_count)
        return false;
    const struct relay_listener *listener = &r->relay->listeners[i];
    const struct slot *slot = slot_of(r, r->heard[i]);
    struct relay_batch batch = {slot->rows, slot->notes, slot->count};
    r->is_hearing[i] = true;
    pthread_mutex_unlock(&r->lock);
    listener->hear(listener->context, listener->number, &batch);
    pthread_mutex_lock(&r->lock);
    r->is_hearing[i] = false;
    r->heard[i]++;
    return true;
}

// Does what is next, or waits until there may be something. Holds the lock, but not while it works.
static void help(struct running *r)
{
    if (prepare_next(r) || hear_next(r)) {
        wake(r);
        return;
    }
    r->waiting++;
    pthread_cond_wait(&r->is_changed, &r->lock);
    r->waiting--;
}

// ---- reading ----------------------------------------------------------------------------------

static void hand_over(struct running *r)
{
    pthread_mutex_lock(&r->lock);
    slot_of(r, r->filled++)->is_ready = !r->relay->prepare;
    wake(r);
    while (r->filled - count_heard(r) == r->depth)
        help(r);
    slot_of(r, r->filled)->count = 0;
    pthread_mutex_unlock(&r->lock);
}

static bool on_activity(const struct activity *activity, void *context)
{
    struct running *r = context;
    struct slot *slot = slot_of(r, r->filled); // which nobody but the reader changes
    slot->rows[slot->count++] = *activity;
    if (slot->count == RELAY_ROWS)
        hand_over(r);
    return true;
}

static void read_all(struct running *r)
{
    const struct relay *relay = r->relay;
    r->is_read = activity_log_each(relay->parts, relay->part_count, on_activity, r, r->error);
    if (slot_of(r, r->filled)->count)
        hand_over(r);
}

static void run_thread(void *context)
{
    struct running *r = context;
    pthread_mutex_lock(&r->lock);
    if (!r->has_reader) {
        r->has_reader = true;
        pthread_mutex_unlock(&r->lock);
        read_all(r);
        pthread_mutex_lock(&r->lock);
        r->is_closed = true;
        wake(r);
    }
    while (!r->is_closed || count_heard(r) < r->filled)
        help(r);
    wake(r);
    pthread_mutex_unlock(&r->lock);
}

bool relay_run(const struct relay *relay, struct error *error)
{
    assert(relay->listener_count >= 1 && relay->listener_count <= RELAY_LISTENERS);
    struct running *r = memory_new(sizeof *r);
    r->relay = relay;
    r->error = error;
    r->depth = relay->threads > 1 ? RELAY_BATCHES : 1;
    for (size_t i = 0; i < r->depth; i++) {
        r->slots[i].rows = memory_grow(NULL, RELAY_ROWS * sizeof *r->slots[i].rows);
        r->slots[i].notes = relay->prepare ? memory_new(RELAY_ROWS * relay->note_size) : NULL;
    }
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->is_changed, NULL);
    crew_join(relay->threads, run_thread, r);
    pthread_cond_destroy(&r->is_changed);
    pthread_mutex_destroy(&r->lock);
    for (size_t i = 0; i < r->depth; i++) {
        free(r->slots[i].rows);
        free(r->slots[i].notes);
    }
    bool is_read = r->is_read;
    free(r);
    return is_read;
}
