// Internet addresses: parsing in every spelling the logs have, prefixes, classes.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_NET_H
#define STORMGLASS_BASE_NET_H

#include <stdint.h>

#include "base/str.h"

// An address as 16 bytes; IPv4 is kept as ::ffff:a.b.c.d.
struct ip {
    uint8_t bytes[16];
};

struct ip_prefix {
    struct ip base; // host bits zero
    uint8_t bits;   // 0..128; a v4 prefix /n is 96+n
    bool is_v4;
};

// Reads 1.2.3.4, 1.2.3.4:port, v6, [v6], [v6]:port, v6%zone, ::ffff:1.2.3.4; white space around it is
// passed over. False for anything else (names, empty).
bool ip_parse(struct str text, struct ip *out);

// Only what an address may be by itself: no port, bracket or zone.
bool ip_parse_strict(struct str text, struct ip *out);

bool ip_is_v4(const struct ip *ip);
bool ip_equal(const struct ip *a, const struct ip *b);

// Canonical text: dotted quad for v4 (also mapped), RFC 5952 for v6. At most 45 bytes and a zero.
#define IP_SIZE 48
char *ip_print(const struct ip *ip, char text[IP_SIZE]);

// "10.0.0.0/8", "2001:db8::/32"; a bare address is a full-length prefix. False when malformed or the
// length is out of range. Host bits are cleared.
bool ip_prefix_parse(struct str text, struct ip_prefix *out);
bool ip_prefix_has(const struct ip_prefix *prefix, const struct ip *ip);

// Private, loopback, link-local, documentation, multicast or otherwise not routable on the public
// Internet (IANA special-purpose registries, RFC 6890). Public IPv6 is public.
bool ip_is_reserved(const struct ip *ip);

#endif
