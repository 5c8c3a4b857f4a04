// UUIDs that follow from a name: the same name in the same name space is the same UUID everywhere.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_BASE_UUID_H
#define STORMGLASS_BASE_UUID_H

#include <stdint.h>

#include "base/str.h"

#define UUID_SIZE 37

// Version 5 (RFC 9562, section 5.5): SHA-1 of the name space's 16 bytes and the name. 36 characters, lower case, and
// a zero byte. SHA-1 is what the format asks for; nothing here rests on it being hard to collide.
char *uuid_of_name(const uint8_t space[16], struct str name, char text[UUID_SIZE]);

#endif
