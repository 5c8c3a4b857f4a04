// What intruders have in common: addresses, working hours, reading mail at a pace, covering tracks.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_ATTACK_H
#define STORMGLASS_SIMULATE_ATTACK_H

#include "simulate/life.h"

// Chooses when it begins: after `least` percent of the days, before `most` percent. Moves to the
// intruder's working hours. The moment of the first step.
int64_t attack_when(struct plot *plot, uint32_t least, uint32_t most);
// Addresses of rented servers or proxies; up to `count`, at most 8. Of a country's proxies, when not
// NULL.
void attack_addresses(struct plot *plot, enum network_kind kind, const char *country,
                      uint32_t count);
struct address attack_address(struct plot *plot);
void attack_agent(struct plot *plot);
// The next moment within the intruder's working hours that is not before `time`.
int64_t attack_hours(const struct plot *plot, int64_t time);

// Adds a victim; the same person only once. NULL when the table is full or there is nobody else.
struct victim *attack_victim(struct plot *plot, uint16_t mail_weight);

// The intruder's access to a victim's mailbox with plot->client and what the victim entry holds.
struct access attack_access(struct plot *plot, struct victim *victim, int64_t time);

// Signs in as the victim and keeps session and token. `is_new_session`: of its own.
void attack_sign_in(struct plot *plot, struct victim *victim, struct sign_in *sign_in, int64_t time,
                    bool is_new_session);
// Renews the token when it has run out.
void attack_renew(struct plot *plot, struct victim *victim, int64_t time);

// Reads up to `most` messages of the mailbox: what came last, or on through the older
// mail. With desktop Outlook it synchronises folders first.
void attack_read(struct plot *plot, struct victim *victim, const struct access *access,
                 uint32_t most);
// Synchronises the first so many folders, one after the other.
void attack_sync(struct plot *plot, const struct access *access, uint32_t folders);
// Removes recent messages from the mailbox, as someone who hides.
void attack_hide(struct plot *plot, struct victim *victim, const struct access *access);
void attack_rule(struct plot *plot, struct victim *victim, const struct access *access);
// Sends a few messages, some to colleagues.
void attack_send(struct plot *plot, struct victim *victim, const struct access *access);

// A step for plots that only read: one access of a victim at a time until plot->until.
int64_t attack_read_step(struct plot *plot, int64_t now);

#endif
