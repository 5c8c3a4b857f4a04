// The fixed tables behind baseline/address.h: ranges by their published lists, networks by number,
// words in the names of organisations.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASELINE_ADDRESS_RANGES_H
#define STORMGLASS_BASELINE_ADDRESS_RANGES_H

#include "baseline/address.h"

// Loopback, link-local, private or otherwise reserved; ADDRESS_UNKNOWN for public addresses.
enum address_class address_special(const struct ip *ip);

// Whether an address can stand for a place: private and loopback ones cannot. Reserved ones can where a log
// names their network (drills and documentation use them).
bool address_is_somewhere(const struct ip *ip);

// The Microsoft service whose published (or seen, see there) range has the address.
enum address_service address_service_of(const struct ip *ip);

// ADDRESS_MICROSOFT, ADDRESS_HOSTING, ADDRESS_MOBILE, or ADDRESS_UNKNOWN when it is not in the list.
enum address_class address_class_of_number(uint32_t asn);
// ADDRESS_HOSTING, ADDRESS_MOBILE, or ADDRESS_UNKNOWN. Looks for whole words in any case.
enum address_class address_class_of_name(struct str organisation);

#endif
