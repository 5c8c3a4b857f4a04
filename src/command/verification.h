// A verification shown to people and to programs. The same verification gives the same bytes.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_COMMAND_VERIFICATION_H
#define STORMGLASS_COMMAND_VERIFICATION_H

#include "engine/verify.h"
#include "report/table.h"

void verification_print_text(const struct verification *verification, const struct style *style,
                             struct buf *out);
// {"schema": "stormglass.verify/1", ...}: docs/remediation.md.
void verification_print_json(const struct verification *verification, struct buf *out);

#endif
