// Gaps: what the logs cannot tell about an incident, from what they cover.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INCIDENT_GAP_H
#define STORMGLASS_INCIDENT_GAP_H

#include "baseline/coverage.h"
#include "incident/incident.h"

#define GAP_LIMIT 50 // listed of one incident

// Fills gaps of the incident, and the times of each mailbox in which the attacker was there and reading
// would not have been seen. Texts are copied into the arena.
void incident_find_gaps(struct incident *incident, const struct coverage *coverage,
                        struct arena *arena);

#endif
