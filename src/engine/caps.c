// The table of row counts.
// SPDX-License-Identifier: Apache-2.0
#include "engine/caps.h"

#include <stddef.h>

static const struct {
    uint64_t rows;
    const char *text;
} caps[] = {
    {5000, "exactly 5,000 records: one Search-UnifiedAuditLog call returns no more, so the rest is "
           "probably missing; export in smaller time windows"},
    {50000, "exactly 50,000 records: a search session and the Purview portal return no more, so "
            "the rest is probably missing; export in smaller time windows"},
    {50001, "exactly 50,001 records: collectors are cut off here, so the rest is probably missing; "
            "export in smaller time windows"},
    {250000, "exactly 250,000 records: the Entra portal downloads no more, so the rest is probably "
             "missing; export in smaller time windows"},
};

const char *cap_warning(uint64_t records)
{
    for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++)
        if (records == caps[i].rows)
            return caps[i].text;
    return NULL;
}
