// Knowledge: all baselines together, learned from the activities of a window (and from earlier runs), and
// the questions detectors ask of them by the symbols that activities carry. Owns what it learns; the
// table of texts is the caller's and must outlive it.
// SPDX-License-Identifier: Apache-2.0
//
//   knowledge_meet (every activity)  ─▶ who is who, addresses, coverage
//   knowledge_learn (again)          ─▶ habits, what was issued
//   knowledge_compare (again)        ─▶ which records usually carry identifiers that are found
//   knowledge_settle                 ─▶ constant; now ask
//
// Each step needs the one before it to have seen everything: the network of an address may be known only
// from a later sign-in. Between the first and the second knowledge_settle the parts of knowledge_learn may be
// taught side by side, between the second and the third those of knowledge_compare: each writes what no other
// reads or writes. Asking writes nothing at all, so many threads may ask.
#ifndef STORMGLASS_BASELINE_KNOWLEDGE_H
#define STORMGLASS_BASELINE_KNOWLEDGE_H

#include "baseline/address.h"
#include "baseline/client_class.h"
#include "baseline/coverage.h"
#include "baseline/habit_ask.h"
#include "baseline/issued_id.h"
#include "baseline/issued_peer.h"
#include "event/activity.h"

struct knowledge;
struct knowledge *knowledge_new(struct intern *texts);
void knowledge_free(struct knowledge *knowledge);

// Databases of addresses, asked before what sign-ins say; before the first activity is met.
void knowledge_add_database(struct knowledge *knowledge, struct address_database database);

// What is known of the reading itself: an input of records of a source, `rows` of them from `first` to
// `last`, with `unread` pieces that could not be read; and the window that was asked for (INSTANT_NONE:
// open). Before the second knowledge_settle.
void knowledge_tell_input(struct knowledge *knowledge, enum source_id source, uint64_t rows,
                          uint64_t unread, int64_t first, int64_t last);
void knowledge_tell_window(struct knowledge *knowledge, int64_t since, int64_t until);
// A time within the window that was left out all the same; both ends belong to it.
void knowledge_tell_left_out(struct knowledge *knowledge, int64_t from, int64_t to);

void knowledge_meet(struct knowledge *knowledge, const struct activity *activity);
// All parts of a step ...
void knowledge_learn(struct knowledge *knowledge, const struct activity *activity);
void knowledge_compare(struct knowledge *knowledge, const struct activity *activity);
// ... or one by one, each for every activity, in the same order.
void knowledge_learn_habits(struct knowledge *knowledge, const struct activity *activities,
                            size_t count);
void knowledge_learn_issued(struct knowledge *knowledge, const struct activity *activity);
void knowledge_learn_coverage(struct knowledge *knowledge, const struct activity *activity);
void knowledge_compare_places(struct knowledge *knowledge, const struct activity *activity);
// `issuance`: what knowledge_issuance says of the activity; not looked at unless it is token-bearing.
void knowledge_compare_tokens(struct knowledge *knowledge, const struct activity *activity,
                              const struct issued_answer *issuance);
// Between the steps: after the last knowledge_meet, the last knowledge_learn, the last knowledge_compare.
void knowledge_settle(struct knowledge *knowledge);

// Gives a text a symbol by which it can be asked for (knowledge_symbol): one that a finding names and that no
// activity needs to have had. Not while others ask.
void knowledge_add_name(struct knowledge *knowledge, struct str text);

// ---- questions --------------------------------------------------------------------------------

const struct intern *knowledge_texts(const struct knowledge *knowledge);
// Text of a symbol.
struct str knowledge_text(const struct knowledge *knowledge, uint32_t symbol);
// Symbol of a text as activities carry it; 0 for the empty text, and for one that neither an activity nor
// knowledge_add_name brought.
uint32_t knowledge_symbol(const struct knowledge *knowledge, struct str text);
// Symbol of the text of the activity's token (22 characters), where knowledge_add_name brought it; else 0.
uint32_t knowledge_token(const struct knowledge *knowledge, const struct activity *activity);
// First and last dated activity; INSTANT_NONE when there is none.
int64_t knowledge_first(const struct knowledge *knowledge);
int64_t knowledge_last(const struct knowledge *knowledge);

