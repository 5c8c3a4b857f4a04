// A tenant whose Entra sign-in logs are not exported: the audit log is all there is.
// SPDX-License-Identifier: Apache-2.0
#include "simulate/attack.h"

void scenario_no_sign_in_feed_begin(struct plot *plot)
{
    plot->world->conditions.has_no_entra = true;
    story_time(&plot->story, plot->world->start);
    story_time(&plot->story, plot->world->end);
}
