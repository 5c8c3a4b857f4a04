// Incidents: findings that belong to one attack, with what the attacker reached. The list owns everything;
// report formats read it.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INCIDENT_INCIDENT_H
#define STORMGLASS_INCIDENT_INCIDENT_H

#include "detector/finding.h"

#define INCIDENT_LIMIT 10000
// Messages listed over all incidents; counts stay exact for eight times as many.
#define INCIDENT_MESSAGE_LIMIT ((size_t)1 << 20)

// A message that the attacker opened: proved by a Bind record of theirs.
struct incident_message {
    struct str message_id;
    struct str subject, sender; // from other records of the message, where there are any
    struct str folder;
    int64_t first_read;
    uint64_t bytes;
    struct str record; // Id of the record that proves it
};

// What was within reach though no record names the messages.
enum incident_reach {
    REACH_SYNC,      // a folder was synchronised: all its messages must be taken as read
    REACH_THROTTLED, // binds were not logged for the 24 hours after the mailbox was throttled
    REACH_COUNT
};
const char *incident_reach_name(enum incident_reach reach); // "sync", "throttled"

struct incident_presumed {
    struct str folder; // empty: the whole mailbox
    enum incident_reach why;
    int64_t from, to;
    struct str record;
};

// A time in which the attacker was there and the logs cannot tell what they read.
struct incident_unknown {
    int64_t from, to;
    struct str why;
};

struct incident_mailbox {
    struct str mailbox;
    struct incident_message *read; // by first_read, message_id
    size_t read_count, read_listed;
    struct incident_presumed *presumed; // by from, folder
    size_t presumed_count;
    struct incident_unknown *unknown;
    size_t unknown_count;
    uint64_t accesses; // records of the attacker's mail accesses here
    // Messages read: at least those proved. OperationCount of binds whose messages are not named adds.
    uint64_t least;
    int64_t first, last;
};

// What the logs cannot tell about an incident, and what would.
struct incident_gap {
    struct str what, why, how;
};

struct incident {
    uint32_t number; // its place among the linker's incidents, before they were sorted
    char id[24];     // "i-" and 16 hex digits: hash of its gravest finding
    struct str title;
    enum sigma_level severity;
    double confidence;
    int64_t first, last; // of the attacker's events
    struct entity *entities;
    size_t entity_count;
    uint32_t *findings; // indexes into the finding list, in its order
    size_t finding_count;
    struct incident_mailbox *mailboxes; // by address
    size_t mailbox_count;
    struct incident_gap *gaps;
    size_t gap_count;
    uint64_t other_actions; // the attacker's events beside mail accesses and sign-ins
};

// Over all mailboxes of an incident.
struct incident_totals {
    uint64_t read, least, accesses;
    uint64_t folders, throttled; // presumed
    uint64_t unknown,
        unknown_mailboxes; // times of which nothing can be told; mailboxes that have any
};
struct incident_totals incident_totals(const struct incident *incident);

struct incident_list {
    struct arena arena;
    struct incident *items; // by severity (highest first), first, id
    size_t count;
};
void incident_list_done(struct incident_list *list);
void incident_list_sort(struct incident_list *list);
// The order of the list: below, at or above 0.
int incident_compare(const struct incident *a, const struct incident *b);

// Title, severity, times, entities and id, from the findings of an incident (score.c tells the rule). `is_context`, by
// number of the finding: it follows the incident and says nothing of what it is.
void incident_describe(struct incident *incident, const struct finding_list *findings,
                       const bool *is_context, struct arena *arena);

#endif
