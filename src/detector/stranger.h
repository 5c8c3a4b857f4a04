// Strangers: what about an activity is not usual for the person it is said to be of, as marks that
// detectors count and print; networks that a tenant's people share; which sessions were where. Pure.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_DETECTOR_STRANGER_H
#define STORMGLASS_DETECTOR_STRANGER_H

#include "detector/case_table.h"

#include "baseline/knowledge.h"

enum stranger_mark {
    STRANGER_NETWORK = 1 << 0,     // new for the person
    STRANGER_COUNTRY = 1 << 1,     // new for the person
    STRANGER_AGENT = 1 << 2,       // a family of programs or system that is new for the person
    STRANGER_HOSTING = 1 << 3,     // a network of servers for rent that is new for the person
    STRANGER_SCRIPT = 1 << 4,      // the program is a script's, and new for the person
    STRANGER_LEGACY = 1 << 5,      // a protocol without second factor
    STRANGER_MOBILE = 1 << 6,      // a mobile carrier's network: speaks for roaming
    STRANGER_NOWHERE = 1 << 7,     // the country is unknown
    STRANGER_OWN_NETWORK = 1 << 8, // the person uses it on other days, or often
    STRANGER_OWN_AGENT = 1 << 9,   // so the program
};

// How likely chance may bring a value as rare (habit_answer.chance), for the value to count as new: one in
// four. It is no finding by itself: two independent marks come by chance in one of sixteen, and each
// detector asks for an occasion besides.
#define STRANGER_CHANCE 0.25

// How the activity's value of a facet (NETWORK, COUNTRY, AGENT, DEVICE) stands for the person, by sign-ins
// and by accesses to the person's own mailbox. HABIT_NEW: all days from its first to its last use left out
// there is history enough without it, and chance does not explain it, so that an intruder of several days is
// new on all. HABIT_SEEN or more: used by the person on other days, or often; often does not count of what came
// after the person's first three days beside what was there, as an intruder's does who stays to the end.
enum habit_standing stranger_standing(const struct knowledge *knowledge,
                                      const struct activity *activity, enum habit_facet facet);
// The person's own device is named.
bool stranger_has_own_device(const struct knowledge *knowledge, const struct activity *activity);

// Answers given before: a person's activities are much alike. Direct-mapped, so that what is in it
// never changes an answer. A zeroed struct is empty.
#define STRANGER_MEMO 65536 // rows, a power of two
struct stranger_memo {
    struct stranger_memo_row {
        uint32_t person, address, agent, client, flags;
        uint32_t marks;
    } rows[STRANGER_MEMO];
};

// Marks of a dated activity; 0 for neutral addresses.
unsigned stranger_marks(struct stranger_memo *memo, const struct knowledge *knowledge,
                        const struct activity *activity);
// Of {network, country, agent, hosting}.
unsigned stranger_weight(unsigned marks);
// Somewhere new, and with a new program or in a country that is not known to be the person's.
bool stranger_is_strange(unsigned marks);
// A person's doing with success, dated, from an address that says where: what is worth asking about.
bool stranger_may_judge(const struct knowledge *knowledge, const struct activity *activity);

// "The network, the country and the program are new for this person; the network is one of servers for rent."
void stranger_print(unsigned marks, struct buf *out);
// "203.0.113.7 (AS64500, DE)".
void stranger_print_place(const struct knowledge *knowledge, uint32_t address, struct buf *out);
// "Edge on Windows"; "no named program".
void stranger_print_agent(const struct knowledge *knowledge, uint32_t agent, uint32_t client,
                          struct buf *out);

// ---- ways out that people share ---------------------------------------------------------------

// A company's VPN or proxy: at least this many people have it as a habit of theirs, with programs that they use elsewhere
// too or from the first of their days on: an intruder with three victims has neither. That several live in the network of one provider
// says nothing: there an intruder is at home as well as they (a bought proxy in a neighbour's house).
#define EGRESS_PEOPLE 3
#define EGRESS_SHARE 0.25 // of the days of each

struct egress {
    struct case_table exits; // {knowledge_exit}; their numbers: up to EGRESS_PEOPLE people
};
void egress_see(struct egress *egress, const struct knowledge *knowledge,
                const struct activity *activity);
// Asked at the end.
bool egress_is_shared(const struct egress *egress, const struct knowledge *knowledge,
                      uint32_t address);
void egress_done(struct egress *egress);

#endif
