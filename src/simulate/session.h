// Signing in: sessions of devices, tokens of programs, and the sign-ins that renew them.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_SESSION_H
#define STORMGLASS_SIMULATE_SESSION_H

#include "simulate/record.h"

// Access to the person's own mailbox or services with one of their programs at a time. Signs in
// before where the session or the token has run out, which writes records.
struct access session_access(struct world *world, struct person *person, enum client_id id,
                             int64_t time);
// The same for an application that acts by itself, on a mailbox (or NULL).
struct access app_access(struct world *world, struct app *app, struct chance *chance,
                         struct person *mailbox, int64_t time);

// A token issued at a time by the request: 60 to 90 minutes long, or 20 to 28 hours in
// `long_percent` of cases.
struct token token_make(struct chance *chance, struct guid request, int64_t time,
                        uint8_t long_percent);

#endif
