// The address databases of --mmdb, opened for a scan.
// SPDX-License-Identifier: Apache-2.0
#ifndef STORMGLASS_COMMAND_DATABASES_H
#define STORMGLASS_COMMAND_DATABASES_H

#include "baseline/address.h"
#include "command/options.h"
#include "report/outline.h"

struct mmdb;

struct databases {
    struct mmdb *files[ADDRESS_DATABASE_LIMIT];
    struct address_database lookups[ADDRESS_DATABASE_LIMIT]; // in the order they were given
    struct outline_database said[ADDRESS_DATABASE_LIMIT];    // for the report; texts borrowed
    size_t count;
};

// Opens all files of --mmdb. False and `error`, which names the file and what to do, when one of them cannot
// be read, is no database in MaxMind's format, or knows neither networks nor countries; none is open then.
bool databases_open(struct databases *databases, const struct options *options,
                    struct error *error);
void databases_close(struct databases *databases);

#endif
