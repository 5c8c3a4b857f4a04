// Which events may still make a correlation fire. Most of what correlations count never comes near their thresholds:
// while a log is read, events are counted roughly, and those that cannot matter are not correlated.
// SPDX-License-Identifier: Apache-2.0
//
// Why nothing is lost: a window is no longer than its timespan, so its events lie in two neighbouring stretches of that
// length. Where a group has fewer events in both stretches together than the rule wants events (or values: there are no
// more of them than events), or has a single value all along where several are wanted, no window can hold. Groups that
// share a place are counted as one, which only makes counts higher. All this is asked of sliding and tumbling windows
// that nothing listens to; other correlations get all their events. (What sessions and listeners see of events between
// firings is not reasoned about here.)
#ifndef STORMGLASS_RULE_PROSPECT_H
#define STORMGLASS_RULE_PROSPECT_H

#include "rule/correlation_plan.h"

struct observation;

// One per thread: counts are added up in the end.
struct prospects;
// `plan` must outlive them.
struct prospects *prospects_new(const struct correlation_plan *plan);
void prospects_free(struct prospects *prospects);

// An event that will be fed; its hashes must be there. Gives a mark by which prospects_matter can be asked without the
// event (observation.prospect); 0: it takes the event itself.
uint64_t prospects_count(struct prospects *prospects, const struct observation *event);
void prospects_merge(struct prospects *into, const struct prospects *from);

// Whether the event may be part of a firing, once all events are counted. False: whether it is fed makes no difference.
bool prospects_matter(const struct prospects *prospects, const struct observation *event);
bool prospects_mark_matters(const struct prospects *prospects, uint64_t mark); // other than 0

#endif
