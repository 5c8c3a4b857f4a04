// Addresses: classes by the tables, what is learned from sign-ins, and that order does not matter.
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/instant.h"
#include "baseline/address.h"
#include "baseline/address_ranges.h"
#include "baseline/pack.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct ip ip_of(const char *text)
{
    struct ip ip;
    assert_true(ip_parse(str_from(text), &ip));
    return ip;
}

static struct address_answer find(const struct address_book *book, const char *text)
{
    struct address_answer answer;
    struct ip ip = ip_of(text);
    address_find(book, NULL, 0, &ip, &answer);
    return answer;
}

static void learn(struct address_book *book, const char *text, int64_t time, uint32_t asn,
                  const char *country, const char *city)
{
    struct ip ip = ip_of(text);
    struct address_record record = {
        .asn = asn, .country = str_from(country), .city = str_from(city)};
    address_learn(book, &ip, time, &record);
}

static void ranges_have_their_classes(void **state)
{
    (void)state;
    static const struct {
        const char *ip;
        enum address_class class;
        enum address_service service;
    } cases[] = {
        {"127.0.0.1", ADDRESS_LOOPBACK, 0},
        {"::1", ADDRESS_LOOPBACK, 0},
        {"169.254.9.9", ADDRESS_LOOPBACK, 0},
        {"fe80::1%eth0", ADDRESS_LOOPBACK, 0},
        {"10.1.2.3", ADDRESS_PRIVATE, 0},
        {"::ffff:10.1.2.3", ADDRESS_PRIVATE, 0},
        {"172.16.0.1", ADDRESS_PRIVATE, 0},
        {"172.32.0.1", ADDRESS_UNKNOWN, 0},
        {"192.168.255.255", ADDRESS_PRIVATE, 0},
        {"100.64.0.1", ADDRESS_PRIVATE, 0},
        {"fd00::7", ADDRESS_PRIVATE, 0},
        {"192.0.2.1", ADDRESS_RESERVED, 0},
        {"203.0.113.9", ADDRESS_RESERVED, 0},
        {"224.0.0.1", ADDRESS_RESERVED, 0},
        {"2001:db8::1", ADDRESS_RESERVED, 0},
        {"40.96.0.0", ADDRESS_MICROSOFT, ADDRESS_EXCHANGE},
        {"40.103.255.255:443", ADDRESS_MICROSOFT, ADDRESS_EXCHANGE},
        {"40.106.0.0", ADDRESS_UNKNOWN, 0},
        {"52.96.0.1", ADDRESS_MICROSOFT, ADDRESS_EXCHANGE},
        {"52.104.0.1", ADDRESS_MICROSOFT, ADDRESS_OFFICE},
        {"13.107.6.153", ADDRESS_MICROSOFT, ADDRESS_EXCHANGE},
        {"13.107.6.154", ADDRESS_UNKNOWN, 0},
        {"20.190.128.0", ADDRESS_MICROSOFT, ADDRESS_ENTRA},
        {"40.126.63.255", ADDRESS_MICROSOFT, ADDRESS_ENTRA},
        {"40.126.64.0", ADDRESS_UNKNOWN, 0},
        {"2603:1026:300::1", ADDRESS_MICROSOFT, ADDRESS_EXCHANGE},
        {"[2603:1026:3000::15]:443", ADDRESS_MICROSOFT, ADDRESS_ENTRA},
        {"2603:10a6:20b::1", ADDRESS_MICROSOFT, ADDRESS_EXCHANGE},
        {"2603:10a7::1", ADDRESS_UNKNOWN, 0},
        {"2620:1ec:4::153", ADDRESS_MICROSOFT, ADDRESS_EXCHANGE},
        {"2620:1ec:4::154", ADDRESS_UNKNOWN, 0},
        {"8.8.8.8", ADDRESS_UNKNOWN, 0},
        {"2a00:1450::1", ADDRESS_UNKNOWN, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address_answer answer = find(NULL, cases[i].ip);
        if (answer.class != cases[i].class || answer.service != cases[i].service)
            fail_msg("%s: %s %s", cases[i].ip, address_class_name(answer.class),
                     address_service_name(answer.service));
        assert_int_equal(answer.class_by != ADDRESS_BY_NOTHING, answer.class != ADDRESS_UNKNOWN);
        assert_int_equal(answer.asn, 0);
    }
}

// Every address of a range is in it and its neighbours are not: the search is only right when the
// table is in order and no range is inside another.
static void every_microsoft_range_is_found_by_its_edges(void **state)
{
    (void)state;
    static const char *const prefixes[] = {
        "13.107.6.152/31",       "13.107.128.0/22",    "23.103.160.0/20",    "40.92.0.0/15",
        "40.108.128.0/17",       "52.122.0.0/15",      "104.47.0.0/17",      "104.146.128.0/17",
        "132.245.0.0/16",        "150.171.40.0/22",    "204.79.197.215/32",  "2603:1006::/40",
        "2603:1006:1400::/40",   "2603:1007:200::/48", "2603:1056::/36",     "2603:1063:6000::/35",
        "2620:1ec:a92::192/128", "2a01:111:f400::/48", "2a01:111:f403::/48", "2603:10d6::/32",
    };
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        struct ip_prefix prefix;
        assert_true(ip_prefix_parse(str_from(prefixes[i]), &prefix));
        struct ip last = prefix.base;
        for (unsigned bit = prefix.bits; bit < 128; bit++)
            last.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
        assert_int_not_equal(address_service_of(&prefix.base), ADDRESS_NO_SERVICE);
        assert_int_equal(address_service_of(&prefix.base), address_service_of(&last));
    }
}

