// Fuzzes base/net: what is read prints, and reads back as the same address.
// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "base/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_of((const char *)data, size);
    struct ip ip, again;
    char printed[IP_SIZE];
    if (ip_parse(text, &ip)) {
        ip_is_reserved(&ip);
        bool is_read = ip_parse_strict(str_from(ip_print(&ip, printed)), &again);
        assert(is_read && ip_equal(&ip, &again));
    }
    if (ip_parse_strict(text, &again))
        assert(ip_parse(text, &ip) && ip_equal(&ip, &again));
    struct ip_prefix prefix;
    if (ip_prefix_parse(text, &prefix)) {
        assert(ip_is_v4(&prefix.base) || !prefix.is_v4);
        assert(prefix.is_v4 != ip_is_v4(&prefix.base) || ip_prefix_has(&prefix, &prefix.base));
    }
    if (size >= sizeof ip.bytes) { // any 16 bytes are an address
        memcpy(ip.bytes, data, sizeof ip.bytes);
        bool is_read = ip_parse(str_from(ip_print(&ip, printed)), &again);
        assert(is_read && ip_equal(&ip, &again));
    }
    return 0;
}