// One symbol for one person: of an account's object id, PUID and addresses (it was renamed, or has one of the
// tenant's first domain too) the least address, where records named them together. 0 when the activity names nobody.
uint32_t knowledge_person(const struct knowledge *knowledge, const struct activity *activity);
// The same of one such name; the name itself where it is all that is known.
uint32_t knowledge_person_named(const struct knowledge *knowledge, uint32_t name);
// Whether the person and the owner of the mailbox are one.
bool knowledge_is_own_mailbox(const struct knowledge *knowledge, const struct activity *activity);
// A guest's name in the tenant: eva_contoso.example#EXT#@fabrikam.example.
bool knowledge_is_guest_name(const struct knowledge *knowledge, uint32_t name);
// A name that is an address (alice@contoso.example), no object id or the like.
bool knowledge_is_address_name(const struct knowledge *knowledge, uint32_t name);
// NT AUTHORITY\SYSTEM and others under which Exchange's own commands run, whatever the record calls their actor.
// Source: 47 of 51 grants in a real export were made by the first.
bool knowledge_is_system_name(const struct knowledge *knowledge, uint32_t name);

// What the address is; never NULL.
const struct address_answer *knowledge_address(const struct knowledge *knowledge, uint32_t address);
// Symbol of the address's network ("AS8075", "10.1.0.0/16"); 0 for none.
uint32_t knowledge_network(const struct knowledge *knowledge, uint32_t address);
// The way out of a house that the address is of: a number for its /24, or its /48 of IPv6. A company's exit is a
// few addresses side by side, where its provider's network is the whole town's. Where no autonomous system is
// known, networks are ranges themselves, and it is the network. 0 for none.
uint64_t knowledge_exit(const struct knowledge *knowledge, uint32_t address);
// Addresses that say nothing of where someone is: none, private, or of Microsoft's own services, which
// fetch on behalf of users.
bool knowledge_is_neutral(const struct knowledge *knowledge, uint32_t address);

// Class of a ClientInfoString.
enum client_class knowledge_client(const struct knowledge *knowledge, uint32_t client);
// Family of the program: of the user agent, or of the one inside the ClientInfoString.
struct user_agent knowledge_agent(const struct knowledge *knowledge,
                                  const struct activity *activity);
// Symbol of the way into the mailbox: application, client application and client class; 0 for none.
uint32_t knowledge_way(const struct knowledge *knowledge, const struct activity *activity);
// "Exchange Web Services by Outlook Mobile (27922004-...)": for statements.
void knowledge_print_way(const struct knowledge *knowledge, const struct activity *activity,
                         struct buf *out);
// The same for a class that is known: only the activity's applications are looked at.
void knowledge_print_way_of(const struct knowledge *knowledge, enum client_class class,
                            const struct activity *activity, struct buf *out);

// How a value stands for a subject, the days from `from` to `to` left out.
struct habit_answer knowledge_habit(const struct knowledge *knowledge, enum habit_kind kind,
                                    uint32_t subject, enum habit_facet facet, uint32_t value,
                                    int64_t from, int64_t to);
// The same without what concerns peers and chance (habit_ask_days), at a fraction of the cost.
struct habit_answer knowledge_habit_days(const struct knowledge *knowledge, enum habit_kind kind,
                                         uint32_t subject, enum habit_facet facet, uint32_t value,
                                         int64_t from, int64_t to);
