// Recognition of a container from its first bytes.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_SOURCE_RECOGNISE_H
#define STORMGLASS_SOURCE_RECOGNISE_H

#include "source/container.h"

// Fills `container` from the head of an input (`is_whole`: all of it; no byte order mark). Gives the
// bytes before the first record: those of a CSV header. *has_user_wrapper: a JSON object around the
// records has members of the user's own.
size_t container_recognise(struct container *container, struct str head, bool is_whole,
                           bool *has_user_wrapper);

// The same for a head that is not JSON. Gives the header's bytes; container->id is UNKNOWN with `why`
// when it is no CSV.
size_t csv_recognise(struct container *container, struct str head, bool is_whole);

#endif
