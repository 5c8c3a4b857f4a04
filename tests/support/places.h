// Places of people for tests: lives of an office, and questions whether a place of them is somebody's.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_SUPPORT_PLACES_H
#define STORMGLASS_TESTS_SUPPORT_PLACES_H

#include "support/scenario.h"

#define ALICE "alice@contoso.example"
#define BOB "bob@contoso.example"
#define CAROL "carol@contoso.example"
#define DAVE "dave@contoso.example"
#define ERIN "erin@contoso.example"

// The office and two other places; d1 is a Monday.
#define OFFICE "203.0.113.7"
#define AWAY "198.51.100.9"
// What is known of a life, which goes on from the sets +alice, +bob, +carol, +dave, +erin (who), +office, +away (where),
// +computer, +firefox (of Windows), +telephone, +script (with what).
struct learned {
    struct scenario scenario;
    struct knowledge *k;
};
void learn(struct learned *l, const char *life);
void learned_done(struct learned *l);
uint32_t learned_symbol(const struct learned *l, const char *text);

// A life, and whether a place of it is the person's.
struct place_case {
    const char *what, *life;
    bool is_so;
    const char *person, *address; // NULL: Alice, away
};
typedef bool place_question(const struct knowledge *k, uint32_t person, uint32_t address);
// Asks each case; those that are answered otherwise are shown, and the test fails.
void places_check(place_question *ask, const struct place_case *cases, size_t count);

#endif
