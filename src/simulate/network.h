// Networks and the addresses in them, as a list of named rows (network.def).
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SIMULATE_NETWORK_H
#define STORMGLASS_SIMULATE_NETWORK_H

#include "base/str.h"
#include "simulate/chance.h"

enum network_kind {
    NETWORK_OFFICE,
    NETWORK_VPN,
    NETWORK_HOME,
    NETWORK_MOBILE,
    NETWORK_TRAVEL,
    NETWORK_SERVICE, // data centres of vendors
    NETWORK_HOSTING, // rented servers and exit relays
    NETWORK_PROXY,   // homes of strangers, rented out
    NETWORK_PROVIDER // Microsoft itself
};

enum network_id {
#define NETWORK(id, ...) NETWORK_##id,
#include "simulate/network.def"
    NETWORK_COUNT
};

struct network {
    const char *first;  // IPv4
    const char *prefix; // IPv6, "" when it has none
    const char *owner, *country, *state, *city;
    enum network_kind kind;
    unsigned host_bits; // IPv4
    unsigned asn;
};
extern const struct network networks[NETWORK_COUNT];

struct address {
    uint8_t network; // enum network_id
    bool is_v6;
    uint32_t host;
};
#define ADDRESS_SIZE 48

// Any address of a network; IPv6 in a third of the cases where it has some.
struct address address_make(enum network_id network, struct chance *chance);
// A random network of a kind; of a country, when not NULL and there is one.
enum network_id network_pick(enum network_kind kind, const char *country, struct chance *chance);
static inline const struct network *address_network(struct address address)
{
    return &networks[address.network];
}
// Fills `text` and gives its slice.
struct str address_text(struct address address, char text[ADDRESS_SIZE]);

#endif
