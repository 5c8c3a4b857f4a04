// The parts that a STIX 2.1 bundle is written of: ids, the properties that all objects have, cyber observables.
// Private to report/stix*.c. Ids live in the bundle's arena.
// Source: "STIX Version 2.1", OASIS Standard, 10 June 2021.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_REPORT_STIX_PARTS_H
#define STORMGLASS_REPORT_STIX_PARTS_H

#include "base/map.h"
#include "report/pen.h"

// TLP:AMBER as the standard spells it (section 7.2.1.4): the bundle names people and what they were written.
#define STIX_MARKING "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
// When definitions that never change were made: this program as a source, attack patterns.
#define STIX_EPOCH (INT64_C(1767225600) * SECOND) // 2026-01-01

struct stix {
    struct pen pen;
    struct arena arena;
    struct map written; // ids of the objects that are in the bundle
    struct str source;  // id of the identity that made the objects
};

// ---- ids --------------------------------------------------------------------------------------

// "type--uuid" of what we name: UUIDv5 in a name space of our own (section 2.9: SDOs and SROs may have any UUID,
// and the same input gives the same bundle).
struct str stix_id(struct stix *stix, const char *type, struct str name);
// "type--uuid" of an observable: UUIDv5 of its id contributing properties in canonical JSON (section 2.9).
struct str stix_observable_id(struct stix *stix, const char *type, struct str properties);

// ---- objects ----------------------------------------------------------------------------------

// Begins an object; false when the bundle has it already. Then members, then stix_close.
bool stix_open(struct stix *stix, const char *type, struct str id);
void stix_close(struct stix *stix);
// The properties of objects that are made and changed: created_by_ref, created, modified.
void stix_add_made(struct stix *stix, int64_t created, int64_t modified);
void stix_add_time(struct stix *stix, const char *key, int64_t time);
void stix_add_refs(struct stix *stix, const char *key, const struct str *refs, size_t count);
// A relationship of the two; gives its id.
struct str stix_relate(struct stix *stix, const char *type, struct str from, struct str to,
                       int64_t created, int64_t modified);

// ---- observables: each gives the object's id, and writes it when the bundle does not have it --------

// An IPv4 or IPv6 address; empty for what is none.
struct str stix_address(struct stix *stix, struct str text);
struct str stix_account(struct stix *stix, struct str login);
// Empty for what is not an address of mail.
struct str stix_mail_address(struct stix *stix, struct str text);
// An application by its id, with its name where it is one of Microsoft's.
struct str stix_software(struct stix *stix, struct str app);
// What stix_software calls it: the value of software:name. In the bundle's arena.
struct str stix_software_name(struct stix *stix, struct str app);
struct str stix_message(struct stix *stix, struct str mailbox,
                        const struct incident_message *message);

// A string of a pattern with its quotes (section 9.2): quote and backslash escaped.
void stix_quote(struct buf *out, struct str text);

#endif
