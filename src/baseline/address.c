// Questions about an address: asks the tables, the databases and the book, in this order.
// SPDX-License-Identifier: Apache-2.0
#include "baseline/address.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "baseline/address_book.h"
#include "baseline/address_ranges.h"

const char *address_class_name(enum address_class class)
{
    static const char *const names[ADDRESS_CLASS_COUNT] = {
        [ADDRESS_UNKNOWN] = "unknown",     [ADDRESS_LOOPBACK] = "loopback",
        [ADDRESS_PRIVATE] = "private",     [ADDRESS_RESERVED] = "reserved",
        [ADDRESS_MICROSOFT] = "microsoft", [ADDRESS_HOSTING] = "hosting",
        [ADDRESS_MOBILE] = "mobile",       [ADDRESS_ORDINARY] = "ordinary"};
    assert(class < ADDRESS_CLASS_COUNT);
    return names[class];
}

const char *address_service_name(enum address_service service)
{
    static const char *const names[ADDRESS_SERVICE_COUNT] = {
        [ADDRESS_NO_SERVICE] = "",   [ADDRESS_EXCHANGE] = "exchange_online",
        [ADDRESS_OFFICE] = "office", [ADDRESS_ENTRA] = "entra",
        [ADDRESS_AZURE] = "azure",
    };
    assert(service < ADDRESS_SERVICE_COUNT);
    return names[service];
}

const char *address_source_name(enum address_source source)
{
    static const char *const names[ADDRESS_SOURCE_COUNT] = {
        [ADDRESS_BY_NOTHING] = "",
        [ADDRESS_BY_RANGE] = "published range",
        [ADDRESS_BY_NUMBER] = "well-known network number",
        [ADDRESS_BY_WORD] = "word in the organisation's name",
        [ADDRESS_BY_DATABASE] = "address database",
        [ADDRESS_BY_SIGN_IN] = "sign-ins from the address",
        [ADDRESS_BY_PREFIX] = "sign-ins from its neighbours",
    };
    assert(source < ADDRESS_SOURCE_COUNT);
    return names[source];
}

// Takes what is not known yet.
static void take_record(struct address_answer *answer, const struct address_record *record,
                        enum address_source source)
{
    if (!answer->asn_by && record->asn) {
        answer->asn = record->asn;
        answer->asn_by = source;
    }
    if (!answer->organisation_by && record->organisation.len) {
        answer->organisation = record->organisation;
        answer->organisation_by = source;
    }
    if (!answer->country_by && address_country(record->country, answer->country))
        answer->country_by = source;
    // A city counts only with the country of the same source.
    if (!answer->city_by && record->city.len && answer->country_by == source) {
        answer->city = record->city;
        answer->city_by = source;
    }
}

static void take_entry(struct address_answer *answer, const struct address_entry *entry,
                       enum address_source source)
{
    bool is_own = source == ADDRESS_BY_SIGN_IN;
    struct address_record record = {0};
    // A changing value may be the address's latest, but says nothing of neighbours.
    if (is_own || !entry->asn_changed)
        record.asn = entry->asn;
    if (is_own || !entry->country_changed)
        record.country = str_of(entry->country, entry->country[0] ? 2 : 0);
    record.city = str_of(entry->city, entry->city_size);
    bool had_asn = answer->asn_by, had_country = answer->country_by;
    take_record(answer, &record, source);
    answer->asn_changed = answer->asn_changed || (is_own && !had_asn && entry->asn_changed);
    answer->country_changed =
        answer->country_changed || (is_own && !had_country && entry->country_changed);
}

enum address_class address_class_of_network(uint32_t asn, struct str organisation,
                                            enum address_source *by)
{
    enum address_source source = ADDRESS_BY_NUMBER;
    enum address_class class = address_class_of_number(asn);
    if (class == ADDRESS_UNKNOWN) {
        source = ADDRESS_BY_WORD;
        class = address_class_of_name(organisation);
    }
    if (class == ADDRESS_UNKNOWN) {
        source = ADDRESS_BY_NOTHING;
        class = asn || organisation.len ? ADDRESS_ORDINARY : ADDRESS_UNKNOWN;
    }
    if (by)
        *by = source;
    return class;
}

