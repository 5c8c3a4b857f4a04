// Row counts at which exports are cut off.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_ENGINE_CAPS_H
#define STORMGLASS_ENGINE_CAPS_H

#include <stdint.h>

// What an input of exactly so many records probably misses, and what to do; constant text. NULL: nothing is known.
// Search-UnifiedAuditLog returns 5,000 at most and a session 50,000; the Purview portal 50,000; a known collector
// 50,001 lines; the Entra portal 250,000.
const char *cap_warning(uint64_t records);

#endif
