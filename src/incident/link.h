// Linking: which findings belong to one attack. They do when they share what an attacker must share (a
// token, a session, a message, an address or application of their own) or, within days, an account or
// mailbox; never through what everybody shares. Whether an address or application is everybody's is seen
// from who else uses it, so all activities are looked at once.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INCIDENT_LINK_H
#define STORMGLASS_INCIDENT_LINK_H

#include "baseline/knowledge.h"
#include "incident/incident.h"

// More people than this who use an address or application and are in none of its findings: it is common.
#define LINK_OUTSIDERS 2
// Findings about one account or mailbox that are further apart are two stories, unless they share more. Who keeps office
// hours is away for 63 of them over a weekend.
#define LINK_GAP (72 * HOUR)
// More findings of one rule than this are no news where it is not known who is where as a rule.
#define LINK_RULE_FINDINGS 10
// So many rules of medium severity about one account make an incident; fewer about several.
#define LINK_MEDIUMS 3
// So many attempts that fail before one succeeds are not a person who mistypes.
#define LINK_FAILURES 10

// Findings about more accounts or mailboxes than this are not linked through one of them.
#define LINK_ACCOUNTS 3

struct linker;
// Findings and knowledge are borrowed until linker_free. Here all that findings name gets a symbol
// (knowledge_add_name), so that it can be asked for from now on; nobody else may ask meanwhile.
struct linker *linker_new(struct knowledge *knowledge, const struct finding_list *findings);
void linker_free(struct linker *linker);
const struct finding_list *linker_findings(const struct linker *linker);
void linker_see(struct linker *linker, const struct activity *activity);

// Makes the incidents, without scope. What everybody shares ties nothing together: neutral addresses, what
// outsiders use, applications of Microsoft's own. A group of linked findings is an incident when a
// detector's finding in it is medium or above, a rule's is high or above, or rules' are medium and of
// two people or LINK_MEDIUMS rules. Rules that matched where their people usually are, or at addresses from which
// nothing ever succeeded, do not count unless critical; what a rule counted over many accounts ties together
// only what all of them have in common. Those that do not count and findings below medium join the incident
// they are tied to most closely (session or token, message, address or application, account; then the
// nearest in time) and never join two incidents together. Criticals at home of one account, no further apart
// than LINK_GAP, belong together and follow as one.
void linker_finish(struct linker *linker, struct incident_list *out);

// After linker_finish: the incidents whose findings name a thing (by its symbol; persons by that of
// knowledge_person), ascending; none when it is common, or an application of Microsoft's own, which the
// owner may use as well. Borrowed.
const uint32_t *linker_incidents(const struct linker *linker, enum entity_kind kind,
                                 uint32_t symbol, uint32_t *count);
// Visits the things that have any, in no particular order.
void linker_each_mark(const struct linker *linker,
                      void (*visit)(enum entity_kind kind, uint32_t symbol, void *context),
                      void *context);
// Whether a detector calls the address an intruder's, or one of the people who signed in from it, which few
// others use, did so by a program that was new for them.
bool linker_is_strange_address(const struct linker *linker, uint32_t address);
// When the first thing succeeded from an address that findings name, after LINK_FAILURES or more had failed;
// INSTANT_NONE: fewer, or none succeeded.
int64_t linker_won(const struct linker *linker, uint32_t address);

#endif
