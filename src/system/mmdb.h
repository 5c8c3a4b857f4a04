// Address databases in MaxMind's format (.mmdb), read with libmaxminddb: who has an address, and where.
// The owner of a `struct mmdb` closes it; texts it gave are gone with it.
// SPDX-License-Identifier: Apache-2.0
//
// The file is mapped, not read: it must not be written to while it is open (put a new one in its place
// by renaming). A database may be asked by several threads at once.
#ifndef STORMGLASS_SYSTEM_MMDB_H
#define STORMGLASS_SYSTEM_MMDB_H

#include "base/error.h"
#include "base/net.h"

struct mmdb;

// NULL with words when the file cannot be opened or is no such database.
struct mmdb *mmdb_open(const char *path, struct error *error);
void mmdb_close(struct mmdb *mmdb);

// The database's own name for its type ("GeoLite2-ASN") and when it was built (epoch seconds).
const char *mmdb_type(const struct mmdb *mmdb);
uint64_t mmdb_built(const struct mmdb *mmdb);

struct mmdb_record {
    uint32_t asn;            // 0: not said
    struct str organisation; // empty: not said; UTF-8
    struct str country;      // ISO code as the database has it
    struct str city;         // in English
};

// False when the database has nothing on the address, or nothing that is known here. Understands the
// keys of MaxMind's GeoIP2 and GeoLite2 (ASN, ISP, Country, City) and of DB-IP, IPinfo and
// ip-location-db databases that keep them flat. A damaged record counts as nothing.
bool mmdb_find(const struct mmdb *mmdb, const struct ip *ip, struct mmdb_record *out);

// Whether some of its addresses have a network number or a country: false for databases of something else
// (anonymous proxies, connection types), for which mmdb_find always is.
bool mmdb_has_places(const struct mmdb *mmdb);

#endif
