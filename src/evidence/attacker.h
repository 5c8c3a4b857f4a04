// What questions about the attacker have in common: their accesses and sign-ins, short lists of names, and how
// dates and counts are spelled. Pure; nothing is owned.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_EVIDENCE_ATTACKER_H
#define STORMGLASS_EVIDENCE_ATTACKER_H

#include "evidence/evidence.h"

// ---- rows -------------------------------------------------------------------------------------

// The attacker's rows as questions read them. What the scope gives them at places that are usual for the acting
// person counts as that person's own wherever the attacker is seen elsewhere too: an administrator's office, when
// the account is misused from abroad. Where there is no elsewhere it is theirs: an insider. Applications are at
// home nowhere.
struct attacker {
    const struct dossier *dossier;
    bool has_elsewhere;
};
struct attacker attacker_of(const struct dossier *dossier);
bool attacker_owns(const struct attacker *attacker, const struct dossier_row *row);

// The next row of the attacker's; NULL when there is none; *at is where to go on (0: the first).
const struct dossier_row *attacker_next(const struct attacker *attacker, size_t *at);
// The next row of the attacker's that reached mail: messages or folders read, or a Graph request for mail, that
// did not fail; Microsoft's own server components, which work for users on their own, are passed over.
const struct dossier_row *attacker_next_access(const struct attacker *attacker, size_t *at);
// The next successful sign-in of the attacker's, of users and applications.
const struct dossier_row *attacker_next_sign_in(const struct attacker *attacker, size_t *at);
// The next access of the attacker's that must have borne a token of which the tenant's sign-in logs would know;
// the same components, which have tokens of their own, are passed over.
const struct dossier_row *attacker_next_bearer(const struct attacker *attacker, size_t *at);
// The earliest of their accesses or successful sign-ins; INSTANT_NONE when there is none.
int64_t attacker_begins(const struct attacker *attacker);

bool attacker_is_success(const struct activity *activity); // a sign-in that got in
bool attacker_is_by_app(const struct activity *activity);  // by an application of its own accord
// An access by a person to a mailbox that is not theirs: as delegate or administrator.
bool attacker_is_foreign(const struct dossier *dossier, const struct activity *activity);
// The application that asked: the original caller where one is named. 0: none is named.
uint32_t attacker_app(const struct activity *activity);
// Not one that is known as Microsoft's own; false for 0.
bool attacker_is_foreign_app(const struct dossier *dossier, uint32_t app);
// At an address that says where, and where the person is not as a rule; of the attacker's rows also where the person
// never was on days outside the incident, since who stays for long makes a place look usual. False where it is not
// known what is usual.
bool attacker_is_away(const struct dossier *dossier, const struct dossier_row *row);
// At an address that says where, which is usual for a person whose days are known; of the attacker's rows only if
// the person was there on days outside the incident, where there are enough of these. What is neither is not known.
bool attacker_is_at_home(const struct dossier *dossier, const struct dossier_row *row);

// A sign-in of a user, failed or not, that the attacker made, or may have made: by one of the incident's people from
// an address where they are not as a rule.
bool attacker_is_try(const struct attacker *attacker, const struct dossier_row *row);

// ---- names ------------------------------------------------------------------------------------

// Different symbols in the order in which they were met. A zeroed one is empty.
struct attacker_names {
    uint32_t symbols[DOSSIER_SUBJECT_LIMIT];
    size_t count;
    bool is_over; // there was no room for all
};
// True when it is new. 0 is passed over.
bool attacker_names_add(struct attacker_names *names, uint32_t symbol);
bool attacker_names_has(const struct attacker_names *names, uint32_t symbol);
// Of what the attacker did, the addresses that say where.
void attacker_find_addresses(const struct attacker *attacker, struct attacker_names *addresses);
// The incident's finding by that detector which names one of them, NULL when there is none.
const struct finding *attacker_finding(const struct dossier *dossier, const char *detector,
                                       const struct attacker_names *names);
// "a, b, c and 3 more".
void attacker_print_names(const struct dossier *dossier, const struct attacker_names *names,
                          struct buf *out);
// "Outlook Mobile (27922004-...)", or the id alone.
void attacker_print_app(const struct dossier *dossier, uint32_t app, struct buf *out);
// Who did it: the person's address, else the name in the record, else "someone".
void attacker_print_actor(const struct dossier *dossier, const struct activity *activity,
                          struct buf *out);
void attacker_print_text(const struct dossier *dossier, uint32_t symbol, struct buf *out);
// "2026-05-12 03:10".
void attacker_print_minute(int64_t time, struct buf *out);
// "1 access", "1,204 accesses".
void attacker_print_count(uint64_t count, const char *one, const char *many, struct buf *out);

// The same sign-in may stand in the audit log and in the sign-in logs: what each of the two tells is counted, and
// the larger figure taken.
struct attacker_count {
    uint64_t by_audit, by_sign_in;
};
void attacker_count_add(struct attacker_count *count, const struct dossier_row *row);
uint64_t attacker_count_of(const struct attacker_count *count);

#endif
