// An ordinary life of five people, in which tests of links place what is strange. Include cmocka.h before.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_TESTS_UNIT_INCIDENT_LINK_LIFE_H
#define STORMGLASS_TESTS_UNIT_INCIDENT_LINK_LIFE_H

#include "support/investigation.h"

#define ALICE "alice@contoso.example"
#define BOB "bob@contoso.example"
#define HOME "203.0.113.7"      // Alice's
#define AWAY "198.51.100.9"     // of nobody
#define ABROAD "198.51.100.66"  // of nobody, in another country
#define NEIGHBOUR "198.18.7.77" // another network of Alice's country
#define EGRESS "198.18.8.100"   // everybody's
#define FIREFOX "agent=Mozilla/5.0_(X11;_Linux_x86_64;_rv:126.0)_Gecko/20100101_Firefox/126.0"
#define SCRIPT "agent=python-requests/2.31.0"
#define ROLLED "agent=Mozilla/5.0_(X11;_Linux_x86_64)_Firefox/142.0"

static const char LIFE[] =
    "set alice user=" ALICE " object=#alice address=" HOME " asn=64500 country=DE " FIREFOX "\n"
    "set bob user=" BOB " object=#bob address=192.0.2.20 asn=64501 country=DE " FIREFOX "\n"
    "set away address=" AWAY " asn=64996 country=RU\n"
    "set neighbour address=" NEIGHBOUR " asn=64998 country=DE\n"
    "set egress address=" EGRESS " asn=64502 country=DE " FIREFOX "\n"
    "d1..26w 08:00,12:00 sign_in +alice\n"
    "d1..26w 08:10,12:10 sign_in +bob\n"
    "d1..26w 09:00 sign_in +egress user=carol@contoso.example\n"
    "d1..26w 09:01 sign_in +egress user=dave@contoso.example\n"
    "d1..26w 09:02 sign_in +egress user=erin@contoso.example\n"
    "d9 09:00 sign_in user=carol@contoso.example " FIREFOX " address=" NEIGHBOUR
    " asn=64998 country=DE\n"
    "d9 09:00 sign_in user=carol@contoso.example " FIREFOX " address=" ABROAD
    " asn=64997 country=FR\n";

#define CHECK(cases) investigation_check_links(LIFE, cases, sizeof(cases) / sizeof(cases)[0])

#endif
