// Activities for tests: JSON records read as activities, and an activity as text.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_SUPPORT_ACTIVITIES_H
#define STORMGLASS_TESTS_SUPPORT_ACTIVITIES_H

#include "event/activity.h"
#include "support/sample.h"

// Reads the record (as sample_init takes it, but with ' for ", so that it can be read in C) with a plan that wants what activities and the source itself
// want and nothing else, as the engine does; so a field that activity_want forgets is missing.
void activity_of(const char *record, struct intern *texts, struct activity *out);

// One "key=value" a line, of what is set; a count of 1, a logon type of -1 and an error of 0 are not.
// The thread is shown as a word only.
void activity_describe(const struct activity *activity, const struct intern *texts,
                       struct buf *out);

// Reads the record. When its description is not the wanted one, both are printed and it gives false.
bool activity_check(const char *title, const char *record, const char *wanted);

#endif
