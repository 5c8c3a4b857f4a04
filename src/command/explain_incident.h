// How a verdict was reached: the matrix of hypotheses against evidence of one incident.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_COMMAND_EXPLAIN_INCIDENT_H
#define STORMGLASS_COMMAND_EXPLAIN_INCIDENT_H

#include "command/command.h"

// "i-" and 16 hex digits.
bool explain_is_incident(struct str text);
// The first path is the incident's id, the second the report or its folder.
enum exit_status explain_incident(struct options *options);

#endif
