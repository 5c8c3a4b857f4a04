// Inside the address book, for baseline/address.c: one entry per address and one per prefix.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_ADDRESS_BOOK_H
#define STORMGLASS_BASELINE_ADDRESS_BOOK_H

#include "baseline/address.h"

struct address_entry {
    uint8_t base[16];               // host bits zero
    int64_t asn_time, country_time; // of the sign-in that said so; INSTANT_NONE with nothing said
    uint32_t asn;
    uint8_t bits; // 128 an address, 120 an IPv4 /24, 48 an IPv6 /48
    bool asn_changed : 1,
        country_changed : 1; // another was said at another time, or by a neighbour
    uint8_t city_size;
    char country[2]; // zeros: none
    char city[ADDRESS_CITY_SIZE];
};

static inline uint8_t address_prefix_bits(const struct ip *ip)
{
    return ip_is_v4(ip) ? 120 : 48;
}

struct ip address_mask(const struct ip *ip, uint8_t bits);

// The entry of the address (bits 128) or of its prefix; NULL when there is none.
const struct address_entry *address_entry_find(const struct address_book *book, const struct ip *ip,
                                               uint8_t bits);

// Two ASCII letters as upper case; false for anything else.
bool address_country(struct str text, char country[3]);

#endif