static void networks_have_their_classes(void **state)
{
    (void)state;
    static const struct {
        uint32_t asn;
        const char *name;
        enum address_class class;
        enum address_source by;
    } cases[] = {
        {0, "", ADDRESS_UNKNOWN, ADDRESS_BY_NOTHING},
        {8075, "", ADDRESS_MICROSOFT, ADDRESS_BY_NUMBER},
        {14061, "", ADDRESS_HOSTING, ADDRESS_BY_NUMBER},
        {396982, "", ADDRESS_HOSTING, ADDRESS_BY_NUMBER},
        {21928, "Some Hosting", ADDRESS_MOBILE, ADDRESS_BY_NUMBER},
        {45143, "", ADDRESS_MOBILE, ADDRESS_BY_NUMBER},
        {64512, "Great VPS Ltd", ADDRESS_HOSTING, ADDRESS_BY_WORD},
        {64512, "UAB Cherry Servers", ADDRESS_HOSTING, ADDRESS_BY_WORD},
        {64512, "Servers.com", ADDRESS_HOSTING, ADDRESS_BY_WORD},
        {64512, "Foo Data Center", ADDRESS_HOSTING, ADDRESS_BY_WORD},
        {64512, "T-MOBILE AUSTRIA", ADDRESS_MOBILE, ADDRESS_BY_WORD},
        {64512, "Automobile Club", ADDRESS_ORDINARY, ADDRESS_BY_NOTHING},
        {64512, "Observers Weekly", ADDRESS_ORDINARY, ADDRESS_BY_NOTHING},
        {3320, "Deutsche Telekom AG", ADDRESS_ORDINARY, ADDRESS_BY_NOTHING},
        {0, "Deutsche Telekom AG", ADDRESS_ORDINARY, ADDRESS_BY_NOTHING},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum address_source by;
        enum address_class class =
            address_class_of_network(cases[i].asn, str_from(cases[i].name), &by);
        if (class != cases[i].class || by != cases[i].by)
            fail_msg("%u %s: %s by %s", cases[i].asn, cases[i].name, address_class_name(class),
                     address_source_name(by));
    }
}

static void sign_ins_teach_addresses_and_their_neighbours(void **state)
{
    (void)state;
    struct address_book *book = address_book_new(0);
    learn(book, "84.1.2.3", 1000, 3320, "de", "Köln");
    struct address_answer answer = find(book, "84.1.2.3");
    assert_int_equal(answer.asn, 3320);
    assert_int_equal(answer.asn_by, ADDRESS_BY_SIGN_IN);
    assert_string_equal(answer.country, "DE");
    assert_true(str_is(answer.city, "Köln"));
    assert_int_equal(answer.class, ADDRESS_ORDINARY);
    // A neighbour has the network and the country, never the city.
    answer = find(book, "84.1.2.200");
    assert_int_equal(answer.asn, 3320);
    assert_int_equal(answer.asn_by, ADDRESS_BY_PREFIX);
    assert_string_equal(answer.country, "DE");
    assert_int_equal(answer.city.len, 0);
    assert_int_equal(find(book, "84.1.3.3").asn, 0);
    assert_int_equal(find(book, "84.1.3.3").class, ADDRESS_UNKNOWN);
    // Neighbours that do not agree say nothing of a third.
    learn(book, "84.1.2.4", 2000, 3320, "AT", "");
    answer = find(book, "84.1.2.200");
    assert_int_equal(answer.asn, 3320);
    assert_int_equal(answer.country[0], 0);
    assert_string_equal(find(book, "84.1.2.3").country, "DE");
    // The latest of an address counts, and that it changed is said.
    learn(book, "84.1.2.3", 900, 5555, "US", "");
    answer = find(book, "84.1.2.3");
    assert_int_equal(answer.asn, 3320);
    assert_true(answer.asn_changed && answer.country_changed);
    assert_int_equal(find(book, "84.1.2.200").asn, 0);
    // IPv6: the /48.
    learn(book, "2a02:8109:1:2::3", 1000, 3209, "DE", "Bonn");
    assert_int_equal(find(book, "2a02:8109:1:ffff::9").asn, 3209);
    assert_int_equal(find(book, "2a02:8109:2::9").asn, 0);
    address_book_free(book);
}