void address_find(const struct address_book *book, const struct address_database *databases,
                  size_t database_count, const struct ip *ip, struct address_answer *out)
{
    assert(database_count <= ADDRESS_DATABASE_LIMIT);
    *out = (struct address_answer){.class = address_special(ip)};
    if (!address_is_somewhere(ip)) {
        out->class_by = ADDRESS_BY_RANGE;
        return;
    }
    for (size_t i = 0; i < database_count; i++) {
        struct address_record record = {0};
        if (databases[i].lookup(databases[i].context, ip, &record))
            take_record(out, &record, ADDRESS_BY_DATABASE);
    }
    const struct address_entry *entry = book ? address_entry_find(book, ip, 128) : NULL;
    if (entry)
        take_entry(out, entry, ADDRESS_BY_SIGN_IN);
    entry = book ? address_entry_find(book, ip, address_prefix_bits(ip)) : NULL;
    if (entry)
        take_entry(out, entry, ADDRESS_BY_PREFIX);
    out->service = address_service_of(ip);
    if (out->service != ADDRESS_NO_SERVICE) {
        out->class = ADDRESS_MICROSOFT;
        out->class_by = ADDRESS_BY_RANGE;
        return;
    }
    if (address_special(ip) == ADDRESS_RESERVED && !out->asn) {
        out->class_by = ADDRESS_BY_RANGE;
        return;
    }
    out->class = address_class_of_network(out->asn, out->organisation, &out->class_by);
    if (out->class == ADDRESS_ORDINARY) // as good as what it is known by
        out->class_by = out->asn_by ? out->asn_by : out->organisation_by;
    if (out->class == ADDRESS_MICROSOFT)
        out->service = ADDRESS_AZURE;
}

// ---- networks and nearness ----------------------------------------------------------------------

enum { NETWORK_BY_NUMBER = 1, NETWORK_V4, NETWORK_V6 };

uint64_t address_network(const struct address_answer *answer, const struct ip *ip)
{
    const uint8_t *bytes = ip->bytes;
    if (answer->asn)
        return (uint64_t)NETWORK_BY_NUMBER << 32 | answer->asn;
    if (ip_is_v4(ip))
        return (uint64_t)NETWORK_V4 << 32 | (uint64_t)(bytes[12] << 8 | bytes[13]);
    return (uint64_t)NETWORK_V6 << 32 | (uint32_t)bytes[0] << 24 |
           (uint32_t)(bytes[1] << 16 | bytes[2] << 8 | bytes[3]);
}

char *address_network_print(uint64_t network, char text[ADDRESS_NETWORK_SIZE])
{
    uint32_t number = (uint32_t)network;
    struct ip ip = {{0}};
    char printed[IP_SIZE];
    switch (network >> 32) {
    case NETWORK_BY_NUMBER:
        snprintf(text, ADDRESS_NETWORK_SIZE, "AS%" PRIu32, number);
        break;
    case NETWORK_V4:
        snprintf(text, ADDRESS_NETWORK_SIZE, "%u.%u.0.0/16", number >> 8 & 255, number & 255);
        break;
    default:
        assert(network >> 32 == NETWORK_V6);
        for (int i = 0; i < 4; i++)
            ip.bytes[i] = (uint8_t)(number >> (24 - 8 * i));
        snprintf(text, ADDRESS_NETWORK_SIZE, "%s/32", ip_print(&ip, printed));
    }
    return text;
}

enum address_nearness address_near(const struct ip *a, const struct address_answer *a_answer,
                                   const struct ip *b, const struct address_answer *b_answer)
{
    if (ip_equal(a, b))
        return ADDRESS_SAME;
    uint8_t bits = address_prefix_bits(a);
    struct ip a_prefix = address_mask(a, bits), b_prefix = address_mask(b, bits);
    if (ip_is_v4(a) == ip_is_v4(b) && ip_equal(&a_prefix, &b_prefix))
        return ADDRESS_SAME_PREFIX;
    if (a_answer->asn && a_answer->asn == b_answer->asn)
        return ADDRESS_SAME_NETWORK;
    if (!a_answer->country[0] || !b_answer->country[0])
        return ADDRESS_CANNOT_TELL;
    return memcmp(a_answer->country, b_answer->country, 2) == 0 ? ADDRESS_SAME_COUNTRY
                                                                : ADDRESS_FAR;
}
