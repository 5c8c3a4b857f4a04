// The list of detectors, and running them all over the same activities.
// SPDX-License-Identifier: Apache-2.0
#include "detector/detector.h"

#include <stdlib.h>

#include "base/arena.h"

const struct detector *const detectors[] = {
#define X(name) &detector_##name,
    DETECTOR_LIST(X)
#undef X
};
const size_t detector_count = sizeof detectors / sizeof detectors[0];

struct detection {
    const struct detector *detector;
    const struct knowledge *knowledge;
    struct finding_list *out;
    struct buf scratch;
    void *state;
};

struct detector_run {
    struct detection detections[sizeof detectors / sizeof detectors[0]];
};

void *detection_state(struct detection *detection)
{
    return detection->state;
}

const struct knowledge *detection_knowledge(const struct detection *detection)
{
    return detection->knowledge;
}

struct str detection_text(const struct detection *detection, uint32_t symbol)
{
    return knowledge_text(detection->knowledge, symbol);
}

// ---- findings ---------------------------------------------------------------------------------

static void write_attack(struct finding *finding, struct arena *arena, const char *techniques)
{
    struct str rest = str_from(techniques);
    size_t count = 1;
    for (size_t i = 0; i < rest.len; i++)
        count += rest.at[i] == ' ';
    finding->attack = ARENA_ARRAY(arena, struct str, count);
    while (rest.at) {
        struct str one = str_cut(&rest, ' ');
        size_t at = finding->attack_count;
        for (; at > 0 && str_compare(finding->attack[at - 1], one) > 0; at--)
            finding->attack[at] = finding->attack[at - 1];
        finding->attack[at] = one;
        finding->attack_count++;
    }
}

// What tells the findings of one detector apart: the first entity of each kind that says whose it is.
static void add_actor(struct buf *actor, const struct finding *finding)
{
    for (size_t i = 0; i < finding->entity_count; i++) {
        buf_add(actor, str_from(entity_kind_name(finding->entities[i].kind)));
        buf_add_char(actor, ':');
        buf_add(actor, finding->entities[i].text);
        buf_add_char(actor, 0);
    }
}

void detection_find(struct detection *detection, struct draft *draft, enum sigma_level severity,
                    double confidence, struct str statement)
{
    struct arena *arena = &detection->out->arena;
    struct finding *finding = finding_list_add(detection->out);
    struct buf actor;
    buf_init(&actor);
    finding->detector = str_from(detection->detector->name);
    finding->title = str_from(detection->detector->title);
    finding->statement = arena_copy(arena, statement);
    finding->severity = severity;
    finding->confidence = confidence;
    finding->is_insider = detection->detector->is_insider;
    finding->is_delegate = detection->detector->is_delegate;
    finding->is_intruders_place = detection->detector->is_intruders_place;
    write_attack(finding, arena, detection->detector->attack);
    draft_finish(draft, arena, finding);
    draft_free(draft);
    add_actor(&actor, finding);
    finding_write_id(&detection->scratch, buf_str(&actor), finding);
    buf_done(&actor);
}

// ---- running ----------------------------------------------------------------------------------

struct detector_run *detector_run_new(const struct knowledge *knowledge, struct finding_list *out)
{
    struct detector_run *run = memory_new(sizeof *run);
    for (size_t i = 0; i < detector_count; i++) {
        struct detection *detection = &run->detections[i];
        *detection =
            (struct detection){.detector = detectors[i], .knowledge = knowledge, .out = out};
        detection->state = memory_new(detectors[i]->state_size ? detectors[i]->state_size : 1);
        buf_init(&detection->scratch);
        if (detectors[i]->begin)
            detectors[i]->begin(detection);
    }
    return run;
}

void detector_run_see(struct detector_run *run, const struct activity *activity)
{
    for (size_t i = 0; i < detector_count; i++)
        detectors[i]->see(&run->detections[i], activity);
}

void detector_run_end(struct detector_run *run)
{
    for (size_t i = 0; i < detector_count; i++)
        if (detectors[i]->end)
            detectors[i]->end(&run->detections[i]);
}

void detector_run_free(struct detector_run *run)
{
    if (!run)
        return;
    for (size_t i = 0; i < detector_count; i++) {
        struct detection *detection = &run->detections[i];
        if (detectors[i]->release)
            detectors[i]->release(detection);
        free(detection->state);
        buf_done(&detection->scratch);
    }
    free(run);
}
