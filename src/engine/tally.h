// Counting what the records say of themselves, for `summary`.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_TALLY_H
#define STORMGLASS_ENGINE_TALLY_H

#include "event/entity.h"
#include "report/outline.h"

// Distinct keys of one tally, and bytes of the keys of all: what comes later counts as "others".
#define TALLY_KEY_LIMIT 200000
#define TALLY_BYTES_LIMIT ((size_t)24 << 20)

struct tally_set;
struct tally_set *tally_set_new(void);
void tally_set_free(struct tally_set *set);

// Counts one distinct event. The slots must have the fields of entity_want and tally_want.
void tally_want(struct field_plan *plan);
void tally_event(struct tally_set *set, const struct event *event, const struct field_slots *slots,
                 const struct entity_list *entities);

// The counts, sorted; owned by the arena.
void tally_finish(const struct tally_set *set, struct arena *arena, struct scan_summary *out);

#endif