// The activity's own value of a facet (NETWORK, COUNTRY, AGENT, DEVICE, APP_ID, CLIENT_APP, WAY), for the
// mailbox where mail is read, else for the person. HABIT_CANNOT_TELL where the activity has no such value.
struct habit_answer knowledge_standing(const struct knowledge *knowledge,
                                       const struct activity *activity, enum habit_facet facet,
                                       int64_t from, int64_t to);
// The same as knowledge_habit_days.
struct habit_answer knowledge_standing_days(const struct knowledge *knowledge,
                                            const struct activity *activity, enum habit_facet facet,
                                            int64_t from, int64_t to);
// Whether the person, or the mailbox, was without any other such value on most weekdays of this one, and on three
// or more: it took the place of the others. A thief's stands beside them.
bool knowledge_has_replaced(const struct knowledge *knowledge, const struct activity *activity,
                            enum habit_facet facet);
// So many people's own place is the organisation's: an office, a VPN.
#define KNOWLEDGE_COLLEAGUES 3
// A network from which the person signed in with a machine that they used before or after all its days, or
// with machines of two kinds that they use elsewhere; or that is such or a usual place of several people: a journey,
// another office.
bool knowledge_is_own_place(const struct knowledge *knowledge, uint32_t person, uint32_t address);
// The person's own place, or one where they sign in as a rule: from this network too, and not only within
// one stretch that lies inside their other days (three of which are needed to tell): that is how a visitor,
// and an intruder of some days or weeks, looks. Neutral addresses are nobody's unusual place; true where nothing is known.
bool knowledge_is_usual_place(const struct knowledge *knowledge, uint32_t person, uint32_t address);
// Whether there are days enough of this person to tell what is usual.
bool knowledge_knows_places(const struct knowledge *knowledge, uint32_t person);
// Nothing but scripts ever got in there for this person.
bool knowledge_is_scripts_place(const struct knowledge *knowledge, uint32_t person,
                                uint32_t address);
// Whether the address is of an exit that is a place of several colleagues: an office, the company's VPN.
bool knowledge_is_colleagues_place(const struct knowledge *knowledge, uint32_t address);
// The same as knowledge_is_usual_place of the country of an address, as far as that is known.
bool knowledge_is_usual_country(const struct knowledge *knowledge, uint32_t person,
                                uint32_t address);
// Its program came to this person, or to the mailbox that is read, in the middle of their days, and to few
// others.
bool knowledge_is_new_program(const struct knowledge *knowledge, const struct activity *activity);
// Someone is where they never were: a network that this person never used on any other day of the window,
// though there is history enough, and a country or a program that is new as well or unknown. Never true for
// neutral addresses.
bool knowledge_is_strange(const struct knowledge *knowledge, const struct activity *activity);
const struct habit *knowledge_habits(const struct knowledge *knowledge);

// Whether the token or session of an access was issued, and how usual it is for its peers to be found.
struct issued_answer knowledge_issuance(const struct knowledge *knowledge,
                                        const struct activity *activity);
// The same of many activities, which takes less time; those that bear no token are passed over.
void knowledge_issuances(const struct knowledge *knowledge, const struct activity *activities,
                         size_t count, struct issued_answer *out);
struct issued_peers knowledge_peers(const struct knowledge *knowledge,
                                    const struct activity *activity);
struct issued_peers knowledge_peers_of(const struct knowledge *knowledge, enum client_class class,
                                       const struct activity *activity);
// Of all client applications of a class and application together.
struct issued_peers knowledge_peers_sum(const struct knowledge *knowledge, enum client_class class,
                                        uint32_t app);
// An access for which the tenant's own sign-in logs would have to hold the token: made by a person or an
// application of the tenant, not by the provider's machinery.
bool knowledge_is_token_bearing(const struct activity *activity);

// Whether the sign-in logs were there, whole and alive, when the activity's token must have been issued: only
// then does it mean something that they do not show it.
bool knowledge_may_deny_issue(const struct knowledge *knowledge, const struct activity *activity);

const struct coverage *knowledge_coverage(const struct knowledge *knowledge);

#endif
