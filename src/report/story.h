// Incidents told to people on a terminal.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_STORY_H
#define STORMGLASS_REPORT_STORY_H

#include "report/pen.h"

// What happened, since when, to which mailboxes, how much was read, and what each finding rests on; the
// gravest STORY_INCIDENTS in full, the others by a line.
#define STORY_INCIDENTS 5
void story_print(const struct outline *outline, const struct style *style, struct pen *pen);

#endif
