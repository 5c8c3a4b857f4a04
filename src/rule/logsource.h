// Which sources a Sigma logsource means, as SigmaHQ names them.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_RULE_LOGSOURCE_H
#define STORMGLASS_RULE_LOGSOURCE_H

#include "event/event.h"
#include "rule/sigma.h"

// Further conditions on m365_audit records beside the source: a service is a part of the audit log.
enum logsource_part {
    PART_ALL,      // every record of the source
    PART_EXCHANGE, // Workload Exchange
    PART_ALERTS, // Security & Compliance alerts: Workload SecurityComplianceCenter, RecordType 40 ...
    PART_RISK,   // AadRiskDetection records (RecordType 294) and UserRiskEvents
    PART_NONE
};

struct logsource_route {
    bool is_known;                           // false: no source of ours has this logsource
    enum logsource_part parts[SOURCE_COUNT]; // per source; PART_NONE: not offered
};

// any_json is always PART_ALL (contract.md); `narrow` (may be NULL) is --logsource: a rule whose
// logsource contradicts it is not offered to any_json.
struct logsource_route logsource_route(const struct sigma_logsource *logsource,
                                       const struct sigma_logsource *narrow);

#endif
