// Dossiers: what the attacker of an incident, and the people and mailboxes around them, did, as rows that
// evidence is read from. Rows that differ only in what no question asks (token, time of day) are one row
// with a count. A set of dossiers owns its rows; knowledge and findings are borrowed.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INCIDENT_DOSSIER_H
#define STORMGLASS_INCIDENT_DOSSIER_H

#include "baseline/knowledge.h"
#include "incident/incident.h"
#include "incident/scope.h"

// How long before the first and after the last event of the attacker's the people around are looked at:
// preparations (a consent, a delegation, a change of trust) are rarely older than a week before they are used.
#define DOSSIER_BEFORE (7 * DAY)
#define DOSSIER_AFTER (7 * DAY)
// Rows of one dossier, by part, and of all dossiers together. What finds no room is counted (unlisted). Of the
// owner's and the others' everyday life (mail, sign-ins) so much may be listed as the time passed has a share of
// the whole, so that what comes late finds room; DOSSIER_CHANGE_LIMIT rows are kept for changes of either.
#define DOSSIER_ATTACKER_LIMIT 4096
#define DOSSIER_OWNER_LIMIT 8192
#define DOSSIER_AROUND_LIMIT 2048
#define DOSSIER_CHANGE_LIMIT 2048
#define DOSSIER_ROW_LIMIT ((size_t)1 << 17)
// People, mailboxes and applications of one incident that are looked at: more is a campaign, told by its first.
#define DOSSIER_SUBJECT_LIMIT 200

enum dossier_part {
    DOSSIER_ATTACKER, // done by the attacker, as the scope says (its addresses' failed sign-ins too)
    DOSSIER_OWNER,    // by the incident's people, or in its mailboxes, and not the attacker's
    DOSSIER_AROUND, // by others: changes to the people, mailboxes and applications of the incident, and
    // changes that concern the whole tenant (trust, roles, auditing, transport, eDiscovery)
    DOSSIER_PARTS
};

struct dossier_row {
    struct activity first; // the earliest of them; `count` of it is the sum over all
    int64_t last;          // time of the latest
    uint32_t records;      // how many they are
    uint8_t part;          // enum dossier_part
};

struct dossier {
    const struct knowledge *knowledge;
    const struct finding_list *findings;
    const struct incident *incident;
    const struct dossier_row *rows; // by time of the first, record identity
    size_t count;
    uint64_t
        unlisted[DOSSIER_PARTS]; // activities without a row: absence proves nothing of that part
    // Symbols, ascending: people (as knowledge_person gives them), mailboxes and applications that the
    // findings of medium or above name.
    const uint32_t *people, *mailboxes, *apps;
    size_t people_count, mailbox_count, app_count;
    bool
        has_more; // people, mailboxes or applications beyond DOSSIER_SUBJECT_LIMIT: they were not looked at
};

struct dossier_set;
// For the incidents as they are after scope_trace; borrowed until dossier_set_free.
struct dossier_set *dossier_set_new(const struct knowledge *knowledge,
                                    const struct finding_list *findings,
                                    const struct incident_list *incidents);
void dossier_set_free(struct dossier_set *set);
// Every dated activity in order of time, with the numbers of the incidents whose attacker did it (scope_see).
void dossier_see(struct dossier_set *set, const struct activity *activity, const uint32_t *numbers,
                 uint32_t count);
// After the last: sorts. Then the dossier of an incident of that list, which may have been sorted since
// (incident.number tells which it was).
void dossier_set_finish(struct dossier_set *set);
struct dossier dossier_of(const struct dossier_set *set, const struct incident *incident);

// ---- reading one ------------------------------------------------------------------------------

// The first row at or after `at` (0: the first of all) of the part and kind; NULL when there is none. *at is
// where to go on. ACTIVITY_KIND_COUNT: of any kind; DOSSIER_PARTS: of any part.
const struct dossier_row *dossier_next(const struct dossier *dossier, size_t *at,
                                       enum dossier_part part, enum activity_kind kind);
// The Id of the row's first record as text, copied into the arena.
struct str dossier_record(const struct dossier *dossier, const struct dossier_row *row,
                          struct arena *arena);
// Text of a symbol of a row.
struct str dossier_text(const struct dossier *dossier, uint32_t symbol);
// The incident's finding by that detector (gravest first), at or after *at, which counts incident.findings.
// "sigma:" stands for any rule.
const struct finding *dossier_finding(const struct dossier *dossier, size_t *at,
                                      const char *detector);

#endif
