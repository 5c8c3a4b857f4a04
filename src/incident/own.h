// What an attacker can have of their own, and what everybody shares.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_INCIDENT_OWN_H
#define STORMGLASS_INCIDENT_OWN_H

#include "event/entity.h"

// False for what tells nothing of who was there, because everybody uses it: addresses of Microsoft's own services,
// private and loopback ones and what is no address at all; applications of Microsoft's; and kinds of entity that are
// no mark of an attacker (accounts, mailboxes, countries, networks ...). True for other addresses and applications,
// for sessions, tokens and inbox rules. A rented machine in Microsoft's cloud is somebody's own.
bool entity_may_be_owned(enum entity_kind kind, struct str text);

#endif