static void what_cannot_be_is_not_learned(void **state)
{
    (void)state;
    struct address_book *book = address_book_new(0);
    learn(book, "10.0.0.1", 1000, 64512, "DE", "Bonn");
    learn(book, "84.1.2.3", 1000, 0, "Germany", "Bonn");
    learn(book, "84.1.2.3", 1000, 0, "", "Bonn");
    learn(book, "84.1.2.3", 1000, 0, "1A", "");
    assert_int_equal(address_count(book), 0);
    learn(book, "84.1.2.3", 1000, 0, "CH", "\xff\xfe");
    assert_int_equal(find(book, "84.1.2.3").city.len, 0);
    learn(book, "84.1.2.3", 1001, 0, "CH", "A very long name of a city: ÄÖÜ äöü");
    struct str city = find(book, "84.1.2.3").city;
    assert_true(str_is(city, "A very long name of a city: ")); // cut between characters
    address_book_free(book);
}

// ---- databases ----------------------------------------------------------------------------------

static bool look_up(void *context, const struct ip *ip, struct address_record *out)
{
    const struct address_record *record = context;
    if (ip->bytes[15] != 7)
        return false;
    *out = *record;
    return true;
}

static void databases_come_before_sign_ins(void **state)
{
    (void)state;
    struct address_book *book = address_book_new(0);
    learn(book, "84.1.2.7", 1000, 111, "DE", "Bonn");
    struct address_record asn = {.asn = 222, .organisation = S("Some Hosting GmbH")};
    struct address_record place = {.asn = 333, .country = S("at")};
    struct address_database databases[] = {{look_up, &asn}, {look_up, &place}};
    struct ip ip = ip_of("84.1.2.7");
    struct address_answer answer;
    address_find(book, databases, 2, &ip, &answer);
    assert_int_equal(answer.asn, 222);
    assert_int_equal(answer.asn_by, ADDRESS_BY_DATABASE);
    assert_string_equal(answer.country, "AT");
    assert_int_equal(answer.city.len, 0); // the city of another country's answer is not mixed in
    assert_int_equal(answer.class, ADDRESS_HOSTING);
    assert_int_equal(answer.class_by, ADDRESS_BY_WORD);
    ip = ip_of("84.1.2.8");
    address_find(book, databases, 2, &ip, &answer);
    assert_int_equal(answer.asn, 111);
    assert_int_equal(answer.asn_by, ADDRESS_BY_PREFIX);
    address_book_free(book);
}

