// Tests of base/net: addresses in every spelling, prefixes, classes.
// SPDX-License-Identifier: Apache-2.0
#include "base/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void addresses_are_read_in_every_spelling(void **state)
{
    (void)state;
    // The canonical text; then whether the address stands by itself (no port, bracket, zone, space).
    static const struct {
        const char *text, *canonical;
        bool is_strict;
    } cases[] = {
        {"1.2.3.4", "1.2.3.4", true},
        {"255.255.255.255", "255.255.255.255", true},
        {"0.0.0.0", "0.0.0.0", true},
        {" 1.2.3.4\t", "1.2.3.4", false},
        {"1.2.3.4:443", "1.2.3.4", false},
        {"1.2.3.4:0", "1.2.3.4", false},
        {"1.2.3.4:65535", "1.2.3.4", false},
        {"::ffff:1.2.3.4", "1.2.3.4", true},
        {"::FFFF:102:304", "1.2.3.4", true},
        {"[::ffff:1.2.3.4]:443", "1.2.3.4", false},
        {"::", "::", true},
        {"::1", "::1", true},
        {"[::1]", "::1", false},
        {"[::1]:5555", "::1", false},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", true},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", true}, // one zero is not shortened
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1", true},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", true}, // the first of equals
        {"1:0:0:0:0:0:0:0", "1::", true},
        {"0:0:0:0:0:0:0:1234", "::1234", true},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", true},
        {"2a01:111:f400:7e00::2", "2a01:111:f400:7e00::2", true},
        {"fe80::1%eth0", "fe80::1", false},
        {"fe80::1%12", "fe80::1", false},
        {"[fe80::1%12]:80", "fe80::1", false},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         true},
        {"::1.2.3.4", "::102:304", true},
        // None of these is an address.
        {"", NULL, false},
        {" ", NULL, false},
        {"localhost", NULL, false},
        {"1.2.3", NULL, false},
        {"1.2.3.4.5", NULL, false},
        {"1.2.3.256", NULL, false},
        {"1.2.3.04", NULL, false},
        {"1.2.3.", NULL, false},
        {".1.2.3", NULL, false},
        {"1..2.3", NULL, false},
        {"1.2.3.4:", NULL, false},
        {"1.2.3.4:65536", NULL, false},
        {"1.2.3.4:x", NULL, false},
        {"1.2.3.4%1", NULL, false},
        {"[1.2.3.4]", NULL, false},
        {"[::1", NULL, false},
        {"::1]", NULL, false},
        {"[::1]x", NULL, false},
        {"[::1]:", NULL, false},
        {"[]", NULL, false},
        {":", NULL, false},
        {":::", NULL, false},
        {"1:2:3", NULL, false},
        {"1::2::3", NULL, false},
        {"12345::", NULL, false},
        {"1:2:3:4:5:6:7:8:9", NULL, false},
        {"fe80::1%", NULL, false},
        {"fe80::1%a b", NULL, false},
        {"::1/64", NULL, false},
        {"1.2.3.4/8", NULL, false},
        {"0000000000000000000000000000000000000000000000000000000000000000000::1", NULL, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ip ip, strict;
        memset(&ip, 7, sizeof ip);
        struct str text = str_from(cases[i].text);
        if (ip_parse(text, &ip) != (cases[i].canonical != NULL))
            fail_msg("%s", cases[i].text);
        assert_int_equal(ip_parse_strict(text, &strict), cases[i].is_strict);
        if (!cases[i].canonical) {
            assert_int_equal(ip.bytes[0], 7); // untouched
            continue;
        }
        char printed[IP_SIZE];
        assert_string_equal(ip_print(&ip, printed), cases[i].canonical);
        assert_true(ip_parse_strict(str_from(printed), &strict) && ip_equal(&ip, &strict));
    }
    struct ip ip;
    assert_false(ip_parse(S("::1\0"), &ip));
}

static void prefixes_hold_their_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *prefix, *ip;
        bool is_inside;
    } cases[] = {
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.1.2.3/8", "10.9.9.9", true}, // host bits are cleared
        {"1.2.3.4", "1.2.3.4", true},
        {"1.2.3.4", "1.2.3.5", false},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "2001:db8::1", true},
        {"::/0", "8.8.8.8", false}, // IPv4 is not inside IPv6
        {"192.0.2.128/25", "192.0.2.129", true},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::", false},
        {"2001:db8::/33", "2001:db8:7fff::", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::ffff:10.0.0.0/104", "10.1.1.1", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ip_prefix prefix;
        struct ip ip;
        assert_true(ip_prefix_parse(str_from(cases[i].prefix), &prefix));
        assert_true(ip_parse(str_from(cases[i].ip), &ip));
        assert_int_equal(ip_prefix_has(&prefix, &ip), cases[i].is_inside);
    }
    struct ip_prefix prefix;
    assert_true(ip_prefix_parse(S("10.1.2.3/8"), &prefix));
    char text[IP_SIZE];
    assert_string_equal(ip_print(&prefix.base, text), "10.0.0.0");
    assert_true(prefix.bits == 104 && prefix.is_v4);
    static const char *const malformed[] = {
        "",         "/8",          "10.0.0.0/",   "10.0.0.0/33", "::/129",       "10.0.0.0/-1",
        "10.0.0/8", "10.0.0.0/8x", "10.0.0.0/08", "a/8",         "10.0.0.0:1/8", "10.0.0.0/8/8"};
    for (size_t i = 0; i < COUNT(malformed); i++)
        assert_false(ip_prefix_parse(str_from(malformed[i]), &prefix));
}

static void reserved_addresses_are_those_of_the_iana_registries(void **state)
{
    (void)state;
    static const char *const reserved[] = {
        "0.1.2.3",         "10.0.0.1",         "100.64.0.1",  "100.127.255.255",
        "127.0.0.1",       "169.254.1.1",      "172.16.0.1",  "172.31.255.255",
        "192.0.0.1",       "192.0.2.1",        "192.168.1.1", "198.18.0.1",
        "198.19.255.255",  "198.51.100.7",     "203.0.113.7", "224.0.0.1",
        "240.0.0.1",       "255.255.255.255",  "::",          "::1",
        "::ffff:10.0.0.1", "64:ff9b::8.8.8.8", "100::1",      "2001::1",
        "2001:db8::1",     "3fff::1",          "fc00::1",     "fdff::1",
        "fe80::1",         "ff02::1"};
    static const char *const open[] = {
        "1.1.1.1",    "8.8.8.8",        "100.63.255.255",       "100.128.0.0",  "172.15.255.255",
        "172.32.0.0", "192.0.1.0",      "198.17.255.255",       "198.20.0.0",   "223.255.255.255",
        "::2",        "2001:200::1",    "2001:4860:4860::8888", "2603:10a6::1", "2a01:111::1",
        "fbff::1",    "::ffff:8.8.8.8", "2002:808:808::1",      "4000::1"};
    for (size_t i = 0; i < COUNT(reserved) + COUNT(open); i++) {
        bool is_reserved = i < COUNT(reserved);
        const char *text = is_reserved ? reserved[i] : open[i - COUNT(reserved)];
        struct ip ip;
        assert_true(ip_parse(str_from(text), &ip));
        if (ip_is_reserved(&ip) != is_reserved)
            fail_msg("%s", text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_in_every_spelling),
        cmocka_unit_test(prefixes_hold_their_addresses),
        cmocka_unit_test(reserved_addresses_are_those_of_the_iana_registries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
