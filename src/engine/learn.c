// Which parts of knowledge learn side by side.
// SPDX-License-Identifier: Apache-2.0
#include "engine/learn.h"

typedef void learn_part(struct knowledge *knowledge, const struct activity *activity);
enum { PARTS = 3 };
static learn_part *const meeting[PARTS] = {knowledge_meet};
static learn_part *const learning[PARTS] = {knowledge_learn_habits, knowledge_learn_issued,
                                            knowledge_learn_coverage};

struct step {
    struct knowledge *knowledge;
    learn_part *const *parts;
};

static void hear_part(void *context, size_t number, const struct relay_batch *batch)
{
    const struct step *step = context;
    for (size_t i = 0; i < batch->count; i++)
        step->parts[number](step->knowledge, &batch->rows[i]);
}

static bool take_step(struct knowledge *knowledge, struct relay relay, learn_part *const *parts,
                      struct error *error)
{
    struct step step = {knowledge, parts};
    struct relay_listener listeners[PARTS];
    relay.listener_count = 0;
    for (size_t i = 0; i < PARTS && parts[i]; i++)
        listeners[relay.listener_count++] = (struct relay_listener){hear_part, &step, i};
    relay.listeners = listeners;
    bool is_done = relay_run(&relay, error);
    knowledge_settle(knowledge);
    return is_done;
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

static bool compare(struct knowledge *knowledge, struct relay relay, struct error *error)
{
    const struct relay_listener listeners[] = {{.hear = hear_places, .context = knowledge},
                                               {.hear = hear_tokens, .context = knowledge}};
    relay.listeners = listeners;
    relay.listener_count = sizeof listeners / sizeof listeners[0];
    learn_note_issuances(knowledge, &relay);
    bool is_done = relay_run(&relay, error);
    knowledge_settle(knowledge);
    return is_done;
}

bool learn_run(struct knowledge *knowledge, const struct relay *relay, struct error *error)
{
    return take_step(knowledge, *relay, meeting, error) &&
           take_step(knowledge, *relay, learning, error) && compare(knowledge, *relay, error);
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
