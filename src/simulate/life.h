// The benign life of the tenant: people at work, mail that arrives, vendors' applications, the
// provider's own processes.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_LIFE_H
#define STORMGLASS_SIMULATE_LIFE_H

#include "simulate/session.h"

// Adds the actors of all of it.
void life_begin(struct world *world);
void life_begin_background(struct world *world); // of it, what nobody does by hand

// A person's turn.
int64_t life_step(struct world *world, void *self, int64_t now);
// A person's rare acts: rules, consents, absence notes, and what administrators do.
void life_rare(struct world *world, struct person *person, int64_t now);

// Mail from outside, and mail between colleagues with its trace; both know the mailboxes' rings.
void mail_arrives(struct world *world, struct person *recipient, uint64_t key, int64_t time);
void mail_goes(struct world *world, const struct access *access, uint64_t key,
               struct person *const *recipients, uint32_t count);

// Up to `most` messages that the owner has not read within the hour, newest first mostly; 1 at least.
uint32_t mail_choose(struct world *world, struct person *mailbox, struct chance *chance,
                     uint32_t most, int64_t now, struct mail *out);

#endif
