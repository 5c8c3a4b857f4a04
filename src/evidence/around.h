// What questions share: the attacker's acts sorted into distinct things, how these stand for their people on
// other days, and words for statements. Tables live on the stack of the question.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVIDENCE_AROUND_H
#define STORMGLASS_EVIDENCE_AROUND_H

#include "evidence/evidence.h"

// ---- distinct things ---------------------------------------------------------------------------

// Rows that have something in common. Limits: beyond AROUND_GROUPS different ones, records are only counted.
#define AROUND_GROUPS 256
struct around_key {
    uint32_t part[3];
};
struct around_group {
    struct around_key key;
    const struct dossier_row *row; // the earliest
    uint64_t records;
    int64_t last;  // time of the latest
    uint32_t note; // the question's own
};
struct around_table {
    struct around_group groups[AROUND_GROUPS];
    size_t count;
    uint64_t records, passed;          // of all; of those that found no room
    uint16_t slots[2 * AROUND_GROUPS]; // index of a group + 1; 0: free
};
void around_init(struct around_table *table);
// The group of the key, with the row counted in; NULL when there is no room.
struct around_group *around_add(struct around_table *table, struct around_key key,
                                const struct dossier_row *row);
// Most records first, then the earliest. After it nothing may be added.
void around_sort(struct around_table *table);

// ---- rows --------------------------------------------------------------------------------------

// The attacker's next row that did not fail, NULL after the last; *at as in dossier_next.
const struct dossier_row *around_next_act(const struct dossier *dossier, size_t *at);
// The person whom a finding of the incident says to be an insider; 0: none does. What such a person did in their own
// mailbox besides reading stands among the owner's rows.
uint32_t around_insider(const struct dossier *dossier);
// Such a row, within the time of the incident.
bool around_is_insiders(const struct dossier *dossier, uint32_t insider,
                        const struct dossier_row *row);
// Done by a person, or in a person's name.
bool around_is_human(const struct activity *activity);
// Done by an application of its own accord.
bool around_is_app(const struct activity *activity);
// The application that acted: the one that called, else the one named.
uint32_t around_caller(const struct activity *activity);

// ---- other days --------------------------------------------------------------------------------

// How a value of a facet (NETWORK, COUNTRY, AGENT, DEVICE, WAY) of the activity stands for whoever did it, all
// days of the incident left out, and the days from its first to its last use where those lie within the
// incident (an incident of weeks would else leave no other days). People are known by their sign-ins and their
// own mailbox, applications by what they did and by the mailbox they opened.
// Networks and countries of three or four days that are less than a quarter of all are seen, not known.
struct around_standing {
    enum habit_standing standing; // CANNOT_TELL also where the activity has no such value
    unsigned days;                // outside, with the value
    unsigned history;             // outside, on which the subject was seen at all
    double chance;                // NEW: that ordinary days bring such a value
    enum habit_kind kind;
    uint32_t subject, others; // others: of the kind that have the value on other days
};
struct around_standing around_stand(const struct dossier *dossier, const struct activity *activity,
                                    enum habit_facet facet);
// The same without chance and others, for many.
struct around_standing around_stand_days(const struct dossier *dossier,
                                         const struct activity *activity, enum habit_facet facet);

// How far a standing can be trusted. Known on n days: the rule of succession, (n + 1) / (n + 2). New: one minus
// the chance that an ordinary day brings such a value, by which few days and roaming people count less.
double around_trust(const struct around_standing *standing);
// Less for what is known of the address from its neighbours alone, or by its prefix.
double around_trust_address(const struct dossier *dossier, uint32_t address);
// A place that is the person's own by what an intruder does not leave there (knowledge_is_own_place), or, where
// a detector found an insider at home, one that is usual for them or where nothing else is strange.
bool around_is_own_place(const struct dossier *dossier, const struct activity *activity);
// Where only the prefix of an address is known, many providers share one: an address that the incident names is
// then not usual because a neighbour's is.
bool around_is_vague_place(const struct dossier *dossier, uint32_t address);
// "; 3 rules forwarding mail, first at 2026-05-12 03:10" of acts of which the row is the first, which is cited.
void around_print_hit(struct inquiry *inquiry, const struct dossier_row *row, uint64_t count,
                      const char *word, const char *what, bool *is_first);
// The share of the attacker's records that have rows.
double around_share_listed(const struct dossier *dossier);

// ---- coverage ----------------------------------------------------------------------------------

// Whether the lack of a record in the feed from the first to the last of the attacker's events proves anything.
bool around_may_deny(const struct dossier *dossier, enum coverage_source source);
// The same of what an insider did among the owner's rows: not where some of these are left out.
bool around_may_deny_insider(const struct dossier *dossier, enum coverage_source source);

// ---- words -------------------------------------------------------------------------------------

void around_print_minute(int64_t time, struct buf *out); // "2026-05-12 03:10"
void around_print_text(const struct dossier *dossier, uint32_t symbol, struct buf *out);
// "1 day", "3 days": plural is the word with an s.
void around_print_count(uint64_t count, const char *word, struct buf *out);
// "45.77.10.9 (AS20473, US)".
void around_print_address(const struct dossier *dossier, uint32_t address, struct buf *out);
// "a, b and 3 more" of symbols; with places where they are addresses.
void around_print_symbols(const struct dossier *dossier, const uint32_t *symbols, size_t count,
                          bool are_addresses, struct buf *out);
// The same of the table's groups, by a part of their key; as they are sorted.
void around_print_table(const struct dossier *dossier, const struct around_table *table,
                        unsigned part, bool are_addresses, struct buf *out);
// "application Mail Helper", "Outlook on the web (...)".
void around_print_app(const struct dossier *dossier, uint32_t app, struct buf *out);
// What is usual for a subject on other days: "AS64500 on 10 of 10 other days"; nothing, and false, where none is.
bool around_print_usual(const struct dossier *dossier, const struct around_standing *standing,
                        enum habit_facet facet, struct buf *out);

#endif
