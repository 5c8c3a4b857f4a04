// Matches of one rule by one actor without a long silence between them: what becomes one finding. What
// it holds at the end depends on the set of matches only, not on their order nor on how they were
// shared out over clusters that are merged. Everything in it is owned by it.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_CLUSTER_H
#define STORMGLASS_DETECTOR_CLUSTER_H

#include "base/keyset.h"
#include "detector/finding.h"

// Distinct events are counted exactly up to this number (per cluster); beyond it a sample that depends
// only on the events' identities is counted and scaled up (about 0.2 % off).
#define CLUSTER_IDENTITY_LIMIT ((size_t)1 << 20)

#define TEXT_NEAR_LIMIT 40

// A text kept in place when it is short, as GUIDs and addresses are: most matches then need no memory of
// their own. Empty it with kept_text_done.
struct kept_text {
    size_t len;
    union {
        char near[TEXT_NEAR_LIMIT];
        char *far; // when longer
    } at;
};

// Borrowed from `text`, which must stay where it is.
static inline struct str kept_text_str(const struct kept_text *text)
{
    return str_of(text->len <= TEXT_NEAR_LIMIT ? text->at.near : text->at.far, text->len);
}

struct cluster_event {
    int64_t time;
    uint64_t key;      // what makes it distinct
    uint64_t position; // event.position; of copies that are alike the least
    struct kept_text id;
};

struct cluster_entity {
    enum entity_kind kind;
    struct kept_text text;
};

struct cluster {
    int64_t first, last; // INSTANT_NONE: of undated events
    // The earliest events and some more: once `is_pruned` the first FINDING_EVENT_LIMIT are sorted,
    // and what is not before the last of them is not taken.
    struct cluster_event *events;
    size_t count, capacity;
    bool is_pruned;
    struct keyset identities; // once pruned: of the distinct events, 1 in 2^halvings
    unsigned halvings;
    uint64_t unlisted;               // events that firings counted and did not list
    struct cluster_entity *entities; // sorted; the least FINDING_ENTITY_LIMIT of each kind
    size_t entity_count, entity_capacity;
    uint16_t listed[ENTITY_KIND_COUNT];
    // Hashes of the distinct entities of kinds with more than FINDING_ENTITY_LIMIT, listed ones too,
    // at most FINDING_ENTITY_COUNT_LIMIT. An array by kind, NULL while there is no such kind.
    struct keyset *seen;
};

struct cluster *cluster_new(int64_t first, int64_t last);
void cluster_free(struct cluster *cluster);

// Copies the id. `position` as in event.position; `limit` of identities as CLUSTER_IDENTITY_LIMIT.
void cluster_add_event(struct cluster *cluster, int64_t time, uint64_t key, struct str id,
                       uint64_t position, size_t limit);
void cluster_add_entity(struct cluster *cluster, const struct entity *entity);

// Moves everything of `from` into `into` and frees `from`.
void cluster_merge(struct cluster *into, struct cluster *from, size_t limit);

// Distinct entities of the kind, at most FINDING_ENTITY_COUNT_LIMIT.
uint32_t cluster_entity_total(const struct cluster *cluster, enum entity_kind kind);

// Samples down to `limit` identities.
void cluster_thin(struct cluster *cluster, size_t limit);

// Sorts the events, without duplicates, and cuts them to FINDING_EVENT_LIMIT.
void cluster_finish(struct cluster *cluster);
// Finishes, then writes times, events and entities of a finding; texts are copied into the arena.
void cluster_write(struct cluster *cluster, struct arena *arena, struct finding *out);
// After cluster_finish.
uint64_t cluster_event_count(const struct cluster *cluster);

#endif
