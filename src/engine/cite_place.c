// Where cited records stand: findings know it of most; the activities of all workers tell it of the others, and how
// many copies there are.
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/hash.h"
#include "engine/activity_log.h"
#include "engine/cite_parts.h"

#define FILTER_BITS                                                                                \
    18 // 32 KiB: most rows are nobody's, and are passed over without a look at the table

// Items by identity.
struct sought {
    struct cite_choice *choice;
    uint64_t filter[(UINT64_C(1) << FILTER_BITS) / 64];
    uint32_t *slots; // item + 1; 0: empty
    size_t mask;
};

// ---- names that are places ----------------------------------------------------------------------

// The number of the input of a path; SIZE_MAX when there is none or it is not the only one.
static size_t input_of(const struct map *paths, struct str path)
{
    const struct map_entry *entry = map_find(paths, path);
    return entry && entry->number ? entry->number - 1 : SIZE_MAX;
}

static void index_paths(const struct scan_result *result, struct map *paths)
{
    map_init(paths);
    for (size_t i = 0; i < result->input_count; i++) {
        bool is_new = false;
        struct map_entry *entry = map_add(paths, result->inputs[i].path, &is_new);
        entry->number = is_new ? i + 1 : 0;
    }
}

// "logs/a.json@1024": the offset and what stands before it.
static bool split_place(struct str id, struct str *path, uint64_t *offset)
{
    size_t at = id.len;
    uint64_t number = 0, unit = 1;
    while (at > 0 && id.at[at - 1] >= '0' && id.at[at - 1] <= '9' && id.len - at < 14) {
        number += unit * (uint64_t)(id.at[--at] - '0');
        unit *= 10;
    }
    if (at == id.len || at < 2 || id.at[at - 1] != '@')
        return false;
    *path = str_of(id.at, at - 1);
    *offset = number;
    return true;
}

// Whether the id is the place of a record that has no Id; then *place is that place, as far as it is sure: with a state
// file the same name may be that of a record of an earlier run, which nothing else tells apart.
static bool is_place(const struct map *paths, struct str id, bool has_state,
                     struct cite_place *place)
{
    struct str path;
    uint64_t offset;
    if (!split_place(id, &path, &offset))
        return false;
    if (place->is_exact && (place->position & WORKER_OFFSET_MASK) == offset)
        return true;
    size_t input = input_of(paths, path);
    if (input == SIZE_MAX)
        return false;
    if (!has_state)
        place->position = (uint64_t)input << WORKER_POSITION_BITS | offset;
    return true;
}

// ---- identities ---------------------------------------------------------------------------------

// As the workers reckon it from an Id.
static uint64_t identity_of(struct str id)
{
    struct event event = {.id = id};
    worker_identify(&event, &(struct chunk){0}, &(struct record){0}, 0);
    return event.identity ? event.identity : 1;
}

static void seek(struct sought *sought, size_t item)
{
    uint64_t identity = sought->choice->places[item].identity;
    sought->filter[identity % (UINT64_C(1) << FILTER_BITS) / 64] |= UINT64_C(1) << identity % 64;
    size_t at = hash_mix(identity) & sought->mask;
    while (sought->slots[at])
        at = (at + 1) & sought->mask;
    sought->slots[at] = (uint32_t)item + 1;
}

// Names the records that have an Id, and places those whose name is their place.
static size_t identify(const struct scan_result *result, struct cite_choice *choice)
{
    struct map paths;
    size_t count = 0;
    index_paths(result, &paths);
    for (size_t i = 0; i < choice->list->count; i++) {
        struct cite_place *place = &choice->places[i];
        if (is_place(&paths, choice->list->items[i].id, result->state != NULL, place))
            continue;
        place->identity = identity_of(choice->list->items[i].id);
        count++;
    }
    map_done(&paths);
    return count;
}

// ---- activities ---------------------------------------------------------------------------------

// Of copies the one of the last kind of log, and of these the first that was read: the one that detectors looked at
// (activity_log.h).
static void on_copy(struct cite_place *place, const struct activity *activity)
{
    bool is_better = place->position == CITE_NOWHERE || activity->source > place->source ||
                     (activity->source == place->source && activity->position < place->position);
    if (place->is_exact || !is_better)
        return;
    place->position = activity->position;
    place->source = activity->source;
}

static void on_row(const struct activity *activity, void *context)
{
    const struct sought *sought = context;
    uint64_t identity = activity->identity;
    if (!(sought->filter[identity % (UINT64_C(1) << FILTER_BITS) / 64] >> identity % 64 & 1))
        return;
    for (size_t at = hash_mix(identity) & sought->mask; sought->slots[at];
         at = (at + 1) & sought->mask) {
        size_t item = sought->slots[at] - 1;
        if (sought->choice->places[item].identity != identity)
            continue;
        sought->choice->list->items[item].copies++;
        on_copy(&sought->choice->places[item], activity);
    }
}

bool cite_find_places(const struct citing *citing, const struct scan_result *result,
                      struct cite_choice *choice, struct error *error)
{
    bool is_done = true;
    if (!identify(result, choice))
        return true;
    struct sought *sought = memory_new(sizeof *sought);
    size_t slots = 16;
    while (slots < 2 * choice->list->count)
        slots *= 2;
    sought->choice = choice;
    sought->mask = slots - 1;
    sought->slots = memory_new(slots * sizeof *sought->slots);
    for (size_t i = 0; i < choice->list->count; i++)
        if (choice->places[i].identity)
            seek(sought, i);
    for (unsigned i = 0; i < citing->worker_count && is_done; i++)
        if (citing->workers[i].activities)
            is_done = activity_log_each_row(citing->workers[i].activities, on_row, sought, error);
    free(sought->slots);
    free(sought);
    return is_done;
}
