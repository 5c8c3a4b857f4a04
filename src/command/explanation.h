// Why a rule holds on an event or does not: the tree of its conditions with every result.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_COMMAND_EXPLANATION_H
#define STORMGLASS_COMMAND_EXPLANATION_H

#include "report/outline.h"
#include "rule/match.h"

#define EXPLANATION_VALUES 6 // of the event, for one item

// Writes the conditions one by one, what the event has, and the verdict. The event may be of any
// source: a rule that a scan would not try on it is answered with that.
void explanation_print(struct matcher *matcher, const struct sigma_rule *rule,
                       const struct event *event, const struct style *style, struct buf *out);

// Whether a scan would match the rule on this event (fills the matcher).
bool explanation_matches(struct matcher *matcher, const struct sigma_rule *rule,
                         const struct event *event);

// How near the event comes to the rule: how many of its items hold, and one more when the rule is
// tried on such events at all.
size_t explanation_score(struct matcher *matcher, const struct sigma_rule *rule,
                         const struct event *event);

#endif
