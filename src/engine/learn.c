// Which parts of knowledge learn side by side.
// SPDX-License-Identifier: Apache-2.0
#include "engine/learn.h"

#include <assert.h>

static void hear_meet(void *context, size_t number, const struct relay_batch *batch)
{
    (void)number;
    for (size_t i = 0; i < batch->count; i++)
        knowledge_meet(context, &batch->rows[i]);
}

static void hear_habits(void *context, size_t number, const struct relay_batch *batch)
{
    (void)number;
    knowledge_learn_habits(context, batch->rows, batch->count);
}

static void hear_issued(void *context, size_t number, const struct relay_batch *batch)
{
    (void)number;
    for (size_t i = 0; i < batch->count; i++)
        knowledge_learn_issued(context, &batch->rows[i]);
}

static void hear_coverage(void *context, size_t number, const struct relay_batch *batch)
{
    (void)number;
    for (size_t i = 0; i < batch->count; i++)
        knowledge_learn_coverage(context, &batch->rows[i]);
}

static void hear_places(void *context, size_t number, const struct relay_batch *batch)
{
    (void)number;
    for (size_t i = 0; i < batch->count; i++)
        knowledge_compare_places(context, &batch->rows[i]);
}

static void hear_tokens(void *context, size_t number, const struct relay_batch *batch)
{
    const struct issued_answer *issuances = batch->notes;
    (void)number;
    for (size_t i = 0; i < batch->count; i++)
        knowledge_compare_tokens(context, &batch->rows[i], &issuances[i]);
}

static bool take_step(struct knowledge *knowledge, struct relay *relay, size_t count,
                      relay_hear *const hear[], struct error *error)
{
    struct relay_listener listeners[3];
    assert(count <= sizeof listeners / sizeof listeners[0]);
    for (size_t i = 0; i < count; i++)
        listeners[i] = (struct relay_listener){.hear = hear[i], .context = knowledge};
    relay->listeners = listeners;
    relay->listener_count = count;
    bool is_done = relay_run(relay, error);
    knowledge_settle(knowledge);
    return is_done;
}

bool learn_run(struct knowledge *knowledge, const struct relay *walk, struct error *error)
{
    struct relay relay = *walk;
    relay_hear *const meeting[] = {hear_meet};
    relay_hear *const learning[] = {hear_habits, hear_issued, hear_coverage};
    relay_hear *const comparing[] = {hear_places, hear_tokens};
    if (!take_step(knowledge, &relay, 1, meeting, error) ||
        !take_step(knowledge, &relay, 3, learning, error))
        return false;
    learn_note_issuances(knowledge, &relay);
    return take_step(knowledge, &relay, 2, comparing, error);
}

static void find_issuances(const void *knowledge, const struct activity *rows, size_t count,
                           void *notes)
{
    knowledge_issuances(knowledge, rows, count, notes);
}

void learn_note_issuances(const struct knowledge *knowledge, struct relay *relay)
{
    relay->prepare = find_issuances;
    relay->prepare_context = knowledge;
    relay->note_size = sizeof(struct issued_answer);
}
