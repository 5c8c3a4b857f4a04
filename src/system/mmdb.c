// Reads address databases with libmaxminddb.
// SPDX-License-Identifier: Apache-2.0
#include "system/mmdb.h"

#include <arpa/inet.h>
#include <errno.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/encode.h"

#define TEXT_LIMIT 256      // bytes of a name; longer ones are taken as nothing
#define PROBED_NODES 100000 // of the tree, until a record with a place is found

struct mmdb {
    MMDB_s file;
};

struct mmdb *mmdb_open(const char *path, struct error *error)
{
    struct mmdb *mmdb = memory_new(sizeof *mmdb);
    int status = MMDB_open(path, MMDB_MODE_MMAP, &mmdb->file);
    if (status == MMDB_SUCCESS)
        return mmdb;
    error_set(error, "%s: %s", path,
              status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR ? strerror(errno)
                                                                        : MMDB_strerror(status));
    free(mmdb);
    return NULL;
}

void mmdb_close(struct mmdb *mmdb)
{
    if (!mmdb)
        return;
    MMDB_close(&mmdb->file);
    free(mmdb);
}

const char *mmdb_type(const struct mmdb *mmdb)
{
    return mmdb->file.metadata.database_type;
}

uint64_t mmdb_built(const struct mmdb *mmdb)
{
    return mmdb->file.metadata.build_epoch;
}

// ---- one value ----------------------------------------------------------------------------------

#define PATH_DEPTH 4
typedef const char *const value_path[PATH_DEPTH]; // ends with NULL

// GeoIP2 first, then the flat spellings of others.
static value_path asn_paths[] = {
    {"autonomous_system_number"}, {"traits", "autonomous_system_number"}, {"asn"}};
static value_path organisation_paths[] = {{"autonomous_system_organization"},
                                          {"traits", "autonomous_system_organization"},
                                          {"organization"},
                                          {"as_name"},
                                          {"name"}};
static value_path country_paths[] = {
    {"country", "iso_code"}, {"country_code"}, {"country"}, {"registered_country", "iso_code"}};
static value_path city_paths[] = {{"city", "names", "en"}, {"city"}};

static bool find_value(MMDB_entry_s *entry, const char *const *path, MMDB_entry_data_s *out)
{
    return MMDB_aget_value(entry, out, path) == MMDB_SUCCESS && out->has_data;
}

static struct str find_text(MMDB_entry_s *entry, value_path *paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        MMDB_entry_data_s data;
        if (!find_value(entry, paths[i], &data) || data.type != MMDB_DATA_TYPE_UTF8_STRING)
            continue;
        struct str text = str_of(data.utf8_string, data.data_size);
        if (text.len && text.len <= TEXT_LIMIT && utf8_is_valid(text))
            return text;
    }
    return str_of("", 0);
}

// Numbers, or texts such as "AS8075".
static uint32_t number_of(const MMDB_entry_data_s *data)
{
    int64_t number = 0;
    switch (data->type) {
    case MMDB_DATA_TYPE_UINT16:
        return data->uint16;
    case MMDB_DATA_TYPE_UINT32:
        return data->uint32;
    case MMDB_DATA_TYPE_UINT64:
        return data->uint64 <= UINT32_MAX ? (uint32_t)data->uint64 : 0;
    case MMDB_DATA_TYPE_UTF8_STRING: {
        struct str text = str_of(data->utf8_string, data->data_size);
        if (str_starts_fold(text, S("as")))
            text = str_of(text.at + 2, text.len - 2);
        return str_to_int64(text, &number) && number > 0 && number <= UINT32_MAX ? (uint32_t)number
                                                                                 : 0;
    }
    default:
        return 0;
    }
}

static uint32_t find_number(MMDB_entry_s *entry, value_path *paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        MMDB_entry_data_s data;
        uint32_t number = find_value(entry, paths[i], &data) ? number_of(&data) : 0;
        if (number)
            return number;
    }
    return 0;
}

// ---- one address --------------------------------------------------------------------------------

static MMDB_lookup_result_s look_up(const MMDB_s *file, const struct ip *ip, int *status)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memcpy(&v4.sin_addr, ip->bytes + 12, 4);
    memcpy(&v6.sin6_addr, ip->bytes, 16);
    if (ip_is_v4(ip))
        return MMDB_lookup_sockaddr(file, (const struct sockaddr *)&v4, status);
    return MMDB_lookup_sockaddr(file, (const struct sockaddr *)&v6, status);
}

#define FIND(find, entry, paths) find((entry), (paths), sizeof(paths) / sizeof(paths)[0])

static bool read_entry(MMDB_entry_s *entry, struct mmdb_record *out)
{
    struct mmdb_record record = {
        .asn = FIND(find_number, entry, asn_paths),
        .organisation = FIND(find_text, entry, organisation_paths),
        .country = FIND(find_text, entry, country_paths),
        .city = FIND(find_text, entry, city_paths),
    };
    if (!record.asn && !record.organisation.len && !record.country.len && !record.city.len)
        return false;
    *out = record;
    return true;
}

bool mmdb_find(const struct mmdb *mmdb, const struct ip *ip, struct mmdb_record *out)
{
    int status = MMDB_SUCCESS;
    MMDB_lookup_result_s result = look_up(&mmdb->file, ip, &status);
    return status == MMDB_SUCCESS && result.found_entry && read_entry(&result.entry, out);
}

// ---- what kind of database -----------------------------------------------------------------------

static bool has_place(uint8_t type, MMDB_entry_s *entry)
{
    struct mmdb_record record;
    return type == MMDB_RECORD_TYPE_DATA && read_entry(entry, &record) &&
           (record.asn || record.country.len);
}

bool mmdb_has_places(const struct mmdb *mmdb)
{
    uint32_t count = mmdb->file.metadata.node_count;
    // Nodes near the root lead to nodes, those behind them to records: from the end, they come at once.
    for (uint32_t i = 0; i < count && i < PROBED_NODES; i++) {
        MMDB_search_node_s node;
        if (MMDB_read_node(&mmdb->file, count - 1 - i, &node) != MMDB_SUCCESS)
            return false;
        if (has_place(node.left_record_type, &node.left_record_entry) ||
            has_place(node.right_record_type, &node.right_record_entry))
            return true;
    }
    return false;
}
