// The list of detectors, and running them all over the same activities.
// SPDX-License-Identifier: Apache-2.0
#include "detector/detector.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "detector/place.h"

const struct detector *const detectors[] = {
#define X(name) &detector_##name,
    DETECTOR_LIST(X)
#undef X
};
const size_t detector_count = sizeof detectors / sizeof detectors[0];

struct detection {
    const struct detector *detector;
    const struct knowledge *knowledge;
    struct place_watch *places;           // NULL: not asked for
    const struct activity *activity;      // at hand
    const struct issued_answer *issuance; // of it
    struct finding_list findings;
    struct buf scratch;
    void *state;
};

// The first part is all who ask for places, of whom each activity is seen by all before the next one: the others
// are a part each.
struct detector_run {
    const struct knowledge *knowledge;
    struct place_watch places;
    struct detection detections[sizeof detectors / sizeof detectors[0]];
    size_t parts[sizeof detectors / sizeof detectors[0] + 1]; // detectors, from the second part on
    size_t part_count;
    bool shows_all; // kinds are not heeded
};

void *detection_state(struct detection *detection)
{
    return detection->state;
}

const struct knowledge *detection_knowledge(const struct detection *detection)
{
    return detection->knowledge;
}

struct place_watch *detection_places(const struct detection *detection)
{
    assert(detection->places);
    return detection->places;
}

const struct issued_answer *detection_issuance(const struct detection *detection)
{
    assert(knowledge_is_token_bearing(detection->activity)); // nothing was asked of others
    return detection->issuance;
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
    struct arena *arena = &detection->findings.arena;
    struct finding *finding = finding_list_add(&detection->findings);
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

struct detector_run *detector_run_new(const struct knowledge *knowledge)
{
    struct detector_run *run = memory_new(sizeof *run);
    run->knowledge = knowledge;
    run->part_count = 1;
    for (size_t i = 0; i < detector_count; i++) {
        struct detection *detection = &run->detections[i];
        *detection = (struct detection){.detector = detectors[i], .knowledge = knowledge};
        detection->state = memory_new(detectors[i]->state_size ? detectors[i]->state_size : 1);
        buf_init(&detection->scratch);
        arena_init(&detection->findings.arena);
        if (detectors[i]->asks_places)
            detection->places = &run->places;
        else
            run->parts[run->part_count++] = i;
        if (detectors[i]->begin)
            detectors[i]->begin(detection);
    }
    return run;
}

void detector_run_show_all(struct detector_run *run)
{
    run->shows_all = true;
}

static inline bool wants(const struct detector_run *run, const struct detector *detector,
                         const struct activity *activity)
{
    return !detector->kinds || (detector->kinds >> activity->kind & 1) || run->shows_all;
}

static void see(struct detection *detection, const struct activity *activity,
                const struct issued_answer *issuance)
{
    detection->activity = activity;
    detection->issuance = issuance;
    detection->detector->see(detection, activity);
}

size_t detector_run_parts(const struct detector_run *run)
{
    return run->part_count;
}

static void see_with_places(struct detector_run *run, const struct activity *activity,
                            const struct issued_answer *issuance)
{
    place_see(&run->places, run->knowledge, activity);
    for (size_t i = 0; i < detector_count; i++)
        if (detectors[i]->asks_places && wants(run, detectors[i], activity))
            see(&run->detections[i], activity, issuance);
}

void detector_run_see_part(struct detector_run *run, size_t part, const struct activity *activities,
                           const struct issued_answer *issuances, size_t count)
{
    assert(part < run->part_count);
    if (part == 0) {
        for (size_t i = 0; i < count; i++)
            see_with_places(run, &activities[i], &issuances[i]);
        return;
    }
    struct detection *detection = &run->detections[run->parts[part]];
    for (size_t i = 0; i < count; i++)
        if (wants(run, detection->detector, &activities[i]))
            see(detection, &activities[i], &issuances[i]);
}

void detector_run_see(struct detector_run *run, const struct activity *activity)
{
    struct issued_answer issuance;
    knowledge_issuances(run->knowledge, activity, 1, &issuance);
    for (size_t part = 0; part < run->part_count; part++)
        detector_run_see_part(run, part, activity, &issuance, 1);
}

void detector_run_end(struct detector_run *run, struct finding_list *out)
{
    for (size_t i = 0; i < detector_count; i++) {
        struct detection *detection = &run->detections[i];
        if (detectors[i]->end)
            detectors[i]->end(detection);
        for (size_t f = 0; f < detection->findings.count; f++)
            *finding_list_add(out) = detection->findings.items[f];
        arena_adopt(&out->arena, &detection->findings.arena);
        detection->findings = (struct finding_list){0};
    }
}

void detector_run_free(struct detector_run *run)
{
    if (!run)
        return;
    for (size_t i = 0; i < detector_count; i++) {
        struct detection *detection = &run->detections[i];
        if (detectors[i]->release)
            detectors[i]->release(detection);
        finding_list_done(&detection->findings);
        free(detection->state);
        buf_done(&detection->scratch);
    }
    place_done(&run->places);
    free(run);
}
