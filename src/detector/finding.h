// Findings: what is worth an analyst's look. Matches of one rule by one actor are one finding that
// grows; a collector per thread gathers them and collectors are merged at the end, with a result that
// does not depend on the order of events or threads.
//
// Who is grouped: matches of a rule by the actor (entity_actor; none is an actor too), firings of a
// correlation by its group-by values. A silence of more than FINDING_GAP splits them; a firing is never
// split. Undated matches are findings of their own.
//
// Limits, so that no input can fill memory. FINDING_GROUP_LIMIT actors over all rules: beyond it the
// rules with most actors keep a share of them (1 in 2, 4, ... by hash, every such rule at most the same
// number), and matches by the others are gathered in the rule's finding without an actor. The choice
// depends on the set of matches only. Event counts are exact up to a million distinct events, then
// within 0.2 %; on input that has over 2^25 distinct matches in findings of more than a thousand, and
// where one actor falls silent 1,000 times or all actors together a million times, findings get coarser
// in a way that may depend on the order.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_FINDING_H
#define STORMGLASS_DETECTOR_FINDING_H

#include "base/buf.h"
#include "event/entity.h"
#include "rule/correlation.h"
#include "rule/sigma.h"

#define FINDING_EVENT_LIMIT 1000 // record ids listed (the earliest); event_count stays exact
// Entities listed of each kind (the least in byte order); entity_counts stay exact up to the other.
#define FINDING_ENTITY_LIMIT 200
#define FINDING_ENTITY_COUNT_LIMIT 10000
#define FINDING_GROUP_LIMIT 80000
#define FINDING_GAP (24 * HOUR) // a longer silence begins a new finding

struct finding {
    char id[24];         // "f-" and 16 hex digits: hash of detector, actor and first event
    struct str detector; // "sigma:<rule id>", or a detector's name
    struct str title;
    struct str statement; // what was seen and why it is not usual; empty for rules
    enum sigma_level severity;
    bool is_insider, is_delegate, is_intruders_place; // of a detector that says so
    double confidence;  // by rule status: stable 0.9, test 0.7, experimental 0.5, otherwise 0.6
    struct str *attack; // "T1114.003", sorted
    size_t attack_count;
    int64_t first, last;     // INSTANT_NONE unknown
    struct entity *entities; // sorted by kind, text
    size_t entity_count;
    // Distinct entities by kind, listed or not; FINDING_ENTITY_COUNT_LIMIT: so many or more.
    uint32_t entity_counts[ENTITY_KIND_COUNT];
    uint64_t event_count; // distinct events
    struct str *events;   // record ids by (time, id); for records without an Id "<input>@<offset>"
    size_t listed;        // of events
    // Where each of them was read (event.position), of copies at the least place; NULL: not known.
    uint64_t *positions;
    const struct sigma_rule *rule; // one of these two, or neither: a detector's
    const struct sigma_correlation *correlation;
};

struct finding_list {
    struct arena arena;
    struct finding *items; // by severity (highest first), first, detector, id
    size_t count, capacity;
};

struct finding_collector;
struct finding_collector *finding_collector_new(const struct sigma_set *set);
void finding_collector_free(struct finding_collector *collector);

// Fewer actors than FINDING_GROUP_LIMIT, for tests; before anything is added.
void finding_collector_set_limit(struct finding_collector *collector, size_t groups);

// A single-event rule matched (silent rules are passed over). `where` names the record if it has no Id ("logs/a.json@1024").
void finding_add(struct finding_collector *collector, const struct sigma_rule *rule,
                 const struct event *event, const struct entity_list *entities, struct str where);

// A correlation fired (silent ones are passed over); its observations' `entities` were packed with
// entity_pack, as entity_collect or entity_sketch gave them.
void finding_add_firing(struct finding_collector *collector, const struct firing *firing);

// Moves everything of `from` into `into`; `from` is empty after it.
void finding_merge(struct finding_collector *into, struct finding_collector *from);

// Splits at gaps, sorts, gives ids. The list owns its memory; the collector may be freed after.
void finding_finish(struct finding_collector *collector, struct finding_list *out);
void finding_list_done(struct finding_list *list);

// A zeroed finding at the end of the list, borrowed until the next one; then sort.
struct finding *finding_list_add(struct finding_list *list);
void finding_list_sort(struct finding_list *list);
// The id, from detector, `actor` (what tells findings of one detector apart), first time and first event.
// `scratch` is overwritten.
void finding_write_id(struct buf *scratch, struct str actor, struct finding *finding);

// Entities as bytes that live in an observation. Texts longer than 65,535 bytes are left out.
struct str entity_pack(struct arena *arena, const struct entity_list *entities);
void entity_unpack(struct str packed, struct entity_list *out); // borrowed from packed

#endif
