// Sign-in logs that come twelve hours late: those of the last hours are not there yet.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

void scenario_sign_in_late_begin(struct plot *plot)
{
    plot->world->conditions.sign_in_lag = 12 * HOUR;
    story_time(&plot->story, plot->world->end - 12 * HOUR);
    story_time(&plot->story, plot->world->end);
}
