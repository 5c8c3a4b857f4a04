// Opens the files of --mmdb and lends them to the baseline, which knows nothing of files.
// SPDX-License-Identifier: Apache-2.0
#include "command/databases.h"

#include "system/mmdb.h"

static bool look_up(void *context, const struct ip *ip, struct address_record *out)
{
    struct mmdb_record record;
    if (!mmdb_find(context, ip, &record))
        return false;
    *out = (struct address_record){.asn = record.asn,
                                   .organisation = record.organisation,
                                   .country = record.country,
                                   .city = record.city};
    return true;
}

static struct mmdb *open_file(const char *path, struct error *error)
{
    struct mmdb *file = mmdb_open(path, error);
    if (!file) {
        error_set(error,
                  "%s; --mmdb takes a database in MaxMind's format (.mmdb, unpacked) that gives "
                  "addresses a network or a country, such as GeoLite2-ASN.mmdb",
                  error->text);
        return NULL;
    }
    if (mmdb_has_places(file))
        return file;
    error_set(error,
              "%s: the database (%s) has neither networks nor countries; give one for ASN, country "
              "or city",
              path, mmdb_type(file));
    mmdb_close(file);
    return NULL;
}

bool databases_open(struct databases *databases, const struct options *options, struct error *error)
{
    const struct option_values *values = &options->values[OPTION_MMDB];
    *databases = (struct databases){0};
    if (values->count > ADDRESS_DATABASE_LIMIT)
        return error_set(error, "%d address databases at most", ADDRESS_DATABASE_LIMIT);
    for (size_t i = 0; i < values->count; i++) {
        struct mmdb *file = open_file(values->items[i].at, error);
        if (!file) {
            databases_close(databases);
            return false;
        }
        databases->files[i] = file;
        databases->lookups[i] = (struct address_database){look_up, file};
        databases->said[i] = (struct outline_database){values->items[i], str_from(mmdb_type(file)),
                                                       (int64_t)mmdb_built(file) * SECOND};
        databases->count++;
    }
    return true;
}

void databases_close(struct databases *databases)
{
    for (size_t i = 0; i < databases->count; i++)
        mmdb_close(databases->files[i]);
    databases->count = 0;
}
