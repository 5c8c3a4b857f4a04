// When a memory of what things came to is not worth asking. What is seldom known is left alone for a
// while, and longer each time that this shows again.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_REST_H
#define STORMGLASS_BASE_REST_H

#include <stdint.h>

struct rest {
    uint32_t asked, hits;    // in this round
    uint32_t resting, after; // still to be passed over; how many the next time
};

struct rest_terms {
    uint32_t round, hits_least; // after so many asked it is judged, by how many of them were known
    uint32_t first, most;       // passed over after a bad round; doubled with each up to this
};

// Before the next is asked: at the end of a round it is judged.
static inline void rest_judge(struct rest *rest, const struct rest_terms *terms)
{
    if (rest->asked < terms->round)
        return;
    if (rest->hits >= terms->hits_least) {
        rest->after = 0;
    } else {
        rest->after = rest->after ? rest->after * 2 : terms->first;
        rest->after = rest->after > terms->most ? terms->most : rest->after;
        rest->resting = rest->after;
    }
    rest->asked = rest->hits = 0;
}

#endif