static void networks_and_nearness(void **state)
{
    (void)state;
    struct address_book *book = address_book_new(0);
    learn(book, "84.1.2.3", 1000, 3320, "DE", "");
    learn(book, "91.2.3.4", 1000, 3320, "DE", "");
    learn(book, "93.2.3.4", 1000, 5555, "DE", "");
    learn(book, "8.8.8.8", 1000, 15169, "US", "");
    static const struct {
        const char *ip, *network;
    } networks[] = {
        {"84.1.2.3", "AS3320"},
        {"84.1.2.9", "AS3320"},
        {"84.2.2.3", "84.2.0.0/16"},
        {"10.9.8.7", "10.9.0.0/16"},
        {"2a02:8109::1", "2a02:8109::/32"},
        {"0.0.0.0", "0.0.0.0/16"},
    };
    char text[ADDRESS_NETWORK_SIZE];
    for (size_t i = 0; i < COUNT(networks); i++) {
        struct ip ip = ip_of(networks[i].ip);
        struct address_answer answer = find(book, networks[i].ip);
        uint64_t network = address_network(&answer, &ip);
        assert_true(network != 0);
        assert_string_equal(address_network_print(network, text), networks[i].network);
    }
    static const struct {
        const char *a, *b;
        enum address_nearness nearness;
    } pairs[] = {
        {"84.1.2.3", "84.1.2.3", ADDRESS_SAME},
        {"84.1.2.3", "::ffff:84.1.2.3", ADDRESS_SAME},
        {"84.1.2.3", "84.1.2.4", ADDRESS_SAME_PREFIX},
        {"84.1.2.3", "91.2.3.4", ADDRESS_SAME_NETWORK},
        {"84.1.2.3", "93.2.3.4", ADDRESS_SAME_COUNTRY},
        {"84.1.2.3", "8.8.8.8", ADDRESS_FAR},
        {"84.1.2.3", "1.1.1.1", ADDRESS_CANNOT_TELL},
        {"2a02:8109:1::1", "2a02:8109:1:9::1", ADDRESS_SAME_PREFIX},
        {"2a02:8109:1::1", "84.1.2.3", ADDRESS_CANNOT_TELL},
    };
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct ip a = ip_of(pairs[i].a), b = ip_of(pairs[i].b);
        struct address_answer a_answer = find(book, pairs[i].a);
        struct address_answer b_answer = find(book, pairs[i].b);
        assert_int_equal(address_near(&a, &a_answer, &b, &b_answer), pairs[i].nearness);
        assert_int_equal(address_near(&b, &b_answer, &a, &a_answer), pairs[i].nearness);
    }
    address_book_free(book);
}

// ---- order, merging, saving ---------------------------------------------------------------------

#define FACTS 4000

// Fact number `i` of a small world, so that addresses meet each other and change.
static void learn_fact(struct address_book *book, uint64_t i)
{
    uint64_t random = hash_mix(i * 7919 + 1);
    struct ip ip = ip_of("84.0.0.0");
    if (random & 1)
        ip = ip_of("2a02:8109::");
    ip.bytes[random & 1 ? 5 : 14] = (uint8_t)(random >> 8 & 15);
    ip.bytes[15] = (uint8_t)(random >> 16 & 31);
    static const char *const countries[] = {"DE", "AT", "", "de", "Germany"};
    struct address_record record = {.asn = (uint32_t)(random >> 24 & 3),
                                    .country = str_from(countries[(random >> 32) % 5]),
                                    .city = random >> 40 & 1 ? S("Bonn") : S("")};
    address_learn(book, &ip, (int64_t)(random >> 41 & 63), &record);
}

static void assert_same_state(const struct address_book *a, const struct address_book *b)
{
    struct buf left, right;
    buf_init(&left);
    buf_init(&right);
    address_save(a, &left);
    address_save(b, &right);
    assert_int_equal(left.len, right.len);
    assert_memory_equal(left.at, right.at, left.len);
    buf_done(&left);
    buf_done(&right);
}

static void order_and_parts_do_not_matter(void **state)
{
    (void)state;
    static const uint32_t limits[] = {0, 300, 40, 1};
    for (size_t l = 0; l < COUNT(limits); l++) {
        struct address_book *forward = address_book_new(limits[l]);
        struct address_book *backward = address_book_new(limits[l]);
        struct address_book *parts[3];
        for (int p = 0; p < 3; p++)
            parts[p] = address_book_new(limits[l]);
        for (uint64_t i = 0; i < FACTS; i++) {
            learn_fact(forward, i);
            learn_fact(backward, FACTS - 1 - i);
            learn_fact(parts[hash_mix(i) % 3], i);
        }
        assert_same_state(forward, backward);
        address_merge(parts[2], parts[0]);
        address_merge(parts[1], parts[2]);
        assert_same_state(forward, parts[1]);
        address_merge(parts[1], parts[0]); // once more changes nothing
        assert_same_state(forward, parts[1]);
        assert_true(address_count(forward) <= (limits[l] ? limits[l] : ADDRESS_BOOK_LIMIT));
        assert_int_equal(address_halvings(forward) > 0, limits[l] != 0);
        // A book that kept everything so far takes over the smaller share of another.
        struct address_book *small = address_book_new(limits[l]);
        learn_fact(small, FACTS - 1);
        address_merge(small, backward);
        assert_same_state(forward, small);
        address_book_free(small);
        address_book_free(forward);
        address_book_free(backward);
        for (int p = 0; p < 3; p++)
            address_book_free(parts[p]);
    }
}

