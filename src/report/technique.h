// Names of MITRE ATT&CK techniques, so that a report can say what an id means.
// SPDX-License-Identifier: Apache-2.0
//
// To add one: a row in technique.c, in order of the id.
#ifndef STORMGLASS_REPORT_TECHNIQUE_H
#define STORMGLASS_REPORT_TECHNIQUE_H

#include "base/str.h"

// "Email Collection: Email Forwarding Rule" for "T1114.003". Where a sub-technique is not known, the
// name of its technique; NULL when that is not known either.
const char *technique_name(struct str id);

#endif
