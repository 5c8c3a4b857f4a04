// Whether things of the attacker's (networks, countries, programs, devices) are known from other days of the
// people they were used by: one way of asking, counting and saying it for all of them.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVIDENCE_AROUND_KNOWN_H
#define STORMGLASS_EVIDENCE_AROUND_KNOWN_H

#include "evidence/around.h"

struct known_thing {
    enum habit_facet facet;
    const char *thing, *things; // "network", "networks"
    // What tells one of them from another; 0: the activity names none, or it says nothing.
    uint32_t (*key)(const struct knowledge *knowledge, const struct activity *activity);
    void (*print)(const struct dossier *dossier, const struct activity *activity, struct buf *out);
    bool
        has_places; // counts as known where it is a place of several colleagues; trusted as the address is
    const char *none; // why it cannot be told where no activity names one
    const char *how;  // what would close that gap
    const char *rest; // NULL, or why yes is no more than partly, added to the statement
};

// Answers the question. Nearly all records decide: a rest of a twentieth does not make it partly.
#define KNOWN_NEARLY_ALL 0.95
// People who have a network of one provider in common, where the person asked about never was: it may be a
// neighbour or the attacker.
#define KNOWN_OTHERS 3
void known_ask(struct inquiry *inquiry, const struct known_thing *thing);

#endif
