// Findings gathered by something they have in common (rule, user), for the tables of the text report.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_GROUP_H
#define STORMGLASS_REPORT_GROUP_H

#include "base/map.h"
#include "report/outline.h"

#define GROUP_LEVELS 5

struct group {
    struct str key;
    const struct finding *finding; // the gravest, earliest of them
    uint64_t by_level[GROUP_LEVELS], findings, events;
    int64_t first, last;
    struct map others; // what is counted distinct beside the key (users of a rule)
};

struct groups {
    struct group *items;
    size_t count, capacity;
    struct map index;
};

// By rule: the distinct others are users (mailboxes where there is no user). By entity kind: none.
void groups_by_rule(struct groups *groups, const struct finding_list *findings);
void groups_by_entity(struct groups *groups, const struct finding_list *findings,
                      enum entity_kind kind);
void groups_done(struct groups *groups);

#endif
