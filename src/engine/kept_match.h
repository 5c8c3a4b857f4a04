// What kept_match.c (which reads the section `match`) and kept_match_write.c share.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_KEPT_MATCH_H
#define STORMGLASS_ENGINE_KEPT_MATCH_H

#include "base/keyset.h"
#include "engine/kept_parts.h"

#define MATCH_RULE_LIMIT ((size_t)1 << 20)
#define MATCH_FIELD_LIMIT ((size_t)1000)
#define MATCH_TEXT_LIMIT ((uint32_t)1 << 27)

enum match_mark {
    MATCH_IS_OBSERVATION = 1 << 0, // for correlations, with values; else for a finding
    MATCH_HAS_GUID = 1 << 1,       // the record's Id is a GUID in lower case
    MATCH_HAS_OFFSET = 1 << 2,     // where in its input the record stood: of those without Id
    MATCH_MARKS = 1 << 3
};

#endif
