// What an internet address is: its class, network, organisation and country, each with where the
// answer comes from. Databases are asked through a function; what sign-ins say of their addresses is
// learned in an address book, which owns what it learned. What nobody said is unknown.
// SPDX-License-Identifier: Apache-2.0
//
// Sources, the first that knows wins:
//   1. the fixed tables of address_ranges.c (for the class alone)
//   2. the user's databases (.mmdb), in the order they were given
//   3. the sign-ins' own columns for this very address (autonomousSystemNumber, location)
//   4. the same of its neighbours in the /24 (IPv4) or /48 (IPv6), where all of them agree: these are
//      the longest prefixes that global routing accepts, so their addresses share an origin. A city is
//      never taken from neighbours.
// A book gives the same answers whatever the order in which it learned, and however it was split
// between threads and merged. Fill and merge first, then ask: what is learned later may change answers.
#ifndef STORMGLASS_BASELINE_ADDRESS_H
#define STORMGLASS_BASELINE_ADDRESS_H

#include "base/buf.h"
#include "base/error.h"
#include "base/net.h"

enum address_class {
    ADDRESS_UNKNOWN,  // public, but no network is known: nothing can be said
    ADDRESS_LOOPBACK, // of the machine itself or of one link: 127/8, 169.254/16, ::1, fe80::/10
    ADDRESS_PRIVATE,  // RFC 1918, RFC 6598 (carrier NAT), fc00::/7
    ADDRESS_RESERVED, // documentation, multicast, otherwise not of the public Internet (base/net.h)
    ADDRESS_MICROSOFT, // see enum address_service for how much that says
    ADDRESS_HOSTING,   // servers for rent, content networks, VPN exits
    ADDRESS_MOBILE,    // a mobile carrier
    ADDRESS_ORDINARY,  // a network is known, and it is none of the above
    ADDRESS_CLASS_COUNT
};
const char *address_class_name(enum address_class class); // "unknown", "loopback" ...

// Whose part of Microsoft's network. Only the first three are Microsoft's services by its own list;
// in the last any customer's rented machine may stand, an intruder's as well.
enum address_service {
    ADDRESS_NO_SERVICE,
    ADDRESS_EXCHANGE, // Exchange Online and its protection service, front and back end
    ADDRESS_OFFICE,   // SharePoint, Teams and what the Microsoft 365 services share
    ADDRESS_ENTRA,    // sign-in and directory
    ADDRESS_AZURE,    // known by the network's number alone
    ADDRESS_SERVICE_COUNT
};
const char *address_service_name(enum address_service service); // "", "exchange_online" ...

enum address_source {
    ADDRESS_BY_NOTHING,
    ADDRESS_BY_RANGE,    // the fixed list of ranges
    ADDRESS_BY_NUMBER,   // the fixed list of network numbers
    ADDRESS_BY_WORD,     // a word in the organisation's name
    ADDRESS_BY_DATABASE, // a database of the user's
    ADDRESS_BY_SIGN_IN,  // sign-ins from this address
    ADDRESS_BY_PREFIX,   // sign-ins from its /24 or /48
    ADDRESS_SOURCE_COUNT
};
const char *address_source_name(enum address_source source); // "", "published range" ...

// What a database or a sign-in says; 0 and empty: nothing.
struct address_record {
    uint32_t asn;
    struct str organisation;
    struct str country; // ISO 3166-1 alpha-2; anything but two letters is taken as nothing
    struct str city;
};

// Fills in what it knows; false when it knows nothing. Texts live as long as the database. The same
// address must always give the same answer.
typedef bool address_lookup(void *context, const struct ip *ip, struct address_record *out);
struct address_database {
    address_lookup *lookup;
    void *context;
};
#define ADDRESS_DATABASE_LIMIT 8

struct address_answer {
    enum address_class class;
    enum address_service service; // for ADDRESS_MICROSOFT
    uint32_t asn;                 // 0: unknown
    struct str organisation;      // borrowed, like the city
    char country[3];              // upper case; empty: unknown
    struct str city;
    enum address_source class_by, asn_by, organisation_by, country_by, city_by;
    bool asn_changed,
        country_changed; // sign-ins gave more than one for this address; this is the latest
};

// ---- the book -----------------------------------------------------------------------------------

// Addresses and prefixes together, about 80 bytes each. Beyond it the book keeps a share of them,
// chosen by nothing but the address (1 in 2, 4, 8 ...), and says so.
#define ADDRESS_BOOK_LIMIT ((uint32_t)1 << 19)
#define ADDRESS_CITY_SIZE 28 // bytes of a city's name that are kept

struct address_book;
// `limit`: at most this many entries, 0 for ADDRESS_BOOK_LIMIT. Books that are merged or loaded must
// have the same limit.
struct address_book *address_book_new(uint32_t limit);
void address_book_free(struct address_book *book);

// Learns what a sign-in at `time` says of its address. Private and loopback addresses are passed over.
void address_learn(struct address_book *book, const struct ip *ip, int64_t time,
                   const struct address_record *record);
// Adds what `from` knows: commutative, associative, idempotent.
void address_merge(struct address_book *book, const struct address_book *from);
uint32_t address_count(const struct address_book *book);
// How often the kept share was halved; 0: everything that was learned is there.
unsigned address_halvings(const struct address_book *book);
size_t address_bytes(const struct address_book *book);

// The same knowledge always gives the same bytes.
void address_save(const struct address_book *book, struct buf *out);
// Replaces what the book knows; on failure it is as it was. OVER_LIMIT content fails.
bool address_load(struct address_book *book, struct str bytes, struct error *error);

// ---- questions ----------------------------------------------------------------------------------

// `book` may be NULL. Borrowed texts live as long as book (unchanged) and databases.
void address_find(const struct address_book *book, const struct address_database *databases,
                  size_t database_count, const struct ip *ip, struct address_answer *out);

// By the numbers and words of address_ranges.c alone: hosting, mobile, Microsoft, ordinary, or unknown
// when `asn` is 0 and the name empty. *by may be NULL.
enum address_class address_class_of_network(uint32_t asn, struct str organisation,
                                            enum address_source *by);

// The network an address belongs to, for "never seen from there": its ASN where that is known, else
// its /16 (IPv4) or /32 (IPv6; what registries give to a provider). Never 0. The key of an address
// depends on what the book and databases know, so compare only keys that were made with the same.
uint64_t address_network(const struct address_answer *answer, const struct ip *ip);
// "AS8075", "10.1.0.0/16", "2603:1026::/32".
#define ADDRESS_NETWORK_SIZE 56
char *address_network_print(uint64_t network, char text[ADDRESS_NETWORK_SIZE]);

// How near two addresses are to each other, the nearest that can be shown.
enum address_nearness {
    ADDRESS_CANNOT_TELL, // not near, and the country of one is unknown
    ADDRESS_FAR,         // different countries
    ADDRESS_SAME_COUNTRY,
    ADDRESS_SAME_NETWORK, // the same ASN
    ADDRESS_SAME_PREFIX,  // the same /24 or /48
    ADDRESS_SAME,
};
enum address_nearness address_near(const struct ip *a, const struct address_answer *a_answer,
                                   const struct ip *b, const struct address_answer *b_answer);

#endif
