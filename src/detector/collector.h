// What a finding_collector is made of; for finding.c (which fills it) and finding_list.c (which
// writes it out).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_COLLECTOR_H
#define STORMGLASS_DETECTOR_COLLECTOR_H

#include "base/buf.h"
#include "detector/cluster.h"

// A cluster and the time it covers, side by side so that a search reads the times only.
struct span {
    int64_t first, last; // as in the cluster
    struct cluster *cluster;
};

// One rule (or correlation) and one actor, or no actor and all whom the limits left out.
struct finding_group {
    struct finding_group *next_in_bucket;
    struct finding_group *next_of_rule, **link_of_rule;
    uint64_t hash;
    uint32_t rule;      // sigma_rule.index, or rule_count + sigma_correlation.index
    struct str actor;   // "user:a@b.org"; for correlations the group-by values; empty: none
    struct span *spans; // in order of time, those of undated events first
    size_t count, capacity;
};

struct finding_rule {
    struct finding_group *groups;
    size_t actors;     // groups with an actor
    unsigned halvings; // 1 in 2^halvings actors have a group
};

struct finding_collector {
    const struct sigma_set *set;
    struct finding_rule *rules;
    size_t rule_count;
    struct finding_group **buckets;
    size_t bucket_count, group_count;
    size_t actors; // groups with an actor, of all rules
    size_t group_limit;
    bool is_limited; // some rule has given up actors
    size_t cluster_count;
    size_t identities, identity_limit; // in all clusters; allowed in each
    struct buf actor;                  // scratch
};

#endif
