// Places: where an activity came from, compared with where its person is on other days, and the strange
// visits of each person, remembered for what happens after them. What detectors of chains share.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_PLACE_H
#define STORMGLASS_DETECTOR_PLACE_H

#include "baseline/knowledge.h"
#include "detector/case_table.h"

// How far an answer looks past the activity's own day for days that may belong to the same visit: an
// intruder who stays for days would else be his own baseline. A week to each side leaves two weeks of a
// usual export of a month. Where that leaves too little history, only the day itself is left out.
#define PLACE_MARGIN (7 * DAY)
// Of a person, more of whose days than this bring a network used on that day alone, a new network says
// nothing: one in ten, by habit_answer.chance_own.
#define PLACE_ROAMING_CHANCE 0.1
// Networks used by at least so many others on other days are the organisation's own (an office, a VPN):
// as many as days make a value known (HABIT_DAYS_KNOWN).
#define PLACE_PEERS_KNOWN 3

enum place_odd { // bits; 0: usual, or it cannot be told
    PLACE_NETWORK_NEW = 1 << 0,
    PLACE_COUNTRY_NEW = 1 << 1,
    PLACE_AGENT_NEW = 1 << 2, // the family of the program
    PLACE_HOSTING = 1 << 3,   // servers for rent, VPN exits
    PLACE_COUNTRY_UNKNOWN =
        1 << 4, // of the address: nothing speaks for a place near the usual ones
};

// All that an answer depends on, without gaps between the members.
struct place_key {
    uint32_t person, mailbox, address, agent, client;
    int32_t day;
    uint32_t is_mail, is_set;
};

struct place_answer {
    struct place_key key;
    unsigned odd;
};

struct place_visit {
    int64_t first, last;
    struct activity evidence; // the earliest
};

// What was seen so far. A zeroed struct is ready. The answers are only kept so as not to be asked again.
#define PLACE_ANSWERS ((uint32_t)1 << 16) // a power of two
struct place_watch {
    struct place_answer *answers; // NULL until something is asked
    struct case_table index;      // of visits: numbers[0] is its number + 1
    struct place_visit *visits;
    uint32_t visit_count, visit_capacity;
};

void place_done(struct place_watch *watch);

// Which of enum place_odd hold. 0 for neutral addresses, people's own places, undated activities and persons
// without history.
unsigned place_odd(struct place_watch *watch, const struct knowledge *knowledge,
                   const struct activity *activity);
// Someone is where they never were: a network never used on other days nor by colleagues, and a country
// or a program that is new as well, or a network of servers for rent, or one of which no country is known.
bool place_is_strange(unsigned odd);
// At least two of country, program and hosting: what a journey alone seldom brings.
bool place_is_very_strange(unsigned odd);

// Remembers strange sign-ins and strange accesses of people to their own mail. Once for every activity, before
// anything is asked of it: detector_run does so for the watch that detectors share (detection_places).
void place_see(struct place_watch *watch, const struct knowledge *knowledge,
               const struct activity *activity);
// A strange visit of the activity's person that began at most `window` before the activity, or NULL. In the
// activity's own session whatever the window. Borrowed until the next place_see.
const struct place_visit *place_before(const struct place_watch *watch,
                                       const struct knowledge *knowledge,
                                       const struct activity *activity, int64_t window);

// The activity is at a network that its person uses on other days: whatever happened elsewhere, it may well
// be the owner.
bool place_is_usual(const struct knowledge *knowledge, const struct activity *activity);
// It belongs to a strange visit by its session, and is not at a usual place: one session at a usual and at a
// strange place is a stolen one, of which the owner's own part is no act of the thief's.
bool place_is_in_visit(const struct knowledge *knowledge, const struct place_visit *visit,
                       const struct activity *activity);

// "198.51.100.9 (AS64510, NG)"; "an unknown address" when there is none.
void place_print(const struct knowledge *knowledge, const struct activity *activity,
                 struct buf *out);
// The network, of which findings are cases; the person where the address says nothing.
uint32_t place_key(const struct knowledge *knowledge, const struct activity *activity);
// The same symbol as knowledge_person, as text.
struct str place_person(const struct knowledge *knowledge, const struct activity *activity);
// A key for a mailbox that a command names by its alias: most often what stands before the @ of its
// address, of which the same key is made. Letters folded; `last` is the key's last part.
struct case_key place_name_key(struct str name, uint32_t last);
// The same for the text of a symbol, which names are kept for. Direct-mapped: what is in it never changes an answer. A zeroed struct
// is empty.
#define PLACE_NAMES 2048
struct place_names {
    struct place_name {
        uint32_t symbol, hash[2];
    } rows[PLACE_NAMES];
};
struct case_key place_name_key_of(struct place_names *names, const struct knowledge *knowledge,
                                  uint32_t symbol, uint32_t last);
// An act of a person, not of Microsoft's machinery, that did not fail and has a time.
bool place_is_human(const struct knowledge *knowledge, const struct activity *activity);

#endif
