// Networks and countries of findings' addresses, as the user's databases know them.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_LOCATE_H
#define STORMGLASS_ENGINE_LOCATE_H

#include "baseline/knowledge.h"
#include "detector/finding.h"

// Adds to each finding the entities asn and country of its addresses, where a database knows them. Records
// that hold addresses alone (the audit log's) so get places too.
void locate_findings(struct finding_list *findings, const struct knowledge *knowledge);

#endif