static void the_share_is_the_greatest_that_fits(void **state)
{
    (void)state;
    for (uint32_t count = 100; count < 3000; count += 300) {
        struct address_book *book = address_book_new(500), *all = address_book_new(0);
        for (uint32_t i = 0; i < count; i++) {
            struct ip ip = ip_of("84.0.0.3");
            ip.bytes[13] = (uint8_t)(i >> 8);
            ip.bytes[14] = (uint8_t)i;
            address_learn(book, &ip, 1, &(struct address_record){.asn = 1});
            address_learn(all, &ip, 1, &(struct address_record){.asn = 1});
        }
        assert_int_equal(address_count(all), 2 * count); // each with its prefix
        assert_true(address_count(book) <= 500);
        assert_true(2 * count <= 500 ? address_count(book) == 2 * count
                                     : address_count(book) > 200);
        address_book_free(book);
        address_book_free(all);
    }
}

static void what_is_saved_is_loaded(void **state)
{
    (void)state;
    struct address_book *book = address_book_new(300), *again = address_book_new(300);
    for (uint64_t i = 0; i < FACTS; i++)
        learn_fact(book, i);
    struct buf saved;
    struct error error = {{0}};
    buf_init(&saved);
    address_save(book, &saved);
    learn(again, "1.2.3.4", 1, 1, "US", "");
    assert_true(address_load(again, buf_str(&saved), &error));
    assert_same_state(book, again);
    learn_fact(book, FACTS);
    learn_fact(again, FACTS);
    assert_same_state(book, again);
    // No cut state and no flipped bit is taken, and the book stays as it was.
    for (size_t len = 0; len < saved.len; len += 7)
        assert_false(address_load(again, str_of(saved.at, len), &error));
    for (size_t i = 0; i < saved.len; i += 3) {
        saved.at[i] ^= 4;
        assert_false(address_load(again, buf_str(&saved), &error));
        saved.at[i] ^= 4;
    }
    assert_same_state(book, again);
    struct address_book *other = address_book_new(0);
    assert_false(address_load(other, buf_str(&saved), &error)); // another limit
    buf_done(&saved);
    address_book_free(book);
    address_book_free(again);
    address_book_free(other);
}

// A state that is whole by its checksum, but with an entry that no learning gives.
static void a_forged_state_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t bits, marks, city_size, asn;
        const char *country;
        bool is_loaded;
    } cases[] = {
        {128, 0, 4, 5, "DE", true},  {128, 0, 200, 5, "DE", false}, {128, 0, 29, 5, "DE", false},
        {128, 4, 4, 5, "DE", false}, {127, 0, 4, 5, "DE", false},   {120, 0, 4, 5, "DE", false},
        {128, 0, 4, 5, "de", false}, {128, 0, 4, 5, "D1", false},   {128, 0, 4, 5, "\0\0", false},
        {128, 0, 4, 0, "DE", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf forged;
        struct error error;
        buf_init(&forged);
        size_t start = pack_begin(&forged, "ADDR", 1);
        pack_u32(&forged, 64), pack_u8(&forged, 0), pack_u32(&forged, 1);
        struct ip ip = ip_of("84.1.2.3");
        pack_bytes(&forged, ip.bytes, 16);
        pack_u8(&forged, (uint8_t)cases[i].bits), pack_u8(&forged, (uint8_t)cases[i].marks);
        pack_i64(&forged, 1000), pack_u32(&forged, cases[i].asn);
        pack_i64(&forged, 1000), pack_bytes(&forged, cases[i].country, 2);
        pack_u8(&forged, (uint8_t)cases[i].city_size), pack_bytes(&forged, "Bonn", 4);
        pack_end(&forged, start);
        struct address_book *book = address_book_new(64);
        assert_int_equal(address_load(book, buf_str(&forged), &error), cases[i].is_loaded);
        address_book_free(book);
        buf_done(&forged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_have_their_classes),
        cmocka_unit_test(every_microsoft_range_is_found_by_its_edges),
        cmocka_unit_test(networks_have_their_classes),
        cmocka_unit_test(sign_ins_teach_addresses_and_their_neighbours),
        cmocka_unit_test(what_cannot_be_is_not_learned),
        cmocka_unit_test(databases_come_before_sign_ins),
        cmocka_unit_test(networks_and_nearness),
        cmocka_unit_test(order_and_parts_do_not_matter),
        cmocka_unit_test(the_share_is_the_greatest_that_fits),
        cmocka_unit_test(what_is_saved_is_loaded),
        cmocka_unit_test(a_forged_state_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
